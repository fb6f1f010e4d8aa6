"""What a phone takes along: the caller's venues and what each needs, outlines of their wards; and what was recorded."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from data.database.connection import Connection
from data.vocabulary import REMINDED, UNSURE_LOCATIONS

MOST_VENUES = 60_000
"""As many fit a phone; the district has a third."""
MOST_LISTED = 200
COLUMNS = (
    "code", "name", "address", "street", "category", "ward", "lon", "lat", "unsure", "status", "has_qr", "counted",
    "last", "qr",
)  # fmt: skip
"""Of a venue on the phone, in the order of its values. ``unsure``: how its point was estimated, None where it is known
(``UNSURE_LOCATIONS``); ``last``: day of its last reminder that stands; ``qr``: the
beginning of the SHA-256 of what its printed code holds, by which a code read at the door finds it."""
QR_HASH_LETTERS = 16

# Rows with the status rule's own count, where the status comes of counted reminders.
_VENUES = """
    SELECT v.code, v.name, v.address, v.street, v.category, w.code AS ward,
           round(ST_X(v.geom)::numeric, 6)::float8 AS lon, round(ST_Y(v.geom)::numeric, 6)::float8 AS lat,
           CASE WHEN v.location = ANY(%(unsure)s) THEN v.location END AS unsure,
           v.status::text AS status, q.id IS NOT NULL AS has_qr,
           CASE WHEN v.status = ANY(%(reminded)s::venue_status[]) THEN (
               SELECT count(*) FROM reminder_standing(v.id, today.day) AS s WHERE s.standing = 'counted'
           ) ELSE 0 END AS counted,
           (SELECT max(r.reminded_on) FROM reminders_of(v.id) AS r WHERE r.withdrawn_on IS NULL)::text AS last,
           left(encode(sha256(convert_to(q.qr_content, 'UTF8')), 'hex'), %(letters)s) AS qr
    FROM (SELECT current_day() AS day OFFSET 0) AS today
    CROSS JOIN venue AS v
    LEFT JOIN ward AS w ON w.id = v.ward_id
    LEFT JOIN LATERAL registration_in_force(v.id, today.day) AS q ON true
    WHERE v.status IS NOT NULL AND (%(all)s OR v.ward_id = ANY(%(wards)s))
    ORDER BY v.code LIMIT %(most)s
"""
_OUTLINES = """
    SELECT w.code, w.name, w.boundary_source = 'approximate' AS approximate,
           ST_AsGeoJSON(ST_SimplifyPreserveTopology(w.geom, 0.0001), 5)::json AS geometry
    FROM ward AS w
    WHERE w.id = ANY(%(wards)s) OR (%(all)s AND EXISTS (SELECT FROM venue AS v WHERE v.ward_id = w.id)) ORDER BY w.code
"""


@dataclass(frozen=True)
class State:
    """Of which day and version the data are; ``today`` is the day by the clock."""

    version: int
    day: dt.date
    today: dt.date
    reminder_threshold: int


@dataclass(frozen=True)
class Recorded:
    """A record at a venue as others are shown it."""

    id: uuid.UUID
    day: dt.date
    reason: str | None
    recorded_by: str
    is_own: bool
    state: str
    note: str | None
    photo: str | None
    withdrawn_on: dt.date | None
    withdrawn_by: str | None
    withdrawn_why: str | None


def state(conn: Connection) -> State:
    """Of which state of the data the next answers are."""
    row = conn.execute(
        "SELECT version, current_day() AS day, today() AS today, ("
        " SELECT reminder_threshold FROM policy WHERE valid_from <= current_day() ORDER BY valid_from DESC LIMIT 1"
        ") AS reminder_threshold FROM clock"
    ).fetchone()
    if row is None:
        raise AssertionError("the clock has one row")
    return State(**row)


def venues(conn: Connection, wards: tuple[int, ...] | None) -> list[list[Any]]:
    """Open venues of ``wards`` (None: of the whole district), each as its values of :data:`COLUMNS`."""
    chosen = {"unsure": list(UNSURE_LOCATIONS), "reminded": list(REMINDED)}
    rows = conn.execute(_VENUES, {**_of(wards), **chosen, "letters": QR_HASH_LETTERS, "most": MOST_VENUES})
    return [[row[name] for name in COLUMNS] for row in rows]


def outlines(conn: Connection, wards: tuple[int, ...] | None) -> list[dict[str, Any]]:
    """``wards`` with simplified outlines (GeoJSON, EPSG:4326), and whether these are approximate."""
    return conn.execute(_OUTLINES, _of(wards)).fetchall()


def categories(conn: Connection, lang: str) -> dict[str, str]:
    """Names of the kinds of venue by code, in the order of lists."""
    rows = conn.execute("SELECT code, name_vi AS vi, name_en AS en FROM category ORDER BY position")
    return {row["code"]: row[lang] for row in rows}


def route(conn: Connection) -> dict[str, Any]:
    """The caller's stops by team, of today and the days around, as ``field_route()`` in ``field_visits.sql`` tells.

    {}: for whoever may record nothing.
    """
    row = conn.execute("SELECT field_route() AS told").fetchone()
    return (row and row["told"]) or {}


def recorded(conn: Connection, code: str, login: str) -> list[Recorded]:
    """What was recorded at the venue ``code``, the newest first, as far as the caller may see it."""
    rows = conn.execute(
        """
        SELECT e.id, e.day, e.reason, e.recorded_by, e.login = %s AS is_own, e.state, e.payload ->> 'note' AS note,
               e.photo, e.withdrawn_on, e.withdrawn_by, e.withdrawn_why
        FROM field_event AS e WHERE e.kind = 'reminder' AND e.state <> 'refused'
          AND e.venue_id = (SELECT v.id FROM venue AS v WHERE v.code = %s)
        ORDER BY e.seq DESC LIMIT %s
        """,
        (login, code, MOST_LISTED),
    )
    return [Recorded(**row) for row in rows]


def venue_of_photo(conn: Connection, sha256: str) -> str | None:
    """Code of the venue ("": of none yet) of a record with the photograph or signature, or of a step of publication
    with the photograph; None: the caller sees none.
    """
    row = conn.execute(
        """
        (SELECT e.venue_code FROM field_event AS e
         WHERE e.photo = %(sha256)s OR e.payload ->> 'signature' = %(sha256)s ORDER BY e.seq LIMIT 1)
        UNION ALL
        (SELECT c.venue_code FROM case_entry AS x JOIN case_file AS c ON c.id = x.case_id
         WHERE c.process IN ('publication', 'publication_list') AND x.facts ->> 'photo' = %(sha256)s
         ORDER BY x.id LIMIT 1)
        LIMIT 1
        """,
        {"sha256": sha256},
    ).fetchone()
    return None if row is None else row["venue_code"] or ""


def _of(wards: tuple[int, ...] | None) -> dict[str, Any]:
    return {"all": wards is None, "wards": list(wards or ())}
