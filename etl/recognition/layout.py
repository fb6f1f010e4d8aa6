"""Where the table of a sheet stands and what its columns are."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from data.texts.sentences import Sentence
from etl.values.days import NO_PERIOD, Period

Row = Sequence[Any]

HEADING, CONTENT, CHOSEN = "heading", "content", "chosen"
"""By what a column was recognised: its heading, its cells, a person's choice (texts ``recognised.*``)."""


@dataclass(frozen=True)
class Layout:
    """Where the table of a sheet stands. Rows and columns count from 0; ``columns`` maps canonical names to columns.

    ``score`` is how much the headings weigh, ``shared`` how much of it a register shares with events. ``labels`` are
    the whole headings by column, ``how`` says by what a column was told. ``day_columns`` (wide tables of scans only)
    maps columns to the day they count; ``times`` (reminder books only) are columns "lần 1", "lần 2", …; ``ward`` is
    the ward that the lines above the table, or the sheet's name, say the whole table is of, and ``reason`` the reason
    of all of its reminders. ``unread`` are headings
    that nothing is known of, ``titles`` the lines above the table and the sheet's name. ``tells_kind`` says whether a
    heading tells the kind, beyond what every file has.
    """

    kind: str
    first_header: int
    last_header: int
    first_data: int
    width: int
    columns: dict[str, int]
    headings: dict[str, str]
    score: int
    shared: int = 0
    labels: tuple[str, ...] = ()
    how: dict[int, str] = field(default_factory=dict)
    day_columns: dict[int, dt.date] = field(default_factory=dict)
    times: tuple[int, ...] = ()
    period: Period = NO_PERIOD
    titles: tuple[str, ...] = ()
    ward: str | None = None
    reason: str | None = None
    clash: str | None = None
    unread: tuple[str, ...] = ()
    tells_kind: bool = True

    def label(self, position: int) -> str:
        """The heading of a column; "(cột C)" where it has none."""
        text = self.labels[position] if position < len(self.labels) else ""
        return text or unnamed(position)


def unnamed(position: int) -> Sentence:
    """What a column without a heading is called: "(cột C)"."""
    return Sentence("column.nameless", letters=letters(position))


def letters(position: int) -> str:
    """A column's letters as a spreadsheet shows them: 0 gives "A", 27 gives "AB"."""
    text = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        text = chr(ord("A") + rest) + text
    return text
