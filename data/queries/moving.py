"""Whether a venue can be put at a place: in the district, and in its ward."""

from dataclasses import dataclass

from data.database.connection import Connection
from data.errors import UnknownVenue
from data.reference.margins import DISTRICT_MARGIN_M, OUTLINE_ERROR_M


@dataclass(frozen=True)
class Place:
    """A place as seen from a venue: ``ward`` is the venue's own (None: its source names none that exists)."""

    in_district: bool
    in_ward: bool
    ward: str | None


def place_for(conn: Connection, code: str, lon: float, lat: float) -> Place:
    """What the point (EPSG:4326) would be for the venue ``code``.

    Raises
    ------
    UnknownVenue
    """
    row = conn.execute(
        """
        WITH place AS (SELECT ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326)::geography AS point)
        SELECT own.name AS ward, v.ward_named IS NULL OR own.id IS NULL
                   OR ST_DWithin(own.geom::geography, place.point, %(ward_margin)s) AS in_ward,
               EXISTS (SELECT FROM ward AS w WHERE ST_DWithin(w.geom::geography, place.point, %(district_margin)s))
                   AS in_district
        FROM venue AS v CROSS JOIN place LEFT JOIN ward AS own ON own.id = v.ward_id
        WHERE v.code = %(code)s
        """,
        {
            "code": code,
            "lon": lon,
            "lat": lat,
            "ward_margin": OUTLINE_ERROR_M,
            "district_margin": DISTRICT_MARGIN_M,
        },
    ).fetchone()
    if row is None:
        raise UnknownVenue(code)
    return Place(**row)
