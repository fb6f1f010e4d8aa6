"""Quantities (sizes, areas, weights) as Vietnamese write them: a dot groups thousands, a comma begins the decimals."""

import math
import re
from typing import Any

import numpy as np
import pandas as pd

from etl.values.cell_values import by_distinct, is_blank_text, tidy

_GROUPED = re.compile(r"[1-9]\d{0,2}(?:[. ]\d{3})+(?:,\d+)?", re.ASCII)
_PLAIN = re.compile(r"\d+(?:[.,]\d+)?", re.ASCII)


def measures(values: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """A column of quantities as ``float64`` (NaN where empty or faulty) and the mask of what is no number from 0 on.

    "1.200" is twelve hundred and "1.234,5" has a half, while "12.5" and "0.125", whose dot groups nothing, are as
    programs write them; a unit belongs into the heading.
    """
    converted, positions = by_distinct(values, _measure)
    found = np.array([np.nan if read is None else read for read in converted], dtype="float64")[positions]
    faulty = found < 0
    return np.where(faulty, np.nan, found), faulty


def _measure(value: Any) -> float | None:
    """The quantity; None where nothing is said, -1 where it is none."""
    text = tidy(value)
    if is_blank_text(text):
        return None
    number = -1.0
    if isinstance(value, int | float) and not isinstance(value, bool):
        number = float(value)
    elif _GROUPED.fullmatch(text):
        number = float(re.sub("[. ]", "", text).replace(",", "."))
    elif _PLAIN.fullmatch(text):
        number = float(text.replace(",", "."))
    return number if math.isfinite(number) else -1.0


def measure_text(value: Any) -> str:
    """A cell as text in which ``measures`` finds the same: the number 1.2 of a spreadsheet is "1,2", for "1.200" is
    twelve hundred.
    """
    text = tidy(value)
    return text.replace(".", ",") if isinstance(value, float) else text
