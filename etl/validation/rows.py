"""From raw cells to typed rows: which rows of a sheet are data, what their values are, and what is wrong with the
others.

A sheet comes in pieces (``RowReader.take``), so that two million rows never lie in memory as raw cells; rows that
lack something required are put aside until the end is known (``RowReader.finish``), because totals, signatures and
notes stand below a table.
"""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.texts.sentences import Sentence
from etl.recognition.columns import COLUMNS, column, identifying_of, required_of
from etl.recognition.layout import Layout
from etl.recognition.sheets import heads_another, repeats_header, repeats_one
from etl.validation import not_data
from etl.validation.cells import CellReader
from etl.validation.frames import (
    blank_cells,
    blank_rows,
    complete_description,
    complete_venue,
    text_column,
    typed_frame,
)
from etl.validation.limits import EXPECTED, FIRST_EVENT_DAY, Faults, check_order, day_expected
from etl.validation.row_rejects import MAX_REJECTS, RejectMaker, cell_text
from etl.validation.table import Reject
from etl.validation.unfolding import TIME, one_row_a_time, take_registered
from etl.values import cell_values
from etl.values.days import DEFAULT_WRITING, Writing


@dataclass(frozen=True)
class Circumstances:
    """What reading a table depends on beside its cells: ``today`` bounds the days of events, ``writing`` is how days
    are written; ``listed_on`` is the day of registrations in a list that only says which venues have a code.
    """

    today: dt.date
    writing: Writing = DEFAULT_WRITING
    listed_on: dt.date | None = None


