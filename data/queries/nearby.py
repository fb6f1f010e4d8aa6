"""Which venues lie at a clicked place, so that those on top of each other can all be reached."""

from dataclasses import dataclass

from data.database.connection import Connection
from data.queries.filters import Filters, venues_sql

SAME_PLACE_METRES = 15.0
MOST_METRES = 2000.0


@dataclass(frozen=True)
class Nearby:
    """Ids of the nearest venues, nearest first, and how many there are in all."""

    venues: tuple[int, ...]
    total: int


def nearby(
    conn: Connection, filters: Filters, lon: float, lat: float, metres: float = SAME_PLACE_METRES, limit: int = 200
) -> Nearby:
    """Venues that ``filters`` let through within ``metres`` of a point (EPSG:4326), along the ground.

    The radius is kept between 15 m and 2 km; ``limit`` bounds the ids, not the total.
    """
    venues, parameters = venues_sql(filters)
    rows = conn.execute(
        f"""
        WITH place AS (SELECT ST_SetSRID(ST_Point(%(lon)s, %(lat)s), 4326)::geography AS point)
        SELECT found.id, count(*) OVER () AS total
        FROM ({venues}) AS found CROSS JOIN place
        WHERE found.geom && ST_Expand(
                  ST_SetSRID(ST_Point(%(lon)s, %(lat)s), 4326), %(metres)s / 100000.0, %(metres)s / 100000.0
              )
          AND ST_DWithin(found.geom::geography, place.point, %(metres)s)
        ORDER BY found.geom::geography <-> place.point, found.id
        LIMIT %(limit)s
        """,  # noqa: S608  # data.queries.filters' own
        parameters
        | {"lon": lon, "lat": lat, "limit": limit, "metres": min(max(metres, SAME_PLACE_METRES), MOST_METRES)},
    ).fetchall()
    return Nearby(tuple(row["id"] for row in rows), rows[0]["total"] if rows else 0)
