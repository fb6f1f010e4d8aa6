"""The review screen driven by keyboard: fifty pairs, each decision once, kept over a re-load; merges and back."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from data.cluster.server import OWNER, READER
from data.database.connection import loader_connection
from etl.linking import merges
from tests.etl.loading.desk import worker
from tests.etl.loading.files import REGISTER, load_file, one, rows, write_csv
from tests.fixtures.browser import picture
from tests.fixtures.server import serving
from tests.fixtures.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("fresh_database")]

DESCRIBED = ("Tên địa điểm", "Địa chỉ", "Phường", "Ngày tạo mã QR", "Mã QR")
FIRST = ("Hoa Mai", "Thanh Xuân", "Bình Minh", "Hải Yến", "Ngọc Lan", "Phương Đông", "Tây Hồ", "Sao Mai")
TRADES = ("Cà phê", "Nhà thuốc", "Cắt tóc", "Tạp hóa", "Bún chả", "Phòng khám", "Sửa xe")
PAIRS = 50
UNHEARD = 5  # decisions made while the server has answered none
NAMES = [f"{trade} {first}" for trade in TRADES for first in FIRST]


@pytest.fixture
def served(fresh_database: str, tmp_path: Path) -> Iterator[str]:
    """A register that has every venue twice, a file that describes them, so that no machine can choose; the page."""
    register = [
        (f"HD{n:03d}", name, f"Số {2 * n + 1} phố Trần Phú", "Mộ Lao", "Khác", f"{105.78 + n * 1e-4:.5f}", "20.982")
        for n, name in enumerate(NAMES)
    ]
    register += [(f"HE{code[2:]}", *rest) for code, *rest in register]
    load_file(write_csv(tmp_path / "so.csv", REGISTER, register, "DANH SÁCH ĐỊA ĐIỂM"))
    described = [
        (name, f"Số {2 * n + 1} phố Trần Phú", "Mộ Lao", "12/10/2021", f"Q{n}") for n, name in enumerate(NAMES)
    ]
    load_file(write_csv(tmp_path / "tai-khoan.csv", DESCRIBED, described))
    with loader_connection() as conn:
        merges.find_duplicates(conn)
    urls = {"DATABASE_URL": fresh_database, "APP_DATABASE_URL": fresh_database.replace(f"//{OWNER}@", f"//{READER}@")}
    with serving(urls) as address:
        yield address


def open_review(page: Page, address: str) -> None:
    page.goto(f"{address}/review/")
    expect(page.locator("[data-pair]")).to_be_visible()


def decide(page: Page, number: int) -> None:
    """Press a key for the pair on the screen, every fifth a new venue, until the next pair stands there."""
    expect(page.locator("[data-pair]")).to_be_visible()
    before = page.locator("[data-pair]").get_attribute("data-pair")
    page.keyboard.press("n" if number % 5 == 4 else "a")
    page.wait_for_function("before => document.querySelector('[data-pair]')?.dataset.pair !== before", arg=before)


def jobs_done() -> None:
    until(lambda: one("SELECT count(*) FROM job WHERE state IN ('queued', 'running')") == 0, "the jobs to be done")


def test_fifty_pairs_by_keyboard_arrive_once_and_survive_a_reload(
    desktop_page: Page, served: str, fresh_database: str, tmp_path: Path
) -> None:
    page = desktop_page
    waiting = one("SELECT count(DISTINCT mention_id) FROM pending_row")
    assert waiting >= PAIRS
    open_review(page, served)
    expect(page.locator("[data-part='count']")).to_have_text(f"0/{waiting}")
    picture(page, "review-desktop")
    held: list[Route] = []
    is_heard = threading.Event()
    page.route("**/review/decide", lambda route: route.continue_() if is_heard.is_set() else held.append(route))
    with page.expect_request("**/review/decide"):
        for number in range(UNHEARD):
            decide(page, number)
    decide(page, UNHEARD)  # nobody waits for the server between two pairs
    is_heard.set()  # the next may come before the page is let alone
    for route in held:
        route.continue_()
    page.unroute("**/review/decide")
    for number in range(UNHEARD + 1, PAIRS):
        decide(page, number)
    expect(page.locator("[data-part='count']")).to_have_text(f"{PAIRS}/{waiting}")
    page.goto("about:blank")  # closing loses nothing
    until(
        lambda: one("SELECT sum(jsonb_array_length(payload->'decisions')) FROM job WHERE kind = 'decide'") == PAIRS, ""
    )
    asked = "SELECT d->>'mention' FROM job, jsonb_array_elements(payload->'decisions') AS d WHERE kind = 'decide'"
    assert len({mention for (mention,) in rows(asked)}) == PAIRS, "nobody is asked twice"
    with worker(fresh_database):
        jobs_done()
    assert one("SELECT count(*) FROM link_decision WHERE verdict IN ('same', 'new')") == PAIRS
    assert one("SELECT count(*) FROM decided_venue") == PAIRS // 5
    assert one("SELECT count(*) FROM registration WHERE mention_id IS NOT NULL") == len(NAMES) - waiting + PAIRS
    again = [(name, f"Số {2 * n + 1} phố Trần Phú", "Mộ Lao", "20/10/2021", f"R{n}") for n, name in enumerate(NAMES)]
    outcome = load_file(write_csv(tmp_path / "tai-khoan-2.csv", DESCRIBED, again))
    assert outcome.remarks["pending_mentions"] == waiting - PAIRS
    open_review(page, served)
    expect(page.locator("[data-part='count']")).to_have_text(f"{PAIRS}/{waiting}")


def test_skip_reject_and_undo(desktop_page: Page, served: str, fresh_database: str) -> None:
    page = desktop_page
    open_review(page, served)
    shown = page.locator("[data-pair]")
    first = shown.get_attribute("data-pair")
    page.keyboard.press("s")
    expect(shown).not_to_have_attribute("data-pair", str(first))
    page.keyboard.press("z")
    expect(shown).to_have_attribute("data-pair", str(first))
    page.keyboard.press("a")
    page.keyboard.press("z")
    expect(shown).to_have_attribute("data-pair", str(first))
    page.keyboard.press("r")
    expect(page.locator(".review-sent")).to_have_text("Đã ghi.")
    with worker(fresh_database):
        jobs_done()
    assert rows("SELECT verdict FROM link_decision") == [("different",)]


@pytest.mark.console_errors(r"503")
def test_what_cannot_be_sent_is_kept_and_sent_later(desktop_page: Page, served: str) -> None:
    page = desktop_page
    open_review(page, served)
    page.route("**/review/decide", lambda route: route.fulfill(status=503, body=""))
    page.keyboard.press("a")
    expect(page.locator(".review-sent.wrong")).to_contain_text("Chưa gửi được 1 quyết định")
    page.unroute("**/review/decide")
    page.reload()
    # The page that goes away and the one that comes may both send it: doing it twice is doing it once.
    until(lambda: one("SELECT count(*) FROM job WHERE kind = 'decide'") >= 1, "the decision to arrive")


def test_a_twin_is_merged_and_unmerged(browser_page: Page, served: str, fresh_database: str) -> None:
    page = browser_page
    open_review(page, served)
    picture(page, "review")
    page.locator("[data-mode='twins']").click()
    expect(page.locator("[data-part='count']")).to_contain_text("0/")
    likeliest = one(
        "SELECT v.name FROM duplicate_candidate AS d JOIN venue AS v ON v.id = d.first_id"
        " ORDER BY d.probability DESC, d.first_id, d.second_id LIMIT 1"
    )
    expect(page.locator(".review-table .name").first).to_have_text(likeliest)
    picture(page, "twins")
    page.keyboard.press("a")
    expect(page.locator(".review-sent")).to_have_text("Đã ghi.")
    with worker(fresh_database):
        jobs_done()
        assert one("SELECT count(*) FROM venue WHERE merged_into IS NOT NULL") == 1
        page.locator("[data-mode='said']").click()
        expect(page.locator(".review-said button").first).to_be_visible()
        picture(page, "said")
        page.locator(".review-said button").first.click()
        expect(page.locator(".review-said button").first).to_have_text("Đã hoàn tác")
        until(lambda: one("SELECT count(*) FROM merge_decision") == 0, "the merge to be taken back")
    assert one("SELECT count(*) FROM venue WHERE merged_into IS NOT NULL") == 0
