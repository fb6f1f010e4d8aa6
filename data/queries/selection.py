"""What was clicked or searched for: venues by their id or code, and the ids that a search leaves on the map."""

from dataclasses import dataclass

from data.database.connection import Connection
from data.errors import UnknownVenue
from data.queries.filters import Filters, venues_sql


@dataclass(frozen=True)
class VenuePoint:
    """A venue and where it lies (EPSG:4326); lon and lat are None when it has no point."""

    id: int
    code: str
    name: str
    lon: float | None
    lat: float | None


def venue_point(conn: Connection, code: str) -> VenuePoint:
    """The venue with the code, open or closed.

    Raises
    ------
    UnknownVenue
    """
    row = conn.execute(
        "SELECT id, code, name, ST_X(geom) AS lon, ST_Y(geom) AS lat FROM venue WHERE code = %s", (code,)
    ).fetchone()
    if row is None:
        raise UnknownVenue(code)
    return VenuePoint(**row)


def code_of(conn: Connection, venue_id: int) -> str | None:
    """The code of the venue with the id, None when there is none."""
    row = conn.execute("SELECT code FROM venue WHERE id = %s", (venue_id,)).fetchone()
    return row["code"] if row else None


def matching_ids(conn: Connection, filters: Filters) -> list[int] | None:
    """Ids of the venues on the map that the filters a tile cannot answer (search, area, location) let through.

    None when no such filter is set: then every venue matches.
    """
    asked = filters.without("statuses", "wards", "categories")
    if not (asked.query or asked.area or asked.located):
        return None
    venues, parameters = venues_sql(asked)
    rows = conn.execute(
        f"SELECT id FROM ({venues}) AS found WHERE geom IS NOT NULL ORDER BY id",  # noqa: S608  # data.queries.filters' own
        parameters,
    ).fetchall()
    return [row["id"] for row in rows]
