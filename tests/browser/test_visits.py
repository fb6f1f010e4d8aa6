"""Visits on the phone: the route as its list, outcomes recorded without a network, each once on the server."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from data.access.caller import acting_as
from data.database.connection import desk_connection, loader_connection
from data.desk.cases import take_step
from etl.store import files
from tests.browser.map_page import eventually
from tests.browser.phone import due, find, opened, phone_of, sign_in, unsent
from tests.fixtures.browser import picture
from tests.fixtures.officers import officer
from tests.fixtures.routes import assigned, known

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.usefixtures("demo_database")]


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    with phone_of(browser) as context:
        yield context


def places(number: int) -> list[str]:
    """Codes of venues near each other without a QR."""
    with loader_connection() as conn:
        rows = conn.execute(
            "SELECT v.code FROM venue AS v JOIN ward AS w ON w.id = v.ward_id"
            " WHERE w.name = 'Quang Trung' AND v.status IN ('violating', 'reminded', 'unregistered')"
            " AND v.geom IS NOT NULL ORDER BY v.code LIMIT %s",
            (number,),
        ).fetchall()
    return [row["code"] for row in rows]


def visits(*codes: str) -> list[dict[str, Any]]:
    with loader_connection() as conn:
        return conn.execute(
            "SELECT c.venue_code, c.state, x.kind, x.outcome, x.words, x.signed, x.signature, x.photo, e.login"
            " FROM case_file AS c JOIN visit AS x ON x.case_id = c.id"
            " LEFT JOIN case_entry AS e ON e.case_id = c.id AND e.step IN ('record', 'miss')"
            " WHERE c.venue_code = ANY(%s) AND x.follows IS NULL ORDER BY c.id",
            (list(codes),),
        ).fetchall()


def sign(page: Page) -> None:
    page.locator("[data-way='drawn']").tap()
    pad = page.locator("canvas.pad")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box
    page.mouse.move(box["x"] + 20, box["y"] + 120)
    page.mouse.down()
    for step in range(1, 12):
        page.mouse.move(box["x"] + 20 + 25 * step, box["y"] + (40 if step % 2 else 130))
    page.mouse.up()


def test_a_route_is_walked_without_a_network_and_each_outcome_arrives_once(
    phone: BrowserContext, browser: Browser, server: str, tmp_path: Path
) -> None:
    police, mate = (
        known(officer(login, role="police", name=name)) for login, name in (("an", "anh An"), ("binh", "anh Bình"))
    )
    codes = places(4)
    members = [number for who in (police, mate) if (number := who.account_id)]
    stops = assigned(police, members, *codes[:3])
    phone.add_cookies([{"name": "session", "value": "an-token", "url": server}])
    page = phone.new_page()
    page.goto(f"{server}/field/")
    expect(page.locator("details.stop")).to_have_count(3, timeout=20_000)
    eventually(lambda: page.evaluate("navigator.serviceWorker.controller !== null"), True)
    expect(page.locator("details.stop.next")).to_contain_text("Vì sao: Vi phạm; Số ngày ở tình trạng này: 12 ngày")
    picture(page, "visits-route")
    phone.set_offline(True)
    page.reload()
    expect(page.locator("details.stop.next")).to_have_attribute("data-stop", str(stops[0]))
    # the next stop: not compliant, with a photograph and a signature
    page.locator("details.stop.next [data-action='visit']").tap()
    page.locator("[data-outcome='not_compliant']").tap()
    expect(page.locator("[data-action='record']")).to_be_disabled()
    shot = tmp_path / "anh.jpg"
    Image.effect_noise((400, 300), 40).convert("RGB").save(shot)
    page.locator("input[type='file']").set_input_files(shot)
    page.get_by_label("Lời của người được kiểm tra").fill("sẽ làm trong tuần này")
    picture(page, "visits-outcome")
    sign(page)
    picture(page, "visits-signature")
    page.locator("[data-action='record']").tap()
    expect(page.locator("details.stop.next")).to_have_attribute("data-stop", str(stops[1]))
    # the one after it is taken, then missed; a place that nobody had planned is visited
    page.locator("details.stop.next [data-action='claim']").tap()
    expect(page.locator("details.stop.next .state")).to_have_text("Tôi nhận")
    page.locator("details.stop.next [data-action='visit']").tap()
    page.locator("[data-action='missed']").tap()
    page.locator("[data-why='rain']").tap()
    picture(page, "visits-missed")
    page.locator("[data-action='missed-done']").tap()
    expect(page.locator("section.route")).to_contain_text("Chưa đến được (1)")
    page.locator("[data-tab='list']").tap()
    find(page, codes[3])
    page.locator(f".venue[data-venue='{codes[3]}']").tap()
    page.locator("dialog [data-action='visit']").tap()
    page.locator("[data-outcome='made_on_spot']").tap()
    page.locator("[data-way='refused']").tap()
    page.locator("[data-action='record']").tap()
    page.locator("[data-tab='route']").tap()
    expect(page.locator("li.found")).to_contain_text("Tạo mã tại chỗ")
    page.reload()
    unsent(page, 4)
    expect(page.locator("details.done summary").first).to_contain_text("Đã xong (1)")
    picture(page, "visits-offline")
    # meanwhile the office has given the third one up
    with acting_as(police), desk_connection() as conn:
        case = conn.execute("SELECT x.case_id FROM visit AS x WHERE x.stop_id = %s", (stops[2],)).fetchone()
        assert case
        take_step(conn, case["case_id"], "waive", facts={"why": "đã nộp ảnh mã"})
    page.locator("details.stop.next [data-action='visit']").tap()
    page.locator("[data-outcome='compliant']").tap()
    page.locator("[data-action='record']").tap()
    phone.set_offline(False)
    unsent(page, 0)
    found = {row["venue_code"]: row for row in visits(*codes)}
    assert [(found[code]["state"], found[code]["outcome"]) for code in codes] == [
        ("recorded", "not_compliant"), ("due", None), ("waived", None), ("recorded", "made_on_spot"),
    ]  # fmt: skip
    assert len(visits(*codes)) == len(codes)
    first = found[codes[0]]
    assert (first["words"], first["signed"], first["login"]) == ("sẽ làm trong tuần này", "signed", "an")
    assert files.path_of(first["photo"], "x.jpg").is_file()
    with Image.open(io.BytesIO(files.path_of(first["signature"], "x.png").read_bytes())) as drawn:
        assert drawn.getextrema() == (0, 255)
    assert (found[codes[3]]["signed"], found[codes[3]]["signature"]) == ("refused", None)
    # the one that was not taken is kept with its sentence, and can be recorded as a visit of its own
    page.locator("[data-tab='records']").tap()
    expect(page.locator(".record.conflict")).to_contain_text("Lượt đến này đã khép trong lúc bạn ở ngoài")
    picture(page, "visits-conflict")
    page.locator("[data-action='again']").tap()
    expect(page.locator("[data-outcome='compliant']")).to_have_attribute("aria-pressed", "true")
    page.locator("[data-action='record']").tap()
    unsent(page, 2)
    unsent(page, 0)
    expect(page.locator(".record.withdrawn")).to_have_count(1)
    assert [(row["state"], row["outcome"]) for row in visits(codes[2])] == [("waived", None), ("recorded", "compliant")]
    # a team mate sees what is left
    with phone_of(browser) as other:
        other.add_cookies([{"name": "session", "value": "binh-token", "url": server}])
        page = other.new_page()
        page.goto(f"{server}/field/")
        expect(page.locator("section.route")).to_contain_text("Chưa đến được (1)", timeout=20_000)
        expect(page.locator("section.route")).to_contain_text("Chưa đến được (anh An): Mưa to")
        picture(page, "visits-team-mate")
        # they are taken off the team: the phone says so at the next sync, also where that was the last route
        page.locator("[data-tab='list']").tap()
        with loader_connection() as conn:
            conn.execute("UPDATE plan_team SET members = array_remove(members, %s)", (mate.account_id,))
        page.evaluate("fieldScreen.refresh()")
        expect(page.locator(".notice.news")).to_contain_text("Lộ trình «Hôm nay» không còn là của bạn")
        expect(page.locator("details.stop")).to_have_count(0)
        picture(page, "visits-taken-off")
        page.reload()
        page.locator(".notice.news button").tap()
        expect(page.locator("[data-tab='route']")).to_be_hidden()
    taken_back(phone, stops[1], codes)


def taken_back(phone: BrowserContext, stop: int, codes: list[str]) -> None:
    """Without a network an outcome that is not sent yet is withdrawn and recorded anew; one that was sent goes, too."""
    page = phone.pages[0]
    phone.set_offline(True)
    for outcome in ("partly", "compliant"):
        page.locator("[data-tab='route']").tap()
        page.locator(f"details.stop.next[data-stop='{stop}'] [data-action='visit']").tap()
        page.locator(f"[data-outcome='{outcome}']").tap()
        page.locator("[data-action='record']").tap()
        expect(page.locator("details.stop.next")).to_have_count(0)
        page.locator("[data-tab='records']").tap()
        rows = page.locator("ul.records > li")
        # first the one of just now, then the walk-in of before
        rows.filter(has=page.locator("[data-action='withdraw']")).nth(0 if outcome == "partly" else 1).locator(
            "[data-action='withdraw']"
        ).tap()
        page.locator("dialog textarea").fill("ghi nhầm")
        page.locator("dialog [data-action='withdraw']").tap()
    picture(page, "visits-withdrawn")
    phone.set_offline(False)
    unsent(page, 0)
    assert [(row["state"], row["outcome"]) for row in visits(codes[2])] == [("waived", None), ("withdrawn", None)]
    with loader_connection() as conn:
        steps = conn.execute(
            "SELECT e.step FROM case_entry AS e JOIN case_file AS c ON c.id = e.case_id"
            " WHERE c.venue_code = %s AND c.about IS NULL ORDER BY e.id",
            (codes[1],),
        ).fetchall()
    assert [row["step"] for row in steps] == ["plan", "miss", "record", "withdraw", "record"]


def test_a_reason_that_the_phone_knows_to_be_wrong_is_asked_at_once_and_search_finds_everything(
    phone: BrowserContext, server: str
) -> None:
    sign_in(phone, server, "phuc", "Phúc La")
    page = opened(phone, server)
    has_qr = page.evaluate("fieldScreen.venues.list.find((v) => v.has_qr && v.status === 'scanning')")
    page.locator(".finding input").fill(has_qr["code"])
    expect(page.locator("li.outside")).to_contain_text("Có 1 địa điểm khớp nằm ngoài danh sách «Cần đến»")
    page.locator(f".venue[data-venue='{has_qr['code']}']").tap()
    page.locator("[data-reason='no_qr']").tap()
    expect(page.locator(".doubt")).to_contain_text("địa điểm này đã có mã QR")
    expect(page.locator("[data-action='done']")).to_be_disabled()
    picture(page, "visits-doubt")
    page.locator("[data-action='other-reason']").tap()
    expect(page.locator("[data-reason='not_scanning']")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("[data-action='done']")).to_be_enabled()
    page.keyboard.press("Escape")
    page.locator(".finding input").fill("")
    page.locator("[data-choice='violating']").tap()
    number = page.evaluate("fieldScreen.venues.list.filter((v) => v.status === 'violating').length")
    expect(page.locator("[data-choice='violating']")).to_contain_text(f"{number}")
    assert due(page, 1)
    picture(page, "visits-violators")


def test_a_place_found_in_the_morning_is_on_the_list_and_is_visited_without_a_network(
    phone: BrowserContext, server: str
) -> None:
    sign_in(phone, server, "duong", "Phú Lương")
    page = opened(phone, server)
    phone.set_offline(True)
    page.get_by_role("button", name="Thêm địa điểm chưa có").tap()
    page.get_by_label("Tên địa điểm").fill("Quán cháo mới mở")
    page.locator("[data-action='propose']").tap()
    unsent(page, 1)  # said to be kept before the page goes
    page.reload()
    page.locator(".finding input").fill("chao moi")
    expect(page.locator("li.found")).to_contain_text("đã đề xuất, chờ văn phòng duyệt")
    page.locator("li.found [data-action='visit']").tap()
    page.locator("[data-outcome='partly']").tap()
    page.locator("[data-action='record']").tap()
    unsent(page, 2)
    phone.set_offline(False)
    unsent(page, 0)
    with loader_connection() as conn:
        found = conn.execute("SELECT kind, state, about FROM field_event WHERE login = 'duong' ORDER BY seq").fetchall()
    assert [(row["kind"], row["state"], row["about"] is None) for row in found] == [
        ("proposal_new", "waiting", True), ("visit", "waiting", False),
    ]  # fmt: skip
    page.locator("[data-tab='records']").tap()
    expect(page.locator(".record").first).to_contain_text("chờ văn phòng duyệt")
