"""From a file of tables to one SourceTable: its sheets opened by the reader of its form."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from etl.assembly import NOTHING_TOLD, RawSheet, Told, assemble
from etl.readers.container import Shape, fingerprint
from etl.readers.delimited import DelimitedSheet
from etl.readers.workbook import sheets_of
from etl.table import SourceTable


def read_table(path: Path, shape: Shape, kind: str | None, today: dt.date, told: Told = NOTHING_TOLD) -> SourceTable:
    """Read a CSV or XLSX file; see ``etl.readers.read`` for arguments and errors."""
    print_of_file = fingerprint(path)
    sheets: Sequence[RawSheet] = sheets_of(path) if shape is Shape.WORKBOOK else [DelimitedSheet(path, print_of_file)]
    return assemble(path, sheets, kind, today, told, print_of_file.sha256)
