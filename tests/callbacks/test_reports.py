"""The screen of reports: who may what, that nothing typed is lost or written over, and what the browser cannot say."""

import datetime as dt
from html import escape, unescape
from typing import Any

import pytest
from flask.testing import FlaskClient

from app import server
from callbacks.reports.board import periods
from data.access.caller import Caller, acting_as
from data.database.connection import app_connection, loader_connection
from data.queries.reports import live_figures, report
from tests.fixtures import accounts
from tests.fixtures.officers import officer, token_of

pytestmark = pytest.mark.usefixtures("own_demo_store")

LAST_WEEK = dt.date(2021, 11, 22)
HOSTILE = '</textarea><script>alert(1)</script>" onfocus="x'


def client_of(who: Caller) -> FlaskClient:
    return accounts.client(server, token_of(who))


def chair(ward: str = "Mộ Lao", login: str = "bc.truong") -> Caller:
    return officer(login, ward, role="ward_chair", name=f"Chủ tịch {ward} {login}")


def code_of(ward: str) -> str:
    with loader_connection() as conn:
        row = conn.execute("SELECT code FROM ward WHERE name = %s ORDER BY valid_from DESC", (ward,)).fetchone()
    assert row
    return str(row["code"])


def opened(client: FlaskClient, ward: str, weeks_ago: int) -> int:
    monday = LAST_WEEK - dt.timedelta(days=7 * weeks_ago)
    answer = client.post("/reports/open", data={"ward": code_of(ward), "monday": f"{monday}"})
    assert answer.status_code == 303, answer.text
    return int(answer.location.rsplit("/", 1)[1])


def kept(number: int, who: Caller) -> Any:
    with acting_as(who), app_connection() as conn:
        return report(conn, number)


def save(client: FlaskClient, number: int, serial: int, **texts: str) -> Any:
    headers = {"Accept": "application/json"}
    return client.post(f"/reports/{number}/save", data={"serial": serial} | texts, headers=headers)


def test_another_wards_chair_finds_no_report_and_other_roles_no_screen() -> None:
    own, away = client_of(chair()), client_of(chair("Văn Quán", "bc.khac"))
    number = opened(own, "Mộ Lao", 1)
    for address in (f"/reports/{number}", f"/reports/{number}.pdf", f"/reports/{number}/texts"):
        assert away.get(address).status_code == 404, address
    for step in ("save", "send", "correct", "present"):
        assert away.post(f"/reports/{number}/{step}", data={"serial": 0, "confirmed": 1}).status_code == 404, step
    ward = {"ward": code_of("Mộ Lao"), "monday": f"{LAST_WEEK}"}
    assert away.post("/reports/open", data=ward).status_code == 422
    assert "Mộ Lao" not in away.get("/reports/").text
    office = client_of(officer("bc.vanhoa", role="culture_office"))
    assert office.post(f"/reports/{number}/save", data={"serial": 0, "note": "x"}).status_code == 403
    assert office.get(f"/reports/{number}").status_code == 404  # a draft is nobody else's to read
    assert own.get("/reports/notes").status_code == 403
    assert own.post("/reports/open-district", data={"first": LAST_WEEK, "last": LAST_WEEK}).status_code == 403
    police = client_of(officer("bc.congan", role="police"))
    assert police.get("/reports/").status_code == 403


def test_what_two_write_is_shown_both_whether_it_was_saved_or_sent() -> None:
    first, second = client_of(chair()), client_of(chair(login="bc.pho"))
    number = opened(first, "Mộ Lao", 2)
    assert save(first, number, 0, difficulties="Của một.").json == {"serial": 1}
    answer = save(second, number, 0, difficulties="Của hai.")
    assert answer.status_code == 409
    assert (answer.json["serial"], answer.json["texts"]) == (1, {"difficulties": "Của một."})
    assert "bc.truong" in answer.json["by"]
    for step in ("save", "send"):  # by the button, as without a script
        said = {"serial": 0, "difficulties": "Của hai.", "confirmed": 1}
        answer = second.post(f"/reports/{number}/{step}", data=said)
        page = unescape(answer.text)
        assert answer.status_code == 422
        assert "Của hai.</textarea>" in page
        assert 'data-of="difficulties"><p><b class="by">Chủ tịch Mộ Lao bc.truong</b>' in page
        assert "<blockquote>Của một.</blockquote>" in page
    assert kept(number, chair()).texts == {"difficulties": "Của một."}
    answer = second.post(f"/reports/{number}/send", data={"serial": 1, "difficulties": "Của cả hai."})
    assert answer.status_code == 422  # not confirmed: nothing has happened, and nothing typed is lost
    assert "Của cả hai.</textarea>" in answer.text
    assert 'data-of="difficulties" hidden' in answer.text


