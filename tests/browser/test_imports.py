"""The import screen as a clerk meets it: real files, the real server and its worker, in Chromium."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Browser, Page, Route, expect
from psycopg.rows import dict_row

from data.cluster.server import OWNER, READER, Cluster
from data.database.connection import Connection
from etl.values.encodings import tcvn3
from tests.browser.imports_page import DONE_MS, card, count, drop, loaded, opened, press_all, state
from tests.browser.map_page import eventually
from tests.etl.loading.files import load_file
from tests.etl.reading.files import old_workbook, typed_in
from tests.fixtures import accounts
from tests.fixtures.browser import DESKTOP, PHONE, watched_page
from tests.fixtures.databases import CLOSE, OPEN
from tests.fixtures.server import serving

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

TOUCH = 44
REGISTER = (
    "Mã địa điểm;Tên địa điểm;Địa chỉ;Phường;Chủ cơ sở;Điện thoại;Kinh độ;Vĩ độ\n"
    "HD000001;Quán Ốc;Số 1 Lê Lợi;Nguyễn Trãi;Nguyễn Văn Á;0912345678;105.7784;20.9712\n"
    "HD000002;Cà phê Mây;Số 2 Lê Lợi;Nguyễn Trãi;Trần Thị B;0912345679;105.7785;20.9713\n"
)
SCANS = "Mã địa điểm;Ngày quét;Số lượt quét\nHD000001;01/11/2021;5\nHD000002;01/11/2021;6\nHD999999;01/11/2021;7\n"
THREE_HEADERS = [
    ["ỦY BAN NHÂN DÂN QUẬN HÀ ĐÔNG"],
    ["Sổ địa điểm phải tạo mã quét"],
    ["Mã địa điểm", "Thông tin địa điểm", None, None],
    [None, "Tên địa điểm", "Nơi hoạt động", None],
    [None, None, "Địa chỉ", "Phường"],
    ["HD001", "Quán phở Thuỷ", "Số 5 ngõ 3 đường Tô Hiệu", "Hà Cầu"],
    ["HD002", "Nhà hàng Hoà Bình", "12 phố Bà Triệu", "Quang Trung"],
]
OUTAGE = [r"50[0-9]", r"Failed to fetch", r"Callback failed"]


@pytest.fixture
def office(test_cluster: Cluster, fresh_database: str) -> Iterator[str]:
    """Address of the screen on an empty database; gunicorn brings its worker along."""
    with serving(urls(test_cluster, fresh_database)) as address:
        yield f"{address}/imports/"


@pytest.fixture
def base(fresh_database: str) -> Iterator[Connection]:
    with psycopg.connect(fresh_database, row_factory=dict_row, autocommit=True) as conn:
        yield conn


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A clerk's files."""
    (tmp_path / "so-dia-diem.csv").write_text(REGISTER, "utf-8")
    (tmp_path / "luot-quet.csv").write_text(SCANS, "utf-8")
    return tmp_path


def urls(cluster: Cluster, url: str) -> dict[str, str]:
    name = url.rsplit("/", 1)[1].split("?")[0]
    return {"DATABASE_URL": cluster.url(OWNER, name), "APP_DATABASE_URL": cluster.url(READER, name)}


