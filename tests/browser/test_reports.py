"""A week of reports by the page: three wards, the culture office, the Command; the calendar moves in the database."""

import datetime as dt
import io
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import docx
import pdfplumber
import pytest
from playwright.sync_api import Browser, Page, expect

from data.access.caller import Caller
from data.cluster.server import OWNER, READER
from data.database.connection import loader_connection
from data.texts.catalogue import number
from tests.documents.reading import squeezed
from tests.fixtures.browser import DESKTOP, PHONE, picture, watched_page
from tests.fixtures.officers import officer, token_of
from tests.fixtures.server import serving

pytestmark = pytest.mark.browser
MONDAY = dt.date(2021, 11, 29)
THURSDAY, SATURDAY = MONDAY + dt.timedelta(days=3), MONDAY + dt.timedelta(days=5)


@pytest.fixture(scope="module")
def site(own_demo_database: str, own_demo_store: Path) -> Iterator[str]:
    """The page over the demonstration."""
    urls = {"DATABASE_URL": own_demo_database, "FILE_STORE": str(own_demo_store)}
    urls["APP_DATABASE_URL"] = own_demo_database.replace(f"//{OWNER}@", f"//{READER}@")
    with serving(urls) as address:
        yield address


@pytest.fixture
def page_of(browser: Browser, site: str) -> Iterator[Callable[..., Page]]:
    """The screen of reports for a caller, in either size."""
    with ExitStack() as pages:

        def of(who: Caller, device: dict[str, Any] = DESKTOP) -> Page:
            page = pages.enter_context(watched_page(browser, device, [r"401", r"409", r"422"]))
            page.context.add_cookies([{"name": "session", "value": token_of(who), "url": site}])
            page.goto(f"{site}/reports/")
            return page

        yield of


def today_is(day: dt.date) -> None:
    with loader_connection() as conn:
        conn.execute("UPDATE load SET as_of = %s WHERE kind = 'scans'", (day,))
        conn.execute("SELECT advance_day()")


def opened(page: Page, ward: str) -> None:
    """The ward's report of the newest week."""
    page.locator("section").first.locator(".rep-line", has_text=ward).get_by_role("button").or_(
        page.locator("section").first.locator(".rep-line", has_text=ward).get_by_role("link")
    ).click()
    page.wait_for_url("**/reports/*")


def sent(page: Page) -> None:
    page.get_by_label("Tôi đã xem lại").check()
    page.get_by_role("button", name="Gửi báo cáo").click()
    expect(page.locator(".case-now")).to_contain_text("Bản ")


def typed(page: Page, name: str, words: str) -> None:
    field = page.locator(f"textarea[name={name}]")
    field.press("Control+End")
    field.press_sequentially(words)


def saved(page: Page, name: str, words: str) -> None:
    typed(page, name, words)
    expect(page.locator(".rep-told")).to_contain_text("Đã lưu lúc")


def downloaded(page: Page, folder: Path, name: str) -> bytes:
    with page.expect_download() as waiting:
        page.get_by_role("link", name=name).click()
    waiting.value.save_as(folder / "file")
    return (folder / "file").read_bytes()


def rule(day: dt.date, ward: str | None = None) -> dict[str, int]:
    """Venues with a QR and violating ones, asked of the rule itself."""
    with loader_connection() as conn:
        row = conn.execute(
            "SELECT count(*) AS venues, count(*) FILTER (WHERE s.has_qr) AS with_qr,"
            " count(*) FILTER (WHERE s.status = 'violating') AS violating"
            " FROM venue AS v LEFT JOIN ward AS w ON w.id = v.ward_id CROSS JOIN LATERAL venue_status(v.id, %s) AS s"
            " WHERE s.status IS NOT NULL AND (%s::text IS NULL OR w.name = %s)",
            (day, ward, ward),
        ).fetchone()
    assert row
    return dict(row)


def told_in(pdf: bytes, word: bytes) -> tuple[str, dict[str, list[str]]]:
    """The text of the PDF, and the rows of the Word document's tables by their first cell, the first of each name."""
    with pdfplumber.open(io.BytesIO(pdf)) as pages:
        text = squeezed(" ".join(page.extract_text() for page in pages.pages))
    rows: dict[str, list[str]] = {}
    for table in docx.Document(io.BytesIO(word)).tables:
        for row in table.rows:
            cells = [cell.text for cell in row.cells]
            rows.setdefault(cells[0], cells[1:])
    return text, rows


