"""Venues at one door become one stop: a market with 300 stalls is visited once, not 300 times.

Two venues are at one place when they lie within ``NEAR_METRES`` of each other and are both stalls of a market, or have
the same address. Places join through their neighbours, as the stalls of a hall do, up to ``MOST_ACROSS_METRES``.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from planning.distances import METRES_OF_A_DEGREE
from planning.places import Point

NEAR_METRES = 15.0
MOST_ACROSS_METRES = 250.0
MINUTES = 15
"""One visit with its record, as the district's own plans count it."""
MOST_MINUTES_AT_ONE = 120
MARKET = "market"
_CELL = NEAR_METRES / METRES_OF_A_DEGREE  # in degrees


@dataclass(frozen=True)
class Door:
    """A venue that is to be visited; ``address`` is folded (``data.texts.folding``), "" says nothing."""

    venue_id: int
    lon: float
    lat: float
    category: str
    address: str
    prize: float


@dataclass(frozen=True)
class Place:
    """Venues that are one stop, the most urgent first, where they lie, and what the stop takes and is worth."""

    doors: tuple[Door, ...]
    lon: float
    lat: float
    minutes: int
    prize: float


def grouped(doors: Iterable[Door], minutes: int = MINUTES) -> list[Place]:
    """The places of ``doors``, the most worth first; ``minutes`` of a visit to a single venue."""
    by_place = defaultdict(list)
    doors = sorted(doors, key=lambda door: (-door.prize, door.venue_id))
    places = _Joined(doors)
    for one, other in _neighbours(doors):
        places.join(one, other)
    for number, door in enumerate(doors):
        by_place[places.root(number)].append(door)
    found = [_place(tuple(members), minutes) for members in by_place.values()]
    return sorted(found, key=lambda place: (-place.prize, place.doors[0].venue_id))


def minutes_for(venues: int, minutes: int = MINUTES) -> int:
    """How long a stop with so many venues takes: as the square root of their number, at most ``MOST_MINUTES_AT_ONE``
    (or one visit's ``minutes``): a round through a market, with a word here and there.
    """
    return max(min(round(minutes * math.sqrt(venues)), MOST_MINUTES_AT_ONE), minutes)


def _place(doors: tuple[Door, ...], minutes: int) -> Place:
    """Worth what as many of its venues are worth as its minutes hold single visits; it lies at its most urgent one."""
    needed = minutes_for(len(doors), minutes)
    return Place(
        doors=doors,
        lon=doors[0].lon,
        lat=doors[0].lat,
        minutes=needed,
        prize=sum(door.prize for door in doors[: max(needed // minutes, 1)]),
    )


def _neighbours(doors: Sequence[Door]) -> Iterator[tuple[int, int]]:
    """Pairs that are at one place, nearest cells only."""
    cells: dict[tuple[int, int], list[int]] = defaultdict(list)
    for number, door in enumerate(doors):
        row, column = _cell(door)
        for near in ((row + up, column + across) for up in (-1, 0, 1) for across in (-1, 0, 1)):
            yield from ((other, number) for other in cells[near] if _is_one_place(doors[other], door))
        cells[row, column].append(number)


def _cell(door: Door) -> tuple[int, int]:
    # a degree of longitude is shorter than one of latitude, in Vietnam by a tenth: half is far enough below
    return math.floor(door.lat / _CELL), math.floor(door.lon / (2 * _CELL))


def _is_one_place(one: Door, other: Door) -> bool:
    is_alike = (one.category == other.category == MARKET) or (one.address != "" and one.address == other.address)
    return is_alike and _metres((one.lon, one.lat), (other.lon, other.lat)) <= NEAR_METRES


def _metres(one: Point, other: Point) -> float:
    """A straight line; plain numbers, for it is asked of each pair of a market's stalls."""
    across = (one[0] - other[0]) * math.cos(math.radians(one[1]))
    return math.hypot(across, one[1] - other[1]) * METRES_OF_A_DEGREE


class _Joined:
    """Which doors are one place so far; joining never makes a place wider than ``MOST_ACROSS_METRES``."""

    def __init__(self, doors: Sequence[Door]) -> None:
        self._above = list(range(len(doors)))
        self._box = [(door.lon, door.lat, door.lon, door.lat) for door in doors]

    def root(self, number: int) -> int:
        while self._above[number] != number:
            self._above[number] = number = self._above[self._above[number]]
        return number

    def join(self, one: int, other: int) -> None:
        first, second = sorted((self.root(one), self.root(other)))
        a, b = self._box[first], self._box[second]
        box = (min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3]))
        if first != second and _metres(box[:2], box[2:]) <= MOST_ACROSS_METRES:
            self._above[second] = first
            self._box[first] = box
