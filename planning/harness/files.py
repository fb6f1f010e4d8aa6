"""The two files of a score, as CSV: an order of visits, and what visits found. A fault is told by its place.

Columns of an order, in any sequence: ``venue`` (code, once each), ``day`` (a working day); where wanted ``inspector``
(whose visits of one day make one tour; never told) and ``arm`` (a word: each is told apart).

Columns of outcomes: ``venue`` (code, once each), ``day`` (of the visit), ``ward``, ``sort`` (household or enterprise),
``lon`` and ``lat`` (degrees), ``since`` (first day of the sign of violation, may be empty), ``found`` (true or false);
where known ``reminders`` (a number) and ``inspector``. Holidays: ``day``. Other columns are not read.

Days are written 2021-11-30 or 30/11/2021. Files are UTF-8, their cells apart by commas, semicolons or tabs.
"""

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from data.errors import TextError
from data.texts.days import read_day
from data.texts.sentences import Sentence
from planning.harness.population import Outcome, Sort, WorkingDays

Read = TypeVar("Read")

ORDER = ("venue", "day")
OUTCOMES = ("venue", "day", "ward", "sort", "lon", "lat", "since", "found")
HOLIDAYS = ("day",)
_SORTS: dict[str, Sort] = {"household": "household", "enterprise": "enterprise"}
_FOUND = {"true": True, "1": True, "false": False, "0": False}


class UnusableCsv(TextError):
    """A file of the harness cannot be read; the sentence names the file and, where there is one, row and column."""


@dataclass(frozen=True)
class Planned:
    """A line of an order, with its row in the file."""

    venue: str
    day: dt.date
    inspector: str | None
    arm: str | None
    row: int


@dataclass(frozen=True)
class _Row:
    """A line of a file; ``number`` is where it ends there, 1 is the heading."""

    file: str
    number: int
    cells: dict[str, str]

    def has(self, column: str) -> bool:
        return bool(self.cells.get(column))

    def read(self, column: str, expected: str, read: Callable[[str], Read]) -> Read:
        """The cell as ``read`` gives it; where that raises ValueError or KeyError, UnusableCsv."""
        value = self.cells[column]
        try:
            return read(value)
        except (ValueError, KeyError):
            raise self.fault(column, expected) from None

    def fault(self, column: str, expected: str) -> UnusableCsv:
        place = {"file": self.file, "row": str(self.number), "column": column, "value": self.cells[column]}
        return UnusableCsv("harness.file.cell", **place, expected=Sentence(f"harness.expected.{expected}"))


def read_order(file: Path) -> list[Planned]:
    """The lines of an order. Raises UnusableCsv."""
    lines = [
        Planned(
            venue=row.read("venue", "code", _text),
            day=row.read("day", "day", _day),
            inspector=row.cells["inspector"] if row.has("inspector") else None,
            arm=row.cells["arm"] if row.has("arm") else None,
            row=row.number,
        )
        for row in _once(_rows(file, ORDER))
    ]
    return _some(file, lines)


def read_outcomes(file: Path) -> list[Outcome]:
    """What the visits of a file found. Raises UnusableCsv."""
    return _some(file, [_outcome(row) for row in _once(_rows(file, OUTCOMES))])


def read_holidays(file: Path) -> list[dt.date]:
    """The days of a list of holidays. Raises UnusableCsv."""
    return [row.read("day", "day", _day) for row in _rows(file, HOLIDAYS)]


def require_working_days(file: Path, order: list[Planned], outcomes: list[Outcome], calendar: WorkingDays) -> None:
    """Raises UnusableCsv at the first line of ``order`` whose day is none, though its venue was visited on one."""
    compared = {outcome.venue for outcome in outcomes if calendar.has(outcome.day)}
    for line in order:
        if line.venue in compared and not calendar.has(line.day):
            cells = {"day": line.day.isoformat()}
            raise _Row(file.name, line.row, cells).fault("day", "working_day")


def _outcome(row: _Row) -> Outcome:
    day = row.read("day", "day", _day)
    since = row.read("since", "since", _day) if row.has("since") else None
    if since is not None and since > day:
        raise row.fault("since", "since")
    return Outcome(
        venue=row.read("venue", "code", _text),
        day=day,
        ward=row.read("ward", "text", _text),
        sort=row.read("sort", "sort", lambda value: _SORTS[value.lower()]),
        lon=row.read("lon", "lon", lambda value: _number(value, 180)),
        lat=row.read("lat", "lat", lambda value: _number(value, 90)),
        since=since,
        found=row.read("found", "found", lambda value: _FOUND[value.lower()]),
        reminders=row.read("reminders", "count", _count) if row.has("reminders") else None,
        inspector=row.cells["inspector"] if row.has("inspector") else None,
    )


def _rows(file: Path, columns: tuple[str, ...]) -> Iterator[_Row]:
    try:
        text = file.read_text("utf-8-sig")
    except OSError as error:
        raise UnusableCsv("harness.file.closed", file=str(file), why=error.strerror or str(error)) from None
    except UnicodeDecodeError:
        raise UnusableCsv("harness.file.letters", file=file.name) from None
    heading = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=heading.count), strict=True)
    try:
        names = [name.strip().lower() for name in next(reader, [])]
        _require_columns(file, names, columns)
        for cells in reader:
            number = str(reader.line_num)
            if len(cells) == len(names):
                yield _Row(file.name, reader.line_num, dict(zip(names, map(str.strip, cells), strict=True)))
            elif any(cells):
                counts = {"cells": len(cells), "columns": len(names)}
                raise UnusableCsv("harness.file.width", file=file.name, row=number, **counts)
    except csv.Error:
        raise UnusableCsv("harness.file.quotes", file=file.name, row=str(reader.line_num)) from None


def _require_columns(file: Path, names: list[str], columns: tuple[str, ...]) -> None:
    for column in columns:
        if column not in names:
            raise UnusableCsv("harness.file.column", file=file.name, column=column, columns=", ".join(columns))
    for column in names:
        if names.count(column) > 1:
            raise UnusableCsv("harness.file.twice", file=file.name, column=column)


def _once(rows: Iterator[_Row]) -> Iterator[_Row]:
    """The rows, of which no two may have one venue."""
    seen: set[str] = set()
    for row in rows:
        if row.cells["venue"] in seen:
            raise row.fault("venue", "once")
        seen.add(row.cells["venue"])
        yield row


def _some(file: Path, lines: list[Read]) -> list[Read]:
    if not lines:
        raise UnusableCsv("harness.file.empty", file=file.name)
    return lines


def _text(value: str) -> str:
    if not value:
        raise ValueError
    return value


def _day(value: str) -> dt.date:
    return read_day(value, ValueError, people=True)


def _number(value: str, limit: int) -> float:
    number = float(value.replace(",", "."))
    if not -limit <= number <= limit:
        raise ValueError
    return number


def _count(value: str) -> int:
    number = int(value)
    if number < 0:
        raise ValueError
    return number
