"""What a load changes is told of one day, though the first real load moves the current day from the demonstration's."""

from pathlib import Path

from data.database.connection import loader_connection
from etl.loading import status_changes
from etl.loading.load import load_within, prepare
from etl.loading.options import Options
from etl.undo.undo import undo
from etl.validation.read import read
from tests.etl.loading.files import LA_KHE, REGISTER, SUSPENSIONS, load_file, one, venues, write_csv

DEMO = "DỮ LIỆU MINH HỌA"


def test_a_first_real_load_is_not_blamed_for_the_days_that_pass_with_it(tmp_path: Path, fresh_database: str) -> None:
    plain = venues(tmp_path / "so.csv", 2)
    plain.write_text(f"{DEMO}\n{plain.read_text('utf-8')}", "utf-8")
    load_file(plain)
    stops = [("V001", "01/11/2021", "30/12/2021", "")]
    load_file(write_csv(tmp_path / "dung.csv", SUSPENSIONS, stops, DEMO))
    assert one("SELECT current_day() < today()")
    assert one("SELECT status::text FROM venue WHERE code = 'V001'") == "suspended"
    real = write_csv(tmp_path / "bo-sung.csv", REGISTER, [("V009", "Quán 9", "Số 9", "La Khê", "Quán ăn", *LA_KHE)])
    expected = [{"before": None, "after": "unregistered", "venues": 1}]
    with loader_connection() as conn:
        prepare(conn, lambda _step, _text: None)
        status_changes.note_statuses(conn)
        load_within(conn, read(real), Options(), lambda _step, _text: None)
        assert status_changes.compare(conn)["changed"] == expected
    outcome = load_file(real)
    report = undo(outcome.load_id, None, lambda _step, _text: None, dry_run=True)
    assert report.statuses["changed"] == [{"before": "unregistered", "after": None, "venues": 1}]
