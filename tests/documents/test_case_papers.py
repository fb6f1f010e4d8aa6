"""Papers of cases as PDF, read back: what they say, what they leave blank, and whom they do not name."""

import io
import os
from collections.abc import Callable
from pathlib import Path

import pdfplumber
import pytest
from PIL import Image, ImageDraw

from data.access.caller import COMMAND_LINE, Caller, acting_as
from data.database.connection import app_connection, loader_connection
from data.desk.cases import Taken
from data.errors import UnknownFilter
from data.status.days import today
from documents.catalogue import SIGNATURE, make, tried
from documents.office_templates import text_of as paragraphs_of
from etl.store import files
from tests.data.cases_world import DAY, PAPER, People, ground, open_as, step_as
from tests.documents.reading import squeezed
from tests.documents.test_office_templates import template

PLANTED = "0912 345 678"
LONG = "Cơ sở sửa chữa điện tử, điện lạnh, thiết bị gia dụng và dịch vụ vận chuyển Nguyễn Thị Phương Quỳnh Hương"


@pytest.fixture(scope="module")
def people(database: str, tmp_path_factory: pytest.TempPathFactory) -> People:
    ground(tmp_path_factory.mktemp("so"))
    with loader_connection() as conn:
        conn.execute("UPDATE venue SET name = %s WHERE code = 'V1'", (f"{LONG} (ĐT: {PLANTED})",))
    return People()


@pytest.fixture(scope="module")
def request_of(people: People) -> Taken:
    case = open_as(
        people.police, "suspension_request", "request", facts={"reason": f"Đã nhắc; gọi {PLANTED} không gặp"}
    )
    step_as(people.chair, case, "confirm")
    return step_as(people.police, case, "agree", facts={"owner": "Nguyễn Thị Phương Quỳnh", "signed": True})


def paper(kind: str, case: Taken, who: Caller = COMMAND_LINE) -> str:
    """What the paper says, page by page; a picture of each page where PICTURES names a folder."""
    with acting_as(who), app_connection() as conn:
        made = make(kind, "pdf", conn, case=case.id)
    text = text_of(made.content, kind)
    # Today there is no district.
    assert "QUẬN HÀ ĐÔNG" not in text
    return text


def words_of(content: bytes) -> str:
    return "\n".join(paragraphs_of(content))


def text_of(content: bytes, name: str) -> str:
    with pdfplumber.open(io.BytesIO(content)) as pdf:
        for number, page in enumerate(pdf.pages):
            inside = [word for word in page.extract_words() if word["x1"] > page.width or word["bottom"] > page.height]
            assert inside == []
            if folder := os.environ.get("PICTURES"):
                page.to_image(resolution=80).save(f"{folder}/{name}-{number + 1}.png")
        return squeezed(" ".join(page.extract_text() for page in pdf.pages))


def test_the_request_names_counted_reminders_and_leaves_number_date_and_answer_blank(
    people: People, request_of: Taken
) -> None:
    text = paper("suspension_request", request_of)
    days = ", ".join(f"{today() - DAY * n:%d/%m/%Y}" for n in (20, 19, 18))
    assert f"đã được nhắc nhở 3 lần (các ngày {days})" in text
    assert "CÔNG AN" in text
    assert "Số: …………/" in text
    assert "ngày …… tháng …… năm ………" in text
    assert "phường Mộ Lao" in text
    assert "Nguyễn Thị Phương Quỳnh" in text
    assert LONG.split(",")[0] in text
    assert "0912" not in text
    assert "Nguyễn Thị Phương Quỳnh Hương" in text  # the venue's own name
    seen = paper("suspension_request", request_of, people.command)  # who may not see contacts
    assert seen.count("Nguyễn Thị Phương Quỳnh") == seen.count("Nguyễn Thị Phương Quỳnh Hương")


def test_minutes_are_a_form_before_the_visit_and_say_what_was_recorded_after_it(people: People) -> None:
    case = open_as(people.police, "visit", "plan", "V2", facts={"kind": "inspection"})
    form = paper("minutes", case)
    assert "BIÊN BẢN KIỂM TRA" in form
    assert "x Chưa tạo mã QR" not in form
    words = f"Sẽ tạo mã trong tuần, số máy {PLANTED}.\nXin hướng dẫn thêm."
    step_as(people.police, case, "record", facts={"outcome": "not_compliant", "words": words, "signed": "refused"})
    text = paper("minutes", case)
    assert f"ngày {today():%d/%m/%Y}" in text
    assert "x Chưa tạo mã QR, hoặc có mã mà không để người vào quét." in text
    assert "Sẽ tạo mã trong tuần" in text
    assert "0912" not in text
    assert "Người đại diện cơ sở từ chối ký biên bản." in text
    assert "Công an An" in text