def test_three_wards_report_and_the_culture_office_gathers_them_for_the_command(
    page_of: Callable[..., Page], tmp_path: Path
) -> None:
    today_is(THURSDAY)
    first = page_of(officer("mo.lao", "Mộ Lao", role="ward_chair", name="Bà Mộ Lao"))
    opened(first, "Mộ Lao")
    saved(first, "difficulties", "Chợ họp sớm.")
    deputy = page_of(officer("pho.mo.lao", "Mộ Lao", role="ward_chair", name="Ông Phó"), PHONE)
    opened(deputy, "Mộ Lao")
    picture(deputy, "reports-writing-phone")
    expect(deputy.locator("#others")).to_contain_text("Bà Mộ Lao")
    saved(deputy, "difficulties", " Thiếu người.")
    typed(first, "difficulties", " Mưa nhiều.")
    expect(first.locator(".rep-theirs blockquote:visible")).to_have_text("Chợ họp sớm. Thiếu người.")
    first.get_by_label("Tôi đã xem lại").check()
    first.get_by_role("button", name="Gửi báo cáo").click()
    expect(first.locator(".rep-told")).to_contain_text("Hãy chọn giữ bản nào")
    picture(first, "reports-conflict")
    first.get_by_role("button", name="Giữ cả hai").click()
    expect(first.locator(".rep-told")).to_contain_text("Đã lưu lúc")
    sent(first)
    expect(first.locator(".case-now")).not_to_contain_text("muộn")
    picture(first, "reports-sent")
    pdf, word = (downloaded(first, tmp_path, f"({fmt})") for fmt in ("PDF", "DOCX"))
    text, rows = told_in(pdf, word)
    found = rule(THURSDAY, "Mộ Lao")
    assert f"Tổng số địa điểm {number(found['venues'])} " in text
    assert rows["Địa điểm đã tạo mã QR"][0] == number(found["with_qr"])
    assert rows["Vi phạm"][0] == number(found["violating"])
    assert "Chợ họp sớm. Thiếu người." in text
    assert "Mưa nhiều." in text

    second = page_of(officer("van.quan", "Văn Quán", role="ward_chair", name="Ông Văn Quán"), PHONE)
    picture(second, "reports-own-phone")
    opened(second, "Văn Quán")
    sent(second)
    second.get_by_text("Lập bản thay thế").click()
    second.get_by_label("Lý do").fill("Ghi thiếu khó khăn.")
    second.get_by_role("button", name="Mở để sửa").click()
    saved(second, "difficulties", "Nhiều hộ đóng cửa.")
    sent(second)
    expect(second.locator(".case-now")).to_contain_text("Bản 2")

    today_is(SATURDAY)
    third = page_of(officer("phu.la", "Phú La", role="ward_chair"))
    opened(third, "Phú La")
    sent(third)
    expect(third.locator(".case-now")).to_contain_text("muộn")

    office = page_of(officer("van.hoa", role="culture_office", name="Phòng Văn hóa"))
    expect(office.locator(".rep-line.sent")).to_have_count(3)
    expect(office.locator(".rep-line.sent.late")).to_have_count(1)
    picture(office, "reports-board")
    office.get_by_role("button", name="Tuần này").click()
    expect(office.locator(".rep-gathered")).to_contain_text("Nhiều hộ đóng cửa.")
    cookies = office.context.cookies()
    office.context.clear_cookies()
    typed(office, "proposals", "Cấp thêm ")
    expect(office.locator(".rep-told")).to_contain_text("Phiên làm việc đã hết")
    office.context.add_cookies(cookies)
    saved(office, "proposals", "giấy in.")
    picture(office, "reports-district")
    sent(office)

    command = page_of(officer("bchd", role="district_command"))
    command.locator(".rep-line", has_text="29/11/2021").get_by_role("link").click()
    command.wait_for_url("**/reports/*")
    pdf, word = (downloaded(command, tmp_path, f"({fmt})") for fmt in ("PDF", "DOCX"))
    text, rows = told_in(pdf, word)
    found = rule(SATURDAY)
    assert f"Địa điểm đã tạo mã QR {number(found['with_qr'])} " in text
    assert rows["Vi phạm"][0] == number(found["violating"])
    assert "Đã nhận 3 trên" in text
    assert "trong đó 1 báo cáo muộn" in text
    assert "Phường Văn Quán: Nhiều hộ đóng cửa." in text
    assert "Cấp thêm giấy in." in text
    expect(command.get_by_role("button", name="Gửi báo cáo")).to_have_count(0)
