"""The location code of one venue, as it is printed and hung up at its door."""

import datetime as dt
from dataclasses import dataclass

from data.database.connection import Connection
from data.errors import NoQrContent, NotRegistered, UnknownVenue
from data.queries.personal_numbers import without_personal_numbers


@dataclass(frozen=True)
class LocationCode:
    """What a poster shows: the venue and the text that its code holds. ``app`` is the app that made the code."""

    venue_code: str
    name: str
    address: str
    ward: str | None
    qr_code: str | None
    qr_content: str
    app: str | None
    registered_on: dt.date
    is_demo: bool


def location_code(conn: Connection, venue_code: str) -> LocationCode:
    """The registration of the venue that is in force on the current day: of several, the one that the rule takes.

    Raises
    ------
    UnknownVenue, NotRegistered
    NoQrContent
        The venue has a QR, but the file that says so did not say what it holds; an invented one would lead nowhere.
    """
    row = conn.execute(
        """
        SELECT v.code AS venue_code, v.name, v.address, w.name AS ward,
               r.id IS NOT NULL AS is_registered, r.qr_code, r.qr_content, r.app, r.registered_on,
               EXISTS (SELECT FROM load WHERE is_demo AND undone_at IS NULL) AS is_demo
        FROM venue AS v
        LEFT JOIN ward AS w ON w.id = v.ward_id
        LEFT JOIN LATERAL registration_in_force(v.id, current_day()) AS r ON true
        WHERE v.code = %s
        """,
        (venue_code,),
    ).fetchone()
    if row is None:
        raise UnknownVenue(venue_code)
    if not row.pop("is_registered"):
        raise NotRegistered(row["name"])
    if not row["qr_content"]:
        raise NoQrContent(row["name"])
    name, address = (without_personal_numbers(row[part]) for part in ("name", "address"))
    return LocationCode(**row | {"name": name or venue_code, "address": address})
