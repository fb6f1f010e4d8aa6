"""Registrations, reminders and suspensions: upserts by natural key, and what a corrected file does."""

from pathlib import Path

import pytest

from etl.loading.load import NothingUsable
from etl.loading.work import TooManyRejects
from tests.etl.loading.files import (
    REGISTRATIONS,
    REMINDERS,
    SUSPENSIONS,
    load_file,
    one,
    rows,
    venues,
    write_csv,
)

pytestmark = pytest.mark.usefixtures("fresh_database")


def registrations(path: Path, *lines: tuple[object, ...]) -> Path:
    return write_csv(path, REGISTRATIONS, lines, "DANH SÁCH ĐĂNG KÝ MÃ QR")


def reminders(path: Path, *lines: tuple[object, ...]) -> Path:
    return write_csv(path, REMINDERS, lines, "SỔ NHẮC NHỞ")


@pytest.fixture
def register(tmp_path: Path, fresh_database: str) -> None:
    load_file(venues(tmp_path / "so.csv", 20))


def test_registrations_make_venues_registered(tmp_path: Path, register: None) -> None:
    path = registrations(tmp_path / "dk.csv", ("V001", "28/09/2021", "Q1", "VNeID"), ("V002", "29/09/2021", None, None))
    outcome = load_file(path)
    assert (outcome.changes.new, len(outcome.changes.touched)) == (2, 2)
    assert rows("SELECT v.code, r.registered_on::text, r.qr_code, r.app, r.load_id, r.source_row"
                " FROM registration AS r JOIN venue AS v ON v.id = r.venue_id ORDER BY 1") == [
        ("V001", "2021-09-28", "Q1", "VNeID", outcome.load_id, 3),
        ("V002", "2021-09-29", None, None, outcome.load_id, 4),
    ]  # fmt: skip
    assert one("SELECT count(*) FROM venue WHERE status = 'registered'") == 2


def test_rows_of_unknown_venues_are_rejected_and_come_in_once_the_register_has_them(
    tmp_path: Path, register: None
) -> None:
    path = registrations(tmp_path / "dk.csv", ("V001", "28/09/2021", "Q1", None), ("V021", "28/09/2021", "Q2", None))
    outcome = load_file(path)
    [reject] = outcome.rejects
    assert "không có địa điểm mang mã này" in reject.message
    assert (outcome.rows_read, outcome.accepted) == (2, 1)
    assert outcome.rejects_file
    assert outcome.rejects_file.name == "dk.loi.xlsx"

    load_file(venues(tmp_path / "so moi.csv", 21))
    again = load_file(path)  # the very same file
    assert again.loaded_before is None
    assert (again.changes.new, again.unchanged, again.rejects) == (1, 1, ())


def test_the_rejects_once_mended_load_as_the_same_kind(tmp_path: Path, register: None) -> None:
    path = registrations(tmp_path / "dk.csv", ("V001", "28/09/2021", "Q1", None), ("V0O2", "28/09/2021", "Q2", None))
    rejects = load_file(path).rejects_file
    assert rejects
    from openpyxl import load_workbook

    book = load_workbook(rejects)
    mended = 0
    for line in book.worksheets[0].iter_rows():
        for cell in line:
            if cell.value == "V0O2":
                cell.value = "V002"
                mended += 1
    assert mended == 1
    book.save(rejects)
    outcome = load_file(rejects)
    assert (outcome.kind, outcome.changes.new, outcome.rejects) == ("registrations", 1, ())


def test_a_file_of_which_no_code_is_known_is_refused_as_a_whole(tmp_path: Path) -> None:
    path = registrations(tmp_path / "dk.csv", ("V001", "28/09/2021", "Q1", None))
    with pytest.raises(NothingUsable, match="nạp danh sách địa điểm"):
        load_file(path)
    assert one("SELECT count(*) FROM load") == 0


def test_the_same_file_twice_changes_nothing_and_says_when_it_came(tmp_path: Path, register: None) -> None:
    path = registrations(tmp_path / "dk.csv", ("V001", "28/09/2021", "Q1", None))
    first = load_file(path)
    before = rows("SELECT * FROM registration"), rows("SELECT * FROM clock"), one("SELECT count(*) FROM load")
    second = load_file(path)
    assert (second.load_id, second.loaded_before is not None) == (first.load_id, True)
    assert (rows("SELECT * FROM registration"), rows("SELECT * FROM clock"), one("SELECT count(*) FROM load")) == before


