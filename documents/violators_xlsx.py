"""The list of violators as a workbook: the list on one sheet, the count by ward on another."""

import datetime as dt
import io
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

import xlsxwriter

from data.queries.violators import ListFacts, Violator
from documents import official, wording
from documents.plain_table import LIST_COLUMNS, is_formula, preamble, table_rows

FACE = "Times New Roman"
# Characters, about 2 mm each, of the columns of plain_table.LIST_COLUMNS: together the width of a landscape page.
COLUMN_WIDTHS = (6, 11, 24, 28, 15, 14, 16, 9, 12)
LINE_POINTS = 15
INCH_MM = 25.4


def violators_xlsx(rows: Sequence[Violator], facts: ListFacts) -> bytes:
    """Sheets "Danh sách" and "Theo phường". No cell is a formula: text that looks like one is stored as text."""
    stream = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    with xlsxwriter.Workbook(stream, options) as book:
        book.set_properties(
            {
                "title": wording.title_of(facts),
                "author": wording.ISSUER,
                "created": dt.datetime.combine(facts.made_on, dt.time()),
            }
        )
        _list_sheet(book, rows, facts)
        _summary_sheet(book, facts)
    return stream.getvalue()


def _formats(book: Any) -> dict[str, Any]:
    base = {"font_name": FACE, "font_size": 11, "valign": "top"}
    framed = base | {"border": 1, "text_wrap": True}
    return {
        "title": book.add_format(base | {"bold": True, "font_size": 14, "text_wrap": True}),
        "plain": book.add_format(base | {"text_wrap": True}),
        "header": book.add_format(
            framed | {"bold": True, "align": "center", "valign": "vcenter", "bg_color": "#EDEDED"}
        ),
        "cell": book.add_format(framed),
        # The prefix keeps Excel from taking the text for a formula when somebody edits the cell.
        "guarded": book.add_format(framed | {"quote_prefix": True}),
        "number": book.add_format(framed | {"align": "center", "num_format": "#,##0"}),
        "total": book.add_format(framed | {"bold": True}),
        "total_number": book.add_format(framed | {"bold": True, "align": "center", "num_format": "#,##0"}),
    }


def _list_sheet(book: Any, rows: Sequence[Violator], facts: ListFacts) -> None:
    formats = _formats(book)
    sheet = book.add_worksheet("Danh sách")
    for column, width in enumerate(COLUMN_WIDTHS):
        sheet.set_column(column, column, width)
    lines = preamble(facts)
    last_column = len(LIST_COLUMNS) - 1
    for row, line in enumerate(lines):
        style = formats["title"] if row == 0 else formats["plain"]
        sheet.merge_range(row, 0, row, last_column, "", style)
        sheet.write_string(row, 0, line, style)
        sheet.set_row(row, _height([(line, sum(COLUMN_WIDTHS))]) + (4 if row == 0 else 0))
    top = len(lines) + 1
    for column, name in enumerate(LIST_COLUMNS):
        sheet.write_string(top, column, name, formats["header"])
    sheet.set_row(top, 2 * LINE_POINTS)
    for row, values in enumerate(table_rows(rows, between_days="\n"), start=top + 1):
        sheet.set_row(row, 3 + _height(zip(map(str, values), COLUMN_WIDTHS, strict=True)))
        for column, value in enumerate(values):
            _write(sheet, row, column, value, formats)
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
    formats = _formats(book)
    sheet = book.add_worksheet("Theo phường")
    sheet.set_column(0, 0, 32)
    sheet.set_column(1, 1, 18)
    lines = [wording.DEMO] * facts.is_demo + [wording.SUMMARY_HEADING, wording.count_sentence(facts)]
    for row, line in enumerate(lines):
        sheet.write_string(row, 0, line, book.add_format({"font_name": FACE, "bold": line != lines[-1]}))
    top = len(lines) + 1
    for column, name in enumerate(wording.SUMMARY_COLUMNS):
        sheet.write_string(top, column, name, formats["header"])
    counts = wording.summary(facts)
    for row, (ward, count) in enumerate(counts, start=top + 1):
        _write(sheet, row, 0, ward, formats)
        sheet.write_number(row, 1, count, formats["number"])
    end = top + 1 + len(counts)
    sheet.write_string(end, 0, wording.TOTAL, formats["total"])
    sheet.write_number(end, 1, facts.total, formats["total_number"])
    sheet.set_portrait()
    _set_print(sheet, facts)


def _write(sheet: Any, row: int, column: int, value: str | int, formats: dict[str, Any]) -> None:
    if isinstance(value, int):
        sheet.write_number(row, column, value, formats["number"])
    else:
        sheet.write_string(row, column, value, formats["guarded" if is_formula(value) else "cell"])


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
