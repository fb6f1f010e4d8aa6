"""Papers of publication from real lists: whose slips open what, what is sealed is printed, and nobody's number."""

import hashlib
import io
from pathlib import Path

import pypdf
import pytest
from flask import Flask

from data.access.caller import Caller, acting_as
from data.database.connection import app_connection, desk_connection, loader_connection
from data.errors import NotAllowed, UnknownFilter
from data.reference import issuing
from data.status.days import today
from documents.__main__ import main
from documents.catalogue import make
from documents.made import Made
from proof.merkle import groups
from tests.data.cases_world import DAY, People, registered
from tests.data.publication_world import delivered, drafted, entries, published, taken
from tests.documents.reading import squeezed
from tests.etl.loading.files import one, rows
from tests.fixtures import accounts
from tests.fixtures.officers import token_of

pytestmark = pytest.mark.usefixtures("fresh_database", "rule_holds", "signing_key", "a_district")

PLANTED, OWNER = "0912 345 678", "Trần Văn Chủ Bí Mật"
SITE = "https://quet.example"


@pytest.fixture
def a_district(monkeypatch: pytest.MonkeyPatch) -> None:
    """Days are today's, and today there is no district: the centre bears papers for ever."""
    read = issuing._rows

    def without_an_end(file: str) -> tuple[dict[str, str], ...]:
        return tuple(row | {"valid_to": ""} for row in read(file) if row["valid_from"] != "2025-07-01")

    monkeypatch.setattr(issuing, "_rows", without_an_end)


def paper(kind: str, who: Caller, **asked: int) -> Made:
    with acting_as(who), desk_connection() if kind == "notices" else app_connection() as conn:
        return make(kind, "pdf", conn, site=SITE, **asked)


def text_of(content: bytes) -> str:
    reader = pypdf.PdfReader(io.BytesIO(content))
    said = squeezed(" ".join(page.extract_text() for page in reader.pages)) + str(reader.metadata)
    assert not [word for word in ("0912", "345 678", OWNER, "xử phạt", "Điều 72") if word in said]
    return said


def plant() -> None:
    """A telephone in a name, an address and in who reminded; an owner."""
    with loader_connection() as conn:
        conn.execute("UPDATE venue SET name = name || ' ĐT ' || %s, address = address || ' ' || %s", (PLANTED, PLANTED))
        conn.execute("UPDATE reminder SET given_by = 'UBND, ' || %s WHERE reason = 'no_qr'", (PLANTED,))
        conn.execute("DELETE FROM venue_contact")
        contact = "INSERT INTO venue_contact (venue_id, owner_name, phone) SELECT id, %s, %s FROM venue"
        conn.execute(contact, (OWNER, PLANTED))


def test_letters_have_the_reasons_and_a_slip_that_opens_one_entry(people: People) -> None:
    plant()
    made = drafted(people)
    with pytest.raises(UnknownFilter):
        paper("notices", people.centre, list_id=made.id)  # nobody is notified yet
    taken(people.centre, made.id, "notify")
    first = paper("notices", people.centre, list_id=made.id)
    assert (first.name, first.told["letters"]) == (f"thong-bao-{made.id}.pdf", 2)
    said = text_of(first.content)
    for words in (
        "Kính gửi: Quán 1",
        "Kính gửi: Quán 5",
        "đã được nhắc nhở 03 lần",
        "UBND",
        "Sổ nhắc nhở",
        f"{SITE[8:]}/phieu/",
    ):
        assert words in said, words
    days = [f"{today() - DAY * (20 - number):%d/%m/%Y}" for number in range(3)]
    assert all(day in said for day in days)
    assert _tokens(first.content) == _kept(first.content)
    again = paper("notices", people.centre, list_id=made.id, case=entries(made.id)["V1"])
    assert "Quán 5" not in text_of(again.content)
    [token] = _tokens(again.content)
    assert _kept(again.content) == [token]
    assert one("SELECT count(*) FROM publication_token WHERE revoked_at IS NULL") == 2  # the older one of V1 is void
    assert "token" not in str(first.told).lower()


def _tokens(content: bytes) -> list[str]:
    pages = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    return [part.split()[0] for part in pages.split("/phieu/")[1:]]


def _kept(content: bytes) -> list[str]:
    """Of the tokens that stand in the letters those that open something."""
    hashes = {bytes(row[0]) for row in rows("SELECT hash FROM publication_token WHERE revoked_at IS NULL")}
    return [token for token in _tokens(content) if hashlib.sha256(token.encode()).digest() in hashes]


def test_delivery_ends_the_letters_and_its_record_says_the_computed_day(people: People) -> None:
    made = drafted(people)
    taken(people.centre, made.id, "notify")
    case = entries(made.id)["V1"]
    assert "ngày ……/……/………" in text_of(paper("delivery", people.centre, case=case).content)
    facts = {"day": f"{today()}", "how": "hand", "to": f"anh Ba {PLANTED}", "signed": False}
    taken(people.chair, case, "deliver", facts=facts)
    due = one("SELECT publication_deadline(%s)", case)
    said = text_of(paper("delivery", people.centre, case=case).content)
    assert f"thời hạn đến hết ngày {due:%d/%m/%Y}" in said
    assert "Người nhận: anh Ba." in said
    assert "x Người nhận từ chối ký." in said
    assert paper("notices", people.centre, list_id=made.id).told["letters"] == 1
    letter = text_of(paper("notices", people.centre, list_id=made.id, case=case).content)
    assert f"được giao ngày {today():%d/%m/%Y}; thời hạn đến hết ngày {due:%d/%m/%Y}" in letter
    with pytest.raises(UnknownFilter):
        paper("delivery", people.other, case=case)  # of another ward


