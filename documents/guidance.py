"""Guidance as a sheet to print (A4 or A5, PDF/UA-1 and PDF/A-2a) and as pages: pure functions of its words."""

import datetime as dt
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pikepdf
from markupsafe import Markup

from data.errors import TextError
from data.queries.guidance import PublicSheet
from data.reference.guidance import LONGEST, SHEETS, Sheet
from data.texts.catalogue import day, t
from data.texts.sentences import Sentence
from documents.guidance_drawings import PICTURES, drawing
from documents.templating import fill
from documents.typesetting import STANDARDS_TO_KEEP, breakable, typeset

PAPERS = ("a4", "a5")
ORDERED_ON = dt.date(2021, 9, 27)
"""Of 2962/UBND-VHTT: the day in the files of what was never changed."""


class GuidanceUnfit(TextError):
    """Words that no sheet holds; the sentence says which part, or that the page is full."""


@dataclass(frozen=True)
class Places:
    """Where things are, in the address space of the site or beside each other in a folder.

    ``page`` gives the address of a sheet's page ("": of all) in a language, ``paper`` that of its PDF by paper size;
    "": there is none. ``lists``: of the public lists.
    """

    page: Callable[[str, str], str]
    paper: Callable[[str, str, str], str]
    lists: str


def guidance_pdf(sheet: str, words: Sheet, lang: str, paper: str, source: str, made_on: dt.date) -> bytes:
    """The sheet as PDF, on one page as long as :func:`check_fits` finds no fault.

    Parameters
    ----------
    source : what stands below: which version it is
    made_on : the day written into the file's properties
    """
    pictures = zip(PICTURES[sheet], words.steps, strict=True)
    data = {
        "paper": paper,
        "lang": lang,
        "author": t("guidance.office", lang),
        "source": source,
        "title": breakable(words.title),
        "ask": breakable(words.ask),
        "steps": [
            {
                "alt": t(f"guidance.drawing.{name}", lang),
                "svg": drawing(name, lang),
                "heading": breakable(step.heading),
                "text": breakable(step.text),
            }
            for name, step in pictures
            if step.heading or step.text
        ],
    }
    return typeset("guidance.typ", data, made_on, standards=STANDARDS_TO_KEEP)


def public_pdf(shown: PublicSheet, paper: str) -> bytes:
    """A sheet as it is public, as PDF."""
    made_on = shown.published_at.date() if shown.published_at else ORDERED_ON
    return guidance_pdf(shown.sheet, shown.words, shown.lang, paper, source(shown, shown.lang), made_on)


def check_fits(sheet: str, words: Sheet, lang: str, made_on: dt.date) -> None:
    """Refuse words that are too many for one A4; the A5 is the same page made smaller.

    Raises
    ------
    GuidanceUnfit
    """
    if not words.title or not any(step.heading for step in words.steps):
        raise GuidanceUnfit("guidance.unfit.empty")
    for part, said in words.parts().items():
        most = LONGEST[part.rpartition(".")[2]]
        if len(said) > most:
            raise GuidanceUnfit("guidance.unfit.long", part=_named(part), length=len(said), most=most)
    for place, step in enumerate(words.steps, start=1):
        if step.text and not step.heading:
            raise GuidanceUnfit("guidance.unfit.heading", place=place)
    with pikepdf.open(io.BytesIO(guidance_pdf(sheet, words, lang, "a4", source(None, lang), made_on))) as pdf:
        if len(pdf.pages) > 1:
            raise GuidanceUnfit("guidance.unfit.page")


def _named(part: str) -> Sentence:
    place, _, name = part.rpartition(".")
    return Sentence(f"guidance.part.{name}", **({"place": int(place)} if place else {}))


def source(shown: PublicSheet | None, lang: str) -> str:
    """What a sheet says below of which version it is; None: one that is not public yet."""
    basis = t("guidance.basis", lang)
    if shown is None:
        return f"{t('guidance.draft', lang)} {basis}"
    if shown.published_at is None:
        return basis
    return f"{t('guidance.version', lang, number=shown.number, day=day(shown.published_at.date()))} {basis}"


def overview_html(shown: list[PublicSheet], places: Places, lang: str) -> str:
    """The page of all four sheets."""
    lines = [
        {
            "address": places.page(each.sheet, lang),
            "title": each.words.title,
            "said": t(f"guidance.for.{each.sheet}", lang),
            "svg": Markup(drawing(PICTURES[each.sheet][0], lang)),  # noqa: S704 ours alone
        }
        for each in shown
    ]
    return fill("guidance_overview.html", **_frame(places, "", lang), lines=lines)


def sheet_html(shown: PublicSheet, places: Places, lang: str) -> str:
    """The page of one sheet."""
    steps = [
        {
            "heading": step.heading,
            "text": step.text,
            "alt": t(f"guidance.drawing.{name}", lang),
            "svg": Markup(drawing(name, lang)),  # noqa: S704 ours alone
        }
        for name, step in zip(PICTURES[shown.sheet], shown.words.steps, strict=True)
        if step.heading or step.text
    ]
    papers = [(paper.upper(), places.paper(shown.sheet, paper, lang)) for paper in PAPERS]
    return fill(
        "guidance_sheet.html",
        **_frame(places, shown.sheet, lang),
        words=shown.words,
        steps=steps,
        papers=[(name, address) for name, address in papers if address],
        source=source(shown, lang),
    )


def _frame(places: Places, sheet: str, lang: str) -> dict[str, Any]:
    other = "en" if lang == "vi" else "vi"
    return {
        "lang": lang,
        "t": lambda key, **values: t(key, lang, **values),
        "other": other,
        "other_address": places.page(sheet, other),
        "all_sheets": places.page("", lang),
        "lists": places.lists,
        "others": [(t(f"guidance.for.{each}", lang), places.page(each, lang)) for each in SHEETS if each != sheet],
        "is_sheet": bool(sheet),
    }
