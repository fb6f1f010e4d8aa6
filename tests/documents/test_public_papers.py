"""The published list, its corrections, the register of outgoing documents and the record of delivery, read back."""

import dataclasses
import datetime as dt
import hashlib
import io
from pathlib import Path

import numpy as np
import pypdf
import pypdfium2
import pytest
import zxingcpp

from data.queries.publication_letters import Delivery, Figure, Mend, OutgoingDocument, PublicPaper, PublicRow
from documents import notice as notice_module
from documents.delivery import delivery_record
from documents.letterheads import NoIssuer
from documents.outgoing_register import outgoing_register
from documents.public_list import mended, public_list
from proof.merkle import groups
from tests.documents.reading import squeezed
from tests.documents.test_notice import NEVER, WORD, about, letter
from tests.proof.verapdf import validated

SEALED = dt.datetime(2021, 11, 1, 8, 5, tzinfo=dt.UTC)
SHA256, ROOT = (hashlib.sha256(words).hexdigest() for words in (b"manifest", b"log"))
SITE = "https://quet.example"


def rows(count: int = 6, ward: str = "Yết Kiêu") -> tuple[PublicRow, ...]:
    """Half of them of one ward; each with another sign of how it stands."""
    days = ("2021-09-02", "2021-09-09", "2021-09-16")
    return tuple(
        PublicRow(
            f"{number:016d}", "Mộ Lao" if number < count // 2 else ward, f"Tạp hóa Số {number} & <b>", "12 Phùng Hưng",
            "no_qr", days, state=("standing", "pending", "contested")[number % 3],
            corrected_on="2021-10-20" if number == 3 else "", answer="Đã #strong[tạo] mã" if number == 4 else "",
        )
        for number in range(count)
    )  # fmt: skip


def paper(**changes: object) -> PublicPaper:
    plain = PublicPaper(
        7, "venues", f"Danh sách địa điểm {WORD}", WORD, dt.date(2021, 10, 10), 2, SEALED, dt.date(2022, 4, 30), SHA256,
        ROOT, 12, "khoa-1", SITE, dt.date(2021, 11, 1), rows(), 6, ("Mộ Lao", "Yết Kiêu"), "9", dt.date(2021, 11, 2),
    )  # fmt: skip
    return dataclasses.replace(plain, **changes)


def text_of(content: bytes) -> str:
    return squeezed(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages))


def test_the_list_says_which_version_it_is_until_when_it_holds_and_how_that_is_verified() -> None:
    content = public_list(paper())
    said = text_of(content)
    for words in (
        f"DANH SÁCH Địa điểm {WORD}, tính đến hết ngày 10/10/2021",
        f"Danh sách nêu 6 cơ sở {WORD}",
        "Số: 09/DS-TTVHTTTT Hà Đông, ngày 02 tháng 11 năm 2021",
        "Phường Mộ Lao: 3 cơ sở",
        "4 Tạp hóa Số 3 & <b> 0000000000000003 12 Phùng Hưng",
        "02/09/2021 09/09/2021 16/09/2021",
        "Đang xác minh việc đã thực hiện.",
        "Đang xem xét ý kiến không đồng ý.",
        "Đã đính chính ngày 20/10/2021.",
        "Lời của bên được nêu (chưa được kiểm chứng): «Đã #strong[tạo] mã»",
        "Hết hiệu lực sau: ngày 29/04/2022",
        "thứ 2 của danh sách số 7, niêm phong lúc 15:05 01/11/2021",
        f"Đầu nhật ký (12 bản): {groups(bytes.fromhex(ROOT))}",
        "quet.example/cong-khai/kiem-tra",
        "không phải bản gốc điện tử",
    ):
        assert words in said, words
    assert SHA256 in said.replace(" ", "")
    assert not [word for word in NEVER if word.lower() in said.lower()]
    pages = pypdfium2.PdfDocument(content)
    found = [zxingcpp.read_barcodes(np.asarray(page.render(scale=3).to_pil().convert("L"))) for page in pages]
    assert [code.text for codes in found for code in codes] == [f"{SITE}/cong-khai/kiem-tra"]


def test_the_list_claims_both_standards_and_names_itself() -> None:
    reader = pypdf.PdfReader(io.BytesIO(public_list(paper(is_demo=True))))
    root = reader.trailer["/Root"]
    claims = root["/Metadata"].get_data()
    for claim in (b"<pdfuaid:part>1<", b"<pdfaid:part>2<", b"<pdfaid:conformance>A<"):
        assert claim in claims
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "vi"
    assert reader.metadata is not None
    assert reader.metadata.title == f"Danh sách: Địa điểm {WORD}, tính đến hết ngày 10/10/2021"
    assert all("DỮ LIỆU MINH HỌA" in page.extract_text() for page in reader.pages)


def test_an_independent_validator_finds_both_standards_and_letters_that_are_bound_readable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notice_module, "BATCH", 2)
    mends = [Mend(5, "C" * 16, False, "Quán Năm", dt.date(2021, 10, 21), "Nhắc nhầm cơ sở")]
    made = {
        "list.pdf": public_list(paper(number="", signed_on=None, is_demo=True)),
        "mends.pdf": mended(paper(), mends),
        "letters.pdf": notice_module.notices(about(), [letter(number) for number in range(5)]),
    }
    for name, content in made.items():
        (tmp_path / name).write_bytes(content)
    found = validated(*(tmp_path / name for name in made))
    assert [found[name]["PDFUA_1"] for name in made] == [[], [], []]
    assert [found[name]["PDFA_2_A"] for name in ("list.pdf", "mends.pdf")] == [[], []]


