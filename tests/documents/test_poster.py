"""The poster's code measured in millimetres on the rendered sheet and read by decoders that did not make it."""

import dataclasses
import datetime as dt
import hashlib
import io
import re
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
import pdfplumber
import pypdfium2
import pytest
import segno
import zxingcpp
from PIL import Image, ImageDraw
from playwright.sync_api import Browser

from data.database.connection import Connection
from data.errors import NoQrContent, NotRegistered, QrContentTooLong, UnknownVenue
from data.queries.field import COLUMNS, QR_HASH_LETTERS, venues
from data.queries.poster import LocationCode, location_code
from documents.poster import LONGEST_LABEL, QUIET_MODULES, poster, symbol
from documents.poster_orders import posters
from tests.documents.district import DAY, QR_TEXT
from tests.documents.disturbed import page_at

DPI = 200
MM = 72 / 25.4
LONG_NAME = (
    "Công ty TNHH Thương mại và Dịch vụ Kỹ thuật Điện tử Viễn thông Hoàng Gia Việt Nam - Chi nhánh Hà Đông và các tỉnh "
    "phía Bắc (cơ sở kinh doanh số 3)"
)
LONG_ADDRESS = (
    "Số 128/15/4 ngách 27 ngõ Nguyễn Viết Xuân kéo dài, Tòa nhà hỗn hợp HH2-SupercalifragilisticexpialidociousTower, "
    "tầng 12A, khu đô thị mới Văn Phú"
)


def code_of(content: str = QR_TEXT, name: str = "Quán Ốc Thủy", address: str = "12 Bế Văn Đàn") -> LocationCode:
    return LocationCode("HD2003", name, address, "Yết Kiêu", "QR1", content, "VNeID", DAY, True)


def pdf_picture(document: bytes) -> Image.Image:
    """The one page of the poster, in grey, at :data:`DPI`."""
    pages = pypdfium2.PdfDocument(document)
    assert len(pages) == 1
    return pages[0].render(scale=DPI / 72).to_pil().convert("L")


@pytest.fixture
def svg_picture(browser: Browser, tmp_path: Path) -> Image.Image:
    return svg_as_drawn(poster(code_of(), DAY, "svg"), browser, tmp_path)


def svg_as_drawn(document: bytes, browser: Browser, tmp_path: Path) -> Image.Image:
    """The SVG as Chromium draws it, A4 at 96 pixels an inch, magnified to a point that it can be measured."""
    (tmp_path / "poster.svg").write_bytes(document)
    page = browser.new_page(viewport={"width": 794, "height": 1123}, device_scale_factor=2)
    page.goto((tmp_path / "poster.svg").as_uri())
    picture = page.screenshot()
    page.close()
    return Image.open(io.BytesIO(picture)).convert("L")


def decoded(picture: Image.Image) -> zxingcpp.Barcode:
    found = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
    assert len(found) == 1
    return found[0]


def dark_box(picture: Image.Image, code: zxingcpp.Barcode) -> tuple[int, int, int, int]:
    """Left, top, right and bottom pixel of the dark modules, counted from the picture itself around the code found."""
    corners = [getattr(code.position, name) for name in ("top_left", "top_right", "bottom_right", "bottom_left")]
    slack = 6
    left, right = min(c.x for c in corners) - slack, max(c.x for c in corners) + slack
    top, bottom = min(c.y for c in corners) - slack, max(c.y for c in corners) + slack
    dark = np.asarray(picture)[top:bottom, left:right] < 128
    columns, rows = np.flatnonzero(dark.any(axis=0)), np.flatnonzero(dark.any(axis=1))
    return int(left + columns[0]), int(top + rows[0]), int(left + columns[-1]) + 1, int(top + rows[-1]) + 1


@pytest.mark.parametrize(
    "content",
    [QR_TEXT, "https://qr.example/HD0006", "Đ" * 600, "A"],
    ids=["Vietnamese text", "address", "long text", "one letter"],
)
def test_the_code_measures_at_least_150_mm_and_decodes(content: str) -> None:
    picture = pdf_picture(poster(code_of(content), DAY, "pdf"))
    code = decoded(picture)
    assert code.text == content
    left, top, right, bottom = dark_box(picture, code)
    for pixels in (right - left, bottom - top):
        assert 150 <= pixels / DPI * 25.4 <= 160
    modules = symbol(content).modules
    quiet = round(QUIET_MODULES * (right - left) / modules) - 2
    around = np.asarray(picture)[top - quiet : bottom + quiet, left - quiet : right + quiet].copy()
    around[quiet - 1 : 1 - quiet, quiet - 1 : 1 - quiet] = 255  # the code, with the half-tone of its edges
    assert around.min() > 200, "nothing stands within four modules of the code"
    assert around.shape == (bottom - top + 2 * quiet, right - left + 2 * quiet), "the quiet zone is on the sheet"


