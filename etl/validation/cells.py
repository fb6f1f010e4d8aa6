"""The cells of one column, typed; and how a file writes its days, as far as its columns show."""

import datetime as dt
from collections import Counter

import numpy as np
import pandas as pd

from etl.recognition.columns import DESCRIPTION, Column, column
from etl.validation.frames import complete_description, text_column
from etl.validation.limits import EXPECTED, Faults, day_expected, day_limits
from etl.values import cell_values, coordinates
from etl.values import days as dates
from etl.values.moments import moments

LEAST_MONTH_FIRST = 2
"""Different days that can only be read month first, beyond which a column without proof of the contrary is so."""


LEAST_BOTH_WAYS = 4
WEEKS_OF_A_FILE = 45
SPREAD = 3
"""A column of at least so many different days, none of which proves the order of day and month, is doubtful when they
lie within so many days if read month first, and so many times wider apart if not."""


class MonthFirst(Exception):
    """Columns that put the month before the day: the sheet is to be read again so. ``columns`` are canonical."""

    def __init__(self, columns: frozenset[str]) -> None:
        super().__init__(", ".join(sorted(columns)))
        self.columns = columns


class CellReader:
    """Types the columns of one table of ``kind``; ``remarks`` counts what was mended."""

    def __init__(self, kind: str, today: dt.date, writing: dates.Writing) -> None:
        self.kind, self.today, self.writing = kind, today, writing
        self.remarks: Counter[str] = Counter()
        self._month_first: dict[str, set[str]] = {}
        self._day_first: set[str] = set()
        self._both_ways: dict[str, dict[str, tuple[dt.date, dt.date]]] = {}

    def typed(self, spec: Column, cells: pd.Series, faults: Faults) -> dict[str, np.ndarray]:
        """The typed column(s) of one source column; faulty cells are noted and left empty."""
        if spec.type == "day":
            return {spec.name: self._days(spec, cells, faults)}
        if spec.type == "number":
            numbers, bad = coordinates.numbers(cells)
            return {spec.name: numbers, f"_{spec.name}_bad": bad}
        if spec.type == "point":
            lon, lat, bad = coordinates.pairs(cells)
            return {"_lon": lon, "_lat": lat, "_point_bad": bad}
        if spec.type in ("phone", "app"):
            found, noted = cell_values.phones(cells) if spec.type == "phone" else cell_values.apps(cells)
            self.remarks["mended_phones" if spec.type == "phone" else "unknown_apps"] += int(noted.sum())
            return {spec.name: found}
        if spec.type == "moment":
            read = moments(cells, self.writing)
            faults.add(read.faulty, spec.name, EXPECTED["moment"])
            return {spec.name: read.values, "_exported_has_hour": read.has_hour}
        if spec.type == "reason":
            found, bad = cell_values.reasons(cells)
        else:
            found, bad = cell_values.counts(
                cells, cell_values.MAX_TOTAL if spec.type == "total" else cell_values.MAX_SCANS
            )
        faults.add(bad, spec.name, EXPECTED[spec.type])
        return {spec.name: found}

    def description(self, table: pd.DataFrame, wards: np.ndarray) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """What a table says of the venue of each row, and the mask of faulty codes or texts."""
        faulty = np.zeros(len(table), dtype=bool)
        typed: dict[str, np.ndarray] = {}
        for name in DESCRIPTION:
            if name not in table:
                continue
            of_type = column(self.kind, name).type
            if of_type == "phone":
                typed[name], mended = cell_values.phones(table[name])
                self.remarks["mended_phones"] += int(mended.sum())
            else:
                typed[name], bad = (cell_values.codes if of_type == "code" else text_column)(table[name])
                faulty |= bad
        complete_description(typed, wards)
        return typed, faulty

    def _days(self, spec: Column, cells: pd.Series, faults: Faults) -> np.ndarray:
        swapped = spec.name in self.writing.month_first
        read = dates.days(cells, spec.name == "opened_on", self.writing, swapped)
        self.remarks["year_only_days"] += read.coarse
        self._month_first.setdefault(spec.name, set()).update(() if swapped else read.month_first)
        if read.day_first:
            self._day_first.add(spec.name)
        if not swapped:
            self._both_ways.setdefault(spec.name, {}).update(read.both_ways)
        faults.add(read.faulty, spec.name, EXPECTED["day"])
        first, last = day_limits(self.kind, spec.name, self.today)
        outside = (read.values < np.datetime64(first)) | (read.values > np.datetime64(last))
        faults.add(outside, spec.name, day_expected(self.kind, spec.name, self.today))
        return read.values

    def doubtful(self) -> dict[str, str]:
        """Canonical column -> example, where the days lie far closer together when read month first."""
        doubts: dict[str, str] = {}
        for name, texts in self._both_ways.items():
            if name in self._day_first or len(texts) < LEAST_BOTH_WAYS:
                continue
            days, swapped = zip(*texts.values(), strict=True)
            near, far = (max(swapped) - min(swapped)).days, (max(days) - min(days)).days
            if near <= WEEKS_OF_A_FILE and far > SPREAD * max(near, 1) and max(swapped) <= self.today:
                doubts[name] = next(iter(texts))
        return doubts

    def settle(self) -> None:
        """Raise MonthFirst when the cells read so far prove that columns put the month first, and none disproves it."""
        proven = {name for name, texts in self._month_first.items() if len(texts) >= LEAST_MONTH_FIRST}
        if proven - self._day_first:
            raise MonthFirst(frozenset(proven - self._day_first) | self.writing.month_first)
