"""The page while the database or the server is away, and once it is back: said, and mended without a reload."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from data.cluster.server import OWNER, READER, Cluster
from tests.fixtures.browser import DESKTOP, watched_page
from tests.fixtures.databases import CLOSE, OPEN
from tests.fixtures.server import serving

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

SAID_MS = 30_000
SAID_AT_ONCE_MS = 15_000  # of a page whose every step would wait five seconds for a connection
SOON_MS = 15_000  # between two tries while something is away: three seconds, and what an answer takes
FAULTS = [r"50[0-9]", r"ERR_CONNECTION_REFUSED", r"Failed to fetch", r"ERR_EMPTY_RESPONSE", r"Callback failed"]


@pytest.fixture
def urls(test_cluster: Cluster, demo_copy: str) -> Iterator[dict[str, str]]:
    yield {"DATABASE_URL": test_cluster.url(OWNER, demo_copy), "APP_DATABASE_URL": test_cluster.url(READER, demo_copy)}
    test_cluster.sql(OPEN, name=demo_copy)


def opened(page: Page, address: str) -> Page:
    page.goto(address)
    expect(page.locator("#map")).to_have_attribute("data-drawn", re.compile(r"\d"), timeout=60_000)
    return page


def tries_again_soon(page: Page, address: str) -> None:
    """The page asks for the address twice, and not long after one another."""
    for _ in range(2):
        with page.expect_request(lambda request: address in request.url, timeout=SOON_MS):
            pass


def test_a_database_that_goes_away_is_said_and_its_return_mends_the_page(
    browser: Browser, urls: dict[str, str], test_cluster: Cluster, demo_copy: str
) -> None:
    with serving(urls) as address, watched_page(browser, DESKTOP, FAULTS) as page:
        opened(page, address)
        total = page.locator('[data-figure="figures.venues"] .value')
        before = total.inner_text()
        test_cluster.sql(CLOSE, name=demo_copy)
        page.locator("#status-filter label:has(input[value='violating'])").click()
        expect(page.locator("#outage")).to_contain_text("mất kết nối với cơ sở dữ liệu", timeout=SAID_MS)
        expect(page.locator("#outage")).to_contain_text("Trang tự thử lại")
        tries_again_soon(page, "_dash-update-component")
        test_cluster.sql(OPEN, name=demo_copy)
        expect(page.locator("#outage")).to_be_empty(timeout=SAID_MS)
        expect(total).not_to_have_text(before)  # what was asked for meanwhile has come
        expect(page.locator("#table-heading")).to_contain_text(total.inner_text())


def test_a_server_that_goes_away_is_said_by_the_page_alone(browser: Browser, urls: dict[str, str]) -> None:
    with watched_page(browser, DESKTOP, FAULTS) as page:
        with serving(urls) as address:
            opened(page, address)
            port = address.rsplit(":", 1)[1]
            expect(page.locator("#unreachable")).to_be_hidden()
        expect(page.locator("#unreachable")).to_contain_text("Mất liên lạc với máy chủ", timeout=SAID_MS)
        expect(page.locator("#unreachable")).to_be_visible(timeout=SAID_MS)
        tries_again_soon(page, "/assets/contact.js")
        with serving(urls, int(port)):
            expect(page.locator("#unreachable")).to_be_hidden(timeout=SAID_MS)


def test_a_visit_while_the_database_is_away_gets_the_page_when_it_is_back(
    browser: Browser, urls: dict[str, str], test_cluster: Cluster, demo_copy: str
) -> None:
    with serving(urls) as address, watched_page(browser, DESKTOP, FAULTS) as page:
        test_cluster.sql(CLOSE, name=demo_copy)
        page.goto(address)
        expect(page.locator("#outage")).to_contain_text("mất kết nối với cơ sở dữ liệu", timeout=SAID_AT_ONCE_MS)
        tries_again_soon(page, "_dash-update-component")
        test_cluster.sql(OPEN, name=demo_copy)
        expect(page.locator("#map")).to_have_attribute("data-drawn", re.compile(r"\d"), timeout=60_000)
        expect(page.locator("#outage")).to_be_empty()
