"""Days as clerks write them: "12/9/21", "12.09.2021", "09h30 ngày 12/9/2021", Excel dates, Excel's numbers, 20210912.

A day is a day in Asia/Ho_Chi_Minh; a moment with another zone is brought there first. The day comes before the month,
unless a file proves otherwise of a column (``Writing.month_first``).
"""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from data.texts.folding import fold
from etl.values.cell_values import by_distinct, is_blank_text, tidy

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
SINCE_1900 = dt.timedelta(days=1462)
"""What Excel's 1904 system begins later."""
EXCEL_EPOCH = dt.date(1899, 12, 30)
"""Day 0 of Excel's 1900 system for every serial number from 61 (1/3/1900) on."""

_DMY = re.compile(r"(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{4}|\d{2})")
_YMD = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_ISO_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s?(?:Z|[+-]\d{2}:?\d{2})")
_ISO_LOCAL = re.compile(r"\d{4}-\d{1,2}-\d{1,2}[T ]\d{1,2}:[\d:.]+")
_IN_WORDS = re.compile(r"(\d{1,2})\s*[-/ ]?\s*(?:thang|thg|th)\s*(\d{1,2})\s*(?:nam|[,/-])?\s*(\d{4}|\d{2})")
_MONTH_YEAR = re.compile(r"(?:thang\s*)?(\d{1,2})\s*(?:[/.\-]|nam)\s*(\d{4})")
_YEAR = re.compile(r"(?:nam\s*)?((?:19|20)\d{2})")
_CLOCK = re.compile(
    r"\b\d{1,2}\s*(?:h|g|gio)\s*(?:\d{1,2}\s*(?:p|ph|phut|')?)?(?:\s*\d{1,2}\s*(?:s|giay))?(?![\w/])"
    r"|\b\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?\s*(?:am|pm|sa|ch)?\b"
)
_WORDS_AROUND = re.compile(
    r"\b(?:ngay|luc|vao|hoi|thu (?:hai|ba|tu|nam|sau|bay|[2-7])|chu nhat|cn|t[2-7]|sang|chieu|toi)\b|[,;()]"
)
_SERIAL_MOMENT = re.compile(r"\d{5}[.,]\d+")
_SERIAL = re.compile(r"\d{5}(?:[.,]\d+)?")
_DAY_AND_MONTH = re.compile(r"(\d{1,2})\s*(?:[/\-]|thang)\s*(\d{1,2})")
_DIGITS = re.compile(r"\d{3,8}(?:\.0+)?")


@dataclass(frozen=True)
class Days:
    """A column of days: ``values`` (datetime64[s], NaT where empty or faulty), the mask of faults, how many gave a
    year or month only, and the texts that put the month first or certainly not (evidence for
    ``etl.validation.rows``)."""

    values: np.ndarray
    faulty: np.ndarray
    coarse: int
    month_first: frozenset[str]
    day_first: bool
    both_ways: dict[str, tuple[dt.date, dt.date]] = field(default_factory=dict)
    """Texts that may be read both ways, with the day and the other day that they would be."""


def _made(year: int, month: int, day: int) -> dt.date | None:
    if year < 100:
        year += 2000
    try:
        return dt.date(year, month, day) if 1900 <= year <= 2100 else None
    except ValueError:
        return None


def _from_number(number: float) -> dt.date | None:
    """A day from 20210912, 12092021 (a leading zero may be lost), or Excel's serial number (a fraction is a time)."""
    if number != number or number < 61:
        return None
    if number < 73_416:  # 31/12/2100
        return EXCEL_EPOCH + dt.timedelta(days=int(number))
    if number != int(number):
        return None
    digits = f"{int(number):08d}"
    if len(digits) != 8:
        return None
    year_first = _made(int(digits[:4]), int(digits[4:6]), int(digits[6:])) if digits[0] != "0" else None
    return year_first or _made(int(digits[4:]), int(digits[2:4]), int(digits[:2]))


def serial_moment(value: float | str) -> dt.datetime | None:
    """The moment of one of Excel's serial numbers with a fraction ("44451,395833"); ``None`` for anything else."""
    if isinstance(value, str):
        if not _SERIAL_MOMENT.fullmatch(value):
            return None
        value = float(value.replace(",", "."))
    if value != value or value == int(value) or not 36_526 <= value < 73_416:
        return None
    whole = dt.datetime.combine(EXCEL_EPOCH, dt.time(0)) + dt.timedelta(days=value)
    return (whole + dt.timedelta(seconds=0.5)).replace(microsecond=0)


