"""Acting on venues from the page: from the drawer, and on ticked rows after what will happen has been shown."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.etl.loading.files import one, rows
from tests.fixtures.browser import DESKTOP, PHONE, picture, watched_page
from tests.fixtures.officers import officer, token_of

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("demo_database")]
DIALOG = ".action-dialog"


def page_of(browser: Browser, server: str, device: dict[str, Any], *wards: str, role: str) -> Iterator[Page]:
    with watched_page(browser, device, []) as page:
        token = token_of(officer(f"act.{role}", *wards, role=role))
        page.context.add_cookies([{"name": "session", "value": token, "url": server}])
        yield page


@pytest.fixture(params=["desktop", "phone"])
def officers_page(browser: Browser, server: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    device = DESKTOP if request.param == "desktop" else PHONE
    yield from page_of(browser, server, device, "Phú La", role="ward_officer")


@pytest.fixture
def police_page(browser: Browser, server: str) -> Iterator[Page]:
    yield from page_of(browser, server, DESKTOP, role="police")


def unreminded(ward: str, number: int) -> list[str]:
    found = rows(
        "SELECT v.code FROM venue AS v JOIN ward AS w ON w.id = v.ward_id"
        " WHERE w.name = %s AND v.status = 'unregistered' ORDER BY v.code LIMIT %s",
        ward,
        number,
    )
    return [code for (code,) in found]


def standing(codes: list[str]) -> int:
    """Reminders of today at the venues that have not been withdrawn."""
    return int(
        one(
            "SELECT count(*) FROM reminder AS r JOIN venue AS v ON v.id = r.venue_id"
            " WHERE v.code = ANY(%s) AND r.reminded_on = current_day() AND r.withdrawn_on IS NULL",
            codes,
        )
    )


def test_from_the_drawer_an_officer_records_a_reminder_and_takes_it_back(officers_page: Page, server: str) -> None:
    page = officers_page
    [code] = unreminded("Phú La", 1)
    page.goto(f"{server}/?venue={code}")
    button = page.locator("#drawer [data-action='remind']")
    button.dblclick()
    dialog = page.locator(DIALOG)
    expect(dialog.locator(".action-line.done")).to_be_visible()  # one dialog, not two
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.locator("#drawer .level-title")).to_be_visible()  # one Escape closes one thing
    expect(button).to_be_focused()
    button.click()
    dialog.locator("textarea").fill("gặp chủ quán")
    expect(dialog.locator(".action-line.done")).to_be_visible()
    picture(page, "action-remind")
    dialog.locator(".action-go").click()
    expect(dialog.locator(".action-list.done h4")).to_have_text("Đã ghi: 1")
    assert standing([code]) == 1
    dialog.get_by_role("button", name="Hoàn tác").click()
    expect(dialog.locator(".action-list.done h4")).to_have_text("Đã hoàn tác: 1")
    assert standing([code]) == 0
    dialog.get_by_role("button", name="Đóng").click()
    expect(page.locator("#drawer .reminders")).to_contain_text("rút")  # the page has asked anew by itself


def test_ticked_rows_are_acted_on_once_it_is_shown_what_will_happen(police_page: Page, server: str) -> None:
    page = police_page
    page.goto(f"{server}/?status=scanning,unregistered")
    page.locator("#table-toggle").click()
    boxes = page.locator("#table input.tick")
    expect(boxes.nth(2)).to_be_visible()
    codes = [str(boxes.nth(i).get_attribute("data-code")) for i in range(3)]
    for i in range(2):
        boxes.nth(i).click()
    page.locator("#table .ag-row[row-index='2'] [col-id='tick']").focus()
    page.keyboard.press(" ")  # by the keyboard, and nothing is opened by it
    expect(page.locator("#ticked")).to_contain_text("Đã chọn 3")
    printed = page.locator("#ticked").get_by_role("link", name="In tờ mã QR")
    expect(printed).to_have_attribute("href", re.compile(r"/posters/\?codes=HD\d+\+HD\d+\+HD\d+$"))
    assert "venue=" not in page.url
    page.locator("#ticked [data-action='remind']").click()
    dialog = page.locator(DIALOG)
    expect(dialog.locator(".action-list.done h4")).to_have_text("Ghi: 3")
    picture(page, "action-ticked")
    dialog.locator(".action-go").click()
    expect(dialog.locator(".action-list.done h4")).to_have_text("Đã ghi: 3")
    assert standing(codes) == 3
    dialog.get_by_role("button", name="Đóng").click()
    expect(page.locator("#ticked")).to_be_hidden()
    expect(page.locator("#table input.tick:checked")).to_have_count(0)


def test_a_row_of_the_desk_offers_a_visit_and_the_drawer_then_tells_what_is_open_there(
    police_page: Page, server: str
) -> None:
    page = police_page
    page.goto(f"{server}/desk/")
    row = page.locator("[data-kind='unplanned'] li").first
    code = str(row.locator("[data-venues]").first.get_attribute("data-venues"))[2:-2]
    row.locator("summary").click()
    picture(page, "desk-row")
    row.locator("[data-action='plan_visit']").click()
    dialog = page.locator(DIALOG)
    expect(dialog.locator(".action-line.done")).to_be_visible()
    dialog.locator(".action-go").click()
    dialog.get_by_role("button", name="Đóng").click()
    row = page.locator(f"[data-kind='visits'] li:has([data-venues*='{code}'])")  # the desk has asked anew by itself
    row.locator("summary").click()
    expect(row.locator(".not-now")).to_contain_text("Địa điểm đã có một lượt đến trong lịch.")
    page.goto(f"{server}/?venue={code}")
    expect(page.locator("#drawer .open-cases li")).to_contain_text("Tiếp theo: Ghi kết quả.")
    expect(page.locator("#drawer .not-now")).to_contain_text("Lên lịch đến: không làm được lúc này.")
    expect(page.locator("#drawer [data-action='plan_visit']")).to_have_count(0)
    picture(page, "drawer-open-cases")
    page.locator("#drawer .open-cases a").click()
    expect(page.locator(".case-now")).to_contain_text("Hướng dẫn")
    page.goto(f"{server}/cases/?process=visit")
    page.locator(".case-line summary").first.click()
    picture(page, "cases-row")


def test_too_many_of_an_area_are_refused_and_those_that_comply_are_left_out(police_page: Page, server: str) -> None:
    page = police_page
    page.goto(f"{server}/?area=105.7,20.9;105.9,20.9;105.9,21.1;105.7,21.1")
    page.locator("#area-panel [data-action='remind']").click()
    dialog = page.locator(DIALOG)
    expect(dialog).to_contain_text("Quá 500 địa điểm")
    page.keyboard.press("Escape")
    page.goto(f"{server}/?status=scanning&area=105.75,20.95;105.78,20.95;105.78,20.98;105.75,20.98")
    page.locator("#area-panel [data-action='remind']").click()
    expect(dialog.locator(".action-list.asks h4")).to_have_text(re.compile(r"Cần xác nhận: \d+"))
    picture(page, "action-area")
    expect(dialog.locator(".action-go")).to_be_disabled()
    dialog.locator(".action-sure input").check()
    expect(dialog.locator(".action-go")).to_be_enabled()


def test_a_server_that_is_away_is_said_beside_the_button(browser: Browser, server: str) -> None:
    with watched_page(browser, DESKTOP, ["503"]) as page:
        token = token_of(officer("act.away", role="police"))
        page.context.add_cookies([{"name": "session", "value": token, "url": server}])
        page.goto(f"{server}/?venue={unreminded('Phú La', 1)[0]}")
        page.route("**/actions/?*", lambda route: route.fulfill(status=503), times=1)
        page.locator("#drawer [data-action='remind']").click()
        expect(page.locator("#drawer .action-failed")).to_have_text("Máy chủ không trả lời, hãy thử lại.")
        page.locator("#drawer [data-action='remind']").click()
        expect(page.locator(DIALOG)).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator("#drawer .action-failed")).to_have_count(0)
