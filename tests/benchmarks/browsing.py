"""What a person's browser asks while they work: recorded once in Chromium, then asked again by many at once.

A recorded request is the real one, with the state that Dash sends; only the venue in it is another one each time.
"""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Request, sync_playwright

from tests.fixtures.browser import ARGUMENTS, DESKTOP, chromium_path

CALLBACKS = "/_dash-update-component"
WAIT_MS = 180_000
# Scripts and styles stay in the browser's cache: a person has them from the first day.
_CACHED = ("/assets/", "/_dash-component-suites/", "/_favicon.ico")


@dataclass(frozen=True)
class Ask:
    """One request; ``body`` is the JSON of a callback."""

    method: str
    path: str
    body: str = ""

    @property
    def is_callback(self) -> bool:
        """Whether Dash sent it to run a callback."""
        return self.path.startswith(CALLBACKS)


@dataclass(frozen=True)
class Visit:
    """What somebody does: the page opened, then steps in any order; each is what the browser asks for."""

    opening: list[Ask]
    steps: list[list[Ask]] = field(default_factory=list)
    venue: str = ""

    def with_venue(self, asks: list[Ask], code: str) -> list[Ask]:
        """The same requests of another venue."""
        return [Ask(ask.method, ask.path, ask.body.replace(self.venue, code)) for ask in asks]


def record(address: str, cookie: dict[str, Any], venue: str) -> Visit:
    """Browse once and note what was asked: the page, two filters, a venue's drawer and back."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_path(whole=True), args=[*ARGUMENTS, "--no-sandbox"]
        )
        try:
            return _recorded(browser, address, cookie, venue)
        finally:
            browser.close()


def _recorded(browser: Browser, address: str, cookie: dict[str, Any], venue: str) -> Visit:
    context = browser.new_context(**DESKTOP, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh")
    context.add_cookies([cookie])  # type: ignore[list-item]
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    heard: list[Ask] = []
    page.on("request", lambda request: heard.extend(_noted(request)))

    def asked() -> list[Ask]:
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(1500)
        found, heard[:] = list(heard), []
        return found

    page.goto(f"{address}/")
    page.locator("#map[data-drawn]").wait_for()
    opening = asked()
    steps = []
    for _ in range(2):  # off and on again
        page.locator("#status-filter input").first.click()
        steps.append(asked())
    page.evaluate("(venue) => window.dash_clientside.set_props('go', {data: {venue}})", venue)
    page.locator("#drawer-body").get_by_text(venue).first.wait_for()
    steps.append(asked())
    context.close()
    if not any(ask.is_callback for ask in opening + steps[-1]):
        raise AssertionError("no callback was seen: the recording is worth nothing")
    return Visit(opening, [step for step in steps if step], venue)


def _noted(request: Request) -> list[Ask]:
    parts = urlsplit(request.url)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    if parts.scheme not in ("http", "https") or any(part in path for part in _CACHED):
        return []
    return [Ask(request.method, path, request.post_data or "")]
