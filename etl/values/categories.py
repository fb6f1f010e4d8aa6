"""Which category a register's words mean: ``data/reference/categories.csv`` lists the words that clerks use."""

import csv
import re
from functools import cache

import numpy as np
import pandas as pd

from data.project import ROOT
from data.texts.folding import fold

CATEGORIES_FILE = ROOT / "data" / "reference" / "categories.csv"
OTHER = "other"
_SIGNS = re.compile(r"[^\w]+")


def _key(words: str) -> str:
    return _SIGNS.sub(" ", fold(words)).strip()


@cache
def _synonyms() -> dict[str, str]:
    """Words for comparison -> category code; a category's own name wins over a synonym of another."""
    known: dict[str, str] = {}
    with CATEGORIES_FILE.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    for row in rows:
        known |= {_key(word): row["code"] for word in row["synonyms"].split(";") if word.strip()}
    for row in rows:
        known |= {_key(row[name]): row["code"] for name in ("code", "name_vi", "name_en")}
    return known


def category_of(words: str) -> str | None:
    """Category code for a clerk's words: the whole of them, else the longest known words that they begin or hold."""
    key = _key(words)
    known = _synonyms()
    if key in known:
        return known[key]
    padded = f" {key} "
    held = [word for word in known if len(word) > 3 and f" {word} " in padded]
    return known[max(held, key=len)] if held else None


def categorise(column: pd.Series) -> tuple[np.ndarray, int]:
    """Category code of each row ("other" where none is given or known), and how many rows had unknown words."""
    found = {words: category_of(words) for words in column.dropna().unique()}
    codes = column.map(found).astype(object)
    unknown = int((codes.isna() & column.notna()).sum())
    return codes.fillna(OTHER).to_numpy(dtype=object), unknown
