"""The planner's screen: tomorrow's routes for three teams within a minute, then changed by hand and assigned."""

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from data.cluster.server import OWNER, READER
from tests.etl.loading.files import one
from tests.fixtures.browser import DESKTOP, PHONE, picture, watched_page
from tests.fixtures.officers import officer, token_of
from tests.fixtures.server import serving

pytestmark = pytest.mark.browser
SECONDS_OF_CLICKS = 60
DRAWN = """async () => {
    const { mapOfPlan } = await import("/assets/inspections/map.mjs");
    return mapOfPlan().queryRenderedFeatures({ layers: ["stop"] }).length;
}"""


@pytest.fixture(scope="module")
def served(own_demo_database: str) -> Iterator[str]:
    urls = {
        "DATABASE_URL": own_demo_database,
        "APP_DATABASE_URL": own_demo_database.replace(f"//{OWNER}@", f"//{READER}@"),
    }
    for login, name in (("an", "Công an An"), ("binh", "Công an Bình"), ("cuong", "Công an Cường")):
        token_of(officer(f"ke.hoach.{login}", role="police", name=name))
    with serving(urls) as address:
        yield address


def page_of(browser: Browser, served: str, device: dict[str, Any]) -> Iterator[Page]:
    with watched_page(browser, device, [r"409 \(CONFLICT\)"]) as page:
        page.context.add_cookies([{"name": "session", "value": "ke.hoach.an-token", "url": served}])
        yield page


@pytest.fixture
def planner(browser: Browser, served: str) -> Iterator[Page]:
    yield from page_of(browser, served, DESKTOP)


@pytest.fixture
def phone(browser: Browser, served: str) -> Iterator[Page]:
    yield from page_of(browser, served, PHONE)


def solved(page: Page) -> None:
    """Wait until routes have been looked for and stand in the lists."""
    expect(page.locator("[data-team='1'] .stop").first).to_be_visible()
    expect(page.locator("[data-solving]")).to_be_hidden()


def number_of(page: Page, total: str) -> str:
    return page.locator(f"[data-total='{total}']").inner_text()


def stop_of(page: Page, team: int, place: int = 0) -> tuple[Locator, str]:
    row = page.locator(f"[data-team='{team}'] .stop").nth(place)
    return row, row.get_attribute("data-stop") or ""


def dragged(page: Page, row: Locator, before: Locator) -> str:
    """Drag a stop with the mouse to just above another; returns its number."""
    stop = row.get_attribute("data-stop") or ""
    before.evaluate("row => row.scrollIntoView({block: 'center'})")
    source, target = row.bounding_box(), before.bounding_box()
    assert source
    assert target
    page.mouse.move(source["x"] + 60, source["y"] + 15)
    page.mouse.down()
    page.mouse.move(source["x"] + 64, source["y"] + 25)
    page.mouse.move(target["x"] + 60, target["y"] + 6, steps=5)
    page.mouse.up()
    return stop


def test_a_planner_makes_changes_and_assigns_tomorrows_routes(planner: Page, served: str) -> None:
    page = planner
    page.goto(f"{served}/inspections/")
    expect(page.locator(".plan-list .empty")).to_be_visible()
    began = time.monotonic()
    page.locator("[data-part='new']").click()
    expect(page.locator(".plan-found")).to_contain_text(re.compile(r"\d"))
    page.locator("[data-teams='3']").click()
    page.locator("[data-part='make']").click()
    solved(page)
    assert time.monotonic() - began < SECONDS_OF_CLICKS
    expect(page.locator("[data-team]")).to_have_count(3)
    plan = page.locator("[data-plan]").get_attribute("data-plan")
    assert one("SELECT day = add_working_days(current_day(), 1) FROM visit_plan WHERE id = %s", plan)
    page.wait_for_function("() => document.querySelector('.plan-map').dataset.drawn?.split(':')[2] >= 3")
    drawn = page.evaluate(DRAWN)
    assert drawn >= int(number_of(page, "visits").split()[0]) * 0.9
    picture(page, "inspections-plan")

    km = number_of(page, "km")
    # dragged to another team; its numbers and totals follow
    stop = dragged(page, page.locator("[data-team='1'] .stop").last, page.locator("[data-team='2'] .stop").first)
    expect(page.locator(f"[data-team='2'] [data-stop='{stop}']")).to_be_visible()
    assert number_of(page, "km") != km

    # held there, and moved on by keyboard alone
    page.locator(f"[data-stop='{stop}'] .stop-head").focus()
    page.keyboard.press("Enter")
    page.locator(f"[data-stop='{stop}'] [data-part='lock']").click()
    expect(page.locator(f"[data-stop='{stop}'] .locked")).to_be_visible()
    held = "SELECT ARRAY[team_id, shift] FROM plan_stop WHERE id = %s"
    place = one(held, stop)
    version = page.locator("[data-plan]").get_attribute("data-version") or ""
    page.locator("[data-part='rest']").click()
    expect(page.locator("[data-plan]")).not_to_have_attribute("data-version", version)
    solved(page)
    assert one(held, stop) == place

    page.locator("[data-part='assign']").click()
    expect(page.locator(".state.assigned")).to_be_visible()
    expect(page.locator(".plan-said .notice")).to_be_visible()
    visits = int(number_of(page, "visits").split()[0])
    assert (
        one("SELECT count(*) FROM visit AS x JOIN plan_stop AS s ON s.id = x.stop_id WHERE s.plan_id = %s", plan)
        == visits
    )
    picture(page, "inspections-assigned")
    # in the morning somebody is ill: what that means is said first
    team = page.locator("[data-team='1']")
    team.locator("[data-part='members'] > summary").click()
    team.locator("[data-part='members'] .ticks input:checked").first.uncheck()
    expect(team.locator("[data-part='save-members']")).to_be_disabled()
    team.locator("[data-part='why']").fill("nghỉ ốm")
    team.locator("[data-part='look-members']").click()
    expect(team.locator("[data-part='means']")).to_contain_text("điện thoại mất lộ trình ở lần đồng bộ tới")
    picture(page, "inspections-members")
    team.locator("[data-part='save-members']").click()
    team.locator("[data-part='turnover'] > summary").click()
    expect(team.locator("[data-part='turnover'] li")).to_contain_text("nghỉ ốm")
    picture(page, "inspections-turnover")


