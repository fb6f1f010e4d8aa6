"""A demonstration stands still; the first real file loaded beside it turns the day to today, and says so."""

import datetime as dt
from pathlib import Path

import pytest

from data.status.days import today
from etl.loading.report import report
from tests.etl.loading.files import REGISTER, SCANS, load_file, write_csv

DEMO = "Dữ liệu minh họa"
VENUE = ("V001", "Quán 1", "Số 1 phố Trần Phú", "Mộ Lao", "Quán ăn", "105.784", "20.982")


@pytest.mark.usefixtures("fresh_database")
def test_the_first_real_file_says_that_it_turns_the_day(tmp_path: Path) -> None:
    demo = [
        load_file(write_csv(tmp_path / "so.csv", REGISTER, [VENUE], DEMO)),
        load_file(write_csv(tmp_path / "quet.csv", SCANS, [("V001", "01/11/2021", 5)], DEMO)),
    ]
    assert [outcome.turned_day for outcome in demo] == [None, None]
    real = write_csv(tmp_path / "that.csv", SCANS, [("V001", "02/11/2021", 5)])
    tried, loaded = load_file(real, dry_run=True), load_file(real)
    for outcome, words in ((tried, "dừng ở ngày 01/11/2021"), (loaded, "đã chuyển từ 01/11/2021")):
        assert outcome.turned_day == (dt.date(2021, 11, 1), today())
        assert any(words in line for line in report(outcome))
    later = load_file(write_csv(tmp_path / "sau.csv", SCANS, [("V001", "03/11/2021", 5)]))
    assert later.turned_day is None