def test_what_was_not_kept_never_stands_in_what_was_sent() -> None:
    first, second = client_of(chair()), client_of(chair(login="bc.pho"))
    number = opened(first, "Mộ Lao", 3)
    data = {"serial": 0, "confirmed": 1, "difficulties": "Đã gửi."}
    assert first.post(f"/reports/{number}/send", data=data).status_code == 303
    answer = second.post(f"/reports/{number}/save", data={"serial": 0, "difficulties": "Viết dở."})
    assert answer.status_code == 422
    assert '<p class="rep-text">Đã gửi.</p>' in answer.text
    assert "Phần bạn viết chưa được lưu:</p><blockquote>Viết dở.</blockquote>" in answer.text


def test_what_is_sent_is_counted_here_and_its_words_are_only_words() -> None:
    who = chair("Phú La", "bc.phu.la")
    client = client_of(who)
    number = opened(client, "Phú La", 0)
    with acting_as(who), app_connection() as conn:
        live = live_figures(conn, number)
    assert save(client, number, 0, note="x" * 4001).status_code == 422
    said = {"serial": 0, "confirmed": 1, "difficulties": HOSTILE, "figures": '{"venues": [1, 1]}', "venues": "1"}
    page = client.post(f"/reports/{number}/save", data=said, follow_redirects=True).text
    assert "<script>alert" not in page
    assert escape(HOSTILE) in page.replace("&#34;", "&quot;")
    assert client.post(f"/reports/{number}/send", data=said | {"serial": 1}).status_code == 303
    version = kept(number, who).versions[0]
    assert version.figures == live
    page = client.get(f"/reports/{number}?lang=en").text
    assert "<script>alert" not in page
    assert version.sha256 in page
    for fmt in ("pdf", "docx"):
        one, again = (client.get(f"/reports/{number}.{fmt}?version=1").data for _ in range(2))
        assert one == again
        assert one.startswith(b"%PDF" if fmt == "pdf" else b"PK")
    assert client.get(f"/reports/{number}.pdf?version=2").status_code >= 400


def test_a_chair_finds_weeks_of_long_ago_and_the_office_opens_a_period_by_one_press() -> None:
    client = client_of(chair())
    page = client.get("/reports/").text
    assert "?week=2021-W39" in page
    assert "Tuần 39/2021" not in page
    before = client.get("/reports/?week=2021-W39").text
    assert "Tuần 39/2021" in before
    assert "?week=2021-W48" in before
    assert client.get("/reports/?week=0000-W99").text.count("<h2") == page.count("<h2")
    office = client_of(officer("bc.vanhoa", role="culture_office"))
    board = unescape(office.get("/reports/").text)
    for said in ("Tuần này (29/11/2021 – 05/12/2021)", "Tháng này (01/11/2021 – 30/11/2021)"):
        assert said in board
    days = {"first": "2021-11-01", "last": "2021-11-30"}
    first, again = (office.post("/reports/open-district", data=days).location for _ in range(2))
    assert first == again


def test_the_periods_of_the_last_day_of_a_year_are_whole() -> None:
    found = {name: (first.isoformat(), last.isoformat()) for name, first, last in periods(dt.date(2021, 12, 31))}
    assert found == {
        "this_week": ("2021-12-27", "2022-01-02"),
        "last_week": ("2021-12-20", "2021-12-26"),
        "this_month": ("2021-12-01", "2021-12-31"),
        "last_month": ("2021-11-01", "2021-11-30"),
    }
