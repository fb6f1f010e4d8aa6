"""The district as the loader knows it: the wards in force, what a ward's name or a point says about them.

Outlines are WGS 84 (EPSG:4326); distances are metres in UTM 48N (EPSG:32648), whose scale error here is below 0.04 %.
"""

import datetime as dt
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import pyproj
import shapely

from data.database.connection import Connection
from data.reference.margins import DISTRICT_MARGIN_M, OUTLINE_ERROR_M, WARD_MARGIN_M
from etl.values.ward_names import ward_key

METRES = 32648
NO_WARD = 0

_to_metres = pyproj.Transformer.from_crs(4326, METRES, always_xy=True)
_to_degrees = pyproj.Transformer.from_crs(METRES, 4326, always_xy=True)


def in_metres(geometry: Any) -> Any:
    """Geometries in EPSG:4326 (one or an array) brought to EPSG:32648."""
    return shapely.transform(geometry, lambda xy: np.column_stack(_to_metres.transform(xy[:, 0], xy[:, 1])))


def in_degrees(geometry: Any) -> Any:
    """Geometries in EPSG:32648 (one or an array) brought back to EPSG:4326."""
    return shapely.transform(geometry, lambda xy: np.column_stack(_to_degrees.transform(xy[:, 0], xy[:, 1])))


@dataclass(frozen=True)
class WardNames:
    """The wards of one vintage by name and code. ``ids``, ``codes`` and ``names`` go together."""

    vintage: str
    ids: np.ndarray
    codes: tuple[str, ...]
    names: tuple[str, ...]

    @cached_property
    def _by_name(self) -> dict[str, int]:
        keys = {ward_key(name): int(ward) for name, ward in zip(self.names, self.ids, strict=True)}
        return keys | {code.lstrip("0"): int(ward) for code, ward in zip(self.codes, self.ids, strict=True)}

    def named(self, named: pd.Series) -> np.ndarray:
        """Ward id for each name or code as a source writes it; 0 where none matches or none is named."""
        found = {name: self._match(str(name)) for name in named.dropna().unique()}
        return named.map(found).fillna(NO_WARD).to_numpy(dtype=np.int64)

    def _match(self, name: str) -> int:
        code = re.sub(r"\.0$", "", name.strip()).lstrip("0")
        return self._by_name.get(ward_key(name)) or self._by_name.get(code, NO_WARD)


@dataclass(frozen=True)
class District(WardNames):
    """The wards of one vintage with their ``outlines`` (EPSG:4326)."""

    outlines: np.ndarray

    @cached_property
    def _metric(self) -> np.ndarray:
        return in_metres(self.outlines)

    @cached_property
    def _around(self) -> Any:
        """The district with its margin, in metres, prepared for many points."""
        around = shapely.union_all(shapely.buffer(self._metric, DISTRICT_MARGIN_M))
        shapely.prepare(around)
        return around

    def holds(self, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
        """Which points (degrees; NaN: none) lie in the district or at most 500 m from a ward."""
        usable = np.isfinite(lon) & np.isfinite(lat) & (np.abs(lon) <= 180) & (np.abs(lat) <= 90)
        x, y = _to_metres.transform(lon[usable], lat[usable])
        inside = np.zeros(len(lon), dtype=bool)
        inside[usable] = shapely.contains_xy(self._around, x, y)
        return inside

    def at(self, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
        """Ward id for each point (degrees); the nearest ward within 100 m of one that lies in none; else 0."""
        wards = np.full(len(lon), NO_WARD, dtype=np.int64)
        points = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
        if len(points) == 0 or len(self.ids) == 0:
            return wards
        metric = shapely.points(*_to_metres.transform(lon[points], lat[points]))
        tree = shapely.STRtree(self._metric)
        point, ward = tree.query_nearest(metric, max_distance=OUTLINE_ERROR_M, all_matches=False)
        wards[points[point]] = self.ids[ward]
        return wards

    def well_outside(self, lon: np.ndarray, lat: np.ndarray, wards: np.ndarray) -> np.ndarray:
        """Which points (degrees) lie more than 300 m outside the ward given for them (0: none, never outside)."""
        outside = np.zeros(len(lon), dtype=bool)
        placed = np.isfinite(lon) & np.isfinite(lat)
        for ward, outline in zip(self.ids, self._metric, strict=True):
            rows = np.flatnonzero(placed & (wards == ward))
            if len(rows) == 0:
                continue
            near = shapely.buffer(outline, WARD_MARGIN_M)
            shapely.prepare(near)
            outside[rows] = ~shapely.contains_xy(near, *_to_metres.transform(lon[rows], lat[rows]))
        return outside


def district(conn: Connection, day: dt.date) -> District:
    """The wards in force on ``day``: those of the newest vintage that had begun by then, else of the oldest.

    One vintage only, for a district drawn from two of them would count a place twice or not at all.
    """
    rows = _in_force(conn, day, with_outlines=True)
    outlines = np.array([shapely.from_wkb(row["geom"]) for row in rows], dtype=object)
    return District(**_columns(rows), outlines=outlines)


def ward_names(conn: Connection, day: dt.date) -> WardNames:
    """The names of the wards of :func:`district`, whose outlines are many times as large."""
    return WardNames(**_columns(_in_force(conn, day, with_outlines=False)))


def _in_force(conn: Connection, day: dt.date, *, with_outlines: bool) -> list[dict[str, Any]]:
    return conn.execute(
        """
        SELECT id, vintage, code, name, CASE WHEN %(outlines)s THEN ST_AsBinary(geom) END AS geom FROM ward
        WHERE vintage = (
            SELECT vintage FROM ward GROUP BY vintage
            ORDER BY min(valid_from) <= %(day)s DESC,
                     CASE WHEN min(valid_from) <= %(day)s THEN min(valid_from) - %(day)s
                          ELSE %(day)s - min(valid_from) END DESC
            LIMIT 1
        )
        ORDER BY id
        """,
        {"day": day, "outlines": with_outlines},
    ).fetchall()


def _columns(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "vintage": rows[0]["vintage"] if rows else "",
        "ids": np.array([row["id"] for row in rows], dtype=np.int64),
        "codes": tuple(row["code"] for row in rows),
        "names": tuple(row["name"] for row in rows),
    }
