"""Papers that are written by parts, measured on their rendered pages against Nghị định 30/2020/NĐ-CP, Phụ lục I.

Every kind, as Typst's PDF and as Word's document that LibreOffice sets; all documents in one call of LibreOffice.
"""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pdfplumber
import pytest
from pdfplumber.page import Page

from data.access.caller import COMMAND_LINE, acting_as
from data.database.connection import Connection, desk_connection
from data.desk import reports
from data.desk.cases import open_case, take_step
from documents import wording
from documents.case_papers import Layout, blank, filled, heading, text
from documents.catalogue import make
from documents.font_coverage import width_of
from documents.typesetting import MAY_BREAK, WIDEST_PIECE, breakable
from tests.data.cases_world import PAPER
from tests.documents.test_layout import CENTRE, LEFT, MM, RIGHT, Line, find, rule_below
from tests.documents.test_reports import LAST_WEEK, TO
from tests.fixtures.officers import officer

LINES = "\n".join(f"Nội dung thứ {number} kiến nghị xem xét." for number in range(1, 32))


@dataclass(frozen=True)
class Kind:
    """What is looked for on a paper: its issuing body's last line, what it is called (or is about), to whom it goes, on
    what it rests, what stands at its end, and of how many pages it is at most.
    """

    body: str
    title: str
    ends: str
    to: str | None = "Kính gửi:"
    base: str | None = "Căn cứ Công văn"
    most_pages: int = 1

    @property
    def is_letter(self) -> bool:
        return self.title.startswith("V/v")


KINDS = {
    "weekly_report": Kind("PHƯỜNG MỘ LAO", "BÁO CÁO", "TM. ỦY BAN NHÂN DÂN", base="Thực hiện Công văn", most_pages=5),
    "district_report": Kind("VÀ THÔNG TIN", "BÁO CÁO", "TRƯỞNG PHÒNG", base="Thực hiện Công văn", most_pages=7),
    "reminder": Kind("PHƯỜNG MỘ LAO", "V/v nhắc nhở", "TM. ỦY BAN NHÂN DÂN"),
    "loudspeaker": Kind("PHƯỜNG MỘ LAO", "BÀI PHÁT THANH", "TM. ỦY BAN NHÂN DÂN", to=None, base=None),
    "suspension_request": Kind("CÔNG AN QUẬN HÀ ĐÔNG", "V/v đề nghị", "CƠ QUAN CÔNG AN"),
    "lifting": Kind("QUẬN HÀ ĐÔNG", "QUYẾT ĐỊNH", "CHỦ TỊCH", to=None, base="Căn cứ Luật"),
    "referral": Kind("CÔNG AN QUẬN HÀ ĐÔNG", "V/v kiến nghị", "THỦ TRƯỞNG ĐƠN VỊ", most_pages=2),
    "minutes": Kind("CÔNG AN QUẬN HÀ ĐÔNG", "BIÊN BẢN KIỂM TRA", "CÁN BỘ THỨ NHẤT", to=None),
    "minutes_filled": Kind("CÔNG AN QUẬN HÀ ĐÔNG", "BIÊN BẢN KIỂM TRA", "CÁN BỘ THỨ NHẤT", to=None, most_pages=2),
}
FORMS = ("pdf", "docx")
Papers = Mapping[tuple[str, str], list[Page]]


@pytest.fixture(scope="module", autouse=True)
def database(demo_database: str) -> str:
    return demo_database


def of_reports(conn: Connection, venue: str, ward: str) -> dict[tuple[str, str], bytes]:
    asked = {
        "weekly_report": {"report": reports.opened(conn, ward, LAST_WEEK)},
        "district_report": {"report": reports.opened_district(conn, LAST_WEEK, TO)},
        "reminder": {"venue": venue},
        "loudspeaker": {"ward": ward},
    }
    return {(kind, form): make(kind, form, conn, **asked[kind]).content for kind in asked for form in FORMS}


