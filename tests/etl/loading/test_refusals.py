"""A file of which nothing could be loaded is remembered until it is settled, and says nothing of persons."""

import os
from pathlib import Path

import psycopg
import pytest
from openpyxl import Workbook, load_workbook

from data.access.caller import COMMAND_LINE, acting_as
from data.database.connection import app_connection
from data.queries.freshness import TOLD_FOR, refusals
from etl.__main__ import main
from etl.loading.refusals import name_key
from tests.etl.loading.files import REGISTER, REGISTRATIONS, SCANS, load_file, one, rows, venues, write_csv
from tests.etl.loading.processes import run

pytestmark = pytest.mark.usefixtures("fresh_database")

PHONE, OWNER = "0912345678", "Nguyễn Thị Hoa"


def load(*arguments: object) -> int:
    return main(["load", *map(str, arguments)])


def told() -> list[str]:
    """Names of the files that the page's own role is told of, the newest first."""
    with acting_as(COMMAND_LINE), app_connection() as conn:
        return [refusal.file_name for refusal in refusals(conn)]


def picture(path: Path) -> Path:
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    return path


def empty(path: Path) -> Path:
    path.write_bytes(b"")
    return path


def unknown_venues(path: Path) -> Path:
    return write_csv(path, SCANS, [("V001", "01/10/2021", 3), ("V002", "01/10/2021", 4)])


@pytest.mark.parametrize(
    ("make", "name", "kind", "why"),
    [
        (picture, "so.xlsx", None, "Tệp «so.xlsx» là ảnh PNG, không phải bảng số liệu."),
        (empty, "so.csv", None, "Tệp «so.csv» rỗng"),
        (unknown_venues, "quet.csv", "scans", "dùng được. Danh sách lỗi nằm trong tệp «quet.loi.xlsx»"),
    ],
)  # fmt: skip
def test_a_refused_file_is_remembered(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], make: object, name: str, kind: str | None, why: str
) -> None:
    assert load(make(tmp_path / name)) == 2  # type: ignore[operator]
    capsys.readouterr()
    [(file_name, of_kind, sentence)] = rows("SELECT file_name, kind, sentence FROM refused_file")
    assert (file_name, of_kind) == (name, kind)
    assert why in sentence
    assert str(tmp_path) not in sentence
    assert one("SELECT count(*) FROM load") == 0
    assert main(["status"]) == 0
    out = capsys.readouterr().out
    assert "Tệp chưa nạp được" in out
    assert f", {name}" in out
    assert why in out


def test_a_dry_run_remembers_nothing(tmp_path: Path) -> None:
    assert load("--dry-run", picture(tmp_path / "so.xlsx"), unknown_venues(tmp_path / "quet.csv")) == 2
    assert told() == []


def test_a_slip_at_the_terminal_is_no_refusal_of_a_file(tmp_path: Path) -> None:
    assert load(tmp_path / "missing.csv", tmp_path) == 2
    assert load("--as-of", "2100-01-01", venues(tmp_path / "so.csv", 1)) == 2
    assert told() == []


def test_what_the_database_refuses_is_remembered(tmp_path: Path, fresh_database: str) -> None:
    with psycopg.connect(fresh_database, autocommit=True) as conn:
        conn.execute("ALTER TABLE venue ADD CONSTRAINT unforeseen CHECK (code <> 'V002')")
    assert load(venues(tmp_path / "so.csv", 3)) == 2
    [(kind, sentence)] = rows("SELECT kind, sentence FROM refused_file")
    assert kind == "venues"
    assert "cơ sở dữ liệu báo lỗi (CheckViolation)" in sentence


def test_a_refusal_that_cannot_be_remembered_is_told_all_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], fresh_database: str
) -> None:
    file = picture(tmp_path / "so.xlsx")
    code, output = run("load", file, url="postgresql://qr_owner@/nowhere?host=/nonexistent")
    assert (code, output.splitlines()[-1][:24]) == (2, "Tệp «so.xlsx» là ảnh PNG")
    assert "Không kết nối" not in output
    with psycopg.connect(fresh_database, autocommit=True) as conn:
        conn.execute("ALTER TABLE refused_file ADD CONSTRAINT unforeseen CHECK (file_name <> 'so.xlsx')")
    assert load(file) == 2
    assert capsys.readouterr().err.startswith("Tệp «so.xlsx» là ảnh PNG")
    assert told() == []


def test_a_name_that_is_no_text_is_remembered_as_it_can_be_written(tmp_path: Path) -> None:
    assert load(picture(tmp_path / os.fsdecode(b"so \xe9.xlsx"))) == 2
    assert told() == ["so \\udce9.xlsx"]


def test_a_good_file_of_the_name_settles_it(tmp_path: Path) -> None:
    load(picture(tmp_path / "So.xlsx"))
    other = tmp_path / "khac"
    other.mkdir()
    load(venues(other / "khac.csv", 1))
    assert told() == ["So.xlsx"], "another file's load mends nothing"
    load(venues(other / "so.csv", 2))
    assert told() == []
    assert one("SELECT settled_at IS NOT NULL FROM refused_file")


def test_a_good_file_that_had_been_loaded_before_settles_it(tmp_path: Path) -> None:
    good = venues(tmp_path / "so.csv", 2)
    load(good)
    content = good.read_bytes()
    load(empty(good))
    assert told() == ["so.csv"]
    good.write_bytes(content)
    load(good)
    assert told() == []