def test_two_planners_meet_and_nothing_is_lost(planner: Page, browser: Browser, served: str) -> None:
    page = planner
    page.goto(f"{served}/?area=105.70,20.92;105.80,20.92;105.80,21.00;105.70,21.00")
    page.locator("#area-panel a[href*='/inspections/']").click()
    expect(page.get_by_text("Bỏ vùng đã vẽ")).to_be_visible()
    page.locator("[data-form] select").first.select_option("guidance")
    page.locator("[data-part='make']").click()
    solved(page)
    row, stop = stop_of(page, 1)
    with watched_page(browser, DESKTOP, []) as other:
        other.context.add_cookies([{"name": "session", "value": "ke.hoach.binh-token", "url": served}])
        other.goto(page.url)
        solved(other)
        other.locator("[data-team='2'] .stop-head").first.click()
        other.locator("[data-part='lock']").click()
        expect(other.locator(".locked").first).to_be_visible()
    row.locator(".stop-head").click()
    page.locator("[data-part='lock']").click()
    expect(page.locator(".plan-said [role='alert']")).to_contain_text("Công an Bình")
    page.locator("[data-part='again']").click()
    expect(page.locator(f"[data-stop='{stop}'] .locked")).to_be_visible()
    expect(page.locator(".locked")).to_have_count(2)


def test_what_was_left_changes_nothing_on_the_map_of_what_is_shown(planner: Page, served: str) -> None:
    page, late = planner, []
    page.goto(f"{served}/inspections/?new=1")
    expect(page.locator(".plan-found")).to_contain_text(re.compile(r"\d"))
    page.locator("[data-team-card='1'] .button", has_text="bản đồ").click()
    expect(page.locator(".plan-map.picking")).to_be_visible()
    page.locator(".plan-head button").first.click()
    page.route("**/inspections/count.json*", lambda route: late.append(route))
    with page.expect_request("**/inspections/count.json*"):
        page.locator("[data-part='new']").click()
    page.go_back()
    page.locator("[data-row] a").first.click()
    solved(page)
    expect(page.locator(".plan-map.picking")).to_have_count(0)
    expect(page.locator(".plan-legend .dashes")).to_be_visible()
    with page.expect_response("**/inspections/count.json*") as answered:
        late[0].continue_()
    answered.value.finished()
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    expect(page.locator(".plan-legend .dashes")).to_be_visible(timeout=1)


def test_on_a_phone_a_plan_is_read_and_a_stop_moved_by_buttons(phone: Page, served: str) -> None:
    page = phone
    page.goto(f"{served}/inspections/")
    page.locator("[data-row] a").first.tap()
    solved(page)
    row, stop = stop_of(page, 1)
    row.locator(".stop-head").tap()
    moves = row.locator(".stop-moves")
    before = moves.locator("[data-part='move-to']").input_value()
    moves.locator("[data-part='move-to']").select_option(index=3)
    moved = page.locator(f"[data-stop='{stop}'] [data-part='move-to']")
    expect(moved).not_to_have_value(before)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["viewport"]["width"]
    picture(page, "inspections-plan")
    page.locator("[data-tab='map']").tap()
    expect(page.locator(".plan-map canvas")).to_be_visible()
    expect(page.locator(".plan-side")).to_be_hidden()