def test_a_corrected_file_changes_adds_and_removes(tmp_path: Path, register: None) -> None:
    first = load_file(registrations(
        tmp_path / "dk.csv",
        ("V001", "28/09/2021", "Q1", "VNeID"),
        ("V002", "28/09/2021", "Q2", "VNeID"),
        ("V003", "28/09/2021", "Q3", "VNeID"),
        ("V004", "28/09/2021", "Q4", "VNeID"),
    ))  # fmt: skip
    second = load_file(registrations(
        tmp_path / "dk.csv",
        ("V001", "28/09/2021", "Q1", "VNeID"),  # as it was
        ("V002", "28/09/2021", "Q2", "NCOVI"),  # another app
        ("V003", "01/10/2021", "Q3", "VNeID"),  # another day
        ("V005", "28/09/2021", "Q5", "VNeID"),  # new; V004 is gone
    ))  # fmt: skip
    assert second.changes.supersedes == first.load_id
    assert (second.changes.new, second.changes.changed, second.changes.removed, second.unchanged) == (2, 1, 2, 1)
    assert rows("SELECT v.code, r.registered_on::text, r.app, r.load_id FROM registration AS r"
                " JOIN venue AS v ON v.id = r.venue_id ORDER BY 1") == [
        ("V001", "2021-09-28", "VNeID", first.load_id),
        ("V002", "2021-09-28", "NCOVI", second.load_id),
        ("V003", "2021-10-01", "VNeID", second.load_id),
        ("V005", "2021-09-28", "VNeID", second.load_id),
    ]  # fmt: skip
    assert one("SELECT status::text FROM venue WHERE code = 'V004'") == "unregistered"


def test_a_corrected_file_of_other_rows_corrects_when_a_person_says_so(tmp_path: Path, register: None) -> None:
    """Day and month had been swapped: hardly a row stands in both, as with a new week's file under the old name."""
    wrong = load_file(reminders(tmp_path / "nn.csv", ("V001", "02/01/2022", "Chưa tạo mã QR", "A")))
    corrected = reminders(tmp_path / "nn.csv", ("V001", "01/02/2022", "Chưa tạo mã QR", "A"))
    added = load_file(corrected)
    assert (added.changes.supersedes, one("SELECT count(*) FROM reminder")) == (None, 2)
    assert any(f"Lần nạp số {wrong.load_id} cùng tên tệp" in said and "--replace" in said for said in added.sentences)
    replaced = load_file(corrected, replace=True)
    assert (replaced.loaded_before, replaced.changes.removed) == (None, 1)
    assert rows("SELECT reminded_on::text FROM reminder") == [("2022-02-01",)]


def test_a_row_taken_back_by_another_files_correction_comes_again_with_its_own(tmp_path: Path, register: None) -> None:
    days = ("01/10/2021", "02/10/2021", "03/10/2021")
    lines = [("V001", day, "Chưa tạo mã QR", "A") for day in days]
    load_file(reminders(tmp_path / "a.csv", *lines))
    other = reminders(tmp_path / "b.csv", *lines)
    load_file(other)
    assert load_file(reminders(tmp_path / "a.csv", *lines[:2])).changes.removed == 1
    again = load_file(other)
    assert (again.loaded_before, again.changes.new) == (None, 1)
    assert one("SELECT count(*) FROM reminder") == 3
    assert load_file(other).loaded_before is not None


def test_a_second_correction_reaches_the_rows_that_the_first_left_untouched(tmp_path: Path, register: None) -> None:
    lines = [(f"V{i:03d}", "28/09/2021", f"Q{i}", "VNeID") for i in range(1, 7)]
    load_file(registrations(tmp_path / "dk.csv", *lines))
    load_file(registrations(tmp_path / "dk.csv", *lines[:5]))
    third = load_file(registrations(tmp_path / "dk.csv", *lines[:3]))
    assert third.changes.removed == 2
    assert one("SELECT count(*) FROM registration") == 3


