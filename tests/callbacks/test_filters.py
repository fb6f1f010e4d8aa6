"""An address is read as far as it can be, shown as chips, and said in words."""

import datetime as dt
import json

import pytest

from callbacks.view.filters import View, chips, describe, file_query, read
from data.queries.filters import Filters
from data.queries.options import CategoryOption, Options, WardOption

TODAY = dt.date(2021, 11, 30)
FIRST = dt.date(2021, 10, 1)
OPTIONS = Options(
    (WardOption("09541", "Mộ Lao"), WardOption("09542", "Văn Quán")),
    (CategoryOption("grocery", "Tạp hóa", "Grocery", True), CategoryOption("cafe", "Quán cà phê", "Café", False)),
)


def reading(search: str) -> View:
    return read(search, TODAY, FIRST, OPTIONS)


def test_an_address_without_filters_shows_today() -> None:
    assert reading("") == View(Filters(TODAY), "vi", "compliant", ())
    assert reading("?lang=en&measure=density") == View(Filters(TODAY), "en", "density", ())


def test_a_sent_link_gives_the_view_back() -> None:
    filters = Filters(
        dt.date(2021, 11, 15),
        frozenset({"violating", "reminded"}),
        frozenset({"09541", "none"}),
        frozenset({"point_of_sale", "cafe"}),
        "Yết Kiêu",
        ((105.77, 20.96), (105.78, 20.96), (105.78, 20.97)),
        "outside_ward",
        "HD0001",
    )
    assert reading("?" + filters.to_query_string()).filters == filters


@pytest.mark.parametrize(
    ("part", "named"),
    [
        ("day=2021-13-45", "2021-13-45"),
        ("day=2099-01-01", "01/01/2099"),
        ("day=2021-09-30", "30/09/2021"),
        ("status=violating,angry", "angry"),
        ("ward=12345", "12345"),
        ("category=castle", "castle"),
        ("area=1,2;3", "Vùng"),
        ("located=moon", "moon"),
        ("venue=%3Cscript%3E", "script"),
    ],
)
def test_what_cannot_be_read_is_named_and_the_rest_is_used(part: str, named: str) -> None:
    rest = "q=pho" if part.startswith("status") else "status=reminded"
    view = reading(f"?{rest}&{part}")
    assert len(view.problems) == 1
    assert named in view.problems[0]
    assert view.filters == (Filters(TODAY, query="pho") if rest == "q=pho" else Filters(TODAY, frozenset({"reminded"})))


def test_each_filter_has_a_chip_that_takes_it_away_alone() -> None:
    view = reading("?day=2021-11-15&status=violating,reminded&ward=09541,none&category=cafe&q=pho&located=no_point")
    *removers, clear = chips(view.filters, TODAY, OPTIONS, "vi")
    names = [chip.children[0] for chip in removers]
    assert names[:5] == ["Ngày 15/11/2021", "Vi phạm", "Đã nhắc nhở", "Không khớp phường", "Mộ Lao"]
    assert names[5:] == ["Quán cà phê", "«pho»", "Chưa định vị"]
    patches = [json.loads(chip.children[1].to_plotly_json()["props"]["data-go"]) for chip in removers]
    assert patches == [
        {"day": None},
        {"status": "reminded"},
        {"status": "violating"},
        {"ward": "09541"},
        {"ward": "none"},
        {"category": None},
        {"q": None},
        {"located": None},
    ]
    cleared = json.loads(clear.to_plotly_json()["props"]["data-go"])
    assert set(cleared) == {"day", "status", "ward", "category", "q", "area", "located"}
    assert set(cleared.values()) == {None}


def test_without_filters_there_is_nothing_to_clear() -> None:
    assert chips(Filters(TODAY, venue="HD0001"), TODAY, OPTIONS, "vi") == []


def test_filters_in_words() -> None:
    filters = reading("?status=violating&ward=09541&q=pho").filters
    assert describe(filters, OPTIONS, "vi") == "Tình trạng: Vi phạm; Phường: Mộ Lao; Tìm kiếm: «pho»"
    assert describe(Filters(TODAY), OPTIONS, "en") == "none"


def test_a_file_is_of_the_day_shown_even_when_it_is_today() -> None:
    assert file_query(Filters(TODAY, venue="HD0001"), "en") == "?day=2021-11-30&lang=en"
