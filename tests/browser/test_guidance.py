"""Guidance in a browser: pages without a script, looked over by axe-core; the centre words a sheet, makes it public."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_public import _faults
from tests.fixtures.browser import DESKTOP, PHONE, picture
from tests.fixtures.officers import officer, token_of
from tests.fixtures.server import serving

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("fresh_database")]
PAGES = ("", "/owners?lang=vi", "/visitors?lang=en", "/keepers?lang=vi", "/officers?lang=vi")


@pytest.fixture
def address() -> Iterator[str]:
    with serving({}) as found:
        yield found


def test_anybody_reads_guidance_without_a_script_and_the_centre_words_it(browser: Browser, address: str) -> None:
    asked: list[str] = []
    for size in (DESKTOP, PHONE):
        context = browser.new_context(viewport=size["viewport"], java_script_enabled=False)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        for path in PAGES:
            page.goto(f"{address}/huong-dan{path}")
            assert page.evaluate("document.documentElement.scrollWidth") <= size["viewport"]["width"]
            picture(page, f"guidance{path.replace('/', '-').partition('?')[0]}")
        page.get_by_role("link", name="Chủ cơ sở").click()
        expect(page.get_by_role("img")).to_have_count(6)
        assert {url.removeprefix(address)[:10] for url in asked} <= {"/huong-dan", "/favicon.i"}
        context.close()
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    for path in PAGES:
        page.goto(f"{address}/huong-dan{path}")
        assert _faults(page) == [], path
    page.context.add_cookies(
        [{"name": "session", "value": token_of(officer("gd.tt", role="culture_centre")), "url": address}]
    )
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size["viewport"])
        page.goto(f"{address}/guidance/?lang=vi")
        assert page.evaluate("document.documentElement.scrollWidth") <= size["viewport"]["width"]
        picture(page, "guidance-all")
        page.goto(f"{address}/guidance/owners/vi/?lang=vi")
        page.get_by_label("Tiêu đề").fill(f"Chủ cơ sở: bốn ứng dụng {size['viewport']['width']}")
        page.get_by_role("button", name="Lưu").click()
        expect(page.get_by_role("status")).to_contain_text("Đã lưu")
        assert page.evaluate("document.documentElement.scrollWidth") <= size["viewport"]["width"]
        assert _faults(page) == []
        picture(page, "guidance-editor")
        page.get_by_role("button", name="Công bố bản đã lưu").click()
        expect(page.get_by_role("status")).to_contain_text("Đã công bố bản")
    _what_was_typed_outlives_the_session(page, address)
    context.close()


def _what_was_typed_outlives_the_session(page: Page, address: str) -> None:
    sheet, cookies = f"{address}/guidance/visitors/vi/?lang=vi", page.context.cookies()
    page.goto(sheet)
    page.get_by_label("Tiêu đề").fill("Gõ rất lâu")
    page.context.clear_cookies()
    page.get_by_role("button", name="Lưu").click()
    expect(page.get_by_role("button", name="Đăng nhập")).to_be_visible()
    page.context.add_cookies(cookies)  # type: ignore[arg-type]  # as the browser gave them
    page.goto(sheet)
    picture(page, "guidance-typed")
    page.get_by_role("button", name="Lấy lại phần đã gõ").click()
    expect(page.get_by_label("Tiêu đề")).to_have_value("Gõ rất lâu")
    page.get_by_role("button", name="Lưu").click()
    expect(page.get_by_role("status")).to_contain_text("Đã lưu")
    page.reload()
    expect(page.get_by_role("button", name="Lấy lại phần đã gõ")).to_be_hidden()
