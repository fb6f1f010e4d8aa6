"""The list of violators as CSV that opens in Excel with its diacritics whole."""

import io
from collections.abc import Sequence

from data.queries.violators import ListFacts, Violator
from data.spreadsheets import write_csv
from documents.plain_table import LIST_COLUMNS, preamble, table_rows


def violators_csv(rows: Sequence[Violator], facts: ListFacts) -> bytes:
    """UTF-8 with byte order mark: lines of text, an empty line, the header and the rows."""
    stream = io.StringIO(newline="")
    write_csv(stream, [*([line] for line in preamble(facts)), [], LIST_COLUMNS, *table_rows(rows)])
    return stream.getvalue().encode("utf-8-sig")
