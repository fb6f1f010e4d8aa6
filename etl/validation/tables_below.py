"""The tables of one sheet, one below another: each has its own header, and all of one kind are read."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from data.texts.sentences import Sentence
from etl.errors import ContradictingHeaders
from etl.readers.raw_sheet import HEAD_ROWS, RawSheet
from etl.recognition import sheets
from etl.recognition.claims import Choice
from etl.recognition.kind_of_file import two_kinds
from etl.recognition.layout import Layout, Row
from etl.validation.rows import Circumstances, RowReader

TITLE_ROWS = 6
"""Rows above the header of a lower table that may name its ward."""


class TablesBelow:
    """Reads the tables of one sheet. ``index`` is the sheet's place in the file's list; ``is_chosen``: a person says
    which kind to read, so that tables of other kinds are passed over."""

    def __init__(self, raw: RawSheet, file: str, index: int, choice: Choice, *, is_chosen: bool) -> None:
        self._raw, self._file, self._index, self._choice, self._is_chosen = raw, file, index, choice, is_chosen

    def read(self, layout: Layout, around: Circumstances) -> list[RowReader]:
        """The readers of all tables of the sheet, read to the end.

        Raises ContradictingHeaders for a header whose table is not complete, UnknownKind for a table of another kind,
        ``etl.validation.cells.MonthFirst`` when the sheet is to be read again.
        """
        self._readers = [self._reader(layout, around)]
        self._is_passing = False
        # A count merged over several rows is their total, and none of each.
        spread = {position for name, position in layout.columns.items() if name not in ("scans", "total")}
        is_workbook = bool(self._raw.name)
        width = max(layout.width, *map(len, self._raw.head)) if is_workbook else layout.width
        for piece in self._raw.pieces(layout.first_data, width, spread):
            rest: pd.DataFrame | None = piece
            while rest is not None and len(rest):
                rest = self._take(rest, around, is_workbook=is_workbook)
        for reader in self._readers:
            reader.finish()
        return self._readers

    def _reader(self, layout: Layout, around: Circumstances) -> RowReader:
        return RowReader(layout, self._file, self._raw.name, self._index, around)

    def _take(self, piece: pd.DataFrame, around: Circumstances, *, is_workbook: bool) -> pd.DataFrame | None:
        """Read a piece up to the header of the next table, and return what is below that header."""
        reader = self._readers[-1]
        if self._is_passing:
            number = self._next_header(piece)
        else:
            # Beyond the header a sheet may hold notes; in a text file, more fields are a separator within a value.
            within = piece.iloc[:, : reader.layout.width] if is_workbook else piece
            number = reader.take(within)
        if number is None:
            return None
        start = max(int(piece.index[0]), number - TITLE_ROWS)
        window: Sequence[Row] = piece.loc[start : number + HEAD_ROWS].to_numpy(dtype=object).tolist()
        return self._go_on(piece, window, start, number, around)

    def _go_on(
        self, piece: pd.DataFrame, window: Sequence[Row], start: int, number: int, around: Circumstances
    ) -> pd.DataFrame:
        """What to read next, now that row ``number`` looks like a header; ``window`` are the rows from ``start``."""
        reader = self._readers[-1]
        kind = reader.kind
        sheet = sheets.examine(self._raw.name, window, None, self._choice, reader.layout.reason)
        here = {
            name: layout
            for name, layout in sheet.layouts.items()
            if layout.first_header <= number - start <= layout.last_header
        }
        best, rivals = sheets.decide(here)
        if kind in here and (best == kind or kind in rivals or len(here) == 1):
            self._begin(here[kind], start - 1, around)
            return piece.loc[start + here[kind].first_data :]
        if best is not None and best != kind and here[best].tells_kind:
            self._pass_over(number, best)
            return piece.loc[number + 1 :]
        if sheets.repeats_header(window[number - start], reader.layout) is False and not self._is_passing:
            other = str(reader.layout.last_header + 1)
            raise ContradictingHeaders(Sentence("refused.other_header", where=reader.where(number), other=other))
        reader.no_headers.add(number)
        return piece.loc[number + self._is_passing :]

    def _begin(self, layout: Layout, offset: int, around: Circumstances) -> None:
        """A further table of the same kind; ``layout`` counts from row ``offset`` (0-based) of the sheet."""
        first = self._readers[0].layout
        self._is_passing = False
        moved = replace(
            layout,
            first_header=layout.first_header + offset,
            last_header=layout.last_header + offset,
            first_data=layout.first_data + offset,
            ward=layout.ward or first.ward,
            titles=first.titles,
            period=layout.period if layout.period.stretches or layout.day_columns else first.period,
        )
        self._readers.append(self._reader(moved, around))

    def _pass_over(self, number: int, other: str) -> None:
        """A table of another kind: told of, unless a person has said which kind to read."""
        reader = self._readers[-1]
        if not self._is_chosen:
            upper = reader.kind, reader.layout.last_header + 1
            raise two_kinds(self._file, self._raw.name, upper, (other, number))
        reader.remarks["other_tables"] += 1
        self._is_passing = True

    def _next_header(self, piece: pd.DataFrame) -> int | None:
        layout = self._readers[0].layout
        for number, row in zip(piece.index.tolist(), piece.to_numpy(dtype=object).tolist(), strict=True):
            if sheets.repeats_header(row, layout) is not None or sheets.heads_another(row):
                return int(number)
        return None
