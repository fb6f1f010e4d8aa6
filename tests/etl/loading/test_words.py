"""Clerks' words for streets and categories; no database."""

import pandas as pd
import pytest

from data.texts.folding import fold
from etl.values.categories import categorise, category_of
from etl.values.streets import street_of
from etl.values.ward_names import ward_key


@pytest.mark.parametrize(
    ("address", "street"),
    [
        ("Số 5 phố Trần Phú, phường Mộ Lao", "Trần Phú"),
        ("125 Quang Trung, Hà Đông", "Quang Trung"),
        ("12A/3 đường Lê Lợi", "Lê Lợi"),
        ("Ngõ 4 đường Tô Hiệu - Hà Cầu", "Tô Hiệu"),
        ("Số 7 ngõ 12, phường La Khê", None),
        ("Lô LK5 khu đô thị Văn Phú", None),
        ("Thôn 2, Đồng Mai", None),
        ("", None),
        (None, None),
    ],
)
def test_the_street_of_an_address(address: str | None, street: str | None) -> None:
    assert street_of(address) == street


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Mầm non", "kindergarten"),
        ("TRƯỜNG MẦM NON", "kindergarten"),
        ("mam non tu thuc", "kindergarten"),
        ("Trụ sở cơ quan", "government"),
        ("đóng tàu vũ trụ", None),
    ],
)
def test_the_category_of_a_clerks_words(words: str, code: str | None) -> None:
    assert category_of(words) == code


def test_unknown_words_are_counted_and_missing_ones_are_not() -> None:
    codes, unknown = categorise(pd.Series(["Mầm non", "đóng tàu vũ trụ", None], dtype=object))
    assert (codes.tolist(), unknown) == (["kindergarten", "other", "other"], 1)


@pytest.mark.parametrize(
    "name",
    ["Mộ Lao", "P. Mộ Lao", "P Mộ Lao", "Ph. Mộ Lao", "F. Mộ Lao", "phường Mộ Lao, Hà Đông", "UBND phường Mộ Lao",
     "Phường: Mộ Lao", "MỘ LAO.", "Ủy ban nhân dân phường Mộ Lao"],
)  # fmt: skip
def test_a_ward_by_the_names_that_clerks_give_it(name: str) -> None:
    assert ward_key(name) == "mo lao"


@pytest.mark.parametrize("name", ["Phú La", "Phúc La", "Phú Lãm", "Phú Lương"])
def test_a_ward_that_begins_like_the_word_for_ward_keeps_its_name(name: str) -> None:
    assert ward_key(f"phường {name}") == ward_key(name) == fold(name)
