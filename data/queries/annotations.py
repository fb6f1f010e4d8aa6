"""Notes on days ("ghi chú ngày"), as charts and reports show them."""

import datetime as dt
from dataclasses import dataclass

from data.database.connection import Connection


@dataclass(frozen=True)
class Annotation:
    """A note on the days from ``first`` to ``last``, both included."""

    id: int
    first: dt.date
    last: dt.date
    words: str
    made_by: str


def annotations(conn: Connection, first: dt.date, last: dt.date) -> list[Annotation]:
    """Notes that stand and bear on any day from ``first`` to ``last``, the earliest first."""
    rows = conn.execute(
        "SELECT id, first_day AS first, last_day AS last, words, made_by FROM annotation"
        " WHERE removed_at IS NULL AND first_day <= %s AND last_day >= %s ORDER BY first_day, id",
        (last, first),
    )
    return [Annotation(**row) for row in rows]