def test_a_drawn_signature_stands_in_the_minutes_of_guidance(people: People, tmp_path: Path) -> None:
    case = open_as(people.chair, "visit", "plan", "V3", facts={"kind": "guidance"})
    picture = Image.new("L", (400, 160), 255)
    ImageDraw.Draw(picture).line([(20, 120), (120, 30), (200, 130), (380, 40)], fill=0, width=6)
    picture.save(tmp_path / SIGNATURE, "PNG")
    said = {"outcome": "made_on_spot", "signed": "signed", "signature": files.keep(tmp_path / SIGNATURE)}
    step_as(people.chair, case, "record", facts=said)
    with acting_as(people.chair), app_connection() as conn:
        content = make("minutes", "pdf", conn, case=case.id).content
        own = tried(conn, "minutes", template("Bên lập: {{co_quan}}."), "V3")
    assert "Bên lập: Ủy ban nhân dân phường Mộ Lao." in words_of(own)
    assert "BIÊN BẢN LÀM VIỆC" in text_of(content, "minutes-signed")
    with pdfplumber.open(io.BytesIO(content)) as pdf:
        assert [image["srcsize"] for page in pdf.pages for image in page.images] == [(400, 160)]


def test_drafts_of_a_repeal_and_of_a_referral_stand_on_what_the_case_says(people: People) -> None:
    entered = PAPER | {"day": f"{today()}"}
    decision = open_as(people.police, "suspension_decision", "enter", "V5", paper=entered)
    text = paper("lifting", decision)
    assert "DỰ THẢO" in text
    assert f"Bãi bỏ Quyết định số 12/QĐ-UBND ngày {today():%d/%m/%Y} của UBND quận Hà Đông" in text
    assert "CHỦ TỊCH ỦY BAN NHÂN DÂN" not in text  # of a district that is no more
    assert "CHỦ TỊCH …" in text
    assert "QUYẾT ĐỊNH: Điều 1." in text
    step_as(people.police, decision, "annul", facts={"why": "nhầm địa điểm"})
    with pytest.raises(UnknownFilter):
        paper("lifting", decision)
    with pytest.raises(UnknownFilter):
        paper("minutes", decision)
    visit = open_as(people.police, "visit", "plan", "V5", facts={"kind": "guidance"})
    step_as(people.police, visit, "record", facts={"outcome": "not_compliant", "day": f"{today() - 3 * DAY}"})
    asked = {"to": "Ủy ban nhân dân quận Hà Đông", "for_what": f"Xử lý theo thẩm quyền. Liên hệ {PLANTED}."}
    referral = open_as(people.police, "referral", "refer", "V5", facts=asked)
    text = paper("referral", referral)
    assert "Kính gửi: Ủy ban nhân dân quận Hà Đông" in text
    assert "Xử lý theo thẩm quyền" in text
    assert f"Lượt đến kết thúc ngày {today() - 3 * DAY:%d/%m/%Y}" in text  # not the day on which it was written down
    assert "0912" not in text


def test_somebody_of_another_ward_gets_no_paper(people: People, request_of: Taken) -> None:
    with pytest.raises(UnknownFilter):
        paper("suspension_request", request_of, people.other)
    with acting_as(people.other), app_connection() as conn, pytest.raises(UnknownFilter):
        tried(conn, "suspension_request", template(), "V1")


def test_an_offices_own_layout_says_of_a_case_what_whoever_asks_may_see(people: People, request_of: Taken) -> None:
    del request_of
    layout = template("{{ly_do}} {{dai_dien}}: {{ngay_nhac}}")
    for who, sees in ((people.police, True), (people.command, False)):
        with acting_as(who), app_connection() as conn:
            said = words_of(tried(conn, "suspension_request", layout, "V1"))
        assert LONG in said.replace("\u200b", "")
        assert "Đã nhắc; gọi" in said
        assert "0912" not in said
        assert ("Nguyễn Thị Phương Quỳnh:" in said) is sees
        assert f"{today() - DAY * 20:%d/%m/%Y}, {today() - DAY * 19:%d/%m/%Y}" in said


def test_the_command_line_writes_a_paper(people: People, request_of: Taken, tmp_path: Path) -> None:
    from documents.__main__ import main

    out = tmp_path / "de-nghi.pdf"
    assert main(["suspension_request", "--case", str(request_of.id), "--format", "pdf", "--out", str(out)]) == 0
    assert out.read_bytes().startswith(b"%PDF")
    assert main(["minutes", "--case", str(request_of.id), "--format", "pdf", "--out", str(out)]) == 2


def test_the_same_papers_are_word_documents_that_say_the_same(
    people: People, request_of: Taken, word_to_pdf: Callable[[bytes, str], bytes]
) -> None:
    with acting_as(people.police), app_connection() as conn:
        made = make("suspension_request", "docx", conn, case=request_of.id)
        again = make("suspension_request", "docx", conn, case=request_of.id)
        paged = make("suspension_request", "pdf", conn, case=request_of.id)
    assert made.name.endswith(".docx")
    assert made.content == again.content
    as_word = text_of(word_to_pdf(made.content, "docx"), "suspension_request_docx")
    assert PLANTED not in as_word
    for words in text_of(paged.content, "suspension_request_pdf").split():
        assert words in as_word or set(words) <= set("…./")
