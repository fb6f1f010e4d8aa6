"""Vector tiles (MVT) of venues and wards, made by PostGIS: ids, statuses and counts only, never a name or a telephone.

Tiles are those of Web Mercator (EPSG:3857), 4096 units wide; the tables are in EPSG:4326, so the tile's envelope is
transformed and not the column, and ``&&`` is written out so that the spatial index answers.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from data.database.connection import Connection
from data.queries.filters import Filters, venues_sql
from data.reference.thinning import FIRST_FULL_ZOOM
from data.status.days import data_span
from data.vocabulary import COMPLIANT, STATUSES, UNSURE_LOCATIONS

MAX_ZOOM = 22
# A point on the edge of two tiles is rounded into one of them; these few units make sure that that one holds it.
EDGE_UNITS = 8
# Outlines reach over the edge, so that the edge itself is not drawn as a boundary.
OUTLINE_UNITS = 128

# Written out wherever they are needed: a constant expression is computed while planning, so that the planner knows how
# large the tile is; from a sub-select it would take it for a few rows.
_MERCATOR = "ST_TileEnvelope(%(z)s, %(x)s, %(y)s)"
_LONLAT = "ST_Transform(ST_TileEnvelope(%(z)s, %(x)s, %(y)s, margin => %(margin)s), 4326)"
_GEOM = f"ST_AsMVTGeom(ST_Transform({{point}}, 3857), {_MERCATOR}, 4096, %(edge)s, true) AS geom"

# Points that were located by an address and are not exact are drawn as such, in a layer of their own beside the venues.
UNSURE_FROM_ZOOM = 13
_VENUES = "SELECT ST_AsMVT(found, 'venues', 4096, 'geom') AS mvt FROM ({rows}) AS found"
_WITH_UNSURE = """
    WITH drawn AS MATERIALIZED ({rows}),
    sure AS (SELECT ST_AsMVT(found, 'venues', 4096, 'geom') AS mvt
             FROM (SELECT id, status, category, ward, geom FROM drawn) AS found),
    unsure AS (SELECT ST_AsMVT(found, 'unsure', 4096, 'geom') AS mvt
               FROM (SELECT id, status, category, ward, location, geom FROM drawn
                     WHERE location = ANY(%(unsure)s)) AS found)
    SELECT COALESCE(sure.mvt, '') || COALESCE(unsure.mvt, '') AS mvt FROM sure CROSS JOIN unsure
"""

_CURRENT = f"""
    SELECT v.id, v.status::text AS status, v.category, w.code AS ward, {{location}}
           {_GEOM.format(point="v.geom")}
    FROM venue AS v LEFT JOIN ward AS w ON w.id = v.ward_id
    WHERE v.geom && {_LONLAT} AND v.status IS NOT NULL AND v.min_zoom <= %(z)s::int
"""  # noqa: S608  # literals of this module

_PAST = f"""
    SELECT v.id, p.status::text AS status, v.category, w.code AS ward, {{location}}
           {_GEOM.format(point="v.geom")}
    FROM venue AS v
    JOIN status_period AS p ON p.venue_id = v.id AND p.from_day <= %(day)s AND p.to_day >= %(day)s
    LEFT JOIN ward AS w ON w.id = v.ward_id
    WHERE v.geom && {_LONLAT}
"""  # noqa: S608  # as above

# Who violated on that day is drawn at every zoom, whatever the venue's standing is today. Two selects and no OR, which
# would take the low zooms away from their partial index.
_PAST_THINNED = f"""
    SELECT v.id, v.status::text AS status, v.category, w.code AS ward, {{location}}
           {_GEOM.format(point="v.geom")}
    FROM (
        SELECT u.id, u.category, u.ward_id, u.geom, u.location, q.status
        FROM venue AS u
        JOIN status_period AS q ON q.venue_id = u.id AND q.from_day <= %(day)s AND q.to_day >= %(day)s
        WHERE u.geom && {_LONLAT} AND u.min_zoom <= %(z)s::int
        UNION ALL
        SELECT u.id, u.category, u.ward_id, u.geom, u.location, q.status
        FROM status_period AS q
        JOIN venue AS u ON u.id = q.venue_id
        WHERE q.status = 'violating' AND q.from_day <= %(day)s AND q.to_day >= %(day)s
          AND u.geom && {_LONLAT} AND u.min_zoom > %(z)s::int
    ) AS v
    LEFT JOIN ward AS w ON w.id = v.ward_id
