"""The public page as nobody: every format tells the same, and nothing that was not meant to be told, in any byte."""

import csv
import datetime as dt
import io
import json
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from app import server
from data.database.connection import close_pools, loader_connection
from data.settings import get_settings
from data.status.days import today
from documents.publishing_folder import write_folder
from etl.publishing.ticking import Ticker
from proof import keys
from proof.verify import verify
from tests.data.cases_world import DAY, People, registered
from tests.data.publication_world import delivered, drafted, entries, taken
from tests.etl.loading.files import MO_LAO, REGISTER, REMINDERS, load_file, one, register, write_csv

PLANTED = ("0912345678", "0912.345.678", "001099012345", "Nguyễn Thị Planted", "8012345678")
FILES = ("", "/danh-sach.json", "/danh-sach.csv", "/atom.xml", "/khoa.json", "/hien-trang.json", "/kiem-tra")


@pytest.fixture
def people(tmp_path: Path, fresh_database: str) -> People:
    """Three venues whose clerk wrote telephones and numbers into names and addresses, and whose owners are known."""
    owner = ("Nguyễn Thị Planted", "0912345678")
    places = (
        ("V1", "Quán Một (ĐT: 0912.345.678)", "Số 1 phố Trần Phú"),
        ("V2", "Quán Hai", "Số 2 phố Trần Phú, CCCD 001099012345"),
        ("V3", "Hộ kinh doanh Nguyễn Thị Planted", "Số 3 phố Trần Phú"),
    )
    rows = [(*place, "Mộ Lao", "Quán ăn", *MO_LAO, *owner) for place in places]
    load_file(register(tmp_path / "so.csv", *rows, header=(*REGISTER, "Chủ cơ sở", "Số điện thoại")))
    told = [
        (code, f"{today() - DAY * n:%d/%m/%Y}", "Chưa tạo mã QR", "Tổ dân phố 0912345678")
        for code in ("V1", "V2", "V3")
        for n in (5, 6, 7)
    ]
    load_file(write_csv(tmp_path / "nhac.csv", REMINDERS, told))
    return People()


@pytest.fixture
def public_list(people: People, signing_key: None) -> Iterator[int]:
    """A list that is published, with an answer that holds a telephone, too."""
    made = drafted(people)
    taken(people.centre, made.id, "notify")
    named = entries(made.id)
    for case in named.values():
        delivered(people.centre, case)
    taken(people.centre, named["V3"], "name", facts={"anonymous": True})
    answer = {"words": "Gọi 0912345678, MST 8012345678", "channel": "paper"}
    taken(people.centre, named["V1"], "answer", facts=answer)
    taken(people.centre, named["V1"], "moderate", facts={"printed": True})
    taken(people.command, made.id, "approve")
    taken(people.centre, made.id, "publish")
    yield made.id
    close_pools()


@pytest.fixture
def nobody(public_list: int) -> FlaskClient:
    """A browser without a cookie."""
    return server.test_client()


def get(nobody: FlaskClient, path: str, status: int = 200) -> bytes:
    answer = nobody.get(f"/cong-khai{path}")
    assert answer.status_code == status, path
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert "session" not in answer.headers.get("Set-Cookie", "")
    return answer.data


def test_every_format_tells_the_same_and_nobodys_numbers(
    nobody: FlaskClient, public_list: int, people: People, tmp_path: Path
) -> None:
    folder = tmp_path / "portal"
    write_folder(folder, "https://example.test")
    slugs = [str(slug) for slug in one("SELECT array_agg(slug) FROM published.entry")]
    pages = [get(nobody, path) for path in (*FILES, f"/danh-sach/{public_list}.json", *(f"/{slug}" for slug in slugs))]
    written = [path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()]
    assert len(written) >= 8
    for content in (*pages, *written):
        for planted in PLANTED:
            assert planted.encode() not in content
            assert planted.encode("ascii", "backslashreplace") not in content
    told = json.loads(get(nobody, "/danh-sach.json"))
    assert told["item_count"] == len(told["entries"]) == 3
    assert {each["name"] for each in told["entries"]} >= {"Quán Một", "Quán Hai"}
    assert told["extract_day"] == f"{today()}"
    table = get(nobody, "/danh-sach.csv").decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(table)))
    assert {row[2] for row in rows[-3:]} == {each["name"] for each in told["entries"]}
    feed = ElementTree.fromstring(get(nobody, "/atom.xml"))  # noqa: S314
    assert len(feed.findall("{http://www.w3.org/2005/Atom}entry")) == 3
    page = get(nobody, "").decode()
    assert all(each["name"] in page for each in told["entries"])
    assert "xử phạt" not in page
    assert "hết hiệu lực sau" in page


def test_who_complies_is_off_every_format_and_its_address_says_only_that(
    nobody: FlaskClient, public_list: int, people: People, tmp_path: Path
) -> None:
    slug = str(one("SELECT slug FROM published.entry WHERE name = 'Quán Hai'"))
    assert "Quán Hai" in get(nobody, f"/{slug}").decode()
    registered(tmp_path, "V2", today())
    for path in ("", "/danh-sach.json", "/danh-sach.csv", "/atom.xml", f"/danh-sach/{public_list}.json"):
        assert "Quán Hai" not in get(nobody, path).decode(), path
    gone = get(nobody, f"/{slug}", 410).decode()
    assert "Quán Hai" not in gone
    assert "Trần Phú" not in gone
    get(nobody, "/KHONGCO", 404)


def test_the_signed_file_is_verified_with_the_office_keys(
    nobody: FlaskClient, public_list: int, people: People, tmp_path: Path
) -> None:
    Ticker().look()
    known = keys.read_register(get(nobody, "/khoa.json"))
    for left in (0, 1):
        content = get(nobody, f"/danh-sach/{public_list}.json")
        result = verify(content, known, get(nobody, "/hien-trang.json"), dt.datetime.now(dt.UTC))
        assert result.passes, [str(check.said) for check in result.checks]
        assert result.stands == "stands"
        assert len(json.loads(content)["entries"]) == 3 - left
        registered(tmp_path, "V2", today())


def test_a_claim_is_on_the_page_with_the_next_request_and_search_finds_by_words(
    nobody: FlaskClient, public_list: int, people: People
) -> None:
    assert "đang xác minh" not in get(nobody, "").decode()
    case = entries(public_list)["V1"]
    taken(people.chair, case, "claim", facts={"words": "đã dán", "channel": "officer"})
    assert "đang xác minh" in get(nobody, "").decode()
    found = get(nobody, "?tim=quan+hai").decode()
    assert "Quán Hai" in found
    assert "Quán Một" not in found
    assert "Quán Hai" not in get(nobody, "?tim=%25&trang=99999&phuong=x%27%3B").decode()
    assert "Published lists" in get(nobody, "?lang=en").decode()


def test_before_the_first_list_the_page_says_so(fresh_database: str) -> None:
    get_settings.cache_clear()
    answer = server.test_client().get("/cong-khai?lang=vi")
    assert answer.status_code == 200
    assert "Hiện không có tên nào" in answer.get_data(as_text=True)
    close_pools()
    with loader_connection() as conn:
        assert conn.execute("SELECT FROM published.entry").fetchall() == []
