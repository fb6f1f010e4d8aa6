"""Cards with personal codes by the page: what they hold is printed, and then found nowhere."""

import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import APIRequestContext, Browser, FilePayload, Page, expect
from psycopg import sql

from data.cluster.server import OWNER, READER, Cluster
from data.settings import get_settings
from documents.poster import svg, symbol
from tests.browser.map_page import eventually
from tests.browser.test_field import film
from tests.documents.disturbed import page_at, read
from tests.fixtures import accounts, run
from tests.fixtures.browser import ARGUMENTS, DESKTOP, PHONE, chromium_path, picture, watched_page
from tests.fixtures.server import serving

pytestmark = pytest.mark.browser
TYPED = "001299988877|PLANTED-7Q4Z|Trần Thị Ẩn|02021980"
SEEN = "PLANTED-7Q4Z photographed|Lê Văn Ẩn"
FILMED = "PLANTED-7Q4Z filmed"
LABEL = "PLANTED-7Q4Z L.V.A."
MARK = "PLANTED-7Q4Z"
CONTROL = "CONTROL-9X2K"


@pytest.fixture(scope="module")
def site(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str, Path]]:
    """Address, database, and the folder that holds the store and all temporary files."""
    folder = tmp_path_factory.mktemp("codes")
    (folder / "tmp").mkdir()
    urls = {"DATABASE_URL": database, "APP_DATABASE_URL": database.replace(f"//{OWNER}@", f"//{READER}@")}
    urls |= {"FILE_STORE": str(folder / "store"), "TMPDIR": str(folder / "tmp"), "LOG_FORMAT": "json"}
    with serving(urls) as address:
        yield address, database, folder
    get_settings.cache_clear()


def in_database(url: str, word: str) -> list[str]:
    """Tables of which a row holds the word, whatever its column is."""
    found = []
    with psycopg.connect(url) as conn:
        tables = conn.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        for schema, table in tables:
            query = sql.SQL("SELECT EXISTS (SELECT FROM {} AS t WHERE to_jsonb(t)::text LIKE %s)")
            row = conn.execute(query.format(sql.Identifier(schema, table)), (f"%{word}%",)).fetchone()
            found += [table] if row and row[0] else []
        row = conn.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE query LIKE %s AND pid <> pg_backend_pid()", (f"%{word}%",)
        ).fetchone()
        found += ["pg_stat_activity"] if row and row[0] else []
    return found


def in_files(folders: list[Path], word: str) -> list[Path]:
    """Files that hold the word, also as browsers keep what stands in forms: in two bytes a letter."""
    wanted = (word.encode(), word.encode("utf-16-le"))
    found = []
    for path in (path for folder in folders for path in folder.rglob("*")):
        with suppress(FileNotFoundError):  # whoever works there takes files away
            if path.is_file() and path.stat().st_size < 50_000_000:
                held = path.read_bytes()
                found += [path] if any(each in held for each in wanted) else []
    return found


