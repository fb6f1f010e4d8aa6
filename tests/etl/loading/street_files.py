"""A small made network in Hà Đông: a grid of streets, 200 m from one to the next, as files of every kind have it."""

from pathlib import Path
from typing import Any

import geopandas as gpd
from shapely.geometry import LineString

BLOCK_M = 200
_WEST, _SOUTH = 581_000, 2_319_800  # EPSG:32648; in Mộ Lao


def at(east: float, north: float) -> tuple[float, float]:
    """A place of the grid, in blocks from its south-western corner: metres of EPSG:32648."""
    return _WEST + east * BLOCK_M, _SOUTH + north * BLOCK_M


def line(*places: tuple[float, float]) -> LineString:
    """A line through places of the grid."""
    return LineString([at(*place) for place in places])


def streets(*rows: tuple[LineString, dict[str, Any]], size: int = 3) -> gpd.GeoDataFrame:
    """A grid of ``size`` streets each way, drawn from end to end with a vertex at each junction; then ``rows``.

    The southernmost street is one-way to the east.
    """
    span = range(size)
    east = [({"name": f"Phố {n}", "oneway": "yes" if n == 0 else None}, [(e, n) for e in span]) for n in span]
    north = [({"name": f"Ngõ {e}", "oneway": None}, [(e, n) for n in span]) for e in span]
    told = [(line(*places), attributes) for attributes, places in (*east, *north)]
    told += list(rows)
    columns = ("name", "oneway", *dict.fromkeys(key for _, said in rows for key in said))
    frame = {name: [said.get(name) for _, said in told] for name in dict.fromkeys(columns)}
    return gpd.GeoDataFrame(frame, geometry=[shape for shape, _ in told], crs=32648)


def write(frame: gpd.GeoDataFrame, path: Path, crs: int = 4326) -> Path:
    """Write a network; GeoJSON with the member "crs" where that is not WGS 84."""
    options = {"RFC7946": "NO"} if path.suffix == ".geojson" else {}
    frame.to_crs(crs).to_file(path, engine="pyogrio", encoding="UTF-8", **options)
    return path
