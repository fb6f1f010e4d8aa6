"""Columns put together into rows: the canonical frame of a kind from what a sheet has of it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from etl.recognition.columns import DESCRIPTION, column, columns_of
from etl.validation.limits import MAX_TEXT
from etl.values import cell_values
from etl.values.encodings import unified


def text_column(cells: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """A column of text, written one way, and the mask of texts too long to be one."""
    found = unified(cell_values.texts(cells))
    return found, np.array([text is not None and len(text) > MAX_TEXT for text in found], dtype=bool)


def blank_cells(cells: pd.Series) -> np.ndarray:
    converted, positions = cell_values.by_distinct(cells, cell_values.is_blank)
    converted[-1] = True
    return converted.astype(bool)[positions]


def blank_rows(raw: pd.DataFrame) -> np.ndarray:
    """Rows in which no cell says anything: they are no data and are not counted."""
    blank = np.ones(len(raw), dtype=bool)
    for name in raw.columns:
        if not blank.any():
            break
        where = np.flatnonzero(blank)
        blank[where] = blank_cells(raw[name].iloc[where])
    return blank


def complete_venue(typed: dict[str, np.ndarray], wards: np.ndarray, length: int) -> None:
    """Put together what a register spreads over columns: the address, the ward of the group, the point of one cell."""
    if "address" not in typed and ("house_number" in typed or "street" in typed):
        nothing = np.full(length, None, dtype=object)
        parts = zip(typed.get("house_number", nothing), typed.get("street", nothing), strict=True)
        joined = [" ".join(part for part in pair if part) or None for pair in parts]
        typed["address"] = np.array([*joined, None], dtype=object)[:-1]
    if "ward" in typed:
        empty = np.array([ward is None for ward in typed["ward"]], dtype=bool)
        typed["ward"] = np.where(empty, wards, typed["ward"])
    else:
        typed["ward"] = wards
    unreadable = np.zeros(length, dtype=bool)
    for flag in ("_lon_bad", "_lat_bad", "_x_bad", "_y_bad", "_point_bad"):
        unreadable |= typed.pop(flag, np.zeros(length, dtype=bool))
    for name in ("lon", "lat"):
        found = typed.pop(f"_{name}", None)
        if found is not None:
            own = typed.get(name)
            typed[name] = found if own is None else np.where(np.isnan(own), found, own)
    typed["_point_unreadable"] = unreadable


def whole_frame(kind: str, frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Pieces put together, now with all canonical columns: millions of rows carry no empty texts until then."""
    filled = [frame for frame in frames if len(frame)]
    frame = pd.concat(filled, ignore_index=True) if filled else _no_rows(kind)
    names = [*columns_of(kind), *(name for name in frame.columns if name.startswith("_"))]
    columns = {
        name: frame[name] if name in frame else pd.Series(np.full(len(frame), None), dtype=object) for name in names
    }
    return pd.DataFrame(columns, copy=False)


def _no_rows(kind: str) -> pd.DataFrame:
    counts = dict.fromkeys({"scans", "total"} & set(columns_of(kind)), "int64")
    frame = typed_frame(kind, {}, 0).assign(_sheet=0, _row=0)
    return frame.astype({"_sheet": "int16", "_row": "int32"} | counts)


_DTYPES = {"day": "datetime64[s]", "moment": "datetime64[s]", "coordinate": "float64", "measure": "float64"}
_EMPTY: dict[str, Any] = {"datetime64[s]": np.datetime64("NaT"), "float64": np.nan}
_FLAGS = {"venues": ("_point_unreadable",), "totals": ("_exported_has_hour",)}
"""Columns of bool that a frame has beside the canonical ones."""


def complete_description(typed: dict[str, np.ndarray], wards: np.ndarray) -> None:
    """Give events the ward of the group heading or title that they stand under, where their row names none."""
    if pd.isna(wards).all():
        return
    named = typed.get("venue_ward")
    typed["venue_ward"] = wards if named is None else np.where(pd.isna(named), wards, named)


def typed_frame(kind: str, typed: dict[str, np.ndarray], length: int) -> pd.DataFrame:
    """The canonical columns of ``kind``, with the types that ``SourceTable`` states; absent ones are empty.

    What describes the venues of events is left out where it is absent: see ``whole_frame``.
    """
    made: dict[str, pd.Series] = {}
    for name in columns_of(kind):
        if kind != "venues" and name in DESCRIPTION and name not in typed:
            continue
        dtype = _DTYPES.get(column(kind, name).type, "object")
        made[name] = pd.Series(typed[name] if name in typed else np.full(length, _EMPTY.get(dtype), dtype), dtype=dtype)
    for name in _FLAGS.get(kind, ()):
        made[name] = pd.Series(typed.get(name, np.zeros(length, dtype=bool)), dtype=bool)
    return pd.DataFrame(made)