def test_a_register_and_scans_go_in_together_in_the_right_order(
    desktop_page: Page, office: str, base: Connection, desk: Path
) -> None:
    page = opened(desktop_page, office)
    expect(page.locator("#imports-files .empty")).to_contain_text("Chưa có tệp nào")
    expect(page.locator("#imports-loads .empty")).to_be_visible()
    expect(page.locator("#office .account")).to_contain_text(accounts.NAME)
    drop(page, desk / "luot-quet.csv", desk / "so-dia-diem.csv")
    state(page, "so-dia-diem.csv", "read")
    state(page, "luot-quet.csv", "read")
    register = card(page, "so-dia-diem.csv")
    register.get_by_text("Các cột:").click()
    expect(register.locator(".mapping")).to_contain_text("•")
    expect(register).not_to_contain_text("0912345678")
    expect(register).not_to_contain_text("Nguyễn Văn Á")
    press_all(page, "Kiểm tra 2 tệp")
    state(page, "so-dia-diem.csv", "checked")
    expect(count(page, "so-dia-diem.csv", "new")).to_have_text("2")
    assert base.execute("SELECT count(*) AS n FROM venue").fetchone() == {"n": 0}  # nothing is written yet
    expect(page.locator("#imports-files .progress")).to_have_count(0, timeout=DONE_MS)
    if card(page, "luot-quet.csv").get_attribute("data-state") == "refused":  # its venues are not there yet
        press_all(page, "Nạp 1 tệp")
        state(page, "so-dia-diem.csv", "loaded")
        card(page, "luot-quet.csv").get_by_role("button", name="Kiểm tra lại").click()
        state(page, "luot-quet.csv", "checked")
        press_all(page, "Nạp 1 tệp")
    else:
        press_all(page, "Nạp 2 tệp")
    state(page, "luot-quet.csv", "loaded")
    expect(count(page, "luot-quet.csv", "new")).to_have_text("2")
    expect(count(page, "luot-quet.csv", "rejected")).to_have_text("1")
    assert base.execute("SELECT kind, loaded_by FROM load ORDER BY id").fetchall() == [
        {"kind": "venues", "loaded_by": accounts.NAME},
        {"kind": "scans", "loaded_by": accounts.NAME},
    ]
    with page.expect_download() as saved:
        card(page, "luot-quet.csv").get_by_text("Tải các dòng bị loại").click()
    assert saved.value.suggested_filename == "luot-quet.loi.xlsx"
    with page.expect_download() as kept:
        page.locator("[data-load] a", has_text="so-dia-diem.csv").click()
    assert Path(kept.value.path()).read_text("utf-8") == REGISTER


def test_files_dropped_from_the_desktop_are_taken(desktop_page: Page, office: str) -> None:
    page = opened(desktop_page, office)
    moved = page.evaluate_handle(
        "text => { const moved = new DataTransfer();"
        " moved.items.add(new File([text], 'so-dia-diem.csv')); return moved; }",
        REGISTER,
    )
    page.dispatch_event("#imports-drop", "dragenter", {"dataTransfer": moved})
    expect(page.locator("body")).to_have_class(re.compile("dragging"))
    page.dispatch_event("#imports-drop", "drop", {"dataTransfer": moved})
    state(page, "so-dia-diem.csv", "read")
    expect(page.locator("body")).not_to_have_class(re.compile("dragging"))


def test_a_page_closed_in_the_middle_finds_everything_again(
    browser: Browser, office: str, base: Connection, desk: Path
) -> None:
    with watched_page(browser, DESKTOP, []) as page:
        opened(page, office)
        drop(page, desk / "so-dia-diem.csv")
        state(page, "so-dia-diem.csv", "read")
        press_all(page, "Kiểm tra 1 tệp")
        state(page, "so-dia-diem.csv", "checked")
        # The load waits for its turn while the page is closed.
        base.execute("SELECT pg_advisory_lock(2962, 1)")
        press_all(page, "Nạp 1 tệp")
        expect(card(page, "so-dia-diem.csv").locator(".progress .text")).to_contain_text("bước 2/6", timeout=DONE_MS)
    base.execute("SELECT pg_advisory_unlock(2962, 1)")
    with watched_page(browser, PHONE, []) as page:
        opened(page, office)
        state(page, "so-dia-diem.csv", "loaded")
        expect(page.locator("[data-load]")).to_have_count(1)
        kept = page.locator("[data-load] a").bounding_box()
        assert kept
        assert kept["height"] >= TOUCH
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_an_upload_that_breaks_off_goes_on_where_it_was_after_a_reload(
    browser: Browser, office: str, base: Connection, tmp_path: Path
) -> None:
    big = tmp_path / "lon.csv"
    rows = (f"HD{number:06};Quán {number};Số {number} Lê Lợi;Nguyễn Trãi;;;;\n" for number in range(400_000))
    big.write_text(REGISTER.splitlines()[0] + "\n" + "".join(rows), "utf-8")
    offsets: list[int] = []

    def break_off(route: Route) -> None:
        offsets.append(int(route.request.headers["upload-offset"]))
        if offsets[-1] == 0:
            route.continue_()
        else:
            route.abort()

    with watched_page(browser, DESKTOP, [r"ERR_FAILED"]) as page:
        opened(page, office)
        page.route(
            "**/imports/uploads/*",
            lambda route: break_off(route) if route.request.method == "PATCH" else route.continue_(),
        )
        drop(page, big)
        expect(page.locator("#imports-sending .text")).to_have_text("mất liên lạc, đang thử lại…", timeout=DONE_MS)
        page.on("dialog", lambda dialog: dialog.accept())
        page.reload()
        expect(card(page, "lon.csv")).to_contain_text("thả lại đúng tệp này", timeout=DONE_MS)
        page.unroute("**/imports/uploads/*")
        page.on(
            "request",
            lambda request: (
                offsets.append(int(request.headers["upload-offset"])) if request.method == "PATCH" else None
            ),
        )
        offsets.clear()
        drop(page, big)
        expect(page.locator("#imports-sending li")).to_have_count(0, timeout=DONE_MS)
        assert offsets[0] == 8 * 1024**2  # not from the beginning
    row = base.execute("SELECT received_bytes, bytes, state FROM received_file").fetchall()
    assert len(row) == 1
    assert row[0]["received_bytes"] == row[0]["bytes"] == big.stat().st_size