def test_another_weeks_file_under_the_old_name_only_adds(tmp_path: Path, register: None) -> None:
    load_file(
        reminders(tmp_path / "nhac nho.csv", *((f"V{i:03d}", "04/10/2021", "chưa tạo mã", "Tổ 1") for i in range(1, 5)))
    )
    second = load_file(reminders(
        tmp_path / "nhac nho.csv",
        ("V001", "04/10/2021", "chưa tạo mã", "Tổ 1"),
        *((f"V{i:03d}", "11/10/2021", "chưa tạo mã", "Tổ 1") for i in range(1, 5)),
    ))  # fmt: skip
    assert (second.changes.supersedes, second.changes.removed, second.changes.new) == (None, 0, 4)
    assert one("SELECT count(*) FROM reminder") == 8


def test_half_of_the_rows_again_is_a_correction(tmp_path: Path, register: None) -> None:
    load_file(reminders(tmp_path / "nn.csv", *((f"V{i:03d}", "04/10/2021", "chưa tạo mã", None) for i in range(1, 5))))
    second = load_file(reminders(
        tmp_path / "nn.csv", *((f"V{i:03d}", "04/10/2021", "chưa tạo mã", None) for i in (1, 2, 7, 8, 9, 10)),
    ))  # fmt: skip
    assert (second.changes.new, second.changes.removed) == (4, 2)
    assert one("SELECT count(*) FROM reminder") == 6


def test_another_files_rows_are_never_removed(tmp_path: Path, register: None) -> None:
    load_file(reminders(tmp_path / "phuong A.csv", ("V001", "04/10/2021", "chưa tạo mã", "Tổ 1")))
    load_file(
        reminders(tmp_path / "phuong B.csv", *((f"V{i:03d}", "04/10/2021", "chưa tạo mã", "Tổ 1") for i in (1, 2, 3)))
    )
    load_file(
        reminders(tmp_path / "phuong B.csv", *((f"V{i:03d}", "04/10/2021", "chưa tạo mã", "Tổ 1") for i in (2, 3)))
    )
    assert rows("SELECT v.code FROM reminder AS r JOIN venue AS v ON v.id = r.venue_id ORDER BY 1") == [
        ("V001",), ("V002",), ("V003",),
    ]  # fmt: skip


def test_three_reminders_make_a_violator_and_a_suspension_suspends(tmp_path: Path, register: None) -> None:
    load_file(reminders(
        tmp_path / "nn.csv",
        *(("V001", f"{day:02d}/10/2021", "chưa tạo mã", None) for day in (4, 11, 18)),
        ("V001", "18/10/2021", "không quét", "Tổ 2"),
    ))  # fmt: skip
    load_file(write_csv(
        tmp_path / "td.csv", SUSPENSIONS,
        [("V002", "20/10/2021", None, "chưa có mã QR"), ("V003", "20/10/2021", "01/10/2021", "sai ngày")],
    ))  # fmt: skip
    assert rows("SELECT code, status::text FROM venue WHERE code < 'V004' ORDER BY code") == [
        ("V001", "violating"), ("V002", "suspended"), ("V003", "unregistered"),
    ]  # fmt: skip
    assert rows("SELECT rows_read, rows_accepted, rows_rejected FROM load WHERE kind = 'suspensions'") == [(2, 1, 1)]


def test_as_of_is_the_latest_day_of_the_events_unless_it_is_said(tmp_path: Path, register: None) -> None:
    import datetime as dt

    path = registrations(tmp_path / "dk.csv", ("V001", "28/09/2021", "Q1", None), ("V002", "02/10/2021", "Q2", None))
    assert load_file(path).as_of == dt.date(2021, 10, 2)
    assert load_file(path, as_of=dt.date(2021, 10, 9)).as_of == dt.date(2021, 10, 9)


def test_a_file_with_more_faults_than_anybody_mends_is_out_as_a_whole(
    tmp_path: Path, register: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("etl.loading.work.MOST_REJECTS", 2)
    lines = [("V001", "28/09/2021", "Q", None), *((f"X{i}", "28/09/2021", f"Q{i}", None) for i in range(3))]
    with pytest.raises(TooManyRejects, match="3 dòng cùng một lỗi"):
        load_file(registrations(tmp_path / "dk.csv", *lines))
    assert one("SELECT count(*) FROM registration") == 0
    assert load_file(registrations(tmp_path / "dk.csv", *lines[:3])).accepted == 1
