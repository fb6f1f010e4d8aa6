"""Each format is read back and compared with the rule; each says of itself what a published list must say."""

import dataclasses
import datetime as dt
import io
import re

import docx
import html5lib
import openpyxl
import pdfplumber
import pypdf
import pypdfium2
import pytest
from docx.oxml.ns import qn

from data.database.connection import Connection
from data.queries.violators import ListFacts, Violator, WardCount
from documents import wording
from documents.catalogue import FORMATS, VIOLATORS
from tests.documents.conftest import Listed
from tests.documents.district import DAY, LISTED, LONG_ADDRESS, OWNER, PHONE, violators_by_rule
from tests.documents.reading import NAMESPACE, READERS, ReadList, squeezed

formats = pytest.mark.parametrize("fmt", FORMATS["violators"])


def read(fmt: str, listed: Listed) -> ReadList:
    """The list written and read back."""
    return READERS[fmt](VIOLATORS[fmt](*listed))


def without_blanks(text: str) -> str:
    """A cell read from a page has blanks where its lines ended."""
    return re.sub(r"\s", "", text)


@formats
@pytest.mark.usefixtures("district")
def test_figures_read_back_are_the_rules(fmt: str, conn: Connection, listed: Listed) -> None:
    found = read(fmt, listed)
    by_rule = violators_by_rule(conn, DAY)
    assert [row.number for row in found.rows] == list(range(1, len(by_rule) + 1))
    assert {row.code for row in found.rows} == set(by_rule)
    for row in found.rows:
        rule = by_rule[row.code]
        assert row.reminders == rule["count"], row
        days = {f"{day:%d/%m/%Y}" for day in rule["days"]}
        assert {day[:10] for day in row.days} == days, row
        assert row.ward == (f"Phường {rule['ward']}" if rule["ward"] else wording.NO_WARD), row
        assert ("Chưa tạo mã QR" in row.failing) == (not rule["has_qr"]), row
    if found.by_ward:  # CSV holds the one table only
        expected = {wording.ward_name(count.name): count.violators for count in listed[1].by_ward}
        assert found.by_ward == expected
        assert sum(expected.values()) == len(by_rule)


@formats
def test_texts_come_through_whole(fmt: str, listed: Listed) -> None:
    found = {row.code: row for row in read(fmt, listed).rows}
    for place in LISTED:
        row = found[place.code]
        shown = place.name.replace("한국 ★", "□□ □") if fmt == "pdf" else place.name
        assert without_blanks(row.name) == without_blanks(shown)
    assert without_blanks(found["HD0002"].address) == without_blanks(LONG_ADDRESS)
    assert found["HD0003"].address == "+84 phố Lê Lợi"
    assert found["HD0006"].address == "Chưa có địa chỉ"
    assert found["HD0007"].days == ("02/11/2021 (2 lần)", "09/11/2021")


@formats
def test_says_day_count_threshold_legal_basis_and_how_to_object(fmt: str, listed: Listed) -> None:
    text = read(fmt, listed).text
    for sentence in (
        "tính đến hết ngày 30/11/2021",
        f"Có {len(LISTED)} địa điểm vi phạm, tại 5 trên 17 phường",
        "từ 3 lần trở lên (ngưỡng áp dụng: 3 lần)",
        "trong 7 ngày gần nhất có số liệu",
        "2962/UBND-VHTT ngày 27 tháng 9 năm 2021",
        "hai ngày làm việc",
        "số liệu lượt quét mới nhất là của ngày 28/11/2021",
        "Dữ liệu minh họa",
        "phạm vi: toàn quận Hà Đông",
    ):
        assert sentence in text, sentence


@formats
def test_another_policy_is_printed_as_used(fmt: str, listed: Listed) -> None:
    rows, facts = listed
    found = read(fmt, (rows, dataclasses.replace(facts, threshold=4, window_days=5)))
    assert "từ 4 lần trở lên (ngưỡng áp dụng: 4 lần)" in found.text
    assert "trong 5 ngày gần nhất" in found.text


