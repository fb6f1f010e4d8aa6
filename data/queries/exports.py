"""Venues for a file: the rows of the table, all of them, streamed from the server."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from data.database.connection import Connection
from data.queries.filters import Filters, venues_sql
from data.queries.personal_numbers import without_personal_numbers
from data.vocabulary import NOT_REMINDED

ROWS_PER_FETCH = 2_000


@dataclass(frozen=True)
class ExportRow:
    """A venue with its status on the day; lon and lat in EPSG:4326, None without a point. No personal data."""

    code: str
    name: str
    address: str
    ward_code: str | None
    ward: str | None
    category: str
    status: str
    counted_reminders: int
    last_scan: dt.date | None
    lon: float | None
    lat: float | None


def export_rows(conn: Connection, filters: Filters) -> Iterator[ExportRow]:
    """The venues that ``filters`` let through, by code, a few thousand at a time (a cursor on the server).

    Must be read to its end within the transaction of ``conn``. Counted reminders are asked of the status rule only
    where the status does not already say that there are none (``NOT_REMINDED``).
    """
    venues, parameters = venues_sql(filters)
    with conn.cursor(name="export_rows") as cursor:
        cursor.itersize = ROWS_PER_FETCH
        cursor.execute(
            f"""
            SELECT found.code, found.name, found.address, found.ward_code, found.ward_name AS ward, found.category,
                   found.status,
                   CASE WHEN found.status = ANY(%(not_reminded)s) THEN 0 ELSE (
                       SELECT count(*) FROM reminder_standing(found.id, %(day)s) AS r WHERE r.standing = 'counted'
                   ) END AS counted_reminders,
                   (SELECT s.day FROM last_scan_of(found.id, %(day)s) AS s) AS last_scan,
                   ST_X(found.geom) AS lon, ST_Y(found.geom) AS lat
            FROM ({venues}) AS found ORDER BY found.code
            """,  # noqa: S608  # data.queries.filters' own
            parameters | {"not_reminded": list(NOT_REMINDED)},
        )
        for row in cursor:
            name, address = (without_personal_numbers(row[part]) for part in ("name", "address"))
            yield ExportRow(**row | {"name": name or row["code"], "address": address})
