"""The screen of effects in a real browser: the curve is drawn, a ward is laid beside the district."""

import pytest
from playwright.sync_api import Page, expect

from tests.fixtures.browser import picture

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


def test_a_ward_is_laid_beside_the_district(browser_page: Page, server: str) -> None:
    browser_page.goto(f"{server}/effects/")
    expect(browser_page.locator(".effects .js-plotly-plot .scatterlayer .trace")).to_have_count(3)
    ward = browser_page.locator(".effects td a").first
    name = ward.inner_text()
    ward.click()
    expect(browser_page.locator(".effects .legend")).to_contain_text(name)
    expect(browser_page.locator(".effects .limits")).to_have_count(4)
    assert browser_page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    browser_page.set_viewport_size({"width": 390, "height": 844})
    inside = "[...document.querySelectorAll('.effects .scrolled')].filter((one) => one.scrollWidth > one.clientWidth)"
    expect(browser_page.locator(".effects td[data-label]").first).to_be_visible()
    assert browser_page.evaluate(f"{inside}.length") == 0
    picture(browser_page, "effects")
