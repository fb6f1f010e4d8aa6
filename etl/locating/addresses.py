"""What of an address says where on its street a venue is: number, alleys, and the street or quarter as a key."""

import re
from collections.abc import Sequence

import pandas as pd

from etl.search_text import search_texts

COLUMNS = ("line", "chain", "house", "suffix", "mouth")
LARGEST_HOUSE = 5_000  # a larger number is no house number but a year, a plot or a telephone

_STREET_WORD = re.compile(r"^(?:duong|pho|dg\.?|d\.|ph\.)\s+")
# A floor or a kiosk says nothing about the place on the street.
_INSIDE = re.compile(r"\b(?:tang|lau|ki-?ot|kios|quay|phong|p)\s*(?:so\s*)?\d+\w?\b[\s,;-]*")
_HOUSE = re.compile(r"^[\s,;]*(?:so nha|so|sn|nha so)?\s*(\d{1,4})(?:\s*-\s*\d{1,4})?([a-z]?\d?)(?![\w/])")
_ALLEY = re.compile(r"\b(ngo|kiet|ngach|hem)\s+(?:so\s+)?(\d+\w?(?:/\d+\w?)*)")
_LOT = re.compile(
    r"^[\s,;]*(?:so|lo|can)?\s*((?:lk|bt|tt|nv|sh|ct|lo|o|[a-z])\s?-?\d{0,3})\s?[-./ ]\s?(\d{1,3})([a-z]?)\b"
)
_QUARTER = re.compile(r"\b((?:kdt|khu do thi|khu|tdp|to dan pho|to|thon|xom|chung cu|toa)\b[^,;]*)")
_DEPTH = {"ngo": 0, "kiet": 0, "ngach": 1, "hem": 2}
_LONG_NAMES = (("khu do thi", "kdt"), ("to dan pho", "tdp"))


def street_keys(streets: Sequence[str | None]) -> list[str]:
    """Streets as they are compared: folded, without the word for street; "" where none is named."""
    folded = search_texts([street or "" for street in streets])
    return [_STREET_WORD.sub("", text).strip(" .") for text in folded]


def parts(addresses: Sequence[str | None], streets: Sequence[str | None]) -> pd.DataFrame:
    """Parts of addresses (``COLUMNS``), one row each, in order.

    Parameters
    ----------
    streets
        Street of each address as written, where one is known; without one a quarter or new town stands for it.

    Returns
    -------
    DataFrame
        ``line``: key of the street or quarter, "" when none is named; ``chain``: alleys from the street inwards, or the
        block of a new town, "" on the street itself; ``house``: number there, 0 without one; ``suffix``: its letter;
        ``mouth``: number of the first alley, 0 without one (an alley has the number of the house that it begins at).
    """
    lines = street_keys(streets)
    folded = search_texts([address or "" for address in addresses])
    known: dict[tuple[str, str], tuple[str, str, int, str, int]] = {}
    rows = []
    for text, line in zip(folded, lines, strict=True):
        found = known.get((text, line))
        if found is None:
            found = known[text, line] = _parts(text, line)
        rows.append(found)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _parts(text: str, line: str) -> tuple[str, str, int, str, int]:
    text = _INSIDE.sub("", text)
    chain, mouth = _alleys(text)
    if not line:
        line = _quarter(text)
        lot = _LOT.match(text) if not chain else None
        if lot:
            return line, lot[1].replace(" ", "").replace("-", ""), int(lot[2]), lot[3], 0
    house = _HOUSE.match(text)
    number = int(house[1]) if house else 0
    if not 0 < number <= LARGEST_HOUSE:
        return line, chain, 0, "", mouth
    return line, chain, number, house[2] if house else "", mouth


def _alleys(text: str) -> tuple[str, int]:
    """The chain of alleys from the street inwards ("4/12" for "ngách 4/12" and for "ngách 12 ngõ 4"), and its first."""
    found: dict[int, str] = {}
    for word, number in _ALLEY.findall(text):
        steps = number.split("/")
        last = _DEPTH[word]
        first = max(0, last - len(steps) + 1)
        for depth, step in enumerate(steps, start=first):
            found.setdefault(depth, step)
    if not found:
        return "", 0
    chain = "/".join(found[depth] for depth in sorted(found))
    mouth = re.match(r"\d+", found[0]) if 0 in found else None
    number = int(mouth[0]) if mouth else 0
    return chain, number if number <= LARGEST_HOUSE else 0


def _quarter(text: str) -> str:
    found = _QUARTER.search(text)
    if not found:
        return ""
    quarter = " ".join(found[1].split())
    for long, short in _LONG_NAMES:
        quarter = quarter.replace(long, short)
    return quarter.strip(" .")
