"""Reports as PDF and as Word documents, read back: what they say is what the figures say."""

import datetime as dt
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pdfplumber
import pytest

from data.access.caller import COMMAND_LINE, acting_as
from data.database.connection import app_connection, desk_connection
from data.desk import reports
from data.errors import UnknownFilter
from data.queries import report_board
from data.queries.paper_map import PaperMap, paper_map
from data.queries.reports import live_figures
from data.queries.reports import report as report_of
from data.settings import get_settings
from data.texts.catalogue import number
from documents import district_report as district
from documents.__main__ import main
from documents.catalogue import make
from documents.report_parts import changed
from documents.reports import FORMATS, send
from documents.weekly_report import Frozen, Illustrated, illustrated, weekly_report
from etl.store.files import NotKept, path_of
from tests.documents.reading import squeezed
from tests.documents.test_layout import MM, RIGHT

LAST_WEEK, TO = dt.date(2021, 11, 22), dt.date(2021, 11, 28)
TEXTS = {
    "difficulties": "Nhiều hộ kinh doanh nhỏ chưa có điện thoại thông minh; gọi 0912 345 678.\n#set page() \\ <b>&amp;",
    "proposals": "Đề nghị cấp thêm tờ mã in sẵn.",
}
FROZEN = Frozen(2, "ab" * 32, "Nguyễn Văn A", TO, "Nhập thiếu một sổ nhắc nhở.")


@pytest.fixture(scope="module", autouse=True)
def database(demo_database: str) -> str:
    return demo_database


@pytest.fixture(scope="module")
def figures(database: str) -> dict[str, Any]:
    with acting_as(COMMAND_LINE), desk_connection() as conn:
        row = conn.execute("SELECT code FROM ward WHERE name = 'Mộ Lao'").fetchone()
        assert row
        found = live_figures(conn, reports.opened(conn, row["code"], LAST_WEEK))
        conn.rollback()
    assert found
    return found


@pytest.fixture(scope="module")
def drawn(figures: dict[str, Any]) -> PaperMap:
    with acting_as(COMMAND_LINE), app_connection() as conn:
        return paper_map(conn, TO, figures["ward"]["code"])


@pytest.fixture(scope="module")
def pictures(figures: dict[str, Any], drawn: PaperMap) -> Illustrated:
    return illustrated(figures, drawn)


def _pages(content: bytes, name: str) -> str:
    with pdfplumber.open(io.BytesIO(content)) as pdf:
        for index, page in enumerate(pdf.pages, start=1):
            if folder := os.environ.get("PICTURES"):
                page.to_image(resolution=80).save(f"{folder}/{name}-{index}.png")
        return squeezed(" ".join(page.extract_text() for page in pdf.pages))


def test_the_pdf_says_what_the_figures_say(figures: dict[str, Any], pictures: Illustrated) -> None:
    content = weekly_report(figures, TEXTS, pictures, FROZEN, "pdf")
    said = _pages(content, "weekly")
    for name, (now, before) in (
        ("Tổng số địa điểm", figures["venues"]),
        ("Địa điểm đã tạo mã QR", figures["with_qr"]),
        ("Địa điểm có lượt quét mã", figures["with_scans"]),
        ("Vi phạm", figures["statuses"]["violating"]),
        ("Tạm dừng", figures["statuses"]["suspended"]),
    ):
        assert f"{name} {number(now)} {number(before)} {changed(now, before)}" in said
    for line in figures["categories"]:
        assert f"{line['name']} {number(line['venues'])} {number(line['with_qr'])}" in said
    assert f"đã nhắc nhở {number(figures['reminders']['total'])} lần" in said
    assert "BC-UBND" in said
    assert "Bản này thay bản 1. Lý do: Nhập thiếu một sổ nhắc nhở." in said
    assert FROZEN.sha256 in said.replace(" ", "")
    assert "0912" not in said
    assert "#set page() \\ <b>&amp;" in said
    assert "DỰ THẢO" not in said
    assert "DỰ THẢO" in _pages(weekly_report(figures, {}, pictures, None, "pdf"), "weekly-draft")


def test_the_word_document_says_the_same_and_opens_in_libreoffice(
    figures: dict[str, Any], pictures: Illustrated, word_to_pdf: Callable[[bytes, str], bytes]
) -> None:
    content = weekly_report(figures, TEXTS, pictures, FROZEN, "docx")
    document = docx.Document(io.BytesIO(content))
    tables = [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables]
    rows = {row[0]: row[1:] for table in tables for row in table}
    now, before = figures["with_qr"]
    assert rows["Địa điểm đã tạo mã QR"] == [number(now), number(before), changed(now, before)]
    now, before = figures["statuses"]["violating"]
    assert rows["Vi phạm"] == [number(now), number(before), changed(now, before)]
    assert len(document.inline_shapes) == 2
    as_pages = _pages(word_to_pdf(content, "docx"), "weekly-word")
    assert "BÁO CÁO" in as_pages
    assert "#set page() \\ <b>&amp;" in as_pages


def test_a_ward_without_venues_has_a_report_too(figures: dict[str, Any], drawn: PaperMap) -> None:
    empty = figures | {
        "venues": [0, None],
        "with_qr": [0, None],
        "with_scans": [0, None],
        "statuses": {status: [0, None] for status in figures["statuses"]},
        "categories": [],
        "streets": [],
        "reminders": {"total": 0, "venues": 0, "reasons": {"no_qr": 0, "not_scanning": 0}, "givers": []},
        "series": figures["series"] | {"statuses": {s: [0] * 56 for s in figures["statuses"]}},
        "annotations": [{"first": "2021-11-24", "last": "2021-11-25", "text": "Thiếu tệp " + "x" * 190}],
    }
    nobody = PaperMap(TO, drawn.wards, (), None, 0, 0)
    said = _pages(weekly_report(empty, {}, illustrated(empty, nobody), None, "pdf"), "weekly-empty")
    assert "Tổng số địa điểm 0 – –" in said
    assert "Không có tuyến nào" in said


