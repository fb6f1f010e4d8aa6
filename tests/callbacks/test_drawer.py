"""The drawer's levels: what they say, that they say it of the rule, and that nothing personal is in them."""

import datetime as dt
import json
import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from plotly.utils import PlotlyJSONEncoder

from callbacks.drawer import levels as drawer
from callbacks.drawer.explanation import headline, reminder_sentence, sentences
from callbacks.drawer.venue import LISTED
from data.database.connection import app_connection
from data.queries.filters import Filters, venues_sql
from data.queries.venue import Facts, Reminder, venue_history
from tests.data import page_world
from tests.data.page_world import TODAY


@pytest.fixture(scope="module", autouse=True)
def world(database: str) -> Iterator[None]:
    with page_world.filled(database), psycopg.connect(database) as conn:
        conn.execute(
            "INSERT INTO venue_contact (venue_id, owner_name, phone)"
            " SELECT id, 'Nguyễn Thị Bí Mật', '0912345678' FROM venue"
        )
        conn.execute("UPDATE venue SET street = 'Phố Lê Lợi' WHERE address LIKE '%%Lê Lợi'")
        conn.commit()
        yield


def words(level: str, search: str = "", venue: str | None = None, place: str | None = None) -> str:
    """Everything that a level of the drawer would show, as JSON."""
    content = drawer.fill({"level": level, "search": search, "venue": venue, "place": place}, None)
    return json.dumps(content, cls=PlotlyJSONEncoder, ensure_ascii=False)


def explained(code: str, day: dt.date = TODAY, lang: str = "vi") -> list[str]:
    with app_connection() as conn:
        history = venue_history(conn, code, day)
    return [headline(history, lang), *sentences(history, lang)]


@pytest.mark.parametrize(
    ("code", "day", "said"),
    [
        ("HD0006", TODAY, "Có mã QR và có lượt quét trong 7 ngày gần nhất có số liệu"),
        ("HD0006", TODAY, "Lượt quét gần nhất: ngày 30/11/2021; còn được tính cho tới khi có thêm số liệu"),
        ("HD0006", TODAY, "Ngày 30/11/2021 đang tuân thủ, nên không lần nhắc nhở nào được tính."),
        ("HD0001", TODAY, "Chưa tuân thủ và có 1 lần nhắc nhở được tính, chưa tới ngưỡng 3 lần."),
        ("HD0001", TODAY, "Lượt quét gần nhất: ngày 20/11/2021; chỉ được tính đến hết ngày 26/11/2021."),
        ("HD0001", TODAY, "Ngày tuân thủ gần nhất: 26/11/2021; chỉ nhắc nhở sau ngày này mới được tính."),
        ("HD0001", dt.date(2021, 11, 22), "Lượt quét gần nhất: ngày 20/11/2021; được tính đến hết ngày 26/11/2021."),
        ("HD0002", TODAY, "Có mã QR, không có lượt quét nào trong 7 ngày gần nhất có số liệu"),
        ("HD0002", TODAY, "Mã QR: tạo ngày 26/11/2021, đang có hiệu lực."),
        ("HD0004", TODAY, "Chưa tuân thủ và có 3 lần nhắc nhở được tính, đạt ngưỡng 3 lần."),
        ("HD0004", TODAY, "Cửa sổ xét: 7 ngày gần nhất có số liệu quét, từ 24/11/2021 đến 30/11/2021."),
        ("HD0004", dt.date(2021, 11, 4), "Chưa có mã QR, và chưa lần nhắc nhở nào được tính."),
        ("HD0004", dt.date(2021, 11, 4), "Nhắc nhở: chưa có lần nào."),
        ("HD0005", TODAY, "Đang bị tạm dừng hoạt động."),
        ("HD0005", TODAY, "Tạm dừng hoạt động từ ngày 18/11/2021, cho tới khi địa điểm tạo mã QR."),
    ],
)
def test_a_status_is_explained_by_the_facts_of_the_rule(code: str, day: dt.date, said: str) -> None:
    assert any(sentence.startswith(said) for sentence in explained(code, day)), explained(code, day)


def test_the_timeline_reaches_back_to_what_decided_the_status(monkeypatch: pytest.MonkeyPatch) -> None:
    with app_connection() as conn:
        counted = [r.reminded_on for r in venue_history(conn, "HD0004", TODAY).reminders if r.standing == "counted"]
    monkeypatch.setattr("callbacks.drawer.parts.CHART_DAYS", 3)
    assert min(counted) < TODAY - dt.timedelta(days=3)
    shown = words("venue", "?day=2021-11-30", "HD0004")
    assert f"Diễn biến, {min(counted):%d/%m/%Y} – 30/11/2021" in shown
    assert "Lượt quét mỗi ngày, 28/11/2021 – 30/11/2021" in shown


def test_a_window_without_any_known_day_says_that_nothing_can_be_said(database: str) -> None:
    with psycopg.connect(database, row_factory=psycopg.rows.dict_row) as conn:
        history = venue_history(conn, "HD0004", dt.date(2021, 10, 31))
    assert any("nên không thể nói là không quét" in sentence for sentence in sentences(history, "vi"))


def test_a_closed_venue_is_said_to_be_closed_and_not_compliant() -> None:
    closed = Facts(None, False, 0, 3, 7, None, None, None, None, TODAY, None)
    with app_connection() as conn:
        history = venue_history(conn, "HD0006", TODAY)
    history = type(history)(**{**vars(history), "facts": closed})
    assert headline(history, "vi").startswith("Ngày 30/11/2021 địa điểm không hoạt động")
    assert not any("tuân thủ" in sentence for sentence in sentences(history, "vi"))


