"""Files as clerks send them, made for one test each."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from etl.readers import read
from etl.table import SourceTable

TODAY = dt.date(2021, 12, 1)

Rows = Sequence[Sequence[Any]]


def workbook(path: Path, rows: Rows, merged: Sequence[str] = (), others: dict[str, Rows] | None = None) -> Path:
    """An XLSX whose first sheet holds ``rows``; ``others`` are more sheets. Text stays text, even "=1+1"."""
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for title, content in {"Sheet1": rows, **(others or {})}.items():
            sheet = book.add_worksheet(title)
            for row, cells in enumerate(content):
                for column, value in enumerate(cells):
                    if isinstance(value, dt.date):
                        sheet.write_datetime(row, column, value, day)
                    elif value is not None:
                        sheet.write(row, column, value)
            for area in merged if title == "Sheet1" else ():
                first = area.split(":")[0]
                row, column = int(first[1:]) - 1, ord(first[0]) - ord("A")
                sheet.merge_range(area, rows[row][column])
    return path


def csv_file(path: Path, text: str, encoding: str = "utf-8") -> Path:
    """A text file of ``text`` in ``encoding``."""
    path.write_bytes(text.encode(encoding))
    return path


def table_of(path: Path, kind: str | None = None) -> SourceTable:
    """The file read as a table, on ``TODAY``."""
    table = read(path, kind, today=TODAY)
    assert isinstance(table, SourceTable)
    assert table.rows_read == len(table.frame) + len(table.rejects)
    return table


def records(table: SourceTable, *columns: str) -> list[tuple[Any, ...]]:
    """Rows of the frame as tuples of ``columns``, days as ``datetime.date``, missing values as ``None``."""
    return [
        tuple(None if cell != cell or cell is None else getattr(cell, "date", lambda cell=cell: cell)() for cell in row)
        for row in table.frame[list(columns)].itertuples(index=False)
    ]
