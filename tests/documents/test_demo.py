"""The list and a poster of the demonstration, loaded through the ETL from its files."""

import io

import docx
import pypdfium2
import pytest
import zxingcpp
from docx.oxml.ns import qn

from data.database.connection import Connection
from data.status.days import data_span
from documents import FORMATS, make, wording
from tests.documents.district import violators_by_rule
from tests.documents.reading import READERS


@pytest.mark.usefixtures("demo_database")
@pytest.mark.parametrize("fmt", FORMATS["violators"])
def test_the_list_of_the_demonstration_is_the_rules(fmt: str, app_conn: Connection) -> None:
    day = data_span(app_conn).current_day
    by_rule = violators_by_rule(app_conn, day)
    assert by_rule, "the demonstration has violators"
    found = READERS[fmt](make("violators", fmt, app_conn, day=day)[0])
    assert {row.code: row.reminders for row in found.rows} == {code: rule["count"] for code, rule in by_rule.items()}
    assert "minh họa" in found.text.lower()


@pytest.mark.usefixtures("demo_database")
def test_the_notice_of_the_demonstration_stands_in_a_box_in_word_too(app_conn: Connection) -> None:
    paragraphs = docx.Document(io.BytesIO(make("violators", "docx", app_conn)[0])).paragraphs
    notice = [paragraph for paragraph in paragraphs if paragraph.text in (wording.DEMO, wording.DEMO_NOTE)]
    frames = [[line.tag for line in paragraph._p.pPr.find(qn("w:pBdr"))] for paragraph in notice]
    assert frames == [[qn(f"w:{side}") for side in ("top", "left", "bottom", "right")]] * 2


@pytest.mark.usefixtures("demo_database")
def test_no_telephone_of_the_demonstration_is_listed(conn: Connection, app_conn: Connection) -> None:
    contacts = conn.execute("SELECT phone FROM venue_contact WHERE phone IS NOT NULL").fetchall()
    assert contacts
    written = make("violators", "csv", app_conn)[0].decode("utf-8-sig")
    assert not [row["phone"] for row in contacts if row["phone"] in written]


@pytest.mark.usefixtures("demo_database")
def test_a_poster_of_the_demonstration_decodes(app_conn: Connection) -> None:
    row = app_conn.execute(
        "SELECT v.code, r.qr_content FROM registration AS r JOIN venue AS v ON v.id = r.venue_id"
        " WHERE r.qr_content IS NOT NULL AND r.ended_on IS NULL AND r.registered_on <= current_day() ORDER BY v.code"
    ).fetchone()
    assert row is not None
    pages = pypdfium2.PdfDocument(io.BytesIO(make("poster", "pdf", app_conn, venue=row["code"])[0]))
    found = zxingcpp.read_barcodes(pages[0].render(scale=2).to_pil().convert("L"))
    assert [code.text for code in found] == [row["qr_content"]]
