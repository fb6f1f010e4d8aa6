"""Numbers and days as they are read out."""

import datetime as dt

import pytest

from data.texts.spoken import LARGEST, spoken, spoken_day


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "không"),
        (5, "năm"),
        (10, "mười"),
        (11, "mười một"),
        (15, "mười lăm"),
        (20, "hai mươi"),
        (21, "hai mươi mốt"),
        (24, "hai mươi bốn"),
        (55, "năm mươi lăm"),
        (101, "một trăm lẻ một"),
        (110, "một trăm mười"),
        (115, "một trăm mười lăm"),
        (1000, "một nghìn"),
        (1005, "một nghìn không trăm lẻ năm"),
        (1050, "một nghìn không trăm năm mươi"),
        (2021, "hai nghìn không trăm hai mươi mốt"),
        (30_412, "ba mươi nghìn bốn trăm mười hai"),
        (1_000_001, "một triệu không trăm lẻ một"),
    ],
)
def test_a_number_is_read_out(number: int, words: str) -> None:
    assert spoken(number) == words


def test_every_number_is_read_out_in_its_own_words() -> None:
    assert len({spoken(number) for number in range(20_000)}) == 20_000
    for outside in (-1, LARGEST + 1):
        with pytest.raises(ValueError, match="read out"):
            spoken(outside)


def test_a_day_is_read_out() -> None:
    assert spoken_day(dt.date(2021, 4, 3)) == "ngày mùng ba tháng tư năm hai nghìn không trăm hai mươi mốt"
    assert spoken_day(dt.date(2021, 11, 30)) == "ngày ba mươi tháng mười một năm hai nghìn không trăm hai mươi mốt"
