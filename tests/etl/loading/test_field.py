"""Reminders recorded at the door: exactly once, in order, with the rule, and whatever files say or are taken back."""

import datetime as dt
import threading
import uuid
from pathlib import Path

import psycopg
import pytest

from data.database.connection import desk_connection, loader_connection
from data.desk import jobs
from data.errors import NotAllowed
from data.status import periods
from data.status.days import today
from etl.undo.undo import undo
from etl.worker.jobs import field
from tests.etl.loading.doors import reminders, states, status, written
from tests.etl.loading.files import (
    REGISTRATIONS,
    REMINDERS,
    SCANS,
    load_file,
    one,
    register,
    rows,
    venues,
    write_csv,
)
from tests.fixtures.officers import now, officer, tell

pytestmark = pytest.mark.usefixtures("fresh_database", "statuses_hold")

DAY = dt.timedelta(days=1)


def test_a_reminder_is_written_and_the_status_follows_in_the_same_transaction() -> None:
    lan = officer("lan", "Mộ Lao")
    version = one("SELECT version FROM clock")
    answer = tell(lan, venue="V001")
    assert answer["state"] == "applied"
    assert (answer["status"], answer["counted"], answer["last"]) == ("reminded", 1, today().isoformat())
    assert reminders() == [("V001", today(), "no_qr", "cán bộ lan", "tại chỗ", None, None)]
    assert status() == "reminded"
    assert one("SELECT version FROM clock") == version + 1
    for back in (2, 1):
        tell(lan, venue="V001", happened_at=now() - back * DAY)
    assert status() == "violating"
    assert one("SELECT min_zoom FROM venue WHERE code = 'V001'") == 0


def test_the_same_record_again_changes_nothing_and_answers_the_same() -> None:
    lan, number = officer("lan", "Mộ Lao"), uuid.uuid4()
    first = tell(lan, venue="V001", id=number)
    assert tell(lan, venue="V001", id=number) == first
    assert tell(lan, venue="V002", id=number, reason="not_scanning") == first
    assert len(reminders()) == 1
    # Nobody else's record is told, nor overwritten.
    assert tell(officer("minh", "Mộ Lao"), venue="V001", id=number) == {"state": "refused", "why": "not_yours"}


