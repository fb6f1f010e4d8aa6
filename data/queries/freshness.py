"""How old the figures are and whether the last loads went well: what the first page must not keep to itself."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from data.database.connection import Connection
from data.status.days import DataSpan, data_span, today

FRESH_FOR = dt.timedelta(days=1)
TOLD_FOR = dt.timedelta(days=30)
"""How long a refused file is told of when nothing of its name comes again: it may have come under another name."""


@dataclass(frozen=True)
class LastLoad:
    """The newest load: its file, when it ended, and how many rows it had to leave out."""

    file_name: str
    finished_at: dt.datetime
    rows_rejected: int


@dataclass(frozen=True)
class Refusal:
    """A file of which nothing could be loaded; ``sentence`` says why, in Vietnamese, and holds no value of a cell.

    ``said`` is the same for ``data.texts.sentences.told``.
    """

    id: int
    file_name: str
    kind: str | None
    refused_at: dt.datetime
    sentence: str
    said: Any


@dataclass(frozen=True)
class Freshness:
    """Which data the page shows.

    ``as_of`` is the last day that any file of events speaks of, ``day`` the day whose status is current, ``today`` the
    day of the clock on the wall. A demonstration stands still, so its age is counted to ``day``. ``refusals`` are the
    refused files whose correction has not come, the newest first.
    """

    version: int
    first_day: dt.date | None
    day: dt.date
    as_of: dt.date | None
    today: dt.date
    is_demo: bool
    last_load: LastLoad | None
    refusals: tuple[Refusal, ...]

    @property
    def is_stale(self) -> bool:
        """Whether the data are older than a day."""
        return self.as_of is None or self.day - self.as_of > FRESH_FOR


def freshness(conn: Connection, span: DataSpan | None = None) -> Freshness:
    """Read it in one transaction, which may have asked for ``span`` before."""
    span = span or data_span(conn)
    row = conn.execute(
        "SELECT max(as_of) AS as_of FROM load WHERE kind NOT IN ('wards', 'streets', 'venues') AND undone_at IS NULL"
    ).fetchone()
    load = conn.execute(
        "SELECT file_name, finished_at, rows_rejected FROM load WHERE undone_at IS NULL"
        " ORDER BY finished_at DESC, id DESC LIMIT 1"
    ).fetchone()
    if row is None:
        raise AssertionError("max() has one row")
    return Freshness(
        version=span.version or 0,
        first_day=span.first_day,
        day=span.current_day,
        as_of=row["as_of"],
        today=today(),
        is_demo=span.is_demo,
        last_load=LastLoad(**load) if load else None,
        refusals=refusals(conn),
    )


def refusals(conn: Connection) -> tuple[Refusal, ...]:
    """Refused files that are not settled (``etl.loading.refusals``), for ``TOLD_FOR`` at most, the newest first."""
    rows = conn.execute(
        """
        SELECT id, file_name, kind, refused_at, sentence, COALESCE(said, to_jsonb(sentence)) AS said FROM refused_file
        WHERE settled_at IS NULL AND refused_at > clock_timestamp() - %s ORDER BY refused_at DESC, id DESC
        """,
        (TOLD_FOR,),
    ).fetchall()
    return tuple(Refusal(**row) for row in rows)