def true_modules(picture: Image.Image, content: str) -> float:
    """Share of spots, nine a module, that are as dark or light in the picture as in the code.

    A decoder forgives a seventh of the modules and more, so that it reads what is drawn badly.
    """
    drawn = symbol(content)
    wanted = np.zeros((drawn.modules, drawn.modules), dtype=bool)
    for row, column, length in drawn.runs:
        wanted[row, column : column + length] = True
    left, top, right, bottom = dark_box(picture, decoded(picture))
    spots = (np.arange(drawn.modules * 3) + 0.5) / (drawn.modules * 3)
    columns, rows = (left + spots * (right - left)).astype(int), (top + spots * (bottom - top)).astype(int)
    found = np.asarray(picture)[np.ix_(rows, columns)] < 128
    return float((found == wanted.repeat(3, axis=0).repeat(3, axis=1)).mean())


@pytest.mark.parametrize("content", [QR_TEXT, "Đ" * 200])
def test_every_module_is_drawn_as_it_is(content: str, browser: Browser, tmp_path: Path) -> None:
    assert true_modules(pdf_picture(poster(code_of(content), DAY, "pdf")), content) > 0.995
    assert true_modules(svg_as_drawn(poster(code_of(content), DAY, "svg"), browser, tmp_path), content) > 0.995


