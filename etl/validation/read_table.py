"""From a file of tables to one SourceTable: its sheets opened by the reader of its form."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from etl.errors import UnusableFile
from etl.readers.container import Fingerprint, Shape, fingerprint
from etl.readers.delimited import DelimitedSheet
from etl.readers.raw_sheet import RawSheet
from etl.readers.wording import Wording
from etl.readers.workbook import sheets_of
from etl.validation.assembly import NO_ANSWERS, Answers, assemble
from etl.validation.table import SourceTable


class WordedSheet(RawSheet, Protocol):
    """A sheet that knows what its file's texts were typed in."""

    @property
    def wording(self) -> Wording | None:
        """None: Unicode."""


def read_table(
    path: Path,
    shape: Shape,
    kind: str | None,
    today: dt.date,
    answers: Answers = NO_ANSWERS,
    encoding: str | None = None,
) -> SourceTable:
    """Read a CSV or a workbook; see ``etl.readers.read`` for arguments and errors."""
    print_of_file = fingerprint(path)
    sheets = _sheets(path, shape, print_of_file, encoding)
    wording = sheets[0].wording or Wording("unicode")
    try:
        table = assemble(path, sheets, kind, today, answers, print_of_file.sha256)
    except UnusableFile as error:
        error.doubts = (*wording.doubts, *error.doubts)
        raise
    doubts = (*wording.doubts, *table.doubts)
    return replace(table, encoding=wording.encoding, converted=wording.examples, doubts=doubts)


def _sheets(path: Path, shape: Shape, print_of_file: Fingerprint, encoding: str | None) -> Sequence[WordedSheet]:
    if shape is Shape.TEXT:
        return [DelimitedSheet(path, print_of_file, encoding)]
    return sheets_of(path, shape, encoding)
