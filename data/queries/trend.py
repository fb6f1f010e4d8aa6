"""How many venues had each status on each day of a stretch, by differences in one pass over the periods.

A period adds one venue on its first day and takes it away after its last; the running sums are the series. So a year
costs as much as a week, where joining the periods to a series of days would count every venue once a day.
"""

import datetime as dt
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from data.database.connection import Connection
from data.queries.filters import Filters, ever_sql
from data.vocabulary import STATUSES

DAY = dt.timedelta(days=1)

_DIFFERENCES = """
    SELECT p.status::text AS status, edge.day, sum(edge.change) AS change
    FROM status_period AS p
    CROSS JOIN LATERAL (
        VALUES (GREATEST(p.from_day, %(first)s), 1),
               (CASE WHEN p.to_day < %(last)s THEN p.to_day + 1 END, -1)
    ) AS edge (day, change)
    WHERE p.from_day <= %(last)s AND p.to_day >= %(first)s AND edge.day IS NOT NULL{condition}
    GROUP BY p.status, edge.day
"""


@dataclass(frozen=True)
class Series:
    """Venues by status (code), one number a day from ``first`` to ``last``."""

    first: dt.date
    last: dt.date
    counts: dict[str, tuple[int, ...]]

    @property
    def days(self) -> list[dt.date]:
        """The days that the numbers are of."""
        return [self.first + DAY * number for number in range((self.last - self.first).days + 1)]

    def on(self, day: dt.date) -> dict[str, int]:
        """Venues by status on one day of the stretch."""
        return {status: counts[(day - self.first).days] for status, counts in self.counts.items()}


def series(conn: Connection, filters: Filters, first: dt.date, last: dt.date) -> Series:
    """Venues that ``filters`` let through, by status and day; ``filters.day`` is left aside.

    Parameters
    ----------
    first, last : the stretch, both included

    Raises
    ------
    ValueError
        ``first`` lies after ``last``.
    """
    if first > last:
        raise ValueError(f"a series from {first} to {last} has no day")
    conditions = ""
    parameters: dict[str, Any] = {"first": first, "last": last}
    matching = ever_sql(filters)
    if matching:
        conditions += f" AND p.venue_id IN ({matching[0]})"
        parameters |= matching[1]
    if filters.statuses:
        conditions += " AND p.status = ANY(%(statuses)s::venue_status[])"
        parameters["statuses"] = sorted(filters.statuses)
    rows = conn.execute(_DIFFERENCES.format(condition=conditions), parameters).fetchall()
    return _summed(rows, filters, first, last)


def _summed(rows: list[dict[str, Any]], filters: Filters, first: dt.date, last: dt.date) -> Series:
    wanted = [status for status in STATUSES if not filters.statuses or status in filters.statuses]
    changes = {status: [0] * ((last - first).days + 1) for status in wanted}
    for row in rows:
        changes[row["status"]][(row["day"] - first).days] = int(row["change"])
    return Series(first, last, {status: tuple(accumulate(values)) for status, values in changes.items()})
