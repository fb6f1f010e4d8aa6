"""Where a venue is: points as clerks write them, brought to WGS 84 (EPSG:4326) or said to be of no use.

Degrees may be swapped; metres may be VN-2000 or UTM zone 48N, with north or east first (Vietnamese surveyors call the
northing X). Nothing is dropped: each point ends as one of ``LOCATIONS`` and is counted.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import pandas as pd
import pyproj
from pyproj.aoi import AreaOfInterest
from pyproj.exceptions import CRSError

from data.errors import UserError
from data.texts.sentences import Sentence
from etl.locating.districts import District

LOCATIONS = ("given", "swapped", "projected", "unusable", "none")
# Hanoi's cadastral zone (central meridian 105°00', 3 degrees) first: it is what a ward's surveyor exports.
CANDIDATES = (5897, 3405, 32648, 9210)
# Easting and northing of northern Vietnam have six and seven digits; degrees never come near.
SMALLEST_METRES = 10_000
SAMPLE = 2_000
_AREA = AreaOfInterest(105.5, 20.7, 106.0, 21.2)


class UnknownCrs(UserError):
    """``--crs`` names no coordinate system."""

    def __init__(self, name: str) -> None:
        super().__init__(Sentence("refused.crs", name=name))


@dataclass(frozen=True)
class Points:
    """Points of a file: ``lon``, ``lat`` in degrees (NaN: no usable point), ``location`` one of LOCATIONS each."""

    lon: np.ndarray
    lat: np.ndarray
    location: np.ndarray
    crs: str | None = None
    also_fits: tuple[str, ...] = field(default=())

    def counts(self) -> dict[str, int]:
        """How many points ended as each of LOCATIONS; all are named, adding up to the rows."""
        return {name: int((self.location == name).sum()) for name in LOCATIONS}


def parse_crs(name: str | None) -> pyproj.CRS | None:
    """The coordinate system that ``--crs`` names; raises :class:`UnknownCrs`."""
    if name is None:
        return None
    try:
        return pyproj.CRS.from_user_input(int(name) if name.isdigit() else name)
    except CRSError as error:
        raise UnknownCrs(name) from error


def locate(frame: pd.DataFrame, district: District, wards: np.ndarray, crs: pyproj.CRS | None = None) -> Points:
    """Points of the rows of ``frame``.

    Parameters
    ----------
    frame
        Columns ``lon`` and ``lat``, or ``x`` and ``y``, numbers as read (NaN: nothing given); any may be missing.
    wards
        Ward id named for each row (0: none): of several coordinate systems that fit, the one whose points lie in them.
    crs
        Coordinate system of the file when a person has said it: for metres, and when geographic for degrees.
    """
    a, b = _pairs(frame)
    location = np.full(len(frame), "none", dtype=object)
    location[np.isfinite(a) | np.isfinite(b)] = "unusable"
    lon, lat = np.full(len(frame), np.nan), np.full(len(frame), np.nan)

    metres = (np.abs(a) > SMALLEST_METRES) & (np.abs(b) > SMALLEST_METRES)
    degrees = np.isfinite(a) & np.isfinite(b) & ~metres
    if crs is not None and crs.is_geographic and degrees.any():
        a[degrees], b[degrees] = _transformer(crs).transform(a[degrees], b[degrees])
    for word, east, north in (("given", a, b), ("swapped", b, a)):
        rows = np.flatnonzero(degrees & (location == "unusable"))
        rows = rows[district.holds(east[rows], north[rows])]
        lon[rows], lat[rows], location[rows] = east[rows], north[rows], word

    used: pyproj.CRS | None = None
    also: tuple[pyproj.CRS, ...] = ()
    if metres.any():
        rows = np.flatnonzero(metres)
        east, north = np.minimum(a[rows], b[rows]), np.maximum(a[rows], b[rows])
        choices = [crs] if crs is not None and crs.is_projected else [pyproj.CRS.from_epsg(c) for c in CANDIDATES]
        used, also = _choose(choices, east, north, district, wards[rows])
        if used is not None:
            x, y = _transformer(used).transform(east, north)
            inside = district.holds(x, y)
            rows = rows[inside]
            lon[rows], lat[rows], location[rows] = x[inside], y[inside], "projected"
    return Points(lon, lat, location, _name(used) if used else None, tuple(_name(other) for other in also))


def _pairs(frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """First and second number of each row: of lon and lat where given, else of x and y."""
    nothing = np.full(len(frame), np.nan)

    def numbers(name: str) -> np.ndarray:
        return frame[name].to_numpy(dtype=float, na_value=np.nan).copy() if name in frame else nothing.copy()

    a, b, x, y = (numbers(name) for name in ("lon", "lat", "x", "y"))
    neither = ~np.isfinite(a) & ~np.isfinite(b)
    return np.where(neither, x, a), np.where(neither, y, b)


def _choose(
    choices: Iterable[pyproj.CRS], east: np.ndarray, north: np.ndarray, district: District, wards: np.ndarray
) -> tuple[pyproj.CRS | None, tuple[pyproj.CRS, ...]]:
    """The coordinate system under which most points lie in the district (then: in their wards), and those as good.

    The zones of the same meridian differ by a few hundred metres, so the district alone often cannot tell them apart.
    """
    step = max(1, len(east) // SAMPLE)
    east, north, wards = east[::step], north[::step], wards[::step]
    scores = []
    for choice in choices:
        lon, lat = _transformer(choice).transform(east, north)
        inside = district.holds(lon, lat)
        right = inside & (wards != 0) & (district.at(np.where(inside, lon, np.nan), lat) == wards)
        scores.append((int(inside.sum()), int(right.sum()), choice))
    most = max(score[0] for score in scores)
    if most == 0:
        return None, ()
    fitting = [score for score in scores if score[0] >= 0.98 * most]
    best = max(fitting, key=lambda score: score[1])
    also = tuple(score[2] for score in fitting if score is not best and score[1] >= 0.98 * best[1])
    return best[2], also


@lru_cache(maxsize=16)
def _transformer(crs: pyproj.CRS) -> pyproj.Transformer:
    # The stub of pyproj names another class than the one that it imports.
    return pyproj.Transformer.from_crs(crs, 4326, always_xy=True, area_of_interest=_AREA)  # type: ignore[arg-type]


def _name(crs: pyproj.CRS) -> str:
    code = crs.to_epsg()
    return f"EPSG:{code} ({crs.name})" if code else crs.name
