"""A row of a corrected file that is rejected takes nothing back: what it may have stood for stays as loaded before."""

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from etl.loading.load import Outcome
from etl.loading.report import report
from tests.etl.loading.files import (
    REGISTRATIONS,
    REMINDERS,
    SCANS,
    SUSPENSIONS,
    load_file,
    one,
    rows,
    venues,
    write_csv,
)

pytestmark = pytest.mark.usefixtures("fresh_database")

Line = Sequence[object]
Writer = Callable[[Path, Sequence[str], Sequence[Line]], Path]


@pytest.fixture(autouse=True)
def register(tmp_path: Path, fresh_database: str) -> None:
    load_file(venues(tmp_path / "so.csv", 9))


def as_csv(folder: Path, header: Sequence[str], lines: Sequence[Line]) -> Path:
    """As clerks' programs export it: days as text."""
    return write_csv(folder / "tep.csv", header, lines)


def as_xlsx(folder: Path, header: Sequence[str], lines: Sequence[Line]) -> Path:
    """As clerks type it: what looks like a day or a number is one."""

    def typed(cell: object) -> object:
        try:
            return dt.datetime.strptime(str(cell), "%d/%m/%Y") if isinstance(cell, str) else cell
        except ValueError:
            return cell

    book = Workbook()
    for line in (header, *lines):
        book.active.append([typed(cell) for cell in line])
    book.save(folder / "tep.xlsx")
    return folder / "tep.xlsx"


both = pytest.mark.parametrize("write", [as_csv, as_xlsx])


def said(outcome: Outcome) -> str:
    return "\n".join(report(outcome))


def mend(rejects: Path | None, wrong: str, right: str) -> Path:
    """The list of rejects with one cell mended, as a clerk does it."""
    assert rejects is not None
    book = load_workbook(rejects)
    [cell] = [cell for line in book.worksheets[0].iter_rows() for cell in line if cell.value == wrong]
    cell.value = right
    book.save(rejects)
    return rejects


def counts() -> list[tuple[str, str, int]]:
    return rows(
        "SELECT v.code, to_char(s.day, 'DD/MM'), s.scans FROM scan_count AS s JOIN venue AS v ON v.id = s.venue_id"
        " ORDER BY 1, 2"
    )  # type: ignore[return-value]


def reminders() -> list[tuple[str, str, str, str | None]]:
    return rows(
        "SELECT v.code, to_char(r.reminded_on, 'DD/MM'), r.reason, r.given_by FROM reminder AS r"
        " JOIN venue AS v ON v.id = r.venue_id ORDER BY 1, 2, 3, 4"
    )  # type: ignore[return-value]


SCANNED: list[Line] = [
    ("V001", "01/10/2021", 5), ("V001", "02/10/2021", 6), ("V002", "01/10/2021", 2), ("V003", "01/10/2021", 4),
    ("V003", "02/10/2021", 7), ("V004", "01/10/2021", 9),
]  # fmt: skip


@both
def test_a_count_that_cannot_be_read_keeps_the_earlier_one(tmp_path: Path, write: Writer) -> None:
    first = load_file(write(tmp_path, SCANS, SCANNED))
    lines = [*SCANNED[:2], ("V002", "01/10/2021", "2o"), *SCANNED[3:5]]  # and V004 is taken out
    second = load_file(write(tmp_path, SCANS, lines))
    assert second.changes.supersedes == first.load_id
    assert counts() == [
        ("V001", "01/10", 5), ("V001", "02/10", 6), ("V002", "01/10", 2), ("V003", "01/10", 4), ("V003", "02/10", 7),
    ]  # fmt: skip
    assert "1 dòng giữ nguyên như lần nạp trước, vì dòng mới của chúng bị loại" in said(second)
    assert "1 dòng của lần nạp trước không còn trong tệp, đã bỏ" in said(second)

    mended = load_file(mend(second.rejects_file, "2o", "20"))
    assert (mended.changes.supersedes, mended.changes.removed) == (None, 0)
    assert (mended.changes.new, mended.changes.changed) == (0, 1)
    assert counts()[2] == ("V002", "01/10", 20)
    assert len(counts()) == 5


@both
def test_a_row_that_was_kept_goes_once_a_correction_takes_it_out(tmp_path: Path, write: Writer) -> None:
    load_file(write(tmp_path, SCANS, SCANNED))
    load_file(write(tmp_path, SCANS, [*SCANNED[:5], ("V004", "01/10/2021", -9)]))
    assert ("V004", "01/10", 9) in counts()
    third = load_file(write(tmp_path, SCANS, SCANNED[:5]))
    assert third.changes.removed == 1
    assert "V004" not in {code for code, _, _ in counts()}


