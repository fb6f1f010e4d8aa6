"""A frame of names and addresses as the parts that are compared."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from etl.linking import addresses, names
from etl.search_text import search_texts

INPUTS = ("name", "address", "ward", "phone_hash", "category", "lon", "lat")
PARTS = (
    "core", "called", "trade", "type", "branch", "chain", "place", "house", "alleys", "slashed", "lot", "floor", "unit", "building",
    "street", "quarter", "group", "ward_key",
)  # fmt: skip


def describe(frame: pd.DataFrame) -> pd.DataFrame:
    """``frame`` (columns of ``INPUTS``, missing ones count as unknown) with the parts of each row beside it.

    Texts are empty where nothing is known; ``lon`` and ``lat`` are degrees in WGS 84, NaN where unknown. The index
    stays. A frame that is described already comes back as it is. Two spellings that differ in diacritics, case or
    white space have the same parts.
    """
    if "core" in frame.columns:
        return frame
    out = pd.DataFrame(index=frame.index)
    for column in INPUTS[:5]:
        given = frame[column] if column in frame else pd.Series("", index=frame.index)
        out[column] = given.astype(object).where(given.notna(), "").astype(str)
    for column in INPUTS[5:]:
        given = frame[column] if column in frame else pd.Series(float("nan"), index=frame.index)
        out[column] = pd.to_numeric(given, errors="coerce").astype("float64")
    numbers, texts = _distinct(out)
    parts = [_parts(*row) for row in zip(*texts, strict=True)]
    for place, column in enumerate(PARTS):
        values = np.array([row[place] for row in parts] + [None], dtype=object)[numbers]
        out[column] = values if column != "slashed" else values.astype(bool)
    return out


def _distinct(frame: pd.DataFrame) -> tuple[NDArray[np.int64], list[list[str]]]:
    """The number of each row's name, address and ward among the distinct ones, folded, and these, column by column."""
    folded = [search_texts(frame[column].tolist()) for column in INPUTS[:3]]
    numbers = np.zeros(len(frame), dtype=np.int64)
    for texts in folded:
        found, values = pd.factorize(np.array(texts, dtype=object))
        numbers, _ = pd.factorize(numbers * max(len(values), 1) + found)
    _, firsts, numbers = np.unique(numbers, return_index=True, return_inverse=True)
    return numbers, [[texts[row] for row in firsts.tolist()] for texts in folded]


def _parts(name: str, address: str, ward: str) -> tuple[str | bool, ...]:
    called = names.parse(name)
    at = addresses.parse(address)
    if called.place and not (at.house or at.alleys or at.lot or at.unit or at.building or at.street or at.quarter):
        at = addresses.parse(called.place)  # "Long Châu 123 Quang Trung": a chain's branch says where it stands
    for prefix in ("phuong ", "p. ", "p.", "p "):
        ward = ward.removeprefix(prefix)
    return (
        called.core, called.called, called.trade, called.type, called.branch, called.chain, called.place, at.house, at.alleys, at.slashed, at.lot,
        at.floor, at.unit, at.building, at.street, at.quarter, at.group, ward or at.ward,
    )  # fmt: skip
