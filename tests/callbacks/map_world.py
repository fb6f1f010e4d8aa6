"""A district for the map's tests: venues at awkward places, with a status that changed on a known day."""

import datetime as dt
import math

from data.database.connection import Connection
from data.vocabulary import STATUSES

DAY_BEFORE = dt.date(2021, 11, 1)
CHANGE = dt.date(2021, 11, 10)
TODAY = dt.date(2021, 11, 30)
WEST, EAST, SOUTH, NORTH = 105.71, 105.80, 20.91, 20.99


def tile_of(lon: float, lat: float, z: int) -> tuple[int, int]:
    """Column and row of the tile that holds a point (the formula of the map's specification)."""
    north = math.asinh(math.tan(math.radians(lat)))
    return int((lon + 180) / 360 * 2**z), int((1 - north / math.pi) / 2 * 2**z)


def tiles_of_district(z: int) -> list[tuple[int, int]]:
    """Every tile of a zoom that can hold a venue of this world."""
    left, top = tile_of(WEST - 0.01, NORTH + 0.01, z)
    right, bottom = tile_of(EAST + 0.01, SOUTH - 0.01, z)
    return [(x, y) for x in range(left, right + 1) for y in range(top, bottom + 1)]


def lon_of_edge(z: int, x: int) -> float:
    """Longitude of the western edge of a column."""
    return x / 2**z * 360 - 180


def fill(conn: Connection, venues: int) -> None:
    """Venues all over the district, twenty on edges of tiles; status number ``i + 1`` before CHANGE, ``i`` since.

    Every 50th has closed on CHANGE, every 60th has no ward, every 70th has no point. All loads are demonstrations of
    TODAY, so that the current day stands still.
    """
    conn.execute(
        """
        INSERT INTO load (kind, file_name, file_sha256, as_of, is_demo, started_at, finished_at, rows_read,
                          rows_accepted, rows_rejected, rows_changed)
        VALUES ('scans', 'world.csv', 'x', %s, true, now(), now(), 0, 0, 0, 0)
        """,
        (TODAY,),
    )
    conn.execute(
        "INSERT INTO scan_day SELECT d::date, (SELECT max(id) FROM load)"
        " FROM generate_series(%s, %s, interval '1 day') AS d",
        (DAY_BEFORE, TODAY),
    )
    conn.execute("SELECT refresh_scan_reach()")
    conn.execute("ALTER TABLE venue DISABLE TRIGGER USER")
    categories = [row["code"] for row in conn.execute("SELECT code FROM category ORDER BY position")][:25:5]
    wards = [row["id"] for row in conn.execute("SELECT id FROM ward ORDER BY code LIMIT 3")]
    edges = [lon_of_edge(z, tile_of(105.77, 20.96, z)[0]) for z in range(12, 20)]
    conn.execute(
        """
        INSERT INTO venue (code, name, address, search_text, category, ward_id, geom, location)
        SELECT 'HD' || i, 'Quán ' || i, 'Số ' || i, 'hd' || i || ' quan ' || i,
               (%(categories)s::text[])[1 + i %% %(kinds)s],
               CASE WHEN i %% 60 > 0 THEN (%(wards)s::int[])[1 + i %% 3] END,
               CASE WHEN i %% 70 > 0 THEN ST_SetSRID(ST_Point(
                   CASE WHEN i <= 20 THEN (%(edges)s::float8[])[1 + i %% 8]
                        ELSE %(west)s + (%(east)s - %(west)s) * (i::numeric * 0.618034 %% 1) END,
                   %(south)s + (%(north)s - %(south)s) * (i::numeric * 0.754878 %% 1)), 4326) END,
               CASE WHEN i %% 70 > 0 THEN 'given' ELSE 'none' END
        FROM generate_series(1, %(venues)s) AS i
        """,
        {
            "categories": categories,
            "kinds": len(categories),
            "wards": wards,
            "edges": edges,
            "west": WEST,
            "east": EAST,
            "south": SOUTH,
            "north": NORTH,
            "venues": venues,
        },
    )
    conn.execute(
        """
        WITH numbered AS (SELECT id, ward_id, substr(code, 3)::int AS i FROM venue)
        INSERT INTO status_period (venue_id, from_day, to_day, ward_id, status)
        SELECT id, '-infinity', %(change)s::date - 1, ward_id, (%(statuses)s::venue_status[])[1 + (i + 1) %% %(kinds)s]
        FROM numbered
        UNION ALL
        SELECT id, %(change)s, 'infinity', ward_id, (%(statuses)s::venue_status[])[1 + i %% %(kinds)s]
        FROM numbered WHERE i %% 50 > 0
        """,
        {"change": CHANGE, "statuses": list(STATUSES), "kinds": len(STATUSES)},
    )
    conn.execute("SELECT refresh_current_status()")
    conn.commit()
    conn.autocommit = True
    conn.execute("ANALYZE venue")
    conn.execute("ANALYZE status_period")
    conn.autocommit = False
