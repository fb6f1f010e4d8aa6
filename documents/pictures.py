"""Pictures of papers: SVG made by us, and PNG of it for Word; made without a browser. A blank one is refused."""

import datetime as dt
import io
from dataclasses import dataclass
from functools import reduce
from typing import Any

from PIL import Image, ImageChops

from documents.typesetting import typeset

LEAST_INK = 0.002
"""Share of a picture that is not white, below which nothing is drawn: axes alone take more."""
LEAST_COLOURED = 4
"""Dots of 200 an inch that are neither grey nor white: what the picture is about is in colour, were it one venue."""


class BlankPicture(RuntimeError):
    """A picture came out empty: a defect of the product, and no paper goes out with it."""


@dataclass(frozen=True)
class Picture:
    """A drawing: its SVG, its PNG, and what it shows in words."""

    svg: str
    png: bytes
    alt: str
    width_mm: float
    caption: str = ""

    def part(self, number: int) -> dict[str, Any]:
        """As a part of a paper (``documents.case_papers.Layout``); ``number`` is its place among the pictures."""
        return {
            "kind": "picture",
            "number": number,
            "svg": self.svg,
            "alt": self.alt,
            "width_mm": self.width_mm,
            "caption": self.caption,
        }


def picture(
    svg: str,
    alt: str,
    made_on: dt.date,
    *,
    width_mm: float = 160,
    caption: str = "",
    body: tuple[float, float] = (0.0, 1.0),
    is_coloured: bool = True,
) -> Picture:
    """The drawing, checked.

    Parameters
    ----------
    body : from which share of the height to which it is looked at; a key has colours where nothing else is drawn
    is_coloured : whether there is anything to be drawn in colour; of a ward without venues there is not

    Raises
    ------
    BlankPicture
        Nothing, or nothing in colour, can be seen on it.
    """
    png = typeset("picture.typ", {"svg": svg, "title": alt, "width_mm": width_mm}, made_on, "png")
    _require_drawn(png, alt, body, is_coloured)
    return Picture(svg, png, alt, width_mm, caption)


def _require_drawn(png: bytes, alt: str, body: tuple[float, float], is_coloured: bool) -> None:
    with Image.open(io.BytesIO(png)) as opened:
        top, bottom = (round(opened.height * share) for share in body)
        shown = opened.convert("RGB").crop((0, top, opened.width, bottom))
    bands = shown.split()
    lightest, darkest = (reduce(choose, bands) for choose in (ImageChops.lighter, ImageChops.darker))
    ink = sum(darkest.histogram()[:250]) / (shown.width * shown.height)
    coloured = sum(ImageChops.subtract(lightest, darkest).histogram()[31:])
    if ink < LEAST_INK or (is_coloured and coloured < LEAST_COLOURED):
        raise BlankPicture(f"the picture is blank: {alt}")
