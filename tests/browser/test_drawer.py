"""The drawer in a real browser: two clicks down, Escape up, focus in and back, links that restore, 360 px wide."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.fixtures.browser import DESKTOP, PHONE, watched_page

pytestmark = pytest.mark.browser
TITLE = "#drawer .level-title"


def open_at(page: Page, server: str, query: str) -> None:
    page.goto(f"{server}/{query}")
    expect(page.locator("#drawer [data-level]")).to_be_visible()


def level(page: Page) -> str:
    return str(page.locator("#drawer [data-level]").get_attribute("data-level"))


def count(text: str) -> int:
    return int(text.replace(".", "").strip())


def press_overview(page: Page) -> None:
    visible = page.locator("#overview:visible, .phone-bar [data-press='overview']:visible").first
    visible.click()
    expect(page.locator(TITLE)).to_have_text("Quận Hà Đông")


def test_from_the_district_to_a_violating_venue_in_two_clicks(browser_page: Page, server: str) -> None:
    page = browser_page
    page.goto(f"{server}/?status=violating")
    page.locator("#map-count").wait_for(state="attached")
    press_overview(page)
    page.locator("#drawer .ranking .link").first.click()
    expect(page.locator(TITLE)).to_contain_text(re.compile("Phường|Không khớp phường"))
    page.locator("#drawer .venue-line").first.click()
    expect(page.locator("#drawer .status-line")).to_have_text("Vi phạm")
    expect(page.locator("#drawer .headline")).to_contain_text("lần nhắc nhở được tính, đạt ngưỡng")
    counted = page.locator("#drawer .reminders .counted").count()
    assert f"có {counted} lần nhắc nhở được tính" in str(page.locator("#drawer .headline").text_content())
    assert "status=violating" in page.url  # drilling down keeps the filters
    expect(page.locator("#drawer .crumbs li")).to_have_count(3)


def test_the_wards_of_the_district_add_up(desktop_page: Page, server: str) -> None:
    page = desktop_page
    open_at(page, server, "?drawer=open")
    rows = page.locator("#drawer .ranking tbody tr td:nth-child(2)").all_text_contents()
    total = page.locator("#drawer .ranking tfoot td").first.text_content()
    assert sum(map(count, rows)) == count(str(total)) > 0
    page.locator("#drawer .ranking .link").first.click()
    expect(page.locator(TITLE)).not_to_have_text("Quận Hà Đông")
    statuses = page.locator("#drawer .status-table tbody:first-of-type tr td:nth-child(2)").all_text_contents()
    assert sum(map(count, statuses)) == count(rows[0])


def test_escape_goes_up_one_level_at_a_time_and_back_goes_back(desktop_page: Page, server: str) -> None:
    page = desktop_page
    open_at(page, server, "?drawer=open")
    page.locator("#drawer .ranking .link").first.click()
    expect(page.locator("#drawer .venue-line").first).to_be_visible()
    page.locator("#drawer .venue-line").first.click()
    expect(page.locator("#drawer .status-line")).to_be_visible()
    expect(page.locator(TITLE)).to_be_focused()
    for expected in ("ward", "district"):
        page.keyboard.press("Escape")
        expect(page.locator("#drawer [data-level]")).to_have_attribute("data-level", re.compile(f"^{expected}"))
        expect(page.locator(TITLE)).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#drawer")).to_be_hidden()
    page.go_back()
    expect(page.locator("#drawer [data-level='district']")).to_be_visible()


def test_focus_returns_to_the_button_that_opened(desktop_page: Page, server: str) -> None:
    page = desktop_page
    page.goto(server)
    button = page.locator("#overview")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator(TITLE)).to_be_focused()
    page.locator("#drawer-close").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#drawer")).to_be_hidden()
    expect(button).to_be_focused()


def test_the_whole_way_down_works_by_keyboard_alone(desktop_page: Page, server: str) -> None:
    page = desktop_page
    open_at(page, server, "?drawer=open")
    page.locator("#drawer .ranking .link").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#drawer .venue-line").first).to_be_visible()
    page.locator("#drawer .venue-line").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#drawer .status-line")).to_be_visible()
    summary = page.locator("#drawer .chart-table > summary").first
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#drawer .numbers").first).to_be_visible()


def first_venue(page: Page, server: str) -> str:
    open_at(page, server, "?drawer=open&status=violating")
    page.locator("#drawer .ranking .link").first.click()
    page.locator("#drawer .venue-line").first.click()
    expect(page.locator("#drawer .status-line")).to_be_visible()
    return page.url


def test_a_sent_link_opens_the_same_venue_in_either_language(desktop_page: Page, server: str, browser: Browser) -> None:
    address = first_venue(desktop_page, server)
    name = desktop_page.locator(TITLE).text_content()
    with watched_page(browser, DESKTOP, []) as other:
        other.goto(f"{address}&lang=en")
        expect(other.locator(TITLE)).to_have_text(str(name))
        expect(other.locator("#drawer .status-line")).to_have_text("Violating")
        expect(other.locator("#drawer .why h3")).to_contain_text("Why, as of")


def test_the_link_can_be_copied(desktop_page: Page, server: str) -> None:
    page = desktop_page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    address = first_venue(page, server)
    page.locator("#drawer [data-copy-link]").click()
    expect(page.locator("#drawer .copied")).to_have_text("Đã sao chép liên kết.")
    assert page.evaluate("navigator.clipboard.readText()") == address


def test_charts_are_drawn_with_titles_and_tables(desktop_page: Page, server: str) -> None:
    page = desktop_page
    first_venue(page, server)
    expect(page.locator("#drawer .js-plotly-plot .gtitle")).to_have_count(2)
    titles = page.locator("#drawer .js-plotly-plot .gtitle").all_text_contents()
    assert all(re.search(r"\d\d/\d\d/\d{4}", title) for title in titles), titles
    expect(page.locator("#drawer .modebar")).to_have_count(0)
    assert page.locator("#drawer .chart-table").count() == 2
    clipped = page.evaluate(
        """() => [...document.querySelectorAll('#drawer .js-plotly-plot')].filter((plot) => {
            const box = plot.getBoundingClientRect();
            return [...plot.querySelectorAll('.gtitle, .legendtext, .ytick text, .xtick text')].some((text) => {
                const part = text.getBoundingClientRect();
                return part.top < box.top - 1 || part.left < box.left - 1 || part.right > box.right + 1
                    || part.bottom > box.bottom + 1;
            });
        }).length"""
    )
    assert clipped == 0


@pytest.mark.parametrize("query", ["?drawer=open", "?drawer=open&ward=none"])
def test_nothing_is_wider_than_a_small_phone(browser: Browser, server: str, query: str) -> None:
    small: dict[str, Any] = {**PHONE, "viewport": {"width": 360, "height": 740}}
    with watched_page(browser, small, []) as page:
        open_at(page, server, query)
        expect(page.locator("#drawer .js-plotly-plot").first).to_be_visible()
        check_width(page)
        page.locator("#drawer .venue-line, #drawer .ranking .link").first.click()
        expect(page.locator("#drawer [data-level]")).not_to_have_attribute("data-level", "district")
        check_width(page)
        heights = page.evaluate(
            "[...document.querySelectorAll('#drawer :is(.crumbs button, .venue-line, .ranking .link, summary,"
            " #drawer-close)')].filter(e => e.getClientRects().length).map(e => e.getBoundingClientRect().height)"
        )
        assert heights
        assert min(heights) >= 44


def check_width(page: Page) -> None:
    page.evaluate("document.querySelectorAll('#drawer details').forEach((part) => { part.open = true; })")
    widths = page.evaluate("[document.documentElement.scrollWidth, document.querySelector('#drawer-body').scrollWidth]")
    assert max(widths) <= 360
    scrolled = page.evaluate(
        "() => { const body = document.querySelector('#drawer-body'); body.scrollTop = 1e6; return body.scrollTop; }"
    )
    assert scrolled > 0


def test_a_place_with_several_venues_lists_them_and_leads_back(desktop_page: Page, server: str) -> None:
    page = desktop_page
    page.goto(server)
    page.locator("#map-count").wait_for()
    # as the map hands over a click (assets/map/picking.mjs)
    clicked = {"venues": [1, 2], "lngLat": [105.7766, 20.9714], "metres": "1500.0"}
    page.evaluate("(data) => dash_clientside.set_props('map-click', { data })", clicked)
    expect(page.locator(TITLE)).to_contain_text("địa điểm tại đây")
    listed = page.locator("#drawer .venue-line")
    assert listed.count() > 1
    title = str(page.locator(TITLE).text_content())
    listed.nth(1).click()
    expect(page.locator("#drawer .status-line")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(TITLE)).to_have_text(title)


def test_a_venue_that_does_not_exist_is_said(desktop_page: Page, server: str) -> None:
    open_at(desktop_page, server, "?venue=KHONG-CO")
    expect(desktop_page.locator("#drawer .empty")).to_have_text("Không có địa điểm nào mang mã «KHONG-CO».")
    desktop_page.locator("#drawer-close").click()
    expect(desktop_page.locator("#drawer")).to_be_hidden()
