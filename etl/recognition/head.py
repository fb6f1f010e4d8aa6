"""The first rows of a sheet, tidied once for all that look at them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from data.texts.folding import fold, fold_all
from etl.recognition.layout import Row
from etl.values.cell_values import tidy_rows

DEMO_MARK = "du lieu minh hoa"


@dataclass(frozen=True)
class Head:
    """The first rows of the sheet ``name``: their cells, the tidy text of each, and whether that text says nothing."""

    name: str
    rows: Sequence[Row]
    texts: list[list[str]]
    blank: list[list[bool]]

    @cached_property
    def is_demo(self) -> bool:
        """Whether a text says that the sheet is of the demonstration."""
        return any(DEMO_MARK in text for text in fold_all([text for row in self.words() for text in row]))

    def words(self) -> list[list[str]]:
        """The texts of cells that are text in the file; "" for numbers and days."""
        return [
            [text if isinstance(cell, str) else "" for cell, text in zip(row, texts, strict=True)]
            for row, texts in zip(self.rows, self.texts, strict=True)
        ]

    def says(self, row: int, position: int) -> bool:
        """Whether there is a cell that says something."""
        return position < len(self.blank[row]) and not self.blank[row][position]

    def filled(self, row: int) -> list[str]:
        """The texts of a row that say something."""
        return [text for text, blank in zip(self.texts[row], self.blank[row], strict=True) if not blank]

    def titles_above(self, top: int) -> tuple[str, ...]:
        """The texts above row ``top`` and the sheet's name, without the line that names the original file."""
        titles = [*(text for row in range(top) for text in self.filled(row)), self.name]
        return tuple(title for title in titles if not fold(title).startswith("tep goc"))


def head_of(name: str, rows: Sequence[Row]) -> Head:
    """``rows``, the first of the sheet ``name``, tidied."""
    return Head(name, rows, *tidy_rows(rows))