def of_cases(conn: Connection, codes: list[str]) -> dict[tuple[str, str], bytes]:
    found = open_case(conn, "visit", "plan", codes[2], facts={"kind": "inspection"})
    told = {"outcome": "not_compliant", "words": "Sẽ tạo mã trong tuần.\nXin hướng dẫn thêm.", "signed": "refused"}
    take_step(conn, found.id, "record", facts=told)
    entered = PAPER | {"day": "2021-11-30"}
    asked = {"to": "Ủy ban nhân dân quận Hà Đông", "for_what": LINES}
    cases = {
        "suspension_request": open_case(conn, "suspension_request", "request", codes[0], facts={"reason": "Đã nhắc."}),
        "minutes": open_case(conn, "visit", "plan", codes[1], facts={"kind": "inspection"}),
        "minutes_filled": found,
        "lifting": open_case(conn, "suspension_decision", "enter", codes[3], paper=entered),
        "referral": open_case(conn, "referral", "refer", codes[2], facts=asked),
    }
    return {
        (kind, form): make(kind.removesuffix("_filled"), form, conn, case=case.id).content
        for kind, case in cases.items()
        for form in FORMS
    }


@pytest.fixture(scope="module")
def papers(database: str, words_to_pdf: Callable[[Mapping[str, bytes]], dict[str, bytes]]) -> Papers:
    """Each kind's pages in each form; the database is as it was."""
    made: dict[tuple[str, str], bytes] = {}
    with acting_as(COMMAND_LINE), desk_connection() as conn:
        rows = conn.execute(
            "SELECT w.code AS ward, v.code AS venue FROM venue AS v JOIN ward AS w ON w.id = v.ward_id"
            " WHERE v.status = 'violating' ORDER BY w.name <> 'Mộ Lao', v.code LIMIT 4"
        ).fetchall()
        made |= of_reports(conn, rows[0]["venue"], rows[0]["ward"])
        conn.rollback()
    with acting_as(officer("an", role="police", name="Công an An")), desk_connection() as conn:
        made |= of_cases(conn, [row["venue"] for row in rows])
        conn.rollback()
    in_word = words_to_pdf({f"{kind}.docx": content for (kind, form), content in made.items() if form == "docx"})
    made |= {(kind, "docx"): in_word[kind] for kind in KINDS}
    return {key: pdfplumber.open(io.BytesIO(content)).pages for key, content in made.items()}


@pytest.fixture(params=[(kind, form) for kind in KINDS for form in FORMS], ids="-".join)
def sheets(request: pytest.FixtureRequest, papers: Papers) -> tuple[Kind, list[Page]]:
    return KINDS[request.param[0]], papers[request.param]


def test_margins_and_letters_are_the_decrees_and_pages_are_numbered(sheets: tuple[Kind, list[Page]]) -> None:
    kind, pages = sheets
    assert len(pages) <= kind.most_pages
    for number, page in enumerate(pages, start=1):
        assert (round(page.width / MM), round(page.height / MM)) == (210, 297)
        letters = [char for char in page.chars if char["text"].strip() and 20 <= char["top"] / MM <= 277]
        assert min(char["x0"] for char in letters) / MM >= LEFT - 0.6
        assert max(char["x1"] for char in letters) / MM <= RIGHT + 0.6
        above = "".join(char["text"] for char in page.chars if char["bottom"] / MM < 20).strip()
        assert above == ("" if number == 1 else str(number)), "pages but the first bear their number in the top margin"
        below = "".join(char["text"] for char in page.chars if char["bottom"] / MM > 277.5)
        assert set(below.strip()) <= set(wording.DEMO), "only the mark of a demonstration stands in the bottom margin"
        assert {"Times" in char["fontname"] or "Liberation" in char["fontname"] for char in letters} == {True}
        if kind.title != "BÁO CÁO":  # the names on its pictures are small
            assert {round(char["size"]) for char in letters if char["text"] != "x"} <= {11, 12, 13, 14}


