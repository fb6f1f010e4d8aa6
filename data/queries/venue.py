"""One venue as of a day: why it has its status, what happened to it, and where each row came from.

Nothing here is personal: names and telephones of owners lie in a table that the reading role cannot see.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from data.database.connection import Connection
from data.errors import UnknownVenue


@dataclass(frozen=True)
class Source:
    """Where a row came from: file, sheet (None for CSV), row in it, and when it was loaded."""

    file_name: str
    sheet: str | None
    row: int | None
    loaded_at: dt.datetime


@dataclass(frozen=True)
class Venue:
    """The venue itself. ``location`` says how its point was given; lon and lat (EPSG:4326) are None without one."""

    id: int
    code: str
    name: str
    address: str
    category: str
    ward_code: str | None
    ward_name: str | None
    ward_named: str | None
    location: str
    outside_ward: bool
    lon: float | None
    lat: float | None
    moved_by: str | None
    moved_at: dt.datetime | None
    source: Source | None


@dataclass(frozen=True)
class Facts:
    """The row of the SQL function ``venue_status``; ``scans_count_until`` is ``date.max`` while no day ends it."""

    status: str | None
    is_open: bool
    counted_reminders: int
    reminder_threshold: int
    scanning_window_days: int
    registration_id: int | None
    last_scan: dt.date | None
    scans_count_until: dt.date | None
    window_from: dt.date | None
    last_compliant_day: dt.date | None
    suspension_id: int | None


@dataclass(frozen=True)
class Reminder:
    """A row of the SQL function ``reminder_standing`` with what the reminder itself says."""

    id: int
    reminded_on: dt.date
    reason: str
    standing: str
    answered_by: str | None
    answered_on: dt.date | None
    given_by: str | None
    method: str | None
    withdrawn_on: dt.date | None
    source: Source | None


@dataclass(frozen=True)
class Registration:
    """A location QR; ``ended_on`` is its first day no longer in force."""

    id: int
    registered_on: dt.date
    ended_on: dt.date | None
    app: str | None
    qr_code: str | None
    source: Source | None


@dataclass(frozen=True)
class Suspension:
    """``ends_on`` is the last day in force, ``lifted_on`` the first no longer in force."""

    id: int
    requested_on: dt.date | None
    starts_on: dt.date
    ends_on: dt.date | None
    lifted_on: dt.date | None
    basis: str
    case_id: int | None
    source: Source | None


@dataclass(frozen=True)
class Opening:
    """``opened_on`` is ``date.min`` when not known; ``closed_on`` is the first day closed."""

    opened_on: dt.date
    closed_on: dt.date | None


@dataclass(frozen=True)
class DayScans:
    """Scans on a day; None: nothing is known of that day. ``estimated``: its share of an interval."""

    day: dt.date
    scans: int | None
    estimated: bool = False


@dataclass(frozen=True)
class ScanStretch:
    """Scans known only to lie among some days: between two running totals (see ``data/sql/scan_totals.sql``).

    ``basis`` is ``difference`` (of that one day), ``interval``, ``fall`` (after a total that fell) or ``first`` (up to
    a first total; ``from_day`` is None and ``scans`` that total).
    """

    from_day: dt.date | None
    to_day: dt.date
    basis: str
    scans: int


@dataclass(frozen=True)
class ScanSummary:
    """All scans up to the day asked for; where the last day with scans was read."""

    total: int
    source: Source | None


@dataclass(frozen=True)
class VenueHistory:
    """All that the drawer shows of a venue, as of ``day``; events in the order in which they happened."""

    day: dt.date
    venue: Venue
    facts: Facts
    reminders: tuple[Reminder, ...]
    registrations: tuple[Registration, ...]
    suspensions: tuple[Suspension, ...]
    openings: tuple[Opening, ...]
    scans: tuple[DayScans, ...]
    scan_summary: ScanSummary
    stretches: tuple[ScanStretch, ...] = ()
    doubts: tuple[str, ...] = ()
    """Why the status rests on doubtful data today: reasons of the view ``venue_doubt``."""

    @property
    def registration(self) -> Registration | None:
        """The registration in force."""
        return next((row for row in self.registrations if row.id == self.facts.registration_id), None)

    @property
    def suspension(self) -> Suspension | None:
        """The suspension in force."""
        return next((row for row in self.suspensions if row.id == self.facts.suspension_id), None)


# load.sheets counts from 0 in source_sheet and from 1 in PostgreSQL's arrays.
_SOURCE = """load.file_name, load.sheets[e.source_sheet + 1] AS sheet, e.source_row AS row,
             load.finished_at AS loaded_at"""
# Events of the venues merged into it are its own.
_MEMBERS = "(SELECT m.member_id FROM venue_member AS m WHERE m.venue_id = %(id)s)"
_EVENTS = f"""
    SELECT {{columns}}, {_SOURCE} FROM {{table}} AS e LEFT JOIN load ON load.id = e.load_id
    WHERE e.venue_id IN {_MEMBERS}
