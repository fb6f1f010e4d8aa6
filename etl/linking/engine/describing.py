"""A frame of names and addresses as the parts that are compared."""

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.texts.folding import fold_all
from etl.linking.engine import addresses, names

INPUTS = ("name", "address", "ward", "phone_hash", "category", "lon", "lat")
NAME_PARTS = ("core", "called", "trade", "type", "branch", "chain", "place")
ADDRESS_PARTS = (
    "house", "alleys", "slashed", "lot", "floor", "unit", "building", "street", "quarter", "group",
)  # fmt: skip
Ints = NDArray[np.int64]
Part = TypeVar("Part")


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
    texts = [fold_all(out[column].tolist()) for column in INPUTS[:3]]
    name_of, called = _once(texts[0], names.parse)
    address_of, places = _once(texts[1], addresses.parse)
    ward_of, wards = _once(texts[2], _ward)
    stood = _standing(called, name_of, places, address_of)
    for part in NAME_PARTS:
        out[part] = _spread([getattr(one, part) for one in called], name_of)
    for part in ADDRESS_PARTS:
        out[part] = _spread([getattr(one, part) for one in stood[1]], stood[0])
    out["slashed"] = out["slashed"].astype(bool)
    said = _spread(wards, ward_of)
    out["ward_key"] = np.where(said == "", _spread([one.ward for one in stood[1]], stood[0]), said)
    return out


def _once(texts: list[str], parse: Callable[[str], Part]) -> tuple[Ints, list[Part]]:
    """Which of the distinct texts each one is, and these parsed: names and addresses come again and again."""
    numbers, distinct = pd.factorize(np.array(texts, dtype=object))
    return numbers, [parse(text) for text in distinct]


def _spread(values: list[Any], numbers: Ints) -> NDArray[np.object_]:
    return np.array([*values, None], dtype=object)[numbers]


def _standing(
    called: list[names.Name], name_of: Ints, places: list[addresses.Address], address_of: Ints
) -> tuple[Ints, list[addresses.Address]]:
    """Address of each row; "Long Châu 123 Quang Trung" without one: a chain's branch says where it stands."""
    chained = np.array([bool(one.place) for one in called], dtype=bool)
    unsaid = np.array([not _says(one) for one in places], dtype=bool)
    if not len(name_of):
        return address_of, places
    rows = np.flatnonzero(chained[name_of] & unsaid[address_of])
    at, told = _once([called[number].place for number in name_of[rows].tolist()], addresses.parse)
    numbers = address_of.copy()
    numbers[rows] = at + len(places)
    return numbers, places + told


def _says(at: addresses.Address) -> bool:
    return bool(at.house or at.alleys or at.lot or at.unit or at.building or at.street or at.quarter)


def _ward(text: str) -> str:
    for prefix in ("phuong ", "p. ", "p.", "p "):
        text = text.removeprefix(prefix)
    return text