def test_a_second_decoder_reads_it_too(tmp_path: Path) -> None:
    program = shutil.which("zbarimg")
    assert program, "no zbarimg on PATH; `make test` installs it where it may"
    pdf_picture(poster(code_of(), DAY, "pdf")).save(tmp_path / "poster.png")
    read = subprocess.run(
        [program, "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", str(tmp_path / "poster.png")],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert read.stdout.rstrip("\n") == QR_TEXT


def test_a_scratched_and_stained_print_still_reads() -> None:
    picture = pdf_picture(poster(code_of(), DAY, "pdf"))
    left, top, right, _ = dark_box(picture, decoded(picture))
    assert decoded(damaged(picture, left, top, right - left)).text == QR_TEXT
    # The same damage is too much for a code of the lowest level, so the damage is a test of the level chosen.
    fragile = picture.copy()
    fragile.paste(_rendered(segno.make_qr(QR_TEXT, error="l", boost_error=False), right - left), (left, top))
    assert decoded(fragile).text == QR_TEXT
    ruined = damaged(fragile, left, top, right - left)
    assert not zxingcpp.read_barcodes(ruined, formats=zxingcpp.BarcodeFormat.QRCode)


def damaged(picture: Image.Image, left: int, top: int, side: int) -> Image.Image:
    """A copy with two white scratches from edge to edge, a dark stain and a worn spot."""
    copy = picture.copy()
    draw = ImageDraw.Draw(copy)
    for share in (0.30, 0.62):
        draw.line((left, top + share * side, left + side, top + (share + 0.12) * side), fill=255, width=side // 60)
    draw.ellipse(_square(left + 0.58 * side, top + 0.5 * side, 0.09 * side), fill=0)
    draw.ellipse(_square(left + 0.42 * side, top + 0.75 * side, 0.08 * side), fill=255)
    return copy


def _square(x: float, y: float, radius: float) -> tuple[float, float, float, float]:
    return x - radius, y - radius, x + radius, y + radius


def _rendered(code: segno.QRCode, side: int) -> Image.Image:
    stream = io.BytesIO()
    code.save(stream, kind="png", scale=8, border=0)
    return Image.open(stream).convert("L").resize((side, side))


@pytest.mark.parametrize(
    ("content", "error"),
    [(QR_TEXT, "H"), ("https://qr.example/HD0006", "H"), ("Đ" * 636, "H"), ("Đ" * 800, "Q"), ("Đ" * 1100, "M")],
)
def test_the_error_level_is_the_highest_that_holds_the_content(content: str, error: str) -> None:
    assert symbol(content).error == error


def test_no_code_holds_too_much() -> None:
    with pytest.raises(QrContentTooLong, match="Quán Ốc"):
        poster(code_of("Đ" * 2000), DAY, "pdf")


@pytest.mark.parametrize("content", ["https://qr.example/HD0006", "Đ" * 60])
def test_the_longest_texts_still_fit_the_one_page(content: str) -> None:
    document = poster(code_of(content, LONG_NAME, LONG_ADDRESS), DAY, "pdf")
    assert decoded(pdf_picture(document)).text == content
    with pdfplumber.open(io.BytesIO(document)) as pdf:
        assert len(pdf.pages) == 1
        chars = [char for char in pdf.pages[0].chars if char["text"].strip()]
        assert min(char["x0"] for char in chars) >= 10 * MM
        assert max(char["x1"] for char in chars) <= 200 * MM
        assert max(char["bottom"] for char in chars) <= 292 * MM


@pytest.mark.parametrize("content", ["A", "Đ" * 600])
def test_a_poster_is_one_page_whatever_the_register_holds(content: str) -> None:
    wide = dataclasses.replace(code_of(content, "W" * 2000, "W" * 2000), ward="W" * 30)
    document = posters([wide, code_of(content, "\u202eevil", "")], ("W" * LONGEST_LABEL,), DAY)
    assert len(pypdfium2.PdfDocument(document)) == 2
    assert decoded(page_at(document, DPI)).text == content
    with pdfplumber.open(io.BytesIO(document)) as pdf:
        assert max(char["bottom"] for char in pdf.pages[0].chars) <= 292 * MM
        assert "evil" in pdf.pages[1].extract_text(), "no mark turns a name around"


def test_name_address_apps_and_how_to_scan_are_on_it() -> None:
    with pdfplumber.open(io.BytesIO(poster(code_of(), DAY, "pdf"))) as pdf:
        page = pdf.pages[0]
        assert (round(page.width / MM), round(page.height / MM)) == (210, 297)
        text = re.sub(r"\s+", " ", page.extract_text())
        left, middle, right = (
            re.sub(r"\s+", " ", page.crop((page.width * a, 0, page.width * b, page.height)).extract_text())
            for a, b in ((0, 0.38), (0.38, 0.69), (0.69, 1))
        )
    assert "Quán Ốc Thủy" in text
    assert "12 Bế Văn Đàn, phường Yết Kiêu, quận Hà Đông" in text
    for app in ("Bluezone", "NCOVI", "Khai báo y tế Việt Nam", "VNeID"):
        assert app in left
    assert "Quét mã QR" in left
    assert "«Kiểm tra mã QR»" in middle
    for advice in ("mép trên cao khoảng 1,3 m", "không bị chói", "cửa kéo", "không cắt xén", "100 %"):
        assert advice in text
    assert "Mã QR tạo ngày" in text
    assert "thẻ căn cước công dân" in right
    assert "thẻ bảo hiểm y tế" in right
    assert "DỮ LIỆU MINH HỌA" in text


def test_the_svg_stands_alone_in_exact_millimetres(svg_picture: Image.Image) -> None:
    document = poster(code_of(), DAY, "svg")
    root = ElementTree.fromstring(document)  # noqa: S314  # our own file
    assert (root.get("width"), root.get("height")) == ("210mm", "297mm")
    box = [float(number) for number in (root.get("viewBox") or "").split()]
    assert box == pytest.approx([0, 0, 210 * MM, 297 * MM], abs=0.01)
    assert "Quán Ốc Thủy" in (root.findtext("{http://www.w3.org/2000/svg}title") or "")
    links = [value for part in root.iter() for key, value in part.attrib.items() if key.endswith("href")]
    assert links
    assert all(value.startswith("#") for value in links)
    assert not [part for part in root.iter() if part.tag.endswith(("}image", "}script", "}foreignObject", "}style"))]
    code = decoded(svg_picture)
    assert code.text == QR_TEXT
    left, top, right, bottom = dark_box(svg_picture, code)
    assert 150 <= (right - left) / 192 * 25.4 <= 160
    assert 150 <= (bottom - top) / 192 * 25.4 <= 160


@pytest.mark.usefixtures("district")
def test_the_content_is_the_registrations_own(conn: Connection) -> None:
    code = location_code(conn, "HD2003")
    assert (code.qr_content, code.qr_code, code.registered_on) == (QR_TEXT, "QRHD2003", dt.date(2021, 11, 20))
    assert (code.name, code.ward, code.is_demo) == ("Đã tạo mã sau lần ba", "Mộ Lao", True)


@pytest.mark.usefixtures("district")
def test_no_poster_without_a_registration_in_force(conn: Connection) -> None:
    with pytest.raises(NotRegistered, match=r"Quán Ốc Thủy.*chưa tạo mã QR"):
        location_code(conn, "HD0001")
    with pytest.raises(UnknownVenue, match="HD9999"):
        location_code(conn, "HD9999")
    with pytest.raises(NoQrContent, match="không ghi nội dung mã"):
        location_code(conn, "HD2008")
    conn.execute("UPDATE registration SET ended_on = %s WHERE qr_code = 'QRHD2003'", (DAY,))
    with pytest.raises(NotRegistered):
        location_code(conn, "HD2003")


@pytest.mark.usefixtures("district")
def test_of_two_codes_of_one_day_the_poster_bears_the_rules_and_the_phone_finds_it(conn: Connection) -> None:
    conn.execute(
        "INSERT INTO registration (venue_id, registered_on, qr_code, qr_content)"
        " SELECT venue_id, registered_on, 'QRHD1999', 'another' FROM registration WHERE qr_code = 'QRHD2003'"
    )
    by_rule = conn.execute(
        "SELECT r.qr_code FROM venue AS v, venue_status(v.id, current_day()) AS s, registration AS r"
        " WHERE v.code = 'HD2003' AND r.id = s.registration_id"
    ).fetchone()
    assert by_rule == {"qr_code": "QRHD2003"}
    assert location_code(conn, "HD2003").qr_code == "QRHD2003"
    (on_phone,) = [row for row in venues(conn, None) if row[COLUMNS.index("code")] == "HD2003"]
    assert on_phone[COLUMNS.index("qr")] == hashlib.sha256(QR_TEXT.encode()).hexdigest()[:QR_HASH_LETTERS]