@formats
def test_no_owner_telephone_or_demo_mark_where_none_belongs(fmt: str, listed: Listed) -> None:
    rows, facts = listed
    for is_demo in (True, False):
        document = VIOLATORS[fmt](rows, dataclasses.replace(facts, is_demo=is_demo))
        everything = READERS[fmt](document).text + repr(READERS[fmt](document).rows)
        assert not re.search(r"(?<!\d)0\d{8,}", everything.replace(" ", ""))
        assert OWNER not in everything
        assert PHONE not in everything
        assert ("minh họa" in everything.lower()) == is_demo


@formats
def test_the_empty_list_is_a_page_that_says_so(fmt: str, listed: Listed) -> None:
    facts = dataclasses.replace(
        listed[1],
        total=0,
        by_ward=tuple(WardCount(count.code, count.name, 0) for count in listed[1].by_ward if count.code),
    )
    found = read(fmt, ([], facts))
    assert found.rows == []
    assert "Không có địa điểm vi phạm tính đến hết ngày 30/11/2021" in found.text
    assert "2962/UBND-VHTT" in found.text
    if fmt == "pdf":
        assert len(pypdf.PdfReader(io.BytesIO(VIOLATORS["pdf"]([], facts))).pages) == 1


@formats
def test_5000_venues_are_all_there(fmt: str) -> None:
    rows, facts = many(5000)
    document = VIOLATORS[fmt](rows, facts)
    codes = [row.venue_code for row in rows]
    if fmt == "pdf":  # text alone: finding the tables of 500 pages would take minutes
        pages = pypdfium2.PdfDocument(document)
        text = " ".join(page.get_textpage().get_text_range() for page in pages)
        assert re.findall(r"HD\d{4}", text) == codes
        assert "Có 5.000 địa điểm vi phạm" in squeezed(text)
    elif fmt == "docx":  # python-docx takes minutes to walk so many cells
        body = docx.Document(io.BytesIO(document)).element.body
        texts = [text.text or "" for text in body.iter(qn("w:t"))]
        assert re.findall(r"HD\d{4}", " ".join(texts)) == codes
    else:
        found = READERS[fmt](document)
        assert [row.code for row in found.rows] == codes
        assert found.rows[-1].number == 5000


def many(count: int) -> Listed:
    """A list of ``count`` venues in two wards."""
    days = tuple(DAY - dt.timedelta(number) for number in (20, 10, 1))
    half = count // 2
    rows = [
        Violator(
            "1" if number < half else "2", "Hà Cầu" if number < half else "Mộ Lao", f"Quán {number}",
            f"{number} đường Quang Trung kéo dài", "Quán ăn", number % 2 == 0, 3, days, f"HD{number:04}",
        )
        for number in range(count)
    ]  # fmt: skip
    wards = (WardCount("1", "Hà Cầu", half), WardCount("2", "Mộ Lao", count - half))
    return rows, ListFacts(DAY, 3, 7, False, count, wards, DAY - dt.timedelta(60), DAY, DAY)


def test_pdf_embeds_its_fonts_and_is_tagged_for_screen_readers(listed: Listed) -> None:
    reader = pypdf.PdfReader(io.BytesIO(VIOLATORS["pdf"](*listed)))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "vi"
    assert reader.metadata is not None
    assert "Danh sách địa điểm vi phạm" in str(reader.metadata.title)
    with pdfplumber.open(io.BytesIO(VIOLATORS["pdf"](*listed))) as pdf:
        fonts = {char["fontname"].split("+")[-1] for page in pdf.pages for char in page.chars}
    assert fonts <= {f"LiberationSerif{face}" for face in ("", "-Bold", "-Italic", "-BoldItalic")}
    embedded = [
        font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        for font in reader.pages[0]["/Resources"]["/Font"].values()
    ]
    assert embedded
    assert all("/FontFile2" in font or "/FontFile3" in font for font in embedded)


