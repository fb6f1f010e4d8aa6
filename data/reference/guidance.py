"""Guidance as words: its four sheets in two languages as they are shipped (``guidance.csv``), and how long they may be.

Facts are those of 2962/UBND-VHTT, 27/9/2021: four apps, location codes of 15 × 15 cm, personal codes of 5 × 5 cm.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from data.project import ROOT

SHEETS = ("owners", "visitors", "keepers", "officers")
LANGUAGES = ("vi", "en")
STEPS = 6
"""Each with a picture of its own, by its place."""
LONGEST = {"title": 60, "heading": 50, "text": 220, "ask": 200}
"""Letters. ``guidance_is_bounded()`` of ``data/sql/guidance.sql`` refuses more as well."""
FILE = ROOT / "data" / "reference" / "guidance.csv"


@dataclass(frozen=True)
class Step:
    """What to do, in a few words and in a sentence or two; both "": there is no such step."""

    heading: str = ""
    text: str = ""


@dataclass(frozen=True)
class Sheet:
    """The words of one sheet in one language; always :data:`STEPS` steps, of which some may be empty."""

    title: str
    steps: tuple[Step, ...]
    ask: str

    def as_json(self) -> dict[str, Any]:
        """How the database keeps it."""
        steps = [{"heading": step.heading, "text": step.text} for step in self.steps]
        return {"title": self.title, "steps": steps, "ask": self.ask}

    def parts(self) -> dict[str, str]:
        """All words by what they are: ``title``, ``1.heading``, ``1.text``, …, ``ask``."""
        steps = {
            f"{place}.{name}": words
            for place, step in enumerate(self.steps, start=1)
            for name, words in (("heading", step.heading), ("text", step.text))
        }
        return {"title": self.title, **steps, "ask": self.ask}


def sheet_of(kept: Mapping[str, Any]) -> Sheet:
    """What :meth:`Sheet.as_json` gave."""
    return Sheet(kept["title"], tuple(Step(**step) for step in kept["steps"]), kept["ask"])


def sheet_of_parts(parts: Mapping[str, str]) -> Sheet:
    """What :meth:`Sheet.parts` gave, or a form; what lacks is "". Each is one line, of letters that are printed."""

    def said(name: str) -> str:
        line = " ".join(parts.get(name, "").split())
        return "".join(letter for letter in line if letter.isprintable())

    steps = tuple(Step(said(f"{place}.heading"), said(f"{place}.text")) for place in range(1, STEPS + 1))
    return Sheet(said("title"), steps, said("ask"))


def shipped(sheet: str, lang: str) -> Sheet:
    """The words that come with the product; KeyError: there is no such sheet or language."""
    return _shipped()[sheet, lang]


@cache
def _shipped() -> dict[tuple[str, str], Sheet]:
    parts: dict[tuple[str, str], dict[str, str]] = {(sheet, lang): {} for sheet in SHEETS for lang in LANGUAGES}
    with FILE.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            for lang in LANGUAGES:
                parts[row["sheet"], lang][row["part"]] = row[lang]
    return {key: sheet_of_parts(found) for key, found in parts.items()}
