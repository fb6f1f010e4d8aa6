"""What the wards' loudspeakers are to say, in numbers of the current day; and when they spoke."""

import datetime as dt
from dataclasses import dataclass

from data.database.connection import Connection

LISTED_DAYS = 30


@dataclass(frozen=True)
class WardSaid:
    """A ward's numbers of the current day: venues, with a QR, with scans. No venue is named."""

    ward_id: int
    code: str
    name: str
    day: dt.date
    venues: int
    with_qr: int
    with_scans: int
    is_demo: bool


@dataclass(frozen=True)
class Broadcast:
    """A ward's loudspeakers spoke; ``withdrawn_why``: it was recorded by mistake."""

    id: int
    ward: str
    day: dt.date
    at: dt.time
    times: int
    read_by: str
    recorded_by: str
    withdrawn_why: str | None


def wards_said(conn: Connection) -> list[WardSaid]:
    """The wards with venues that the caller may speak for, by name."""
    rows = conn.execute(
        """
        SELECT w.id AS ward_id, w.code, w.name, r.current_day AS day, r.is_demo, count(p.venue_id) AS venues,
               count(*) FILTER (WHERE p.has_qr) AS with_qr, count(*) FILTER (WHERE p.has_scans) AS with_scans
        FROM data_reach() AS r CROSS JOIN ward AS w
        JOIN status_period AS p ON p.ward_id = w.id AND p.from_day <= r.current_day AND p.to_day >= r.current_day
        WHERE broadcast_is_theirs(w.id)
        GROUP BY w.id, w.code, w.name, r.current_day, r.is_demo ORDER BY w.name COLLATE "vi-x-icu", w.code
        """
    )
    return [WardSaid(**row) for row in rows]


def broadcasts(conn: Connection) -> list[Broadcast]:
    """The last month's that the caller may see, the newest first."""
    rows = conn.execute(
        """
        SELECT b.id, w.name AS ward, b.day, b.at, b.times, b.read_by, b.recorded_by, b.withdrawn_why
        FROM broadcast AS b JOIN ward AS w ON w.id = b.ward_id
        WHERE b.day > current_day() - %s ORDER BY b.day DESC, b.at DESC, b.id DESC LIMIT 200
        """,
        (LISTED_DAYS,),
    )
    return [Broadcast(**row) for row in rows]
