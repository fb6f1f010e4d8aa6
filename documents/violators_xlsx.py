"""The list of violators as a workbook: the list on one sheet, the count by ward on another."""

import datetime as dt
import io
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from data.queries.violators import ListFacts, Violator
from data.spreadsheets import CellStyle, workbook
from documents import official, wording
from documents.plain_table import LIST_COLUMNS, preamble, table_rows

FACE = "Times New Roman"
# Characters, about 2 mm each, of the columns of plain_table.LIST_COLUMNS: together the width of a landscape page.
COLUMN_WIDTHS = (6, 11, 24, 28, 15, 14, 16, 9, 12)
LINE_POINTS = 15
INCH_MM = 25.4


def violators_xlsx(rows: Sequence[Violator], facts: ListFacts) -> bytes:
    """Sheets "Danh sách" and "Theo phường"."""
    stream = io.BytesIO()
    with workbook(stream) as book:
        book.set_properties(
            {
                "title": wording.title_of(facts),
                "author": wording.issuer(facts).name,
                "created": dt.datetime.combine(facts.made_on, dt.time()),
            }
        )
        _list_sheet(book, rows, facts)
        _summary_sheet(book, facts)
    return stream.getvalue()


class _Styles(NamedTuple):
    header: CellStyle
    cell: CellStyle
    total: CellStyle


_BASE = {"font_name": FACE, "font_size": 11, "valign": "top", "text_wrap": True}
_TITLE = _BASE | {"bold": True, "font_size": 14}


def _styles(book: Any) -> _Styles:
    framed, total = _BASE | {"border": 1}, _BASE | {"border": 1, "bold": True}
    number = {"align": "center", "num_format": "#,##0", "text_wrap": True}
    return _Styles(
        CellStyle(book, total | {"align": "center", "valign": "vcenter", "bg_color": "#EDEDED"}),
        CellStyle(book, framed, number=framed | number),
        CellStyle(book, total, number=total | number),
    )


def _list_sheet(book: Any, rows: Sequence[Violator], facts: ListFacts) -> None:
    styles = _styles(book)
    sheet = book.add_worksheet("Danh sách")
    for column, width in enumerate(COLUMN_WIDTHS):
        sheet.set_column(column, column, width)
    lines = preamble(facts)
    last_column = len(LIST_COLUMNS) - 1
    title, plain = book.add_format(_TITLE), book.add_format(_BASE)
    for row, line in enumerate(lines):
        sheet.merge_range(row, 0, row, last_column, line, title if row == 0 else plain)
        sheet.set_row(row, _height([(line, sum(COLUMN_WIDTHS))]) + (4 if row == 0 else 0))
    top = len(lines) + 1
    styles.header.write(sheet, top, LIST_COLUMNS)
    sheet.set_row(top, 2 * LINE_POINTS)
    for row, values in enumerate(table_rows(rows, between_days="\n"), start=top + 1):
        sheet.set_row(row, 3 + _height(zip(map(str, values), COLUMN_WIDTHS, strict=True)))
        styles.cell.write(sheet, row, values)
    sheet.freeze_panes(top + 1, 0)
    if rows:
        sheet.autofilter(top, 0, top + len(rows), last_column)
    sheet.repeat_rows(top)
    sheet.set_landscape()
    _set_print(sheet, facts)


def _height(cells: Iterable[tuple[str, int]]) -> float:
    """Points that the highest of the cells (text, width in characters) needs when its words wrap.

    Set outright, for not every program works a row's height out when it opens the file.
    """
    lines = max(sum(len(textwrap.wrap(line, width)) or 1 for line in text.split("\n")) for text, width in cells)
    return float(LINE_POINTS * lines)


def _summary_sheet(book: Any, facts: ListFacts) -> None:
    styles = _styles(book)
    sheet = book.add_worksheet("Theo phường")
    sheet.set_column(0, 0, 32)
    sheet.set_column(1, 1, 18)
    lines = [wording.DEMO] * facts.is_demo + [wording.SUMMARY_HEADING, wording.count_sentence(facts)]
    for row, line in enumerate(lines):
        CellStyle(book, {"font_name": FACE, "bold": line != lines[-1]}).write(sheet, row, [line])
    top = len(lines) + 1
    styles.header.write(sheet, top, wording.SUMMARY_COLUMNS)
    counts = wording.summary(facts)
    for row, count in enumerate(counts, start=top + 1):
        styles.cell.write(sheet, row, count)
    styles.total.write(sheet, top + 1 + len(counts), (wording.TOTAL, facts.total))
    sheet.set_portrait()
    _set_print(sheet, facts)


def _set_print(sheet: Any, facts: ListFacts) -> None:
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(
        left=official.MARGIN_LEFT_MM / INCH_MM,
        right=official.MARGIN_RIGHT_MM / INCH_MM,
        top=official.MARGIN_TOP_MM / INCH_MM,
        bottom=official.MARGIN_BOTTOM_MM / INCH_MM,
    )
    sheet.set_header(f'&C&"{FACE}"&13&P', {"margin": 0.3})
    if facts.is_demo:
        sheet.set_footer(f'&C&"{FACE},Bold"&11{wording.DEMO}')
