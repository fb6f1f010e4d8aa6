"""Days in addresses and options are read by one function, and what is no day is the caller's own error."""

import datetime as dt
from argparse import ArgumentTypeError

import pytest

from data.texts.days import day_option, read_day

DAY = dt.date(2021, 11, 3)


class NoDayError(Exception):
    """The caller's own error."""


@pytest.mark.parametrize("text", ["3/11/2021", "03-11-2021", "3.11.2021"])
def test_people_write_the_day_first(text: str) -> None:
    assert read_day(text, NoDayError, people=True) == DAY
    with pytest.raises(NoDayError, match=text):
        read_day(text, NoDayError)


def test_programs_write_the_year_first() -> None:
    assert read_day("2021-11-03", NoDayError) == read_day("2021-11-03", NoDayError, people=True) == DAY
    with pytest.raises(NoDayError):
        read_day("2021-11-03", NoDayError, iso=False, people=True)


@pytest.mark.parametrize("text", ["31/02/2021", "2021-02-31", "", "hôm nay", None, 20211103])
def test_what_is_no_day_is_the_callers_error(text: object) -> None:
    with pytest.raises(NoDayError):
        read_day(text, NoDayError, people=True)


def test_an_option_says_how_a_day_is_written() -> None:
    assert day_option("2021-11-03") == DAY
    with pytest.raises(ArgumentTypeError, match="«3/11» không phải là ngày; cần dạng năm-tháng-ngày: 2021-11-30"):
        day_option("3/11")