"""  # noqa: S608  # as above

_FILTERED = """
    SELECT {one_a_cell} id, status, category, ward, {location} geom FROM (
        SELECT found.id, found.status, found.category, found.ward_code AS ward, found.location, {geom}
        FROM ({venues}) AS found
        WHERE found.geom && {envelope}
    ) AS v
    WHERE geom IS NOT NULL
    {order}
"""
# One venue a cell stands for the others; every violating one stands for itself (data/sql/thinning.sql).
_CELL = "cell_of_tile(ST_X(geom)), cell_of_tile(ST_Y(geom)), CASE WHEN is_never_thinned(status) THEN id END"
_ONE_A_CELL = f"DISTINCT ON ({_CELL})"
_BY_CELL = f"ORDER BY {_CELL}, hashint4(id)"

_COMPLIANT = ", ".join(f"'{status}'" for status in COMPLIANT)
_COUNTS = ", ".join(f"count(*) FILTER (WHERE p.status = '{status}') AS {status}" for status in STATUSES)
_WARDS = f"""
    WITH near AS (
        SELECT w.* FROM ward AS w WHERE w.geom && {_LONLAT} AND {{shown}}
    ),
    counted AS (
        SELECT w.id, count(p.status) AS total,
               count(*) FILTER (WHERE p.status IN ({_COMPLIANT})) AS compliant, {_COUNTS}
        FROM near AS w LEFT JOIN status_period AS p
            ON p.ward_id = w.id AND p.from_day <= %(day)s AND p.to_day >= %(day)s
        GROUP BY w.id
    )
    SELECT ST_AsMVT(found, 'wards', 4096, 'geom') AS mvt FROM (
        SELECT w.code, w.name, w.area_km2, c.total, c.compliant, {", ".join(f"c.{status}" for status in STATUSES)},
               {_GEOM.format(point="w.geom")}
        FROM near AS w JOIN counted AS c USING (id)
    ) AS found
"""  # noqa: S608  # as above

# Wards in force on the day, and those that venues still belong to (boundaries of another year may be all there is).
_SHOWN_WARDS = "(is_valid_on(w.valid_from, w.valid_to, %(day)s) OR ward_has_venues(w.id))"


@dataclass(frozen=True)
class Tile:
    """Address of a tile: zoom, column from the west, row from the north."""

    z: int
    x: int
    y: int

    @property
    def exists(self) -> bool:
        """Whether zoom, column and row lie in range."""
        return 0 <= self.z <= MAX_ZOOM and 0 <= self.x < 2**self.z and 0 <= self.y < 2**self.z


@dataclass(frozen=True)
class TileState:
    """What decides the contents of all tiles.

    ``stamp`` changes whenever a tile may; ``day`` is the day of ``venue.status``; ``first_day`` the first day of which
    anything is known; ``is_thinned`` whether low zooms leave venues out.
    """

    stamp: str
    version: int
    day: dt.date
    first_day: dt.date | None
    is_thinned: bool


def stamp(conn: Connection) -> str:
    """Changes with every load and every turn of the day, and from one database to the next; costs 0.1 ms."""
    row = conn.execute(
        "SELECT version, status_day, COALESCE((extract(epoch FROM newest_load) * 1000)::bigint, 0) AS loaded"
        " FROM data_stamp()"
    ).fetchone()
    return f"{row['version']:x}-{row['status_day']:%Y%m%d}-{row['loaded']:x}" if row else "0"


def state(conn: Connection, known: TileState | None = None) -> TileState:
    """The state of now; ``known`` is handed back while it still holds."""
    current = stamp(conn)
    if known is not None and known.stamp == current:
        return known
    span = data_span(conn)
    row = conn.execute("SELECT is_thinned()").fetchone()
    return TileState(current, span.version or 0, span.current_day, span.first_day, bool(row and row["is_thinned"]))


def venue_tile(conn: Connection, tile: Tile, day: dt.date, now: TileState) -> bytes:
    """Layer ``venues`` of ``day``: id, status, category, ward (code) of the venues drawn at this zoom.

    From zoom 13 on a layer ``unsure`` beside it holds those of them whose point was located and is not exact, with how
    (``location``, of ``UNSURE_LOCATIONS``).

    The day of ``venue.status`` is read from the venues, any other from the periods.
    """
    past = _PAST_THINNED if now.is_thinned and tile.z < FIRST_FULL_ZOOM else _PAST
    query = _CURRENT if day == now.day else past
    return _mvt(conn, _layers(tile, query), _place(tile, EDGE_UNITS) | {"day": day, "unsure": list(UNSURE_LOCATIONS)})


def _layers(tile: Tile, rows: str, **parts: str) -> str:
    """The query of a tile's layers; ``rows`` selects the venues in it."""
    is_with_unsure = tile.z >= UNSURE_FROM_ZOOM
    whole = _WITH_UNSURE if is_with_unsure else _VENUES
    return whole.format(rows=rows.format(location="v.location," if is_with_unsure else "", **parts))