@pytest.mark.parametrize(
    ("standing", "answered_by", "said"),
    [
        ("counted", None, "được tính"),
        ("same_day", None, "không tính: cùng ngày, cùng lý do với một lần đã tính"),
        ("answered", "registration", "không tính: đã có mã QR có hiệu lực ngày 12/11/2021"),
        ("answered", "scan", "không tính: đã có lượt quét ngày 12/11/2021"),
        ("before_compliance", None, "không tính: không sau ngày tuân thủ gần nhất (11/11/2021)"),
        ("withdrawn", None, "không tính: đã rút ngày 13/11/2021"),
    ],
)
def test_every_reminder_says_why_it_counts_or_not(standing: str, answered_by: str | None, said: str) -> None:
    day = dt.date(2021, 11, 10)
    facts = Facts("reminded", True, 1, 3, 7, None, None, None, None, day + dt.timedelta(1), None)
    reminder = Reminder(
        1, day, "no_qr", standing, answered_by, day + dt.timedelta(2), None, None, day + dt.timedelta(3), None
    )
    assert reminder_sentence(reminder, facts, "vi") == said
    assert reminder_sentence(reminder, facts, "en") != said


@pytest.mark.parametrize("code", ["HD0001", "HD0004", "HD0005", "HD0006", "HD0011", "HD0015"])
@pytest.mark.parametrize("lang", ["", "&lang=en"])
def test_nothing_personal_is_in_the_drawer(code: str, lang: str) -> None:
    shown = words("venue", f"?day=2021-11-30{lang}", code)
    assert code in shown
    assert "Bí Mật" not in shown
    assert "0912345678" not in shown


def test_a_venue_names_its_source_and_offers_its_poster_only_when_it_has_one() -> None:
    scanning, violating = words("venue", "", "HD0006"), words("venue", "", "HD0004")
    assert "luot_quet.xlsx, dòng 7" in scanning
    assert "/exports/poster.pdf?venue=HD0006" in scanning
    assert "/exports/poster" not in violating
    assert "chưa có mã để in" in violating


def test_how_good_a_point_is_and_a_ward_that_matches_none_are_said() -> None:
    assert "chưa hiện trên bản đồ" in words("venue", "", "HD0015")
    assert "Không khớp phường (tệp nguồn ghi «Phú Lã»)" in words("venue", "", "HD0011")
    assert "nằm xa ngoài phường" in words("venue", "", "HD0017")


def numbers(shown: str) -> list[int]:
    """The counts of the ranking's rows: second cell of each."""
    rows = re.findall(r'"className": "link".*?"className": "number"', shown)
    return [int(re.findall(r'"children": "([\d.]+)"', row)[-1].replace(".", "")) for row in rows]


def test_the_district_lists_wards_that_add_up() -> None:
    shown = words("district")
    assert sum(numbers(shown)) == page_world.VENUES
    assert "Không khớp phường" in shown
    assert "Trong đó chưa định vị: 6." in shown


def test_the_levels_keep_the_filters() -> None:
    shown = words("district", "?status=violating")
    assert sum(numbers(shown)) == page_world.VENUES // 6
    assert "theo bộ lọc đang dùng" in shown
    assert "Có quét mã" not in shown.split('"className": "ranking"')[0]  # no share among one status
    ward = words("ward", "?status=violating&ward=none")
    assert "Không khớp phường" in ward


def test_a_past_day_is_shown_as_it_was() -> None:
    assert "Vi phạm" in words("venue", "?day=2021-11-30", "HD0004")
    early = words("venue", "?day=2021-11-04", "HD0004")
    assert "Nhắc vì" not in early
    assert "tính đến 04/11/2021" in early


def test_what_does_not_exist_is_said_in_the_drawer() -> None:
    assert "Không có địa điểm nào mang mã «HD9999»" in words("venue", "", "HD9999")
    for place in ("đâu,đó", "105.77", "105.77,nan", "105.77,20.97,nan", "1,2,3,4", "181,20", "105,91"):
        assert "không đọc được" in words("place", "", None, place), place
    assert "Không có địa điểm nào khớp với bộ lọc tại đây" in words("place", "", None, "105.0,20.0")


def test_venues_on_top_of_each_other_are_all_listed() -> None:
    with app_connection() as conn:
        row = conn.execute("SELECT ST_X(geom) AS lon, ST_Y(geom) AS lat FROM venue WHERE code = 'HD0012'").fetchone()
    assert row is not None
    shown = words("place", "", None, f"{row['lon']},{row['lat']},60")
    count = re.search(r"(\d+) địa điểm tại đây", shown)
    assert count is not None
    assert int(count[1]) == shown.count("venue-line") > 1
    assert '\\"place\\": ' in shown  # the way back to this list


def test_more_venues_than_are_listed_are_reached_through_an_area_that_holds_them_all() -> None:
    shown = words("place", "", None, "105.7718,20.9716,450")
    total = int(str(re.findall(r"(\d+) địa điểm tại đây", shown)[0]))
    assert shown.count("venue-line") == LISTED < total
    (area,) = re.findall(r'\\"area\\": \\"([^\\]+)', shown)
    with app_connection() as conn:
        inside = conn.execute(*venues_sql(Filters.from_query_string(f"area={area}", TODAY))).fetchall()
    assert len(inside) >= total


def test_a_closed_drawer_asks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(*_: Any) -> Any:
        raise AssertionError

    monkeypatch.setattr("callbacks.drawer.levels.from_snapshot", asked)
    drawer.fill(None, {"turn": 1})