@both
@pytest.mark.parametrize("day", ["31/02/2021", "01/10/2090", None])
def test_a_day_that_cannot_be_read_keeps_the_days_of_its_venue(tmp_path: Path, write: Writer, day: str | None) -> None:
    load_file(write(tmp_path, SCANS, SCANNED))
    second = load_file(write(tmp_path, SCANS, [*SCANNED[:3], ("V003", day, 4)]))
    assert counts() == [
        ("V001", "01/10", 5), ("V001", "02/10", 6), ("V002", "01/10", 2), ("V003", "01/10", 4), ("V003", "02/10", 7),
    ]  # fmt: skip
    assert (second.remarks["kept_rows"], second.changes.removed) == (2, 1)


@both
def test_a_row_of_no_known_venue_keeps_nothing_and_it_is_said(tmp_path: Path, write: Writer) -> None:
    load_file(write(tmp_path, SCANS, SCANNED))
    second = load_file(write(tmp_path, SCANS, [*SCANNED[:5], ("V0O4", "01/10/2021", 9)]))
    assert "V004" not in {code for code, _, _ in counts()}
    assert "1 dòng bị loại không rõ địa điểm nào; nếu chúng thay cho dòng đã bỏ thì sửa rồi nạp lại" in said(second)
    load_file(mend(second.rejects_file, "V0O4", "V004"))
    assert counts() == [(code, day[:5], scans) for code, day, scans in SCANNED]  # type: ignore[index]


def test_the_day_of_a_count_that_stays_stays_known(tmp_path: Path) -> None:
    lines: list[Line] = [("V001", "01/10/2021", 5), ("V002", "01/10/2021", 2), ("V001", "02/10/2021", 6)]
    load_file(as_csv(tmp_path, SCANS, lines))
    second = load_file(as_csv(tmp_path, SCANS, [*lines[:2], ("V001", "02/10/2021", "nhiều")]))
    assert rows("SELECT day::text, load_id FROM scan_day ORDER BY 1") == [
        ("2021-10-01", second.load_id), ("2021-10-02", second.load_id),
    ]  # fmt: skip
    assert second.changes.days_changed is False
    assert one("SELECT count(*) FROM scan_reach") == 2


def test_a_column_a_day_keeps_the_one_cell(tmp_path: Path) -> None:
    header = ("Mã địa điểm", "01/10/2021", "02/10/2021", "03/10/2021")
    lines: list[Line] = [("V001", 1, 2, 3), ("V002", 4, 5, 6)]
    load_file(as_xlsx(tmp_path, header, lines))
    second = load_file(as_xlsx(tmp_path, header, [("V001", 1, "2 lần?", 3), ("V002", 4, 5, None)]))
    assert counts() == [
        ("V001", "01/10", 1), ("V001", "02/10", 2), ("V001", "03/10", 3), ("V002", "01/10", 4), ("V002", "02/10", 5),
    ]  # fmt: skip
    assert (second.remarks["kept_rows"], second.changes.removed) == (1, 1)


REMINDED: list[Line] = [
    ("V001", "04/10/2021", "chưa tạo mã", "Tổ 1"),
    ("V001", "04/10/2021", "không quét", "Tổ 1"),
    ("V001", "11/10/2021", "chưa tạo mã", "Tổ 1"),
    ("V002", "04/10/2021", "chưa tạo mã", None),
    ("V002", "04/10/2021", "chưa tạo mã", "Tổ 2"),
    ("V003", "04/10/2021", "chưa tạo mã", "Tổ 1"),
]


