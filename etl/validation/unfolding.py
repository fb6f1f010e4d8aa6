"""Rows that say several things, or none: reminder books with a column a time, lists that say who has a code."""

import datetime as dt
from collections.abc import Sequence

import numpy as np
import pandas as pd

from etl.validation.frames import blank_cells
from etl.values import cell_values

TIME = "_time"
"""Begins the names of a table's columns "lần 1", "lần 2", …, followed by the position in the sheet."""


def one_row_a_time(table: pd.DataFrame, times: Sequence[int]) -> tuple[pd.DataFrame, np.ndarray, int]:
    """``table`` with one row for each filled cell of its columns of ``times``, which becomes ``reminded_on``; for each
    row the position that it came from, and how many rows have none."""
    filled = [~blank_cells(table[f"{TIME}{position}"]) for position in times]
    places = [np.flatnonzero(mask) for mask in filled]
    at = np.concatenate(places) if places else np.array([], dtype=int)
    order = np.argsort(at, kind="stable")
    days = pd.concat([table[f"{TIME}{position}"].iloc[place] for position, place in zip(times, places, strict=True)])
    spread = table.iloc[at[order]].drop(columns=[f"{TIME}{position}" for position in times])
    spread["reminded_on"] = days.iloc[order].to_numpy(dtype=object)
    return spread, at[order], len(table) - int(np.logical_or.reduce(filled).sum())


def take_registered(table: pd.DataFrame, listed_on: dt.date | None) -> tuple[pd.DataFrame, np.ndarray, int]:
    """The rows of ``table`` whose ``has_qr`` says yes, or that give the day on which the code was made; the mask of
    them, and how many do neither. A row that says yes without any day was registered by ``listed_on``, the day up to
    which the list speaks, where its column of days is missing as a whole."""
    said, unclear = cell_values.answers(table["has_qr"])
    dated = ~blank_cells(table["registered_on"]) if "registered_on" in table else np.zeros(len(table), dtype=bool)
    keep = said | dated | unclear
    kept = table[keep].drop(columns="has_qr")
    if "registered_on" not in table:
        day = listed_on if listed_on is None else dt.datetime.combine(listed_on, dt.time(0))
        # Words that are neither yes nor no are no day, and will be found to be none.
        answers = zip(table["has_qr"][keep], unclear[keep], strict=True)
        days = [answer if doubtful else day for answer, doubtful in answers]
        kept["registered_on"] = pd.Series(days, index=kept.index, dtype=object)
    return kept, keep, int((~keep).sum())
