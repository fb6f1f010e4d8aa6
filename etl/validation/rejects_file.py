"""The file of rejects: rows that were not loaded, as a workbook next to the source that the clerk mends and loads
again.

It bears the canonical headings, so that it is recognised as the same kind, and two columns more that reading ignores:
where the row stood, and what is wrong with it.
"""

from pathlib import Path

from xlsxwriter.exceptions import FileCreateError

from data.spreadsheets import CellStyle, guarded, workbook
from data.texts.catalogue import t
from data.texts.sentences import Sentence
from etl.errors import UnusableFile
from etl.recognition.columns import REJECT_FAULT_TITLE, REJECT_ROW_TITLE, reject_columns, title_of
from etl.validation.table import Reject, SourceTable

REJECTS_MARK = ".loi"

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


def write_rejects(table: SourceTable, rejects: list[Reject], path: Path | None = None) -> Path:
    """Write ``rejects`` (the reader's and the loader's, of ``table``) as a workbook and return its path.

    ``path`` defaults to ``rejects_path(table.path)``; a file of that name is replaced. Every cell is text, behind
    an apostrophe where it would be a formula once the workbook is saved as CSV; reading takes that away again
    (``etl.values.cell_values.tidy``). Raises UnusableFile when the folder cannot be written.
    """
    path = path or rejects_path(table.path)
    columns = reject_columns(table.kind)
    several_sheets = len({reject.sheet for reject in rejects}) > 1
    try:
        with workbook(path, is_streamed=True) as book:
            sheet = book.add_worksheet(t("rejects.sheet"))
            text = {"num_format": "@", "valign": "top"}
            header = CellStyle(
                book, {"bold": True, "bg_color": "#D9E2EC", "border": 1, "text_wrap": True, "valign": "top"}
            )
            cell, plain = CellStyle(book, text), CellStyle(book)
            fault = CellStyle(book, text | {"text_wrap": True, "font_color": "#9C2A00"})
            widths = [*(_WIDTHS.get(name, 18) for name in columns), 14, 70]
            column_format = book.add_format(text)
            for position, width in enumerate(widths):
                sheet.set_column(position, position, width, column_format)
            title = t("rejects.title", kind=t(f"kind.{table.kind}"))
            title += f" – {t('data.demo').upper()}" if table.is_demo else ""
            CellStyle(book, {"bold": True, "font_size": 14}).write(sheet, 0, [title])
            plain.write(sheet, 1, [t("rejects.how", name=table.path.name)])
            header.write(
                sheet, 2, [*(title_of(table.kind, name) for name in columns), REJECT_ROW_TITLE, REJECT_FAULT_TITLE]
            )
            sheet.freeze_panes(3, 1)
            for row, reject in enumerate(rejects, start=3):
                where = f"{reject.sheet} · {reject.row}" if several_sheets else str(reject.row)
                told = t("rejects.fault", column=reject.column, value=reject.value, expected=reject.expected)
                cell.write(sheet, row, [*(guarded(value)[:_CELL_LIMIT] for value in reject.cells), where])
                fault.write(sheet, row, [told[:_CELL_LIMIT]], column=len(columns) + 1)
    except (FileCreateError, OSError) as error:
        raise UnusableFile(Sentence("refused.rejects_not_written", name=path.name)) from error
    return path
