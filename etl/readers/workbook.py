"""XLSX through calamine: values as Excel last computed them, never formulas, with row numbers as the sheet shows
them.
"""

from collections.abc import Collection, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pandas as pd
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum

from etl.errors import UnusableFile
from etl.recognise import HEAD_ROWS

ROWS_AT_ONCE = 50_000


class WorkbookSheet:
    """One sheet of a workbook. ``head`` holds its first rows, empty ones included, so that positions are row
    numbers.
    """

    def __init__(self, name: str, sheet: CalamineSheet) -> None:
        self.name = name
        self._sheet = sheet
        # ``iter_rows`` gives the empty rows above the first filled cell, but not the empty columns to its left.
        self._left = sheet.start[1] if sheet.start else 0
        self.head: list[list[Any]] = list(islice(self._rows(), HEAD_ROWS))

    def pieces(self, first: int, width: int, spread: Collection[int]) -> Iterator[pd.DataFrame]:
        """Rows from ``first`` (0-based) on: cells as ``object``, columns 0 to ``width``, the index 1-based row
        numbers. In the columns ``spread`` a cell merged over several rows stands in each of them.
        """
        rows = self._spread(first, spread)
        number = first + 1
        while piece := list(islice(rows, ROWS_AT_ONCE)):
            columns = list(zip(*piece, strict=True))[:width]
            index = range(number, number + len(piece))
            number += len(piece)
            table = {at: pd.Series(cells, index=index, dtype=object) for at, cells in enumerate(columns)}
            yield pd.DataFrame(table, dtype=object)

    def _spread(self, first: int, columns: Collection[int]) -> Iterator[list[Any]]:
        begins: dict[int, list[tuple[int, int]]] = {}  # row -> column and last row of the cells merged from there down
        for (top, left), (bottom, right) in self._sheet.merged_cell_ranges or ():
            if left == right and bottom > top and left in columns:
                begins.setdefault(top, []).append((left, bottom))
        open_cells: dict[int, tuple[int, Any]] = {}
        for number, row in enumerate(islice(self._rows(), first, None), start=first):
            for column, last in begins.get(number, ()):
                if column < len(row):
                    open_cells[column] = (last, row[column])
            for column, (last, cell) in open_cells.items():
                if number <= last:
                    row[column] = cell
            yield row

    def _rows(self) -> Iterator[list[Any]]:
        pad = [""] * self._left
        for row in self._sheet.iter_rows():
            yield pad + list(row)


def sheets_of(path: Path) -> list[WorkbookSheet]:
    """The worksheets of a workbook in their order, hidden ones included (clerks hide them by accident).

    Raises UnusableFile when the workbook is damaged or holds no worksheet.
    """
    try:
        workbook = CalamineWorkbook.from_path(path)
        found = [
            WorkbookSheet(meta.name, workbook.get_sheet_by_name(meta.name))
            for meta in workbook.sheets_metadata
            if meta.typ == SheetTypeEnum.WorkSheet
        ]
    except (CalamineError, ValueError, OSError) as error:
        raise UnusableFile(
            f"Tệp «{path.name}» bị hỏng, không mở được như một sổ tính Excel. Hãy mở và lưu lại bằng Excel rồi nạp lại."
        ) from error
    if not found:
        raise UnusableFile(f"Tệp «{path.name}» không có trang tính nào.")
    return found
