"""Compute ``data/reference/streets.geojson``: the main streets of the basemap, joined from points that lie along them.

Run from the project's root: ``python -m tools.shipped_streets.join`` (a second; always the same bytes).
"""

import json
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from data.reference.streets import LINES_FILE, street_points

Point = tuple[float, float]
Edge = tuple[int, int]

# Nearer points are the two carriageways of one street; farther ones are not known to be joined.
SAME_PLACE_METRES = 60.0
LONGEST_GAP_METRES = 480.0
SHORTEST_BRANCH_METRES = 140.0

_METRES_A_DEGREE = 111_320.0


@dataclass(frozen=True)
class StreetPoint:
    """A point on a street, EPSG:4326."""

    street: str
    lon: float
    lat: float


def street_lines(points: Iterable[StreetPoint]) -> dict[str, Any]:
    """Lines along the points of each street, as a GeoJSON FeatureCollection (EPSG:4326) with the property ``name``.

    The order of the points does not matter: neighbours are joined by the shortest tree, which is then taken apart into
    lines, the longest first. A street with a lone point has no line.
    """
    by_street: dict[str, list[Point]] = defaultdict(list)
    for point in points:
        by_street[point.street].append((point.lon, point.lat))
    features = [
        {
            "type": "Feature",
            "properties": {"name": name},
            "geometry": {"type": "LineString", "coordinates": [[round(x, 6), round(y, 6)] for x, y in line]},
        }
        for name, street in sorted(by_street.items())
        for line in _lines(_merged(street))
    ]
    return {"type": "FeatureCollection", "features": features}


def _metres(a: Point, b: Point) -> float:
    east = (a[0] - b[0]) * _METRES_A_DEGREE * math.cos(math.radians(a[1]))
    return math.hypot(east, (a[1] - b[1]) * _METRES_A_DEGREE)


def _merged(points: Sequence[Point]) -> list[Point]:
    """Points with those of one place made into their middle."""
    groups: list[list[Point]] = []
    for point in points:
        near = next((group for group in groups if _metres(group[0], point) < SAME_PLACE_METRES), None)
        if near is None:
            groups.append([point])
        else:
            near.append(point)
    return [(sum(x for x, _ in group) / len(group), sum(y for _, y in group) / len(group)) for group in groups]


def _lines(points: Sequence[Point]) -> list[list[Point]]:
    remaining = _shortest_tree(points)
    lines: list[list[Point]] = []
    while remaining:
        path = _longest_path(points, remaining)
        length = sum(_metres(points[a], points[b]) for a, b in pairwise(path))
        if not lines or length >= SHORTEST_BRANCH_METRES:
            lines.append([points[index] for index in path])
        for a, b in pairwise(path):
            remaining.discard((min(a, b), max(a, b)))
    return lines


def _shortest_tree(points: Sequence[Point]) -> set[Edge]:
    """Edges of the shortest forest (Kruskal) without gaps that are too long."""
    group = list(range(len(points)))

    def root(index: int) -> int:
        while group[index] != index:
            index = group[index]
        return index

    pairs = ((_metres(points[a], points[b]), a, b) for a in range(len(points)) for b in range(a + 1, len(points)))
    edges = set()
    for length, a, b in sorted(pairs):
        if length > LONGEST_GAP_METRES:
            break
        if root(a) != root(b):
            group[root(a)] = root(b)
            edges.add((a, b))
    return edges


def _longest_path(points: Sequence[Point], edges: set[Edge]) -> list[int]:
    """The longest path of the forest: of each tree, from the point farthest from any to the one farthest from that."""
    neighbours: dict[int, list[int]] = defaultdict(list)
    for a, b in sorted(edges):
        neighbours[a].append(b)
        neighbours[b].append(a)

    def farthest(start: int) -> tuple[float, list[int]]:
        best: tuple[float, list[int]] = (0.0, [start])
        stack = [(0.0, [start])]
        while stack:
            length, path = stack.pop()
            best = max(best, (length, path))
            stack.extend(
                (length + _metres(points[path[-1]], points[index]), [*path, index])
                for index in neighbours[path[-1]]
                if index not in path[-2:-1]
            )
        return best

    seen: set[int] = set()
    longest: tuple[float, list[int]] = (0.0, [])
    for start in sorted(neighbours):
        if start not in seen:
            _, path = farthest(start)
            candidate = farthest(path[-1])
            longest = max(longest, candidate)
            seen |= _connected(start, neighbours)
    return longest[1]


def _connected(start: int, neighbours: dict[int, list[int]]) -> set[int]:
    found = {start}
    stack = [start]
    while stack:
        for index in neighbours[stack.pop()]:
            if index not in found:
                found.add(index)
                stack.append(index)
    return found


def written(collection: dict[str, Any]) -> str:
    """The file's text: a street a line, so that a change shows what changed."""
    features = ",\n".join(json.dumps(feature, ensure_ascii=False) for feature in collection["features"])
    return f'{{"type": "FeatureCollection", "features": [\n{features}\n]}}\n'


def main() -> None:
    LINES_FILE.write_text(written(street_lines(StreetPoint(*point) for point in street_points())), encoding="utf-8")


if __name__ == "__main__":
    main()
