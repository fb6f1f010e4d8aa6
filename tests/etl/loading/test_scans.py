"""Scan counts: rows, known days, and corrections of both."""

import datetime as dt
import random
from pathlib import Path

import pytest

from data.database.connection import loader_connection
from data.status import periods
from tests.etl.loading.files import REGISTRATIONS, REMINDERS, SCANS, TOTALS, load_file, one, rows, venues, write_csv

pytestmark = pytest.mark.usefixtures("fresh_database")


@pytest.fixture
def registered(tmp_path: Path, fresh_database: str) -> None:
    load_file(venues(tmp_path / "so.csv", 6))
    lines = [(f"V{i:03d}", "28/09/2021", f"Q{i}", None) for i in range(1, 5)]
    load_file(write_csv(tmp_path / "dk.csv", REGISTRATIONS, lines))


def scans(path: Path, *lines: tuple[object, ...], title: str = "") -> Path:
    return write_csv(path, SCANS, lines, title)


def known_days() -> list[str]:
    return [day for (day,) in rows("SELECT DISTINCT day::text FROM scan_day ORDER BY 1")]


def test_counts_land_with_their_days(tmp_path: Path, registered: None) -> None:
    path = scans(tmp_path / "q.csv", ("V001", "01/10/2021", 5), ("V002", "01/10/2021", 0), ("V001", "03/10/2021", 1))
    outcome = load_file(path)
    assert (outcome.changes.new, outcome.changes.days_changed) == (3, True)
    assert len(outcome.changes.touched) == 1, "a count of none changes nobody's status by itself"
    assert known_days() == ["2021-10-01", "2021-10-03"]
    assert rows("SELECT code, status::text FROM venue WHERE code IN ('V001', 'V002') ORDER BY code") == [
        ("V001", "scanning"), ("V002", "registered"),
    ]  # fmt: skip
    assert one("SELECT count(*) FROM scan_reach") == 2


def test_a_title_covers_days_without_rows_but_none_to_come(tmp_path: Path, registered: None) -> None:
    path = scans(
        tmp_path / "q.csv", ("V001", "01/10/2021", 5), title="SỐ LƯỢT QUÉT Từ ngày 01/10/2021 đến ngày 07/10/2021"
    )
    outcome = load_file(path, as_of=dt.date(2021, 10, 5))
    assert known_days() == [f"2021-10-0{day}" for day in range(1, 6)]
    assert outcome.remarks["covered_days_to_come"] == 2


def test_the_days_of_unknown_venues_are_known_all_the_same(tmp_path: Path, registered: None) -> None:
    load_file(scans(tmp_path / "q.csv", ("V001", "01/10/2021", 5), ("X999", "02/10/2021", 3)))
    assert known_days() == ["2021-10-01", "2021-10-02"]


def test_a_repeated_count_counts_once_and_a_contradicting_one_is_rejected(tmp_path: Path, registered: None) -> None:
    outcome = load_file(scans(
        tmp_path / "q.csv",
        ("V001", "01/10/2021", 5), ("V001", "01/10/2021", 5), ("V001", "01/10/2021", 6), ("V001", "01/10/2021", 6),
    ))  # fmt: skip
    assert (outcome.accepted, len(outcome.rejects), outcome.remarks["repeated_rows"]) == (2, 2, 1)
    assert rows("SELECT scans FROM scan_count") == [(5,)]


def test_a_corrected_file_takes_its_rows_and_days_back(tmp_path: Path, registered: None) -> None:
    first = load_file(scans(
        tmp_path / "q.csv", ("V001", "01/10/2021", 5), ("V002", "01/10/2021", 2), ("V003", "02/10/2021", 4),
    ))  # fmt: skip
    second = load_file(scans(tmp_path / "q.csv", ("V001", "01/10/2021", 6), ("V002", "01/10/2021", 2)))
    assert second.changes.supersedes == first.load_id
    assert (second.changes.new, second.changes.changed, second.changes.removed) == (0, 1, 1)
    assert known_days() == ["2021-10-01"]
    assert one("SELECT count(*) FROM scan_day WHERE load_id = %s", first.load_id) == 0
    found = rows(
        "SELECT v.code, s.scans, s.load_id FROM scan_count AS s JOIN venue AS v ON v.id = s.venue_id ORDER BY 1"
    )
    assert found == [
        ("V001", 6, second.load_id), ("V002", 2, first.load_id),
    ]  # fmt: skip
    assert one("SELECT status::text FROM venue WHERE code = 'V003'") == "registered"


