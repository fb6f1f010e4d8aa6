"""The list's pages measured against Nghị định 30/2020/NĐ-CP, Phụ lục I: Typst's PDF, and Word's as LibreOffice sets it.

Lengths in millimetres from the top left corner, sizes of letters in points.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pdfplumber
import pytest
from pdfplumber.page import Page

from documents import wording
from tests.documents.conftest import Listed
from tests.documents.district import DAY, LISTED

MM = 72 / 25.4
LEFT, RIGHT = 30.0, 210 - 15.0
CENTRE = (LEFT + RIGHT) / 2
CENTRE_BODY = wording.issuer_or_blank("culture_centre", DAY)


@dataclass(frozen=True)
class Line:
    """A piece of text on one line: where it stands, and how it is set."""

    text: str
    left: float
    right: float
    top: float
    bottom: float
    sizes: frozenset[float]
    fonts: frozenset[str]

    @property
    def centre(self) -> float:
        return (self.left + self.right) / 2

    @property
    def is_bold(self) -> bool:
        return all("Bold" in font for font in self.fonts)

    @property
    def is_italic(self) -> bool:
        return all("Italic" in font for font in self.fonts)


@pytest.fixture(scope="module")
def opened(pages: bytes) -> Iterator[list[Page]]:
    with pdfplumber.open(io.BytesIO(pages)) as pdf:
        yield pdf.pages


def find(page: Page, text: str) -> Line:
    """The first place on the page where ``text`` stands on one line."""
    found = page.search(re.escape(text), return_chars=True)
    assert found, f"«{text}» is not on page {page.page_number}"
    return _line(found[0])


def _line(match: dict) -> Line:  # type: ignore[type-arg]  # as pdfplumber gives it
    chars = [char for char in match["chars"] if char["text"].strip()]
    return Line(
        match["text"],
        min(char["x0"] for char in chars) / MM,
        max(char["x1"] for char in chars) / MM,
        min(char["top"] for char in chars) / MM,
        max(char["bottom"] for char in chars) / MM,
        frozenset(round(char["size"], 1) for char in chars),
        frozenset(char["fontname"].split("+")[-1].replace("BoldItalic", "Bold-Italic") for char in chars),
    )


def rule_below(page: Page, line: Line) -> tuple[float, float]:
    """Left and right end of the nearest horizontal rule within 5 mm below the line."""
    found = [
        (shape["top"] / MM, shape["x0"] / MM, shape["x1"] / MM)
        for shape in [*page.lines, *page.rects, *page.curves]
        if shape["height"] < 1.5 and line.bottom - 1.5 < shape["top"] / MM < line.bottom + 5
        and shape["x0"] / MM < line.centre < shape["x1"] / MM
    ]  # fmt: skip
    assert found, f"no rule below «{line.text}»"
    return min(found)[1:]


def test_the_sheet_is_a4_and_its_margins_are_kept(opened: list[Page]) -> None:
    for page in opened:
        assert page.width / MM == pytest.approx(210, abs=0.2)
        assert page.height / MM == pytest.approx(297, abs=0.2)
        inside = [char for char in page.chars if char["text"].strip() and 20 <= char["top"] / MM <= 277]
        assert min(char["x0"] for char in inside) / MM >= LEFT - 0.3
        assert max(char["x1"] for char in inside) / MM <= RIGHT + 0.3
        for char in page.chars:
            if char["top"] / MM < 19.5 and char["text"].strip():
                assert char["text"].isdigit(), "only the page's number stands in the top margin"
            if char["bottom"] / MM > 277.5 and char["text"].strip():
                assert char["text"] in wording.DEMO, "only the mark of a demonstration stands in the bottom margin"
    body = find(opened[0], "Căn cứ Công văn")
    lines = [line for line in _lines(opened[0]) if line.top > body.top]
    assert min(line.left for line in lines) == pytest.approx(LEFT, abs=0.5)
    assert max(line.right for line in lines) == pytest.approx(RIGHT, abs=0.7), "justified up to the right margin"
    assert body.left == pytest.approx(LEFT + 10, abs=0.6), "first lines are 10 mm in"
    assert find(opened[0], CENTRE_BODY.parent[0]).top == pytest.approx(20, abs=1.5)


def test_country_and_motto(opened: list[Page]) -> None:
    country, motto = find(opened[0], wording.COUNTRY), find(opened[0], wording.MOTTO)
    assert (country.sizes, motto.sizes) == ({12.0}, {13.0})
    assert country.is_bold
    assert motto.is_bold
    assert not country.is_italic
    assert country.left > 105 - 15, "in the right half"
    assert motto.centre == pytest.approx(country.centre, abs=0.7)
    assert 0 < motto.top - country.top < 8
    left, right = rule_below(opened[0], motto)
    assert right - left == pytest.approx(motto.right - motto.left, abs=1)
    assert (left + right) / 2 == pytest.approx(motto.centre, abs=0.7)


def test_issuing_bodies_on_the_left(opened: list[Page]) -> None:
    parent = [find(opened[0], line) for line in CENTRE_BODY.parent]
    body = [find(opened[0], line) for line in CENTRE_BODY.body]
    for line in (*parent, *body):
        assert line.sizes == {12.0}
        assert line.right < 100
        assert line.centre == pytest.approx(parent[0].centre, abs=0.7)
        assert not line.is_italic
    assert not any(line.is_bold for line in parent)
    assert all(line.is_bold for line in body)
    assert [line.top for line in (*parent, *body)] == sorted(line.top for line in (*parent, *body))
    left, right = rule_below(opened[0], body[-1])
    longest = max(line.right - line.left for line in body)
    assert longest / 3 <= right - left <= longest / 2, "a third to a half of the line"
    assert (left + right) / 2 == pytest.approx(body[-1].centre, abs=0.7)


def test_number_and_date_on_one_line(opened: list[Page]) -> None:
    number = find(opened[0], wording.official_number(f"DS-{CENTRE_BODY.code}"))
    date = find(opened[0], "Hà Đông, ngày 30 tháng 11 năm 2021")
    assert number.sizes == date.sizes == {13.0}
    assert not number.is_bold
    assert not number.is_italic
    assert date.is_italic
    assert not date.is_bold
    assert number.bottom == pytest.approx(date.bottom, abs=0.3)
    assert date.centre == pytest.approx(find(opened[0], wording.COUNTRY).centre, abs=0.7)
    assert number.centre == pytest.approx(find(opened[0], CENTRE_BODY.parent[0]).centre, abs=0.7)


def test_title_and_subject_in_the_middle(opened: list[Page]) -> None:
    kind, subject = find(opened[0], wording.KIND), find(opened[0], wording.SUBJECT)
    assert (kind.sizes, subject.sizes) == ({14.0}, {13.0})
    assert kind.is_bold
    assert subject.is_bold
    assert kind.centre == pytest.approx(CENTRE, abs=0.7)
    last = find(opened[0], "tính đến hết ngày 30/11/2021")
    assert last.is_bold
    left, right = rule_below(opened[0], last)
    assert right - left < 60
    assert (left + right) / 2 == pytest.approx(CENTRE, abs=0.7)


def test_bases_in_italics_and_body_upright(opened: list[Page]) -> None:
    for base in ("Căn cứ Công văn số 2962/UBND-VHTT", "Căn cứ kết quả theo dõi"):
        line = find(opened[0], base)
        assert line.is_italic
        assert line.sizes == {13.0}
    body = find(opened[0], f"Có {len(LISTED)} địa điểm vi phạm")
    assert body.sizes == {13.0}
    assert not body.is_italic
    assert not body.is_bold
    first, second = find(opened[0], "Địa điểm vi phạm là địa điểm"), find(opened[0], "Số liệu có từ ngày")
    above = max(line.bottom for line in _lines(opened[0]) if line.bottom < second.top + 1 and line.top >= first.top)
    assert (second.top - above) * MM >= 4.5, "at least 6 pt between paragraphs, less what a line's own box holds"


def _lines(page: Page) -> list[Line]:
    return [
        _line({"text": line["text"], "chars": line["chars"]})
        for line in page.extract_text_lines(return_chars=True)
        if line["text"].strip()
    ]


def test_pages_are_numbered_in_the_top_margin_from_the_second(opened: list[Page]) -> None:
    assert len(opened) >= 3
    for page in opened:
        digits = [char for char in page.chars if char["top"] / MM < 19.5 and char["text"].strip()]
        if page.page_number == 1:
            assert digits == []
            continue
        assert "".join(char["text"] for char in digits) == str(page.page_number)
        middle = (digits[0]["x0"] + digits[-1]["x1"]) / 2 / MM
        assert middle == pytest.approx(CENTRE, abs=0.7)
        assert {round(char["size"]) for char in digits} == {13}
        assert not any("Bold" in char["fontname"] or "Italic" in char["fontname"] for char in digits)
        assert 5 < digits[0]["top"] / MM < 16


def test_tables_repeat_ward_and_header_and_break_no_row(opened: list[Page]) -> None:
    numbers: list[int] = []
    for page in opened:
        for table in page.find_tables():
            lines = table.extract()
            if len(lines[0]) != 7:
                continue
            header = next(cells for cells in lines if cells[0] == "TT")
            assert [re.sub(r"\s+", " ", cell or "") for cell in header] == list(wording.COLUMNS)
            above = page.crop((0, table.bbox[1] - 24, page.width, table.rows[1].bbox[3])).extract_text()
            assert "địa điểm" in above
            assert "Phường" in above or wording.NO_WARD in above, "each table says on each page of which ward it is"
            rows = [cells for cells in lines if (cells[0] or "").isdigit()]
            assert all(all(cell and cell.strip() for cell in cells) for cells in rows), "a row is whole on its page"
            numbers += [int(cells[0] or 0) for cells in rows]
    assert numbers == list(range(1, len(LISTED) + 1))


def test_nothing_is_clipped_or_leaves_its_cell(opened: list[Page]) -> None:
    for page in opened:
        for table in page.find_tables():
            columns = [cell for row in table.rows for cell in row.cells if cell]
            left, right = min(cell[0] for cell in columns), max(cell[2] for cell in columns)
            edges = sorted({round(cell[0], 1) for cell in columns} | {round(right, 1)})
            if len(edges) != 8:
                continue
            inside = page.crop((left, table.bbox[1], right, table.bbox[3]))
            below_header = [char for char in inside.chars if char["size"] < 12.5 and char["text"].strip()]
            for char in below_header:
                column = max(index for index, edge in enumerate(edges) if edge <= char["x0"] + 0.5)
                assert char["x1"] <= edges[column + 1] + 0.3, f"«{char['text']}» crosses its column's edge"


def test_recipients_and_signature_close_the_list(opened: list[Page], listed: Listed) -> None:
    page = opened[-1]
    label, position = find(page, "Nơi nhận:"), find(page, CENTRE_BODY.signers[0].position)
    assert label.sizes == {12.0}
    assert label.is_bold
    assert label.is_italic
    assert position.sizes == {13.0}
    assert position.is_bold
    assert label.left == pytest.approx(LEFT, abs=0.5)
    assert position.left > CENTRE
    assert label.top == pytest.approx(position.top, abs=1.2), "level with the position"
    for recipient in wording.with_stops(wording.recipients(listed[1])):
        line = find(page, f"- {recipient}")
        assert line.sizes == {11.0}
        assert not line.is_bold
    assert find(page, f"{wording.OBJECTION_HEADING}.").is_bold
    assert "hai ngày làm việc" in re.sub(r"\s+", " ", page.extract_text()), "the signature never stands alone"


def test_every_page_of_a_demonstration_says_so(opened: list[Page]) -> None:
    for page in opened:
        assert find(page, wording.DEMO).is_bold
