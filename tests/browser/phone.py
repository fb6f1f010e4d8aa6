"""The phone screen on a phone, as its tests use it: an officer's phone, what is touched on it, what has arrived."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect

from data.database.connection import loader_connection
from tests.browser.map_page import eventually
from tests.fixtures.browser import PAGE_TIMEOUT_MS, PHONE
from tests.fixtures.officers import officer, token_of

WARD = "Mộ Lao"
HERE = {"latitude": 20.982, "longitude": 105.784, "accuracy": 8}


@contextmanager
def phone_of(browser: Browser, *permissions: str) -> Iterator[BrowserContext]:
    """A phone with a position. Requests are watched and not intercepted, or no service worker would see them."""
    context = browser.new_context(
        **PHONE,
        locale="vi-VN",
        timezone_id="Asia/Ho_Chi_Minh",
        geolocation=HERE,
        permissions=["geolocation", *permissions],
        service_workers="allow",
    )
    context.set_default_timeout(PAGE_TIMEOUT_MS / 3)
    faults: list[str] = []
    context.on("weberror", lambda error: faults.append(f"uncaught: {error.error}"))
    context.on(
        "request", lambda asked: re.match(r"(http://127\.0\.0\.1|data:|blob:)", asked.url) or faults.append(asked.url)
    )
    try:
        yield context
    finally:
        context.close()
    assert not faults


def sign_in(context: BrowserContext, server: str, login: str, ward: str = WARD, *, role: str = "ward_officer") -> None:
    """The phone has the session of an account of the ward; tests that record have a ward each."""
    token = token_of(officer(login, ward, role=role))
    context.add_cookies([{"name": "session", "value": token, "url": server}])


def opened(context: BrowserContext, server: str, query: str = "") -> Page:
    page = context.new_page()
    page.goto(f"{server}/field/{query}")
    expect(page.locator("ul.venues .venue").first).to_be_visible(timeout=20_000)
    eventually(lambda: page.evaluate("navigator.serviceWorker.controller !== null"), True)
    return page


def due(page: Page, number: int) -> list[str]:
    """Codes of the first venues that need a QR and have been reminded once at most."""
    codes = """(number) => {
      const { list } = fieldScreen.venues;
      const fit = list.filter((v) => !v.has_qr && v.counted < 2 && v.lat && fieldScreen.venues.need(v).isDue);
      return fit.slice(0, number).map((v) => v.code);
    }"""
    found = page.evaluate(codes, number)
    assert len(found) == number
    return list(found)


def find(page: Page, code: str) -> None:
    page.locator("[data-choice='all']").tap()
    page.locator(".finding input").fill(code)


def remind(page: Page, code: str, reason: str = "no_qr") -> None:
    """Venue, reason, done: three touches, once the venue is on the screen."""
    find(page, code)
    page.locator(f".venue[data-venue='{code}']").tap()
    page.locator(f"[data-reason='{reason}']").tap()
    page.locator("[data-action='done']").tap()
    expect(page.locator("dialog")).to_have_count(0)


def has_list(page: Page) -> bool:
    """Whether a list of venues is in the phone's store."""
    found: bool = page.evaluate("""() => new Promise((done) => {
      indexedDB.open("ha-dong-field").onsuccess = ({ target: { result: database } }) => {
        const asked = database.transaction("meta").objectStore("meta").getKey("taken");
        asked.onsuccess = () => { database.close(); done(asked.result !== undefined); };
      };
    })""")
    return found


def drawn(page: Page) -> dict[str, str]:
    """Statuses of the venues on the phone's large map, by code; none while it is still drawing."""
    found: dict[str, str] = page.evaluate("""() => {
      const map = fieldScreen.map?.map;
      const found = map?.loaded() ? map.queryRenderedFeatures({ layers: fieldScreen.map.ground.venueLayers }) : [];
      return Object.fromEntries(found.map(({ properties }) => [properties.code, properties.status]));
    }""")
    return found


def unsent(page: Page, count: int) -> None:
    expect(page.locator("body")).to_have_attribute("data-unsent", str(count), timeout=40_000)


def events(*codes: str) -> list[dict[str, Any]]:
    with loader_connection() as conn:
        return conn.execute(
            "SELECT e.venue_code, e.kind, e.state, e.login, e.payload, e.photo, v.status::text AS status, v.id"
            " FROM field_event AS e JOIN venue AS v ON v.code = e.venue_code"
            " WHERE e.venue_code = ANY(%s) ORDER BY e.seq",
            (list(codes),),
        ).fetchall()


def made(name: str) -> int:
    """How many venues bear the name."""
    with loader_connection() as conn:
        row = conn.execute("SELECT count(*) AS n FROM venue WHERE name = %s", (name,)).fetchone()
    return int(row["n"]) if row else 0