def test_the_heads_elements_have_their_places_sizes_and_order(sheets: tuple[Kind, list[Page]]) -> None:
    kind, [first, *_] = sheets
    country, motto = find(first, wording.COUNTRY), find(first, wording.MOTTO)
    assert (country.sizes, motto.sizes) == ({12.0}, {13.0})
    assert country.is_bold
    assert country.left > 90
    left, right = rule_below(first, motto)
    assert right - left == pytest.approx(motto.right - motto.left, abs=1.5)
    number, date = find(first, "Số: "), find(first, ", ngày ……")
    assert number.sizes == date.sizes == {13.0}
    assert number.right < 100 < date.left
    assert date.is_italic
    assert number.bottom == pytest.approx(date.bottom, abs=0.4)
    body = find(first, kind.body)
    assert body.sizes == {12.0}
    assert body.is_bold
    left, right = rule_below(first, body)
    assert left >= LEFT - 0.3
    assert 12 < right - left < 33, "a third to a half of the line"
    title = find(first, kind.title)
    if kind.is_letter:
        assert title.sizes == {12.0}
        assert title.right < 100
    else:
        assert title.sizes == {14.0}
        assert title.is_bold
        assert title.centre == pytest.approx(CENTRE, abs=1.5)
    order = [body, number, title, *(find(first, words) for words in (kind.to, kind.base) if words)]
    assert [line.top for line in order] == sorted(line.top for line in order)
    assert country.top < motto.top < number.top
    if kind.base:
        assert order[-1].is_italic
        assert order[-1].sizes == {13.0}
        assert order[-1].left == pytest.approx(LEFT + 10, abs=0.6)


def test_the_signature_closes_the_paper_and_is_never_alone_on_a_page(sheets: tuple[Kind, list[Page]]) -> None:
    kind, pages = sheets
    last = pages[-1]
    signer = max(_all(last, kind.ends), key=lambda line: line.top)
    assert signer.is_bold
    assert signer.sizes == {13.0}
    assert signer.left > 100
    if not kind.title.startswith("BIÊN BẢN"):
        recipients = find(last, "Nơi nhận:")
        assert recipients.sizes == {12.0}
        assert recipients.is_bold
        assert recipients.is_italic
        assert find(last, "Lưu: VT").sizes == {11.0}
        if kind.title != "V/v đề nghị":
            assert recipients.top == pytest.approx(signer.top, abs=1.2), "level with the position"
    written = [line for line in last.extract_text_lines() if 20 < line["top"] / MM < signer.top - 1]
    assert len(written) >= 4, "words of the paper stand on the page that is signed"
    for page in pages[:-1]:
        end = [line for line in page.extract_text_lines() if line["bottom"] / MM < 277][-1]
        is_heading = all("Bold" in char["fontname"] for char in end["chars"]) and end["x0"] / MM < LEFT + 1
        assert not is_heading, "a heading stands with what it heads"


def _all(page: Page, words: str) -> list[Line]:
    return [find(page.crop((0, match["top"] - 1, page.width, page.height)), words) for match in page.search(words)]


@pytest.mark.parametrize("form", FORMS)
def test_numbers_of_reports_stand_below_each_other_to_the_right(papers: Papers, form: str) -> None:
    for kind in ("weekly_report", "district_report"):
        names = ("Tổng số địa điểm", "Địa điểm đã tạo mã", "Địa điểm có lượt quét")
        lines = [line for line in papers[kind, form][0].extract_text_lines() if line["text"].startswith(names)]
        ends = [line["x1"] / MM for line in lines]
        assert len(ends) == 3
        assert max(ends) - min(ends) < 0.5


def test_what_stands_with_the_signature_reaches_back_to_a_heading_and_no_further_than_it_may() -> None:
    def held(*parts: dict[str, object]) -> int:
        closing = {"recipients": [], "signatory": ""}
        return int(filled(Layout("", {}, parts, closing=closing))["held"])

    short, long = text("Một câu."), text("x" * 4000)
    assert held() == 0
    assert held(short) == 1
    assert held(text("x" * 1900)) == 1
    assert held(long) == 0
    assert held(long, short) == 1
    assert held(short, heading("1."), blank("Ý kiến:", 3), short) == 3
    assert held(*[short] * 9) == 6
    assert filled(Layout("", {}, [short]))["held"] == 0


def test_a_word_is_broken_by_how_wide_it_is() -> None:
    for word in ("W" * 40, "Ẫ" * 40, "i" * 300, "한" * 9):
        assert max(sum(map(width_of, piece)) for piece in breakable(word).split(MAY_BREAK)) <= WIDEST_PIECE
    assert breakable("Phường Nguyễn Trãi, 128/15/4 NGHIÊNG") == "Phường Nguyễn Trãi, 128/15/4 NGHIÊNG"


def test_a_body_without_a_signer_and_a_paper_without_recipients_are_left_to_the_office() -> None:
    assert wording.with_stops([]) == []
    assert wording.signatory(wording.NOBODY) == "THỦ TRƯỞNG ĐƠN VỊ"