@both
@pytest.mark.parametrize(
    ("rejected", "kept"),
    [
        # The reason says neither: whatever Tổ 1 noted of the venue that day stays.
        (("V001", "04/10/2021", "ồn ào", "Tổ 1"), REMINDED[:2]),
        # The day is missing: that reason on any day.
        (("V001", None, "chưa tạo mã", "Tổ 1"), [REMINDED[0], REMINDED[2]]),
        # Nobody is named as who gave it: that of nobody, not that of Tổ 2.
        (("V002", "04/10/2021", "ồn ào", None), [REMINDED[3]]),
        # Too long to be a name: whoever gave it.
        (("V002", "04/10/2021", "chưa tạo mã", "Tổ 2 " * 500), REMINDED[3:5]),
        # Another venue's row keeps none of these.
        (("V009", "04/10/2021", "ồn ào", "Tổ 1"), []),
    ],
)
def test_as_much_of_a_reminder_as_can_be_read_decides(
    tmp_path: Path, write: Writer, rejected: Line, kept: list[Line]
) -> None:
    of_others: list[Line] = [(f"V{i:03d}", "04/10/2021", "không quét", None) for i in range(3, 9)]
    load_file(write(tmp_path, REMINDERS, [*REMINDED, *of_others]))
    second = load_file(write(tmp_path, REMINDERS, [*of_others, rejected]))
    assert second.remarks.get("kept_rows", 0) == len(kept)
    assert second.changes.removed == len(REMINDED) - len(kept)
    reasons = {"chưa tạo mã": "no_qr", "không quét": "not_scanning"}
    assert set(reminders()) == {
        (code, str(day)[:5], reasons[str(reason)], by) for code, day, reason, by in [*kept, *of_others]
    }


@both
def test_days_out_of_order_keep_the_earlier_reminder_and_its_mended_row_replaces_it(
    tmp_path: Path, write: Writer
) -> None:
    header = (*REMINDERS, "Ngày rút nhắc nhở")
    lines: list[Line] = [(*line, None) for line in REMINDED[:4]]
    load_file(write(tmp_path, header, lines))
    second = load_file(write(tmp_path, header, [*lines[:3], (*REMINDED[3], "03/10/2021")]))
    assert len(reminders()) == 4
    assert second.remarks["kept_rows"] == 1
    mended = load_file(mend(second.rejects_file, "03/10/2021", "05/10/2021"))
    assert (mended.changes.supersedes, mended.changes.new, mended.changes.changed) == (None, 0, 1)
    assert len(reminders()) == 4
    assert one("SELECT count(*) FROM reminder WHERE withdrawn_on = '2021-10-05'") == 1


def test_registrations_and_suspensions_keep_theirs(tmp_path: Path) -> None:
    header = (*REGISTRATIONS, "Ngày hết hiệu lực")
    lines: list[Line] = [(f"V{i:03d}", "28/09/2021", f"Q{i}", None, None) for i in range(1, 4)]
    load_file(write_csv(tmp_path / "dk.csv", header, lines))
    load_file(write_csv(tmp_path / "dk.csv", header, [*lines[:2], ("V003", "28/09/2021", "Q3", None, "27/09/2021")]))
    assert one("SELECT count(*) FROM registration") == 3
    lines = [(f"V{i:03d}", "20/10/2021", None, "chưa có mã") for i in range(4, 7)]
    load_file(write_csv(tmp_path / "td.csv", SUSPENSIONS, lines))
    load_file(write_csv(tmp_path / "td.csv", SUSPENSIONS, [*lines[:2], ("V006", "20/10/2021", "19/10/2021", None)]))
    assert one("SELECT count(*) FROM suspension") == 3


def test_a_list_of_rejects_takes_nothing_of_another_list_or_of_its_original(tmp_path: Path) -> None:
    """Both lists bear one name, and half of the first stands in the second again."""
    lines: list[Line] = [("V001", "01/10/2021", 5), ("V002", "01/10/2021", "2o"), ("V003", "01/10/2021", "3o")]
    first = load_file(as_csv(tmp_path, SCANS, lines))
    mend(first.rejects_file, "2o", "20")
    load_file(mend(first.rejects_file, "3o", "30"))
    assert [scans for _, _, scans in counts()] == [5, 20, 30]
    second = load_file(as_csv(tmp_path, SCANS, [lines[0], lines[1], ("V003", "01/10/2021", 30)]))
    list_again = load_file(mend(second.rejects_file, "2o", "21"))
    assert (list_again.changes.supersedes, list_again.changes.removed) == (None, 0)
    assert [scans for _, _, scans in counts()] == [5, 21, 30]


def test_a_list_of_rejects_mended_twice_is_corrected(tmp_path: Path) -> None:
    lines: list[Line] = [("V001", "01/10/2021", 5), ("V002", "31/02/2021", 2), ("V003", "01/10/2021", "3o")]
    rejects = load_file(as_csv(tmp_path, SCANS, lines)).rejects_file
    mend(rejects, "3o", "3")
    first = load_file(mend(rejects, "31/02/2021", "02/10/2021"))
    second = load_file(mend(rejects, "02/10/2021", "03/10/2021"))
    assert (second.changes.supersedes, second.changes.removed) == (first.load_id, 1)
    assert counts() == [("V001", "01/10", 5), ("V002", "03/10", 2), ("V003", "01/10", 3)]