def test_only_a_file_of_the_same_kind_settles_a_refused_one(tmp_path: Path) -> None:
    """Wards name their files after themselves: "Mo Lao.csv" holds scans in one folder, registrations in another."""
    load(unknown_venues(tmp_path / "Mo Lao.csv"))
    load(venues(tmp_path / "so.csv", 2))
    folder = tmp_path / "dang ky"
    folder.mkdir()
    load(write_csv(folder / "Mo Lao.csv", REGISTRATIONS, [("V001", "28/09/2021", "Q1", None)]))
    assert told() == ["Mo Lao.csv"]
    load(unknown_venues(tmp_path / "Mo Lao.csv"))
    assert told() == []


def test_the_very_same_file_under_another_name_settles_it(tmp_path: Path) -> None:
    refused = unknown_venues(tmp_path / "quet.csv")
    load(refused)
    load(venues(tmp_path / "so.csv", 2))
    load(refused.rename(tmp_path / "luot quet tuan 40.csv"))
    assert told() == []


def test_the_mended_list_of_its_rejects_settles_it(tmp_path: Path) -> None:
    load_file(venues(tmp_path / "so.csv", 2))
    load(write_csv(tmp_path / "quet.csv", SCANS, [("V0O1", "01/10/2021", 3)]))
    assert told() == ["quet.csv"]
    rejects = tmp_path / "quet.loi.xlsx"
    book = load_workbook(rejects)
    [cell] = [cell for line in book.worksheets[0].iter_rows() for cell in line if cell.value == "V0O1"]
    cell.value = "V001"
    book.save(rejects)
    assert load(rejects) == 0
    assert told() == []


def test_a_file_refused_again_is_told_of_once(tmp_path: Path) -> None:
    load(picture(tmp_path / "so.xlsx"))
    load(empty(tmp_path / "so.xlsx"))
    with acting_as(COMMAND_LINE), app_connection() as conn:
        [refusal] = refusals(conn)
    assert "rỗng" in refusal.sentence


def test_what_never_comes_again_under_its_name_is_not_told_of_for_ever(tmp_path: Path) -> None:
    load(picture(tmp_path / "so.xlsx"), empty(tmp_path / "quet.csv"))
    assert told() == ["quet.csv", "so.xlsx"]
    rows("UPDATE refused_file SET refused_at = now() - %s WHERE file_name = 'so.xlsx' RETURNING id", TOLD_FOR)
    assert told() == ["quet.csv"]


def headless(path: Path) -> Path:
    """A register whose first row is data, two words of which are headings too."""
    book = Workbook()
    book.active.append(["Địa chỉ", "Điện thoại", OWNER, PHONE])
    book.save(path)
    return path


def wrong_first_row(path: Path) -> Path:
    return write_csv(path, (*REGISTER, "Ngày hoạt động"), [("A", "Quán", "", "", "", "", "", f"{OWNER} {PHONE}")])


def months_first(path: Path) -> Path:
    lines = [(f"V{i}", f"10/{day}/2021", "không quét", PHONE) for i, day in enumerate((13, 14, 15))]
    return write_csv(path, ("Mã địa điểm", "Ngày nhắc nhở", "Lý do nhắc nhở", "Người nhắc nhở"), lines)


def many_faults(path: Path) -> Path:
    return write_csv(path, SCANS, [(PHONE, "01/10/2021", OWNER)] * 3)


def many_unknown(path: Path) -> Path:
    return write_csv(path, REGISTRATIONS, [(f"{PHONE}{i}", "28/09/2021", OWNER, None) for i in range(3)])


@pytest.mark.parametrize(
    ("make", "quoted"),
    [
        (headless, PHONE),
        (wrong_first_row, PHONE),
        (months_first, "10/13/2021"),
        (many_faults, OWNER),
        (many_unknown, PHONE),
    ],
)
def test_no_value_of_a_cell_is_remembered(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    make: object,
    quoted: str,
) -> None:
    """The clerk who has the file is told the value; the page's readers are not."""
    monkeypatch.setattr("etl.validation.rows.MAX_REJECTS", 2)
    monkeypatch.setattr("etl.loading.work.MOST_REJECTS", 2)
    assert load(make(tmp_path / "so.xlsx" if make is headless else tmp_path / "so.csv")) == 2  # type: ignore[operator]
    assert quoted in capsys.readouterr().err
    [(sentence, said)] = rows("SELECT sentence, said::text FROM refused_file")
    assert sentence.startswith(("Tệp «so.", "Cột «", "Hơn "))
    assert all(word not in sentence + said for word in (PHONE, OWNER, "10/13"))


@pytest.mark.parametrize(
    ("one_name", "other", "same"),
    [
        ("Quét.CSV", "quet.xlsx", True),
        ("quet 1.10.xlsx", "quet 1.10.loi.xlsx", True),
        ("quet 1.10.xlsx", "quet 1.11.xlsx", False),
        ("quet.xlsx", "quet tuan 2.xlsx", False),
    ],
)
def test_names_that_are_one_file_to_a_clerk(one_name: str, other: str, same: bool) -> None:
    assert (name_key(one_name) == name_key(other)) is same
