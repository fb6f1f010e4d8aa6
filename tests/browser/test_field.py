"""The phone screen of officers, on a phone: recorded without a network, kept through reload and sign-out, sent once."""

import datetime as dt
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import segno
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Route, expect

from data.accounts.passwords import hashed
from data.database.connection import loader_connection
from data.status.days import today
from tests.browser import phone as on_phone
from tests.browser.map_page import drawn, eventually
from tests.browser.map_page import opened as district_map
from tests.browser.phone import WARD, due, events, find, has_list, made, opened, phone_of, remind, sign_in, unsent
from tests.fixtures.browser import ARGUMENTS, DESKTOP, PHONE, chromium_path, picture
from tests.fixtures.officers import now, officer, tell, token_of

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.usefixtures("demo_database")]

PASSWORD = "một mật khẩu đủ dài 7"
WIDTH, HEIGHT = 640, 480


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    with phone_of(browser) as context:
        yield context


def test_recorded_without_a_network_reloaded_and_signed_in_again_each_arrives_once(
    phone: BrowserContext, browser: Browser, server: str
) -> None:
    sign_in(phone, server, "lan")
    page = opened(phone, server)
    picture(page, "field-list")
    codes = due(page, 3)
    phone.set_offline(True)
    expect(page.locator(".state")).to_contain_text("Mất mạng")
    for code in codes[:2]:
        remind(page, code)
    unsent(page, 2)
    page.reload()
    unsent(page, 2)
    expect(page.locator("ul.venues .venue").first).to_be_visible()
    picture(page, "field-offline")
    page.close()
    page = phone.new_page()
    page.goto(f"{server}/field/")
    unsent(page, 2)
    page.locator("[data-tab='map']").tap()
    expect(page.locator(".field-map")).to_have_attribute("data-drawn", re.compile(r"\d+"), timeout=40_000)
    eventually(lambda: page.evaluate("fieldScreen.map.map.querySourceFeatures('streets').length") > 0, True)
    expect(page.locator(".legend li")).to_have_count(9)
    expect(page.locator(".legend")).to_contain_text("Có mã, chưa quét")
    picture(page, "field-map-offline")
    assert events(*codes) == []
    # Meanwhile the session has ended; the network comes back while the officer is writing.
    page.locator("[data-tab='list']").tap()
    find(page, codes[2])
    page.locator(f".venue[data-venue='{codes[2]}']").tap()
    page.locator("[data-reason='no_qr']").tap()
    with loader_connection() as conn:
        conn.execute(
            "UPDATE session SET ended_at = now(), end_reason = 'administrator' WHERE account_id IN"
            " (SELECT id FROM account WHERE role = 'ward_officer')"
        )
        conn.execute("UPDATE account SET password_hash = %s WHERE login = 'lan'", (hashed(PASSWORD),))
    phone.set_offline(False)
    expect(page.locator(".entry")).to_contain_text("Phiên làm việc đã hết", timeout=20_000)
    expect(page.locator("ul.venues .venue")).to_have_count(0)
    page.locator("[data-action='done']").tap()
    unsent(page, 3)
    expect(page.locator("dialog")).to_have_count(0)
    expect(page.locator("nav.tabs")).to_be_hidden()
    picture(page, "field-sign-in")
    # Nor is the list in the phone's store for whoever opens the screen without a network.
    phone.set_offline(True)
    page.reload()
    expect(page.locator(".entry")).to_contain_text("Cần có mạng để đăng nhập")
    expect(page.locator(".notice")).to_contain_text("3 bản ghi của tài khoản lan")
    phone.set_offline(False)
    assert events(*codes) == []
    # Somebody else signs in on this phone: nothing goes under another's name.
    sign_in(phone, server, "minh")
    page.reload()
    expect(page.locator("ul.venues .venue").first).to_be_visible()
    expect(page.locator(".notice")).to_contain_text("3 bản ghi của tài khoản lan")
    page.wait_for_timeout(1500)
    assert events(*codes) == []
    # The officer signs in again, on the page that the notice leads to, and all goes by itself.
    page.goto(f"{server}/sign-in?next=%2Ffield%2F")
    page.locator("[name='login']").fill("lan")
    page.locator("[name='password']").fill(PASSWORD)
    page.locator("button.main").click()
    page.wait_for_url(f"{server}/field/")
    eventually(lambda: len(events(*codes)), 3)
    expect(page.locator("header h1")).to_have_text("cán bộ lan")
    unsent(page, 0)
    found = events(*codes)
    assert [(row["venue_code"], row["state"], row["login"]) for row in found] == [(c, "applied", "lan") for c in codes]
    assert {row["status"] for row in found} <= {"reminded", "violating"}
    page.locator("[data-tab='records']").tap()
    expect(page.locator(".record.applied")).to_have_count(3)
    picture(page, "field-records")
    # The phone's own map and the district's show the new status.
    page.locator("[data-tab='map']").tap()
    eventually(lambda: on_phone.drawn(page).get(codes[0]), found[0]["status"])
    picture(page, "field-map")
    context = browser.new_context(**DESKTOP, locale="vi-VN")
    context.add_cookies([{"name": "session", "value": token_of(officer("db", role="district_command")), "url": server}])
    map_page = district_map(context.new_page(), server)
    eventually(lambda: drawn(map_page).get(found[0]["id"]), found[0]["status"])
    context.close()