"""  # noqa: S608  # columns named above, tables named below


def venue_history(conn: Connection, code: str, day: dt.date, days: int = 56) -> VenueHistory:
    """The venue ``code`` as of ``day``, nothing that happened later included; scans of the last ``days`` days.

    The code of a venue that was merged into another leads to that one, whose events are those of both.

    Raises
    ------
    UnknownVenue
    """
    venue = _venue(conn, code)
    asked = {"id": venue.id, "day": day, "first": day - dt.timedelta(days=days - 1)}
    return VenueHistory(
        day,
        venue,
        _facts(conn, asked),
        _reminders(conn, asked),
        _registrations(conn, asked),
        _suspensions(conn, asked),
        _openings(conn, asked),
        _scans(conn, asked),
        _scan_summary(conn, asked),
        _stretches(conn, asked),
        _doubts(conn, venue.id),
    )


def _source(row: dict[str, Any]) -> Source | None:
    """Takes the columns of the source out of ``row``; None for what no file brought."""
    values = {name: row.pop(name) for name in ("file_name", "sheet", "row", "loaded_at")}
    return Source(**values) if values["file_name"] else None


def _venue(conn: Connection, code: str) -> Venue:
    row = conn.execute(
        f"""
        SELECT e.id, e.code, e.name, e.address, e.category, ward.code AS ward_code, ward.name AS ward_name,
               e.ward_named, e.location, e.outside_ward, ST_X(e.geom) AS lon, ST_Y(e.geom) AS lat,
               moved.moved_by, moved.moved_at, {_SOURCE}
        FROM venue AS e LEFT JOIN ward ON ward.id = e.ward_id
        LEFT JOIN venue_point AS moved ON moved.venue_code = e.code
        LEFT JOIN load ON load.id = e.load_id
        WHERE e.id = (SELECT COALESCE(named.merged_into, named.id) FROM venue AS named WHERE named.code = %s)
        """,  # noqa: S608  # columns named above
        (code,),
    ).fetchone()
    if row is None:
        raise UnknownVenue(code)
    return Venue(source=_source(row), **row)


def _doubts(conn: Connection, venue: int) -> tuple[str, ...]:
    rows = conn.execute("SELECT DISTINCT reason FROM venue_doubt WHERE venue_id = %s ORDER BY reason", (venue,))
    return tuple(row["reason"] for row in rows)


def _facts(conn: Connection, asked: dict[str, Any]) -> Facts:
    row = conn.execute(
        """
        SELECT status::text, is_open, counted_reminders, reminder_threshold, scanning_window_days, registration_id,
               last_scan, scans_count_until, window_from, last_compliant_day, suspension_id
        FROM venue_status(%(id)s, %(day)s)
        """,
        asked,
    ).fetchone()
    if row is None:
        raise AssertionError("the rule gives one row for every venue and day")
    return Facts(**row)


def _reminders(conn: Connection, asked: dict[str, Any]) -> tuple[Reminder, ...]:
    rows = conn.execute(
        f"""
        SELECT e.id, e.reminded_on, e.reason, s.standing, s.answered_by, s.answered_on, e.given_by, e.method,
               e.withdrawn_on, {_SOURCE}
        FROM reminder_standing(%(id)s, %(day)s) AS s
        JOIN reminder AS e ON e.id = s.reminder_id
        LEFT JOIN load ON load.id = e.load_id
        ORDER BY e.reminded_on, e.id
        """,  # noqa: S608  # columns named above
        asked,
    ).fetchall()
    return tuple(Reminder(source=_source(row), **row) for row in rows)


def _registrations(conn: Connection, asked: dict[str, Any]) -> tuple[Registration, ...]:
    rows = conn.execute(
        f"{_EVENTS.format(table='registration', columns='e.id, e.registered_on, e.ended_on, e.app, e.qr_code')}"
        " AND e.registered_on <= %(day)s ORDER BY e.registered_on, e.id",
        asked,
    ).fetchall()
    return tuple(
        Registration(
            row["id"],
            row["registered_on"],
            row["ended_on"] if row["ended_on"] and row["ended_on"] <= asked["day"] else None,
            row["app"],
            row["qr_code"],
            _source(row),
        )
        for row in rows
    )


_SUSPENSION = "e.id, e.requested_on, e.starts_on, e.ends_on, e.lifted_on, e.basis, e.case_id"


def _suspensions(conn: Connection, asked: dict[str, Any]) -> tuple[Suspension, ...]:
    rows = conn.execute(
        f"{_EVENTS.format(table='suspension', columns=_SUSPENSION)}"
        " AND LEAST(e.requested_on, e.starts_on) <= %(day)s ORDER BY e.starts_on, e.id",
        asked,
    ).fetchall()
    return tuple(
        Suspension(
            row["id"],
            row["requested_on"],
            row["starts_on"],
            row["ends_on"],
            row["lifted_on"] if row["lifted_on"] and row["lifted_on"] <= asked["day"] else None,
            row["basis"],
            row["case_id"],
            _source(row),
        )
        for row in rows
    )


def _openings(conn: Connection, asked: dict[str, Any]) -> tuple[Opening, ...]:
    rows = conn.execute(
        "SELECT opened_on, CASE WHEN closed_on <= %(day)s THEN closed_on END AS closed_on FROM venue_opening"
        " WHERE venue_id = %(id)s AND opened_on <= %(day)s ORDER BY opened_on",
        asked,
    ).fetchall()
    return tuple(Opening(**row) for row in rows)


def _scans(conn: Connection, asked: dict[str, Any]) -> tuple[DayScans, ...]:
    rows = conn.execute(
        f"""
        SELECT d.day::date AS day,
               COALESCE(s.scans, CASE WHEN k.day IS NOT NULL AND NOT COALESCE(r.unknown @> k.day, false) THEN 0 END)
                   AS scans,
               COALESCE(s.estimated, false) AS estimated
        FROM generate_series(%(first)s::timestamp, %(day)s::timestamp, interval '1 day') AS d (day)
        LEFT JOIN scan_known_day AS k ON k.day = d.day::date
        LEFT JOIN venue_reading AS r ON r.venue_id = %(id)s
        LEFT JOIN (
            SELECT day, sum(scans)::bigint AS scans, bool_or(basis IN ('interval', 'fall')) AS estimated
            FROM scan_daily WHERE venue_id IN {_MEMBERS} GROUP BY day
        ) AS s ON s.day = d.day::date
        ORDER BY d.day
        """,  # noqa: S608  # named above
        asked,
    ).fetchall()
    return tuple(DayScans(**row) for row in rows)


def _stretches(conn: Connection, asked: dict[str, Any]) -> tuple[ScanStretch, ...]:
    """Those that have begun by the day asked for and do not end before the first day shown."""
    rows = conn.execute(
        f"""
        SELECT NULLIF(from_day, '-infinity') AS from_day, to_day, basis, COALESCE(scans, difference) AS scans
        FROM scan_stretch
        WHERE venue_id IN {_MEMBERS} AND basis <> 'member' AND from_day <= %(day)s AND to_day >= %(first)s
        ORDER BY scan_stretch.from_day, to_day, venue_id
        """,  # noqa: S608  # named above
        asked,
    ).fetchall()
    return tuple(ScanStretch(**row) for row in rows)


def _scan_summary(conn: Connection, asked: dict[str, Any]) -> ScanSummary:
    """The source is the file of the last count, or of the last total where that came later."""
    row = conn.execute(
        f"""
        SELECT total.scans, {_SOURCE}
        FROM (
            SELECT COALESCE(sum(scans), 0)::bigint AS scans
            FROM scan_daily WHERE venue_id IN {_MEMBERS} AND day <= %(day)s AND scans > 0
        ) AS total
        LEFT JOIN LATERAL (
            (SELECT day, load_id, source_sheet, source_row FROM scan_count
             WHERE venue_id IN {_MEMBERS} AND day <= %(day)s AND scans > 0 ORDER BY day DESC LIMIT 1)
            UNION ALL
            (SELECT exported_on, load_id, source_sheet, source_row FROM scan_total
             WHERE venue_id IN {_MEMBERS} AND exported_on <= %(day)s AND total > 0
             ORDER BY exported_on DESC, exported_minute DESC, total DESC LIMIT 1)
            ORDER BY day DESC LIMIT 1
        ) AS e ON true
        LEFT JOIN load ON load.id = e.load_id
        """,  # noqa: S608  # columns named above
        asked,
    ).fetchone()
    if row is None:
        raise AssertionError("an aggregate has one row")
    return ScanSummary(row["scans"], _source(row))