def _from_text(text: str) -> dt.date | None:
    if match := _DMY.fullmatch(text):
        return _made(int(match[3]), int(match[2]), int(match[1]))
    if match := _YMD.fullmatch(text):
        return _made(int(match[1]), int(match[2]), int(match[3]))
    if _DIGITS.fullmatch(text):
        return _from_number(float(text))
    if _ISO_MOMENT.fullmatch(text):
        return dt.datetime.fromisoformat(text.replace(" +", "+").replace("T ", "T")).astimezone(LOCAL).date()
    if match := _YMD.match(text) if _ISO_LOCAL.fullmatch(text) else None:
        return _made(int(match[1]), int(match[2]), int(match[3]))
    words = " ".join(_WORDS_AROUND.sub(" ", _CLOCK.sub(" ", fold(text))).split())
    if match := _DMY.fullmatch(words):
        return _made(int(match[3]), int(match[2]), int(match[1]))
    if match := _YMD.fullmatch(words):
        return _made(int(match[1]), int(match[2]), int(match[3]))
    if match := _IN_WORDS.fullmatch(words):
        return _made(int(match[3]), int(match[2]), int(match[1]))
    return None


def day_of(value: Any) -> dt.date | None:
    """The day that a cell names, or ``None`` when it names none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, dt.datetime):
        value = value.astimezone(LOCAL) if value.tzinfo else value
        return value.date() if 1900 <= value.year <= 2100 else None
    if isinstance(value, dt.date):
        return value if 1900 <= value.year <= 2100 else None
    if isinstance(value, int | float):
        return _from_number(float(value))
    return _from_text(tidy(value))


def coarse_day_of(value: Any) -> dt.date | None:
    """The first day of a year ("2015", "năm 2015", the number 2015) or of a month ("05/2015")."""
    if isinstance(value, dt.date | bool):
        return None
    words = fold(tidy(value))
    if match := _YEAR.fullmatch(words):
        return _made(int(match[1]), 1, 1)
    if match := _MONTH_YEAR.fullmatch(words):
        return _made(int(match[2]), int(match[1]), 1)
    return None


@dataclass(frozen=True)
class Writing:
    """How a file writes its days: the ``year`` of days without one (else the latest such day up to ``today``, where one
    is given), whether Excel's numbers count from 1904, and the columns that put the month before the day."""

    year: int | None = None
    today: dt.date | None = None
    is_1904: bool = False
    month_first: frozenset[str] = frozenset()

    def day(self, value: Any) -> dt.date | None:
        """``day_of``, beyond that days without a year."""
        found = day_of(value)
        if found is not None:
            is_number = isinstance(value, int | float) or (isinstance(value, str) and bool(_SERIAL.fullmatch(value)))
            return found + SINCE_1900 if self.is_1904 and is_number else found
        if not isinstance(value, str):
            return None
        words = " ".join(_WORDS_AROUND.sub(" ", _CLOCK.sub(" ", fold(tidy(value)))).split())
        match = _DAY_AND_MONTH.fullmatch(words)
        if match is None:
            return None
        number, month = int(match[1]), int(match[2])
        if self.year is not None:
            return _made(self.year, month, number)
        for year in (self.today.year, self.today.year - 1) if self.today else ():
            day = _made(year, month, number)
            if day is not None and day <= (self.today or day):
                return day
        return None


DEFAULT_WRITING = Writing()


def days(values: pd.Series, coarse: bool = False, writing: Writing = DEFAULT_WRITING, swapped: bool = False) -> Days:
    """A column of days. ``coarse``: a year or month alone stands for its first day (of a shop), else it is a fault;
    ``swapped``: text puts the month first."""
    month_first: set[str] = set()
    seen_day_first = False
    both_ways: dict[str, tuple[dt.date, dt.date]] = {}

    def convert(value: Any) -> tuple[dt.date | None, bool, bool]:
        nonlocal seen_day_first
        if isinstance(value, str):
            text = tidy(value)
            if is_blank_text(text):
                return None, False, False
            if match := _DMY.match(text):
                if swapped:
                    text = value = f"{match[2]}/{match[1]}/{match[3]}{text[match.end() :]}"
                    match = _DMY.match(text) or match
                first, second = int(match[1]), int(match[2])
                seen_day_first |= first > 12 >= second
                ways = _made(int(match[3]), second, first), _made(int(match[3]), first, second)
                if ways[0] and ways[1]:
                    both_ways[text] = (ways[0], ways[1])
                if second > 12 >= first:
                    month_first.add(text)
        if coarse and (rough := coarse_day_of(value)) is not None:
            return rough, False, True
        found = writing.day(value)
        return found, found is None, False

    converted, positions = by_distinct(values, convert)
    answers = [(None, False, False) if answer is None else answer for answer in converted]
    column = np.array([found for found, _, _ in answers], dtype="datetime64[s]")
    faulty = np.array([fault for _, fault, _ in answers], dtype=bool)
    rough = np.array([is_rough for _, _, is_rough in answers], dtype=bool)
    return Days(
        column[positions],
        faulty[positions],
        int(rough[positions].sum()),
        frozenset(month_first),
        seen_day_first,
        both_ways,
    )


