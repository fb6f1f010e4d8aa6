"""Points moved by hand: ``venue_point`` is the decision, ``venue.geom`` follows it, and no load moves it back."""

import numpy as np
import pandas as pd

from data.database.connection import Connection
from data.errors import OutsideDistrict
from data.status.days import today
from etl.locating.districts import NO_WARD, district
from etl.locating.relocating import relocate
from etl.locating.wards_of_points import place


def move_by_hand(conn: Connection, code: str, lon: float, lat: float, moved_by: str | None) -> None:
    """Keep the decision that the venue ``code`` stands there (EPSG:4326); :func:`apply_hand_points` puts it there.

    Raises
    ------
    OutsideDistrict
    """
    require_in_district(conn, lon, lat)
    conn.execute(
        """
        INSERT INTO venue_point AS p (venue_code, geom, moved_by, previous_geom, previous_location)
        SELECT v.code, ST_SetSRID(ST_MakePoint(%s, %s), 4326), %s, v.geom, v.location FROM venue AS v WHERE v.code = %s
        ON CONFLICT (venue_code) DO UPDATE
        SET geom = excluded.geom, moved_by = excluded.moved_by, moved_at = clock_timestamp(),
            previous_geom = excluded.previous_geom, previous_location = excluded.previous_location
        """,
        (lon, lat, moved_by, code),
    )


def require_in_district(conn: Connection, lon: float, lat: float) -> None:
    """Raise OutsideDistrict unless the point (EPSG:4326) lies in the district or close by."""
    if not district(conn, today()).holds(np.array([lon]), np.array([lat]))[0]:
        raise OutsideDistrict


def hand_points(conn: Connection, venues: pd.DataFrame) -> pd.DataFrame:
    """Points that people have decided on for ``venues`` (columns known_id, 0: new, and code); NaN where there is none.

    Returns
    -------
    DataFrame
        lon, lat (EPSG:4326) with the index of ``venues``.
    """
    moved = conn.execute(
        "SELECT p.venue_code, v.id, ST_X(p.geom) AS lon, ST_Y(p.geom) AS lat"
        " FROM venue_point AS p LEFT JOIN venue AS v ON v.code = p.venue_code"
    ).fetchall()
    points = pd.DataFrame(index=venues.index)
    for axis in ("lon", "lat"):
        by_id = {row["id"]: row[axis] for row in moved if row["id"]}
        by_code = {row["venue_code"]: row[axis] for row in moved if not row["id"]}
        points[axis] = venues["known_id"].map(by_id).astype(float).fillna(venues["code"].map(by_code).astype(float))
    return points


def apply_hand_points(conn: Connection) -> set[int]:
    """Bring the venues in step with ``venue_point``; safe to repeat, as after a load or after one was taken back.

    What the source says is kept in ``source_geom`` and ``source_location``, and comes back where the decision is gone.

    Returns
    -------
    set of int
        Venues whose ward changed, for ``periods.after_load``. The caller holds the loader's lock.
    """
    put = conn.execute(
        """
        UPDATE venue AS v
        SET source_geom = CASE WHEN v.source_location IS NULL THEN v.geom ELSE v.source_geom END,
            source_location = COALESCE(v.source_location, v.location), geom = p.geom, location = 'hand'
        FROM venue_point AS p
        WHERE p.venue_code = v.code AND (v.location <> 'hand' OR NOT ST_Equals(v.geom, p.geom))
        RETURNING v.id, v.street
        """
    ).fetchall()
    taken = conn.execute(
        """
        UPDATE venue AS v
        SET geom = v.source_geom, location = v.source_location, source_geom = NULL, source_location = NULL
        WHERE v.location = 'hand' AND NOT EXISTS (SELECT FROM venue_point AS p WHERE p.venue_code = v.code)
        RETURNING v.id, v.street
        """
    ).fetchall()
    changed = [*put, *taken]
    if not changed:
        return set()
    moved = place_again(conn, [row["id"] for row in changed])
    relocate(conn, {row["street"] for row in changed})
    return moved


def place_again(conn: Connection, ids: list[int]) -> set[int]:
    """Ward (where the source names none) and the mark of a point outside its ward follow the point; returns whose ward
    changed."""
    rows = conn.execute(
        "SELECT id, ward_named, ST_X(geom) AS lon, ST_Y(geom) AS lat, ward_id, location FROM venue"
        " WHERE id = ANY(%s) ORDER BY id",
        (ids,),
    ).fetchall()
    venues = pd.DataFrame(rows)
    lon, lat = (venues[name].to_numpy(dtype=float, na_value=np.nan) for name in ("lon", "lat"))
    placed = place(conn, district(conn, today()), venues["ward_named"], lon, lat)
    wards = [None if ward == NO_WARD else int(ward) for ward in placed.ward]
    conn.cursor().executemany(
        "UPDATE venue SET ward_id = %s, outside_ward = %s WHERE id = %s"
        " AND (ward_id, outside_ward) IS DISTINCT FROM (%s::integer, %s)",
        [
            (ward, bool(outside), row["id"], ward, bool(outside))
            for ward, outside, row in zip(wards, placed.outside, rows, strict=True)
        ],
    )
    return {row["id"] for ward, row in zip(wards, rows, strict=True) if ward != row["ward_id"]}
