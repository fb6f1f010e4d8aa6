"""Running totals: counts derived from successive exports, whatever the order of loading, and what they prove."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callbacks.drawer.events import stretch_sentence
from data.database.connection import loader_connection
from data.queries.venue import venue_history
from data.status import periods
from etl.errors import UnusableFile
from tests.etl.loading.files import REGISTRATIONS, REMINDERS, SCANS, TOTALS, load_file, one, rows, venues, write_csv

pytestmark = pytest.mark.usefixtures("fresh_database")

DAILY = (
    "SELECT v.code, to_char(s.day, 'DD/MM'), sum(s.scans)::integer, string_agg(DISTINCT s.basis, '+' ORDER BY s.basis)"
    " FROM scan_daily AS s JOIN venue AS v ON v.id = s.venue_id GROUP BY v.code, s.day ORDER BY v.code, s.day"
)


@pytest.fixture
def registered(tmp_path: Path, fresh_database: str) -> None:
    load_file(venues(tmp_path / "so.csv", 6))
    lines = [(f"V{i:03d}", "01/09/2021", f"Q{i}", None) for i in range(1, 6)]
    load_file(write_csv(tmp_path / "dk.csv", REGISTRATIONS, lines))


def export(path: Path, moment: str, **totals: int) -> Path:
    """A file of totals at ``moment``, such as "24h00 ngày 12/9/2021"."""
    return write_csv(path, TOTALS, list(totals.items()), f"TỔNG LƯỢT QUÉT Tính đến {moment}")


def daily() -> list[tuple[Any, ...]]:
    return rows(DAILY)


def status_on(day: dt.date) -> dict[str, str]:
    return dict(rows("SELECT v.code, s.status::text FROM venue AS v, venue_status(v.id, %s) AS s", day))


def test_differences_between_midnights_are_counts_of_days(tmp_path: Path, registered: None) -> None:
    load_file(export(tmp_path / "a.csv", "00h00 ngày 10/9/2021", V001=100, V002=0))
    outcome = load_file(export(tmp_path / "b.csv", "00h00 ngày 11/9/2021", V001=107, V002=0))
    assert (outcome.changes.new, outcome.changes.days_changed) == (2, True)
    assert daily() == [("V001", "10/09", 7, "difference")]
    assert rows("SELECT day::text FROM scan_known_day") == [("2021-09-10",)]
    assert one("SELECT as_of::text FROM load WHERE id = %s", outcome.load_id) == "2021-09-11"


def test_an_interval_is_shared_and_its_shares_add_up(tmp_path: Path, registered: None) -> None:
    load_file(export(tmp_path / "a.csv", "00h00 ngày 10/9/2021", V001=100))
    load_file(export(tmp_path / "b.csv", "00h00 ngày 13/9/2021", V001=125))
    assert daily() == [
        ("V001", "10/09", 8, "interval"), ("V001", "11/09", 8, "interval"), ("V001", "12/09", 9, "interval"),
    ]  # fmt: skip


def test_hours_within_the_day_reach_into_both_days(tmp_path: Path, registered: None) -> None:
    load_file(export(tmp_path / "a.csv", "09h30 ngày 10/9/2021", V001=100))
    load_file(export(tmp_path / "b.csv", "16h00 ngày 11/9/2021", V001=101))
    assert [line[1] for line in daily()] == ["10/09", "11/09"]
    assert one("SELECT count(*) FROM scan_known_day") == 0, "neither day lies wholly between the exports"


def test_a_total_that_falls_counts_from_then_on(tmp_path: Path, registered: None) -> None:
    load_file(export(tmp_path / "a.csv", "00h00 ngày 10/9/2021", V001=100, V002=9))
    load_file(export(tmp_path / "b.csv", "00h00 ngày 11/9/2021", V001=4, V002=0))
    assert daily() == [("V001", "10/09", 4, "fall")]


def test_counts_of_a_day_win_and_are_taken_off_the_interval(tmp_path: Path, registered: None) -> None:
    load_file(export(tmp_path / "a.csv", "00h00 ngày 10/9/2021", V001=100))
    load_file(export(tmp_path / "b.csv", "00h00 ngày 13/9/2021", V001=125))
    load_file(write_csv(tmp_path / "q.csv", SCANS, [("V001", "11/09/2021", 15)]))
    assert daily() == [
        ("V001", "10/09", 5, "interval"), ("V001", "11/09", 15, "counted"), ("V001", "12/09", 5, "interval"),
    ]  # fmt: skip


def test_of_two_totals_of_one_moment_the_larger_holds_and_a_correction_replaces(
    tmp_path: Path, registered: None
) -> None:
    load_file(export(tmp_path / "a.csv", "00h00 ngày 10/9/2021", V001=100, V002=1))
    load_file(export(tmp_path / "b.csv", "00h00 ngày 11/9/2021", V001=110, V002=1))
    load_file(export(tmp_path / "c.csv", "00h00 ngày 11/9/2021", V001=105, V002=1))
    assert daily() == [("V001", "10/09", 10, "difference")]
    (tmp_path / "mended").mkdir()
    outcome = load_file(export(tmp_path / "mended" / "b.csv", "00h00 ngày 11/9/2021", V001=103, V002=1))
    assert (outcome.changes.supersedes is not None, outcome.changes.changed, outcome.changes.new) == (True, 1, 0)
    assert daily() == [("V001", "10/09", 5, "difference")]
    assert load_file(tmp_path / "mended" / "b.csv").loaded_before is not None


def test_a_file_that_names_no_moment_is_refused_unless_a_person_does(tmp_path: Path, registered: None) -> None:
    path = write_csv(tmp_path / "a.csv", TOTALS, [("V001", 5)])
    with pytest.raises(UnusableFile):
        load_file(path)
    load_file(path, as_of=dt.date(2021, 9, 10))
    assert rows("SELECT exported_on::text, exported_minute FROM scan_total") == [("2021-09-10", -1)]


def test_no_venue_stops_scanning_for_want_of_an_export(tmp_path: Path, registered: None) -> None:
    load_file(export(tmp_path / "a.csv", "00h00 ngày 10/9/2021", V001=0, V002=0, V003=0))
    load_file(export(tmp_path / "b.csv", "00h00 ngày 13/9/2021", V001=5, V002=5, V003=0))
    lines = [(f"V{i:03d}", f"{day}/09/2021", "không quét mã", None) for i in (1, 2, 3) for day in (20, 23, 26)]
    load_file(write_csv(tmp_path / "n.csv", REMINDERS, lines))
    load_file(export(tmp_path / "c.csv", "00h00 ngày 30/9/2021", V001=5, V003=0))
    found = status_on(dt.date(2021, 9, 29))
    assert (found["V001"], found["V002"], found["V003"]) == ("violating", "scanning", "violating")
    missing = rows("SELECT v.code, m.since::text FROM missing_export AS m JOIN venue AS v ON v.id = m.venue_id"
                   " WHERE v.code < 'V004'")  # fmt: skip
    assert missing == [("V002", "2021-09-13")]
    # its total comes after all
    load_file(export(tmp_path / "d.csv", "00h00 ngày 30/9/2021", V002=5))
    assert status_on(dt.date(2021, 9, 29))["V002"] == "violating"


def test_a_first_total_is_read_in_favour(tmp_path: Path, registered: None) -> None:
    load_file(write_csv(tmp_path / "n.csv", REMINDERS, [("V001", "05/09/2021", "không quét mã", None)]))
    load_file(export(tmp_path / "a.csv", "00h00 ngày 10/9/2021", V001=3))
    assert status_on(dt.date(2021, 9, 5))["V001"] == "scanning"
    assert daily() == [], "when the scans were is not known"


_NAMES = ("V001", "V002", "V003")
_exports = st.dictionaries(
    st.tuples(st.integers(1, 20), st.sampled_from(["00h00", "09h30", ""])),
    st.dictionaries(st.sampled_from(_NAMES), st.integers(0, 12), min_size=1),
    min_size=2,
    max_size=4,
)
_counts = st.dictionaries(st.tuples(st.sampled_from(_NAMES), st.integers(1, 20)), st.integers(0, 4), max_size=4)


def _state() -> tuple[Any, ...]:
    return (
        daily(),
        rows("SELECT venue_id, from_day, to_day, basis, scans, difference FROM scan_stretch ORDER BY 1, 2, 3"),
        rows("SELECT venue_id, unknown::text FROM venue_reading ORDER BY 1"),
        rows("SELECT calendar_id, scan_day, from_day, to_day FROM scan_reach ORDER BY 1, 2, 3"),
        rows("SELECT venue_id, from_day, to_day, status::text FROM status_period ORDER BY 1, 2"),
    )


def _empty() -> None:
    with loader_connection() as conn:
        for table in ("scan_total", "scan_export", "scan_count", "scan_day"):
            conn.execute(f"DELETE FROM {table}")  # noqa: S608  # named above
        conn.execute("DELETE FROM load WHERE kind IN ('totals', 'scans')")
        periods.rebuild(conn)


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(exports=_exports, counts=_counts, order=st.randoms(use_true_random=False))
@pytest.mark.timeout(600)
def test_every_order_of_loading_gives_the_same(
    tmp_path: Path, registered: None, exports: dict[Any, dict[str, int]], counts: dict[Any, int], order: Any
) -> None:
    files = [
        export(tmp_path / f"{day}-{hour}.csv", f"{hour} ngày {day}/9/2021".strip(), **totals)
        for (day, hour), totals in exports.items()
    ]
    if counts:
        lines = [(code, f"{day:02d}/09/2021", scans) for (code, day), scans in counts.items()]
        files.append(write_csv(tmp_path / "q.csv", SCANS, lines))
    _empty()
    for path in files:
        load_file(path)
    first = _state()
    _empty()
    order.shuffle(files)
    for path in files:
        load_file(path)
        with loader_connection() as conn:
            assert periods.check(conn) == []
    assert _state() == first
    with loader_connection() as conn:
        assert periods.rebuild(conn) == 0
    assert _state() == first


def test_the_drawer_says_how_counts_came_to_be_also_of_merged_venues(tmp_path: Path, registered: None) -> None:
    load_file(export(tmp_path / "a.csv", "00h00 ngày 10/9/2021", V001=100, V002=0))
    load_file(export(tmp_path / "b.csv", "00h00 ngày 13/9/2021", V001=125, V002=3))
    with loader_connection() as conn:
        conn.execute(
            "UPDATE venue SET merged_into = (SELECT id FROM venue WHERE code = 'V001') WHERE code = 'V002' RETURNING id"
        )
        ids = [row["id"] for row in conn.execute("SELECT id FROM venue WHERE code IN ('V001', 'V002')")]
        periods.after_load(conn, ids, days_changed=False)
        history = venue_history(conn, "V001", dt.date(2021, 9, 13), days=5)
        assert periods.check(conn) == []
    assert [(row.day.day, row.scans, row.estimated) for row in history.scans] == [
        (9, None, False), (10, 9, True), (11, 9, True), (12, 10, True), (13, None, False),
    ]  # fmt: skip
    assert [(stretch.basis, stretch.scans) for stretch in history.stretches] == [
        ("first", 100), ("interval", 25), ("interval", 3),
    ]  # fmt: skip
    assert [row.qr_code for row in history.registrations] == ["Q1", "Q2"]
    assert stretch_sentence(history.stretches[1], "vi").startswith("Từ 10/09/2021 đến 12/09/2021: 25 lượt quét")
    assert rows("SELECT code FROM venue WHERE status IS NULL AND code < 'V006'") == [("V002",)]
