"""Workbooks (XLSX, XLS, XLSB, ODS) through calamine: values as Excel last computed them, never formulas, with row
numbers as the sheet shows them.
"""

from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import pandas as pd
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum

from data.texts.sentences import Sentence
from etl.errors import UnusableFile
from etl.readers import binary_workbook, open_document
from etl.readers.container import Shape
from etl.readers.old_workbook import protected
from etl.readers.raw_sheet import HEAD_ROWS
from etl.readers.wording import Wording, wording_of_cells

ROWS_AT_ONCE = 50_000

Merged = list[tuple[tuple[int, int], tuple[int, int]]]


class WorkbookSheet:
    """One sheet of a workbook. ``head`` holds its first rows, empty ones included, so that positions are row
    numbers.
    """

    def __init__(self, name: str, sheet: CalamineSheet, merged: Merged | None = None) -> None:
        self.name = name
        self.wording: Wording | None = None
        self._sheet = sheet
        self._merged = (sheet.merged_cell_ranges or []) if merged is None else merged
        # ``iter_rows`` gives the empty rows above the first filled cell, but not the empty columns to its left.
        self._left = sheet.start[1] if sheet.start else 0
        self.head: list[list[Any]] = list(islice(self._rows(), HEAD_ROWS))

    def word(self, wording: Wording) -> None:
        """Read every text, the sheet's name included, as ``wording`` has it."""
        self.wording = wording
        self.name = wording.cell(self.name)
        self.head = [wording.row(row) for row in self.head]

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
            made = pd.DataFrame(table, dtype=object)
            yield made if self.wording is None else self.wording.frame(made)

    def _spread(self, first: int, columns: Collection[int]) -> Iterator[list[Any]]:
        begins: dict[int, list[tuple[int, int]]] = {}  # row -> column and last row of the cells merged from there down
        for (top, left), (bottom, right) in self._merged:
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


def sheets_of(path: Path, shape: Shape, encoding: str | None = None) -> list[WorkbookSheet]:
    """The worksheets of a workbook in their order, hidden ones included (clerks hide them by accident).

    Their texts are Unicode, whatever they were typed in; ``encoding`` (of ``etl.values.encodings.TITLES``) is taken
    instead of looking for it. Raises UnusableFile when the workbook is damaged, has a password or holds no worksheet.
    """
    try:
        found = _open(path, shape)
    except PasswordError as error:
        raise UnusableFile(protected(path)) from error
    except (CalamineError, ValueError, OSError, LookupError) as error:
        raise UnusableFile(_broken(path)) from error
    except BaseException as error:
        # What calamine did not foresee in a damaged file arrives as a panic, which is no Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise UnusableFile(_broken(path)) from error
    if not found:
        raise UnusableFile(Sentence("refused.no_sheet", name=path.name))
    texts = [cell for sheet in found for row in sheet.head for cell in row if isinstance(cell, str)]
    wording = wording_of_cells(path, texts, encoding)
    for sheet in found:
        sheet.word(wording)
    return found


def _open(path: Path, shape: Shape) -> list[WorkbookSheet]:
    workbook = _workbook(path, shape)
    metas = workbook.sheets_metadata
    merged = _merged(path, shape, len(metas))
    return [
        WorkbookSheet(meta.name, workbook.get_sheet_by_name(meta.name), areas)
        for meta, areas in zip(metas, merged, strict=True)
        if meta.typ == SheetTypeEnum.WorkSheet
    ]


# The parser goes by a name's end where it knows it, and by the content otherwise.
_ENDS = {
    Shape.WORKBOOK: (".xlsx", ".xlsm", ".xlam"),
    Shape.OLD_WORKBOOK: (".xls", ".xla"),
    Shape.BINARY_WORKBOOK: (".xlsb",),
    Shape.OPEN_DOCUMENT: (".ods",),
}


def _workbook(path: Path, shape: Shape) -> CalamineWorkbook:
    end = path.suffix.lower()
    if any(end in ends and shape is not of for of, ends in _ENDS.items()):
        with path.open("rb") as file:
            return CalamineWorkbook.from_filelike(file)
    return CalamineWorkbook.from_path(path)


def _merged(path: Path, shape: Shape, sheets: int) -> Sequence[Merged | None]:
    """The merged cells of each sheet where the parser does not give them; unknown where their number does not fit."""
    found: list[Merged] = []
    if shape is Shape.OPEN_DOCUMENT:
        found = open_document.merged_cells(path)
    elif shape is Shape.BINARY_WORKBOOK:
        by_part = binary_workbook.merged_cells(path)
        found = [by_part[name] for name in sorted(by_part, key=lambda name: (len(name), name))]
    return found if len(found) == sheets else [None] * sheets


def _broken(path: Path) -> Sentence:
    return Sentence("refused.broken", name=path.name)
