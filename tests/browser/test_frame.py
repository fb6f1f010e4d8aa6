"""One frame on every page: the same screens in the same order, folded on a phone, in the language last chosen."""

import re
import uuid
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from callbacks.server.office import SCREENS
from data.access.roles import ROLES
from data.texts.catalogue import t
from tests.fixtures import accounts
from tests.fixtures.browser import PHONE, picture, watched_page
from tests.fixtures.officers import officer, tell, token_of

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("demo_database")]
PAGES = ("/desk/", "/", "/imports/", "/review/", "/quality/", "/field/proposals", "/account/")
HIGHEST = 56


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    with watched_page(browser, PHONE, []) as page:
        yield page


def test_on_a_phone_each_page_has_the_same_narrow_bar_whose_button_opens_the_screens(phone: Page, server: str) -> None:
    shown = []
    for address in PAGES:
        phone.goto(f"{server}{address}")
        bar = phone.locator("header.bar")
        expect(bar).to_be_visible()
        box = bar.bounding_box()
        assert box
        assert box["height"] <= HIGHEST, address
        assert box["width"] == PHONE["viewport"]["width"], address
        assert phone.evaluate("document.documentElement.scrollWidth") <= box["width"], address
        button = phone.locator("[data-menu]")
        button.click()
        shown.append(phone.locator("#screens a:visible").all_inner_texts())
        phone.keyboard.press("Escape")
        expect(phone.locator("#screens")).to_be_hidden()
        expect(button).to_be_focused()
    assert shown == [shown[0]] * len(PAGES)
    of_role = [key for _, key, rights in SCREENS if rights & ROLES[accounts.ROLE].rights]
    assert [text.split(" (")[0] for text in shown[0]] == [t(key) for key in of_role]


def test_the_desk_says_what_waits_the_navigation_counts_it_and_the_map_is_a_press_away(
    browser: Browser, server: str
) -> None:
    tell(officer("desk.lan", "Phúc La"), "proposal_new", payload={"name": "Quán Chờ Duyệt"}, id=uuid.uuid4())
    with watched_page(browser, PHONE, []) as page:
        chair = token_of(officer("desk.truong", "Phúc La", role="ward_chair"))
        page.context.add_cookies([{"name": "session", "value": chair, "url": server}])
        page.goto(f"{server}/account/start")
        expect(page).to_have_url(re.compile("/desk/$"))
        line = page.locator("[data-kind='proposals'] li", has_text="Quán Chờ Duyệt")
        expect(line).to_be_visible()
        expect(page.locator("[data-menu]")).to_contain_text("(2)")  # and last week's report
        picture(page, "desk")
        line.locator("a").click()
        expect(page.locator(".proposal", has_text="Quán Chờ Duyệt")).to_be_visible()
        page.go_back()
        page.get_by_role("link", name="Mở bản đồ").click()
        expect(page.locator(".phone-bar")).to_contain_text("Việc của tôi (2)")


def test_the_language_last_chosen_is_kept_also_by_the_screen_that_a_phone_keeps(phone: Page, server: str) -> None:
    page = phone
    token = token_of(officer("lang.lan", "Phúc La"))
    page.context.add_cookies([{"name": "session", "value": token, "url": server}])
    page.goto(f"{server}/account/")
    page.locator(".language").click()
    expect(page.locator("h1")).to_have_text("My account")
    page.goto(f"{server}/")
    expect(page.locator("#data-day")).to_contain_text("Data as of")
    page.goto(f"{server}/field/")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.goto(f"{server}/desk/?lang=vi")
    expect(page.locator("h1")).to_have_text("Việc của tôi")
    page.goto(f"{server}/field/")
    expect(page.locator("html")).to_have_attribute("lang", "vi")