def filtered_venue_tile(conn: Connection, tile: Tile, filters: Filters) -> bytes:
    """As :func:`venue_tile`, of the venues that ``filters`` let through.

    Thinned after the filter and not before, so that a filter never hides what it asks for: below zoom 15 one venue a
    cell and every violating one, from there on all.
    """
    venues, parameters = venues_sql(filters)
    thinned = tile.z < FIRST_FULL_ZOOM
    query = _layers(
        tile,
        _FILTERED,
        envelope=_LONLAT,
        geom=_GEOM.format(point="found.geom"),
        venues=venues,
        one_a_cell=_ONE_A_CELL if thinned else "",
        order=_BY_CELL if thinned else "",
    )
    return _mvt(conn, query, parameters | _place(tile, EDGE_UNITS) | {"unsure": list(UNSURE_LOCATIONS)})


def ward_tile(conn: Connection, tile: Tile, day: dt.date) -> bytes:
    """Layer ``wards``: code, name, area_km2, total, compliant and the count of each status on ``day``."""
    return _mvt(conn, _WARDS.format(shown=_SHOWN_WARDS), _place(tile, OUTLINE_UNITS) | {"day": day})


def ward_labels(conn: Connection, day: dt.date) -> list[dict[str, Any]]:
    """Rows code, name, lon, lat (far from the edge), west, south, east, north, area_km2, approximate, own; EPSG:4326.

    ``own``: venues in it are the caller's to see.
    """
    return conn.execute(
        f"""
        SELECT w.code, w.name, ST_X(label.point) AS lon, ST_Y(label.point) AS lat,
               ST_XMin(w.geom) AS west, ST_YMin(w.geom) AS south, ST_XMax(w.geom) AS east, ST_YMax(w.geom) AS north,
               w.area_km2, w.boundary_source = 'approximate' AS approximate,
               (SELECT is_unrestricted()) OR w.id = ANY ((SELECT caller_wards())::integer[])
               OR w.id IN (SELECT ward_id FROM venue WHERE id = ANY ((SELECT caller_units())::integer[])) AS own
        FROM ward AS w
        CROSS JOIN LATERAL (SELECT (ST_MaximumInscribedCircle(w.geom)).center AS point) AS label
        WHERE {_SHOWN_WARDS}
        ORDER BY w.code
        """,  # noqa: S608  # a literal of this module
        {"day": day},
    ).fetchall()


def _place(tile: Tile, edge: int) -> dict[str, Any]:
    return {"z": tile.z, "x": tile.x, "y": tile.y, "edge": edge, "margin": edge / 4096}


def _mvt(conn: Connection, query: str, parameters: dict[str, Any]) -> bytes:
    row = conn.execute(query, parameters).fetchone()
    return bytes(row["mvt"]) if row and row["mvt"] else b""