def test_an_answer_that_is_lost_on_the_way_is_asked_for_again(phone: BrowserContext, server: str) -> None:
    sign_in(phone, server, "mai", "La Khê")
    page = opened(phone, server)
    codes = due(page, 2)
    lost: list[int] = []

    def lose(route: Route) -> None:
        """The server does its work, and the line breaks before its answer comes."""
        if len(lost) < 2:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    page.route("**/field/events", lose)
    for code in codes:
        remind(page, code)
    unsent(page, 2)
    unsent(page, 0)
    assert lost == [200, 200]
    assert [(row["venue_code"], row["state"]) for row in events(*codes)] == [(code, "applied") for code in codes]


def test_signing_out_leaves_what_is_unsent_on_the_phone(phone: BrowserContext, server: str) -> None:
    sign_in(phone, server, "nga", "Văn Quán")
    page = opened(phone, server)
    [code] = due(page, 1)
    remind(page, code)
    unsent(page, 1)
    page.locator("header h1 a").click()
    page.get_by_role("main").get_by_role("button", name="Đăng xuất").click()
    page.wait_for_url("**/sign-in**")
    eventually(lambda: has_list(page), False)
    page.goto(f"{server}/field/")
    expect(page.locator(".notice").last).to_contain_text("1 bản ghi của tài khoản nga")
    expect(page.locator("ul.venues .venue")).to_have_count(0)  # the list is for nobody else to see
    picture(page, "field-signed-out")
    sign_in(phone, server, "minh.vq", "Văn Quán")
    page.reload()
    expect(page.locator("ul.venues .venue").first).to_be_visible()
    page.locator("[data-tab='records']").tap()
    expect(page.locator(".record")).to_have_count(0)
    assert events(code) == []
    sign_in(phone, server, "nga", "Văn Quán")
    page.reload()
    eventually(lambda: len(events(code)), 1)
    unsent(page, 0)


def test_undone_within_seconds_nothing_is_sent(phone: BrowserContext, server: str) -> None:
    sign_in(phone, server, "hoa", "Văn Quán")
    page = opened(phone, server)
    [code] = due(page, 1)
    remind(page, code)
    unsent(page, 1)
    page.locator(".undo").tap()
    unsent(page, 0)
    page.wait_for_timeout(7000)
    assert events(code) == []


def test_a_phone_whose_clock_was_wrong_for_a_while_asks_for_the_day(phone: BrowserContext, server: str) -> None:
    sign_in(phone, server, "oanh", "Yên Nghĩa")
    page = opened(phone, server)
    codes = due(page, 2)
    phone.set_offline(True)
    for code, clock in zip(codes, (dt.datetime(2000, 1, 1, tzinfo=dt.UTC), now() + dt.timedelta(days=30)), strict=True):
        page.clock.set_fixed_time(clock)
        remind(page, code)
    page.clock.set_fixed_time(now())
    phone.set_offline(False)
    expect(page.locator(".notice")).to_contain_text("2 bản ghi cần bạn cho biết ngày", timeout=20_000)
    assert events(*codes) == []
    # a screen of before would have put them away as answered
    page.evaluate("""() => new Promise((done) => {
      indexedDB.open("ha-dong-field").onsuccess = ({ target: { result: database } }) => {
        const work = database.transaction("records", "readwrite");
        const store = work.objectStore("records");
        store.getAll().onsuccess = ({ target }) => {
          for (const { asksDay, ...record } of target.result) store.put({ ...record, sent: true, settled: true });
        };
        work.oncomplete = () => { database.close(); done(); };
      };
    })""")
    page.reload()
    expect(page.locator(".notice")).to_contain_text("2 bản ghi cần bạn cho biết ngày", timeout=20_000)
    page.locator(".notice button").tap()
    picture(page, "field-clock")
    for left in (1, 0):
        expect(page.locator(".record.conflict")).to_have_count(left + 1)
        expect(page.locator(".record.conflict").last).to_contain_text("Giờ của máy lúc ghi không đúng")
        page.locator("[data-action='day']").last.tap()
        page.locator("dialog input").fill(f"{today():%Y-%m-%d}")
        picture(page, "field-clock-day")
        page.locator("[data-action='state-day']").tap()
        unsent(page, left)
    assert [(row["kind"], row["state"]) for row in events(*codes)] == [("reminder", "applied")] * 2


