"""The map while something is out of reach: it says so, and comes by itself when that is back."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from data.cluster.server import OWNER, READER, Cluster
from data.database.connection import Connection
from tests.browser import phone
from tests.browser.map_page import by_rule, drawn, eventually, opened
from tests.fixtures.browser import DESKTOP, picture, watched_page
from tests.fixtures.server import free_port, serving

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

SOON_MS = 15_000  # between two tries: four seconds, and what a busy machine adds


@pytest.mark.console_errors(r"503")
def test_tiles_that_fail_are_said_and_asked_for_again(desktop_page: Page, server: str, rule: Connection) -> None:
    page = desktop_page

    def fail(route: Route) -> None:
        route.fulfill(status=503, body="Không kết nối được cơ sở dữ liệu.")

    page.route("**/tiles/venues/**", fail)
    page.goto(server)
    expect(page.locator(".map-note.fault")).to_contain_text("đang thử lại", timeout=60_000)
    page.wait_for_load_state("networkidle")  # every tile has failed by now, and so must be asked for once more
    page.unroute("**/tiles/venues/**", fail)
    eventually(lambda: drawn(page), by_rule(rule))
    expect(page.locator(".map-note.fault")).to_have_count(0)


@pytest.mark.console_errors(r"503")
def test_a_map_that_could_not_start_starts_by_itself(desktop_page: Page, server: str, rule: Connection) -> None:
    page = desktop_page

    away = [True]

    def fail(route: Route) -> None:
        if away:
            route.fulfill(status=503, body="Không kết nối được cơ sở dữ liệu.")
        else:
            route.fallback()

    page.route("**/tiles/wards.geojson*", fail)
    page.goto(server)
    expect(page.locator("#map")).to_have_attribute("data-failed", re.compile("đang thử lại"))
    with page.expect_request("**/tiles/wards.geojson*", timeout=SOON_MS):
        pass
    away.clear()
    eventually(lambda: page.locator("#map[data-drawn]").count(), 1)
    assert page.locator("#map").get_attribute("data-failed") is None
    eventually(lambda: drawn(page), by_rule(rule))


@pytest.mark.usefixtures("demo_database")
def test_a_basemap_out_of_reach_leaves_a_map(browser: Any, test_cluster: Cluster, demo_copy: str) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}/{{z}}/{{x}}/{{y}}.png"
    urls = {"DATABASE_URL": test_cluster.url(OWNER, demo_copy), "APP_DATABASE_URL": test_cluster.url(READER, demo_copy)}
    with serving(urls | {"BASEMAP_URL": nowhere}) as address:
        with watched_page(browser, DESKTOP, [r"ERR_CONNECTION_REFUSED"]) as page:
            opened(page, address)
            expect(page.locator(".map-note.basemap")).to_contain_text("Không tải được bản đồ nền", timeout=60_000)
            eventually(lambda: len(drawn(page)) > 500, True)
        with phone.phone_of(browser) as context:
            phone.sign_in(context, address, "nen")
            page = phone.opened(context, address)
            page.locator("[data-tab='map']").tap()
            expect(page.locator(".map-note")).to_contain_text("Không tải được bản đồ nền", timeout=60_000)
            eventually(lambda: len(phone.drawn(page)) > 10, True)
            picture(page, "field-map-no-basemap")
