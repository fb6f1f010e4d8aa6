"""How many venues, by ward, have which status on a day; and one line a venue, as the command line prints them."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from data.database.connection import Connection
from data.queries.filters import NO_WARD


def by_ward(conn: Connection, day: dt.date) -> list[dict[str, Any]]:
    """Rows ward_code, ward, status, venues; venues without a ward under the code "none". Read from the periods."""
    return conn.execute(
        """
        SELECT COALESCE(w.code, %(no_ward)s) AS ward_code, COALESCE(w.name, '') AS ward,
               p.status::text AS status, count(*) AS venues
        FROM status_period AS p LEFT JOIN ward AS w ON w.id = p.ward_id
        WHERE p.from_day <= %(day)s AND p.to_day >= %(day)s
        GROUP BY w.code, w.name, p.status
        ORDER BY w.code NULLS LAST, p.status
        """,
        {"day": day, "no_ward": NO_WARD},
    ).fetchall()


def by_venue(conn: Connection, day: dt.date) -> Iterator[dict[str, Any]]:
    """Rows code, ward_code, status, counted_reminders, last_scan of each venue with a status, from the rule itself."""
    with conn.cursor(name="status_by_venue") as cursor:
        cursor.itersize = 20_000
        cursor.execute(
            """
            SELECT v.code, COALESCE(w.code, %(no_ward)s) AS ward_code, s.status::text AS status,
                   s.counted_reminders, s.last_scan
            FROM venue AS v
            CROSS JOIN LATERAL venue_status(v.id, %(day)s) AS s
            LEFT JOIN ward AS w ON w.id = v.ward_id
            WHERE s.status IS NOT NULL
            ORDER BY v.code
            """,
            {"day": day, "no_ward": NO_WARD},
        )
        yield from cursor
