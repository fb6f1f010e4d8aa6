"""Pictures of papers: well-formed, in an order in which nothing hides what the picture is about, and small."""

import datetime as dt

from lxml import etree

from data.texts.catalogue import t
from data.vocabulary import STATUSES
from layers.notes import Note
from layers.paper_charts import bars, status_area
from layers.paper_map import Place, Point, Said, paper_map_svg

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "<script>&\"'\\ #set $x$"
DAYS = [dt.date(2021, 11, 1) + dt.timedelta(days=index) for index in range(28)]


def _square(name: str, x: float, *, is_shown: bool) -> Place:
    ring = [(x, 0.0), (x + 1000, 0.0), (x + 1000, 1000.0), (x, 1000.0), (x, 0.0)]
    return Place(name, [ring], (x + 500, 500.0), is_shown)


def _drawn(svg: str, name: str) -> list[etree._Element]:
    return list(etree.fromstring(svg).iter(f"{SVG}{name}"))


def test_no_neighbour_lies_on_the_outline_of_the_ward() -> None:
    places = [_square("Của tôi", 0, is_shown=True), _square("Bên cạnh", 1000, is_shown=False)]
    outlines = [path.get("stroke") for path in _drawn(paper_map_svg(places, [], Said([], None)), "path")]
    assert outlines[:2] == ["#C3CBD2", "#5B6670"]


def test_every_status_has_a_form_of_its_own_in_grey_print() -> None:
    """What is left of a mark without its colours: its elements, and how large they are against one another."""
    ward = [_square("Phường", 0, is_shown=True)]

    def form(status: str) -> tuple[object, ...]:
        svg = paper_map_svg(ward, [Point(500, 500, status, 1)], Said([], None))
        marks = [each for name in ("path", "rect", "circle") for each in _drawn(svg, name) if each.get("fill")]
        return tuple((each.tag, each.get("d"), each.get("r"), each.get("width")) for each in marks)

    assert len({form(status) for status in STATUSES}) == len(STATUSES)


def test_ten_thousand_squares_stay_a_small_picture_and_say_that_they_are_squares() -> None:
    points = [Point(5.0 * x, 10.0 * y, "violating", 3) for x in range(100) for y in range(100)]
    svg = paper_map_svg([_square(HOSTILE, 0, is_shown=True)], points, Said([HOSTILE], 250))
    assert len(svg) < 2_000_000
    said = [text.text for text in _drawn(svg, "text")]
    assert t("paper.map.squares", "vi", metres=250) in said
    assert said.count(HOSTILE) == 3


def test_a_chart_explains_the_days_that_are_not_known_and_numbers_its_notes() -> None:
    counts = {status: [index + place for index in range(28)] for place, status in enumerate(STATUSES)}
    notes = [Note(dt.date(2021, 10, 1), DAYS[2], HOSTILE), Note(DAYS[5], DAYS[5], "b")]
    said = [text.text for text in _drawn(status_area(DAYS, counts, [DAYS[3]], notes), "text")]
    assert t("chart.scans.unknown", "vi") in said
    assert {"1", "2"} <= set(said)
    assert {t(f"status.{status}", "vi") for status in STATUSES} <= set(said)
    other = status_area(DAYS, counts, [dt.date(2021, 10, 1)], [])
    assert t("chart.scans.unknown", "vi") not in [text.text for text in _drawn(other, "text")]


def test_one_day_and_no_venue_is_a_chart_too() -> None:
    assert _drawn(status_area(DAYS[:1], {"violating": [0]}, [], []), "path")


def test_bars_keep_to_the_sheet_whatever_the_names() -> None:
    svg = bars([(HOSTILE * 20, 30_000, 12_345), ("Rỗng", 0, 0)], ("Vi phạm", "Tất cả"))
    widths = [float(rect.get("x", 0)) + float(rect.get("width", 0)) for rect in _drawn(svg, "rect")]
    assert max(widths) <= 560
    said = [text.text or "" for text in _drawn(svg, "text")]
    assert "12.345 / 30.000" in said
    assert max(map(len, said)) <= 34
