"""The screen of weights in a real browser: tried, set, taken back; and the number in the drawer."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect

from data.queries.priority import PARTS
from data.texts.catalogue import t
from tests.fixtures import accounts
from tests.fixtures.browser import DESKTOP, OWN_HOST, PHONE, picture, watched_page
from tests.fixtures.officers import officer, token_of

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


def police_page(browser: Browser, device: dict[str, Any]) -> Iterator[Page]:
    token = token_of(officer("weigh", role="police", name="Công an Cân"))
    with watched_page(browser, device, []) as page:
        page.context.add_cookies([accounts.cookie(f"http://{OWN_HOST}") | {"value": token}])
        yield page


@pytest.fixture
def desk(browser: Browser, server: str) -> Iterator[Page]:
    yield from police_page(browser, DESKTOP)


@pytest.fixture
def phone(browser: Browser, server: str) -> Iterator[Page]:
    yield from police_page(browser, PHONE)


@pytest.fixture(autouse=True)
def as_it_was(demo_database: str) -> Iterator[None]:
    yield
    with psycopg.connect(demo_database) as conn:
        conn.execute("DELETE FROM policy WHERE priority IS NOT NULL")


def test_weights_are_tried_then_set_and_the_first_venue_tells_its_number(desk: Page, server: str) -> None:
    page = desk
    page.goto(f"{server}/priority/")
    numbers = page.locator(".first tbody .number")
    expect(numbers).to_have_count(50)
    before = page.locator(".first tbody .venue a").first.inner_text()
    page.get_by_label(t("priority.part.status")).fill("0")
    page.get_by_label(t("priority.part.people")).fill("60")
    page.get_by_role("button", name=t("priority.form.try")).click()
    expect(page.locator(".would-change [role=status]")).to_contain_text("vào 50 địa điểm đầu")
    expect(page.locator(".entering li").first).to_contain_text("→")
    expect(page.get_by_label(t("priority.part.people"))).to_have_value("60")
    picture(page, "weights")
    page.locator(".save button").click()
    expect(page.locator(".priority .notices")).to_contain_text(t("priority.done.set"))
    expect(page.locator(".priority")).to_contain_text("Công an Cân")
    expect(page.locator(".first tbody .venue a").first).not_to_have_text(before)
    number = numbers.first.inner_text()
    page.locator(".first tbody .venue a").first.click()
    section = page.locator(".drawer-section.priority")
    expect(section.locator("h3")).to_contain_text(f"{number} điểm")
    expect(section.locator("tfoot .number")).to_have_text(number)
    page.goto(f"{server}/priority/")
    page.locator(".back-to button").click()
    expect(page.locator(".priority .notices")).to_contain_text(t("priority.done.back"))
    expect(page.locator(".first tbody .venue a").first).to_have_text(before)


def test_nothing_is_wider_than_the_phone(phone: Page, server: str) -> None:
    tried = "&".join(f"{part}=10" for part in PARTS)
    phone.goto(f"{server}/priority/?{tried}&inspections=1")
    expect(phone.locator(".would-change")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    picture(phone, "weights")
