"""Pictures of papers: SVG made by us, and PNG of it for Word; made without a browser. A blank one is refused."""

import datetime as dt
import io
from dataclasses import dataclass
from typing import Any

from PIL import Image

from documents.typesetting import typeset

LEAST_INK = 0.002
"""Share of a picture that is not white, below which nothing is drawn: axes alone take more."""
LEAST_COLOURED = 0.0005
"""Share that is neither grey nor white: what the picture is about is in colour."""


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
    svg: str, alt: str, made_on: dt.date, *, width_mm: float = 160, caption: str = "", is_coloured: bool = True
) -> Picture:
    """The drawing, checked.

    Parameters
    ----------
    is_coloured : whether there is anything to be drawn in colour; of a ward without venues there is not

    Raises
    ------
    BlankPicture
        Nothing, or nothing in colour, can be seen on it.
    """
    png = typeset("picture.typ", {"svg": svg, "title": alt, "width_mm": width_mm}, made_on, "png")
    _require_drawn(png, alt, is_coloured)
    return Picture(svg, png, alt, width_mm, caption)


def _require_drawn(png: bytes, alt: str, is_coloured: bool) -> None:
    with Image.open(io.BytesIO(png)) as opened:
        small = opened.convert("RGB").reduce(4)
    pixels = list(zip(*(small.getchannel(band).tobytes() for band in "RGB"), strict=True))
    ink = sum(min(pixel) < 250 for pixel in pixels) / len(pixels)
    coloured = sum(max(pixel) - min(pixel) > 30 for pixel in pixels) / len(pixels)
    if ink < LEAST_INK or (is_coloured and coloured < LEAST_COLOURED):
        raise BlankPicture(f"the picture is blank: {alt}")
