"""Compute ``wards.geojson``: a tessellation of the 17 wards of 2021 from the figures beside it.

Run from the project's root: ``python -m tools.shipped_wards.tessellate`` (about two minutes; always the same bytes).
``--evaluate`` also leaves out a quarter of the street points, four times, and prints what share of those falls into
the right ward, which is the only honest measure there is, since the true outlines are not part of the figures. The
result is approximate and says so (``boundary_source``).
"""

import argparse
import csv
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import shapely

from tools.shipped_wards.fields import TO_METRES, Figures, Floats, Grid, Ints, assign

HERE = Path(__file__).resolve().parents[2] / "data" / "reference"
WARDS_FILE = HERE / "wards.geojson"
CELL = 30.0  # metres
SMOOTHING = 45.0  # metres: tolerance of the Visvalingam-Whyatt simplification, about the stairs of 1.5 cells
LONE = 200.0  # metres: a street point with no other point of its ward within, but two of others, is left out
VALID_FROM = "2009-05-08"  # resolution 19/NQ-CP of 8 May 2009 made the district and its 17 wards
MERGED_EARLY = {"09538", "09547", "09550"}  # one ward since 1 January 2025; the others regrouped on 1 July 2025


def _rows(name: str) -> list[dict[str, str]]:
    with (HERE / "figures" / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _metres(lon: Sequence[float] | Floats, lat: Sequence[float] | Floats) -> Floats:
    return np.column_stack(TO_METRES.transform(lon, lat))


def district_outline() -> shapely.Polygon:
    """The outline of the district as given, in degrees (EPSG:4326)."""
    return shapely.Polygon([(float(row["lon"]), float(row["lat"])) for row in _rows("district-outline.csv")])


def street_points() -> tuple[Floats, Ints, list[str]]:
    """Street points in metres, the index of each point's ward, and the ward codes in the order of the figures."""
    codes = [row["ward_code"] for row in _rows("wards-2021.csv")]
    rows = _rows("streets.csv")
    points = _metres([float(row["lon"]) for row in rows], [float(row["lat"]) for row in rows])
    return points, np.array([codes.index(row["ward_code"]) for row in rows]), codes


def figures_from(points: Floats, point_wards: Ints, codes: list[str]) -> Figures:
    """What is known of the wards, with these street points (metres) and without the lone ones among them."""
    wards = _rows("wards-2021.csv")
    outline = shapely.Polygon(_metres(*(list(axis) for axis in zip(*district_outline().exterior.coords, strict=True))))
    areas = np.array([float(ward["area_km2"]) for ward in wards])
    near = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1)) < LONE
    near &= ~np.eye(len(points), dtype=bool)
    same = near & (point_wards[:, None] == point_wards[None])
    kept = same.any(1) | (near.sum(1) < 2)
    inside = _metres([float(ward["inside_lon"]) for ward in wards], [float(ward["inside_lat"]) for ward in wards])
    return Figures(
        codes=codes,
        boxes=np.array([[float(ward[side]) for side in ("west", "south", "east", "north")] for ward in wards]),
        areas=areas * outline.area / areas.sum(),
        points=np.vstack([points[kept], inside]),
        point_wards=np.concatenate([point_wards[kept], np.arange(len(codes))]),
        outline=outline,
    )


def outlines(figures: Figures, grid: Grid, wards: Ints) -> list[shapely.Polygon]:
    """Smoothed outlines in degrees, one per ward: they share their borders exactly and fill the district's outline."""
    half = grid.size / 2
    raw = []
    for ward in range(len(figures.codes)):
        rows, columns = np.nonzero(wards == ward)
        x, y = grid.x[columns], grid.y[rows]
        raw.append(shapely.coverage_union_all(shapely.box(x - half, y - half, x + half, y + half)))
    smooth = shapely.coverage_simplify(raw, SMOOTHING)
    # Nodes on a grid of 1 cm, so that neighbours cut by the outline keep the same corner.
    clipped = shapely.intersection(smooth, figures.outline, grid_size=0.01)
    degrees = shapely.transform(clipped, _degrees)
    return [largest(shape) for shape in degrees]


def _degrees(metres: Floats) -> Floats:
    lon, lat = TO_METRES.transform(metres[:, 0], metres[:, 1], direction="INVERSE")
    return np.round(np.column_stack([lon, lat]), 6)


def largest(shape: shapely.Geometry) -> shapely.Polygon:
    """The largest polygon of a shape."""
    return max(shapely.get_parts(shape), key=lambda part: part.area)


def write(shapes: list[shapely.Polygon], path: Path) -> None:
    """Write the wards as GeoJSON (EPSG:4326, 6 decimals), one feature a line."""
    features = []
    for ward, shape in zip(_rows("wards-2021.csv"), shapes, strict=True):
        properties = {
            "code": ward["ward_code"],
            "name": ward["name"],
            "vintage": "2021",
            "valid_from": VALID_FROM,
            "valid_to": "2024-12-31" if ward["ward_code"] in MERGED_EARLY else "2025-06-30",
            "area_km2": float(ward["area_km2"]),
            "population": int(ward["population_2019"]),
            "boundary_source": "approximate",
        }
        geometry = json.loads(shapely.to_geojson(shape))
        features.append(
            json.dumps({"type": "Feature", "properties": properties, "geometry": geometry}, ensure_ascii=False)
        )
    text = '{"type": "FeatureCollection", "name": "wards", "features": [\n' + ",\n".join(features) + "\n]}\n"
    path.write_text(text, encoding="utf-8")


def describe(shapes: list[shapely.Polygon]) -> str:
    """A line per ward: error of the area in per cent and of the bounding box in metres (W, S, E, N)."""
    lines = []
    for ward, shape in zip(_rows("wards-2021.csv"), shapes, strict=True):
        metres = shapely.transform(shape, lambda lonlat: _metres(lonlat[:, 0], lonlat[:, 1]))
        area = 100 * (metres.area / 1e6 / float(ward["area_km2"]) - 1)
        given = np.array([float(ward[side]) for side in ("west", "south", "east", "north")])
        box = (np.array(shape.bounds) - given) * np.array([103_900, 110_700, 103_900, 110_700])
        lines.append(f"{ward['name']:12} area {area:+5.1f} %  box " + " ".join(f"{side:+5.0f}" for side in box))
    return "\n".join(lines)


def held_out_share(rounds: int = 4) -> float:
    """Share of held-out street points (a quarter at a time) that fall into their ward, over ``rounds`` quarters."""
    points, point_wards, codes = street_points()
    order = np.random.default_rng(2962).permutation(len(points))
    right = 0
    tried = 0
    for quarter in range(rounds):
        held = order[quarter::4]
        used = np.setdiff1d(order, held)
        figures = figures_from(points[used], point_wards[used], codes)
        grid = Grid(figures.outline, CELL)
        wards = assign(figures, grid)
        right += int((wards[grid.cells(points[held])] == point_wards[held]).sum())
        tried += len(held)
        print(f"quarter {quarter + 1}: {right} of {tried} held-out points in the right ward", flush=True)
    return right / tried


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--evaluate", action="store_true", help="also measure with held-out street points")
    parser.add_argument("--out", type=Path, default=WARDS_FILE)
    arguments = parser.parse_args()
    figures = figures_from(*street_points())
    grid = Grid(figures.outline, CELL)
    shapes = outlines(figures, grid, assign(figures, grid))
    write(shapes, arguments.out)
    print(describe(shapes))
    if arguments.evaluate:
        print(f"held-out street points in the right ward: {held_out_share():.1%}")


if __name__ == "__main__":
    main()
