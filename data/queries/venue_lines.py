"""Venues by their numbers, a line each: what lies at one place of the map."""

from dataclasses import dataclass

from data.database.connection import Connection
from data.queries.filters import Filters, venues_sql


@dataclass(frozen=True)
class VenueLine:
    """A venue in a list."""

    code: str
    name: str
    address: str
    status: str


def venue_lines(conn: Connection, filters: Filters, ids: tuple[int, ...]) -> list[VenueLine]:
    """The venues with ``ids`` that ``filters`` let through, in the order of ``ids``."""
    venues, parameters = venues_sql(filters)
    rows = conn.execute(
        f"""
        SELECT code, name, address, status FROM ({venues}) AS found WHERE id = ANY(%(ids)s)
        ORDER BY array_position(%(ids)s::integer[], id)
        """,  # noqa: S608  # data.queries.filters' own
        parameters | {"ids": list(ids)},
    ).fetchall()
    return [VenueLine(**row) for row in rows]
