"""Papers that are written by parts, measured on their rendered pages against Nghị định 30/2020/NĐ-CP, Phụ lục I.

Typst's PDF, and Word's as LibreOffice sets it; all papers in one look of each.
"""

import io
from collections.abc import Callable
from typing import Any

import pdfplumber
import pytest
from pdfplumber.page import Page

from data.access.caller import COMMAND_LINE, acting_as
from data.database.connection import Connection, desk_connection
from data.desk import reports
from documents import wording
from documents.catalogue import make
from tests.documents.test_layout import CENTRE, LEFT, MM, RIGHT, find, rule_below
from tests.documents.test_reports import LAST_WEEK, TO

KINDS = ("weekly_report", "district_report", "reminder", "loudspeaker")


@pytest.fixture(scope="module", autouse=True)
def database(demo_database: str) -> str:
    return demo_database


def named(conn: Connection, kind: str) -> dict[str, Any]:
    row = conn.execute(
        "SELECT w.code AS ward, v.code AS venue FROM venue AS v JOIN ward AS w ON w.id = v.ward_id"
        " WHERE v.status = 'violating' ORDER BY v.code LIMIT 1"
    ).fetchone()
    assert row
    if kind == "weekly_report":
        return {"report": reports.opened(conn, row["ward"], LAST_WEEK)}
    if kind == "district_report":
        return {"report": reports.opened_district(conn, LAST_WEEK, TO)}
    return {"venue": row["venue"]} if kind == "reminder" else {"ward": row["ward"]}


@pytest.fixture(scope="module", params=[(kind, form) for kind in KINDS for form in ("pdf", "docx")], ids="-".join)
def pages(request: pytest.FixtureRequest, word_to_pdf: Callable[[bytes, str], bytes]) -> tuple[str, list[Page]]:
    kind, form = request.param
    with acting_as(COMMAND_LINE), desk_connection() as conn:
        content = make(kind, form, conn, **named(conn, kind)).content
        conn.rollback()
    if form == "docx":
        content = word_to_pdf(content, "docx")
    return kind, pdfplumber.open(io.BytesIO(content)).pages


def test_margins_sizes_and_places_are_the_decrees(pages: tuple[str, list[Page]]) -> None:
    kind, sheets = pages
    for number, page in enumerate(sheets, start=1):
        assert (round(page.width / MM), round(page.height / MM)) == (210, 297)
        letters = [char for char in page.chars if char["text"].strip() and 20 <= char["top"] / MM <= 277]
        assert min(char["x0"] for char in letters) / MM >= LEFT - 0.6
        assert max(char["x1"] for char in letters) / MM <= RIGHT + 0.6
        above = "".join(char["text"] for char in page.chars if char["bottom"] / MM < 20).strip()
        assert above == ("" if number == 1 else str(number)), "pages but the first bear their number in the top margin"
        assert {"Times" in char["fontname"] or "Liberation" in char["fontname"] for char in letters} == {True}
    first = sheets[0]
    country, motto = find(first, wording.COUNTRY), find(first, wording.MOTTO)
    assert (country.sizes, motto.sizes) == ({12.0}, {13.0})
    assert country.is_bold
    assert country.left > 90
    left, right = rule_below(first, motto)
    assert right - left == pytest.approx(motto.right - motto.left, abs=1.5)
    number = find(first, "Số: ")
    assert number.sizes == {13.0}
    assert number.right < 100
    if kind != "reminder":
        title = find(first, "BÀI PHÁT THANH" if kind == "loudspeaker" else "BÁO CÁO")
        assert title.is_bold
        assert title.sizes <= {13.0, 14.0}
        assert title.centre == pytest.approx(CENTRE, abs=1.5)
    else:
        about = find(first, "V/v nhắc nhở")
        assert about.sizes == {12.0}
        assert about.top > number.bottom
    last = sheets[-1]
    recipients = find(last, "Nơi nhận:")
    assert recipients.sizes == {12.0}
    assert recipients.is_bold
    assert recipients.is_italic
    signer = find(last, "TRƯỞNG PHÒNG" if kind == "district_report" else "CHỦ TỊCH")
    assert signer.is_bold
    assert signer.left > 100
    assert find(last, "Lưu: VT").sizes == {11.0}