def test_a_new_week_under_the_old_name_leaves_the_old_week(tmp_path: Path, registered: None) -> None:
    load_file(scans(tmp_path / "q.csv", *((f"V00{i}", "01/10/2021", 5) for i in range(1, 5))))
    load_file(scans(tmp_path / "q.csv", *((f"V00{i}", "08/10/2021", 5) for i in range(1, 5))))
    assert known_days() == ["2021-10-01", "2021-10-08"]
    # The first week's correction, under the name both had, finds the first week and not the newest load.
    third = load_file(scans(tmp_path / "q.csv", *((f"V00{i}", "01/10/2021", 5) for i in range(1, 4))))
    assert third.changes.removed == 1
    assert one("SELECT count(*) FROM scan_count") == 7


def test_a_day_that_another_load_knows_stays_known(tmp_path: Path, registered: None) -> None:
    load_file(scans(tmp_path / "a.csv", ("V001", "01/10/2021", 5), ("V001", "02/10/2021", 5)))
    load_file(scans(tmp_path / "b.csv", ("V002", "02/10/2021", 5)))
    outcome = load_file(scans(tmp_path / "a.csv", ("V001", "01/10/2021", 5)))
    assert known_days() == ["2021-10-01", "2021-10-02"]
    assert outcome.changes.days_changed is False


@pytest.fixture
def awkward_histories(tmp_path: Path, fresh_database: str) -> None:
    """Thirty venues with all that bears on how scans are read, but totals: codes that end, reminders of both reasons,
    closings, merged venues, and a policy whose window widens while scans go on."""
    dice = random.Random(2962)
    day = [f"{dt.date(2021, 9, 25) + dt.timedelta(days=number):%d/%m/%Y}" for number in range(50)]
    load_file(venues(tmp_path / "so.csv", 30))
    registered = [(f"V{i:03d}", dice.choice(day[:30]), f"Q{i}", None) for i in range(1, 25)]
    load_file(write_csv(tmp_path / "dk.csv", REGISTRATIONS, registered))
    reasons = ("Chưa có mã QR", "Không có lượt quét")
    reminded = [(f"V{dice.randrange(1, 31):03d}", dice.choice(day), dice.choice(reasons), "Tổ 1") for _ in range(60)]
    load_file(write_csv(tmp_path / "nn.csv", REMINDERS, dict.fromkeys(reminded)))
    with loader_connection() as conn:
        conn.execute("UPDATE registration SET ended_on = registered_on + 12 WHERE venue_id % 5 = 0")
        conn.execute("UPDATE venue_opening SET closed_on = '2021-10-20' WHERE venue_id % 11 = 0")
        conn.execute("INSERT INTO policy (valid_from, reminder_threshold, scanning_window_days) VALUES"
                     " ('2021-10-10', 2, 3), ('2021-10-18', 2, 14)")  # fmt: skip
        conn.execute("UPDATE venue SET merged_into = id + 1 WHERE id % 7 = 0 AND code < 'V030'")
        periods.rebuild(conn)


@pytest.mark.parametrize("with_totals", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_days_before_a_new_file_keep_their_status_as_the_rule_has_it(
    tmp_path: Path, awkward_histories: None, seed: int, *, with_totals: bool
) -> None:
    dice = random.Random(seed)
    days = [dt.date(2021, 10, 1) + dt.timedelta(days=number) for number in range(35)]
    dice.shuffle(days)
    cuts = sorted(dice.sample(range(1, 33), 5))
    weeks = [days[a:b] for a, b in zip([0, *cuts], [*cuts, 33], strict=True)]
    if seed % 2:
        weeks = [sorted(days)[start : start + 7] for start in dice.sample(range(0, 35, 7), 5)]
    for number, week in enumerate(weeks):
        asked = random.Random(seed * 10 + number)
        counts = [
            (f"V{i:03d}", f"{day:%d/%m/%Y}", asked.choice((0, 0, 3)))
            for i in range(1, 31) if asked.random() < 0.6 for day in week if asked.random() < 0.5
        ]  # fmt: skip
        outcome = load_file(scans(tmp_path / f"q{number}.csv", *counts))
        assert outcome.changes.from_day == min(dt.datetime.strptime(day, "%d/%m/%Y").date() for _, day, _ in counts)
        if with_totals:
            totals = [(f"V{i:03d}", (number + i % 3) * asked.choice((0, 4))) for i in range(1, 31) if i % 4 or number]
            title = f"TỔNG LƯỢT QUÉT Tính đến 08h00 ngày {asked.choice(week):%d/%m/%Y}"
            load_file(write_csv(tmp_path / f"t{number}.csv", TOTALS, totals, title))
        with loader_connection() as conn:
            assert periods.check(conn) == []
