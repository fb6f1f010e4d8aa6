"""A suspension by the page alone: requested, confirmed by the ward, agreed to; a refusal keeps what was typed."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from data.access.caller import Caller
from tests.data.cases_world import open_as
from tests.etl.loading.files import one, rows
from tests.fixtures.browser import DESKTOP, PHONE, picture, watched_page
from tests.fixtures.officers import officer, token_of

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("demo_database")]


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def page_of(browser: Browser, server: str, request: pytest.FixtureRequest) -> Iterator[Callable[[Caller], Page]]:
    """A page for a caller, on a screen of either size."""
    device: dict[str, Any] = request.param
    with ExitStack() as pages:

        def of(who: Caller) -> Page:
            page = pages.enter_context(watched_page(browser, device, [r"422"]))
            page.context.add_cookies([{"name": "session", "value": token_of(who), "url": server}])
            return page

        yield of


def test_police_and_ward_carry_a_suspension_from_the_board_to_its_start(
    page_of: Callable[[Caller], Page], server: str, tmp_path: Path
) -> None:
    code, ward = rows(
        "SELECT v.code, w.name FROM venue AS v JOIN ward AS w ON w.id = v.ward_id"
        " WHERE v.status = 'violating' AND NOT EXISTS (SELECT FROM registration_in_force(v.id, current_day()))"
        "   AND NOT EXISTS (SELECT FROM case_file AS c WHERE c.venue_id = v.id) ORDER BY v.code LIMIT 1"
    )[0]
    police, chair = officer("case.police", role="police"), officer("case.chair", ward, role="ward_chair")
    case = open_as(police, "suspension_request", "request", code, facts={"reason": "đã nhắc đủ số lần"})

    page = page_of(chair)
    page.goto(f"{server}/cases/?mine=1")
    expect(page.locator(".case-line")).to_have_count(1)
    picture(page, "cases-board")
    page.locator(".case-line a").click()
    page.locator("#step-confirm summary").click()
    picture(page, "cases-step")
    page.locator("#step-confirm button").click()
    expect(page.locator(".case-now")).to_contain_text("phường đã xác nhận")

    page = page_of(police)
    page.goto(f"{server}/cases/?case={case.id}")
    page.locator("#step-agree summary").click()
    form = page.locator("#step-agree form")
    form.locator("[name=owner]").fill("Ông Trần Văn Bình")
    form.locator("[name=signed]").check()
    form.locator("[name=confirmed]").check()
    form.locator("[name=starts_on]").fill("2021-11-01")
    form.locator("button").click()
    expect(form.locator(".failed")).to_contain_text("Ngày bắt đầu phải từ 30/11/2021")
    expect(form.locator("[name=owner]")).to_have_value("Ông Trần Văn Bình")
    picture(page, "cases-refused")
    form.locator("[name=starts_on]").fill("2021-11-30")
    form.locator("[name=confirmed]").check()
    form.locator("button").click()
    expect(page.locator(".case-now")).to_contain_text("cơ sở đồng ý tạm dừng")
    expect(page.locator(".case-history li")).to_have_count(3)
    picture(page, "cases-case")
    with page.expect_download() as printed:
        page.locator(".case-actions a", has_text="PDF").click()
    printed.value.save_as(tmp_path / "de-nghi.pdf")
    assert (tmp_path / "de-nghi.pdf").read_bytes().startswith(b"%PDF")
    assert one("SELECT status FROM venue WHERE code = %s", code) == "suspended"
