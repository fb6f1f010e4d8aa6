"""How far it is from door to door, in metres: by a straight line, or by streets where a network is loaded."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from data.reference.travel import DETOUR, Travel
from planning.places import Point

Metres = NDArray[np.float64]
"""Square matrix: from the point of the row to the point of the column."""
DistancesOf = Callable[[Sequence[Point], Travel], Metres]
"""Metres between each two of some points for who goes in that way: all finite, 0 from a point to itself."""

METRES_OF_A_DEGREE = 111_320.0
"""Of latitude."""


def straight(points: Sequence[Point], _travel: Travel) -> Metres:
    """Straight lines times ``DETOUR``, whoever goes; good to a few per mille within a district."""
    if not points:
        return np.zeros((0, 0))
    lon, lat = np.radians(np.asarray(points, dtype=np.float64)).T
    x = lon * np.cos(lat.mean())
    across, up = x[:, None] - x[None, :], lat[:, None] - lat[None, :]
    metres: Metres = np.degrees(np.hypot(across, up)) * METRES_OF_A_DEGREE * DETOUR
    return metres


def part(metres: Metres, rows: Sequence[int]) -> Metres:
    """The distances between some of the points alone, in the order of ``rows``."""
    return metres[np.ix_(rows, rows)]
