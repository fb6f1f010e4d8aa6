"""Files as clerks send them, made for one test each."""

import datetime as dt
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter
import xlwt

from etl.validation.read import read
from etl.validation.table import SourceTable
from etl.values.encodings import as_shown

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


def old_workbook(
    path: Path, rows: Rows, merged: Sequence[tuple[int, int, int, int]] = (), is_1904: bool = False
) -> Path:
    """An XLS of Excel 97; ``merged``: first and last row, first and last column, filled with the first cell's value."""
    book = xlwt.Workbook()
    book.dates_1904 = is_1904
    sheet = book.add_sheet("Sheet1")
    day = xlwt.easyxf(num_format_str="dd/mm/yyyy")
    covered = {(row, column) for top, bottom, left, right in merged
               for row in range(top, bottom + 1) for column in range(left, right + 1)}  # fmt: skip
    for row, cells in enumerate(rows):
        for column, value in enumerate(cells):
            if value is not None and (row, column) not in covered:
                style = (day,) if isinstance(value, dt.date) else ()
                sheet.write(row, column, value, *style)
    for top, bottom, left, right in merged:
        sheet.write_merge(top, bottom, left, right, rows[top][left])
    book.save(str(path))
    return path


def typed_in(encoding: Callable[[str], bytes], rows: Rows) -> list[list[Any]]:
    """``rows`` as a workbook shows them when their texts were typed in the fonts of a code page."""
    return [[as_shown(encoding(cell)) if isinstance(cell, str) else cell for cell in row] for row in rows]


def open_document(path: Path, table: str, manifest: str = "") -> Path:
    """An ODS around the XML of ``<table:table-row>`` elements."""
    spaces = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"' for short in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces}><office:body><office:spreadsheet>'
        f'<table:table table:name="Sheet1">{table}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", manifest or "<manifest/>")
        archive.writestr("content.xml", content)
    return path


def open_rows(rows: Rows) -> str:
    """Rows of text as an ODS holds them."""
    cells = (
        "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in row
        )
        for row in rows
    )
    return "".join(f"<table:table-row>{row}</table:table-row>" for row in cells)


def archive(path: Path, *files: Path | tuple[str, bytes]) -> Path:
    """A ZIP of files, or of names with their content."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for file in files:
            name, content = file if isinstance(file, tuple) else (file.name, file.read_bytes())
            made.writestr(name, content)
    return path
