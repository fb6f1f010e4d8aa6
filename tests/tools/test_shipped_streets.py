"""Streets joined from points, and that the file shipped is what the tool makes."""

import math
from itertools import pairwise

from data.reference import streets
from data.reference.streets import LINES_FILE, street_points
from tools.shipped_streets.join import LONGEST_GAP_METRES, StreetPoint, street_lines, written


def metres(a: list[float], b: list[float]) -> float:
    return math.hypot((a[0] - b[0]) * 111_320 * math.cos(math.radians(a[1])), (a[1] - b[1]) * 111_320)


def points(name: str, *places: tuple[float, float]) -> list[StreetPoint]:
    """Places in units of 100 m from a corner of the district."""
    return [StreetPoint(name, 105.75 + x * 0.000962, 20.95 + y * 0.000898) for x, y in places]


def test_points_in_any_order_make_one_line_from_end_to_end() -> None:
    (line,) = street_lines(points("Phố Lê Lợi", (3, 0), (0, 0), (4.5, 0), (1.5, 0)))["features"]
    lons = [lon for lon, _ in line["geometry"]["coordinates"]]
    assert lons in (sorted(lons), sorted(lons, reverse=True))
    assert len(lons) == 4
    assert line["properties"] == {"name": "Phố Lê Lợi"}


def test_two_carriageways_are_one_street() -> None:
    both = [(x, y) for x in (0, 1.5, 3) for y in (0, 0.2)]
    (line,) = street_lines(points("Đường Vạn Phúc", *both))["features"]
    assert len(line["geometry"]["coordinates"]) == 3


def test_a_long_gap_is_not_bridged_and_a_branch_is_a_line_of_its_own() -> None:
    apart = street_lines(points("Quang Trung", (0, 0), (1.5, 0), (30, 0), (31.5, 0)))["features"]
    assert len(apart) == 2
    branching = street_lines(points("Ba La", *((x, 0) for x in range(7)), (3, 2)))["features"]
    assert sorted(len(line["geometry"]["coordinates"]) for line in branching) == [2, 7]


def test_a_lone_point_and_no_point_make_no_line() -> None:
    assert street_lines(points("Tô Hiệu", (0, 0)))["features"] == []
    assert street_lines([])["features"] == []


def test_the_streets_of_the_district_are_lines_without_gaps() -> None:
    rows = [StreetPoint(*row) for row in street_points()]
    lines = street_lines(rows)["features"]
    assert len({line["properties"]["name"] for line in lines}) >= 45
    for line in lines:
        assert all(metres(a, b) <= LONGEST_GAP_METRES + 1 for a, b in pairwise(line["geometry"]["coordinates"]))
    # Every point lies near a corner of its own street's lines, unless it stands alone.
    corners = {(line["properties"]["name"], *corner) for line in lines for corner in line["geometry"]["coordinates"]}
    near = [
        any(name == row.street and metres([lon, lat], [row.lon, row.lat]) < 130 for name, lon, lat in corners)
        for row in rows
    ]
    assert sum(near) / len(near) > 0.93


def test_the_shipped_lines_are_what_the_tool_makes() -> None:
    made = street_lines(StreetPoint(*row) for row in street_points())
    assert LINES_FILE.read_text("utf-8") == written(made)
    assert streets.street_lines() == made