def test_number_day_and_signature_are_fields_until_the_office_has_given_them() -> None:
    for changes, expected in (
        ({}, {"signature"}),
        ({"number": "", "signed_on": None}, {"number", "day", "month", "signature"}),
    ):
        reader = pypdf.PdfReader(io.BytesIO(public_list(paper(**changes))))
        assert set(reader.get_fields() or {}) == expected


def test_a_list_of_nobody_and_one_of_bodies() -> None:
    assert "Không có cơ sở nào được nêu tính đến hết ngày 10/10/2021" in text_of(public_list(paper(rows=())))
    bodies = (
        PublicRow("A" * 16, "", "Mộ Lao", "", "ward", figures=(Figure("without_qr", "40"), Figure("reached", "12"))),
    )
    word = "chưa nghiêm túc kiểm tra, đôn đốc tạo và quét mã QR"
    said = text_of(public_list(paper(kind="bodies", title=f"Danh sách đơn vị {word}", word=word, rows=bodies)))
    assert f"Danh sách nêu 1 đơn vị {word}" in said
    assert "1 Ủy ban nhân dân phường Mộ Lao AAAAAAAAAAAAAAAA Chưa tạo mã QR: 40" in said
    assert "Chưa tạo mã QR, đã được nhắc nhở trong kỳ: 12" in said
    assert "Ngày nhắc nhở" not in said


def test_a_mend_has_the_form_of_the_list_and_names_nobody_who_was_taken_back() -> None:
    corrected = Mend(
        3, "B" * 16, True, "Tạp hóa Số 3", dt.date(2021, 10, 20), "Ghi nhầm số nhà",
        (("address", "33 Phùng Hưng"), ("what", "not_scanning")),
    )  # fmt: skip
    taken_back = Mend(5, "C" * 16, False, "Quán Năm", dt.date(2021, 10, 21), "Nhắc nhầm cơ sở")
    said = text_of(mended(paper(), [corrected, taken_back]))
    assert "DANH SÁCH Đính chính, rút: Địa điểm" in said
    assert "Địa chỉ: 33 Phùng Hưng Nội dung: Có mã QR, không có lượt quét" in said
    assert "Ghi nhầm số nhà (ngày 20/10/2021)" in said
    assert f"Mục5{'C' * 16}Rútkhỏidanhsách" in said.replace(" ", "")
    assert "Quán Năm" not in said
    assert "Căn cứ Điều 22 Luật Tiếp cận thông tin" in said
    assert groups(bytes.fromhex(ROOT)) in said
    assert "DANH SÁCH Đính chính: Địa điểm" in text_of(mended(paper(), [corrected]))
    whole = text_of(mended(paper(), [], why_all="Sai số liệu"))
    assert "Thu hồi toàn bộ danh sách. Lý do: Sai số liệu." in whole


def test_without_a_district_one_ward_publishes_and_several_cannot() -> None:
    later = {"made_on": dt.date(2026, 7, 1)}
    with pytest.raises(NoIssuer, match="ngày 01/07/2026"):
        public_list(paper(**later))
    own = tuple(dataclasses.replace(row, ward="Kiến Hưng") for row in rows())
    said = text_of(public_list(paper(**later, rows=own, wards=("Kiến Hưng",), sealed=8)))
    assert "ỦY BAN NHÂN DÂN PHƯỜNG KIẾN HƯNG" in said
    assert "Kiến Hưng, ngày 02 tháng 11" in said
    assert "quận" not in said.lower().replace("2962/ubnd-vhtt ngày 27 tháng 9 năm 2021 của ủy ban nhân dân quận", "")
    assert "Luật số 91/2025/QH15" in said
    assert "còn 2 mục nay không được nêu nữa" in said


def test_the_register_of_outgoing_documents() -> None:
    numbers = ("01/DS-TTVHTTTT", "02/TTVHTTTT", "03")
    sent = [
        OutgoingDocument(
            "TTVHTTTT", number, dt.date(2021, 10, place), "Danh sách công khai", "Cổng thông tin", "Nguyễn Văn A"
        )
        for place, number in enumerate(numbers, 1)
    ]
    reader = pypdf.PdfReader(io.BytesIO(outgoing_register(sent, 2021, is_demo=False)))
    [page] = reader.pages
    assert page.mediabox.width > page.mediabox.height
    said = squeezed(page.extract_text()).replace(" ", "")
    for line in ("01/DS-TTVHTTTT01/10/2021Danhsách", "02/TTVHTTTT02/10/2021Côngvăn", "0303/10/2021Danhsáchcôngkhai"):
        assert line in said, line


def test_the_record_of_delivery_is_a_form_and_says_what_was_recorded() -> None:
    form = text_of(delivery_record(Delivery(letter(), about())))
    assert "BIÊN BẢN Giao, niêm yết thông báo" in form
    assert "x Niêm yết" not in form
    given = letter(delivered_on=dt.date(2021, 10, 12), due_on=dt.date(2021, 10, 26))
    said = text_of(delivery_record(Delivery(given, about(), "posted", "Nguyễn Văn An", is_refused=True)))
    assert "ngày 12/10/2021" in said
    assert "x Niêm yết tại cửa cơ sở" in said
    assert "x Người nhận từ chối ký." in said
    assert "thời hạn đến hết ngày 26/10/2021" in said
