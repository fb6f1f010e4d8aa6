"""What a column is, told by its cells where its heading says nothing: telephones, days, wards, coordinates, reasons.

What cells tell weighs nothing when kinds are compared: it only fills a kind that other headings speak for.
"""

import datetime as dt
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from etl.recognition.titles import ward_names
from etl.values import cell_values, days
from etl.values.ward_names import ward_key

LEAST_CELLS = 3
"""Filled cells that a column needs before its content says anything ..."""
MOST_EXCEPTIONS = 0.1
"""... and the share of them that may be something else."""

_PHONE = re.compile(r"(?:\(?\+?84\)?|0)?[\s.\-]?(?:[235789]\d{1,2})(?:[\s.\-]?\d){6,8}")
_LONGITUDES, _LATITUDES = (105.5, 106.1), (20.7, 21.2)
"""Degrees around the district: what else lies between them is not told from a coordinate."""
_DAY_COLUMN = {
    "registrations": "registered_on",
    "scans": "day",
    "reminders": "reminded_on",
    "suspensions": "starts_on",
}


def is_phone(value: Any) -> bool:
    """Whether a cell is one telephone number of Vietnam (nine digits without the zero that Excel takes away)."""
    text = cell_values.tidy(value)
    digits = sum(character.isdigit() for character in text)
    return 9 <= digits <= 12 and _PHONE.fullmatch(text) is not None


def is_day(value: Any) -> bool:
    """Whether a cell is a day of the years that events are of; a plain number is none."""
    if isinstance(value, int | float):
        return False
    if isinstance(value, str) and cell_values.tidy(value).isdigit():
        return False
    day = days.day_of(value)
    return day is not None and day >= dt.date(2020, 1, 1)


def _is_ward(value: Any) -> bool:
    return ward_key(cell_values.tidy(value)) in ward_names()


def _is_between(bounds: tuple[float, float]) -> Callable[[Any], bool]:
    def test(value: Any) -> bool:
        try:
            return bounds[0] < float(cell_values.tidy(value).replace(",", ".")) < bounds[1]
        except ValueError:
            return False

    return test


def _is_reason(value: Any) -> bool:
    return cell_values.reason(value) is not None


def _tests(kind: str, has_days: bool) -> dict[str, Callable[[Any], bool]]:
    """Canonical column -> what its cells must be, for the columns that content may tell."""
    prefix = "" if kind == "venues" else "venue_"
    tests: dict[str, Callable[[Any], bool]] = {f"{prefix}phone": is_phone, f"{prefix}ward": _is_ward}
    if kind == "venues":
        tests |= {"lon": _is_between(_LONGITUDES), "lat": _is_between(_LATITUDES)}
    if kind in _DAY_COLUMN and not has_days:
        tests[_DAY_COLUMN[kind]] = is_day
    if kind == "reminders":
        tests["reason"] = _is_reason
    return tests


def tell(kind: str, cells: Mapping[int, Sequence[Any]], known: Collection[str], *, has_days: bool) -> dict[str, int]:
    """Canonical column -> the one position whose filled ``cells`` are such, for columns of ``kind`` that are not
    ``known``. ``has_days``: the table has its days otherwise, in columns of their own.
    """
    found: dict[str, list[int]] = {}
    tests = {name: test for name, test in _tests(kind, has_days).items() if name not in known}
    for position, filled in cells.items():
        if len(filled) < LEAST_CELLS:
            continue
        for name, test in tests.items():
            if sum(map(test, filled)) >= (1 - MOST_EXCEPTIONS) * len(filled):
                found.setdefault(name, []).append(position)
                break
    return {name: places[0] for name, places in found.items() if len(places) == 1 or name.endswith("phone")}
