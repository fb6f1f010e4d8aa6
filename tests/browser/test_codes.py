"""Cards with personal codes by the page: what they hold is printed, and then found nowhere."""

import json
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Browser, expect
from psycopg import sql

from data.cluster.server import OWNER, READER
from data.settings import get_settings
from documents.poster import svg, symbol
from tests.documents.disturbed import page_at, read
from tests.fixtures import accounts, run
from tests.fixtures.browser import PHONE, picture, watched_page
from tests.fixtures.server import serving

pytestmark = pytest.mark.browser
TYPED = "001299988877|PLANTED-7Q4Z|Trần Thị Ẩn|02021980"
SEEN = "PLANTED-7Q4Z photographed|Lê Văn Ẩn"
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
    wanted = word.encode()
    return [
        path
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and path.stat().st_size < 50_000_000 and wanted in path.read_bytes()
    ]


def test_what_was_printed_is_found_nowhere(browser: Browser, site: tuple[str, str, Path], tmp_path: Path) -> None:
    address, database, folder = site
    (tmp_path / "ma.svg").write_text(svg(symbol(SEEN)))
    began = time.time()
    with watched_page(browser, PHONE, [r"422"]) as page:
        page.context.add_cookies([accounts.cookie(address)])
        draw = page.context.new_page()
        draw.set_content(f'<body style="margin:40px">{(tmp_path / "ma.svg").read_text()}')
        draw.screenshot(path=str(tmp_path / "anh.png"))
        draw.close()
        page.goto(f"{address}/codes/")
        page.get_by_role("button", name="In thẻ").click()
        expect(page.locator("#codes-refused")).to_contain_text("Chưa có mã nào")
        page.locator("#codes-lines").fill(TYPED)
        page.get_by_role("button", name="Thêm vào danh sách").click()
        page.locator("#codes-picture").set_input_files(str(tmp_path / "anh.png"))
        expect(page.locator("#codes-list li")).to_have_count(2)
        page.locator("#codes-list input[type=number]").first.fill("2")
        picture(page, "codes")
        with page.expect_download() as waiting:
            page.get_by_role("button", name="In thẻ").click()
        waiting.value.save_as(tmp_path / "the.pdf")
        expect(page.locator("#codes-done")).to_be_visible()
        expect(page.locator("#codes-list li")).to_have_count(0)
        kept = page.evaluate(
            "async () => JSON.stringify([{...localStorage}, {...sessionStorage}, await indexedDB.databases(),"
            " await caches.keys(), document.documentElement.outerHTML, location.href, document.cookie])"
        )
        assert MARK not in kept
        # What is wrong, too, is told by no word of what it holds.
        refused = page.request.post(
            f"{address}/codes/sheet", form={"codes": MARK * 60}, headers={"Origin": address, "Accept": "text/html"}
        )
        assert refused.status == 422
        assert MARK not in refused.text()
        malformed = page.request.post(
            f"{address}/codes/sheet", form={"list": json.dumps([{MARK: 1}])}, headers={"Origin": address}
        )
        assert malformed.status == 422
        for refused_address in (f"/codes/?codes={CONTROL}", f"/codes/sheet?codes={CONTROL}"):
            assert page.request.get(f"{address}{refused_address}").status in (400, 405)
        page.request.get(f"{address}/sign-in?next=/{CONTROL}")
    printed = read(page_at((tmp_path / "the.pdf").read_bytes()))
    assert sorted(code.text for code in printed) == sorted([TYPED, TYPED, SEEN])

    assert in_database(database, MARK) == []
    with psycopg.connect(database) as conn:
        conn.execute(
            "INSERT INTO annotation (first_day, last_day, words, made_by) VALUES ('2021-11-01', '2021-11-01', %s, '')",
            (CONTROL,),
        )
    assert "annotation" in in_database(database, CONTROL), "the search finds what is there"
    (folder / "tmp" / "control").write_text(CONTROL)
    places = [folder, run.files()]
    assert in_files(places, CONTROL) == [folder / "tmp" / "control"], "nor does a log hold what an address said"
    assert in_files(places, MARK) == []
    shared = Path(tempfile.gettempdir())
    fresh = [
        path
        for path in shared.iterdir()
        if path.is_file() and path.stat().st_mtime > began and os.access(path, os.R_OK)
    ]
    assert [path for path in fresh if path.stat().st_size < 50_000_000 and MARK.encode() in path.read_bytes()] == []
