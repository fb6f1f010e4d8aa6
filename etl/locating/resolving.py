"""Points from addresses: the rule, as a pure function of tables. Degrees are WGS 84 (EPSG:4326), distances metres.

A venue without a point of its own gets the best of

``exact``         the point of a venue at the same address: street, alleys, house number with its letter, ward;
``interpolated``  between the nearest numbers below and above it on its street (or in its alley), on its own side of
                  the street where both are known there, for even and odd numbers face each other;
``street``        its street within its ward: near the number nearest to its own, or else the middle of that stretch;
``ward``          no point: it is counted in its ward.

Only venues with points of their own are references, never a point that was itself located, so that the result does not
depend on the order of anything.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from etl.locating.districts import NO_WARD, District

SAME_PLACE_M = 60.0  # venues of one address further apart than this contradict each other
LONGEST_BRACKET_M = 500.0  # numbers are not even over longer stretches
WIDEST_BRACKET = 120  # house numbers
NEAR_NUMBER = 24  # beyond the last known number, a number so near is better known than the whole street
_METRES_A_DEGREE = 111_195.0
_WIDTH = 10_000  # more than any house number, to keep lines apart in one sorted array

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
LOCATED = ("exact", "interpolated", "street")


def resolve(targets: pd.DataFrame, references: pd.DataFrame, streets: pd.DataFrame, district: District) -> pd.DataFrame:
    """Locate venues by their addresses.

    Parameters
    ----------
    targets, references
        Columns line, chain, house, suffix, mouth (``etl.locating.addresses``) and ward_id (``NO_WARD``: none);
        references also lon and lat.
    streets
        Points along streets that are known beside the register: line, ward_id, lon, lat.

    Returns
    -------
    DataFrame
        lon, lat (NaN: none) and location ("exact", "interpolated", "street", "ward", or "none" without a ward), with
        the index of ``targets``.
    """
    found = _Found(targets, district)
    if not found.is_complete:
        references = references.sort_values(["lon", "lat"], kind="stable")
        found.take("exact", *_exact(targets, references))
        between, near = _along(targets, references, by_mouth=False)
        found.take("interpolated", *between)
        found.take("street", *near)
        at_mouth, near_mouth = _along(targets, references, by_mouth=True)
        found.take("street", *at_mouth)
        found.take("street", *near_mouth)
        found.take("street", *_middles(targets, references, streets))
    return found.frame()


class _Found:
    """What has been found so far: the finer rule comes first, and what lies outside its ward is not taken."""

    def __init__(self, targets: pd.DataFrame, district: District) -> None:
        self.index = targets.index
        self.ward = targets["ward_id"].to_numpy(dtype=np.int64)
        self.district = district
        count = len(targets)
        self.lon, self.lat = np.full(count, np.nan), np.full(count, np.nan)
        self.location = np.where(self.ward != NO_WARD, "ward", "none").astype(object)

    @property
    def is_complete(self) -> bool:
        """Whether there is nothing to locate."""
        return len(self.index) == 0

    def take(self, location: str, lon: Floats, lat: Floats) -> None:
        rows = np.flatnonzero(np.isnan(self.lon) & np.isfinite(lon))
        if location == "street":
            rows = rows[self.ward[rows] != NO_WARD]  # of a whole street without its ward nothing is known
        rows = rows[~self.district.well_outside(lon[rows], lat[rows], self.ward[rows])]
        self.lon[rows], self.lat[rows], self.location[rows] = lon[rows].round(7), lat[rows].round(7), location

    def frame(self) -> pd.DataFrame:
        return pd.DataFrame({"lon": self.lon, "lat": self.lat, "location": self.location}, index=self.index)


def _exact(targets: pd.DataFrame, references: pd.DataFrame) -> tuple[Floats, Floats]:
    """The westernmost of the points at the same address, where they agree."""
    key = ["line", "ward_id", "chain", "house", "suffix"]
    usable = references[(references["house"] > 0) & (references["line"] != "") & (references["ward_id"] != NO_WARD)]
    groups = usable.groupby(key, sort=False)
    spread = groups[["lon", "lat"]].agg(["min", "max", "first"])
    south = spread[("lat", "max")] - spread[("lat", "min")]
    east = (spread[("lon", "max")] - spread[("lon", "min")]) * np.cos(np.radians(spread[("lat", "first")]))
    agreeing = spread[np.hypot(south, east) * _METRES_A_DEGREE <= SAME_PLACE_M]
    points = pd.DataFrame({"lon": agreeing[("lon", "first")], "lat": agreeing[("lat", "first")]}).reset_index()
    found = targets[key].merge(points, on=key, how="left")
    lon, lat = found["lon"].to_numpy(dtype=float), found["lat"].to_numpy(dtype=float)
    nothing = (targets["house"] <= 0).to_numpy() | (targets["line"] == "").to_numpy()
    return np.where(nothing, np.nan, lon), np.where(nothing, np.nan, lat)


def _along(
    targets: pd.DataFrame, references: pd.DataFrame, *, by_mouth: bool
) -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]]:
    """Points by number: between two neighbours, and beside the nearest number where there are not two.

    ``by_mouth``: where the alley leaves its street, for venues in an alley of which no number is known.
    """
    wanted = targets["mouth" if by_mouth else "house"].to_numpy(dtype=np.int64)
    numbered = references[(references["house"] > 0) & (references["line"] != "")]
    chain = pd.Series("", index=targets.index) if by_mouth else targets["chain"]
    names = pd.concat([numbered["line"] + "\x1f" + numbered["chain"], targets["line"] + "\x1f" + chain])
    codes = pd.factorize(names)[0].astype(np.int64)
    of_reference, of_target = codes[: len(numbered)], codes[len(numbered) :]
    asked = (wanted > 0) & (targets["line"] != "").to_numpy()
    number = numbered["house"].to_numpy(dtype=np.int64)
    lon, lat = numbered["lon"].to_numpy(dtype=float), numbered["lat"].to_numpy(dtype=float)
    one_side = _Numbers(of_reference * 2 + number % 2, number, lon, lat)
    both = _Numbers(of_reference, number, lon, lat)
    between = _first(asked, one_side.between(of_target * 2 + wanted % 2, wanted), both.between(of_target, wanted))
    return between, _first(asked, both.nearest(of_target, wanted))


def _first(asked: NDArray[np.bool_], *choices: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    lon, lat = choices[0]
    for other_lon, other_lat in choices[1:]:
        lon, lat = np.where(np.isnan(lon), other_lon, lon), np.where(np.isnan(lat), other_lat, lat)
    return np.where(asked, lon, np.nan), np.where(asked, lat, np.nan)


class _Numbers:
    """Numbers along lines, each with the median of the points that bear it."""

    def __init__(self, line: Ints, number: Ints, lon: Floats, lat: Floats) -> None:
        known = pd.DataFrame({"key": line * _WIDTH + number, "lon": lon, "lat": lat})
        # Along a street neighbours stand close; a number whose points contradict each other says nothing.
        groups = known.groupby("key", sort=True)
        points = groups.median()
        spread = groups["lat"].max() - groups["lat"].min() + groups["lon"].max() - groups["lon"].min()
        points = points[spread * _METRES_A_DEGREE <= LONGEST_BRACKET_M]
        self.key = points.index.to_numpy(dtype=np.int64)
        self.lon, self.lat = points["lon"].to_numpy(dtype=float), points["lat"].to_numpy(dtype=float)

    def between(self, line: Ints, number: Ints) -> tuple[Floats, Floats]:
        """Points of ``number`` on ``line``, where it or a number below and one above it are known and near."""
        lower, upper, has_lower, has_upper = self._neighbours(line, number)
        usable = has_lower & has_upper
        below, above = self._at(lower, usable), self._at(upper, usable)
        width = above.number - below.number
        share = np.divide(number - below.number, width, out=np.zeros(len(number)), where=width > 0)
        length = np.hypot((above.lon - below.lon) * np.cos(np.radians(below.lat)), above.lat - below.lat)
        usable &= (width <= WIDEST_BRACKET) & (length * _METRES_A_DEGREE <= LONGEST_BRACKET_M)
        lon = below.lon + (above.lon - below.lon) * share
        lat = below.lat + (above.lat - below.lat) * share
        return np.where(usable, lon, np.nan), np.where(usable, lat, np.nan)

    def nearest(self, line: Ints, number: Ints) -> tuple[Floats, Floats]:
        """Point of the nearest number on ``line`` that is at most ``NEAR_NUMBER`` away; of two as near the lower."""
        lower, upper, has_lower, has_upper = self._neighbours(line, number)
        below, above = self._at(lower, has_lower), self._at(upper, has_upper)
        to_lower = np.where(has_lower, number - below.number, _WIDTH)
        to_upper = np.where(has_upper, above.number - number, _WIDTH)
        near = np.minimum(to_lower, to_upper) <= NEAR_NUMBER
        is_lower = to_lower <= to_upper
        return (
            np.where(near, np.where(is_lower, below.lon, above.lon), np.nan),
            np.where(near, np.where(is_lower, below.lat, above.lat), np.nan),
        )

    def _neighbours(self, line: Ints, number: Ints) -> tuple[Ints, Ints, NDArray[np.bool_], NDArray[np.bool_]]:
        """Positions of the last number not above and the first not below, and whether they are of the same line."""
        key = line * _WIDTH + number
        lower = np.searchsorted(self.key, key, side="right") - 1
        upper = np.searchsorted(self.key, key, side="left")
        count = len(self.key)
        if count == 0:
            none = np.zeros(len(key), dtype=bool)
            return lower, upper, none, none
        has_lower = (lower >= 0) & (self.key[lower.clip(0)] // _WIDTH == line)
        has_upper = (upper < count) & (self.key[upper.clip(max=count - 1)] // _WIDTH == line)
        return lower.clip(0), upper.clip(max=count - 1), has_lower, has_upper

    def _at(self, position: Ints, usable: NDArray[np.bool_]) -> "_Spots":
        if len(self.key) == 0:
            nothing = np.full(len(position), np.nan)
            return _Spots(np.zeros(len(position), dtype=np.int64), nothing, nothing)
        lon = np.where(usable, self.lon[position], np.nan)
        lat = np.where(usable, self.lat[position], np.nan)
        return _Spots(self.key[position] % _WIDTH, lon, lat)


class _Spots:
    def __init__(self, number: Ints, lon: Floats, lat: Floats) -> None:
        self.number, self.lon, self.lat = number, lon, lat


def _middles(targets: pd.DataFrame, references: pd.DataFrame, streets: pd.DataFrame) -> tuple[Floats, Floats]:
    """The middle of each street within its ward: the point known on it that is nearest to the median of all.

    Points along the streets as they ship come first, then the register's own, and those on the street before those in
    its alleys.
    """
    key = ["line", "ward_id"]
    own = references[(references["line"] != "") & (references["ward_id"] != NO_WARD)]
    known = pd.concat(
        [
            streets[[*key, "lon", "lat"]].assign(rank=0),
            own[[*key, "lon", "lat"]].assign(rank=np.where(own["chain"] == "", 1, 2)),
        ],
        ignore_index=True,
    )
    known = known[known["rank"] == known.groupby(key)["rank"].transform("min")]
    median = known.groupby(key)[["lon", "lat"]].transform("median")
    away = (known["lon"] - median["lon"]) ** 2 + (known["lat"] - median["lat"]) ** 2
    middles = known.assign(away=away).sort_values(["away", "lon", "lat"], kind="stable").drop_duplicates(key)
    found = targets[key].merge(middles[[*key, "lon", "lat"]], on=key, how="left")
    asked = (targets["line"] != "").to_numpy()
    lon, lat = found["lon"].to_numpy(dtype=float), found["lat"].to_numpy(dtype=float)
    return np.where(asked, lon, np.nan), np.where(asked, lat, np.nan)
