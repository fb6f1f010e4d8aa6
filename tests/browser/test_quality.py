"""The screen of quality in a real browser: lines lead to their rows, rows to the map."""

import re

import psycopg
import pytest
from playwright.sync_api import Page, expect

from data.database.connection import Connection
from data.queries import quality
from data.texts.catalogue import t

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


def test_a_line_leads_to_as_many_rows_and_a_row_to_the_map(browser_page: Page, server: str, rule: Connection) -> None:
    counted = quality.locations(rule)
    name = next(name for name in ("none", "ward", "street", "interpolated") if 0 < counted[name] < quality.MOST_ROWS)
    browser_page.goto(f"{server}/quality/")
    line = browser_page.locator(".quality li", has_text=t(f"quality.location.{name}"))
    expect(line.locator("strong")).to_have_text(str(counted[name]))
    line.get_by_role("link", name="Xem danh sách").click()
    rows = browser_page.locator(".quality tbody tr")
    expect(rows).to_have_count(counted[name])
    code = rows.first.locator("a").inner_text()
    rows.first.locator("a").click()
    expect(browser_page).to_have_url(re.compile(rf"/\?venue={code}"))
    expect(browser_page.locator("#drawer")).to_be_visible()


def test_nothing_is_wider_than_the_phone(phone_page: Page, server: str) -> None:
    phone_page.goto(f"{server}/quality/?lang=en")
    expect(phone_page.get_by_role("heading", name="Data quality")).to_be_visible()
    expect(phone_page.locator(".quality section")).to_have_count(6)
    assert phone_page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.console_errors(r"50[03]")
def test_a_database_that_is_away_is_said(desktop_page: Page, server: str, demo_database: str) -> None:
    desktop_page.goto(f"{server}/quality/")
    expect(desktop_page.locator(".quality section")).to_have_count(6)
    with psycopg.connect(demo_database) as conn:
        conn.execute("ALTER TABLE venue RENAME TO venue_away")
        conn.commit()
        try:
            desktop_page.reload()
            expect(desktop_page.locator("#office-notice .notice")).to_be_visible()
        finally:
            conn.execute("ALTER TABLE venue_away RENAME TO venue")
            conn.commit()
