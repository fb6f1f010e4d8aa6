"""What a plan of a day starts from: who can go, from where, and when."""

import datetime as dt
from dataclasses import dataclass

from data.database.connection import Connection

_OFFICE = "^(ubnd|uy ban nhan dan) (phuong|xa|thi tran)"


@dataclass(frozen=True)
class Officer:
    """An account that can be in a team; ``ward_ids`` are its own (none: the whole district)."""

    id: int
    name: str
    role: str
    ward_ids: tuple[int, ...]


@dataclass(frozen=True)
class Ground:
    """A ward in force: where its office is (else a point within), and its outline as GeoJSON, good to some 10 m."""

    id: int
    code: str
    name: str
    lon: float
    lat: float
    office: str | None
    geometry: str


def officers(conn: Connection) -> list[Officer]:
    """Whoever can be in a team, the police first; nobody for a caller who does not plan."""
    rows = conn.execute("SELECT id, name, role, ward_ids FROM officers_for_teams()").fetchall()
    return [Officer(row["id"], row["name"], row["role"], tuple(row["ward_ids"])) for row in rows]


def grounds(conn: Connection) -> list[Ground]:
    """The wards in force, by name."""
    rows = conn.execute(
        """
        SELECT w.id, w.code, w.name, COALESCE(office.lon, ST_X(middle.point)) AS lon,
               COALESCE(office.lat, ST_Y(middle.point)) AS lat, office.name AS office,
               ST_AsGeoJSON(ST_SimplifyPreserveTopology(w.geom, 0.0001), 5) AS geometry
        FROM ward AS w
        CROSS JOIN LATERAL (SELECT ST_PointOnSurface(w.geom) AS point) AS middle
        LEFT JOIN LATERAL (
            SELECT v.name, ST_X(v.geom) AS lon, ST_Y(v.geom) AS lat FROM venue AS v
            WHERE v.ward_id = w.id AND v.category = 'government' AND v.geom IS NOT NULL AND v.status IS NOT NULL
              AND fold(v.name) ~ %(office)s
            ORDER BY v.code LIMIT 1
        ) AS office ON true
        WHERE is_valid_on(w.valid_from, w.valid_to, current_day()) OR ward_has_venues(w.id)
        ORDER BY w.name COLLATE "vi-x-icu", w.code
        """,
        {"office": _OFFICE},
    ).fetchall()
    return [Ground(**row) for row in rows]


@dataclass(frozen=True)
class Days:
    """The data's day, and the next working day after it."""

    today: dt.date
    next: dt.date


def days(conn: Connection) -> Days:
    """The day for which one plans by itself."""
    row = conn.execute("SELECT current_day() AS today, add_working_days(current_day(), 1) AS next").fetchone()
    if row is None:
        raise AssertionError("a SELECT without FROM gives a row")
    return Days(row["today"], row["next"])
