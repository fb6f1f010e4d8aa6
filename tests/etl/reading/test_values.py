"""Counts, codes, reasons, apps, telephones and coordinates in every way clerks write them."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.spreadsheets import guarded
from etl.values import cell_values, coordinates


def column(*cells: Any) -> pd.Series:
    return pd.Series(list(cells), dtype=object)


@pytest.mark.parametrize(
    ("written", "count"),
    [
        ("12", 12),
        (12.0, 12),
        ("12.0", 12),
        ("12,00", 12),
        ("1.234", 1234),
        ("1,234", 1234),
        ("1 234", 1234),
        ("1.234.567", None),
        ("15 lượt", 15),
        ("0", 0),
        (0, 0),
        ("1.000", 1000),
        (1_000_000, 1_000_000),
    ],
)
def test_counts(written: object, count: int | None) -> None:
    found, faulty = cell_values.counts(column(written))
    assert found[0] == count
    assert faulty[0] == (count is None)


@pytest.mark.parametrize("written", ["-3", -3.0, "1.5", 1.5, "1,25", "x", "12a", "1e3", True, 1_000_001, "９"])
def test_what_is_no_count(written: object) -> None:
    found, faulty = cell_values.counts(column(written))
    assert found[0] is None
    assert faulty[0]


def test_codes_that_excel_changed() -> None:
    found, faulty = cell_values.codes(column(123.0, "123.0", "00123", " HD 01 ", "1.23457E+11", "", None, "x" * 65))
    assert found.tolist()[:4] == ["123", "123", "00123", "HD 01"]
    assert faulty.tolist() == [False, False, False, False, True, False, False, True]
    assert found[5] is None
    assert found[6] is None


def test_codes_are_compared_without_what_excel_loses() -> None:
    assert {cell_values.code_key(code) for code in ("00123", "123", "123.0", " 123 ")} == {"123"}
    assert cell_values.code_key("hd 000123") == "HD000123"
    assert cell_values.code_key("000") == "0"
    assert [cell_values.code_key(code) for code in ("00123", "a1")] == ["123", "A1"]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("Chưa tạo mã QR", "no_qr"),
        ("không có QR", "no_qr"),
        ("CHUA CO MA", "no_qr"),
        ("chưa đăng ký mã QR địa điểm", "no_qr"),
        ("Chưa dán mã QR", "no_qr"),
        ("chưa tạo mã, không quét", "no_qr"),
        ("Không quét", "not_scanning"),
        ("chưa có lượt quét", "not_scanning"),
        ("Không có lượt quét mã QR", "not_scanning"),
        ("không yêu cầu khách quét mã QR", "not_scanning"),
        ("Khách vào không quét mã QR", "not_scanning"),
        ("không thực hiện quét mã", "not_scanning"),
        ("không có khách quét mã", "not_scanning"),
        ("no_qr", "no_qr"),
        ("not_scanning", "not_scanning"),
        ("đã tạo mã", None),
        ("lấn chiếm vỉa hè", None),
    ],
)
def test_reasons(words: str, reason: str | None) -> None:
    assert cell_values.reason(words) == reason


def test_apps_are_the_four_of_the_order() -> None:
    found, others = cell_values.apps(
        column("bluezone", "App NCOVI", "Vietnam Health Declaration", "VNEID", "PC-Covid", None)
    )
    assert found.tolist() == ["Bluezone", "NCOVI", "Vietnam Health Declaration", "VNeID", None, None]
    assert others.tolist() == [False, False, False, False, True, False]


def test_a_telephone_gets_its_zero_back() -> None:
    found, mended = cell_values.phones(column(912345678.0, "0912 345 678", "+84 912345678", "24 3388"))
    assert found.tolist() == ["0912345678", "0912 345 678", "+84 912345678", "24 3388"]
    assert mended.tolist() == [True, False, False, False]


def test_text_is_tidy_and_composed() -> None:
    decomposed = "Ye\u0302\u0301t  Kie\u0302u\n\u200b "
    assert cell_values.texts(column(decomposed, "-", "  ", "#N/A", 5.0, "a\x00b")).tolist() == [
        "Yết Kiêu",
        None,
        None,
        None,
        "5",
        "ab",
    ]


@given(st.text())
def test_neutralised_text_comes_back(text: str) -> None:
    tidy = cell_values.tidy(text)
    out = guarded(tidy)
    assert cell_values.tidy(out) == tidy
    assert out[:1] not in "=@" or not out


@settings(deadline=None)
@given(st.lists(st.one_of(st.none(), st.floats(), st.text(), st.booleans(), st.dates(), st.datetimes()), max_size=8))
def test_any_cell_is_answered(cells: list[Any]) -> None:
    raw = column(*cells)
    for read in (
        cell_values.counts,
        cell_values.codes,
        cell_values.reasons,
        cell_values.apps,
        cell_values.phones,
        coordinates.numbers,
    ):
        found, faulty = read(raw)
        assert len(found) == len(faulty) == len(cells)
    assert len(coordinates.pairs(raw)[0]) == len(cells)


@pytest.mark.parametrize("distinct", [True, False])
def test_long_columns_give_the_same_however_they_repeat(distinct: bool) -> None:
    cells = [f" HD{n if distinct else n % 7:06d} " if n % 1000 else None for n in range(12_000)]
    found, _ = cell_values.codes(column(*cells))
    assert found.tolist() == [cell.strip() if cell else None for cell in cells]


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("105.78", 105.78),
        ("105,78", 105.78),
        (105.78, 105.78),
        ("105°46'48\"", 105.78),
        ("580.123,5", 580123.5),
        ("2.319.456,78", 2319456.78),
        ("2,319,456.78", 2319456.78),
        ("2319456 m", 2319456.0),
        ("105.78E", 105.78),
    ],
)
def test_a_coordinate(written: object, number: float) -> None:
    found, faulty = coordinates.numbers(column(written))
    assert found[0] == pytest.approx(number)
    assert not faulty[0]


def test_coordinates_that_say_nothing_and_such_that_cannot_be_read() -> None:
    found, faulty = coordinates.numbers(column("chưa có", "-", None, 0, "0", "gần chợ", "inf"))
    assert np.isnan(found).all()
    assert faulty.tolist() == [False, False, False, False, False, True, True]


@pytest.mark.parametrize(
    "written",
    [
        "20.97, 105.78",
        "20.97,105.78",
        "(20.97; 105.78)",
        "20.97 105.78",
        "20,97; 105,78",
        "20,97 105,78",
        "POINT(105.78 20.97)",
        "https://maps.google.com/?q=20.97,105.78",
        "20°58'12\"N 105°46'48\"E",
        "105°46'48\"E, 20°58'12\"N",
    ],
)
def test_two_coordinates_in_one_cell(written: str) -> None:
    lon, lat, faulty = coordinates.pairs(column(written))
    assert (lon[0], lat[0]) == (pytest.approx(105.78), pytest.approx(20.97))
    assert not faulty[0]


def test_a_cell_that_is_no_point() -> None:
    lon, lat, faulty = coordinates.pairs(column("cạnh chợ Hà Đông", "chưa có", None))
    assert np.isnan(lon).all()
    assert np.isnan(lat).all()
    assert faulty.tolist() == [True, False, False]
