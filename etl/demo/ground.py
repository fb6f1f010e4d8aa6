"""The ground of the demonstration: places along the real streets, in their alleys, new towns and villages.

Computed from the shipped wards and ``data/reference/figures/streets.csv``; the same for every seed. Coordinates are
metres in UTM 48N (EPSG:32648) until a venue is placed.
"""

import csv
import json
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from data.project import ROOT
from etl.demo import words

REFERENCE = ROOT / "data" / "reference"
METRES, DEGREES = 32648, 4326
STREET, ALLEY, TOWN, VILLAGE = range(4)
STEP = 6.0  # metres between two places on a street, about the width of a house
LONGEST_GAP = 450.0  # metres: points of a street further apart are two stretches of it
BUSY = frozenset(("Quang Trung", "Trần Phú", "Lê Trọng Tấn", "Phùng Hưng", "Tô Hiệu", "Ngô Quyền", "Nguyễn Trãi"))

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_to_metres = pyproj.Transformer.from_crs(DEGREES, METRES, always_xy=True)


@dataclass(frozen=True)
class Places:
    """Where a street passes: each place with its ward (index), street (index), direction and metres from its start."""

    x: Floats
    y: Floats
    along: Floats  # angle of the street, radians
    metres: Floats
    street: Ints
    ward: Ints
    weight: Floats


@dataclass(frozen=True)
class Quarter:
    """A new town (with letters of its lots) or a village around a point."""

    name: str
    ward: int
    x: float
    y: float
    angle: float
    lots: tuple[str, ...] = ()


class Ground:
    """Wards, streets and quarters of the district."""

    def __init__(self) -> None:
        features = json.loads((REFERENCE / "wards.geojson").read_text(encoding="utf-8"))["features"]
        self.codes: list[str] = [feature["properties"]["code"] for feature in features]
        self.names: list[str] = [feature["properties"]["name"] for feature in features]
        self.population = np.array([feature["properties"]["population"] for feature in features], dtype=float)
        outlines = [shapely.geometry.shape(feature["geometry"]) for feature in features]
        self.outlines = np.array([shapely.transform(shape, to_metres) for shape in outlines])
        shapely.prepare(self.outlines)

    @cached_property
    def streets(self) -> list[str]:
        """Names of the streets with their word ("Phố Bà Triệu")."""
        return list(dict.fromkeys(row["street"] for row in self._street_rows))

    @cached_property
    def _street_rows(self) -> list[dict[str, str]]:
        with (REFERENCE / "figures" / "streets.csv").open(encoding="utf-8", newline="") as lines:
            return list(csv.DictReader(lines))

    @cached_property
    def places(self) -> Places:
        """Places every ``STEP`` metres along all streets, each in the ward whose outline holds it."""
        parts = []
        for index, street in enumerate(self.streets):
            rows = [row for row in self._street_rows if row["street"] == street]
            lonlat = np.array([(float(row["lon"]), float(row["lat"])) for row in rows])
            parts.append(_walk(to_metres(lonlat), index))
        x, y, along, metres, street_of = (np.concatenate(column) for column in zip(*parts, strict=True))
        ward = self.ward_at(x, y)
        kept = ward >= 0
        busy = np.array([name.split(" ", 1)[1] in BUSY for name in self.streets])
        street_of = street_of.astype(int)
        return Places(
            x[kept],
            y[kept],
            along[kept],
            metres[kept],
            street_of[kept],
            ward[kept],
            np.where(busy[street_of[kept]], 3.0, 1.0),
        )

    @cached_property
    def quarters(self) -> list[Quarter]:
        """New towns and villages, at points well inside their wards."""
        rng = np.random.default_rng(29_62)
        found = []
        for ward, code in enumerate(self.codes):
            for name, lots in words.NEW_TOWNS.get(code, ()):
                found.append(Quarter(name, ward, *self._inner_point(ward, rng), rng.uniform(0, np.pi), lots))
            numbered = max(2, int(self.population[ward] // 4000))
            names = [f"TDP {name}" for name in words.VILLAGES.get(code, ())]
            names += [f"TDP {number}" for number in range(1, numbered + 1)]
            found += [Quarter(name, ward, *self._inner_point(ward, rng), 0.0) for name in names]
        return found

    def _inner_point(self, ward: int, rng: np.random.Generator) -> tuple[float, float]:
        outline = self.outlines[ward]
        inner = outline.buffer(-120)
        inner = outline if inner.is_empty else inner
        west, south, east, north = inner.bounds
        while True:
            x, y = rng.uniform(west, east), rng.uniform(south, north)
            if shapely.contains_xy(inner, x, y):
                return float(x), float(y)

    def ward_at(self, x: Floats, y: Floats) -> Ints:
        """Index of the ward that holds each point, -1 where none does."""
        ward = np.full(len(x), -1)
        for index, outline in enumerate(self.outlines):
            ward[shapely.contains_xy(outline, x, y)] = index
        return ward


def to_metres(lonlat: Floats) -> Floats:
    """Points (longitude, latitude; EPSG:4326) in metres (EPSG:32648)."""
    return np.column_stack(_to_metres.transform(lonlat[:, 0], lonlat[:, 1]))


def to_degrees(x: Floats, y: Floats, crs: int = METRES) -> tuple[Floats, Floats]:
    """Longitude and latitude (EPSG:4326) of points in metres."""
    lon, lat = pyproj.Transformer.from_crs(crs, DEGREES, always_xy=True).transform(x, y)
    return lon, lat


def to_vn2000(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Easting and northing in VN-2000, zone of Hanoi (EPSG:5897, central meridian 105°00')."""
    x, y = pyproj.Transformer.from_crs(DEGREES, 5897, always_xy=True).transform(lon, lat)
    return x, y


def _walk(points: Floats, street: int) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """x, y, angle, metres from the start and street index of places along the chain of a street's points."""
    points = np.unique(points, axis=0)
    if len(points) == 1:
        points = points + np.array([[-60.0, 0.0], [60.0, 0.0]])
    start = int(((points - points.mean(0)) ** 2).sum(1).argmax())
    left = [index for index in range(len(points)) if index != start]
    chain = [start]
    while left:
        nearest = min(left, key=lambda index: float(((points[index] - points[chain[-1]]) ** 2).sum()))
        left.remove(nearest)
        chain.append(nearest)
    columns: list[Floats] = []
    gone = 0.0
    for here, there in zip(points[chain[:-1]], points[chain[1:]], strict=True):
        length = float(np.hypot(*(there - here)))
        if length <= LONGEST_GAP:
            share = np.arange(0, length, STEP) / length
            spots = here + (there - here) * share[:, None]
            angle = np.full(len(share), np.arctan2(*(there - here)[::-1]))
            columns.append(np.column_stack([spots, angle, gone + share * length, np.full(len(share), street)]))
        gone += length
    if not columns:
        columns.append(np.array([[*points[0], 0.0, 0.0, street]]))
    x, y, angle, metres, index = np.concatenate(columns).T
    return x, y, angle, metres, index
