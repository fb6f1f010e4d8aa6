"""From a file of tables to one SourceTable: its sheets opened by the reader of its form."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from etl.assembly import NOTHING_TOLD, RawSheet, Told, assemble
from etl.errors import UnusableFile
from etl.readers.container import Fingerprint, Shape, fingerprint
from etl.readers.delimited import DelimitedSheet
from etl.readers.wording import Wording
from etl.readers.workbook import WorkbookSheet, sheets_of
from etl.table import SourceTable


def read_table(
    path: Path,
    shape: Shape,
    kind: str | None,
    today: dt.date,
    told: Told = NOTHING_TOLD,
    encoding: str | None = None,
) -> SourceTable:
    """Read a CSV or a workbook; see ``etl.readers.read`` for arguments and errors."""
    print_of_file = fingerprint(path)
    opened = _sheets(path, shape, print_of_file, encoding)
    wording = opened[0].wording or Wording("unicode")
    sheets: Sequence[RawSheet] = opened
    try:
        table = assemble(path, sheets, kind, today, told, print_of_file.sha256)
    except UnusableFile as error:
        error.doubts = (*wording.doubts, *error.doubts)
        raise
    return replace(
        table, encoding=wording.encoding, converted=wording.examples, doubts=(*wording.doubts, *table.doubts)
    )


def _sheets(
    path: Path, shape: Shape, print_of_file: Fingerprint, encoding: str | None
) -> Sequence[DelimitedSheet] | Sequence[WorkbookSheet]:
    if shape is Shape.TEXT:
        return [DelimitedSheet(path, print_of_file, encoding)]
    return sheets_of(path, shape, encoding)
