"""Coordinates as clerks write them: decimal points or commas, degrees and minutes, two numbers in one cell, a map's
address.

Numbers are returned as they stand: nothing is swapped or transformed here (``etl.locating.points`` does that, knowing
the district).
"""

import re
from typing import Any

import numpy as np
import pandas as pd

from data.texts.folding import fold
from etl.values.cell_values import by_distinct, is_blank_text, tidy

_NO_POINT = frozenset(
    ("chua co", "khong", "khong co", "chua xac dinh", "khong ro", "chua ro", "chua dinh vi", "0", "0, 0", "0,0")
)
_DEGREES = re.compile(
    r"([NSEWBĐT]?)\s*(\d{1,3})\s*[°ºo]\s*"
    r"(\d{1,2}(?:[.,]\d+)?)?\s*['’′]?\s*"
    r"(\d{1,2}(?:[.,]\d+)?)?\s*(?:\"|”|″|'')?\s*([NSEWBĐT]?)",
    re.IGNORECASE,
)
_TWO_WITH_DOTS = re.compile(r"[(\[]?\s*(-?\d+(?:\.\d+)?)\s*[,;/\s]\s*(-?\d+(?:\.\d+)?)\s*[)\]]?")
_TWO_WITH_COMMAS = re.compile(r"[(\[]?\s*(-?\d+,\d+)\s*(?:[;/]|,\s|\s)\s*(-?\d+,\d+)\s*[)\]]?")
_WKT = re.compile(r"point\s*\(\s*(-?\d+(?:\.\d+)?)\s+(-?\d+(?:\.\d+)?)\s*\)", re.IGNORECASE)
_IN_ADDRESS = re.compile(r"[@=/](-?\d{1,3}\.\d+),\+?(-?\d{1,3}\.\d+)")
_EAST_WEST = frozenset("EWĐT")


def _number(text: str) -> float | None:
    """A coordinate in "105.78", "105,78", "2.319.456,78", "2,319,456.78" or "20°58'12\\""; ``None`` when it is none."""
    text = re.sub(r"\s*(?:m|độ|do)$", "", text.strip(), flags=re.IGNORECASE)
    if (degrees := _DEGREES.fullmatch(text)) is not None:
        return _from_degrees(degrees)
    if re.fullmatch(r"-?\d+\.\d+\s*,\s*-?\d+\.\d+", text):
        return None  # "20.97,105.78" is two
    text = re.sub(r"^[NSEWBĐT]\s*|\s*[NSEWBĐT]$", "", text, flags=re.IGNORECASE).replace(" ", "")
    last_dot, last_comma = text.rfind("."), text.rfind(",")
    if text.count(".") > 1 or (last_dot >= 0 and last_comma > last_dot):
        text = text.replace(".", "")
    if text.count(",") > 1 or (last_comma >= 0 and last_dot > last_comma):
        text = text.replace(",", "")
    text = text.replace(",", ".")
    return float(text) if re.fullmatch(r"[+-]?\d+(?:\.\d+)?", text) else None


def _from_degrees(match: re.Match[str]) -> float:
    minutes, seconds = (float((match[group] or "0").replace(",", ".")) for group in (3, 4))
    return int(match[2]) + minutes / 60 + seconds / 3600


def numbers(values: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """A column of coordinates as ``float64`` (NaN where empty) and the mask of what cannot be read."""
    parsed = pd.to_numeric(values, errors="coerce").to_numpy(dtype="float64", copy=True)
    parsed[np.isinf(parsed)] = np.nan
    nowhere = parsed == 0  # what systems write for "none"; no zero lies near the district in any projection used here
    unread = np.isnan(parsed)
    faulty = np.zeros(len(values), dtype=bool)
    if unread.any():
        converted, positions = by_distinct(values[unread], _lone_number)
        found = np.array(
            [np.nan if pair is None or pair[0] is None else pair[0] for pair in converted], dtype="float64"
        )
        fault = np.array([pair is not None and pair[1] for pair in converted], dtype=bool)
        parsed[unread] = found[positions]
        faulty[unread] = fault[positions]
    parsed[nowhere] = np.nan
    return parsed, faulty


def _says_nothing(text: str) -> bool:
    return is_blank_text(text) or fold(text) in _NO_POINT


def _lone_number(value: Any) -> tuple[float | None, bool]:
    text = tidy(value)
    if _says_nothing(text):
        return None, False
    number = _number(text)
    return number, number is None


def _pair(value: Any) -> tuple[float, float, bool]:
    """(lon, lat, unreadable) of a cell that holds both; latitude first, as maps on a telephone show it."""
    text = tidy(value)
    if _says_nothing(text):
        return np.nan, np.nan, False
    if match := _TWO_WITH_DOTS.fullmatch(text):
        return float(match[2]), float(match[1]), False
    if match := _TWO_WITH_COMMAS.fullmatch(text):
        return float(match[2].replace(",", ".")), float(match[1].replace(",", ".")), False
    if match := _WKT.fullmatch(text):
        return float(match[1]), float(match[2]), False
    degrees = list(_DEGREES.finditer(text))
    if len(degrees) == 2:
        first, second = (_from_degrees(match) for match in degrees)
        east_first = {degrees[0][1].upper(), degrees[0][5].upper()} & _EAST_WEST
        return (first, second, False) if east_first else (second, first, False)
    if match := _IN_ADDRESS.search(text):
        return float(match[2]), float(match[1]), False
    return np.nan, np.nan, True


def pairs(values: pd.Series) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A column of "20.97, 105.78": longitudes, latitudes (``float64``, NaN where empty), the mask of the unreadable."""
    converted, positions = by_distinct(values, _pair)
    nothing = (np.nan, np.nan, False)
    table = np.array([nothing if found is None else found for found in converted], dtype="float64").reshape(-1, 3)
    return table[positions, 0], table[positions, 1], table[positions, 2].astype(bool)
