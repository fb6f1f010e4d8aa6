"""From raw cells to typed rows: which rows of a sheet are data, what their values are, and what is wrong with the
others.

A sheet comes in pieces (``RowReader.take``), so that two million rows never lie in memory as raw cells; rows that
lack something required are put aside until the end is known (``RowReader.finish``), because totals, signatures and
notes stand below a table.
"""

import datetime as dt
from collections import Counter

import numpy as np
import pandas as pd

from etl import coordinates, dates, furniture, values
from etl.checks import EXPECTED, FIRST_EVENT_DAY, Faults, check_order, day_expected, day_limits
from etl.columns import (
    COLUMNS,
    DESCRIPTION,
    Column,
    column,
    identifying_of,
    missing_of,
    reject_columns,
    required_of,
    title_of,
)
from etl.errors import ContradictingHeaders, TooLarge, UnusableFile
from etl.frames import blank_cells, blank_rows, complete_description, complete_venue, text_column, typed_frame
from etl.layout import Layout, letters
from etl.moments import moments
from etl.recognise import repeats_header, repeats_one
from etl.table import Reject

MAX_REJECTS = 100_000
"""Rejected rows beyond which a file is out as a whole: its columns are not what they seem."""


class RowReader:
    """Reads the rows of one sheet. ``index`` is the sheet's place in the file's list; ``today`` bounds the days of
    events.
    """

    def __init__(self, layout: Layout, file: str, sheet: str, index: int, today: dt.date) -> None:
        self.layout, self.file, self.sheet, self.index, self.today = layout, file, sheet, index, today
        self.kind = layout.kind
        self.frames: list[pd.DataFrame] = []
        self.rejects: list[Reject] = []
        self.remarks: Counter[str] = Counter()
        self._aside: list[furniture.Incomplete] = []
        self._last_complete = 0
        self._ward = layout.ward
        self._month_first: dict[str, set[str]] = {}
        self._day_first: set[str] = set()
        self._filled_days: set[int] = set()

    def take(self, raw: pd.DataFrame) -> None:
        """Read a piece: cells as ``object``, columns numbered from 0, the index holding the row numbers of the sheet
        (1-based).

        Raises ContradictingHeaders for a second, different header within the table; TooLarge beyond ``MAX_REJECTS``.
        """
        table, faults_of_text, lacking = self._texts(raw)
        if lacking.any():
            # Only a row that lacks something can be empty; an empty row is no data and is not counted.
            empty = lacking.copy()
            empty[lacking] = blank_rows(raw[lacking])
            raw, table, lacking = raw[~empty], table[~empty], lacking[~empty]
            faults_of_text = {name: mask[~empty] for name, mask in faults_of_text.items()}
        lacking |= self._set_furniture_aside(raw, table, lacking)
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
            raise self._too_many_rejects()

    def _texts(self, raw: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, np.ndarray], np.ndarray]:
        """The known columns under their canonical names, texts and codes tidy; the masks of faulty texts; the mask of
        rows that lack a required value."""
        table: dict[str, pd.Series] = {}
        faulty: dict[str, np.ndarray] = {}
        for name, position in self.layout.columns.items():
            cells = raw[position] if position in raw.columns else pd.Series(None, index=raw.index, dtype=object)
            if column(self.kind, name).type in ("text", "code"):
                read = values.codes if column(self.kind, name).type == "code" else text_column
                found, faulty[name] = read(cells)
                cells = pd.Series(found, index=raw.index, dtype=object)
            table[name] = cells
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
        rejected.
        """
        footer = furniture.Footer(self._last_complete)
        for row in sorted(self._aside, key=lambda row: row.number):
            remark = row.kind or footer.remark(row)
            if remark:
                self.remarks[remark] += 1
            else:
                self.rejects.append(self._reject_incomplete(row))
        self._refuse_month_first()
        self.rejects.sort(key=lambda reject: reject.row)

    def filled_days(self) -> list[dt.date]:
        """Days of a wide table whose columns hold at least one value: an empty column of a template proves nothing."""
        return sorted(self.layout.day_columns[position] for position in self._filled_days)

    # -- rows that are no data -----------------------------------------------------------------------------------------

    def _set_furniture_aside(self, raw: pd.DataFrame, table: pd.DataFrame, lacking: np.ndarray) -> np.ndarray:
        """Mask of rows that look complete but are a repeated header or a total; they are kept aside with their kind."""
        suspicious = ~lacking & self._may_be_furniture(table)
        found = np.zeros(len(table), dtype=bool)
        for position in np.flatnonzero(suspicious).tolist():
            cells = [values.tidy(cell) for cell in raw.iloc[position]]
            number = int(raw.index[position])
            repeated = repeats_header(cells, self.layout)
            if repeated is False:
                raise ContradictingHeaders(
                    f"{self._where(number)} là một tiêu đề khác, xếp cột không như tiêu đề ở dòng "
                    f"{self.layout.last_header + 1}. "
                    f"Hãy tách hai bảng ra hai trang tính rồi nạp lại."
                )
            kind = "repeated_headers" if repeated else "total_rows" if furniture.is_total(cells) else ""
            if kind:
                found[position] = True
        return found

    def _may_be_furniture(self, table: pd.DataFrame) -> np.ndarray:
        """Mask of rows named by words: a code without a digit or, where there is no code, what sums up or is a
        heading."""
        odd = np.zeros(len(table), dtype=bool)
        nameless = np.ones(len(table), dtype=bool)
        for name, is_odd in (
            ("code", furniture.may_be_words),
            ("venue_code", furniture.may_be_words),
            ("account_code", furniture.may_be_words),
            ("venue_name", self._is_furniture),
        ):
            if name in table and nameless.any():
                positions, distinct = pd.factorize(table[name].to_numpy(dtype=object))
                odd |= np.array([is_odd(text) for text in distinct] + [False], dtype=bool)[positions] & nameless
                nameless &= positions < 0
        return odd

    def _is_furniture(self, text: str) -> bool:
        return furniture.is_total([text]) or repeats_one(text, self.kind)

    def _set_aside(self, raw: pd.DataFrame, table: pd.DataFrame, lacking: np.ndarray, wards: np.ndarray) -> None:
        for position in np.flatnonzero(lacking).tolist():
            cells = tuple(values.tidy(cell) for cell in raw.iloc[position])
            read = {name: values.tidy(table[name].iloc[position]) for name in table.columns}
            read["ward"] = read.get("ward") or values.tidy(wards[position])
            repeated = repeats_header(cells, self.layout)
            kind = "repeated_headers" if repeated else furniture.kind_of(cells)
            self._aside.append(furniture.Incomplete(int(raw.index[position]), cells, read, kind))

    def _wards(self, raw: pd.DataFrame, lacking: np.ndarray) -> np.ndarray:
        """For each row the ward of the group heading above it ("I. Phường Mộ Lao"), carried over from piece to
        piece.
        """
        wards = np.full(len(raw), self._ward, dtype=object)
        if ("ward" if self.kind == "venues" else "venue_ward") not in self.layout.columns:
            for position in np.flatnonzero(lacking).tolist():
                named = furniture.ward_of_group([values.tidy(cell) for cell in raw.iloc[position]])
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
        faults = Faults()
        last = max(self.layout.columns, key=self.layout.columns.__getitem__)
        faults.add(
            overflow,
            last,
            f"dòng có nhiều ô hơn {self.layout.width} cột của tiêu đề, cần ngoặc kép quanh giá trị có dấu phân cách",
        )
        typed: dict[str, np.ndarray] = {}
        for spec in COLUMNS[self.kind]:
            if spec.name in faulty:
                typed[spec.name] = table[spec.name].to_numpy(dtype=object)
                faults.add(faulty[spec.name], spec.name, EXPECTED[spec.type])
            elif spec.name in table:
                typed.update(self._typed(spec, table[spec.name], faults))
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
            self.rejects.append(self._reject(table.iloc[position], frame.iloc[position], faults.found[position]))
        frame = frame[keep]
        for name in ("scans", "total"):
            if name in frame:
                frame[name] = frame[name].astype("int64")
        self.frames.append(frame)

    def _take_wide(self, raw: pd.DataFrame, table: pd.DataFrame, wards: np.ndarray) -> None:
        """A column a day becomes a row a day; an empty cell is no row (the day is known, the export had none)."""
        typed, faulty = self._description(table, wards)
        for position, day in self.layout.day_columns.items():
            if position not in raw.columns:
                continue
            found, bad = values.counts(raw[position])
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
                said = {name: values.as_text(column[row]) for name, column in typed.items()}
                self._reject_wide(int(raw.index[row]), said, day, raw[position].iloc[row], expected, position)

    def _description(self, table: pd.DataFrame, wards: np.ndarray) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """What a wide table says of the venue of each row, all columns of it, and the mask of faulty codes or texts."""
        faulty = np.zeros(len(table), dtype=bool)
        typed: dict[str, np.ndarray] = {}
        for name in DESCRIPTION:
            if name not in table:
                continue
            of_type = column(self.kind, name).type
            if of_type == "phone":
                typed[name], mended = values.phones(table[name])
                self.remarks["mended_phones"] += int(mended.sum())
            else:
                typed[name], bad = (values.codes if of_type == "code" else text_column)(table[name])
                faulty |= bad
        complete_description(typed, wards)
        return {name: typed.get(name, np.full(len(table), None)) for name in DESCRIPTION}, faulty

    def _typed(self, spec: Column, cells: pd.Series, faults: Faults) -> dict[str, np.ndarray]:
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
            found, noted = values.phones(cells) if spec.type == "phone" else values.apps(cells)
            self.remarks["mended_phones" if spec.type == "phone" else "unknown_apps"] += int(noted.sum())
            return {spec.name: found}
        if spec.type == "moment":
            read = moments(cells)
            faults.add(read.faulty, spec.name, EXPECTED["moment"])
            return {spec.name: read.values, "_exported_has_hour": read.has_hour}
        if spec.type == "reason":
            found, bad = values.reasons(cells)
        else:
            found, bad = values.counts(cells, values.MAX_TOTAL if spec.type == "total" else values.MAX_SCANS)
        faults.add(bad, spec.name, EXPECTED[spec.type])
        return {spec.name: found}

    def _days(self, spec: Column, cells: pd.Series, faults: Faults) -> np.ndarray:
        read = dates.days(cells, coarse=spec.name == "opened_on")
        self.remarks["year_only_days"] += read.coarse
        self._month_first.setdefault(spec.name, set()).update(read.month_first)
        if read.day_first:
            self._day_first.add(spec.name)
        faults.add(read.faulty, spec.name, EXPECTED["day"])
        first, last = day_limits(self.kind, spec.name, self.today)
        outside = (read.values < np.datetime64(first)) | (read.values > np.datetime64(last))
        faults.add(outside, spec.name, day_expected(self.kind, spec.name, self.today))
        return read.values

    # -- rejects
    # ---------------------------------------------------------------------------------------------------------

    def _reject(self, cells: pd.Series, typed: pd.Series, found: list[tuple[str, str]]) -> Reject:
        """A row with faults: the first is named, the others follow in the sentence, so that the clerk mends all at
        once.
        """
        name, expected = found[0]
        for other, also in found[1:]:
            expected += f"; cột «{self._heading(other)}»: «{values.tidy(cells.get(other))}» – {also}"
        texts = tuple(
            values.tidy(cells[key]) if key in cells else values.as_text(typed.get(key))
            for key in reject_columns(self.kind)
        )
        return Reject(
            self.file,
            self.sheet,
            int(typed["_row"]),
            self._heading(name),
            values.tidy(cells.get(name)),
            expected,
            texts,
        )

    def _reject_incomplete(self, row: furniture.Incomplete) -> Reject:
        missing = list(missing_of(self.kind, [name for name, text in row.read.items() if text]))
        wanted = ", ".join(f"«{title_of(self.kind, name)}»" for name in missing)
        texts = tuple(row.read.get(name, "") for name in reject_columns(self.kind))
        return Reject(self.file, self.sheet, row.number, self._heading(missing[0]), "", f"cần có {wanted}", texts)

    def _reject_wide(
        self, number: int, said: dict[str, str], day: dt.date, cell: object, expected: str, position: int
    ) -> None:
        text = values.tidy(cell)
        heading = f"{letters(position)} ({day:%d/%m/%Y})"
        said |= {"day": f"{day:%d/%m/%Y}", "scans": text}
        cells = tuple(said.get(name, "") for name in reject_columns(self.kind))
        self.rejects.append(Reject(self.file, self.sheet, number, heading, text, expected, cells))

    def _heading(self, name: str) -> str:
        return self.layout.headings.get(name) or title_of(self.kind, name)

    def _where(self, number: int) -> str:
        return f"Trang tính «{self.sheet}», dòng {number}" if self.sheet else f"Dòng {number}"

    def _too_many_rejects(self) -> TooLarge:
        first = self.rejects[0].message if self.rejects else self._where(self._aside[0].number)
        told = f"Hơn {values.grouped(MAX_REJECTS)} dòng không dùng được nên không nạp tệp."
        mend = "Hãy xem lại các cột của tệp."
        return TooLarge(f"{told} Dòng đầu tiên: {first}. {mend}", public=f"{told} {mend}")

    def _refuse_month_first(self) -> None:
        """Days written month first cannot be told from the others ("09/12/2021"), so the file is out as a whole."""
        for name, texts in self._month_first.items():
            if len(texts) >= 2 and name not in self._day_first:
                told = f"Cột «{self._heading(name)}» viết tháng trước ngày"
                rest = "nên không phân biệt được các ngày khác. Hãy đổi cột thành ngày/tháng/năm rồi nạp lại."
                raise UnusableFile(f"{told} (ví dụ «{sorted(texts)[0]}»), {rest}", public=f"{told}, {rest}")