def test_conflicts_and_doubles_are_shown_and_decided(phone: BrowserContext, server: str) -> None:
    sign_in(phone, server, "thu", "Hà Cầu")
    page = opened(phone, server)
    registered, doubled = due(page, 2)
    phone.set_offline(True)
    remind(page, registered)
    remind(page, doubled)
    with loader_connection() as conn:
        conn.execute(
            "INSERT INTO registration (venue_id, registered_on, qr_code)"
            " SELECT id, current_day(), 'sang nay' FROM venue WHERE code = %s",
            (registered,),
        )
    tell(officer("khac", "Hà Cầu", name="anh Khác"), venue=doubled)
    phone.set_offline(False)
    unsent(page, 0)
    page.locator("[data-tab='records']").tap()
    expect(page.locator(".record.conflict")).to_contain_text("đã tạo mã QR từ ngày 30/11/2021")
    expect(page.locator(".record.duplicate")).to_contain_text("anh Khác cũng đã nhắc hôm đó")
    picture(page, "field-conflict")
    page.locator(".record.conflict [data-action='withdraw']").tap()
    page.locator("dialog textarea").fill("đã tạo mã")
    page.locator("dialog [data-action='withdraw']").tap()
    unsent(page, 1)
    unsent(page, 0)
    expect(page.locator(".record.withdrawn")).to_have_count(1)
    assert [(row["kind"], row["state"]) for row in events(registered)] == [
        ("reminder", "conflict"),
        ("withdrawal", "applied"),
    ]
    with loader_connection() as conn:
        conn.execute("DELETE FROM registration WHERE qr_code = 'sang nay'")


def test_a_photograph_goes_along_without_where_it_was_taken(phone: BrowserContext, server: str, tmp_path: Path) -> None:
    from etl.store import files

    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    exif[0x0110] = "Điện thoại của tôi"
    Image.effect_noise((3000, 2000), 30).convert("RGB").save(tmp_path / "cua.jpg", exif=exif)
    sign_in(phone, server, "yen", "Phú La")
    page = opened(phone, server)
    [code] = due(page, 1)
    phone.set_offline(True)
    find(page, code)
    page.locator(f".venue[data-venue='{code}']").tap()
    page.locator(".extras summary").tap()
    page.locator(".extras textarea").fill("Chủ quán hẹn tuần sau")
    page.locator(".extras input[type='checkbox']").check()
    page.locator(".extras input[type='file']").set_input_files(tmp_path / "cua.jpg")
    expect(page.locator(".extras")).to_contain_text("Đã có ảnh")
    picture(page, "field-photo")
    page.locator("[data-reason='no_qr']").tap()
    page.locator("[data-action='done']").tap()
    unsent(page, 1)
    phone.set_offline(False)
    unsent(page, 0)
    [event] = [event for event in events(code) if event["login"] == "yen"]
    assert event["payload"]["note"] == "Chủ quán hẹn tuần sau"
    assert event["payload"]["refused_to_sign"] is True
    kept = files.path_of(event["photo"], "anh.jpg").read_bytes()
    with Image.open(io.BytesIO(kept)) as shown:
        assert max(shown.size) == 1280
        assert dict(shown.getexif()) == {}


def test_the_doors_code_is_read_by_the_camera_and_tied_to_its_venue(
    browser: Browser, server: str, tmp_path: Path
) -> None:
    with loader_connection() as conn:
        row = conn.execute(
            "SELECT v.code, v.name, r.qr_content FROM venue AS v JOIN ward AS w ON w.id = v.ward_id"
            " JOIN registration AS r ON r.venue_id = v.id AND r.ended_on IS NULL AND r.registered_on <= current_day()"
            " WHERE w.name = %s AND v.status IS NOT NULL AND r.qr_content <> '' ORDER BY v.code LIMIT 1",
            (WARD,),
        ).fetchone()
    assert row
    film(tmp_path / "cua.y4m", row["qr_content"])
    camera = ["fake-device-for-media-stream", "fake-ui-for-media-stream"]
    arguments = [*ARGUMENTS, "--no-sandbox", *(f"--use-{name}" for name in camera)]
    arguments.append(f"--use-file-for-fake-video-capture={tmp_path / 'cua.y4m'}")
    with_camera = browser.browser_type.launch(executable_path=chromium_path(), args=arguments)
    with phone_of(with_camera, "camera") as phone:
        sign_in(phone, server, "binh")
        page = opened(phone, server)
        page.locator("[data-tab='scan']").tap()
        expect(page.locator(".venue-sheet h2")).to_have_text(row["name"], timeout=20_000)
        unsent(page, 1)
        unsent(page, 0)
    with_camera.close()
    [event] = [event for event in events(row["code"]) if event["kind"] == "qr_seen"]
    assert event["payload"] == {"content": row["qr_content"]}


