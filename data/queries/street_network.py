"""Distances along the streets that have been loaded, between many points at once (``data/sql/streets.sql``)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from data.database.connection import Connection
from data.reference.travel import DETOUR, KMH, Travel

SNAP_M = 300.0
"""A point further than this from every street is not on the network."""
ALL_PAIRS = 500
"""Up to so many points every pair goes along the streets: the time grows with the square of it."""
FAR_M = 3_000.0
"""Of more points, pairs further apart along the streets than this go by straight lines."""
_AT_ONCE = 200
_EARTH_M = 6_371_008.8
_REACHED = np.dtype([("to", ">i4"), ("metres", ">f8")])


@dataclass(frozen=True)
class Matrix:
    """Between all points, in the order given: row from, column to; one-way streets make the two directions differ.

    ``on_streets`` counts the pairs (of different points, each direction one) that go along streets. The others go by
    straight lines with a detour: because one of the points is more than ``SNAP_M`` from a street (``off_network``
    counts these points), because the two are nearer to each other than to their streets, because no way leads there
    (``unreachable`` pairs), or because there are more than ``ALL_PAIRS`` points and the two are further apart than
    ``FAR_M`` (``far`` pairs, which count as at least so far; some of them may be unreachable).
    """

    seconds: np.ndarray
    metres: np.ndarray
    on_streets: int
    off_network: int
    unreachable: int
    far: int


def travel_matrix(conn: Connection, points: Sequence[tuple[float, float]], travel: Travel) -> Matrix | None:
    """How long and how far it is between ``points`` (longitude, latitude; EPSG:4326) along the streets.

    From a point to its street it is the straight line times ``DETOUR``. None where no network is loaded, or the
    database has no pgRouting: then all ways are straight lines.
    """
    if not points or not serves(conn):
        return None
    lon, lat = np.asarray(points, dtype=float).T
    straight = straight_metres(lon, lat) * DETOUR
    snapped = _Snapped.of(conn, lon, lat, travel)
    limit = FAR_M if len(points) > ALL_PAIRS else None
    along = snapped.between(conn, travel, limit)
    metres, reached = straight.copy(), np.isfinite(along)
    way = along + snapped.access[:, None] + snapped.access[None, :]
    # Two points nearer to each other than to their streets: nobody goes to the street and back.
    near = straight <= snapped.access[:, None] + snapped.access[None, :]
    metres[reached & ~near] = way[reached & ~near]
    missing = ~reached & snapped.on_network[:, None] & snapped.on_network[None, :]
    if limit is not None:
        metres[missing] = np.maximum(straight, limit)[missing]
    np.fill_diagonal(metres, 0.0)
    apart = ~np.eye(len(points), dtype=bool)
    return Matrix(
        seconds=metres / (KMH[travel] / 3.6),
        metres=metres,
        on_streets=int((reached & ~near & apart).sum()),
        off_network=int((~snapped.on_network).sum()),
        unreachable=int((missing & apart).sum()) if limit is None else 0,
        far=int((missing & apart).sum()) if limit is not None else 0,
    )


def straight_metres(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """Great-circle distances between all points (degrees), in metres."""
    x, y = np.radians(lon), np.radians(lat)
    half = np.sin((y[:, None] - y) / 2) ** 2 + np.cos(y)[:, None] * np.cos(y) * np.sin((x[:, None] - x) / 2) ** 2
    return np.asarray(2 * _EARTH_M * np.arcsin(np.sqrt(half)))


def serves(conn: Connection) -> bool:
    """Whether distances can go along streets: a network is loaded, and the database has pgRouting."""
    row = conn.execute("SELECT streets_serve() AS serve").fetchone()
    return bool(row and row["serve"])


@dataclass(frozen=True)
class _Snapped:
    """Points at their streets: ``place`` is the index into ``segments`` and ``fractions`` (several points may share
    one; -1: no street near), ``access`` the way to the street in metres (0 where there is none).
    """

    place: np.ndarray
    access: np.ndarray
    segments: list[int]
    fractions: list[float]

    @classmethod
    def of(cls, conn: Connection, lon: np.ndarray, lat: np.ndarray, travel: Travel) -> "_Snapped":
        rows = conn.execute(
            "SELECT number, segment, round(fraction::numeric, 6)::float8 AS fraction, metres"
            " FROM streets_nearest(%s, %s, %s, %s)",
            (lon.tolist(), lat.tolist(), travel == "foot", SNAP_M),
        ).fetchall()
        places = {key: index for index, key in enumerate(dict.fromkeys((r["segment"], r["fraction"]) for r in rows))}
        place, access = np.full(len(lon), -1), np.zeros(len(lon))
        for row in rows:
            place[row["number"]] = places[row["segment"], row["fraction"]]
            access[row["number"]] = row["metres"] * DETOUR
        return cls(place, access, [segment for segment, _ in places], [fraction for _, fraction in places])

    @property
    def on_network(self) -> np.ndarray:
        return self.place >= 0

    def between(self, conn: Connection, travel: Travel, limit: float | None) -> np.ndarray:
        """Metres along the streets between all points; infinite where there is no way, or none within ``limit``."""
        count = len(self.segments)
        found = np.full((count + 1, count + 1), np.inf)  # the last row and column: of points without a street
        for first in range(0, count, _AT_ONCE):
            starts = list(range(first + 1, min(first + _AT_ONCE, count) + 1))
            rows = conn.execute(
                "SELECT start, reached FROM street_distances(%s, %s, %s, %s, %s)",
                (self.segments, self.fractions, starts, travel == "foot", limit),
            ).fetchall()
            for row in rows:
                reached = np.frombuffer(row["reached"], dtype=_REACHED)
                found[row["start"] - 1, reached["to"] - 1] = reached["metres"]
        np.fill_diagonal(found[:count, :count], 0.0)
        return np.asarray(found[np.ix_(self.place, self.place)])
