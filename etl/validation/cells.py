"""The cells of one column, typed; and how a file writes its days, as far as its columns show."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from itertools import chain

import numpy as np
import pandas as pd

from etl.recognition.columns import COLUMNS, DESCRIPTION, Column, column
from etl.validation.frames import complete_description, text_column
from etl.validation.limits import EXPECTED, Faults, day_expected, day_limits
from etl.values import cell_values, coordinates
from etl.values import days as dates
from etl.values.measures import measures
from etl.values.moments import moments

LEAST_MONTH_FIRST = 2
"""Different days that can only be read month first, beyond which a column without proof of the contrary is so."""


LEAST_BOTH_WAYS = 4
WEEKS_OF_A_FILE = 45
SPREAD = 3
"""A column of at least so many different days, none of which proves the order of day and month, is doubtful when they
lie within so many days if read month first, and so many times wider apart if not."""


_NOTED = {"phone": (cell_values.phones, "mended_phones"), "app": (cell_values.apps, "unknown_apps")}
"""Types whose cells are never faulty: what reads them, and the remark that counts the odd ones."""
_REJECTED: dict[str, Callable[[pd.Series], tuple[np.ndarray, np.ndarray]]] = {
    "count": cell_values.counts,
    "total": partial(cell_values.counts, most=cell_values.MAX_TOTAL),
    "reason": cell_values.reasons,
    "measure": measures,
}
"""Types of which a faulty cell rejects its row, with the sentence of ``EXPECTED``: what gives values and that mask."""
_TYPES = frozenset(("text", "code", "yes", "day", "moment", "coordinate", "point", *_NOTED, *_REJECTED))


class UnknownType(Exception):
    """A canonical column is of a type that nothing reads."""

    def __init__(self, spec: Column) -> None:
        super().__init__(f"nothing reads the type {spec.type!r} of the column {spec.name!r}")


def require_types(columns: Iterable[Column]) -> None:
    """Raise UnknownType for the first of ``columns`` of a type that is not read here or, as a text, in ``rows``."""
    for spec in columns:
        if spec.type not in _TYPES:
            raise UnknownType(spec)


require_types(chain.from_iterable(COLUMNS.values()))


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
        if spec.type == "coordinate":
            numbers, bad = coordinates.numbers(cells)
            return {spec.name: numbers, f"_{spec.name}_bad": bad}
        if spec.type == "point":
            lon, lat, bad = coordinates.pairs(cells)
            return {"_lon": lon, "_lat": lat, "_point_bad": bad}
        if spec.type in _NOTED:
            read, remark = _NOTED[spec.type]
            found, noted = read(cells)
            self.remarks[remark] += int(noted.sum())
            return {spec.name: found}
        if spec.type == "moment":
            moment = moments(cells, self.writing)
            faults.add(moment.faulty, spec.name, EXPECTED["moment"])
            return {spec.name: moment.values, "_exported_has_hour": moment.has_hour}
        found, bad = _REJECTED[spec.type](cells)
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
