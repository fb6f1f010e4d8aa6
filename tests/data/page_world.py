"""A small district for the page's tests, and the same figures worked out venue by venue from the rule alone."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from psycopg.rows import dict_row

from data.database.connection import Connection
from data.status import periods
from data.texts.folding import fold

FIRST = dt.date(2021, 11, 1)
TODAY = dt.date(2021, 11, 30)
WARDS = ("Mộ Lao", "Văn Quán", "Yết Kiêu")
CATEGORIES = ("grocery", "pharmacy", "cafe", "school")
STREETS = ("Đường Nguyễn Khuyến", "Phố Lê Lợi", "Đường 19/5", "Phố Bà Triệu")
NAMES = ("Tạp hóa Hương Giang", "Nhà thuốc Phúc Lộc", "Cà phê Đại Phát", "Trường Lê Quý Đôn")
VENUES = 90
HISTORIES = 6
"""Venues take turns through as many (:func:`_history`); each status comes of one."""
AWKWARD = "=cmd|'/C calc'!A0"
SQL_FRAGMENT = "Quán'); DROP TABLE venue; --"


@dataclass(frozen=True)
class Fact:
    """A venue as the tables and the rule have it on a day, without any query of the page."""

    code: str
    name: str
    ward: str | None
    category: str
    status: str
    has_point: bool
    outside_ward: bool
    has_qr: bool
    has_scans: bool
    counted_reminders: int


def fill(conn: Connection) -> None:
    """Write the district and bring the derived tables in step; commit is the caller's."""
    load = conn.execute(
        "INSERT INTO load (kind, file_name, file_sha256, as_of, is_demo, started_at, finished_at, rows_read,"
        " rows_accepted, rows_rejected, rows_changed)"
        " VALUES ('scans', 'luot_quet.xlsx', 'abc', %s, true, now(), now(), 5, 3, 2, 3) RETURNING id",
        (TODAY,),
    ).fetchone()
    assert load is not None
    ids = [_venue(conn, number, load["id"]) for number in range(1, VENUES + 1)]
    days = [FIRST + dt.timedelta(days=number) for number in range((TODAY - FIRST).days + 1)]
    for day in days:
        conn.execute("INSERT INTO scan_day (day, load_id) VALUES (%s, %s)", (day, load["id"]))
    for number, venue in enumerate(ids, start=1):
        _history(conn, number, venue, load["id"], days)
    periods.after_load(conn, ids, days_changed=True)


def _venue(conn: Connection, number: int, load_id: int) -> int:
    code = f"HD{number:04d}"
    name = {7: AWKWARD, 8: SQL_FRAGMENT}.get(number, f"{NAMES[number % 4]} {number}")
    address = f"Số {number} {STREETS[number % 4]}"
    has_point, has_ward = number % 15 != 0, number % 11 != 0
    row = conn.execute(
        """
        INSERT INTO venue (code, name, address, search_text, category, ward_id, ward_named, geom, location,
                           outside_ward, load_id, source_row)
        VALUES (%(code)s, %(name)s, %(address)s, %(text)s, %(category)s,
                (SELECT id FROM ward WHERE name = %(ward)s AND %(has_ward)s), %(named)s,
                CASE WHEN %(has_point)s THEN ST_SetSRID(ST_Point(%(lon)s, %(lat)s), 4326) END, %(location)s,
                %(outside)s, %(load)s, %(row)s)
        RETURNING id
        """,
        {
            "code": code,
            "name": name,
            "address": address,
            "text": fold(f"{code} {name} {address}"),
            "category": CATEGORIES[number % 4],
            "ward": WARDS[number % 3],
            "has_ward": has_ward,
            "named": WARDS[number % 3] if has_ward else "Phú Lã",
            "has_point": has_point,
            "lon": 105.77 + 0.0004 * (number % 10),
            "lat": 20.97 + 0.0004 * (number // 10),
            "location": "given" if has_point else "none",
            "outside": has_point and number % 17 == 0,
            "load": load_id,
            "row": number + 1,
        },
    ).fetchone()
    assert row is not None
    conn.execute("INSERT INTO venue_opening (venue_id, opened_on) VALUES (%s, '-infinity')", (row["id"],))
    return int(row["id"])


def _history(conn: Connection, number: int, venue: int, load_id: int, days: list[dt.date]) -> None:
    """By turns: scanning all along, scanning until the 20th, registered on the 26th, reminded, violating, suspended."""
    kind = number % HISTORIES
    if kind in (0, 1, 2):
        since = dt.date(2021, 11, 26) if kind == 2 else FIRST
        conn.execute(
            "INSERT INTO registration (venue_id, registered_on, qr_code, qr_content, load_id)"
            " VALUES (%s, %s, %s, %s, %s)",
            (venue, since, f"QR{number}", f"Mã {number}", load_id),
        )
    scanned = {0: days, 1: days[:20]}.get(kind, [])
    conn.cursor().executemany(
        "INSERT INTO scan_count (venue_id, day, scans, load_id) VALUES (%s, %s, %s, %s)",
        [(venue, day, 3, load_id) for day in scanned],
    )
    reminded = {3: (12,), 4: (5, 12, 24), 1: (29,)}.get(kind, ())
    conn.cursor().executemany(
        "INSERT INTO reminder (venue_id, reminded_on, reason, given_by, load_id) VALUES (%s, %s, %s, 'UBND', %s)",
        [(venue, dt.date(2021, 11, day), "not_scanning" if kind == 1 else "no_qr", load_id) for day in reminded],
    )
    if kind == 5 and number % 2:
        conn.execute("INSERT INTO suspension (venue_id, starts_on) VALUES (%s, '2021-11-18')", (venue,))


def facts(conn: Connection, day: dt.date) -> list[Fact]:
    """Every open venue on ``day``: its status from the rule, its QR and its scans from the events themselves."""
    known = [row["day"] for row in conn.execute("SELECT day FROM scan_day WHERE day <= %s ORDER BY day", (day,))][-7:]
    rows = conn.execute(
        """
        SELECT v.code, v.name, w.name AS ward, v.category, s.status::text AS status, v.geom IS NOT NULL AS has_point,
               v.outside_ward, s.registration_id IS NOT NULL AS has_qr,
               EXISTS (SELECT FROM scan_count AS c WHERE c.venue_id = v.id AND c.day = ANY (%(known)s) AND c.scans > 0)
               AS has_scans, s.counted_reminders
        FROM venue AS v LEFT JOIN ward AS w ON w.id = v.ward_id CROSS JOIN LATERAL venue_status(v.id, %(day)s) AS s
        WHERE s.status IS NOT NULL ORDER BY v.code
        """,
        {"day": day, "known": known},
    ).fetchall()
    return [Fact(**row) for row in rows]


@contextmanager
def filled(url: str) -> Iterator[None]:
    """The district in the database at ``url``, committed."""
    with psycopg.connect(url, row_factory=dict_row, options="-c timezone=Asia/Ho_Chi_Minh") as conn:
        fill(conn)
    yield
