"""Ward outlines made sound: valid, without overlaps or gaps. What was changed is said with its area.

Outlines are WGS 84 (EPSG:4326); areas are square metres measured in UTM 48N (EPSG:32648).
"""

from dataclasses import dataclass

import numpy as np
import shapely

from etl.locating.districts import in_degrees, in_metres

# Slivers narrower than this between two wards are gaps of drawing, not land that belongs to nobody.
SLIVER_M = 30
# Below this an overlap or gap is rounding of coordinates: mended, not worth a word.
MENTIONED_M2 = 10
# Beyond this share of the smaller ward two outlines contradict each other, and nobody but their maker can tell.
LARGEST_OVERLAP = 0.05


@dataclass(frozen=True)
class Repaired:
    """Outlines (EPSG:4326, MULTIPOLYGON) in the order given, and what was changed (indices and m²)."""

    outlines: np.ndarray
    made_valid: tuple[int, ...]
    overlaps: tuple[tuple[int, int, float], ...]
    gaps_m2: float
    contradictions: tuple[tuple[int, int, float], ...]


def repair(outlines: np.ndarray) -> Repaired:
    """Make ``outlines`` (EPSG:4326, polygons) valid; take overlaps from the larger ward, give gaps to a neighbour."""
    broken = tuple(int(i) for i in np.flatnonzero(~shapely.is_valid(outlines)))
    metric = [_polygons(shape) for shape in in_metres(shapely.make_valid(outlines))]
    overlaps, contradictions = [], []
    tree = shapely.STRtree(metric)
    pairs = tree.query(metric, predicate="intersects").T
    for first, second in sorted((int(a), int(b)) for a, b in pairs if a < b):
        shared = _polygons(shapely.intersection(metric[first], metric[second]))
        if shared.area == 0:
            continue
        smaller, larger = sorted((first, second), key=lambda i: metric[i].area)
        if shared.area > LARGEST_OVERLAP * metric[smaller].area:
            contradictions.append((first, second, shared.area))
        metric[larger] = _polygons(shapely.difference(metric[larger], metric[smaller]))
        if shared.area >= MENTIONED_M2:
            overlaps.append((first, second, shared.area))
    gaps = _fill_gaps(metric)
    degrees = in_degrees(np.array(metric, dtype=object))
    # Coming back to degrees can bend an edge over its neighbour by a rounding error.
    whole = np.array([_polygons(shapely.make_valid(shape)) for shape in degrees], dtype=object)
    return Repaired(whole, broken, tuple(overlaps), gaps, tuple(contradictions))


def _fill_gaps(metric: list[shapely.MultiPolygon]) -> float:
    """Give each sliver between wards to the ward with which it shares the longest edge; returns their area."""
    union = shapely.union_all(np.array(metric, dtype=object))
    closed = shapely.buffer(shapely.buffer(union, SLIVER_M / 2, join_style="mitre"), -SLIVER_M / 2, join_style="mitre")
    filled = 0.0
    for gap in shapely.get_parts(_polygons(shapely.difference(closed, union))):
        around = shapely.buffer(gap, 0.5)
        touching = [i for i, ward in enumerate(metric) if ward.intersects(around)]
        # A notch in the outline of one ward is its shape; only what lies between two wards is a gap.
        if len(touching) < 2:
            continue
        edges = [shapely.intersection(metric[i].boundary, around).length for i in touching]
        owner = touching[int(np.argmax(edges))]
        metric[owner] = _polygons(shapely.union(metric[owner], gap))
        filled += gap.area
    return filled


def _polygons(shape: shapely.Geometry) -> shapely.MultiPolygon:
    """The polygons of ``shape`` as one MULTIPOLYGON; points and lines that a repair left over are no ground."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    return shapely.MultiPolygon([part for part in parts if shapely.get_dimensions(part) == 2 and part.area > 0])
