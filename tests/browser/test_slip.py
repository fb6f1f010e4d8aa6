"""Venues with their slips: one reports with a photograph on a phone, one objects in a browser without scripts."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
import segno
from playwright.sync_api import Browser, Page, expect

from data.access.caller import acting_as
from data.database.connection import desk_connection
from data.desk.publications import new_token
from data.desk.slips import grouped
from tests.data.cases_world import People, ground
from tests.data.publication_world import delivered, drafted, entries, taken
from tests.etl.loading.files import rows
from tests.fixtures.browser import DESKTOP, PHONE, picture, watched_page
from tests.fixtures.server import serving

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("fresh_database", "as_district")]


@pytest.fixture
def tokens(tmp_path: Path) -> dict[str, str]:
    """A slip of each entry of a list that is notified; V1's notice is delivered."""
    ground(tmp_path)
    people = People()
    made = drafted(people)
    taken(people.centre, made.id, "notify")
    named = entries(made.id)
    delivered(people.centre, named["V1"])
    with acting_as(people.centre), desk_connection() as conn:
        return {code: new_token(conn, case) for code, case in named.items()}


@pytest.fixture
def address(tokens: dict[str, str]) -> Iterator[str]:
    with serving({}) as found:
        yield found


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def code_on_a_wall() -> bytes:
    out = io.BytesIO()
    segno.make_qr("QR-V1").save(out, kind="png", scale=12)
    return out.getvalue()


def test_a_venue_reports_and_answers_by_its_slip_and_another_objects_without_a_script(
    browser: Browser, address: str, tokens: dict[str, str]
) -> None:
    with watched_page(browser, PHONE, [r"404", r"422"]) as page:
        page.goto(f"{address}/phieu/")
        page.locator("#token").fill("0000-0000-0000-0000-0000")
        page.locator("button").click()
        expect(page.locator(".wrong")).to_contain_text("Không có phiếu nào mang mã này")
        picture(page, "slip-ask")
        page.locator("#token").fill(grouped(tokens["V1"]).lower())
        page.locator("button").click()
        expect(page.locator("h1")).to_have_text("Quán 1")
        assert page.locator(".reminders li").count() == 3
        assert fits(page)
        picture(page, "slip-file")

        page.locator("#claim summary").click()
        form = page.locator("#claim form")
        form.locator("button").click()
        expect(form.locator(".wrong")).to_contain_text("kèm ảnh")
        form.locator("[name=photo]").set_input_files(
            {"name": "ma.png", "mimeType": "image/png", "buffer": code_on_a_wall()}
        )
        expect(form.locator(".read")).to_have_text("Đã đọc được mã QR trên ảnh.")
        picture(page, "slip-claim")
        form.locator("button").click()
        expect(page.locator(".sent")).to_contain_text("cơ sở báo đã thực hiện")
        expect(page.locator("#now")).to_contain_text("đang xác minh")
        assert fits(page)
        picture(page, "slip-sent")
        page.goto(f"{page.url.split('?')[0]}?lang=en")
        page.locator("#answer summary").click()
        page.locator("#answer textarea").fill("Quán mở cửa lại từ tuần trước")
        page.locator("#answer button").click()
        expect(page.locator(".said")).to_contain_text("Quán mở cửa lại")
    assert rows("SELECT step, facts ->> 'qr' AS qr FROM case_entry WHERE facts ->> 'channel' = 'slip' ORDER BY id") == [
        ("claim", "QR-V1"),
        ("answer", None),
    ]

    with watched_page(browser, DESKTOP | {"java_script_enabled": False}, []) as page:
        page.goto(f"{address}/phieu/{tokens['V5']}")
        picture(page, "slip-file")
        page.locator("#object summary").click()
        page.locator("#object textarea").fill("Quán đã có mã từ tháng trước")
        page.locator("#object [name=photo]").set_input_files(
            {"name": "ma.png", "mimeType": "image/png", "buffer": code_on_a_wall()}
        )
        picture(page, "slip-object")
        page.locator("#object button").click()
        expect(page.locator(".sent")).to_contain_text("Đã nhận ý kiến không đồng ý")
        picture(page, "slip-objected")
