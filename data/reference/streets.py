"""The main streets that ship with the product: points along them, from ``data/reference/figures/streets.csv``."""

import csv
from functools import cache

from data.project import ROOT

STREETS_FILE = ROOT / "data" / "reference" / "figures" / "streets.csv"


@cache
def street_points() -> tuple[tuple[str, float, float], ...]:
    """(name, longitude, latitude) in EPSG:4326 of a point about every 150 m along each main street."""
    with STREETS_FILE.open(encoding="utf-8", newline="") as lines:
        return tuple((row["street"], float(row["lon"]), float(row["lat"])) for row in csv.DictReader(lines))
