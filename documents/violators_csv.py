"""The list of violators as CSV that opens in Excel with its diacritics whole."""

import csv
import io
from collections.abc import Sequence

from data.queries.violators import ListFacts, Violator
from documents.plain_table import LIST_COLUMNS, is_formula, preamble, table_rows

# Excel takes a file without it for the code page of the machine.
BYTE_ORDER_MARK = "\ufeff"


def violators_csv(rows: Sequence[Violator], facts: ListFacts) -> bytes:
    """UTF-8 with byte order mark, comma, CRLF: lines of text, an empty line, the header and the rows.

    A cell that a spreadsheet would take for a formula gets an apostrophe in front.
    """
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerows([line] for line in preamble(facts))
    writer.writerow([])
    writer.writerow(LIST_COLUMNS)
    writer.writerows([_guarded(value) for value in values] for values in table_rows(rows))
    return (BYTE_ORDER_MARK + stream.getvalue()).encode("utf-8")


def _guarded(value: str | int) -> str | int:
    return f"'{value}" if isinstance(value, str) and is_formula(value) else value