def test_long_and_hostile_words_keep_within_the_margins(
    figures: dict[str, Any], pictures: Illustrated, word_to_pdf: Callable[[bytes, str], bytes]
) -> None:
    hostile = "#panic() $x$ @a <b>&amp; {{ 1 }} \x0b \ufffe"
    line = {"venues": 30_000, "violating": 12_345, "reminded": 1, "without_qr": 2}
    long = figures | {
        "streets": [{"street": "Đường" + "x" * 295, "ward": "", **line}, {"street": hostile, "ward": "", **line}],
        "annotations": [{"first": "2021-11-24", "last": "2021-11-24", "text": hostile}],
    }
    texts = {"difficulties": "y" * 2000, "proposals": "\n".join(["Đề nghị."] * 60), "note": hostile}
    for fmt in FORMATS:
        content = weekly_report(long, texts, pictures, None, fmt)
        content = word_to_pdf(content, "docx") if fmt == "docx" else content
        said = _pages(content, f"weekly-long-{fmt}")
        assert said.count("x") >= 295
        assert said.count("#panic() $x$ @a <b>&amp; {{ 1 }}") == 3
        assert said.count("Đề nghị.") == 60
        assert "30.000 12.345 1 2" in said
        with pdfplumber.open(io.BytesIO(content)) as pdf:
            edges = [char["x1"] for page in pdf.pages for char in page.chars if char["text"].strip()]
        assert max(edges) / MM <= RIGHT + 0.6


def test_the_districts_report_gathers_what_the_wards_sent(
    figures: dict[str, Any], word_to_pdf: Callable[[bytes, str], bytes]
) -> None:
    with acting_as(COMMAND_LINE), desk_connection() as conn:
        found = live_figures(conn, reports.opened_district(conn, dt.date(2021, 11, 15), TO))
        drawn = paper_map(conn, TO)
        conn.rollback()
    assert found
    assert {one["version"] for one in found["reports"]} == {None}
    sent = {"version": 2, "sent_on": "2021-11-28", "is_late": True, "difficulties": "Thiếu người."}
    sent |= {"venues": 81, "with_qr": 70, "with_scans": 65, "violating": 3, "proposals": "Cấp thêm giấy."}
    found["reports"][0] |= sent
    found["wards"][0] |= {"name": ""}
    pictures = district.illustrated(found, drawn)
    said = _pages(district.district_report(found, TEXTS, pictures, FROZEN, "pdf"), "district")
    assert f"Đã nhận 1 trên {len(found['reports'])} báo cáo tuần, trong đó 1 báo cáo muộn." in said
    assert "28/11/2021, muộn" in said
    assert f"Phường {found['reports'][0]['ward']['name']}: Thiếu người." in said
    assert "Chưa xác định được phường" in said
    for line in found["wards"][1:]:
        assert f"{line['name']} {number(line['venues'])} {number(line['with_qr'])}" in said
    assert f"Tuần từ 15/11/2021, chưa gửi: {found['reports'][1]['ward']['name']}" in said
    in_word = _pages(
        word_to_pdf(district.district_report(found, TEXTS, pictures, None, "docx"), "docx"), "district-word"
    )
    assert "DỰ THẢO" in in_word


def test_what_was_sent_is_given_byte_for_byte_and_nothing_else(
    figures: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FILE_STORE", str(tmp_path / "kho"))
    get_settings.cache_clear()
    with acting_as(COMMAND_LINE), desk_connection() as conn:
        number = reports.opened(conn, figures["ward"]["code"], LAST_WEEK)
        serial = reports.saved(conn, number, 0, TEXTS)
        assert send(conn, number, serial) == 1
        first = {fmt: make("weekly_report", fmt, conn, report=number, version=1) for fmt in ("pdf", "docx")}
        conn.execute("SELECT annotation_add('2021-11-23', '2021-11-23', 'sau khi gửi')")
        again = make("weekly_report", "pdf", conn, report=number, version=1)
        draft = make("weekly_report", "pdf", conn, report=number)
        for kind, version in (("weekly_report", 2), ("district_report", 1)):
            with pytest.raises(UnknownFilter):
                make(kind, "pdf", conn, report=number, version=version)
        kept = path_of(report_of(conn, number).versions[0].papers["docx"].sha256, "a.docx")
        kept.write_bytes(kept.read_bytes() + b" ")
        with pytest.raises(NotKept):
            make("weekly_report", "docx", conn, report=number, version=1)
        conn.rollback()
    get_settings.cache_clear()
    assert again.content == first["pdf"].content
    assert "sau khi gửi" not in _pages(again.content, "sent")
    assert "sau khi gửi" in _pages(draft.content, "draft")
    assert docx.Document(io.BytesIO(first["docx"].content)).inline_shapes


def test_the_demonstration_has_reports_once(
    own_demo_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del own_demo_database
    monkeypatch.setenv("FILE_STORE", str(tmp_path / "kho"))
    get_settings.cache_clear()
    for _ in range(2):
        assert main(["demo_reports"]) == 0
    with acting_as(COMMAND_LINE), app_connection() as conn:
        lines = [line for line in report_board.board(conn, LAST_WEEK) if line.versions]
    get_settings.cache_clear()
    assert sorted(line.is_late for line in lines) == [False, False, True]