_RANGE = re.compile(
    r"(?:tu\s+)?(?:ngay\s+)?(\d{1,2})(?:\s*[/.\-]\s*(\d{1,2}))?(?:\s*[/.\-]\s*(\d{4}))?"
    r"\s*(?:->|–|—|-|den(?:\s+het)?(?:\s+ngay)?)\s*"
    r"(?:ngay\s+)?(\d{1,2})\s*[/.]\s*(\d{1,2})\s*[/.]\s*(\d{4})"
)
_RANGE_WORDS = re.compile(
    r"tu\s+ngay\s+(\d{1,2})(?:\s+thang\s+(\d{1,2}))?(?:\s+nam\s+(\d{4}))?"
    r"\s+den\s+(?:het\s+)?(?:ngay\s+)?(\d{1,2})\s+thang\s+(\d{1,2})\s+nam\s+(\d{4})"
)
_MONTH = re.compile(r"\bthang\s*(\d{1,2})\s*(?:nam|[/.\-])\s*(\d{4})|\bt(\d{1,2})\s*[/.\-]\s*(\d{4})")
_ANY_YEAR = re.compile(r"(?:\bnam\s+|[/.\-])(20\d{2})\b")


@dataclass(frozen=True)
class Period:
    """What lines above a table say of time: ``stretches`` named from–to, one ``month`` (year, month), one ``year``."""

    stretches: tuple[tuple[dt.date, dt.date], ...]
    month: tuple[int, int] | None
    year: int | None

    def day_from_heading(self, value: Any) -> dt.date | None:
        """The day that a column's heading names: whole, "1/10" (year from the title) or "1" (month from the title)."""
        if isinstance(value, dt.date):
            return day_of(value)
        words = _WORDS_AROUND.sub(" ", fold(tidy(value)))
        words = " ".join(words.split())
        if words.isdigit() and len(words) <= 2:
            return self._day_of_month(int(words))
        if match := re.fullmatch(r"(\d{1,2})\s*[/.\-]\s*(\d{1,2})", words):
            return self._day_of_year(int(match[2]), int(match[1]))
        if re.fullmatch(r"\d{1,4}", words):
            return None
        found = day_of(value) or _from_text(words)
        return found if found is not None and found.year >= 2000 else None

    def _day_of_month(self, number: int) -> dt.date | None:
        within = [day for day in self._days() if day.day == number]
        if len(within) == 1:
            return within[0]
        return _made(*self.month, number) if self.month and not within else None

    def _day_of_year(self, month: int, number: int) -> dt.date | None:
        within = [day for day in self._days() if (day.month, day.day) == (month, number)]
        if len(within) == 1:
            return within[0]
        return _made(self.year, month, number) if self.year else None

    def _days(self) -> list[dt.date]:
        return [first + dt.timedelta(days=n) for first, last in self.stretches for n in range((last - first).days + 1)]


NO_PERIOD = Period((), None, None)


def period_of(titles: Sequence[str]) -> Period:
    """What ``titles`` (cells above the header, the sheet's name) say of the time that the table covers."""
    stretches: list[tuple[dt.date, dt.date]] = []
    months: set[tuple[int, int]] = set()
    years: set[int] = set()
    for title in titles:
        words = fold(title)
        for match in (*_RANGE.finditer(words), *_RANGE_WORDS.finditer(words)):
            last = _made(int(match[6]), int(match[5]), int(match[4]))
            first = _made(int(match[3] or match[6]), int(match[2] or match[5]), int(match[1]))
            if first and last and 0 <= (last - first).days <= 366 and (first, last) not in stretches:
                stretches.append((first, last))
        months.update(
            (int(m[2] or m[4]), int(m[1] or m[3])) for m in _MONTH.finditer(words) if 1 <= int(m[1] or m[3]) <= 12
        )
        years.update(int(match[1]) for match in _ANY_YEAR.finditer(words))
    return Period(
        tuple(stretches), months.pop() if len(months) == 1 else None, years.pop() if len(years) == 1 else None
    )
