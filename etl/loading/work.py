"""One load in progress: what its steps hand to each other. A kind's module has ``check`` and ``write`` on it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import pandas as pd
import pyproj

from data.database.connection import Connection
from data.texts.sentences import Sentence
from etl.errors import UnusableFile
from etl.linking.links import Links
from etl.loading import steps
from etl.recognition.columns import columns_of
from etl.validation.table import MapFile, Reject, Source, SourceTable
from etl.values.fixed_columns import FixedColumns, require

# A list that nobody mends by hand; a sheet of Excel would end soon after.
MOST_REJECTS = 200_000


class TooManyRejects(UnusableFile):
    """So many rows have one fault that the file, or what should have been loaded before it, is another than meant."""

    def __init__(self, table: SourceTable, number: int, example: Reject) -> None:
        super().__init__(
            Sentence("refused.one_fault", name=table.path.name, count=number, example=example.message),
            public=Sentence("refused.one_fault.public", name=table.path.name, count=number),
        )


@dataclass
class Changes:
    """What a load did to the tables. ``touched`` are ids of venues whose status or history may differ now, from
    ``from_day`` on (None: on any day).
    """

    new: int = 0
    changed: int = 0
    removed: int = 0
    touched: set[int] = field(default_factory=set)
    days_changed: bool = False
    from_day: dt.date | None = None
    supersedes: int | None = None


@dataclass
class Work:
    """A file on its way in. ``rows`` are those still good, at the step (``etl.loading.steps``) that they have reached;
    what is rejected leaves them, and so do rows that wait. ``replace``: a person has said that the file corrects the
    loads of its name, however much of it differs.
    """

    conn: Connection
    source: Source
    today: dt.date
    as_of: dt.date | None = None
    crs: pyproj.CRS | None = None
    replace: bool = False
    load_id: int = 0
    rejects: list[Reject] = field(default_factory=list)
    remarks: dict[str, Any] = field(default_factory=dict)
    sentences: list[str] = field(default_factory=list)
    rows: FixedColumns = field(init=False)
    waiting: steps.Named = field(default_factory=steps.Named.none)
    """Rows whose description nobody has decided yet: neither written to their table nor rejected."""
    described: steps.Described = field(default_factory=steps.Described)
    """The descriptions that rows of the file have."""
    sure: Links = field(default_factory=Links.none)
    """Links that the machine makes with this load."""
    supersedes: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        if isinstance(self.source, SourceTable):
            require(self.source.frame, columns_of(self.source.kind), self.source.kind)
        self.rows = steps.Read(self.source.frame)

    @property
    def incoming(self) -> pd.DataFrame:
        """The frame of ``rows``."""
        return self.rows.frame

    def advance(self, step: type[FixedColumns], **columns: Any) -> None:
        """Give the rows ``columns``: they have reached ``step``."""
        self.rows = step(self.incoming.assign(**columns))

    def at(self, step: type[FixedColumns]) -> pd.DataFrame:
        """The frame of ``rows``, which have reached ``step``; TypeError when they have not."""
        if not isinstance(self.rows, step):
            raise TypeError(f"rows are {type(self.rows).__name__}, not {step.__name__}")
        return self.incoming

    def take_out(self, which: np.ndarray) -> pd.DataFrame:
        """Go on without the rows marked in ``which`` (a mask over ``incoming``), which are returned."""
        taken = self.incoming[which]
        self.rows = type(self.rows)(self.incoming[~which])
        return taken

    @property
    def table(self) -> SourceTable:
        """The file as a table; maps are none."""
        if not isinstance(self.source, SourceTable):
            raise TypeError(f"{self.source.path.name} is a map")
        return self.source

    @property
    def map(self) -> MapFile:
        """The file as a map; tables are none."""
        if not isinstance(self.source, MapFile):
            raise TypeError(f"{self.source.path.name} is a table")
        return self.source

    @property
    def describes(self) -> bool:
        """Whether rows of the file describe their venue instead of naming its code."""
        return bool(self.described.ids)

    def has(self, column: str) -> bool:
        """Whether the file speaks of ``column``; of what it does not speak of, a load leaves the tables as they are."""
        return column in self.table.headings or bool(self.table.frame[column].notna().any())

    def reject(self, faulty: pd.Series | np.ndarray, column: str, expected: str) -> None:
        """Take out the rows marked in ``faulty`` (a mask over ``incoming``); ``expected``: what ``column`` needs."""
        mask = np.asarray(faulty, dtype=bool)
        if mask.any():
            self._add_rejects(self.incoming.index[mask], column, [expected] * int(mask.sum()))
            self.take_out(mask)

    def _add_rejects(self, positions: pd.Index, column: str, sentences: Sequence[str]) -> None:
        some = positions[:MOST_REJECTS]
        self.rejects += self.table.reject_all(some.tolist(), column, sentences[: len(some)])
        if len(positions) + len(self.rejects) - len(some) > MOST_REJECTS:
            raise TooManyRejects(self.table, len(positions), self.rejects[-1])

    def _place(self, sheet: int, row: int) -> Sentence:
        title = self.table.sheet_title(sheet)
        if title:
            return Sentence("row.place.sheet", row=str(row), sheet=title)
        return Sentence("row.place.file", row=str(row))

    def count(self, remark: str, number: int) -> None:
        """Remember how many rows something was noticed of; nothing is kept of none."""
        if number:
            self.remarks[remark] = self.remarks.get(remark, 0) + int(number)

    def reject_repeated(self, key: list[str], values: list[str], column: str) -> None:
        """One row a key, the first: others are left out and counted where they say the same, else rejected."""
        repeated = self.incoming.duplicated(key).to_numpy()
        if not repeated.any():
            return
        again = self.take_out(repeated)
        first = self.incoming
        columns = [*key, *values, "_sheet", "_row"]
        pairs = again[columns].merge(first[columns], on=key, how="left", suffixes=("", "_first"))
        differs = np.zeros(len(pairs), dtype=bool)
        for name in values:
            mine, other = pairs[name], pairs[f"{name}_first"]
            differs |= ((mine != other) & ~(mine.isna() & other.isna())).to_numpy(dtype=bool)
        sentences = [
            Sentence("row.differs", place=self._place(sheet, row))
            for sheet, row in zip(pairs["_sheet_first"][differs], pairs["_row_first"][differs], strict=True)
        ]
        self._add_rejects(again.index[differs], column, sentences)
        self.count("repeated_rows", int((~differs).sum()))


class Kind(Protocol):
    """A module of ``etl.loading.kinds``."""

    def check(self, work: Work) -> None:
        """Take out the rows that cannot stand and bring the others into temporary tables."""

    def write(self, work: Work) -> Changes:
        """Bring the tables in step with the file; ``work.load_id`` exists."""