def test_a_column_that_a_person_tells_is_read_and_remembered_for_the_next_file(
    desktop_page: Page, office: str, base: Connection, desk: Path
) -> None:
    strange = desk / "strange.csv"
    strange.write_text(REGISTER.replace("Địa chỉ", "Nơi đóng"), "utf-8")
    page = opened(desktop_page, office)
    drop(page, strange)
    state(page, "strange.csv", "read")
    line = card(page, "strange.csv").locator(".mapping tr", has_text="Nơi đóng")
    expect(line).to_have_class("not-read")
    expect(line).to_contain_text("Số 1 Lê Lợi")
    line.locator(".dash-dropdown").click()
    page.locator(".dash-dropdown-option", has_text="Địa chỉ").first.click()
    card(page, "strange.csv").get_by_role("button", name="Đọc lại theo các cột này").click()
    expect(line).not_to_have_class("not-read", timeout=DONE_MS)
    expect(card(page, "strange.csv").locator(".apply")).to_have_count(0, timeout=DONE_MS)
    press_all(page, "Kiểm tra 1 tệp")
    state(page, "strange.csv", "checked")
    press_all(page, "Nạp 1 tệp")
    state(page, "strange.csv", "loaded")
    addresses = base.execute("SELECT address FROM venue ORDER BY code").fetchall()
    assert [row["address"] for row in addresses] == ["Số 1 Lê Lợi", "Số 2 Lê Lợi"]
    again = desk / "again.csv"
    again.write_text(strange.read_text("utf-8").replace("Quán Ốc", "Quán Ốc Mới"), "utf-8")
    drop(page, again)
    state(page, "again.csv", "read")
    expect(card(page, "again.csv")).to_contain_text("như đã chọn cho tệp trước")
    expect(card(page, "again.csv").locator(".mapping .not-read")).to_have_count(0)


def test_an_old_workbook_in_tcvn3_with_three_header_rows_goes_in_with_what_the_page_says(
    desktop_page: Page, office: str, base: Connection, tmp_path: Path
) -> None:
    path = old_workbook(tmp_path / "so-cu.xls", typed_in(tcvn3.encode, THREE_HEADERS), merged=[(2, 4, 0, 0)])
    page = opened(desktop_page, office)
    drop(page, path)
    state(page, "so-cu.xls", "read")
    shown = card(page, "so-cu.xls")
    expect(shown).to_contain_text("TCVN3")
    expect(shown.locator(".encoding")).to_contain_text("→")
    shown.get_by_text("dòng đầu").click()
    expect(shown.locator(".first-rows")).to_contain_text("Quán phở Thuỷ")
    press_all(page, "Kiểm tra 1 tệp")
    state(page, "so-cu.xls", "checked")
    expect(count(page, "so-cu.xls", "new")).to_have_text("2")
    press_all(page, "Nạp 1 tệp")
    state(page, "so-cu.xls", "loaded")
    names = base.execute("SELECT name FROM venue ORDER BY code").fetchall()
    assert [row["name"] for row in names] == ["Quán phở Thủy", "Nhà hàng Hòa Bình"]


