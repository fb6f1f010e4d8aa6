"""What a map on paper draws: outlines of wards and venues in metres (EPSG:32648), as they were on a day.

Row-level security leaves the venues that the caller may see.
"""

import datetime as dt
import json
from dataclasses import dataclass

from data.database.connection import Connection

Ring = tuple[tuple[float, float], ...]
GRID_M = 250
"""Edge of the squares in which venues are counted where there are too many to draw each."""
MOST_POINTS = 2_500
SIMPLIFIED_M = 12


@dataclass(frozen=True)
class WardOutline:
    """A ward's outline (rings in metres), and a place inside for its name."""

    code: str
    name: str
    rings: tuple[Ring, ...]
    label: tuple[float, float]
    is_approximate: bool


@dataclass(frozen=True)
class Mark:
    """Venues of one status at a place, or in a square around it."""

    x: float
    y: float
    status: str
    venues: int


@dataclass(frozen=True)
class PaperMap:
    """Wards and marks of a day; ``grid_m``: edge of the squares that marks count in, None: each venue is drawn.

    ``without_point`` venues cannot be drawn.
    """

    day: dt.date
    wards: tuple[WardOutline, ...]
    marks: tuple[Mark, ...]
    grid_m: int | None
    venues: int
    without_point: int


def paper_map(conn: Connection, day: dt.date, ward_code: str | None = None) -> PaperMap:
    """The wards that venues are told by, and the venues of ``day``: of one ward (code), or of all that may be seen."""
    wards = conn.execute(
        """
        SELECT w.id, w.code, w.name, w.boundary_source = 'approximate' AS is_approximate,
               ST_AsGeoJSON(ST_SimplifyPreserveTopology(ST_Transform(w.geom, 32648), %s), 0) AS outline,
               ST_X(inside.point) AS x, ST_Y(inside.point) AS y
        FROM ward AS w CROSS JOIN LATERAL (SELECT ST_Transform(ST_PointOnSurface(w.geom), 32648) AS point) AS inside
        WHERE ward_has_venues(w.id) ORDER BY w.code
        """,
        (SIMPLIFIED_M,),
    ).fetchall()
    ids = [row["id"] for row in wards if ward_code in (None, row["code"])]
    counted = conn.execute(
        """
        SELECT count(*) AS venues, count(*) FILTER (WHERE v.geom IS NULL) AS without_point
        FROM status_period AS p JOIN venue AS v ON v.id = p.venue_id
        WHERE p.from_day <= %(day)s AND p.to_day >= %(day)s AND (%(all)s OR p.ward_id = ANY(%(wards)s))
        """,
        {"day": day, "wards": ids, "all": ward_code is None},
    ).fetchone()
    if counted is None:
        raise AssertionError("a count is one row")
    grid = GRID_M if counted["venues"] > MOST_POINTS else None
    return PaperMap(
        day,
        tuple(
            WardOutline(row["code"], row["name"], _rings(row["outline"]), (row["x"], row["y"]), row["is_approximate"])
            for row in wards
        ),
        _marks(conn, day, None if ward_code is None else ids, grid),
        grid,
        counted["venues"],
        counted["without_point"],
    )


def _marks(conn: Connection, day: dt.date, wards: list[int] | None, grid: int | None) -> tuple[Mark, ...]:
    rows = conn.execute(
        """
        SELECT placed.x, placed.y, placed.status, count(*) AS venues
        FROM (
            SELECT p.status::text AS status, CASE WHEN %(grid)s::integer IS NULL THEN ST_X(at.point)
                       ELSE (floor(ST_X(at.point) / %(grid)s) + 0.5) * %(grid)s END AS x,
                   CASE WHEN %(grid)s::integer IS NULL THEN ST_Y(at.point)
                       ELSE (floor(ST_Y(at.point) / %(grid)s) + 0.5) * %(grid)s END AS y
            FROM status_period AS p JOIN venue AS v ON v.id = p.venue_id
            CROSS JOIN LATERAL (SELECT ST_Transform(v.geom, 32648) AS point) AS at
            WHERE p.from_day <= %(day)s AND p.to_day >= %(day)s AND v.geom IS NOT NULL
              AND (%(wards)s::integer[] IS NULL OR p.ward_id = ANY(%(wards)s))
        ) AS placed
        GROUP BY placed.x, placed.y, placed.status ORDER BY placed.y DESC, placed.x, placed.status
        """,
        {"day": day, "wards": wards, "grid": grid},
    )
    return tuple(Mark(**row) for row in rows)


def _rings(outline: str) -> tuple[Ring, ...]:
    """All rings of a MultiPolygon, holes included: the even-odd rule leaves these empty."""
    shape = json.loads(outline)
    parts = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
    return tuple(tuple((float(x), float(y)) for x, y, *_ in ring) for part in parts for ring in part)