def film(path: Path, content: str) -> None:
    """A few frames (YUV4MPEG2) of the QR of ``content``, as a camera at the door would see it."""
    matrix = [list(row) for row in segno.make_qr(content, error="m").matrix]
    scale = 320 // len(matrix)
    left, top = (WIDTH - scale * len(matrix)) // 2, (HEIGHT - scale * len(matrix)) // 2
    luma = bytearray(b"\xeb" * (WIDTH * HEIGHT))
    for y, row in enumerate(matrix):
        for x, dark in enumerate(row):
            for line in range(scale if dark else 0):
                start = (top + y * scale + line) * WIDTH + left + x * scale
                luma[start : start + scale] = b"\x10" * scale
    frame = b"FRAME\n" + bytes(luma) + b"\x80" * (WIDTH * HEIGHT // 2)
    path.write_bytes(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg\n".encode() + frame * 4)


def test_a_proposal_reaches_the_office_and_the_screen_speaks_english(
    phone: BrowserContext, browser: Browser, server: str
) -> None:
    sign_in(phone, server, "dung")
    page = opened(phone, server, "?lang=en")
    expect(page.locator("[data-choice='due']")).to_have_text("Due today")
    phone.set_offline(True)
    page.reload()
    expect(page.locator(".state")).to_contain_text("Offline")
    page.get_by_role("button", name="Add a missing venue").tap()
    page.get_by_label("Name", exact=True).fill("Quán Ốc Mới")
    page.get_by_role("button", name="Take my position").tap()
    expect(page.locator(".small-map")).to_have_attribute("data-drawn", re.compile(r"\d+"), timeout=40_000)
    expect(page.locator(".small-map .maplibregl-marker")).to_be_visible()
    expect(page.locator("dialog .legend")).to_contain_text("Key")
    picture(page, "field-propose")
    page.locator("[data-action='propose']").tap()
    phone.set_offline(False)
    unsent(page, 1)
    unsent(page, 0)
    sign_in(phone, server, "truong", role="ward_chair")
    page.goto(f"{server}/field/proposals?lang=vi")
    line = page.locator(".proposal", has_text="Quán Ốc Mới")
    expect(line).to_contain_text("20.982000, 105.784000")
    picture(page, "field-proposals")
    line.get_by_role("button", name="Thêm địa điểm").click()
    # the worker beside the page does it, and the page asks by itself
    expect(line).to_contain_text("Đã thực hiện", timeout=40_000)
    picture(page, "field-proposals-decided")
    context = browser.new_context(**DESKTOP, locale="vi-VN")
    sign_in(context, server, "truong", role="ward_chair")
    desktop = district_map(context.new_page(), server)
    menu = desktop.locator("#top-bar [data-menu]")
    if menu.is_visible():  # folded where the role has more screens than the bar has room for
        menu.click()
    desktop.locator("#top-bar").get_by_role("link", name=re.compile("^Đề xuất")).click()
    expect(desktop.locator(".proposal", has_text="Quán Ốc Mới")).to_contain_text("Đã thực hiện")
    picture(desktop, "field-proposals-desktop")
    desktop.locator(".proposal", has_text="Quán Ốc Mới").get_by_role("button", name="Lấy lại").click()
    eventually(lambda: made("Quán Ốc Mới"), 0)
    context.close()


def test_a_server_that_is_away_is_said_and_asked_again(browser: Browser, server: str) -> None:
    answers = iter((503, 503))

    def answer(route: Route) -> None:
        status = next(answers, None)
        if status:
            route.fulfill(status=status)
        else:
            route.continue_()

    with browser.new_context(**PHONE, locale="vi-VN", service_workers="block") as context:
        sign_in(context, server, "xa")
        context.route("**/field/venues.json*", answer)
        page = context.new_page()
        page.clock.install()
        page.goto(f"{server}/field/")
        notice = page.locator(".notices")
        expect(notice).to_contain_text("Máy chủ chưa trả lời")
        expect(notice.get_by_role("link")).to_have_count(0)  # nobody is sent to sign in for nothing
        page.clock.fast_forward(10_000)
        page.clock.fast_forward(10_000)
        expect(page.locator("ul.venues .venue").first).to_be_visible(timeout=20_000)
        expect(notice).to_be_empty()