def test_an_answer_that_slipped_is_changed_on_the_page(
    desktop_page: Page, office: str, base: Connection, desk: Path, tmp_path: Path
) -> None:
    loaded(desktop_page, office, desk / "so-dia-diem.csv")
    lines = "".join(f"HD000001;10/0{day}/2021;5\n" for day in range(1, 7))
    (tmp_path / "quet.csv").write_text(f"Mã địa điểm;Ngày quét;Số lượt quét\n{lines}", "utf-8")
    drop(desktop_page, tmp_path / "quet.csv")
    state(desktop_page, "quet.csv", "read")
    question = card(desktop_page, "quet.csv").locator(".question")
    open_jobs = "SELECT count(*) AS jobs FROM job WHERE state IN ('queued', 'running')"
    said = "SELECT options ->> 'day_order' AS said FROM received_file WHERE file_name = 'quet.csv'"

    def kept(choice: str) -> bool:
        deadline = time.monotonic() + 5
        while (told := base.execute(said).fetchone()) != {"said": choice} and time.monotonic() < deadline:
            time.sleep(0.1)
        return told == {"said": choice}

    for choice, place in (("month_first", "tháng/ngày/năm"), ("day_first", "ngày/tháng/năm")):
        # A card that is drawn anew under the hand takes no click; a person clicks again.
        expect(question.locator("label", has_text=place)).to_be_visible()
        for _ in range(3):
            question.locator("label", has_text=place).click()
            if kept(choice):
                break
        else:
            raise AssertionError(f"{choice} is not kept")
        expect(question).to_have_class(re.compile("answered"), timeout=DONE_MS)
        # It is read again, and drawn again when that is done.
        eventually(lambda: base.execute(open_jobs).fetchone(), {"jobs": 0})
        expect(desktop_page.locator("#imports-files .progress")).to_have_count(0, timeout=DONE_MS)
    expect(desktop_page.locator("#imports-files .progress")).to_have_count(0, timeout=DONE_MS)
    press_all(desktop_page, "Kiểm tra 1 tệp")
    state(desktop_page, "quet.csv", "checked")


def test_files_that_are_no_good_say_why_and_can_be_put_aside_and_taken_up(
    desktop_page: Page, office: str, tmp_path: Path
) -> None:
    (tmp_path / "trong.csv").touch()
    (tmp_path / "anh.xlsx").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    page = opened(desktop_page, office)
    drop(page, tmp_path / "trong.csv", tmp_path / "anh.xlsx")
    state(page, "trong.csv", "refused")
    state(page, "anh.xlsx", "refused")
    expect(card(page, "trong.csv").locator(".error")).to_contain_text("rỗng")
    expect(card(page, "anh.xlsx").locator(".error")).to_contain_text("anh.xlsx")
    expect(card(page, "anh.xlsx").locator(".steps .done")).to_have_text(["Nhận"])  # it could not be read
    expect(card(page, "anh.xlsx").get_by_role("button")).to_have_text(["Bỏ tệp này"])  # nothing else would help
    card(page, "anh.xlsx").get_by_role("button", name="Bỏ tệp này").click()
    expect(card(page, "anh.xlsx")).to_have_count(0)
    page.locator("#imports-said").get_by_role("button", name="Lấy lại tệp").click()
    state(page, "anh.xlsx", "refused")
    opened(page, f"{office}?lang=en")
    expect(card(page, "trong.csv").locator(".error")).to_have_text("«trong.csv» is empty.")
    expect(card(page, "anh.xlsx").locator(".error")).to_contain_text("is a PNG picture and no table")


