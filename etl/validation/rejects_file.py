"""The file of rejects: rows that were not loaded, as a workbook next to the source that the clerk mends and loads
again.

It bears the canonical headings, so that it is recognised as the same kind, and two columns more that reading ignores:
where the row stood, and what is wrong with it.
"""

import re
from pathlib import Path

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from data.texts.sentences import Sentence
from etl.errors import UnusableFile
from etl.recognition.columns import KIND_TITLES, REJECT_FAULT_TITLE, REJECT_ROW_TITLE, reject_columns, title_of
from etl.validation.table import Reject, SourceTable

REJECTS_MARK = ".loi"
DEMO_NOTICE = "DỮ LIỆU MINH HỌA"

_ACTIVE = re.compile(r"[=+\-@\t\r]")
_PLAIN_NUMBER = re.compile(r"[+-]?\d[\d.,\s]*")
_WIDTHS = {"name": 36, "address": 36, "reason": 30, "qr_content": 40}
_CELL_LIMIT = 32_000
"""Excel refuses cells of more than 32,767 characters."""


def rejects_path(source: Path) -> Path:
    """Where the rejects of ``source`` are written: "so-dia-diem.csv" gives "so-dia-diem.loi.xlsx" beside it.

    Where "so-dia-diem.txt" lies there as well, each gets a list of its own: "so-dia-diem-csv.loi.xlsx".
    """
    has_twin = any(file.stem == source.stem and file.name != source.name for file in source.parent.iterdir())
    ending = source.suffix.replace(".", "-") if has_twin else ""
    return source.with_name(f"{source.stem}{ending}{REJECTS_MARK}.xlsx")


def original_of(path: Path) -> str | None:
    """Name, without its ending, of the file whose rejects ``path`` lists; None for any other file."""
    return path.stem.removesuffix(REJECTS_MARK) if path.stem.endswith(REJECTS_MARK) else None


def neutralised(text: str) -> str:
    """``text`` so that no spreadsheet takes it for a formula, even after it was saved as CSV: an apostrophe before
    ``= + - @``.

    Plain numbers stay as they are. ``etl.values.cell_values.tidy`` takes the apostrophe away again.
    """
    return f"'{text}" if _ACTIVE.match(text) and not _PLAIN_NUMBER.fullmatch(text) else text


def write_rejects(table: SourceTable, rejects: list[Reject], path: Path | None = None) -> Path:
    """Write ``rejects`` (the reader's and the loader's, of ``table``) as a workbook and return its path.

    ``path`` defaults to ``rejects_path(table.path)``; a file of that name is replaced. Every cell is text. Raises
    UnusableFile when the folder cannot be written.
    """
    path = path or rejects_path(table.path)
    columns = reject_columns(table.kind)
    several_sheets = len({reject.sheet for reject in rejects}) > 1
    try:
        with xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_formulas": False}) as book:
            sheet = book.add_worksheet("Dòng cần sửa")
            header = book.add_format(
                {"bold": True, "bg_color": "#D9E2EC", "border": 1, "text_wrap": True, "valign": "top"}
            )
            text = book.add_format({"num_format": "@", "valign": "top"})
            fault = book.add_format({"num_format": "@", "text_wrap": True, "font_color": "#9C2A00", "valign": "top"})
            for position, name in enumerate(columns):
                sheet.set_column(position, position, _WIDTHS.get(name, 18), text)
            sheet.set_column(len(columns), len(columns), 14, text)
            sheet.set_column(len(columns) + 1, len(columns) + 1, 70, text)
            title = f"CÁC DÒNG CHƯA NẠP ĐƯỢC – {KIND_TITLES[table.kind]}" + (
                f" – {DEMO_NOTICE}" if table.is_demo else ""
            )
            sheet.write_string(0, 0, title, book.add_format({"bold": True, "font_size": 14}))
            sheet.write_string(
                1, 0, f"Tệp gốc: {table.path.name}. Sửa các ô sai rồi nạp tệp này; hai cột cuối không được đọc."
            )
            headings = [title_of(table.kind, name) for name in columns] + [REJECT_ROW_TITLE, REJECT_FAULT_TITLE]
            for position, heading in enumerate(headings):
                sheet.write_string(2, position, heading, header)
            sheet.freeze_panes(3, 1)
            for row, reject in enumerate(rejects, start=3):
                for position, cell in enumerate(reject.cells):
                    sheet.write_string(row, position, neutralised(cell)[:_CELL_LIMIT], text)
                where = f"{reject.sheet} · {reject.row}" if several_sheets else str(reject.row)
                sheet.write_string(row, len(columns), where, text)
                told = f"Cột «{reject.column}»: «{reject.value}» – {reject.expected}"
                sheet.write_string(row, len(columns) + 1, neutralised(told)[:_CELL_LIMIT], fault)
    except (FileCreateError, OSError) as error:
        raise UnusableFile(Sentence("refused.rejects_not_written", name=path.name)) from error
    return path