@contextmanager
def profile_with_camera(browser: Browser, folder: Path, address: str) -> Iterator[Page]:
    """A page of a browser as people have it, with its history, caches, storage and sessions in ``folder``.

    Its camera sees a code.
    """
    film(folder.with_suffix(".y4m"), FILMED)
    arguments = [*ARGUMENTS, "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    arguments += [f"--use-file-for-fake-video-capture={folder.with_suffix('.y4m')}"]
    arguments += ["--no-sandbox"] if os.geteuid() == 0 else []
    whole = chromium_path(whole=True)
    context = browser.browser_type.launch_persistent_context(
        folder, executable_path=whole, args=arguments, locale="vi-VN", accept_downloads=True, **DESKTOP
    )
    try:
        context.add_cookies([accounts.cookie(address)])
        yield context.new_page()
    finally:
        context.close()


def photographed(page: Page, folder: Path) -> Path:
    """A picture of the code of SEEN."""
    draw = page.context.new_page()
    draw.set_content(f'<body style="margin:40px">{svg(symbol(SEEN))}')
    draw.screenshot(path=str(folder / "anh.png"))
    draw.close()
    return folder / "anh.png"


def listed(page: Page, taken: Path) -> None:
    """Two codes are on the list: one was pasted, one was on a picture."""
    page.locator("#codes-lines").fill(TYPED)
    page.get_by_role("button", name="Thêm vào danh sách").click()
    page.locator("#codes-picture").set_input_files(str(taken))
    expect(page.locator("#codes-list li")).to_have_count(2)
    page.locator("#codes-list input[type=number]").first.fill("2")
    page.locator("#codes-list input[type=text]").last.fill(LABEL)


def printed(page: Page, file: Path) -> list[str]:
    """What the codes hold that the page prints; afterwards it says that it forgot them, and has."""
    with page.expect_download() as waiting:
        page.get_by_role("button", name="In thẻ").click()
    waiting.value.save_as(file)
    expect(page.locator("#codes-done")).to_be_visible()
    expect(page.locator("#codes-list li")).to_have_count(0)
    kept = page.evaluate(
        "async () => JSON.stringify([{...localStorage}, {...sessionStorage}, await indexedDB.databases(),"
        " await caches.keys(), document.documentElement.outerHTML, location.href, document.cookie, history.state,"
        " [...document.querySelectorAll('input, textarea')].map((each) => each.value)])"
    )
    assert MARK not in kept
    return sorted(code.text for code in read(page_at(file.read_bytes())))


def refused_without_a_word(request: APIRequestContext, address: str) -> None:
    """What is wrong, too, is told by no word of what it holds."""
    sheet, own = f"{address}/codes/sheet", {"Origin": address}
    for form in (
        {"codes": MARK * 60},
        {"list": json.dumps([{MARK: 1}])},
        {"list": json.dumps([{"content": {MARK: 1}}])},
        {"list": json.dumps([{"content": f"{MARK}\ud800"}])},
        {"list": "[" * 100_000 + MARK},
    ):
        answer = request.post(sheet, form=form, headers=own | {"Accept": "text/html"})
        assert answer.status == 422
        assert MARK not in answer.text()
    file: FilePayload = {"name": "a.png", "mimeType": "image/png", "buffer": MARK.encode() * 1000}
    answer = request.post(sheet, multipart={"codes": MARK, "picture": file}, headers=own | {"Connection": "close"})
    assert answer.status == 415, "a picture is not even taken"
    for refused_address in (f"/codes/?codes={CONTROL}", f"/codes/sheet?codes={CONTROL}"):
        assert request.get(f"{address}{refused_address}").status in (400, 405)
    assert request.post(f"{sheet}?codes={CONTROL}", form={"codes": MARK}, headers=own).status == 400


def test_what_was_printed_is_found_nowhere(
    browser: Browser, site: tuple[str, str, Path], test_cluster: Cluster, tmp_path: Path
) -> None:
    address, database, folder = site
    began = time.time()
    with watched_page(browser, PHONE, [r"422"]) as page:
        page.context.add_cookies([accounts.cookie(address)])
        page.goto(f"{address}/codes/")
        page.get_by_role("button", name="In thẻ").click()
        expect(page.locator("#codes-refused")).to_contain_text("Chưa có mã nào")
        listed(page, photographed(page, tmp_path))
        picture(page, "codes")
        assert printed(page, tmp_path / "the.pdf") == sorted([TYPED, TYPED, SEEN])
        refused_without_a_word(page.request, address)
        page.request.get(f"{address}/sign-in?next=/{CONTROL}")

    assert in_database(database, MARK) == in_database(database, CONTROL) == []
    with psycopg.connect(database) as conn:
        conn.execute(
            "INSERT INTO annotation (first_day, last_day, words, made_by) VALUES ('2021-11-01', '2021-11-01', %s, '')",
            (CONTROL,),
        )
    assert "annotation" in in_database(database, CONTROL), "the search finds what is there"
    (folder / "tmp" / "control").write_text(CONTROL)
    places = [folder, run.files()]
    assert in_files(places, CONTROL) == [folder / "tmp" / "control"], "nor does a log hold what an address said"
    assert [path.suffix for path in in_files(places, '"/codes/sheet"')] == [".log"], "the log of requests is looked at"
    with psycopg.connect(database, autocommit=True) as conn:
        conn.execute(f"DO $$ BEGIN RAISE WARNING '{CONTROL}'; END $$")
        row = conn.execute("SELECT pg_relation_filepath('venue')").fetchone()
    log = test_cluster.log.read_bytes()
    assert CONTROL.encode() in log, "so is PostgreSQL's"
    assert MARK.encode() not in log
    assert row
    tables = (test_cluster.data / row[0]).parent
    assert tables.is_dir()
    assert in_files([*places, tables], MARK) == []
    shared = Path(tempfile.gettempdir())
    fresh = [
        path
        for path in shared.iterdir()
        if path.is_file() and path.stat().st_mtime > began and os.access(path, os.R_OK)
    ]
    assert [path for path in fresh if path.stat().st_size < 50_000_000 and MARK.encode() in path.read_bytes()] == []


def test_the_browser_keeps_nothing_on_its_disk(browser: Browser, site: tuple[str, str, Path], tmp_path: Path) -> None:
    address, _, _ = site
    profile = tmp_path / "profile"
    with profile_with_camera(browser, profile, address) as page:
        page.goto(f"{address}/codes/")
        page.get_by_role("button", name="Quét bằng máy ảnh").click()
        expect(page.locator("#codes-list")).to_contain_text(FILMED)
        page.get_by_role("button", name="Dừng máy ảnh").click()
        page.locator("#codes-lines").fill(TYPED)
        picture(page, "codes")
        assert printed(page, tmp_path / "the.pdf") == sorted([TYPED, FILMED])
        # Left without printing, and come back to: it is gone as well.
        page.locator("#codes-lines").fill(TYPED)
        page.goto(f"{address}/healthz")
        page.go_back()
        expect(page.locator("#codes-lines")).to_have_value("")
        # Nor would it be there after the browser broke off, for which browsers write down what stands in forms.
        page.locator("#codes-lines").fill(TYPED)
        page.get_by_role("button", name="Thêm vào danh sách").click()
        page.locator("#codes-list input[type=text]").fill(LABEL)
        page.locator("#codes-lines").fill(TYPED)
        other = page.context.new_page()
        other.goto(f"{address}/sign-in")
        other.locator("input[name=login]").fill(CONTROL)
        eventually(lambda: "Sessions" in {path.parent.name for path in in_files([profile], CONTROL)}, True)
        assert in_files([profile], MARK) == []
    assert in_files([profile], MARK) == []
