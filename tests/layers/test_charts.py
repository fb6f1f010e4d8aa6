"""Charts: Plotly accepts them, their titles say what and when, and their tables hold every number."""

import datetime as dt
import json
import re
from collections.abc import Callable
from typing import Any

import plotly.graph_objects as go
import pytest

from data.texts.catalogue import texts
from data.vocabulary import STATUSES
from layers.charts import Chart, scans, status_area
from layers.notes import Note, noted
from layers.statuses import STYLE_OF
from layers.template import CONFIG
from layers.timeline import LANES, Event, timeline

LAST = dt.date(2021, 11, 30)
DAYS = [LAST - dt.timedelta(days=number) for number in reversed(range(56))]
FIRST = DAYS[0]
COUNTS = {status: [1000 + number * (place + 1) for number in range(56)] for place, status in enumerate(STATUSES)}
WINDOW_FROM = dt.date(2021, 11, 22)
SCANS: list[tuple[dt.date, int | None]] = [
    (day, None if day.day in (13, 14, 27) else 0 if day.day % 5 == 0 else 1000 + day.day) for day in DAYS
]
EVENTS = [
    Event("registration", dt.date(2021, 9, 1), "Tạo mã QR", dt.date(2021, 10, 20), source="tạo mã.xlsx, dòng 7"),
    Event("registration", dt.date(2021, 11, 2), "Tạo mã QR lần hai"),
    Event("reminder", dt.date(2021, 10, 8), "được tính", dt.date(2021, 10, 8), True),
    Event("reminder", dt.date(2021, 10, 30), "không tính", dt.date(2021, 10, 30), False),
    Event("scan", dt.date(2021, 11, 5), "12 lượt quét", dt.date(2021, 11, 5)),
    Event("suspension", dt.date(2021, 12, 5), "Tạm dừng về sau"),
]


def _status(lang: str) -> Chart:
    return status_area(DAYS, COUNTS, "Phường Mộ Lao", lang)


def _scans(lang: str) -> Chart:
    return scans(SCANS, WINDOW_FROM, 7, lang)


def _timeline(lang: str) -> Chart:
    return timeline(EVENTS, FIRST, LAST, lang)


charts = pytest.mark.parametrize("chart", [_status, _scans, _timeline])
languages = pytest.mark.parametrize("lang", ["vi", "en"])


@charts
@languages
def test_plotly_accepts_every_property(chart: Callable[[str], Chart], lang: str) -> None:
    figure = go.Figure(chart(lang).figure)  # an unknown property or value is a ValueError
    assert len(figure.data) > 0
    json.dumps(chart(lang).figure)


@charts
@languages
def test_the_title_says_what_and_of_which_days(chart: Callable[[str], Chart], lang: str) -> None:
    drawn = chart(lang)
    assert "06/10/2021" in drawn.title
    assert "30/11/2021" in drawn.title
    assert drawn.figure["layout"]["title"]["text"].startswith(drawn.title)


@charts
def test_english_has_no_vietnamese_word(chart: Callable[[str], Chart]) -> None:
    vietnamese = {text for key, text in texts()["vi"].items() if key.startswith(("chart.", "lane.", "status."))}
    shown = re.findall(r'"([^"]+)"', json.dumps(chart("en").figure, ensure_ascii=False))
    assert not {text for text in shown if text in vietnamese}


@charts
def test_nothing_is_asked_of_another_host(chart: Callable[[str], Chart]) -> None:
    assert "http" not in json.dumps([chart("vi").figure, CONFIG])
    assert CONFIG["displayModeBar"] is False
    assert CONFIG["displaylogo"] is False


@charts
def test_a_finger_scrolls_the_page_and_not_the_chart(chart: Callable[[str], Chart]) -> None:
    figure = go.Figure(chart("vi").figure)
    layout = figure.layout
    assert layout.dragmode is False or layout.template.layout.dragmode is False
    for axis in ("xaxis", "yaxis"):
        assert layout.template.layout[axis].fixedrange is True
        assert layout[axis].fixedrange in (None, True)


def test_statuses_lie_on_each_other_in_their_colours() -> None:
    traces = _status("vi").figure["data"]
    assert {trace["stackgroup"] for trace in traces} == {"venues"}
    assert [trace["fillcolor"] for trace in traces] == [
        STYLE_OF[code].colour
        for code in ("violating", "suspended", "reminded", "unregistered", "registered", "scanning")
    ]
    patterns = [trace["fillpattern"]["shape"] for trace in traces]
    assert len({patterns[0], patterns[1], patterns[2]} - {""}) == 3  # told apart without colour
    assert all(len(trace["x"]) == len(trace["y"]) == 56 for trace in traces)


def test_a_status_that_is_filtered_out_is_not_drawn() -> None:
    drawn = status_area(DAYS, {"violating": COUNTS["violating"]}, "", "vi")
    assert [trace["name"] for trace in drawn.figure["data"]] == ["Vi phạm"]
    assert drawn.figure["layout"]["showlegend"] is True
    assert drawn.header == ("Ngày", "Vi phạm", "Tổng")


def test_the_table_of_statuses_has_a_row_a_week_up_to_the_last_day() -> None:
    drawn = _status("vi")
    assert len(drawn.rows) == 8
    assert [row[0] for row in drawn.rows][-1] == "30/11/2021"
    last = {status: numbers[-1] for status, numbers in COUNTS.items()}
    assert drawn.rows[-1][1] == f"{last['violating']:,}".replace(",", ".")
    assert drawn.rows[-1][-1] == f"{sum(last.values()):,}".replace(",", ".")


