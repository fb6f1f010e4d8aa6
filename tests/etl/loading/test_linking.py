"""Files that describe venues instead of naming our codes: linked, waiting, decided, corrected, taken back."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from data.database.connection import loader_connection
from data.desk.jobs import Job
from data.queries.quality import links
from data.status import periods
from etl.loading.load import Outcome
from etl.review.descriptions import Decision, decide
from etl.undo.undo import undo
from etl.worker.jobs import decide as decide_job
from tests.etl.loading.files import REGISTER, REGISTRATIONS, REMINDERS, SCANS, load_file, one, register, rows, write_csv

HERE = ("105.784", "20.982")
BOOK = (*REGISTER, "Điện thoại")
PHO = ("HD001", "Phở Thìn Bờ Hồ", "Số 12 phố Trần Phú", "Mộ Lao", "Quán ăn", *HERE, "0912345678")
BIA = ("HD002", "Bia hơi Hải Xồm", "Số 99 phố Quang Trung", "La Khê", "Quán ăn", "105.759", "20.970", "")
TOC = ("HD003", "Cắt tóc Thanh Bình", "Số 7 ngõ 4 phố Lê Lợi", "Nguyễn Trãi", "Dịch vụ", *HERE, "0987654321")

pytestmark = pytest.mark.usefixtures("fresh_database")


def describing(path: Path, header: Sequence[str], *lines: Sequence[object]) -> Outcome:
    """Load a file of events that has name, address, ward and telephone of the venue instead of its code."""
    return load_file(write_csv(path, ("Tên địa điểm", "Địa chỉ", "Phường", "Điện thoại", *header[1:]), lines))


def said(*decisions: Decision) -> None:
    with loader_connection() as conn:
        decide(conn, list(decisions), "cán bộ")


def covered() -> tuple[int, tuple[tuple[str, int], ...]]:
    """What the page of data quality says of rows in whose place another stands: how many, which."""
    with loader_connection() as conn:
        found = links(conn)
    return found.covered_rows, found.covered


def mention(name: str) -> int:
    return int(one("SELECT id FROM mention WHERE name = %s", name))


def venue(code: str) -> int:
    return int(one("SELECT id FROM venue WHERE code = %s", code))


def in_step() -> None:
    with loader_connection() as conn:
        assert periods.check(conn) == []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    load_file(register(tmp_path / "so.csv", PHO, BIA, header=BOOK))
    return tmp_path


SURE = ("Phở Thìn Bờ Hồ", "Số 12 phố Trần Phú", "Mộ Lao", "0912345678", "12/10/2021", "", "")
OPEN = ("Cắt tóc Thanh Bình", "Số 7 ngõ 4 phố Lê Lợi", "Nguyễn Trãi", "0987654321", "13/10/2021", "", "")


def test_a_description_of_one_venue_is_linked_and_another_waits(folder: Path) -> None:
    outcome = describing(folder / "tai-khoan.csv", REGISTRATIONS, SURE, OPEN)
    assert (outcome.rows_read, outcome.accepted, len(outcome.rejects)) == (2, 2, 0)
    assert (outcome.changes.new, outcome.unchanged) == (1, 0)
    assert outcome.remarks["pending_rows"] == 1
    assert rows("SELECT code FROM registration JOIN venue ON venue.id = venue_id") == [("HD001",)]
    assert rows("SELECT name, cells->>'registered_on' FROM pending_row JOIN mention ON mention.id = mention_id") == [
        ("Cắt tóc Thanh Bình", "2021-10-13")
    ]
    assert one("SELECT linked_by FROM link") == "machine"
    assert "0912345678" not in str(rows("SELECT * FROM mention"))
    in_step()


def test_rows_that_wait_are_held_against_each_other_as_rows_of_a_venue_are(folder: Path) -> None:
    """Of one description and day one row waits; who says otherwise is rejected, and does not vanish on the way."""
    told = [(*OPEN[:4], "13/10/2021", scans) for scans in ("5", "5", "7")]
    outcome = describing(folder / "quet.csv", SCANS, *told)
    assert (outcome.rows_read, outcome.accepted, outcome.unchanged) == (3, 2, 1)
    assert (outcome.remarks["pending_rows"], outcome.remarks["repeated_rows"]) == (1, 1)
    assert [reject.row for reject in outcome.rejects] == [4]
    assert "dòng 2" in str(outcome.rejects[0].message)
    assert rows("SELECT source_row, cells ->> 'scans' FROM pending_row") == [(2, "5")]


def test_the_register_that_comes_later_brings_the_rows_in_under_their_own_load(folder: Path) -> None:
    events = describing(folder / "tai-khoan.csv", REGISTRATIONS, OPEN)
    later = load_file(register(folder / "so-2.csv", TOC, header=BOOK))
    assert one("SELECT count(*) FROM pending_row") == 0
    assert rows("SELECT venue_id, load_id FROM registration") == [(venue("HD003"), events.load_id)]
    assert one("SELECT load_id FROM link") == later.load_id
    in_step()


def test_taking_a_load_back_says_what_it_had_written_and_what_waited(folder: Path) -> None:
    before = load_file(write_csv(folder / "dk.csv", REGISTRATIONS, [("HD001", "12/10/2021", "Q1", "")]))
    again = (*SURE[:5], "Q1", "VNeID")
    events = describing(folder / "tai-khoan.csv", REGISTRATIONS, again, (*SURE[:4], "14/10/2021", "Q1", ""), OPEN)
    report = undo(events.load_id, None, lambda _step, _text: None, dry_run=True)
    assert report.rows == {
        "registration": {"added": 1, "changed": 1, "removed": 0},
        "pending_row": {"added": 1, "changed": 0, "removed": 0},
    }
    undo(events.load_id, None, lambda _step, _text: None)
    assert rows("SELECT load_id, app FROM registration") == [(before.load_id, None)]
    assert one("SELECT count(*) FROM pending_row") == 0


def test_a_decision_moves_the_rows_and_survives_a_reload(folder: Path) -> None:
    events = describing(folder / "tai-khoan.csv", REGISTRATIONS, OPEN)
    said(Decision(mention(OPEN[0]), "same", venue("HD002")))
    assert rows("SELECT venue_id, load_id FROM registration") == [(venue("HD002"), events.load_id)]
    assert one("SELECT status::text FROM venue WHERE code = 'HD002'") == "registered"
    outcome = describing(folder / "tai-khoan-2.csv", REGISTRATIONS, OPEN, (*OPEN[:4], "20/10/2021", "", ""))
    assert outcome.remarks.get("pending_rows") is None
    assert one("SELECT count(*) FROM registration WHERE venue_id = %s", venue("HD002")) == 2
    in_step()


def test_a_decision_taken_back_lets_the_rows_wait_again(folder: Path) -> None:
    describing(folder / "tai-khoan.csv", REGISTRATIONS, OPEN)
    said(Decision(mention(OPEN[0]), "same", venue("HD002")))
    said(Decision(mention(OPEN[0]), "same", venue("HD001")))
    assert rows("SELECT venue_id FROM registration") == [(venue("HD001"),)]
    said(Decision(mention(OPEN[0]), "undo"))
    assert (one("SELECT count(*) FROM registration"), one("SELECT count(*) FROM pending_row")) == (0, 1)
    assert one("SELECT count(*) FROM link_decision") == 0
    assert one("SELECT status::text FROM venue WHERE code = 'HD001'") == "unregistered"
    in_step()


def test_a_pair_refused_is_not_linked_again(folder: Path) -> None:
    describing(folder / "tai-khoan.csv", REGISTRATIONS, SURE)
    said(Decision(mention(SURE[0]), "different", venue("HD001")))
    assert one("SELECT count(*) FROM pending_row") == 1
    outcome = describing(folder / "tai-khoan-2.csv", REGISTRATIONS, (*SURE[:4], "14/10/2021", "", ""))
    assert outcome.remarks["pending_rows"] == 1
    assert one("SELECT count(*) FROM link") == 0


def test_a_new_venue_is_made_once_and_goes_with_its_decision(folder: Path) -> None:
    describing(folder / "tai-khoan.csv", REGISTRATIONS, OPEN)
    for _ in range(2):
        said(Decision(mention(OPEN[0]), "new"))
    assert rows("SELECT code, name, status::text FROM venue WHERE load_id IS NULL") == [
        ("BS-000001", OPEN[0], "registered")
    ]
    in_step()
    said(Decision(mention(OPEN[0]), "undo"))
    assert one("SELECT count(*) FROM venue WHERE load_id IS NULL") == 0
    assert one("SELECT count(*) FROM pending_row") == 1
    in_step()


def test_a_corrected_file_takes_its_waiting_rows_along(folder: Path) -> None:
    describing(folder / "tai-khoan.csv", REGISTRATIONS, OPEN, (*OPEN[:4], "20/10/2021", "", ""), SURE)
    again = describing(folder / "tai-khoan.csv", REGISTRATIONS, OPEN, SURE)
    assert again.changes.supersedes is not None
    assert rows("SELECT load_id, cells->>'registered_on' FROM pending_row") == [(again.load_id, "2021-10-13")]


def test_a_waiting_row_never_goes_over_one_of_a_newer_file(folder: Path) -> None:
    described = OPEN[:4]
    describing(folder / "quet.csv", SCANS, (*described, "13/10/2021", 5), (*described, "14/10/2021", 6))
    load_file(write_csv(folder / "quet-2.csv", SCANS, [("HD002", "13/10/2021", 50)]))
    said(Decision(mention(OPEN[0]), "same", venue("HD002")))
    assert rows("SELECT day::text, scans FROM scan_count ORDER BY day") == [("2021-10-13", 50), ("2021-10-14", 6)]
    assert rows("SELECT cells->>'scans' FROM pending_row") == [("5",)]
    assert one("SELECT count(*) FROM venue_doubt WHERE reason = 'pending_link'") == 0
    assert covered() == (1, (("quet.csv", 2),))
    in_step()


def test_a_row_behind_another_of_its_own_file_is_named(folder: Path) -> None:
    """Two descriptions of one file turn out to be one venue, and say two things of one day: the first stands."""
    other = ("Salon Thanh Bình", *OPEN[1:4])
    describing(folder / "quet.csv", SCANS, (*OPEN[:4], "13/10/2021", 5), (*other, "13/10/2021", 7))
    assert covered() == (0, ())
    said(*(Decision(mention(name), "same", venue("HD002")) for name in (OPEN[0], other[0])))
    assert rows("SELECT scans FROM scan_count") == [(5,)]
    assert covered() == (1, (("quet.csv", 3),))
    in_step()


def test_what_a_decision_wrote_over_comes_back_with_the_decision_taken_back(folder: Path) -> None:
    by_code = load_file(write_csv(folder / "quet-1.csv", SCANS, [("HD002", "13/10/2021", 50)]))
    described = describing(folder / "quet-2.csv", SCANS, (*OPEN[:4], "13/10/2021", 5))
    again = describing(folder / "quet-3.csv", SCANS, (*OPEN[:4], "13/10/2021", 6))
    count = "SELECT scans, load_id FROM scan_count"
    for _ in range(2):
        said(Decision(mention(OPEN[0]), "same", venue("HD002")))
        assert rows(count) == [(6, again.load_id)]
        said(Decision(mention(OPEN[0]), "undo"))
        assert rows(count) == [(50, by_code.load_id)]
        waiting = "SELECT (cells->>'scans')::integer, load_id FROM pending_row ORDER BY load_id"
        assert rows(waiting) == [(5, described.load_id), (6, again.load_id)]
    assert one("SELECT count(*) FROM before_image WHERE table_name = 'scan_count'") == 0
    in_step()


def test_one_description_a_thousand_rows(folder: Path) -> None:
    described = OPEN[:4]
    days = [f"{day:02d}/{month:02d}/2021" for month in (8, 9, 10) for day in range(1, 29)]
    describing(folder / "quet.csv", SCANS, *((*described, day, 3) for day in days))
    assert one("SELECT count(*) FROM mention") == 1
    load_file(register(folder / "so-2.csv", TOC, header=BOOK))
    assert one("SELECT count(*) FROM scan_count") == len(days)


def test_the_job_does_a_batch_once_even_when_done_twice(folder: Path) -> None:
    describing(folder / "tai-khoan.csv", REGISTRATIONS, OPEN, SURE)
    payload = {"decisions": [{"mention": mention(OPEN[0]), "candidate_venue": None, "verdict": "new"}]}
    job = Job(1, "decide", payload, "running", 0, 0, "", {}, None, "cán bộ", None, None, None)  # type: ignore[arg-type]
    for _ in range(2):
        decide_job.run(job, lambda _step, _text: None)
    assert rows("SELECT verdict, decided_by FROM link_decision") == [("new", "cán bộ")]
    assert one("SELECT count(*) FROM registration") == 2


def test_a_decision_about_what_is_gone_does_not_hold_up_the_others(folder: Path) -> None:
    describing(folder / "tai-khoan.csv", REGISTRATIONS, OPEN)
    batch = [Decision(-1, "same", venue("HD001")), Decision(mention(OPEN[0]), "same", venue("HD002"))]
    with loader_connection() as conn:
        decided = decide(conn, batch, None)
    assert len(decided.refused) == 1
    assert one("SELECT count(*) FROM registration") == 1


def export(path: Path, moment: str, *lines: Sequence[object]) -> Outcome:
    """Load running totals of described venues as they were at ``moment``."""
    header = ("Tên địa điểm", "Địa chỉ", "Phường", "Điện thoại", "Tổng lượt quét")
    return load_file(write_csv(path, header, lines, f"TỔNG LƯỢT QUÉT Tính đến {moment}"))


def test_running_totals_wait_and_become_counts_once_decided(folder: Path) -> None:
    first = export(folder / "a.csv", "00h00 ngày 10/9/2021", (*SURE[:4], 100), (*OPEN[:4], 50))
    second = export(folder / "b.csv", "00h00 ngày 11/9/2021", (*SURE[:4], 107), (*OPEN[:4], 54))
    assert (first.remarks["pending_rows"], second.remarks["pending_rows"]) == (1, 1)
    daily = "SELECT v.code, day::text, scans FROM scan_daily AS d JOIN venue AS v ON v.id = d.venue_id ORDER BY 1, 2"
    assert rows(daily) == [("HD001", "2021-09-10", 7)]
    said(Decision(mention(OPEN[0]), "same", venue("HD002")))
    assert rows(daily) == [("HD001", "2021-09-10", 7), ("HD002", "2021-09-10", 4)]
    assert rows("SELECT load_id, total FROM scan_total WHERE venue_id = %s ORDER BY 1", venue("HD002")) == [
        (first.load_id, 50), (second.load_id, 54),
    ]  # fmt: skip
    in_step()
    said(Decision(mention(OPEN[0]), "undo"))
    assert rows(daily) == [("HD001", "2021-09-10", 7)]
    assert one("SELECT count(*) FROM pending_row WHERE kind = 'totals'") == 2
    in_step()


def test_running_totals_of_one_moment_in_two_loads_both_stay_when_they_are_decided(folder: Path) -> None:
    export(folder / "a.csv", "00h00 ngày 10/9/2021", (*OPEN[:4], 50))
    export(folder / "b.csv", "00h00 ngày 10/9/2021", (*OPEN[:4], 52))
    said(Decision(mention(OPEN[0]), "same", venue("HD002")))
    assert rows("SELECT total FROM scan_total ORDER BY load_id") == [(50,), (52,)]
    assert one("SELECT count(*) FROM pending_row") == 0


def test_a_register_that_comes_later_lets_totals_prove_scans(folder: Path) -> None:
    export(folder / "a.csv", "00h00 ngày 10/9/2021", (*OPEN[:4], 50))
    export(folder / "b.csv", "00h00 ngày 11/9/2021", (*OPEN[:4], 54))
    load_file(register(folder / "so-2.csv", TOC, header=BOOK))
    assert rows("SELECT venue_id, scans FROM scan_daily") == [(venue("HD003"), 4)]
    in_step()


REMINDED = ("Mã địa điểm", "Tên địa điểm", "Địa chỉ", "Phường", "Điện thoại", *REMINDERS[1:])


def reminded(place: Sequence[str], day: str, code: str = "") -> tuple[str, ...]:
    """A row of a ward's book about a venue of the register, under a code of the ward's own."""
    return (code, *place[1:4], place[7], day, "Chưa tạo mã QR", "Tổ 1")


@pytest.mark.parametrize("code", ["chưa có", "0", "N01"])
def test_what_a_ward_writes_for_a_code_does_not_make_places_one(folder: Path, code: str) -> None:
    load_file(register(folder / "so-2.csv", TOC, header=BOOK))
    for number, place in enumerate((PHO, BIA, TOC)):
        load_file(write_csv(folder / f"nhac-{number}.csv", REMINDED, [reminded(place, "12/10/2021", code)]))
    described = rows("SELECT count(DISTINCT m.name) FROM mention AS m")
    assert described == [(3,)]
    assert one("SELECT max(n) FROM (SELECT count(*) AS n FROM reminder GROUP BY venue_id) AS r") == 1


def test_a_number_beside_several_names_is_none(folder: Path) -> None:
    header = ("Mã tài khoản", "Tên địa điểm", "Địa chỉ", "Phường", "Điện thoại", *REGISTRATIONS[1:])
    lines = [("chưa có", *line) for line in (SURE, OPEN)]
    load_file(write_csv(folder / "tai-khoan.csv", header, lines))
    assert one("SELECT count(*) FROM mention WHERE key LIKE 'qr:%%'") == 0
    assert rows("SELECT code FROM registration JOIN venue ON venue.id = venue_id") == [("HD001",)]


def test_a_waiting_row_that_a_rejected_row_may_have_stood_for_stays(folder: Path) -> None:
    days = ("10/10/2021", "11/10/2021", "13/10/2021")
    known = [reminded(PHO, day) for day in days]
    load_file(write_csv(folder / "nhac.csv", REMINDED, [*known, reminded(TOC, "12/10/2021")]))
    corrected = load_file(write_csv(folder / "nhac.csv", REMINDED, [*known, reminded(TOC, "31/02/2021")]))
    assert len(corrected.rejects) == 1
    assert rows("SELECT cells->>'reminded_on' FROM pending_row") == [("2021-10-12",)]
    load_file(write_csv(folder / "nhac.csv", REMINDED, [*known, reminded(TOC, "14/10/2021")]))
    assert rows("SELECT cells->>'reminded_on' FROM pending_row") == [("2021-10-14",)]


def test_a_book_whose_rows_wait_is_of_the_wards_that_it_names(folder: Path) -> None:
    outcome = load_file(write_csv(folder / "nhac.csv", REMINDED, [reminded(TOC, "12/10/2021")]))
    assert outcome.remarks["wards"] == [one("SELECT code FROM ward WHERE name = 'Nguyễn Trãi'")]