def test_the_paper_is_the_sealed_version_and_who_complied_is_not_on_it(people: People, tmp_path: Path) -> None:
    plant()
    number, named = published(people)
    said = text_of(paper("public_list", people.command, list_id=number).content)
    sha256, root = rows("SELECT sha256, root FROM publication_seal")[0]
    assert "Quán 1" in said
    assert "Quán 5" in said
    assert str(sha256) in said.replace(" ", "")
    assert groups(bytes.fromhex(str(root))) in said
    correct = {"name": f"Quán Mới {PLANTED}", "why": f"sai tên, gọi {PLANTED}"}
    taken(people.centre, named["V5"], "correct", facts=correct)
    registered(tmp_path, "V1", today())
    made = paper("public_list", people.centre, list_id=number)
    said = text_of(made.content)
    assert (made.told["version"], made.told["rows"]) == (2, 1)
    assert "Quán 1" not in said
    assert "Quán Mới" in said
    assert f"Đã đính chính ngày {today():%d/%m/%Y}" in said
    mends = text_of(paper("public_mends", people.centre, list_id=number).content)
    assert "Tên: Quán Mới" in mends
    assert "sai tên" in mends
    taken(people.centre, number, "withdraw", facts={"why": "Sai số liệu"})
    said = text_of(paper("public_mends", people.centre, list_id=number).content)
    assert "Thu hồi toàn bộ danh sách. Lý do: Sai số liệu." in said
    assert "Quán Mới" not in said


def test_nothing_is_printed_that_was_not_sealed_and_no_name_that_was_left_out(people: People) -> None:
    made = drafted(people)
    for kind in ("public_list", "public_mends"):
        with pytest.raises(UnknownFilter):
            paper(kind, people.centre, list_id=made.id)
    number, named = made.id, entries(made.id)
    taken(people.centre, number, "notify")
    taken(people.centre, named["V5"], "name", facts={"anonymous": True, "why": "tên người"})
    for case in named.values():
        delivered(people.centre, case)
    taken(people.command, number, "approve")
    taken(people.centre, number, "publish")
    with loader_connection() as conn:
        conn.execute(
            'UPDATE publication_entry SET shown = shown || \'{"name": "Tên khác"}\' WHERE case_id = %s', (named["V1"],)
        )
    said = text_of(paper("public_list", people.centre, list_id=number).content)
    assert "Tên khác" not in said
    assert "Quán 5" not in said
    assert "Số 5 phố Lê Trọng Tấn" in said


def test_the_register_has_the_numbers_that_were_entered(people: People) -> None:
    number, _ = published(people)
    year = today().year
    with pytest.raises(UnknownFilter):
        paper("outgoing_register", people.centre, year=year)
    entered = {"number": "7/DS-TTVH", "day": f"{today()}", "signer": "Nguyễn Văn A"}
    title = str(one("SELECT title FROM publication WHERE list_id = %s", number))
    taken(people.centre, number, "number", facts={"document": title, "to": "Cổng thông tin"}, paper=entered)
    said = text_of(paper("outgoing_register", people.command, year=year).content)
    for words in ("SỔ VĂN BẢN ĐI", "7/DS-TTVH", "Cổng thông tin", "Nguyễn Văn A"):
        assert words.replace(" ", "") in said.replace(" ", ""), words
    assert "Số: 07/DS-TTVH Hà Đông, ngày" in text_of(paper("public_list", people.centre, list_id=number).content)


def test_who_may_not_publish_gets_no_letters_and_the_command_line_writes_them(people: People, tmp_path: Path) -> None:
    made = drafted(people)
    taken(people.centre, made.id, "notify")
    with pytest.raises(NotAllowed):
        paper("notices", people.command, list_id=made.id)
    out = tmp_path / "thong-bao.pdf"
    assert main(["notices", "--list", str(made.id), "--format", "pdf", "--out", str(out)]) == 0
    assert len(_kept(out.read_bytes())) == 2
    assert one("SELECT count(*) FROM audit_entry WHERE action = 'document.notices'") == 1
    assert main(["public_list", "--list", str(made.id), "--format", "pdf", "--out", str(out)]) == 2


@pytest.fixture
def server() -> Flask:
    from app import server

    return server


def test_letters_come_by_a_post_of_who_may_publish(people: People, server: Flask) -> None:
    made = drafted(people)
    taken(people.centre, made.id, "notify")
    centre, police = (accounts.client(server, token_of(who)) for who in (people.centre, people.police))
    asked = {"list": made.id}
    assert centre.get("/exports/notices.pdf", query_string=asked).status_code == 404
    assert police.post("/exports/notices.pdf", data=asked).status_code == 403
    answer = centre.post("/exports/notices.pdf", data=asked)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert len(_kept(answer.data)) == 2
