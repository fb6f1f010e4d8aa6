"""The page that verifies published lists in the browser: one file that works from a disk, with the network off."""

import base64
import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from data.texts.catalogue import LANGUAGES, t, texts
from proof.keys import read_register

TEMPLATES = Path(__file__).resolve().parent / "templates"
FIELDS = (
    ("list", "proof.page.field.list"),
    ("register", "proof.page.field.register"),
    ("standing", "proof.page.field.standing"),
)
HEADS = (("head-one", "proof.page.field.head_one"), ("head-two", "proof.page.field.head_two"))
SCRIPTS = ("verifier_checks.js", "verifier_shown.js")
_PREFIX = "proof."


def verifier_page(register: bytes | None = None) -> str:
    """The page as HTML.

    Parameters
    ----------
    register : the published register of keys, which the page then brings with it; None: the reader chooses its file

    Raises
    ------
    proof.keys.RegisterUnusable
    """
    known = read_register(register) if register is not None else ()
    return (
        _environment()
        .get_template("verifier.html")
        .render(
            style=_part("verifier.css"),
            style_hash=_hash("verifier.css"),
            scripts=[_part(name) for name in SCRIPTS],
            script_hashes=script_hashes(),
            texts={key: [texts()[lang][key] for lang in LANGUAGES] for key in texts()["vi"] if key.startswith(_PREFIX)},
            keys=json.loads(register) if register is not None else None,
            key_ids=[key.id for key in known],
            fields=FIELDS,
            heads=HEADS,
        )
    )


def script_hashes() -> list[str]:
    """The scripts as a Content-Security-Policy allows them: ``'sha256-…'``. They are the same whatever the keys are."""
    return [_hash(name) for name in SCRIPTS]


def _hash(name: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(_part(name).encode()).digest()).decode()}'"


@cache
def _part(name: str) -> Markup:
    return Markup((TEMPLATES / name).read_text("utf-8"))  # noqa: S704 — our own files


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"t": t, "both": _both}
    return environment


def _both(key: str, **values: Any) -> Markup:
    """A text in Vietnamese with the English after it."""
    vietnamese, english = (t(key, lang, **values) for lang in LANGUAGES)
    return Markup('<span>{}</span><span class="en" lang="en">{}</span>').format(escape(vietnamese), escape(english))
