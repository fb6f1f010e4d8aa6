"""The legacy code pages of Vietnamese: every letter there and back, told apart, asked when there is too little."""

import codecs
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from etl.__main__ import EXIT_UNUSABLE, main
from etl.errors import UnusableFile
from etl.validation.read import read
from etl.values.encodings import as_shown, detect, python_codec, syllables, tcvn3, unify, vni, windows1258
from etl.values.encodings.detection import is_proven
from etl.values.encodings.letters import TONES, join
from tests.benchmarks import encodings as benchmark
from tests.etl.reading.files import TODAY, table_of, typed_in, workbook

MODULES = {"tcvn3": tcvn3, "vni": vni, "windows-1258": windows1258}


def alphabet() -> str:
    """All letters of Vietnamese that are not ASCII, lower case and then upper."""
    toned = [join(vowel, tone) for vowel in "aăâeêioôơuưy" for tone in ("", *TONES)]
    lower = "".join(letter for letter in [*toned, "đ"] if not letter.isascii())
    return lower + lower.upper()


def test_the_alphabet_there_and_back() -> None:
    letters = alphabet()
    assert len(letters) == 2 * 67
    for module in (vni, windows1258):
        assert module.decode(module.encode(letters)) == letters
        for letter in letters:
            assert module.decode(module.encode(letter)) == letter
    # Sixty capitals have no byte in TCVN3: their small letters stand for them.
    kept = "".join(letter if letter in "ĂÂÊÔƠƯĐ" else letter.lower() for letter in letters)
    assert tcvn3.decode(tcvn3.encode(letters)) == kept
    assert tcvn3.encode("Phường Mộ Lao").decode("latin-1") == "Ph\xadêng Mé Lao"
    assert vni.encode("Phường Mộ Lao").decode("latin-1") == "Phöôøng Moä Lao"


def test_vni_marks_may_be_small_after_a_capital() -> None:
    assert vni.decode("QUAÄN HAø ÑOÂNG".encode("latin-1")) == "QUẬN HÀ ĐÔNG"


@pytest.mark.parametrize("name", list(MODULES))
@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_a_text_decoded_in_pieces_is_the_same(name: str, size: int) -> None:
    text = "Ủy ban nhân dân phường Mộ Lao, ẩm thực; đường Tố Hữu\r\n".lower() * 40
    data = MODULES[name].encode(text)
    decoder = codecs.getincrementaldecoder(python_codec(name))()
    pieces = [decoder.decode(data[at : at + size]) for at in range(0, len(data), size)]
    assert "".join([*pieces, decoder.decode(b"", True)]) == text


@pytest.mark.parametrize("name", list(MODULES))
def test_letters_that_a_code_page_has_not(name: str) -> None:
    with pytest.raises(UnicodeEncodeError):
        MODULES[name].encode("東京")


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("PHƯỜNG MỘ LAO", "PHƯỜNG MỘ LAO"),
        ("Phường Mộ Lao", "Phường Mộ Lao"),
        ("Số 5 Tô Hiệu", "Số 5 Tô Hiệu"),
        ("CH Hòa", "CH Hòa"),
        ("Á", "á"),
    ],
)
def test_capitals_that_only_a_font_showed(typed: str, read: str) -> None:
    assert tcvn3.raise_capitals(tcvn3.decode(tcvn3.encode(typed))) == read


@pytest.mark.parametrize(
    ("written", "one_way"),
    [
        ("hoà", "hòa"), ("Khoẻ", "Khỏe"), ("THUỶ", "THỦY"), ("Hoà Bình", "Hòa Bình"), ("hòa", "hòa"),
        ("quý", "quý"), ("Quỳnh", "Quỳnh"), ("hoàn", "hoàn"), ("ngoài", "ngoài"), ("khuỷu", "khuỷu"), ("toán", "toán"),
        (unicodedata.normalize("NFD", "Hoà, Thuỷ"), "Hòa, Thủy"), ("QR-01", "QR-01"),
    ],
)  # fmt: skip
def test_one_way_of_writing(written: str, one_way: str) -> None:
    assert unify(written) == one_way
    assert unify(one_way) == one_way


@pytest.mark.parametrize("lines", benchmark.LINES)
def test_the_error_rate_is_as_stated(lines: int) -> None:
    for seen in benchmark.rates(lines, repeats=30 if lines < 200 else 5):
        assert seen.wrong <= benchmark.MOST_WRONG
        assert seen.asked <= benchmark.MOST_ASKED[lines]


