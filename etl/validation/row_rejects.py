"""The rows of a table that cannot be read, as rejects: where each stands, what is wrong with it, what was expected."""

import datetime as dt

import pandas as pd

from data.texts.sentences import Sentence
from etl.errors import TooLarge, row_of_sheet
from etl.recognition.columns import column, missing_of, reject_columns, title_of
from etl.recognition.layout import Layout, letters
from etl.validation import not_data
from etl.validation.table import Reject
from etl.values import cell_values
from etl.values.measures import measure_text

MAX_REJECTS = 100_000
"""Rejected rows beyond which a file is out as a whole: its columns are not what they seem."""


def cell_text(kind: str, name: str, cell: object) -> str:
    """A cell of the column ``name`` as the file of rejects bears it: whoever reads that file finds the same in it."""
    return measure_text(cell) if column(kind, name).type == "measure" else cell_values.tidy(cell)


class RejectMaker:
    """Makes the rejects of one table: of ``file``, in ``sheet`` ("" where the file has none)."""

    def __init__(self, layout: Layout, file: str, sheet: str) -> None:
        self.layout, self.file, self.sheet = layout, file, sheet
        self.kind = layout.kind

    def faulty(self, cells: pd.Series, typed: pd.Series, found: list[tuple[str, str]]) -> Reject:
        """A row with faults: the first is named, the others follow in the sentence, so that the clerk mends all at
        once.
        """
        name, expected = found[0]
        for other, also in found[1:]:
            value = cell_values.tidy(cells.get(other))
            expected = Sentence("row.also", expected=expected, column=self._heading(other), value=value, also=also)
        texts = tuple(
            cell_text(self.kind, key, cells[key]) if key in cells else cell_values.as_text(typed.get(key))
            for key in reject_columns(self.kind)
        )
        number, value = int(typed["_row"]), cell_values.tidy(cells.get(name))
        return Reject(self.file, self.sheet, number, self._heading(name), value, expected, texts)

    def incomplete(self, row: not_data.Incomplete) -> Reject:
        """A row that lacks something required."""
        said = [name for name, text in row.read.items() if text]
        missing = [name for name in missing_of(self.kind, said) if name in row.read or name == "venue_code"]
        wanted = Sentence(
            "row.missing", wanted=[Sentence("refused.quoted", title=title_of(self.kind, name)) for name in missing]
        )
        texts = tuple(row.read.get(name, "") for name in reject_columns(self.kind))
        return Reject(self.file, self.sheet, row.number, self._heading(missing[0]), "", wanted, texts)

    def wide(self, number: int, said: dict[str, str], day: dt.date, cell: object, expected: str, at: int) -> Reject:
        """One count of a wide table; ``said`` describes the venue, ``at`` is the column of ``day``."""
        text = cell_values.tidy(cell)
        said |= {"day": f"{day:%d/%m/%Y}", "scans": text}
        cells = tuple(said.get(name, "") for name in reject_columns(self.kind))
        heading = f"{letters(at)} ({day:%d/%m/%Y})"
        return Reject(self.file, self.sheet, number, heading, text, expected, cells)

    def where(self, number: int) -> Sentence:
        """A row, as a sentence begins with it."""
        return row_of_sheet(self.sheet, number)

    def too_many(self, rejects: list[Reject], number: int) -> TooLarge:
        """The error of a table with more than ``MAX_REJECTS``; ``number`` is a row put aside."""
        first = rejects[0].message if rejects else self.where(number)
        return TooLarge(
            Sentence("refused.many_rejects", most=MAX_REJECTS, first=first),
            public=Sentence("refused.many_rejects.public", most=MAX_REJECTS),
        )

    def _heading(self, name: str) -> str:
        return self.layout.headings.get(name) or title_of(self.kind, name)
