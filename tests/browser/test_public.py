"""The public page in a browser without scripts, and looked over by axe-core for WCAG 2.2 AA; it prints."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from data.project import ROOT
from tests.data.cases_world import People, ground
from tests.data.publication_world import published, taken
from tests.etl.loading.files import one
from tests.fixtures.browser import DESKTOP, PHONE, picture
from tests.fixtures.server import serving

AXE = ROOT / "tools" / "web" / "node_modules" / "axe-core" / "axe.min.js"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("fresh_database", "as_district", "signing_key")]


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """A server with a list that is published, one entry of which is being verified."""
    ground(tmp_path)
    people = People()
    _, named = published(people)
    taken(people.chair, named["V1"], "claim", facts={"words": "đã dán mã", "channel": "officer"})
    with serving({}) as found:
        yield f"{found}/cong-khai"


def _faults(page: Any) -> list[str]:
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("rules => axe.run(document, rules)", RULES)
    return [f"{fault['id']}: {node['html']}" for fault in found["violations"] for node in fault["nodes"]]


def test_anybody_reads_and_searches_without_a_script_and_axe_finds_no_fault(browser: Browser, address: str) -> None:
    slug = str(one("SELECT slug FROM published.entry WHERE state = 'pending'"))
    for size in (DESKTOP, PHONE):
        context = browser.new_context(viewport=size["viewport"], java_script_enabled=False)
        page = context.new_page()
        page.goto(address)
        expect(page.get_by_text("đang xác minh")).to_be_visible()
        page.get_by_label("Tên, địa chỉ").fill("quan 5")
        page.get_by_role("button", name="Tìm").click()
        expect(page.get_by_role("link", name="Quán 5")).to_be_visible()
        expect(page.get_by_role("link", name="Quán 1")).to_have_count(0)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["viewport"]["width"]
        picture(page, f"public-{size['viewport']['width']}")
        context.close()
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    for path in ("", "?lang=en", f"/{slug}", "/KHONGCO", "/kiem-tra"):
        page.goto(address + path)
        assert _faults(page) == [], path
    page.goto(address)
    page.emulate_media(media="print")
    expect(page.get_by_role("search")).to_be_hidden()
    context.close()