def every_syllable() -> set[str]:
    """All Vietnamese syllables with a letter beyond ASCII."""
    toned = [
        f"{initial}{rime[:at]}{join(rime[at], tone)}{rime[at + 1 :]}"
        for initial in syllables.INITIALS
        for rime in syllables.RIMES
        for at, letter in enumerate(rime)
        if letter in "aăâeêioôơuưy"
        for tone in ("", *TONES)
    ]
    return {word for word in toned if not word.isascii() and syllables.is_syllable(word)}


@pytest.mark.parametrize(("name", "mistakable"), [("tcvn3", 0.11), ("vni", 0.07), ("windows-1258", 0.24)])
@pytest.mark.parametrize("written", [str.lower, str.upper, str.title])
def test_no_syllable_of_a_code_page_proves_unicode(name: str, mistakable: float, written: Callable[[str], str]) -> None:
    words = [written(word) for word in every_syllable()]
    assert len(words) > 30_000
    typed = [MODULES[name].encode(word) for word in words]
    for shown in ([as_shown(data) for data in typed], [data.decode("cp1258", "replace") for data in typed]):
        # A word that only Unicode writes proves nothing beside words that a code page wrote: few of them look right.
        assert not any(is_proven([word]) for word in shown)
        assert sum(is_proven(["Mộ", word]) for word in shown) <= mistakable * len(shown)
    proving = sum(is_proven([word]) for word in words)
    assert proving > 0.6 * len(words)


@pytest.mark.parametrize("texts", [["Quán 1", "Phường Mộ Lao"], ["Hà Đông", "Mã địa điểm", "12 m²"]])
def test_what_is_proven_is_not_weighed(texts: list[str]) -> None:
    assert is_proven(" ".join(texts).split())
    assert (detect(texts).name, detect(texts).certainty) == ("unicode", 1.0)


def test_a_text_in_no_other_alphabet_is_left_alone() -> None:
    assert detect(b"HD001;5\n" * 10).name == "utf-8"
    assert detect(["HD001", "Cafe 24h"]).is_sure
    assert detect(["Phường Mộ Lao", "Café"]).name == "unicode"
    assert detect(["12 m²", "37°C", "½"]).name == "unicode"


def test_too_little_text_is_asked_about_and_the_answer_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"Ma dia diem;Ten dia diem;Dia chi\nHD1;M\xe9;5\n")
    (doubt,) = table_of(path).doubts
    assert doubt.kind == "encoding"
    assert "bảng mã" in doubt.sentence
    assert len(doubt.choices) == 2
    table = read(path, today=TODAY, encoding="tcvn3")
    assert (table.frame["name"].tolist(), table.doubts, table.encoding) == (["Mộ"], (), "tcvn3")
    with pytest.raises(UnusableFile, match="Không có bảng mã"):
        read(path, today=TODAY, encoding="viscii")


def test_before_and_after_are_shown_and_codes_stay(tmp_path: Path) -> None:
    rows = [["Mã địa điểm", "Tên địa điểm", "Địa chỉ"], ["HOÀ-01", "Nhà hàng Hòa Bình", "Số 5 đường Tô Hiệu"]]
    table = table_of(workbook(tmp_path / "a.xlsx", typed_in(tcvn3.encode, rows)))
    assert table.encoding == "tcvn3"
    assert ("Nhµ hµng Hßa B×nh", "Nhà hàng Hòa Bình") in table.converted
    table = table_of(workbook(tmp_path / "b.xlsx", [rows[0], ["HOÀ-01", "Nhà hàng Hoà Bình", "x"]]))
    assert table.frame[["code", "name"]].to_numpy().tolist() == [["HOÀ-01", "Nhà hàng Hòa Bình"]]
    assert table.encoding == "unicode"
    assert ("Nhà hàng Hoà Bình", "Nhà hàng Hòa Bình") in table.converted


def test_the_whole_file_is_judged_and_what_is_unicode_already_stays(tmp_path: Path) -> None:
    rows = [["Mã địa điểm", "Tên địa điểm", "Địa chỉ"]]
    body = [[f"HD{n}", "Quán phở Thìn", "Số 5 đường Tô Hiệu, phường Mộ Lao"] for n in range(50)]
    table = table_of(workbook(tmp_path / "a.xlsx", [*rows, *typed_in(tcvn3.encode, body)]))
    assert table.encoding == "tcvn3"
    assert set(table.frame["name"]) == {"Quán phở Thìn"}


def test_the_command_asks_instead_of_loading(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"Ma dia diem;Ten dia diem;Dia chi\nHD1;M\xe9;5\n")
    assert main(["load", "--dry-run", str(path)]) == EXIT_UNUSABLE
    told = capsys.readouterr().err
    assert "bảng mã" in told
    assert "--encoding tcvn3" in told
