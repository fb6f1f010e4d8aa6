"""The shipped wards: a gapless tessellation that keeps to the figures, and that its script makes again."""

import csv
import json

import numpy as np
import pytest
import shapely

from tools.shipped_wards import tessellate as script
from tools.shipped_wards.fields import TO_METRES, Grid, assign

WARDS = script.WARDS_FILE
SIDES = ("west", "south", "east", "north")
# Its box reaches over two neighbours in a way that no connected outline could follow without cutting them apart.
LOOSE_BOXES = {"Hà Cầu": 450, "Quang Trung": 250, "Yên Nghĩa": 200}
BOX_METRES = 110


@pytest.fixture(scope="module")
def features() -> list[dict]:
    return json.loads(WARDS.read_text(encoding="utf-8"))["features"]


@pytest.fixture(scope="module")
def shapes(features: list[dict]) -> list[shapely.Polygon]:
    return [shapely.geometry.shape(feature["geometry"]) for feature in features]


@pytest.fixture(scope="module")
def figures() -> list[dict[str, str]]:
    with (WARDS.parent / "figures" / "wards-2021.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def in_metres(shape: shapely.Geometry) -> shapely.Geometry:
    return shapely.transform(shape, lambda xy: np.column_stack(TO_METRES.transform(xy[:, 0], xy[:, 1])))


def test_17_wards_with_what_the_loader_needs(features: list[dict], figures: list[dict[str, str]]) -> None:
    said = [feature["properties"] for feature in features]
    assert [one["code"] for one in said] == [row["ward_code"] for row in figures]
    assert [one["name"] for one in said] == [row["name"] for row in figures]
    assert sum(one["population"] for one in said) == 397_854
    assert {one["boundary_source"] for one in said} == {"approximate"}
    assert {one["vintage"] for one in said} == {"2021"}
    early = {one["name"] for one in said if one["valid_to"] == "2024-12-31"}
    assert early == {"Nguyễn Trãi", "Quang Trung", "Yết Kiêu"}
    assert {one["valid_to"] for one in said if one["name"] not in early} == {"2025-06-30"}
    assert WARDS.stat().st_size < 200_000


def test_no_overlap_no_gap_and_the_outline_filled(shapes: list[shapely.Polygon]) -> None:
    assert all(shape.is_valid and shape.geom_type == "Polygon" for shape in shapes)
    assert shapely.coverage_is_valid(shapes)
    district = shapely.union_all(shapes)
    assert district.geom_type == "Polygon"
    assert not district.interiors
    outline = script.district_outline()
    assert district.symmetric_difference(outline).area / outline.area < 0.0001


def test_areas_and_boxes_keep_to_the_figures(shapes: list[shapely.Polygon], figures: list[dict[str, str]]) -> None:
    for row, shape in zip(figures, shapes, strict=True):
        assert in_metres(shape).area / 1e6 == pytest.approx(float(row["area_km2"]), rel=0.04), row["name"]
        given = shapely.box(*(float(row[side]) for side in SIDES))
        off = np.abs(np.array(in_metres(shape).bounds) - np.array(in_metres(given).bounds))
        assert off.max() <= LOOSE_BOXES.get(row["name"], BOX_METRES), (row["name"], off)


def test_inside_points_and_street_points_lie_in_their_wards(
    shapes: list[shapely.Polygon], figures: list[dict[str, str]]
) -> None:
    for row, shape in zip(figures, shapes, strict=True):
        assert shapely.contains_xy(shape, float(row["inside_lon"]), float(row["inside_lat"])), row["name"]
    points, wards, _ = script.street_points()
    inside = [
        bool(shapely.contains_xy(in_metres(shapes[ward]), x, y))
        for (x, y), ward in zip(points, wards.tolist(), strict=True)
    ]
    assert np.mean(inside) >= 0.95


def test_the_method_finds_the_ward_of_points_that_it_was_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(script, "CELL", 60.0)  # coarser than what ships, so that the test stays short
    assert script.held_out_share(rounds=1) >= 0.85


def test_the_same_figures_give_the_same_wards() -> None:
    figures = script.figures_from(*script.street_points())
    grid = Grid(figures.outline, 100.0)
    assert (assign(figures, grid) == assign(figures, grid)).all()
