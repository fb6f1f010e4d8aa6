"""The page in Chromium: first draw against a bare MapLibre page with the same tiles, a filter, a click to a panel."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Request, sync_playwright

from tests.benchmarks import peers
from tests.benchmarks.districts import District
from tests.benchmarks.results import Result, at_most, median, percentile
from tests.fixtures import accounts
from tests.fixtures.browser import ARGUMENTS, DESKTOP, chromium_path

RUNS = 5
CLICKS = 24
WAIT_MS = 120_000
GOAL_FIRST_DRAW = 1.5
GOAL_PANEL_MS = 150.0
BARE_PAGE = Path(__file__).parent / "bare_map.html"

# Both pages mark the first moment in which MapLibre has drawn all that it had asked for ("idle").
DRAWN = "() => performance.getEntriesByName('map-drawn')[0]?.startTime"
NEXT_IDLE = """async (press) => {
  const map = (await window.hadong.map.module).current();
  const start = performance.now();
  return await new Promise((done) => {
    map.once("idle", () => done(performance.now() - start));
    document.querySelector(press).click();
  });
}"""


def measure(district: District, codes: list[str]) -> list[Result]:
    """Medians of RUNS page loads, each in a context of its own; ``codes`` are venues to open."""
    with peers.ours(district.owner, district.reader) as server, sync_playwright() as playwright:
        address = server.tile.split("/tiles/")[0]
        browser = playwright.chromium.launch(
            executable_path=chromium_path(whole=True), args=[*ARGUMENTS, "--no-sandbox"]
        )
        ours, bare, filtered = [], [], []
        for _ in range(RUNS):
            ours.append(_first_draw(browser, address + "/"))
            bare.append(_first_draw(browser, address + "/bare"))
            filtered.append(_filter(browser, address))
        panels = _panels(browser, address, codes[:CLICKS])
        browser.close()
    venues = district.venues
    return [
        Result(venues, "first draw, our page", median(ours), "ms"),
        Result(venues, "first draw, bare MapLibre page", median(bare), "ms"),
        at_most(venues, "first draw, ours / bare", median(ours) / median(bare), "x", GOAL_FIRST_DRAW),
        Result(venues, "a filter to redrawn", median(filtered), "ms"),
        at_most(venues, "click to filled panel, server and wire, p95", percentile(panels, 0.95), "ms", GOAL_PANEL_MS),
    ]


def _page(browser: Browser) -> Page:
    context = browser.new_context(**DESKTOP, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh")
    context.add_cookies([accounts.cookie("http://127.0.0.1")])
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    page.route("**/bare*", lambda route: route.fulfill(body=BARE_PAGE.read_text("utf-8"), content_type="text/html"))
    return page


def _first_draw(browser: Browser, url: str) -> float:
    page = _page(browser)
    page.goto(url)
    milliseconds: float = page.wait_for_function(DRAWN).json_value()
    page.context.close()
    return milliseconds


def _filter(browser: Browser, address: str) -> float:
    page = _page(browser)
    page.goto(address + "/")
    page.locator("#map[data-drawn]").wait_for()
    page.wait_for_load_state("networkidle")
    milliseconds: float = page.evaluate(NEXT_IDLE, "#status-filter input")
    page.context.close()
    return milliseconds


def _panels(browser: Browser, address: str, codes: list[str]) -> list[float]:
    """Milliseconds from the first request that a chosen venue causes to the last answer that fills its drawer."""
    page = _page(browser)
    page.goto(address + "/")
    page.locator("#map[data-drawn]").wait_for()
    finished: list[Request] = []
    page.on("requestfinished", lambda request: finished.append(request))
    times = []
    for code in codes:
        finished.clear()
        page.evaluate("(venue) => window.dash_clientside.set_props('go', {data: {venue}})", code)
        page.locator("#drawer-body").get_by_text(code).first.wait_for()
        page.wait_for_load_state("networkidle")
        spans = [_span(request) for request in finished if "_dash-update-component" in request.url]
        times.append(max(end for _, end in spans) - min(start for start, _ in spans))
    page.context.close()
    return times[1:]


def _span(request: Request) -> tuple[float, float]:
    timing: Any = request.timing
    return timing["startTime"], timing["startTime"] + timing["responseEnd"]
