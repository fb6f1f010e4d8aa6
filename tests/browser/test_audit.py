"""The audit's screen for the administrator, and the history in a venue's drawer for whoever sees the venue."""

import re
from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest
from playwright.sync_api import Page, expect
from psycopg.rows import dict_row

from data.access.caller import COMMAND_LINE, acting_as
from data.audit.notes import note
from data.database.connection import loader_connection
from data.queries.audit import PAGE
from tests.fixtures import accounts
from tests.fixtures.browser import OWN_HOST, picture

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

LAN = replace(COMMAND_LINE, login="lan", role="culture_office", address="10.0.0.7", request_id="9f2c41")
ADMIN_TOKEN = "administrator-token"


@pytest.fixture(scope="module")
def code(demo_database: str) -> Iterator[str]:
    """A venue of which something was done, and more entries than a page holds; an administrator."""
    with psycopg.connect(demo_database, row_factory=dict_row) as conn:
        accounts.sign_in(conn, "admin", ADMIN_TOKEN)
        rows = conn.execute(
            # of those at which no other test does something
            "SELECT code FROM venue WHERE geom IS NOT NULL AND status IS NOT NULL ORDER BY code OFFSET 70 LIMIT 2"
        ).fetchall()
    venue, other = (row["code"] for row in rows)
    with acting_as(LAN):
        for number in range(PAGE + 5):
            note("export.venues", "export", f"dia-diem-{number}.xlsx", after={"day": "2021-11-30", "rows": number})
        with loader_connection() as conn:
            conn.execute(
                "INSERT INTO venue_point (venue_code, geom, moved_by, previous_geom, previous_location)"
                " SELECT code, ST_Translate(geom, 0.001, 0), 'Lan', geom, location FROM venue WHERE code = %s"
                " ON CONFLICT (venue_code) DO UPDATE SET geom = ST_Translate(venue_point.geom, 0.001, 0)",
                (venue,),
            )
            conn.execute(
                "INSERT INTO merge_decision (duplicate_code, kept_code, verdict) VALUES (%s, %s, 'different')"
                " ON CONFLICT DO NOTHING",
                (other, venue),
            )
        with loader_connection() as conn:
            conn.execute("UPDATE policy SET reminder_threshold = 4")
        with loader_connection() as conn:
            conn.execute("UPDATE policy SET reminder_threshold = 3")
        note("contact.read", "venue", venue)
    yield venue
    with loader_connection() as conn:
        conn.execute("DELETE FROM merge_decision WHERE duplicate_code = %s", (other,))
        conn.execute("DELETE FROM venue_point WHERE venue_code = %s", (venue,))


def as_administrator(page: Page) -> Page:
    page.context.add_cookies([accounts.cookie(f"http://{OWN_HOST}") | {"value": ADMIN_TOKEN}])
    return page


def test_the_administrator_finds_who_did_what(browser_page: Page, server: str, code: str) -> None:
    page = as_administrator(browser_page)
    page.goto(f"{server}/audit/?person=lan")  # the worker's own entries come at any time
    entries = page.locator(".audit-entries tbody tr")
    expect(entries).to_have_count(PAGE)
    expect(entries.first).to_contain_text("Xem tên chủ và điện thoại")
    expect(entries.first).to_contain_text("lan (Phòng Văn hóa và Thông tin)")
    expect(entries.first).to_contain_text("10.0.0.7 · 9f2c41")
    expect(entries.nth(1)).to_contain_text("số lần nhắc thành vi phạm")
    expect(entries.nth(1).locator("del")).to_have_text("4")
    expect(entries.nth(1).locator("ins")).to_have_text("3")
    picture(page, "audit")
    page.get_by_role("link", name="Các mục cũ hơn").click()
    page.wait_for_url(re.compile(r"before=\d+"))
    expect(entries.last).not_to_contain_text("Xem tên chủ")
    page.get_by_role("link", name="Các mục mới nhất").click()
    expect(entries.first).to_contain_text("Xem tên chủ và điện thoại")
    page.get_by_label("Tên đăng nhập").fill("LAN")
    page.locator("select[name=what]").select_option("decisions")
    page.get_by_label("Đối tượng").fill(code.lower())
    page.get_by_role("button", name="Tìm").click()
    page.wait_for_url(re.compile("what=decisions"))
    expect(entries).to_have_count(1)
    expect(entries.first).to_contain_text(code)
    expect(page.locator("select[name=what]")).to_have_value("decisions")
    expect(page.get_by_label("Tên đăng nhập")).to_have_value("LAN")
    picture(page, "audit-found")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_search_that_cannot_be_read_or_finds_nothing_is_said(desktop_page: Page, server: str, code: str) -> None:
    page = as_administrator(desktop_page)
    page.goto(f"{server}/audit/?from=hôm qua")
    expect(page.get_by_role("alert")).to_contain_text("«hôm qua» không phải là ngày")
    page.goto(f"{server}/audit/?to=01/01/2020&lang=en")
    expect(page.locator(".empty")).to_have_text("No entry of the audit is like that.")


@pytest.mark.console_errors(r"403")
def test_it_is_for_the_administrator_alone(desktop_page: Page, server: str, code: str) -> None:
    desktop_page.goto(f"{server}/audit/")
    expect(desktop_page.locator(".audit-entries")).to_have_count(0)
    desktop_page.goto(f"{server}/quality/")
    expect(desktop_page.get_by_role("link", name="Nhật ký")).to_have_count(0)


def test_the_drawer_tells_what_was_done_with_its_venue(browser_page: Page, server: str, code: str) -> None:
    browser_page.goto(f"{server}/?venue={code}")
    history = browser_page.locator("#drawer details.done")
    history.locator("summary").click()
    lines = history.locator("li")
    expect(lines.nth(0)).to_contain_text("lan (Phòng Văn hóa và Thông tin) xác nhận đây và")
    expect(lines.nth(1)).to_contain_text("chuyển điểm trên bản đồ.")
    expect(history).not_to_contain_text("10.0.0.7")
    expect(history).not_to_contain_text("xem tên chủ")  # for those who may look themselves
    lines.nth(1).scroll_into_view_if_needed()
    picture(browser_page, "drawer-history")
