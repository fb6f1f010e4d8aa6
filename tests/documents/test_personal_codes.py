"""Cards with personal codes: each decodes however it is printed and seen, and is large enough."""

import io
import traceback

import pikepdf
import pytest

from documents import personal_codes as module
from documents.personal_codes import LONGEST_LABEL, MOST_BYTES, PersonalCode, UnusableCodes, lines_of, personal_codes
from documents.typesetting import TypesettingFailed
from tests.documents.disturbed import DISTURBED, PRINT_DPI, page_at, read, sides_mm
from tests.documents.test_poster import DAY

LEAST_MM = 50.0
PHONE_DPI = 150
"""Of a card that is held near."""
CITIZEN = "001099012345|123456789|Nguyễn Văn Ân|01011990|Nam|Số 1 Quang Trung, Hà Đông, Hà Nội|01012021"
CODES = [
    PersonalCode(CITIZEN, "Ông Ân"),
    PersonalCode("GD4012312345678"),
    PersonalCode("Đ" * (MOST_BYTES // 2), "#set page() <b>"),
]


@pytest.mark.parametrize("how", DISTURBED)
@pytest.mark.parametrize("dpi", [PRINT_DPI, PHONE_DPI])
def test_cards_decode_however_they_are_printed_and_seen(how: str, dpi: int) -> None:
    picture = DISTURBED[how](page_at(personal_codes(CODES, DAY), dpi))
    assert sorted(code.text for code in read(picture)) == sorted(code.content for code in CODES)


def test_eight_fit_a_page_and_each_is_large_enough_also_on_a_printer_that_shrinks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    document = personal_codes([PersonalCode(CITIZEN, copies=9)], DAY)
    with pikepdf.open(io.BytesIO(document)) as pdf:
        assert len(pdf.pages) == 2
    shrunk = DISTURBED["at 97 %"](page_at(document))
    found = read(shrunk)
    assert len(found) == 8
    assert min(side for code in found for side in sides_mm(shrunk, code)) >= LEAST_MM
    monkeypatch.setattr(module, "SIDE_MM", 49)
    small = page_at(personal_codes([PersonalCode(CITIZEN)], DAY))
    assert min(sides_mm(small, read(small)[0])) < LEAST_MM


def test_what_a_code_holds_is_printed_byte_for_byte_and_told_by_nothing() -> None:
    odd = PersonalCode(' =cmd|"/C calc"!A0 \u202e\t\x00;Ç€A\u0302 ', "x")
    assert [code.bytes for code in read(page_at(personal_codes([odd], DAY)))] == [odd.content.encode()]
    assert "calc" not in repr(odd)
    lines = "GS\x1dRS\x1e\u2028\x85 \r\n\n  \nTwo"
    assert [code.content for code in lines_of(lines)] == ["GS\x1dRS\x1e\u2028\x85 ", "Two"]


@pytest.mark.parametrize("word", ["W" * 40, "\u202e#pagebreak()" * 2, "Ẫ" * 9 + "\x00" + "한" * 14])
def test_words_beside_a_code_spoil_no_other(word: str) -> None:
    codes = [PersonalCode(f"{number}", word[:LONGEST_LABEL]) for number in range(8)]
    document = personal_codes(codes, DAY)
    with pikepdf.open(io.BytesIO(document)) as pdf:
        assert len(pdf.pages) == 1
    picture = page_at(document)
    found = read(picture)
    assert sorted(code.text for code in found) == [code.content for code in codes]
    for code in found:
        assert max(sides_mm(picture, code)) < LEAST_MM + 3, "nothing stands in its quiet zone"


def test_a_fault_of_the_template_tells_nothing_of_the_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "QUIET_MODULES", "four")
    with pytest.raises(TypesettingFailed) as failed:
        personal_codes([PersonalCode(CITIZEN, CITIZEN)], DAY)
    assert CITIZEN not in "".join(traceback.format_exception(failed.value))


@pytest.mark.parametrize(
    "codes",
    [
        [],
        [PersonalCode("  ")],
        [PersonalCode("ok"), PersonalCode("bí mật" * 90)],
        [PersonalCode("ok", copies=500)],
        [PersonalCode("bí mật \ud800")],
    ],
    ids=["none", "empty", "too long", "too many", "half a character"],
)
def test_what_cannot_be_printed_is_said_by_its_place_alone(codes: list[PersonalCode]) -> None:
    with pytest.raises(UnusableCodes) as refused:
        personal_codes(codes, DAY)
    assert "bí mật" not in str(refused.value)
    assert refused.value.__cause__ is None
