"""The register of outgoing documents: numbers that the office entered, to print (Nghị định 30/2020/NĐ-CP, art. 15).

Numbers are the office's: none is invented here, and gaps are not filled.
"""

from collections.abc import Sequence
from itertools import groupby

from data.queries.publication_letters import OutgoingDocument
from data.texts.catalogue import day as written_day
from data.texts.catalogue import number
from documents import wording
from documents.letterheads import letterhead
from documents.typesetting import breakable, typeset

COLUMNS = ("Số", "Ngày", "Loại văn bản", "Trích yếu nội dung", "Nơi nhận", "Người ký")
WIDTHS = (41, 24, 29, 74, 48, 36)
KINDS = {
    "DS": "Danh sách",
    "TB": "Thông báo",
    "QĐ": "Quyết định",
    "BC": "Báo cáo",
    "TTr": "Tờ trình",
    "KH": "Kế hoạch",
    "BB": "Biên bản",
}
"""By the abbreviation behind the number's stroke; without one it is an official letter (công văn)."""


def outgoing_register(rows: Sequence[OutgoingDocument], year: int, *, is_demo: bool) -> bytes:
    """The register of a year as PDF, A4 across: one series a body; dated by its last document."""
    made_on = max(row.day for row in rows)
    issuer = wording.issuer_or_blank("culture_centre", made_on)
    data = {
        "title": f"Sổ văn bản đi năm {year}",
        "author": issuer.name,
        "demo": wording.DEMO if is_demo else None,
        "letterhead": letterhead(issuer, issuer.code),
        "kind": "SỔ VĂN BẢN ĐI",
        "subject": f"Năm {year}: {number(len(rows))} văn bản đã ghi số",
        "columns": COLUMNS,
        "widths": WIDTHS,
        "sections": [
            {"heading": breakable(body), "rows": [_cells(row) for row in series]}
            for body, series in groupby(rows, key=lambda row: row.issuer)
        ],
    }
    return typeset("outgoing_register.typ", data, made_on)


def _cells(row: OutgoingDocument) -> list[str]:
    return [
        breakable(row.number),
        written_day(row.day),
        kind_of(row.number),
        breakable(row.subject),
        breakable(row.recipient),
        breakable(row.signer),
    ]


def kind_of(written: str) -> str:
    """The kind of document that a number bears: "12/DS-TTVHTTTT" is a list; "": the number has no abbreviation."""
    _, stroke, abbreviation = written.partition("/")
    return KINDS.get(abbreviation.split("-")[0].strip(), "Công văn") if stroke else ""
