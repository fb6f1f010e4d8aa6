"""What of an address says where on its street a venue is: number, alleys, and the street or quarter as a key."""

import re
from collections.abc import Sequence

import pandas as pd

from data.texts.folding import fold_all
from etl.linking.engine.addresses import parse

COLUMNS = ("line", "chain", "house", "suffix", "mouth")
LARGEST_HOUSE = 5_000  # a larger number is no house number but a year, a plot or a telephone

_STREET_WORD = re.compile(r"^(?:duong|pho|dg\.?|d\.|ph\.)\s+")
_NUMBER = re.compile(r"0*(\d{1,5})([a-z]\w*)?")


def street_keys(streets: Sequence[str | None]) -> list[str]:
    """Streets as they are compared: folded, without the word for street; "" where none is named."""
    folded = fold_all([street or "" for street in streets])
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
    folded = fold_all([address or "" for address in addresses])
    known: dict[tuple[str, str], tuple[str, str, int, str, int]] = {}
    rows = []
    for text, line in zip(folded, lines, strict=True):
        found = known.get((text, line))
        if found is None:
            found = known[text, line] = _parts(text, line)
        rows.append(found)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _parts(text: str, line: str) -> tuple[str, str, int, str, int]:
    at = parse(text)
    line = line or at.street or at.quarter or (f"tdp {at.group}" if at.group else "")
    mouth, _ = _number(at.alleys.partition("/")[0])
    if at.lot:
        block, _, lot = at.lot.rpartition("-")
        number, letter = _number(lot)
        return line, f"{at.alleys} {block}".strip(), number, letter, mouth
    number, letter = _number(at.house)
    return line, at.alleys, number, letter, mouth


def _number(written: str) -> tuple[int, str]:
    """House number and letter of "12a"; the first of "5-7"; 0 where there is none that a house can have."""
    found = _NUMBER.match(written)
    if not found or not 0 < int(found[1]) <= LARGEST_HOUSE:
        return 0, ""
    return int(found[1]), found[2] or ""
