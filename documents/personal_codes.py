"""Sheets of personal codes for people without a smartphone: cards to be cut out, each code at least 5 × 5 cm
(2962/UBND-VHTT, 27/9/2021), eight an A4.

What a code holds comes from elsewhere and is only printed: it passes through memory and a pipe, and is nowhere kept.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from data.errors import TextError
from documents.poster import QUIET_MODULES, svg, symbol
from documents.typesetting import MAY_BREAK, typeset

# 50 mm are asked for; printers that "fit to page" shrink by up to 3 %.
SIDE_MM = 52
LEVELS = ("q", "m")
"""Of error correction: a card in a wallet is worn and folded."""
SMALLEST_VERSION = 3
"""Of smaller ones the quiet zone would not leave room for eight cards."""
MOST_BYTES = 300
"""Of one code: with more its modules would be too small for a telephone on a worn card."""
MOST_CARDS = 400
LONGEST_LABEL = 24
LONGEST_WORD = 6
"""Of a label: of the widest letters no more stand beside a code, and a word that ran on would spoil the next card's."""
TITLE = "Mã QR cá nhân"
HOW = "Đưa mã này cho người của địa điểm quét khi vào."
CUT = "Cắt theo nét đứt. In đúng cỡ 100 %: mã không nhỏ hơn 5 × 5 cm."


class UnusableCodes(TextError):
    """What was sent cannot be printed; which of them is said by its place, never by what it holds."""


@dataclass(frozen=True)
class PersonalCode:
    """What a code holds, byte for byte, the words beside it, and how many cards of it. Its repr tells nothing of it."""

    content: str = field(repr=False)
    label: str = field(default="", repr=False)
    copies: int = 1


def personal_codes(codes: Sequence[PersonalCode], made_on: dt.date) -> bytes:
    """The sheets as PDF.

    Raises
    ------
    UnusableCodes
        There is none, there are too many cards, or one is empty, too long or no text.
    """
    if not codes:
        raise UnusableCodes("codes.none")
    if sum(max(1, code.copies) for code in codes) > MOST_CARDS:
        raise UnusableCodes("codes.many", most=MOST_CARDS)
    for place, code in enumerate(codes, start=1):
        size = _size(code.content)
        if not code.content.strip():
            raise UnusableCodes("codes.empty", place=place)
        if size > MOST_BYTES:
            raise UnusableCodes("codes.long", place=place, size=size, most=MOST_BYTES)
    cards = [card for code in codes for card in [_card(code)] * max(1, code.copies)]
    about = {"title": TITLE, "how": HOW, "cut": CUT, "side_mm": SIDE_MM, "quiet_modules": QUIET_MODULES}
    return typeset("personal_codes.typ", about | {"cards": cards}, made_on)


def lines_of(text: str) -> list[PersonalCode]:
    """A code a line. Only a line feed ends one: codes hold other separators (of groups, say) as content."""
    return [PersonalCode(line.removesuffix("\r")) for line in text.split("\n") if line.strip()]


def _size(content: str) -> int:
    try:
        return len(content.encode())
    except UnicodeEncodeError:  # half a character: what it tells would tell of the content
        raise UnusableCodes("codes.malformed") from None


def _card(code: PersonalCode) -> dict[str, Any]:
    drawn = symbol(code.content, levels=LEVELS, smallest=SMALLEST_VERSION)
    return {"svg": svg(drawn), "modules": drawn.modules, "label": _broken(code.label.strip()[:LONGEST_LABEL])}


def _broken(label: str) -> str:
    return " ".join(MAY_BREAK.join(word) if len(word) > LONGEST_WORD else word for word in label.split())
