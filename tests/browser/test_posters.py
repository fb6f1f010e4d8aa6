"""Posters by the page: chosen, made aside, taken; and the code on a tablet at a door, which stays alone."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
import psycopg
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from data.cluster.server import OWNER, READER
from documents.poster import QUIET_MODULES, symbol
from tests.browser.map_page import eventually
from tests.documents.disturbed import read
from tests.fixtures.browser import DESKTOP, PHONE, picture, watched_page
from tests.fixtures.officers import officer, token_of
from tests.fixtures.server import serving

pytestmark = pytest.mark.browser
TABLET: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}, "has_touch": True}


@pytest.fixture(scope="module")
def site(own_demo_database: str, own_demo_store: Path) -> Iterator[str]:
    """The page over the demonstration."""
    urls = {"DATABASE_URL": own_demo_database, "FILE_STORE": str(own_demo_store)}
    urls["APP_DATABASE_URL"] = own_demo_database.replace(f"//{OWNER}@", f"//{READER}@")
    with serving(urls) as address:
        yield address


def signed_in(page: Page, site: str, login: str = "in.to") -> Page:
    token = token_of(officer(login, role="culture_office"))
    page.context.add_cookies([{"name": "session", "value": token, "url": site}])
    return page


def test_posters_of_what_the_map_filters_are_counted_made_and_taken(
    browser: Browser, site: str, tmp_path: Path
) -> None:
    with watched_page(browser, DESKTOP, []) as page:
        signed_in(page, site).goto(f"{site}/?category=market")
        page.locator("#exports summary, .exports summary").first.click()
        page.get_by_role("link", name="In tờ mã QR của các địa điểm này").click()
        heading = page.locator("#post-found")
        expect(heading).to_contain_text("In được")
        count = int("".join(filter(str.isdigit, heading.inner_text())))
        page.get_by_label("Lối vào, tầng").fill("Cổng 1\nTầng 2")
        picture(page, "posters-chosen")
        page.get_by_role("button", name="Lập tệp PDF").click()
        expect(page.locator(".post-order")).to_contain_text(f"{2 * count} tờ")
        expect(page.locator(".post-order")).to_contain_text("Loại hình: Chợ; Cổng 1, Tầng 2")
        picture(page, "posters-ordered")
        with page.expect_download() as waiting:
            page.get_by_role("link", name="Tải về").click()
        expect(page.locator("#orders-told")).to_contain_text("đã xong")
        waiting.value.save_as(tmp_path / "ma-qr.pdf")
        picture(page, "posters-made")
    with pikepdf.open(tmp_path / "ma-qr.pdf") as pdf:
        assert len(pdf.pages) == 2 * count
    with watched_page(browser, PHONE, []) as page:
        signed_in(page, site).goto(f"{site}/posters/?all=1")
        page.locator("details summary").last.click()
        picture(page, "posters-listed")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("device", [TABLET, PHONE], ids=["tablet", "phone"])
def test_the_code_at_a_door_fills_the_screen_and_stays(
    device: dict[str, Any], browser: Browser, site: str, own_demo_database: str
) -> None:
    with psycopg.connect(own_demo_database) as conn:
        code, content = conn.execute(
            "SELECT v.code, r.qr_content FROM venue AS v JOIN registration AS r ON r.venue_id = v.id"
            " WHERE r.ended_on IS NULL AND r.qr_content <> '' AND v.status IS NOT NULL"
            " ORDER BY length(v.name) DESC LIMIT 1"
        ).fetchone()  # type: ignore[misc]
    with watched_page(browser, device, []) as page:
        page.add_init_script("navigator.wakeLock.request = async (kind) => { window.kept = kind; };")
        signed_in(page, site, f"cua.{device['viewport']['width']}").goto(f"{site}/posters/screen/{code}")
        expect(page.locator("h1")).to_be_visible()
        eventually(lambda: page.evaluate("() => window.kept"), "screen")
        picture(page, "posters-door")
        page.get_by_role("button", name="Đăng xuất, giữ lại mã").click()
        expect(page.get_by_role("status")).to_contain_text("Đã đăng xuất")
        page.context.set_offline(True)
        shown = Image.open(io.BytesIO(page.screenshot())).convert("L")
        (seen,) = read(shown)
        assert seen.text == content
        modules = symbol(content).modules
        side = (seen.position.top_right.x - seen.position.top_left.x) * (1 + 2 * QUIET_MODULES / modules)
        assert side >= 0.95 * min(shown.size), "with its quiet zone it takes the shorter side of the screen"
        page.context.set_offline(False)
        page.reload()
        expect(page).to_have_url(f"{site}/sign-in?next=/posters/screen/{code}")
