"""The main streets that ship with the product: points along them, and the lines that ``tools.shipped_streets`` made."""

import csv
import json
from functools import cache
from typing import Any

from data.project import ROOT

STREETS_FILE = ROOT / "data" / "reference" / "figures" / "streets.csv"
LINES_FILE = ROOT / "data" / "reference" / "streets.geojson"


@cache
def street_points() -> tuple[tuple[str, float, float], ...]:
    """(name, longitude, latitude) in EPSG:4326 of a point about every 150 m along each main street."""
    with STREETS_FILE.open(encoding="utf-8", newline="") as lines:
        return tuple((row["street"], float(row["lon"]), float(row["lat"])) for row in csv.DictReader(lines))


@cache
def street_lines() -> dict[str, Any]:
    """The streets as a GeoJSON FeatureCollection of lines (EPSG:4326) with the property ``name``."""
    lines: dict[str, Any] = json.loads(LINES_FILE.read_text("utf-8"))
    return lines
