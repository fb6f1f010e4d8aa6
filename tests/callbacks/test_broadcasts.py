"""What loudspeakers read out, and the log of when they did."""

import datetime as dt
import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from app import server
from data.database.connection import close_pools, loader_connection
from data.texts.spoken import spoken
from tests.fixtures import accounts
from tests.fixtures.officers import officer, token_of, ward_id

DAY = "2021-11-30"


@pytest.fixture(scope="module", autouse=True)
def database(own_demo_database: str) -> Iterator[None]:
    del own_demo_database
    yield
    close_pools()


def client(login: str, *wards: str, role: str = "ward_chair") -> FlaskClient:
    return accounts.client(server, token_of(officer(login, *wards, role=role)))


def page_of(who: FlaskClient) -> str:
    return who.get("/broadcasts/?lang=vi").get_data(as_text=True)


def test_the_text_tells_the_wards_numbers_in_words_and_no_venue() -> None:
    page = page_of(client("loa.truong", "Mộ Lao"))
    with loader_connection() as conn:
        row = conn.execute(
            "SELECT count(*) AS n FROM venue AS v JOIN ward AS w ON w.id = v.ward_id"
            " WHERE w.name = 'Mộ Lao' AND status IS NOT NULL"
        ).fetchone()
        names = [str(each["name"]) for each in conn.execute("SELECT name FROM venue WHERE length(name) > 8")]
    assert row
    assert f"phường ta có {spoken(row['n'])} địa điểm" in page
    text = re.search(r'class="letter-look broadcast-text".*?</div>', page, re.DOTALL)
    assert text
    assert not re.search(r"\d", re.sub(r"<[^>]*>|class=.*?>", "", text[0]))
    assert not [name for name in names if name in text[0]]
    seconds = re.search(r"khoảng (\d+) giây", page)
    assert seconds
    assert 40 <= int(seconds[1]) <= 90
    assert "Văn Quán" not in page
    centre = page_of(client("loa.trungtam", role="culture_centre"))
    assert centre.count('class="letter-look broadcast-text"') == 17
    assert centre.index("Dương Nội") < centre.index("Đồng Mai") < centre.index("Hà Cầu"), "as a Vietnamese reader sorts"


def test_a_broadcast_is_ticked_for_ones_own_ward_and_taken_back_with_a_reason() -> None:
    chair, other = client("loa.truong", "Mộ Lao"), client("loa.khac", "Văn Quán")
    said = {"ward": ward_id("Mộ Lao"), "day": DAY, "at": "06:30", "times": 2, "by": "Bà Lan <b>"}
    for seconds in ("", ":09"):  # the button was pressed twice
        assert chair.post("/broadcasts/", data=said | {"at": f"06:30{seconds}"}).status_code == 303
    page = page_of(chair)
    assert page.count("lúc 06:30") == 1
    answer = chair.post("/broadcasts/", data=said | {"by": "Ông Hai"})
    assert answer.status_code == 422
    assert "Sổ đã có" in answer.get_data(as_text=True)
    assert 'value="Ông Hai"' in answer.get_data(as_text=True), "what was typed is not lost"
    assert "ngày 30/11/2021 lúc 06:30, 2 lần" in page
    assert "Bà Lan &lt;b&gt;" in page
    assert other.post("/broadcasts/", data=said).status_code == 403
    assert "06:30" not in page_of(other)
    tomorrow = (dt.date.fromisoformat(DAY) + dt.timedelta(days=1)).isoformat()
    for wrong in (
        {"day": tomorrow},
        {"day": "x"},
        {"at": "26:00"},
        {"times": 0},
        {"times": 99},
        {"times": "x"},
        {"times": 10**12},
        {"by": " "},
        {"by": "\u202e\x00"},
        {"day": "2021-01-01"},
    ):
        answer = chair.post("/broadcasts/", data=said | wrong)
        assert answer.status_code == 422, wrong
        assert "Hãy ghi ngày" in answer.get_data(as_text=True)
    with loader_connection() as conn:
        row = conn.execute("SELECT id FROM broadcast").fetchone()
    assert row
    assert other.post(f"/broadcasts/{row['id']}/withdraw", data={"why": "x"}).status_code == 422
    assert chair.post(f"/broadcasts/{row['id']}/withdraw", data={"why": " "}).status_code == 422
    answer = chair.post(f"/broadcasts/{row['id']}/withdraw", data={"why": "\x00"})
    assert (answer.status_code, "ký tự không dùng được" in answer.get_data(as_text=True)) == (400, True)
    assert chair.post(f"/broadcasts/{10**20}/withdraw", data={"why": "x"}).status_code == 404
    assert chair.post("/broadcasts/", data=said | {"ward": 10**20}).status_code == 403
    assert chair.post(f"/broadcasts/{row['id']}/withdraw", data={"why": "ghi nhầm giờ"}).status_code == 303
    assert "đã rút: ghi nhầm giờ" in page_of(chair)
    assert chair.post("/broadcasts/", data=said | {"by": "Ông Hai"}).status_code == 303
    assert client("loa.congan", role="police").get("/broadcasts/").status_code == 403
