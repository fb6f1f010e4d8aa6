"""Files as offices write them: titles above the table, totals and signatures below, and the mark of the demonstration.

The same content gives the same bytes: workbooks bear a fixed moment of creation.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Self

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

MARK = "DỮ LIỆU MINH HỌA – không phải số liệu thật"
NATION = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
_CREATED = dt.datetime(2021, 9, 27, 8, 0)
_FONT = {"font_name": "Times New Roman", "font_size": 12}


class Book:
    """An XLSX file of several sheets, written row by row in constant memory."""

    def __init__(self, path: Path) -> None:
        self.path = path
        options = {
            "constant_memory": True,
            "tmpdir": str(path.parent),
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self._book = xlsxwriter.Workbook(str(path), options)
        self._book.set_properties({"created": _CREATED, "title": MARK})
        self._formats: dict[str, Format] = {
            "title": self._book.add_format({**_FONT, "bold": True, "font_size": 14, "align": "center"}),
            "centre": self._book.add_format({**_FONT, "align": "center"}),
            "mark": self._book.add_format({**_FONT, "bold": True, "align": "center", "font_color": "#C00000"}),
            "head": self._book.add_format(
                {**_FONT, "bold": True, "align": "center", "valign": "vcenter", "border": 1, "text_wrap": True}
            ),
            "cell": self._book.add_format({**_FONT, "border": 1}),
            "day": self._book.add_format({**_FONT, "border": 1, "num_format": "dd/mm/yyyy"}),
            "group": self._book.add_format({**_FONT, "bold": True, "border": 1}),
            "plain": self._book.add_format(_FONT),
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._book.close()

    def sheet(self, name: str, widths: Sequence[float]) -> "Page":
        """A new sheet with columns of these widths (characters)."""
        return Page(self._book.add_worksheet(name[:31]), self._formats, widths)


class Page:
    """A sheet being written from its first row down."""

    def __init__(self, sheet: Worksheet, formats: dict[str, Format], widths: Sequence[float]) -> None:
        self._sheet, self._formats, self._width, self._row = sheet, formats, len(widths), 0
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.set_default_row(18)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)

    def heading(self, office: Sequence[str], title: str, below: Sequence[str]) -> None:
        """The office and the nation side by side, the title, what stands below it, and the mark; all merged cells."""
        half = max(2, self._width // 2)
        for left, right in zip(office, NATION, strict=True):
            self._sheet.merge_range(self._row, 0, self._row, half - 1, left, self._formats["centre"])
            self._sheet.merge_range(self._row, half, self._row, self._width - 1, right, self._formats["centre"])
            self._row += 1
        self._row += 1
        for text, style in ((title, "title"), *((line, "centre") for line in below), (MARK, "mark")):
            self._sheet.merge_range(self._row, 0, self._row, self._width - 1, text, self._formats[style])
            self._row += 1
        self._row += 1

    def header(self, names: Sequence[str]) -> None:
        """One row of column names."""
        self._cells(names, "head")

    def header_of_two(self, names: Sequence[str], spanning: str, below: Sequence[str]) -> None:
        """A header of two rows: ``spanning`` stands over the last columns, whose own names are ``below``."""
        first = len(names)
        for column, name in enumerate(names):
            self._sheet.write_string(self._row, column, name, self._formats["head"])
        self._sheet.merge_range(self._row, first, self._row, first + len(below) - 1, spanning, self._formats["head"])
        self._row += 1
        self._cells([""] * first + list(below), "head")

    def group(self, text: str) -> None:
        """A row that names the group below it, merged over the table."""
        self._sheet.merge_range(self._row, 0, self._row, self._width - 1, text, self._formats["group"])
        self._row += 1

    def rows(self, rows: Iterable[Sequence[Any]]) -> None:
        """Rows of the table; a ``date`` becomes an Excel date, ``None`` an empty cell."""
        for row in rows:
            self._cells(row, "cell")

    def footer(self, total: str, place_and_day: str, signer: str) -> None:
        """The total, and who signs."""
        self._sheet.write_blank(self._row, 0, None, self._formats["group"])
        self._sheet.merge_range(self._row, 1, self._row, self._width - 1, total, self._formats["group"])
        self._row += 2
        half = max(2, self._width // 2)
        for text in (place_and_day, signer, "(Ký, ghi rõ họ tên)"):
            self._sheet.merge_range(self._row, half, self._row, self._width - 1, text, self._formats["centre"])
            self._row += 1

    def _cells(self, values: Sequence[Any], style: str) -> None:
        sheet, row, cell = self._sheet, self._row, self._formats[style]
        for column, value in enumerate(values):
            if value is None or value == "":
                sheet.write_blank(row, column, None, cell)
            elif isinstance(value, str):
                sheet.write_string(row, column, value, cell)
            elif isinstance(value, dt.date):
                sheet.write_datetime(row, column, dt.datetime(value.year, value.month, value.day), self._formats["day"])
            else:
                sheet.write_number(row, column, value, cell)
        self._row += 1


def write_text(
    path: Path, lines: Iterable[str], encoding: str = "utf-8-sig", told: Callable[[], None] | None = None
) -> Path:
    """Write lines with the line ends of Windows; ``told`` is called now and then."""
    with path.open("w", encoding=encoding, newline="\r\n") as file:
        batch: list[str] = []
        for line in lines:
            batch.append(line)
            if len(batch) == 50_000:
                file.write("\n".join(batch) + "\n")
                batch.clear()
                if told:
                    told()
        file.write("\n".join([*batch, ""]))
    return path


def quoted(values: Sequence[str], separator: str) -> str:
    """One line of a CSV; a value that holds the separator or a quote is quoted."""
    return separator.join(
        '"' + value.replace('"', '""') + '"' if separator in value or '"' in value else value for value in values
    )


def dmy(day: dt.date) -> str:
    """A day as clerks write it: 05/10/2021."""
    return f"{day:%d/%m/%Y}"