def test_the_same_rows_give_the_same_bytes(listed: Listed) -> None:
    assert VIOLATORS["pdf"](*listed) == VIOLATORS["pdf"](*listed)


def test_formulas_stay_text_in_spreadsheets(listed: Listed) -> None:
    book = openpyxl.load_workbook(io.BytesIO(VIOLATORS["xlsx"](*listed)))
    cell = next(cell for row in book["Danh sách"].iter_rows() for cell in row if str(cell.value).startswith("=cmd"))
    assert (cell.data_type, cell.quotePrefix) == ("s", True)
    line = next(line for line in VIOLATORS["csv"](*listed).decode("utf-8-sig").splitlines() if "cmd|" in line)
    assert "'=cmd|' /C calc'!A0" in line
    assert "'+84 phố Lê Lợi" in line


def test_the_workbook_prints_with_its_header_repeated(listed: Listed) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(VIOLATORS["xlsx"](*listed)))["Danh sách"]
    header = next(row[0].row for row in sheet.iter_rows() if row[0].value == "TT")
    assert sheet.print_title_rows == f"${header}:${header}"
    assert sheet.freeze_panes == f"A{header + 1}"
    assert sheet.page_setup.paperSize == 9
    # Two lines of the long address at least: a row of one line would clip it.
    tall = next(row for row in sheet.iter_rows() if row[1].value == "HD0002")
    assert sheet.row_dimensions[tall[0].row].height > 5 * 15


def test_the_page_for_the_portal_stands_alone_and_is_not_indexed(listed: Listed) -> None:
    document = VIOLATORS["html"](*listed)
    tree = html5lib.HTMLParser(strict=True).parse(document, transport_encoding="utf-8")
    assert tree.get("lang") == "vi"
    metas = {meta.get("name") or meta.get("http-equiv"): meta.get("content") for meta in tree.iter(f"{NAMESPACE}meta")}
    assert "noindex" in metas["robots"]
    assert metas["Content-Security-Policy"].startswith("default-src 'none'")
    for element in tree.iter():
        for attribute in ("src", "href", "action", "srcset", "data"):
            assert (element.get(attribute) or "#").startswith("#"), element
        assert element.tag not in {f"{NAMESPACE}{tag}" for tag in ("script", "link", "iframe", "img", "object")}
    assert b"url(" not in document
    assert b"@import" not in document
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    targets = {element.get("href")[1:] for element in tree.iter(f"{NAMESPACE}a")}
    assert targets <= set(ids)
    assert len(list(tree.iter(f"{NAMESPACE}h1"))) == 1
    for table in tree.iter(f"{NAMESPACE}table"):
        assert table.get("aria-labelledby") in ids or table.find(f"{NAMESPACE}caption") is not None
        assert all(cell.get("scope") in ("col", "row") for cell in table.iter(f"{NAMESPACE}th"))
    assert "<b>Ế</b>" not in document.decode()
    assert "@media print" in document.decode()


def test_colours_of_the_page_have_enough_contrast(listed: Listed) -> None:
    """WCAG 2.2, 1.4.3: at least 4.5 to 1, each text colour on each ground."""
    colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{3,6})", VIOLATORS["html"](*listed).decode()))
    assert {"ink", "soft", "link", "paper", "head"} <= set(colours)
    for text in ("ink", "soft", "link"):
        for ground in ("paper", "head"):
            assert _contrast(colours[text], colours[ground]) >= 4.5, (text, ground)


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_dates_and_numbers_follow_the_decree() -> None:
    assert wording.official_date(dt.date(2022, 2, 5)) == "Hà Đông, ngày 05 tháng 02 năm 2022"
    assert wording.official_date(dt.date(2021, 9, 27)) == "Hà Đông, ngày 27 tháng 9 năm 2021"
    assert wording.with_stops(["a", "b", "c"]) == ["a;", "b;", "c."]
    assert squeezed(wording.places(1234)) == "1.234 địa điểm"