class RowReader:
    """Reads the rows of one table. ``index`` is its sheet's place in the file's list."""

    def __init__(self, layout: Layout, file: str, sheet: str, index: int, circumstances: Circumstances) -> None:
        self.layout, self.sheet, self.index, self.circumstances = layout, sheet, index, circumstances
        self.today = circumstances.today
        self.kind = layout.kind
        self.frames: list[pd.DataFrame] = []
        self.rejects: list[Reject] = []
        self.remarks: Counter[str] = Counter()
        self.no_headers: set[int] = set()
        self._cells = CellReader(self.kind, self.today, circumstances.writing)
        self._rejects = RejectMaker(layout, file, sheet)
        self._aside: list[not_data.Incomplete] = []
        self._last_complete = 0
        self._ward = layout.ward
        self._filled_days: set[int] = set()

    def take(self, raw: pd.DataFrame) -> int | None:
        """Read a piece: cells as ``object``, columns numbered from 0, the index holding the row numbers of the sheet
        (1-based). The number of the row where the header of another table seems to begin is returned, and nothing from
        there on is read; a number in ``no_headers`` is passed over.

        Raises TooLarge beyond ``MAX_REJECTS``.
        """
        table, faults_of_text, lacking = self._texts(raw)
        if lacking.any():
            # Only a row that lacks something can be empty; an empty row is no data and is not counted.
            empty = lacking.copy()
            empty[lacking] = blank_rows(raw[lacking])
            raw, table, lacking = raw[~empty], table[~empty], lacking[~empty]
            faults_of_text = {name: mask[~empty] for name, mask in faults_of_text.items()}
        aside, header = self._find_no_data(raw, table, lacking)
        if header is not None:
            self.take(raw.loc[: header - 1])
            return header
        lacking |= aside
        overflow = self._overflow(raw)
        wards = self._wards(raw, lacking)
        self._set_aside(raw, table, lacking, wards)
        complete = table[~lacking]
        if len(complete):
            self._last_complete = max(self._last_complete, int(complete.index[-1]))
        if self.layout.day_columns:
            self._take_wide(raw[~lacking], complete, wards[~lacking])
        else:
            faulty = {name: mask[~lacking] for name, mask in faults_of_text.items()}
            self._take_long(complete, wards[~lacking], faulty, overflow[~lacking])
        if len(self.rejects) + sum(1 for row in self._aside if row.kind == "") > MAX_REJECTS:
            raise self._rejects.too_many(self.rejects, self._aside[0].number if self._aside else 0)
        return None

    def _texts(self, raw: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, np.ndarray], np.ndarray]:
        """The known columns under their canonical names, texts and codes tidy; the masks of faulty texts; the mask of
        rows that lack a required value."""
        table: dict[str, pd.Series] = {}
        faulty: dict[str, np.ndarray] = {}
        for name, position in self.layout.columns.items():
            cells = raw[position] if position in raw.columns else pd.Series(None, index=raw.index, dtype=object)
            if column(self.kind, name).type in ("text", "code"):
                read = cell_values.codes if column(self.kind, name).type == "code" else text_column
                found, faulty[name] = read(cells)
                cells = pd.Series(found, index=raw.index, dtype=object)
            table[name] = cells
        for position in self.layout.times:
            table[f"{TIME}{position}"] = raw[position] if position in raw.columns else pd.Series(None, index=raw.index)
        lacking = np.zeros(len(raw), dtype=bool)

        def blank(name: str) -> np.ndarray:
            return table[name].isna().to_numpy() if name in faulty else blank_cells(table[name])

        for name in required_of(self.kind):
            if name in table:
                lacking |= blank(name)
        named = [name for name in identifying_of(self.kind) if name in table]
        if named:
            lacking |= np.logical_and.reduce([blank(name) for name in named])
        return pd.DataFrame(table, dtype=object), faulty, lacking

    def finish(self) -> None:
        """Decide what the rows put aside are: totals, signatures and group headings are counted, all others
        rejected. Raises MonthFirst when the days have to be read again.
        """
        if not self.layout.day_columns:
            self._take_out_signatures()
        footer = not_data.Footer(self._last_complete)
        for row in sorted(self._aside, key=lambda row: row.number):
            remark = row.kind or footer.remark(row)
            if remark:
                self.remarks[remark] += 1
            else:
                self.rejects.append(self._rejects.incomplete(row))
        self._cells.settle()
        self.remarks += self._cells.remarks
        self.rejects.sort(key=lambda reject: reject.row)

    def _take_out_signatures(self) -> None:
        """Signatures below a table whose venues have no codes may fill what a row needs ("Người lập biểu" below the
        names, "Trưởng phòng" below the days): faulty rows below the last good one are looked at as incomplete ones."""
        good = max((int(frame["_row"].max()) for frame in self.frames if len(frame)), default=0)
        below = [reject for reject in self.rejects if reject.row > good]
        if not below:
            return
        self._last_complete = good
        self.rejects = [reject for reject in self.rejects if reject.row <= good]
        footer = not_data.Footer(good)
        told = {row.number: row for row in self._aside if row.number > good}
        faulty = {reject.row: reject for reject in below}
        for number in sorted(told | faulty):
            row = told.get(number) or not_data.Incomplete(number, faulty[number].cells, {}, "")
            if not footer.remark(row) and number in faulty:
                self.rejects.append(faulty[number])
            elif number in faulty:
                self.remarks["footer_rows"] += 1

    def filled_days(self) -> list[dt.date]:
        """Days of a wide table whose columns hold at least one value: an empty column of a template proves nothing."""
        return sorted(self.layout.day_columns[position] for position in self._filled_days)

    def where(self, number: int) -> str:
        """A row of the sheet, as a sentence begins with it."""
        return self._rejects.where(number)

    def doubtful_days(self) -> dict[str, str]:
        """Heading -> example of the columns of days that make more sense read month first."""
        return {self.layout.headings.get(name, name): text for name, text in self._cells.doubtful().items()}

    # -- rows that are no data -----------------------------------------------------------------------------------------

    def _find_no_data(
        self, raw: pd.DataFrame, table: pd.DataFrame, lacking: np.ndarray
    ) -> tuple[np.ndarray, int | None]:
        """Mask of rows that look complete but are a repeated header or a total, and the first row that heads another
        table."""
        found = np.zeros(len(table), dtype=bool)
        for position in np.flatnonzero(lacking | self._may_be_no_data(table)).tolist():
            number = int(raw.index[position])
            cells = [cell_values.tidy(cell) for cell in raw.iloc[position]]
            repeated = repeats_header(cells, self.layout)
            if number not in self.no_headers and (repeated is False or (repeated is None and heads_another(cells))):
                return found, number
            found[position] = not lacking[position] and (bool(repeated) or not_data.is_total(cells))
        return found, None

    def _may_be_no_data(self, table: pd.DataFrame) -> np.ndarray:
        """Mask of rows named by words: a code without a digit or, where there is no code, what sums up or is a
        heading."""
        odd = np.zeros(len(table), dtype=bool)
        nameless = np.ones(len(table), dtype=bool)
        for name, is_odd in (
            ("code", not_data.may_be_words),
            ("venue_code", not_data.may_be_words),
            ("account_code", not_data.may_be_words),
            ("venue_name", self._is_no_data),
        ):
            if name in table and nameless.any():
                positions, distinct = pd.factorize(table[name].to_numpy(dtype=object))
                odd |= np.array([is_odd(text) for text in distinct] + [False], dtype=bool)[positions] & nameless
                nameless &= positions < 0
        return odd

    def _is_no_data(self, text: str) -> bool:
        return not_data.is_total([text]) or repeats_one(text, self.kind)

    def _set_aside(self, raw: pd.DataFrame, table: pd.DataFrame, lacking: np.ndarray, wards: np.ndarray) -> None:
        for position in np.flatnonzero(lacking).tolist():
            cells = tuple(cell_values.tidy(cell) for cell in raw.iloc[position])
            read = {name: cell_text(self.kind, name, table[name].iloc[position]) for name in self.layout.columns}
            read["ward"] = read.get("ward") or cell_values.tidy(wards[position])
            repeated = repeats_header(cells, self.layout)
            kind = "repeated_headers" if repeated else not_data.kind_of(cells)
            if not kind and cell_values.yes(read.get("has_qr", "x")) is False:
                kind = "not_registered"
            self._aside.append(not_data.Incomplete(int(raw.index[position]), cells, read, kind))

    def _wards(self, raw: pd.DataFrame, lacking: np.ndarray) -> np.ndarray:
        """For each row the ward of the group heading above it ("I. Phường Mộ Lao"), carried over from piece to
        piece.
        """
        wards = np.full(len(raw), self._ward, dtype=object)
        if ("ward" if self.kind == "venues" else "venue_ward") not in self.layout.columns:
            for position in np.flatnonzero(lacking).tolist():
                named = not_data.ward_of_group([cell_values.tidy(cell) for cell in raw.iloc[position]])
                if named:
                    wards[position:] = self._ward = named
        return wards

    # -- rows that are data --------------------------------------------------------------------------------------------

    def _overflow(self, raw: pd.DataFrame) -> np.ndarray:
        """Mask of rows with more cells than the header: a separator within a value has moved the rest to the right."""
        beyond = raw[[position for position in raw.columns if int(position) >= self.layout.width]]
        return ~blank_rows(beyond) if len(beyond.columns) else np.zeros(len(raw), dtype=bool)

    def _take_long(
        self, table: pd.DataFrame, wards: np.ndarray, faulty: dict[str, np.ndarray], overflow: np.ndarray
    ) -> None:
        table, wards, faulty, overflow = self._unfold(table, wards, faulty, overflow)
        faults = Faults()
        last = max(self.layout.columns, key=self.layout.columns.__getitem__)
        faults.add(overflow, last, Sentence("row.expected.cells", columns=self.layout.width))
        typed: dict[str, np.ndarray] = {}
        for spec in COLUMNS[self.kind]:
            if spec.name in faulty:
                typed[spec.name] = table[spec.name].to_numpy(dtype=object)
                faults.add(faulty[spec.name], spec.name, EXPECTED[spec.type])
            elif spec.name in table and spec.type != "yes":
                typed.update(self._cells.typed(spec, table[spec.name], faults))
        if self.kind == "venues":
            complete_venue(typed, wards, len(table))
        else:
            complete_description(typed, wards)
        check_order(self.kind, typed, faults)
        frame = typed_frame(self.kind, typed, len(table))
        frame["_sheet"] = np.int16(self.index)
        frame["_row"] = table.index.to_numpy(dtype="int32")
        keep = np.ones(len(frame), dtype=bool)
        keep[list(faults.found)] = False
        for position in sorted(faults.found):
            self.rejects.append(
                self._rejects.faulty(table.iloc[position], frame.iloc[position], faults.found[position])
            )
        frame = frame if keep.all() else frame[keep]
        for name in ("scans", "total"):
            if name in frame:
                frame[name] = frame[name].astype("int64")
        self.frames.append(frame)

    def _unfold(
        self, table: pd.DataFrame, wards: np.ndarray, faulty: dict[str, np.ndarray], overflow: np.ndarray
    ) -> tuple[pd.DataFrame, np.ndarray, dict[str, np.ndarray], np.ndarray]:
        """The rows as events: one a filled "lần 1", "lần 2", … of reminders; of a list that says who has a code, those
        who have one. What all rows share is filled in."""
        at = np.arange(len(table))
        if self.layout.times:
            table, at, without = one_row_a_time(table, self.layout.times)
            self.remarks["without_reminder"] += without
        if self.kind == "reminders" and "reason" not in table and self.layout.reason:
            table = table.assign(reason=self.layout.reason)
        if "has_qr" in table:
            table, keep, without = take_registered(table, self.circumstances.listed_on)
            at, self.remarks["not_registered"] = at[keep], self.remarks["not_registered"] + without
        return table, wards[at], {name: mask[at] for name, mask in faulty.items()}, overflow[at]

    def _take_wide(self, raw: pd.DataFrame, table: pd.DataFrame, wards: np.ndarray) -> None:
        """A column a day becomes a row a day; an empty cell is no row (the day is known, the export had none)."""
        typed, faulty = self._cells.description(table, wards)
        for position, day in self.layout.day_columns.items():
            if position not in raw.columns:
                continue
            found, bad = cell_values.counts(raw[position])
            filled = ~blank_cells(pd.Series(found)) & ~faulty
            # A column for a day still to come is part of a template; a count in it is a fault.
            late = np.full(len(raw), not (FIRST_EVENT_DAY <= day <= self.today)) & (filled | bad)
            if (filled | bad).any() and not late.any():
                self._filled_days.add(position)
            good = filled & ~late & ~bad
            frame = pd.DataFrame({name: pd.Series(column[good], dtype=object) for name, column in typed.items()})
            frame["day"] = np.datetime64(day, "s")
            frame["scans"] = found[good].astype("int64")
            frame["_sheet"] = np.int16(self.index)
            frame["_row"] = raw.index.to_numpy(dtype="int32")[good]
            self.frames.append(frame)
            for row in np.flatnonzero(bad | late | (faulty & ~blank_cells(raw[position]))).tolist():
                expected = (
                    day_expected(self.kind, "day", self.today)
                    if late[row]
                    else EXPECTED["code" if faulty[row] else "count"]
                )
                said = {name: cell_values.as_text(column[row]) for name, column in typed.items()}
                self.rejects.append(
                    self._rejects.wide(int(raw.index[row]), said, day, raw[position].iloc[row], expected, position)
                )
