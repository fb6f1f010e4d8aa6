"""Days in every way clerks write them."""

import datetime as dt

import pandas as pd
import pytest

from etl.values.days import coarse_day_of, day_of, days, period_of

TWELFTH = dt.date(2021, 9, 12)


@pytest.mark.parametrize(
    "written",
    [
        "12/9/21",
        "12/09/2021",
        "12.09.2021",
        "12-9-2021",
        " 12 / 9 / 2021 ",
        "2021-09-12",
        "2021/9/12",
        "2021-09-12 07:30:00",
        "2021-09-12T07:30:00",
        "09h30 ngày 12/9/2021",
        "9 giờ 30 phút, ngày 12/9/2021",
        "12/09/2021 08:31:22",
        "Chủ nhật, 12/09/2021",
        "ngày 12 tháng 9 năm 2021",
        "12-Thg9-21",
        "20210912",
        20210912.0,
        12092021,
        "44451",
        44451,
        44451.5,
        dt.datetime(2021, 9, 12, 23, 59),
        TWELFTH,
    ],
)
def test_the_same_day_in_every_spelling(written: object) -> None:
    assert day_of(written) == TWELFTH


def test_a_number_whose_leading_zero_is_lost() -> None:
    assert day_of(1092021) == dt.date(2021, 9, 1)


@pytest.mark.parametrize(
    ("written", "day"),
    [("2021-09-12T17:30:00Z", 13), ("2021-09-12T16:59:00Z", 12), ("2021-09-12T23:30:00+07:00", 12)],
)
def test_a_moment_of_another_zone_is_a_day_in_vietnam(written: str, day: int) -> None:
    assert day_of(written) == dt.date(2021, 9, day)


@pytest.mark.parametrize(
    "written",
    ["31/02/2021", "12/13/2021", "hôm qua", "12/9", "0", -1, 0.5, True, "12/9/2150", "99999999", float("nan")],
)
def test_what_is_no_day(written: object) -> None:
    assert day_of(written) is None


def test_a_year_or_month_stands_for_its_first_day_only_where_allowed() -> None:
    assert coarse_day_of("2015") == coarse_day_of(2015.0) == coarse_day_of("năm 2015") == dt.date(2015, 1, 1)
    assert coarse_day_of("05/2015") == dt.date(2015, 5, 1)
    assert coarse_day_of("12/9/2021") is None
    column = pd.Series(["2015", "12/9/2021", "", None, "x"], dtype=object)
    read = days(column, coarse=True)
    assert read.coarse == 1
    assert read.faulty.tolist() == [False, False, False, False, True]
    assert pd.isna(read.values[2:]).all()


@pytest.mark.parametrize(
    "title",
    [
        "Từ ngày 27/09/2021 đến ngày 03/10/2021",
        "TỪ NGÀY 27/9/2021 ĐẾN HẾT NGÀY 3/10/2021",
        "(Tuần 27/9 - 03/10/2021)",
        "Từ ngày 27 tháng 9 đến ngày 3 tháng 10 năm 2021",
    ],
)
def test_the_stretch_that_a_title_names(title: str) -> None:
    assert period_of([title]).stretches == ((dt.date(2021, 9, 27), dt.date(2021, 10, 3)),)


def test_headings_of_day_columns_take_month_and_year_from_the_title() -> None:
    month = period_of(["BÁO CÁO THÁNG 10 NĂM 2021"])
    assert month.day_from_heading("31") == month.day_from_heading(31.0) == dt.date(2021, 10, 31)
    assert month.day_from_heading("T2 04/10") == month.day_from_heading("Thứ 2\n4/10") == dt.date(2021, 10, 4)
    assert month.day_from_heading("32") is None
    across = period_of(["Từ ngày 27/09/2021 đến ngày 03/10/2021"])
    assert across.day_from_heading("27") == dt.date(2021, 9, 27)
    assert across.day_from_heading("1") == dt.date(2021, 10, 1)
    assert period_of([]).day_from_heading("1/10") is None
    assert period_of([]).day_from_heading(44470.0) == dt.date(2021, 10, 1)
