"""Rows of the table, a page at a time, in the order asked for."""

import datetime as dt
from dataclasses import dataclass

from data.database.connection import Connection
from data.queries.filters import Filters, venues_sql
from data.vocabulary import BY_URGENCY

# Columns that the server sorts by. Names sort as a Vietnamese reader expects; statuses by what needs action first.
_SORT_BY = {
    "code": "found.code",
    "name": 'found.name COLLATE "vi-x-icu"',
    "address": 'found.address COLLATE "vi-x-icu"',
    "ward": 'found.ward_name COLLATE "vi-x-icu"',
    "category": "category.position",
    "status": "array_position(%(status_order)s, found.status)",
}
DEFAULT_SORT = (("status", "asc"), ("code", "asc"))

Sort = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class TableRow:
    """A venue with its status on the day, its counted reminders and its last day with scans up to that day."""

    id: int
    code: str
    name: str
    address: str
    ward: str | None
    category: str
    status: str
    has_point: bool
    counted_reminders: int
    last_scan: dt.date | None


def page(conn: Connection, filters: Filters, start: int, end: int, sort: Sort = DEFAULT_SORT) -> list[TableRow]:
    """Rows ``start`` (included) to ``end`` (excluded) of the venues that ``filters`` let through.

    ``sort`` holds (column, "asc" or "desc"); columns that cannot be sorted by are ignored, and the code decides ties,
    so that pages never overlap. Reminders and scans are asked of the status rule for the rows of the page alone.
    """
    venues, parameters = venues_sql(filters)
    rows = conn.execute(
        f"""
        WITH sorted AS (
            SELECT found.id, found.code, found.name, found.address, found.ward_name AS ward, found.category,
                   found.status, found.geom IS NOT NULL AS has_point
            FROM ({venues}) AS found JOIN category ON category.code = found.category
            ORDER BY {_order(sort)}
            LIMIT %(rows)s OFFSET %(start)s
        ),
        -- numbered after the limit: numbering all rows would sort them all
        wanted AS MATERIALIZED (SELECT row_number() OVER () AS place, sorted.* FROM sorted)
        SELECT w.id, w.code, w.name, w.address, w.ward, w.category, w.status, w.has_point,
               fact.counted_reminders, fact.last_scan
        FROM wanted AS w CROSS JOIN LATERAL venue_status(w.id, %(day)s) AS fact
        ORDER BY w.place
        """,  # noqa: S608  # the texts in braces are literals of this module and of data.queries.filters
        parameters | {"start": start, "rows": max(end - start, 0), "status_order": list(BY_URGENCY)},
    ).fetchall()
    return [TableRow(**row) for row in rows]


def place_of(conn: Connection, filters: Filters, code: str, sort: Sort = DEFAULT_SORT) -> int | None:
    """Index of the venue ``code`` among the rows that :func:`page` counts through; None when it is not among them."""
    venues, parameters = venues_sql(filters)
    row = conn.execute(
        f"""
        SELECT place FROM (
            SELECT found.code, row_number() OVER (ORDER BY {_order(sort)}) - 1 AS place
            FROM ({venues}) AS found JOIN category ON category.code = found.category
        ) AS placed WHERE placed.code = %(wanted_code)s
        """,  # noqa: S608  # as above
        parameters | {"wanted_code": code, "status_order": list(BY_URGENCY)},
    ).fetchone()
    return row["place"] if row else None


def _order(sort: Sort) -> str:
    known = [
        f"{_SORT_BY[column]} {'DESC' if way == 'desc' else 'ASC'} NULLS LAST"
        for column, way in sort
        if column in _SORT_BY
    ]
    return ", ".join([*known, "found.code ASC"])
