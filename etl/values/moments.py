"""Moments at which a running total stood: from lines above a table ("Tính đến 09h30 ngày 12/9/2021") or from a cell.

A moment is local time in Asia/Ho_Chi_Minh. A day without an hour is its midnight, marked as having none; "đến hết ngày
12/9" is the midnight after that day, which is an hour.
"""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from data.texts.folding import fold
from etl.values import days
from etl.values.cell_values import by_distinct, is_blank_text, tidy


@dataclass(frozen=True)
class Export:
    """When totals were exported (naive, local), and whether the hour is known."""

    at: dt.datetime
    has_hour: bool


_HOUR = re.compile(r"\b(\d{1,2})\s*(?:h|g|gio|:)\s*(\d{1,2})?(?:\s*(?:p|ph|phut|:)\s*(\d{1,2})?)?(?![\d/])")
_DAY = re.compile(
    r"\b(?:(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})"
    r"|(?P<d2>\d{1,2})\s*(?:[/.\-]|thang)\s*(?P<m2>\d{1,2})(?:\s*(?:[/.\-]|nam)\s*(?P<y2>\d{4}|\d{2}))?)\b"
)
_SAYS_WHEN = re.compile(
    r"\b(?:tinh den|thoi (?:diem|gian) (?:xuat|thong ke|cap nhat|lay so lieu)|ngay(?: gio)? xuat|xuat (?:luc|ngay|file)"
    r"|cap nhat(?: luc| den| ngay)?|so lieu (?:tinh )?den|luy ke (?:tinh )?den|den het(?: ngay)?|den thoi diem"
    r"|den (?=\d{1,2}\s*(?:h|g|gio|:))|den ngay)\b"
)
_WHOLE_DAY = re.compile(r"\bhet(?: ngay)?\s*$")
_STRETCH = re.compile(r"\btu\b.*\bden\b")


def moment_in(words: str, year: int | None) -> Export | None:
    """The moment that folded ``words`` name; ``year`` is that of a day without one. ``None`` when they name no day."""
    day = _DAY.search(_HOUR.sub(lambda found: " " * len(found[0]), words))
    if day is None:
        return None
    named = day["y"] or day["y2"]
    if named is None and year is None:
        return None
    number = int(named) if named else int(year or 0)
    try:
        on = dt.datetime(
            number + 2000 if number < 100 else number, int(day["m"] or day["m2"]), int(day["d"] or day["d2"])
        )
        if _WHOLE_DAY.search(words[: day.start()].removesuffix(" ").removesuffix("ngay").strip()):
            return Export(on + dt.timedelta(days=1), True)
        hour = _HOUR.search(words)
        if hour is None:
            return Export(on, False)
        return Export(on + dt.timedelta(hours=_within(hour[1], 24), minutes=_within(hour[2], 59)), True)
    except ValueError:
        return None


def _within(text: str | None, most: int) -> int:
    number = int(text or 0)
    if number > most:
        raise ValueError(text)
    return number


def export_of(titles: Sequence[str], today: dt.date) -> Export | None:
    """The moment up to which ``titles`` say that a table counts; a day without a year is the latest that has come."""
    for title in titles:
        words = fold(title)
        said = _SAYS_WHEN.search(words)
        if said is None or _STRETCH.search(words[: said.end()]):
            continue
        tail = words[said.start() :]
        found = moment_in(tail, None) or moment_in(tail, today.year)
        if found is not None and found.at.date() > today + dt.timedelta(days=1):
            found = moment_in(tail, today.year - 1)
        if found is not None:
            return found
    return None


@dataclass(frozen=True)
class Moments:
    """A column of moments: ``values`` (datetime64[s], local, NaT where empty or faulty), which have an hour, and which
    are faulty."""

    values: np.ndarray
    has_hour: np.ndarray
    faulty: np.ndarray


def moments(cells: pd.Series, writing: days.Writing = days.DEFAULT_WRITING) -> Moments:
    """Read a column of moments written as ``writing`` says."""
    year = writing.year or (writing.today.year if writing.today else None)

    def convert(value: Any) -> tuple[dt.datetime | None, bool, bool]:
        text = tidy(value)
        if is_blank_text(text):
            return None, False, False
        if isinstance(value, dt.datetime):
            local = value.astimezone(days.LOCAL).replace(tzinfo=None) if value.tzinfo else value
            return local.replace(microsecond=0), local.time() != dt.time(0), False
        number = days.serial_moment(value if isinstance(value, int | float) else text)
        if number is not None:
            return number, number.time() != dt.time(0), False
        day = writing.day(value)
        found = None if isinstance(value, dt.date) else moment_in(fold(text), year)
        if found is not None:
            return found.at, found.has_hour, False
        return (dt.datetime.combine(day, dt.time(0)), False, False) if day else (None, False, True)

    converted, positions = by_distinct(cells, convert)
    answers = [(None, False, False) if answer is None else answer for answer in converted]
    at = np.array([found for found, _, _ in answers], dtype="datetime64[s]")
    hours = np.array([hour for _, hour, _ in answers], dtype=bool)
    faulty = np.array([fault for _, _, fault in answers], dtype=bool)
    return Moments(at[positions], hours[positions], faulty[positions])
