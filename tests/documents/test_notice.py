"""Letters of notice read back: reasons, time, ways to object, the slip's code, what is on none, many of them."""

import dataclasses
import datetime as dt
import io
import re

import numpy as np
import pikepdf
import pypdf
import pypdfium2
import pytest
import zxingcpp

from data.queries.publication_letters import CountedReminder, Figure, Letter, Notice
from documents import notice as module
from documents.letterheads import NoIssuer
from documents.notice import notices
from tests.documents.reading import squeezed

DAY, MADE = dt.date(2021, 10, 10), dt.date(2021, 10, 11)
WORD = "chưa nghiêm túc thực hiện tạo mã và quét mã QR"
SITE = "https://quet.example/cong"
NEVER = ("xử phạt", "Điều 72", "vi phạm")


def about(**changes: object) -> Notice:
    plain = Notice(1, "venues", f"Cơ sở {WORD}", WORD, DAY, None, 10, 180, MADE, SITE)
    return dataclasses.replace(plain, **changes)


def letter(number: int = 1, **changes: object) -> Letter:
    reminders = tuple(
        CountedReminder(dt.date(2021, 9, day), "no_qr", who, source)
        for day, who, source in ((2, "Công an phường Mộ Lao", "photo"), (9, "", "field"), (16, "Tổ dân phố 5", "book"))
    )
    name, token = f"Quán Ốc Thủy số {number}", f"{number:026d}"
    return dataclasses.replace(
        Letter(name, f"{number} Quang Trung", "Mộ Lao", reminders=reminders, token=token),
        **changes,
    )


def pages_of(content: bytes) -> list[str]:
    return [squeezed(page.extract_text()) for page in pypdf.PdfReader(io.BytesIO(content)).pages]


def test_a_letter_says_why_how_until_when_and_how_to_object_and_its_slip_opens_the_file() -> None:
    content = notices(about(is_demo=True), [letter()])
    said = " ".join(pages_of(content))
    for words in (
        "Kính gửi: Quán Ốc Thủy số 1",
        f"V/v dự kiến công khai cơ sở {WORD}",
        "đã được nhắc nhở 03 lần mà đến hết ngày 10/10/2021 chưa tạo mã QR địa điểm",
        "02/09/2021 Chưa tạo mã QR địa điểm Công an phường Mộ Lao Ghi tại cơ sở, có ảnh",
        "Nguồn không ghi",
        "Sổ nhắc nhở",
        "Trong thời hạn 10 ngày làm việc kể từ ngày nhận được văn bản này",
        "Căn cứ điểm n khoản 1 Điều 17 và điểm h khoản 1 Điều 19 Luật Tiếp cận thông tin số 104/2016/QH13;",
        "2962/UBND-VHTT",
        "trên Cổng thông tin điện tử quận Hà Đông trong 180 ngày",
        "yêu cầu được trả lời trong 15 ngày",
        "bằng phiếu kèm theo, qua Ủy ban nhân dân phường Mộ Lao, hoặc bằng văn bản",
        "PHIẾU XEM HỒ SƠ",
        "GIÁM ĐỐC",
        "DỮ LIỆU MINH HỌA",
    ):
        assert words in said, words
    assert not [word for word in NEVER if word.lower() in said.lower()]
    page = pypdfium2.PdfDocument(content)[1].render(scale=3).to_pil().convert("L")
    [code] = zxingcpp.read_barcodes(np.asarray(page))
    assert code.text == f"{SITE}/phieu/{letter().token}"


def test_the_computed_day_stands_in_a_letter_that_was_delivered() -> None:
    delivered = letter(delivered_on=dt.date(2021, 10, 12), due_on=dt.date(2021, 10, 26), token=None, has_qr=True)
    said = " ".join(pages_of(notices(about(), [delivered])))
    assert "được giao ngày 12/10/2021; thời hạn đến hết ngày 26/10/2021" in said
    assert "đã tạo mã QR địa điểm nhưng không có lượt quét. Lượt quét gần nhất: ngày chưa có." in said
    assert "PHIẾU" not in said
    assert "phiếu" not in said


def test_a_body_gets_its_figures_and_no_slip() -> None:
    figures = (Figure("without_qr", "40"), Figure("reached", "12"))
    ward = Letter("Mộ Lao", "", "Mộ Lao", body_kind="ward", figures=figures)
    content = notices(about(kind="bodies", from_day=dt.date(2021, 9, 27)), [ward])
    said = " ".join(pages_of(content))
    assert "từ ngày 27/09/2021 đến hết ngày 10/10/2021" in said
    assert "2 Chưa tạo mã QR, đã được nhắc nhở trong kỳ 12" in said
    assert "Kính gửi: Ủy ban nhân dân phường Mộ Lao" in said
    assert "- Như trên; - Lưu: VT" in said
    assert "phiếu" not in said.lower()


def test_many_letters_are_bound_with_their_tags(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BATCH", 2)
    letters = [letter(number) for number in range(1, 6)]
    content = notices(about(), letters)
    said = pages_of(content)
    assert len(said) == 10
    for number, page in enumerate(said[::2], 1):
        assert f"Kính gửi: Quán Ốc Thủy số {number}" in page
    assert all(f"{number:026d}" in page for number, page in enumerate(said[1::2], 1))
    with pikepdf.open(io.BytesIO(content)) as pdf:
        tree = pdf.Root.StructTreeRoot
        assert b"<pdfuaid:part>1" in pdf.Root.Metadata.read_bytes()
        keys = [int(each) for each in list(tree.ParentTree.Nums)[::2]]
        assert keys == sorted(set(keys))
        assert [int(page.obj.StructParents) for page in pdf.pages if "/StructParents" in page.obj] == keys[: len(said)]
        of_pages = dict(zip(keys, list(tree.ParentTree.Nums)[1::2], strict=True))
        for number, page in enumerate(pdf.pages):
            # A paragraph may begin on a letter's first page and end on its second.
            own = {pdf.pages[each].obj.objgen for each in (number - number % 2, number)}
            elements = [each for each in of_pages[int(page.obj.StructParents)] if "/Pg" in each]
            assert {each.Pg.objgen for each in elements} <= own, "tags speak of the page that they stand on"
            assert page.obj.objgen in {each.Pg.objgen for each in elements}
        names = [bytes(each) for each in list(tree.IDTree.Names)[::2]]
        assert names == sorted(set(names))
        assert len(names) == 4 * len(letters), "the heads of each letter's table"


def test_since_there_is_no_district_the_ward_writes_and_nobody_where_it_is_not_known() -> None:
    later = about(made_on=dt.date(2025, 7, 1))
    said = " ".join(pages_of(notices(later, [letter(ward="Kiến Hưng")])))
    assert "PHƯỜNG KIẾN HƯNG" in said
    for page in pages_of(notices(later, [letter(ward="Kiến Hưng", token=None)])):
        assert ("CHỦ TỊCH" in page) == ("Gửi ý kiến" in page), "a signature never stands alone"
    assert "Kiến Hưng, ngày" in said
    assert "Trang thông tin điện tử phường Kiến Hưng" in said
    without_order = re.sub(r"Công văn số 2962.*?quận Hà Đông", "", said)
    assert "quận hà đông" not in without_order.lower()
    with pytest.raises(NoIssuer):
        notices(later, [letter(ward="Kiến Hưng"), letter(2, ward="")])