def test_sent_from_several_hands_at_once_it_is_written_once() -> None:
    lan, number = officer("lan", "Mộ Lao"), uuid.uuid4()
    answers: list[dict[str, object]] = []
    threads = [threading.Thread(target=lambda: answers.append(tell(lan, venue="V001", id=number))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer["state"] for answer in answers] == ["applied"] * 6
    assert len(reminders()) == 1


def test_two_officers_at_one_door_are_recognised_and_count_once() -> None:
    lan, minh = officer("lan", "Mộ Lao"), officer("minh", "Mộ Lao")
    assert tell(lan, venue="V001")["state"] == "applied"
    second = tell(minh, venue="V001")
    assert (second["state"], second["by"], second["counted"]) == ("duplicate", "cán bộ lan", 1)
    assert tell(minh, venue="V001", reason="not_scanning")["state"] == "applied"
    again = tell(lan, venue="V001")
    assert (again["state"], again["by"]) == ("duplicate", "cán bộ lan")
    assert len(reminders()) == 3


def test_what_spoke_against_it_is_shown_and_its_author_decides(tmp_path: Path) -> None:
    load_file(write_csv(tmp_path / "dk.csv", REGISTRATIONS, [("V001", f"{today():%d/%m/%Y}", "Q1", "VNeID")]))
    header = ("Mã địa điểm", "Tên địa điểm", "Phường", "Ngày hoạt động", "Ngày đóng cửa")
    load_file(
        register(
            tmp_path / "dong.csv", ("V002", "Quán 2", "Mộ Lao", "01/09/2021", f"{today():%d/%m/%Y}"), header=header
        )
    )
    load_file(write_csv(tmp_path / "dk2.csv", REGISTRATIONS, [("V003", "01/10/2021", "Q3", "VNeID")]))
    load_file(write_csv(tmp_path / "quet.csv", SCANS, [("V003", f"{today():%d/%m/%Y}", 4)]))
    lan = officer("lan", "Mộ Lao")
    numbers = [uuid.uuid4() for _ in range(4)]
    registered = tell(lan, venue="V001", id=numbers[0])
    assert (registered["state"], registered["why"], registered["registered_on"]) == (
        "conflict", "registered", today().isoformat(),
    )  # fmt: skip
    assert tell(lan, venue="V002", id=numbers[1])["why"] == "closed"
    assert tell(lan, venue="V003", id=numbers[2], reason="not_scanning")["why"] == "compliant"
    assert tell(lan, venue="V999", id=numbers[3])["why"] == "gone"
    assert reminders() == []
    # confirmed: it is written, though the rule finds it answered
    confirmed = tell(lan, "confirmation", about=numbers[0])
    assert (confirmed["state"], confirmed["about"], confirmed["counted"]) == ("applied", "applied", 0)
    assert tell(lan, "withdrawal", about=numbers[1], payload={"why": "nhầm"})["state"] == "applied"
    assert [row[0] for row in reminders()] == ["V001"]
    assert status() == "registered"
    # only its author does
    minh = officer("minh", "Mộ Lao")
    assert tell(minh, "confirmation", about=numbers[2])["why"] == "not_yours"
    assert tell(lan, "confirmation", about=numbers[1])["why"] == "settled"


def test_withdrawn_by_its_author_the_same_day_and_later_by_the_chair_only() -> None:
    lan, minh = officer("lan", "Mộ Lao"), officer("minh", "Mộ Lao")
    chair = officer("chu.tich", "Mộ Lao", role="ward_chair")
    today_s, yesterdays = uuid.uuid4(), uuid.uuid4()
    tell(lan, venue="V001", id=today_s)
    tell(lan, venue="V002", id=yesterdays, happened_at=now() - DAY)
    assert tell(lan, "withdrawal", about=today_s)["why"] == "no_reason"
    assert tell(minh, "withdrawal", about=today_s, payload={"why": "x"})["why"] == "not_yours"
    late = {"about": yesterdays, "payload": {"why": "x"}}
    assert tell(lan, "withdrawal", **late)["why"] == "too_late"
    # nor by saying that it was the same day
    assert tell(lan, "withdrawal", **late, stated_day=today() - DAY, clock_is_doubtful=True)["why"] == "too_late"
    assert status("V002") == "reminded"
    gone = tell(lan, "withdrawal", about=today_s, payload={"why": "nhầm cửa"})
    assert (gone["state"], gone["status"], gone["counted"]) == ("applied", "unregistered", 0)
    assert tell(chair, "withdrawal", about=yesterdays, payload={"why": "khiếu nại đúng"})["state"] == "applied"
    assert status("V001") == status("V002") == "unregistered"
    assert [row[5] for row in reminders()] == [today(), today()]
    assert rows("SELECT withdrawn_by, withdrawn_why FROM field_event WHERE withdrawn_on IS NOT NULL ORDER BY seq") == [
        ("cán bộ lan", "nhầm cửa"),
        ("cán bộ chu.tich", "khiếu nại đúng"),
    ]
    # recorded again after the withdrawal, it counts again
    assert tell(lan, venue="V001")["counted"] == 1


def test_another_wards_venue_is_refused_and_nobody_records_without_the_right() -> None:
    lan = officer("lan", "Mộ Lao")
    refused = tell(lan, venue="K1")
    assert refused == {"state": "refused", "why": "not_yours"}
    assert tell(officer("ca", role="police"), venue="K1")["state"] == "applied"
    for who in (officer("vh", role="culture_office"), officer("db", role="district_command")):
        with pytest.raises(NotAllowed):
            tell(who, venue="V001")
    with desk_connection() as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute("INSERT INTO field_event (id) VALUES (gen_random_uuid())")
    with desk_connection() as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute("SELECT field_put_again()")


def test_a_phones_clock_is_put_right_and_the_future_and_the_far_past_are_not_believed() -> None:
    lan = officer("lan", "Mộ Lao")
    ahead = dt.timedelta(hours=30)
    tell(lan, venue="V001", sent_at=now() + ahead, happened_at=now() + ahead - 2 * DAY)
    tell(lan, venue="V002", happened_at=now() + dt.timedelta(minutes=1))
    assert tell(lan, venue="V003", happened_at=now() + 5 * DAY)["why"] == "clock"
    assert tell(lan, venue="V003", happened_at=now() - 90 * DAY)["why"] == "clock"
    assert [row[:2] for row in reminders()] == [("V001", today() - 2 * DAY), ("V002", today())]
    assert [skew // 60 for (skew,) in rows("SELECT skew_seconds FROM field_event ORDER BY seq")] == [-30 * 60, 0]


def test_while_a_load_writes_it_waits_and_is_written_in_order_after() -> None:
    lan, numbers = officer("lan", "Mộ Lao"), [uuid.uuid4() for _ in range(2)]
    with loader_connection() as conn:
        periods.lock(conn)
        assert tell(lan, venue="V001", id=numbers[0]) == {"state": "waiting"}
        assert tell(lan, "withdrawal", about=numbers[0], id=numbers[1], payload={"why": "x"}, wait=False) == {
            "state": "waiting"
        }
        [job] = [job for job in jobs.open_jobs(conn) if job.kind == "field"]
    assert field.run(job, lambda _step, _text: None) == {"applied": 2}
    assert states() == ["applied", "applied"]
    assert tell(lan, venue="V001", id=numbers[0])["state"] == "applied"
    assert status() == "unregistered"


def book(path: Path, *lines: tuple[object, ...], method: bool = False) -> Path:
    return write_csv(path, (*REMINDERS, *(("Hình thức",) if method else ())), lines, "SỔ NHẮC NHỞ")


@pytest.mark.parametrize("method", [False, True])
def test_the_wards_book_with_the_same_reminder_its_correction_and_taking_both_back(
    tmp_path: Path, method: bool
) -> None:
    lan = officer("lan", "Mộ Lao")
    tell(lan, venue="V001")
    before = reminders()
    said = ("điện thoại",) if method else ()
    with_it = [
        ("V001", written(), "Chưa tạo mã QR", "cán bộ lan", *said),
        ("V002", written(), "Chưa tạo mã QR", "tổ 3", *said),
    ]
    first = load_file(book(tmp_path / "sổ.csv", *with_it, method=method))
    assert len(reminders()) == 2
    without = [
        ("V002", written(), "Chưa tạo mã QR", "tổ 3", *said),
        ("V003", written(), "Chưa tạo mã QR", "tổ 3", *said),
    ]
    corrected = load_file(book(tmp_path / "sổ.csv", *without, method=method), replace=True)
    assert ("V001", "cán bộ lan") in [(row[0], row[3]) for row in reminders()]
    assert status() == "reminded"
    undo(corrected.load_id, "thử", lambda _step, _text: None)
    undo(first.load_id, "thử", lambda _step, _text: None)
    assert reminders() == before


def test_a_withdrawn_one_stays_withdrawn_whatever_the_book_says(tmp_path: Path) -> None:
    lan, number = officer("lan", "Mộ Lao"), uuid.uuid4()
    tell(lan, venue="V001", id=number)
    tell(lan, "withdrawal", about=number, payload={"why": "nhầm"})
    header = (*REMINDERS, "Ngày rút")
    outcome = load_file(
        write_csv(tmp_path / "sổ.csv", header, [("V001", written(), "Chưa tạo mã QR", "cán bộ lan", "")], "SỔ NHẮC NHỞ")
    )
    assert [row[5] for row in reminders()] == [today()]
    assert status() == "unregistered"
    undo(outcome.load_id, "thử", lambda _step, _text: None)
    assert [row[5] for row in reminders()] == [today()]


def test_a_book_row_removed_recorded_at_the_door_and_brought_back_by_undo(tmp_path: Path) -> None:
    """The door's row gives way to the one that the undone load had removed: one row, one natural key."""
    row = ("V001", written(), "Chưa tạo mã QR", "cán bộ lan")
    other = ("V002", written(), "Chưa tạo mã QR", "tổ 3")
    load_file(book(tmp_path / "sổ.csv", row, other))
    corrected = load_file(book(tmp_path / "sổ.csv", other), replace=True)
    tell(officer("lan", "Mộ Lao"), venue="V001")
    undo(corrected.load_id, "thử", lambda _step, _text: None)
    assert [(r[0], r[3]) for r in reminders()].count(("V001", "cán bộ lan")) == 1
    assert status() == "reminded"


def test_the_register_taken_back_and_loaded_again_has_its_reminders_again(tmp_path: Path) -> None:
    lan = officer("lan", "Mộ Lao")
    tell(lan, venue="V001")
    path = venues(tmp_path / "so.csv", 5)
    undo(int(one("SELECT load_id FROM venue WHERE code = 'V001'")), "thử", lambda _step, _text: None)
    assert reminders() == []
    assert one("SELECT venue_id FROM field_event") is None
    load_file(path)
    assert [row[:4] for row in reminders()] == [("V001", today(), "no_qr", "cán bộ lan")]
    assert status() == "reminded"
    assert one("SELECT e.venue_id = v.id FROM field_event AS e JOIN venue AS v ON v.code = e.venue_code") is True


def test_what_is_put_again_is_one_entry_of_the_audit_and_none_where_nothing_changed(tmp_path: Path) -> None:
    lan = officer("lan", "Mộ Lao")
    for code in ("V001", "V002", "V003"):
        tell(lan, venue=code)
    path = venues(tmp_path / "so.csv", 5)
    of_records = (
        "SELECT action FROM audit_entry WHERE id > %s AND split_part(action, '.', 1) IN ('reminder', 'field_event')"
    )
    before = one("SELECT max(id) FROM audit_entry")
    load_file(book(tmp_path / "sổ.csv", ("V005", written(), "Chưa tạo mã QR", "tổ 3")))
    assert rows(of_records, before) == []
    undo(int(one("SELECT load_id FROM venue WHERE code = 'V001'")), "thử", lambda _step, _text: None)
    load_file(path)
    assert rows(of_records, before) == [("reminder.put_again",)] * 2