def test_numbers_follow_the_language() -> None:
    assert _status("vi").figure["layout"]["separators"] == ",."
    assert _status("en").figure["layout"]["separators"] == ".,"
    assert ("26/10/2021", "1,026") in _scans("en").rows
    assert ("26/10/2021", "1.026") in _scans("vi").rows


def _named(chart: Chart, name: str) -> dict[str, Any]:
    (found,) = (trace for trace in chart.figure["data"] if trace["name"] == name)
    return dict(found)


def test_an_unknown_day_is_hatched_and_a_day_without_scans_is_a_ring() -> None:
    drawn = _scans("vi")
    unknown, zero, some = (_named(drawn, name) for name in ("Chưa có số liệu", "Không có lượt quét", "Lượt quét"))
    assert unknown["marker"]["pattern"]["shape"] == "/"
    assert set(unknown["x"]) == {day.isoformat() for day, count in SCANS if count is None}
    assert set(zero["x"]) == {day.isoformat() for day, count in SCANS if count == 0}
    assert zero["marker"]["symbol"] == "circle-open"
    assert dict(zip(some["x"], some["y"], strict=True)) == {day.isoformat(): count for day, count in SCANS if count}
    table = dict(drawn.rows)
    assert (table["13/11/2021"], table["15/11/2021"]) == ("Chưa có số liệu", "0")
    assert len(table) == 56


def test_the_window_is_marked_from_its_first_known_day_to_the_last() -> None:
    window = _named(_scans("vi"), "Cửa sổ xét")
    assert (window["x"][0], window["x"][-1]) == ("2021-11-22", "2021-11-30")
    assert "22/11/2021 – 30/11/2021" in _scans("vi").figure["layout"]["title"]["text"]


def test_without_known_days_there_is_no_window() -> None:
    drawn = scans([(day, None) for day in DAYS], None, 7, "vi")
    assert [trace["name"] for trace in drawn.figure["data"] if trace["x"]] == ["Chưa có số liệu"]
    assert "Chưa có ngày nào có số liệu quét" in drawn.figure["layout"]["title"]["text"]
    go.Figure(drawn.figure)


def test_a_name_cannot_become_markup() -> None:
    title = status_area(DAYS, COUNTS, "<a href='x'>Phường</a>", "vi").figure["layout"]["title"]["text"]
    assert "<a" not in title


def test_bars_of_the_timeline_end_where_the_event_ends() -> None:
    (bars,) = (trace for trace in _timeline("vi").figure["data"] if trace["type"] == "bar")
    assert bars["base"] == ["2021-10-05T12:00:00", "2021-11-01T12:00:00"]
    days = [length / 86_400_000 for length in bars["x"]]
    assert days == [15, 29]  # 6 to 20 October; 2 to 30 November, for it still lasts


def test_reminders_that_count_are_filled() -> None:
    marks = [trace for trace in _timeline("vi").figure["data"] if trace.get("marker", {}).get("symbol") == "diamond"]
    assert [(trace["x"], trace["marker"]["color"]) for trace in marks] == [
        (["2021-10-08"], STYLE_OF["reminded"].colour),
        (["2021-10-30"], "#FFFFFF"),
    ]


def test_the_timelines_table_lists_all_events_newest_first() -> None:
    rows = _timeline("vi").rows
    assert [row[0] for row in rows] == ["05/12/2021", "02/11/2021", "30/10/2021", "08/10/2021", "01/09/2021"]
    assert rows[-1][2] == "tạo mã.xlsx, dòng 7"


def test_only_a_venue_that_closed_has_the_lane_of_closings() -> None:
    closed = timeline([Event("closed", dt.date(2021, 11, 10), "Đóng cửa")], FIRST, LAST, "vi")
    assert len(closed.figure["layout"]["yaxis"]["ticktext"]) == len(LANES)
    assert len(_timeline("vi").figure["layout"]["yaxis"]["ticktext"]) == len(LANES) - 1


def test_notes_on_days_are_numbered_bands_with_their_words_below() -> None:
    notes = [
        Note(FIRST - dt.timedelta(days=9), FIRST + dt.timedelta(days=1), "chỉ đạo mới"),
        Note(LAST, LAST, "thiếu tệp <b>lượt quét</b>"),
        Note(LAST + dt.timedelta(days=1), LAST + dt.timedelta(days=1), "ngày sau"),
    ]
    chart = noted(_status("vi"), notes, FIRST, LAST, "vi")
    go.Figure(chart.figure)
    assert chart.notes == (
        f"{FIRST - dt.timedelta(days=9):%d/%m/%Y} – {FIRST + dt.timedelta(days=1):%d/%m/%Y}: chỉ đạo mới",
        "30/11/2021: thiếu tệp <b>lượt quét</b>",
    )
    bands = chart.figure["layout"]["shapes"]
    assert [(band["x0"], band["x1"]) for band in bands] == [
        (f"{FIRST - dt.timedelta(days=1)}T12:00:00", f"{FIRST + dt.timedelta(days=1)}T12:00:00"),
        ("2021-11-29T12:00:00", "2021-11-30T12:00:00"),
    ]
    assert [mark["text"] for mark in chart.figure["layout"]["annotations"]] == ["1", "2"]
    assert noted(_status("vi"), notes[2:], FIRST, LAST, "vi") == _status("vi")
