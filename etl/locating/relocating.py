"""Located points in the tables: which venues a change can move, and bringing them in step.

A located point is a function of the venues on its street (or in its quarter) alone, so a load asks for those streets
only, and the tables come out the same whatever came first.
"""

import datetime as dt
from collections.abc import Iterable

import numpy as np
import pandas as pd

from data.database.connection import Connection
from data.database.staging import stage
from data.reference.streets import street_points
from data.status.days import today
from etl.locating.addresses import parts, street_keys
from etl.locating.districts import NO_WARD, District, district
from etl.locating.resolving import LOCATED, resolve

OWN_POINT = ("given", "swapped", "projected", "hand")
_VENUES = """
    SELECT v.id, v.address, v.street, v.ward_id, ST_X(v.geom) AS lon, ST_Y(v.geom) AS lat, v.location, v.outside_ward
    FROM venue AS v
"""
_COLUMNS = ["id", "address", "street", "ward_id", "lon", "lat", "location", "outside_ward"]


def locate_incoming(conn: Connection, wards: District, incoming: pd.DataFrame) -> pd.DataFrame:
    """Points of the venues of a file, those that it brings and those located by their addresses.

    Parameters
    ----------
    incoming
        Columns known_id (0: new), address, street, ward_id (``NO_WARD``: none), outside_ward, and lon, lat (EPSG:4326)
        and location as the file says or a person has decided ("hand").

    Returns
    -------
    DataFrame
        lon, lat, location of each row, in order. Venues of the tables that move because of the file wait in the
        temporary table ``relocated`` for :func:`write_relocated`.
    """
    known = _on_streets(conn, _affected(conn, incoming))
    listed = known["id"].isin(incoming["known_id"])
    rows = incoming.rename(columns={"known_id": "id"})[_COLUMNS]
    before = pd.concat([rows, known[~listed]], ignore_index=True)
    found = _located(before, wards)
    # Of a venue in the file, what the tables hold is what it may have moved from.
    at = pd.Series(range(len(rows)), index=rows["id"].to_numpy())[lambda s: s.index != 0]
    before = pd.concat([known[listed], known[~listed]], ignore_index=True)
    of_file = at.reindex(known["id"][listed]).to_numpy(dtype=np.int64)
    after = found.iloc[np.concatenate([of_file, np.arange(len(rows), len(found))]).astype(np.int64)]
    located = ~after["location"].isin(OWN_POINT).to_numpy()  # points of its own are written with the file
    _stage(conn, before[located], after[located])
    return found.iloc[: len(rows)].reset_index(drop=True)


def write_relocated(conn: Connection) -> int:
    """Move the venues that :func:`locate_incoming` found to stand elsewhere now; returns how many."""
    return conn.execute(
        """
        UPDATE venue AS v
        SET geom = ST_SetSRID(ST_MakePoint(r.lon, r.lat), 4326), location = r.location,
            source_location = CASE WHEN r.location = COALESCE(v.source_location, v.location) THEN NULL
                                   ELSE COALESCE(v.source_location, v.location) END
        FROM relocated AS r
        WHERE r.venue_id = v.id AND (v.geom, v.location)
              IS DISTINCT FROM (ST_SetSRID(ST_MakePoint(r.lon, r.lat), 4326), r.location)
        """
    ).rowcount


def relocate(conn: Connection, streets: Iterable[str | None] | None = None, day: dt.date | None = None) -> set[int]:
    """Locate anew the venues without a point of their own on ``streets`` (as written; default: on all).

    Returns the ids of those that moved. The caller holds the loader's lock and calls ``periods.after_load``.
    """
    venues = _on_streets(conn, None if streets is None else set(street_keys(list(streets))))
    found = _located(venues, district(conn, day or today()))
    conn.execute("DROP TABLE IF EXISTS relocated")
    moved = _stage(conn, venues, found)
    write_relocated(conn)
    return moved


def _affected(conn: Connection, incoming: pd.DataFrame) -> set[str]:
    """Keys of the streets that the rows are on, and were on."""
    known = incoming["known_id"][incoming["known_id"] != 0].tolist()
    before = conn.execute("SELECT DISTINCT street FROM venue WHERE id = ANY(%s)", (known,)).fetchall() if known else []
    now = incoming["street"].drop_duplicates()
    return set(street_keys([*now.where(now.notna(), "").tolist(), *(row["street"] for row in before)]))


def _on_streets(conn: Connection, keys: set[str] | None) -> pd.DataFrame:
    """Venues of the tables on the streets with these keys ("": those of no street); ``None``: all."""
    if keys is None:
        rows = conn.execute(_VENUES).fetchall()
    else:
        written = [row["street"] for row in conn.execute("SELECT DISTINCT street FROM venue").fetchall()]
        chosen = [name for name, key in zip(written, street_keys(written), strict=True) if key in keys]
        rows = conn.execute(
            f"{_VENUES} WHERE v.street = ANY(%(streets)s) OR (%(unnamed)s AND v.street IS NULL)",
            {"streets": [name for name in chosen if name is not None], "unnamed": None in chosen},
        ).fetchall()
    venues = pd.DataFrame(rows, columns=_COLUMNS)
    return venues.assign(ward_id=venues["ward_id"].fillna(NO_WARD).astype(np.int64))


def _located(venues: pd.DataFrame, wards: District) -> pd.DataFrame:
    """Where each of ``venues`` is: as it says itself, else located by its address."""
    located = venues[["lon", "lat", "location"]].astype({"lon": float, "lat": float})
    own = venues["location"].isin(OWN_POINT).to_numpy()
    if own.all():
        return located
    words = venues[["address", "street"]].astype(object).where(venues[["address", "street"]].notna(), "")
    described = parts(words["address"].tolist(), words["street"].tolist()).set_axis(venues.index)
    described["ward_id"] = venues["ward_id"].to_numpy(dtype=np.int64)
    is_reference = own & ~venues["outside_ward"].to_numpy(dtype=bool)
    references = described.assign(lon=located["lon"], lat=located["lat"])[is_reference]
    found = resolve(described[~own], references, _street_points(wards), wards)
    unusable = (venues["location"] == "unusable").to_numpy()[~own] & ~found["location"].isin(LOCATED).to_numpy()
    found.loc[unusable, "location"] = "unusable"
    located.loc[found.index, ["lon", "lat", "location"]] = found
    return located


def _street_points(wards: District) -> pd.DataFrame:
    names, lons, lats = zip(*street_points(), strict=True)
    lon, lat = np.array(lons), np.array(lats)
    return pd.DataFrame({"line": street_keys(names), "ward_id": wards.at(lon, lat), "lon": lon, "lat": lat})


def _stage(conn: Connection, old: pd.DataFrame, new: pd.DataFrame) -> set[int]:
    """Bring the venues that moved into the temporary table ``relocated``; returns their ids. Rows go together."""
    differs = old["location"].to_numpy() != new["location"].to_numpy()
    for name in ("lon", "lat"):
        a, b = old[name].to_numpy(dtype=float, na_value=np.nan), new[name].to_numpy(dtype=float, na_value=np.nan)
        differs |= ~((a == b) | (np.isnan(a) & np.isnan(b)))
    moved = new[["lon", "lat", "location"]].assign(venue_id=old["id"].to_numpy(dtype=np.int64))[differs]
    points = {name: moved[name].astype(float) for name in ("lon", "lat")}
    columns = {"venue_id": "integer", "lon": "float8", "lat": "float8", "location": "text"}
    stage(conn, "relocated", columns, moved.assign(**points))
    return set(moved["venue_id"].tolist())
