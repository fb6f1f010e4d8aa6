"""The offices' layouts by the page: uploaded, used, taken back; and by whom."""

import io
import re
from pathlib import Path

import docx
import pytest
from flask.testing import FlaskClient

from app import server
from data.database.connection import loader_connection
from data.settings import get_settings
from tests.documents.test_office_templates import template
from tests.fixtures import accounts
from tests.fixtures.officers import officer, token_of

pytestmark = pytest.mark.usefixtures("own_demo_store")


def client(login: str, *wards: str, role: str) -> FlaskClient:
    return accounts.client(server, token_of(officer(login, *wards, role=role)))


def sent(who: FlaskClient, kind: str, content: bytes, name: str = "mẫu của tôi.docx") -> tuple[int, str]:
    answer = who.post(f"/letters/{kind}/upload", data={"file": (io.BytesIO(content), name)})
    return answer.status_code, answer.get_data(as_text=True)


def words_of(content: bytes) -> str:
    return "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(content)).paragraphs)


def test_an_office_uploads_uses_and_takes_back_its_layout() -> None:
    office = client("mau.vanhoa", role="culture_office")
    chair = client("mau.truong", "Mộ Lao", role="ward_chair")
    with loader_connection() as conn:
        row = conn.execute(
            "SELECT v.code, v.name FROM venue AS v JOIN ward AS w ON w.id = v.ward_id WHERE w.name = 'Mộ Lao' LIMIT 1"
        ).fetchone()
    assert row
    address = f"/exports/reminder.docx?venue={row['code']}"
    assert "CỘNG HÒA" in "".join(
        c.text for t in docx.Document(io.BytesIO(chair.get(address).data)).tables for c in t._cells
    )
    assert sent(office, "reminder", template("Mẫu một: {{noi_dung}}"))[0] == 303
    second = template("Mẫu hai")
    for name in ("mẫu hai.docx", "C:\\mẫu\x00 hai\u202e.docm"):  # sent twice, and by a hostile name
        assert sent(office, "reminder", second, name)[0] == 303
    assert f"không có thật.\nKính gửi: {row['name']}" in words_of(chair.get(address).data), (
        "made data are said to be so"
    )
    assert "Mẫu hai" in words_of(chair.get(address).data)
    for wrong in ("9", "x", "", str(10**20)):
        assert office.post("/letters/reminder/use", data={"number": wrong}).status_code == 404
    assert office.post("/letters/reminder/use", data={"number": 1}).status_code == 303
    assert "Mẫu một: " in words_of(chair.get(address).data)
    page = office.get("/letters/?lang=vi").get_data(as_text=True)
    assert "Quán Cơm Minh Họa" in page
    assert page.count('<li class="letter-line') == 2
    assert "Người chọn: cán bộ mau.vanhoa, lúc" in page
    assert "{{ten_dia_diem}}" in page
    filled = office.get(f"/letters/reminder/2.docx?filled=1&venue={row['code']}")
    assert f"Kính gửi: {row['name']}" in words_of(filled.data)
    assert "Quán Cơm Minh Họa" in words_of(office.get("/letters/reminder/2.docx?filled=1&venue=").data)
    assert office.get("/letters/reminder/2.docx?filled=1&venue=x'--").status_code == 404
    assert office.post("/letters/reminder/use", data={}).status_code == 303
    assert "Mẫu một" not in words_of(chair.get(address).data)
    assert words_of(office.get("/letters/reminder/2.docx").data).startswith("Kính gửi: {{ten_dia_diem}}")


def test_what_is_refused_is_said_and_nothing_is_kept() -> None:
    office = client("mau.vanhoa", role="culture_office")
    before = sorted(path.name for path in Path(get_settings().file_store).glob("*"))
    status, page = sent(office, "reminder", template("{{ x.__class__ }}"))
    assert status == 422
    assert "__class__" in page
    status, page = sent(office, "reminder", b"x" * (3 << 20))
    assert status == 422
    assert "2 MB" in page
    status, page = sent(office, "reminder", b"x" * (101 << 20))
    assert status == 413
    assert re.search("lớn|MB", page)
    assert sorted(path.name for path in Path(get_settings().file_store).glob("*")) == before


def test_each_office_changes_its_own_letters_alone() -> None:
    police = client("mau.congan", role="police")
    before = sorted(path.name for path in Path(get_settings().file_store).glob("*"))
    assert sent(police, "reminder", template("không phải của công an"))[0] == 403
    assert sorted(path.name for path in Path(get_settings().file_store).glob("*")) == before
    assert sent(police, "minutes", template())[0] == 303
    assert sent(client("mau.vanhoa", role="culture_office"), "minutes", template())[0] == 403
    assert sent(client("mau.truong", "Mộ Lao", role="ward_chair"), "reminder", template())[0] == 403
    assert sent(police, "nothing", template())[0] == 404
    answer = police.get("/letters/minutes/1.docx?filled=1&venue=HD000066")
    assert answer.status_code == 400
    assert "không có hồ sơ nào" in answer.get_data(as_text=True)
