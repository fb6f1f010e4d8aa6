"""What a letter of reminder says of a venue: why it does not comply, and which reminders count."""

import datetime as dt
from dataclasses import dataclass

from data.database.connection import Connection
from data.errors import UnknownVenue
from data.queries.personal_numbers import without_personal_numbers


@dataclass(frozen=True)
class Reminded:
    """A venue on the current day; ``status`` is None where it has closed or not yet opened."""

    code: str
    name: str
    address: str
    ward: str | None
    status: str | None
    has_qr: bool
    reminder_days: tuple[dt.date, ...]
    window_days: int
    day: dt.date
    is_demo: bool


def reminded(conn: Connection, code: str) -> Reminded:
    """The venue of that code.

    Raises
    ------
    UnknownVenue
    """
    row = conn.execute(
        """
        SELECT v.code, v.name, v.address, w.name AS ward, v.status::text AS status, today.day,
               EXISTS (SELECT FROM registration_in_force(v.id, today.day)) AS has_qr,
               ARRAY(SELECT DISTINCT s.reminded_on FROM reminder_standing(v.id, today.day) AS s
                     WHERE s.standing = 'counted' ORDER BY 1) AS reminder_days,
               (SELECT p.scanning_window_days FROM policy AS p WHERE p.valid_from <= today.day
                ORDER BY p.valid_from DESC LIMIT 1) AS window_days,
               (SELECT is_demo FROM data_reach()) AS is_demo
        FROM (SELECT current_day() AS day OFFSET 0) AS today
        CROSS JOIN venue AS v LEFT JOIN ward AS w ON w.id = v.ward_id WHERE v.code = %s
        """,
        (code,),
    ).fetchone()
    if row is None:
        raise UnknownVenue(code)
    name, address = (without_personal_numbers(row[part] or "") for part in ("name", "address"))
    return Reminded(**row | {"name": name or code, "address": address, "reminder_days": tuple(row["reminder_days"])})
