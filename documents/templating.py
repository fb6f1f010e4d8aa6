"""Fills our templates of HTML and XML (Jinja): what is filled in is text, never markup."""

import html
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from data.texts.catalogue import number
from documents import official, wording

TEMPLATES = Path(__file__).resolve().parent / "templates"
TWIPS_PER_MM = 1440 / 25.4


def fill(template: str, **data: Any) -> str:
    """The template of that name, which reads ``data``, the modules ``wording`` and ``official``, and the filters
    ``number`` and ``twips`` (of millimetres).
    """
    return _environment().get_template(template).render(data)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_escaped,
    )
    environment.globals |= {"wording": wording, "official": official}
    environment.filters |= {"number": number, "twips": lambda mm: round(mm * TWIPS_PER_MM)}
    return environment


def _escaped(value: Any) -> Any:
    """Quotes by the names that HTML and XML share."""
    return Markup(html.escape(value)) if isinstance(value, str) and not isinstance(value, Markup) else value  # noqa: S704
