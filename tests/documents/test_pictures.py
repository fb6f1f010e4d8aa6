"""Pictures of papers, rasterised: one venue is enough to be seen, and a key in colours hides no blank picture."""

import datetime as dt

import pytest

from data.vocabulary import STATUSES
from documents.pictures import BlankPicture, picture
from documents.report_parts import bars
from layers.paper_charts import AREA_BODY, status_area
from layers.paper_map import BODY, Place, Point, Said, has_colour, paper_map_svg
from layers.svg import element
from layers.svg import picture as drawing

DAY = dt.date(2021, 11, 28)
RING = [(0.0, 0.0), (6000.0, 0.0), (6000.0, 5000.0), (0.0, 5000.0), (0.0, 0.0)]
WARD = [Place("Phường", [RING], (3000.0, 2500.0), True)]
PLAIN, SQUARES = Said(["Ngày 28/11/2021."], None), Said(["Ngày 28/11/2021."], 250)
AWAY = -90_000.0


def shown(points: list[Point], said: Said = PLAIN, *, is_coloured: bool | None = None) -> bytes:
    asked = has_colour(WARD, points, said) if is_coloured is None else is_coloured
    return picture(paper_map_svg(WARD, points, said), "bản đồ", DAY, body=BODY, is_coloured=asked).png


def test_a_blank_picture_is_refused() -> None:
    with pytest.raises(BlankPicture):
        picture(drawing(600, 300), "trống", DAY)
    grey = drawing(600, 300, element("rect", x=0, y=0, width=300, height=300, fill="#888888"))
    with pytest.raises(BlankPicture):
        picture(grey, "không có địa điểm nào", DAY)
    assert picture(grey, "không có địa điểm nào", DAY, is_coloured=False).png


@pytest.mark.parametrize("status", STATUSES)
def test_one_venue_is_seen_on_a_map(status: str) -> None:
    point = Point(500.0, 600.0, status, 1)
    assert has_colour(WARD, [point], PLAIN) == (status != "unregistered")
    assert shown([point])
    assert has_colour(WARD, [point], SQUARES) == (status in ("violating", "suspended"))
    assert shown([point], SQUARES)


def test_the_key_is_no_drawing() -> None:
    away = [Point(AWAY, AWAY, status, 1) for status in STATUSES]
    assert not has_colour(WARD, away, PLAIN)
    assert shown(away)
    with pytest.raises(BlankPicture):
        shown(away, is_coloured=True)
    days = [DAY - dt.timedelta(days=back) for back in range(14, -1, -1)]
    nothing = status_area(days, {status: [0] * 15 for status in STATUSES}, [], [])
    with pytest.raises(BlankPicture):
        picture(nothing, "trống", DAY, body=AREA_BODY)


def test_a_mark_beneath_a_grey_one_is_not_looked_for() -> None:
    same = [Point(500.0, 600.0, "scanning", 1), Point(500.0, 600.0, "unregistered", 1)]
    assert not has_colour(WARD, same, PLAIN)
    assert has_colour(WARD, [*same, Point(500.0, 600.0, "reminded", 1)], PLAIN)


def test_one_violating_venue_of_many_is_a_bar_that_can_be_seen() -> None:
    rows = [{"name": "Phú La", "venues": 30_000, "violating": 0}, {"name": "Mộ Lao", "venues": 900, "violating": 1}]
    assert bars("Theo phường", rows, DAY).png