def test_real_data_are_mixed_with_a_demonstration_only_once_a_person_has_said_so(
    desktop_page: Page, office: str, desk: Path, tmp_path: Path
) -> None:
    for name, content in (("so-minh-hoa.csv", REGISTER), ("quet-minh-hoa.csv", SCANS)):
        (tmp_path / name).write_text(f"Dữ liệu minh họa\n{content}", "utf-8")
        load_file(tmp_path / name)
    page = opened(desktop_page, office)
    drop(page, desk / "luot-quet.csv")
    state(page, "luot-quet.csv", "read")
    press_all(page, "Kiểm tra 1 tệp")
    state(page, "luot-quet.csv", "checked")
    expect(card(page, "luot-quet.csv").locator(".warned").first).to_contain_text("dừng ở ngày 01/11/2021")
    asked = page.locator("#imports-asked")
    for answer, then in (("Thôi", "checked"), ("Vẫn nạp", "loaded")):
        press_all(page, "Nạp 1 tệp")
        expect(asked).to_contain_text("từ 01/11/2021")
        state(page, "luot-quet.csv", "checked")
        asked.get_by_role("button", name=answer).click()
        expect(asked).to_be_empty()
        state(page, "luot-quet.csv", then)


def test_a_load_is_taken_back_once_what_that_does_was_shown(
    desktop_page: Page, office: str, base: Connection, desk: Path
) -> None:
    loaded(desktop_page, office, desk / "so-dia-diem.csv", desk / "luot-quet.csv")
    first = desktop_page.locator("[data-load]").last
    first.get_by_role("button").click()
    told = desktop_page.locator(".undoing")
    expect(told).to_contain_text("2 địa điểm đã thêm, bị bỏ đi", timeout=DONE_MS)
    expect(told).to_contain_text("luot-quet.csv")  # a later load that stands on it
    desktop_page.set_viewport_size(PHONE["viewport"])
    assert desktop_page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    desktop_page.set_viewport_size(DESKTOP["viewport"])
    told.get_by_role("button", name="Thôi").click()
    expect(told).to_have_count(0)
    assert base.execute("SELECT count(*) AS n FROM venue").fetchone() == {"n": 2}
    first.get_by_role("button").click()
    expect(told.get_by_role("button", name="Hoàn tác lần nạp")).to_be_visible(timeout=DONE_MS)
    desktop_page.goto(f"{office}?lang=en")
    expect(told).to_contain_text("venues that were added and go: 2")
    told.get_by_role("button", name="Take back load").click()
    expect(first).to_contain_text("Taken back at", timeout=DONE_MS)
    expect(card(desktop_page, "so-dia-diem.csv")).to_have_count(0)  # it is no file at work any more
    assert base.execute("SELECT count(*) AS n FROM venue").fetchone() == {"n": 0}


@pytest.mark.console_errors(OUTAGE[0])
def test_a_database_that_goes_away_is_said_and_its_return_goes_on(
    browser: Browser, office: str, test_cluster: Cluster, fresh_database: str, desk: Path
) -> None:
    name = fresh_database.rsplit("/", 1)[1].split("?")[0]
    with watched_page(browser, DESKTOP, OUTAGE) as page:
        opened(page, office)
        drop(page, desk / "so-dia-diem.csv")
        state(page, "so-dia-diem.csv", "read")
        test_cluster.sql(CLOSE, name=name)
        try:
            page.evaluate("dash_clientside.set_props('imports-changed', { data: 1 })")
            expect(page.locator("#imports-outage")).to_contain_text("mất kết nối", timeout=DONE_MS)
            drop(page, desk / "luot-quet.csv")  # is tried again until it is taken
            time.sleep(2)
        finally:
            test_cluster.sql(OPEN, name=name)
        expect(page.locator("#imports-outage")).to_be_empty(timeout=DONE_MS)
        state(page, "luot-quet.csv", "read")


def test_everything_is_reached_and_done_by_the_keyboard(desktop_page: Page, office: str, desk: Path) -> None:
    page = opened(desktop_page, office)
    drop(page, desk / "so-dia-diem.csv")
    state(page, "so-dia-diem.csv", "read")
    check = page.locator("#imports-desk button")
    check.focus()
    page.keyboard.press("Enter")
    state(page, "so-dia-diem.csv", "checked")
    with page.expect_file_chooser():
        page.locator("#imports-choose").focus()
        page.keyboard.press("Space")
