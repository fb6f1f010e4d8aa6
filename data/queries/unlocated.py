"""Which wards a source named that no boundary bears, so that a name can be put right where it was written."""

from dataclasses import dataclass

from data.database.connection import Connection
from data.queries.filters import Filters, venues_sql


@dataclass(frozen=True)
class UnmatchedWard:
    """A ward's name as the source writes it (None: none written), and how many venues bear it."""

    name: str | None
    venues: int


def unmatched_wards(conn: Connection, filters: Filters, limit: int = 5) -> list[UnmatchedWard]:
    """The most frequent names among the venues without a ward that the other filters let through."""
    venues, parameters = venues_sql(filters.without("wards", "located"))
    rows = conn.execute(
        f"""
        SELECT ward_named AS name, count(*) AS venues FROM ({venues}) AS found WHERE ward_id IS NULL
        GROUP BY ward_named ORDER BY venues DESC, ward_named LIMIT %(limit)s
        """,  # noqa: S608  # data.queries.filters' own
        parameters | {"limit": limit},
    ).fetchall()
    return [UnmatchedWard(**row) for row in rows]
