"""The one way to write spreadsheets, XLSX and CSV: no cell is a formula.

``documents`` and ``etl`` (rejected rows) both write by it; it lies here because ``data`` is all that both may import.

Text is taken for a formula when it begins with ``= + - @`` or their full-width twins, also behind blanks and signs that
are not seen, or with a tab or an end of line, which programs trim (OWASP, "CSV Injection"). A number with a sign is no
exception: a spreadsheet would take the sign of a telephone away. In a workbook such text is a cell of text with the
quote prefix, so that it stays one when somebody edits it; in CSV, and in a workbook that comes back, an apostrophe
stands in front, which :func:`unguarded` takes away.
"""

import csv
import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import xlsxwriter

Cell = str | int | float | dt.date | None

_FORMULA = r"[\t\r\n]|[\s\x00-\x1f\x7f\u00ad\u200b-\u200f\u2060\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]"
_BEGINS = re.compile(_FORMULA)
_GUARDED = re.compile(f"'(?:{_FORMULA})")


def guarded(text: str) -> str:
    """``text`` behind an apostrophe where a spreadsheet would take it for a formula."""
    return f"'{text}" if _BEGINS.match(text) else text


def unguarded(text: str) -> str:
    """``text`` without the apostrophe of :func:`guarded`."""
    return text[1:] if text[:1] == "'" and _GUARDED.match(text) else text


def write_csv(stream: IO[str], rows: Iterable[Iterable[Cell]]) -> None:
    """Write ``rows`` with commas and CRLF; days as they are read here, nothing as an empty cell.

    The stream's encoding is "utf-8-sig" and its newline "": Excel takes a file without the mark for the code page of
    the machine.
    """
    csv.writer(stream).writerows([_csv_cell(cell) for cell in row] for row in rows)


def _csv_cell(cell: Cell) -> str | int | float | None:
    if isinstance(cell, dt.date):
        return f"{cell:%d/%m/%Y}"
    return guarded(cell) if isinstance(cell, str) else cell


@contextmanager
def workbook(target: Path | IO[bytes], *, is_streamed: bool = False) -> Iterator[xlsxwriter.Workbook]:
    """A workbook that is whole at the end of the block; rows of a streamed one are written once, from top to bottom."""
    options = {"constant_memory" if is_streamed else "in_memory": True}
    with xlsxwriter.Workbook(target, options | {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        yield book


class CellStyle:
    """How cells look, by XlsxWriter's properties; without any as the workbook's own cells.

    Text that would be taken for a formula, numbers and days bear ``text`` or properties of their own.
    """

    def __init__(
        self,
        book: xlsxwriter.Workbook,
        text: Mapping[str, Any] | None = None,
        *,
        number: Mapping[str, Any] | None = None,
        day: Mapping[str, Any] | None = None,
    ) -> None:
        self._text, self._number, self._day = (
            book.add_format(dict(form)) if form else None for form in (text, number, day)
        )
        self._quoted = book.add_format({**(text or {}), "quote_prefix": True})

    def write(self, sheet: Any, row: int, cells: Iterable[Cell], column: int = 0) -> None:
        """Write ``cells`` side by side, the first in ``column``; None is left out."""
        for place, cell in enumerate(cells, start=column):
            if isinstance(cell, str):
                sheet.write_string(row, place, cell, self._quoted if _BEGINS.match(cell) else self._text)
            elif isinstance(cell, dt.date):
                sheet.write_datetime(row, place, dt.datetime.combine(cell, dt.time()), self._day)
            elif cell is not None:
                sheet.write_number(row, place, cell, self._number)
