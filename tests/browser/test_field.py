"""The phone screen of officers, on a phone: recorded without a network, kept through reload and sign-out, sent once."""

import json
import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from data.connection import loader_connection
from tests.browser.map_page import eventually
from tests.fixtures.browser import PAGE_TIMEOUT_MS, PHONE, picture
from tests.fixtures.officers import officer

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

WARD = "Mộ Lao"
HERE = {"latitude": 20.982, "longitude": 105.784, "accuracy": 8}


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    """A phone with a camera and a position. Requests are not intercepted, or no service worker would see them."""
    context = browser.new_context(
        **PHONE, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh", geolocation=HERE,
        permissions=["geolocation"], service_workers="allow",
    )  # fmt: skip
    context.set_default_timeout(PAGE_TIMEOUT_MS / 3)
    faults: list[str] = []
    context.on("weberror", lambda error: faults.append(f"uncaught: {error.error}"))
    context.on(
        "request",
        lambda asked: "127.0.0.1" in asked.url or asked.url[:5] in ("data:", "blob:") or faults.append(asked.url),
    )
    yield context
    context.close()
    assert not faults


def sign_in(context: BrowserContext, server: str, login: str, role: str = "ward_officer", *wards: str) -> None:
    who = officer(login, *(wards or (WARD,)), role=role)
    said = {
        "id": who.account_id,
        "login": who.login,
        "name": who.name,
        "role": who.role,
        "rights": sorted(who.rights),
        "wards": who.wards,
    }
    context.add_cookies([{"name": "acting", "value": quote(json.dumps(said)), "url": server}])


def sign_out(context: BrowserContext) -> None:
    context.clear_cookies()


def opened(context: BrowserContext, server: str) -> Page:
    page = context.new_page()
    page.goto(f"{server}/field/")
    expect(page.locator("ul.venues .venue").first).to_be_visible()
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    eventually(lambda: page.evaluate("navigator.serviceWorker.controller !== null"), True)
    return page


def due(page: Page, number: int) -> list[str]:
    return [str(page.locator("ul.venues .venue").nth(i).get_attribute("data-venue")) for i in range(number)]


def remind(page: Page, code: str, reason: str = "no_qr") -> None:
    """Venue, reason, done: three touches."""
    page.locator(f".venue[data-venue='{code}']").tap()
    page.locator(f"[data-reason='{reason}']").tap()
    page.locator("[data-action='done']").tap()
    expect(page.locator("dialog")).to_have_count(0)


def in_database(*codes: str) -> dict[str, int]:
    with loader_connection() as conn:
        rows = conn.execute(
            "SELECT e.venue_code, count(*) AS n FROM field_event AS e WHERE e.venue_code = ANY(%s) GROUP BY 1",
            (list(codes),),
        ).fetchall()
    return {row["venue_code"]: row["n"] for row in rows}


def test_recorded_without_a_network_reloaded_and_signed_in_again_each_arrives_once(
    phone: BrowserContext, server: str, demo_database: str
) -> None:
    del demo_database
    sign_in(phone, server, "lan")
    page = opened(phone, server)
    picture(page, "field-list")
    codes = due(page, 3)
    phone.set_offline(True)
    for code in codes[:2]:
        remind(page, code)
    expect(page.locator("body")).to_have_attribute("data-unsent", "2")
    page.reload()
    expect(page.locator("body")).to_have_attribute("data-unsent", "2")
    expect(page.locator("ul.venues .venue").first).to_be_visible()
    picture(page, "field-offline")
    remind(page, codes[2])
    page.close()
    page = phone.new_page()
    page.goto(f"{server}/field/")
    expect(page.locator("body")).to_have_attribute("data-unsent", "3")
    assert in_database(*codes) == {}
    # the session has ended meanwhile
    sign_out(phone)
    phone.set_offline(False)
    expect(page.locator(".notice a")).to_have_attribute("href", re.compile(r"^/sign-in\?next="))
    picture(page, "field-sign-in")
    assert in_database(*codes) == {}
    # another account does not send it under its name
    sign_in(phone, server, "minh")
    page.reload()
    expect(page.locator(".notice")).to_contain_text("3 bản ghi của tài khoản lan")
    assert in_database(*codes) == {}
    sign_in(phone, server, "lan")
    page.reload()
    expect(page.locator("body")).to_have_attribute("data-unsent", "0")
    assert in_database(*codes) == dict.fromkeys(codes, 1)
    with loader_connection() as conn:
        rows = conn.execute(
            "SELECT e.venue_code, e.state, e.login, v.status::text FROM field_event AS e JOIN venue AS v ON v.id = e.venue_id"
            " WHERE e.venue_code = ANY(%s) ORDER BY e.seq",
            (codes,),
        ).fetchall()
    assert [(row["venue_code"], row["state"], row["login"]) for row in rows] == [
        (code, "applied", "lan") for code in codes
    ]
    assert all(row["status"] in ("reminded", "violating") for row in rows)
    page.locator("[data-tab='records']").tap()
    expect(page.locator(".record.applied")).to_have_count(3)
    picture(page, "field-records")
