"""XLS, XLSB and ODS as real programs write them, and archives taken apart."""

import contextlib
import datetime as dt
import shutil
import struct
import subprocess
from pathlib import Path

import pytest

from etl.errors import TooLarge, UnusableFile
from etl.readers.old_workbook import check_old_workbook
from etl.validation.read import SeveralTables, members, read
from etl.values.encodings import tcvn3
from tests.etl.awkward.formats import NAMES, REGISTER, REMINDERS, text_of
from tests.etl.reading.files import TODAY, archive, old_workbook, records, table_of, typed_in, workbook
from tests.etl.reading.xlsb import xlsb


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of workbooks that LibreOffice saved as XLS and as ODS: ``nhac`` with days and a wrong formula, ``so`` with
    merged cells on one of its two sheets.
    """
    folder = tmp_path_factory.mktemp("office")
    reminders = [["Mã địa điểm", "Ngày nhắc nhở", "Lý do", "Tên địa điểm"],
                 ["HD1", dt.date(2021, 10, 4), "Chưa tạo mã QR", "A"],
                 ["HD2", None, "Chưa tạo mã QR", "B"],
                 ["HD3", dt.date(2021, 10, 5), "Chưa tạo mã QR", "=1/0"]]  # fmt: skip
    workbook(folder / "nhac.xlsx", reminders)
    workbook(folder / "so.xlsx", MERGED, merged=["B1:C1", "C3:C5"], others={"Khác": OTHER_SHEET})
    soffice = shutil.which("soffice")
    assert soffice, "LibreOffice is not on PATH; `make test` installs it where it may"
    for form in ("xls", "ods"):
        command = [soffice, "--headless", f"-env:UserInstallation=file://{folder}/profile", "--convert-to", form]
        sources = [str(folder / "nhac.xlsx"), str(folder / "so.xlsx")]
        subprocess.run([*command, "--outdir", str(folder), *sources], check=True, capture_output=True, timeout=180)
    return folder


@pytest.mark.parametrize("form", ["xls", "ods"])
def test_libreoffice_files(office: Path, form: str) -> None:
    table = table_of(office / f"nhac.{form}")
    assert table.kind == "reminders"
    assert records(table, "venue_code", "reminded_on") == [
        ("HD1", dt.date(2021, 10, 4)),
        ("HD3", dt.date(2021, 10, 5)),
    ]
    assert [reject.row for reject in table.rejects] == [3]


@pytest.mark.parametrize("is_1904", [False, True])
def test_days_of_both_calendars(tmp_path: Path, is_1904: bool) -> None:
    table = table_of(old_workbook(tmp_path / "a.xls", REMINDERS, is_1904=is_1904))
    assert [day for (day,) in records(table, "reminded_on")] == [dt.date(2021, 10, 4), dt.date(2021, 10, 5)]


MERGED = [
    [None, "Địa điểm", None],
    ["Mã địa điểm", "Tên địa điểm", "Phường"],
    ["HD1", "Quán A", "Hà Cầu"],
    ["HD2", "Quán B", None],
    ["HD3", "Quán C", None],
    ["HD4", "Quán D", None],
    ["HD5", "Quán E", "La Khê"],
]
OTHER_SHEET = [*MERGED[1:3], ["HD6", "Quán G", None], ["HD7", "Quán H", None]]
WARDS = ["Hà Cầu", "Hà Cầu", "Hà Cầu", None, "La Khê"]


@pytest.mark.parametrize("form", ["xlsx", "xls", "ods"])
def test_merged_cells_of_real_programs_reach_down_on_their_own_sheet(office: Path, form: str) -> None:
    table = table_of(office / f"so.{form}")
    assert table.frame["ward"].tolist() == [*WARDS, "Hà Cầu", None, None]
    assert table.frame["_row"].tolist() == [3, 4, 5, 6, 7, 2, 3, 4]


def test_merged_cells_reach_down(tmp_path: Path) -> None:
    for path in (
        old_workbook(tmp_path / "a.xls", MERGED[1:], merged=[(1, 3, 2, 2)]),
        xlsb(tmp_path / "a.xlsb", MERGED[1:], merged=[(1, 3, 2, 2)]),
    ):
        assert table_of(path).frame["ward"].tolist() == WARDS


def test_three_header_rows_in_tcvn3_come_as_unicode(tmp_path: Path) -> None:
    path = old_workbook(tmp_path / "a.xls", typed_in(tcvn3.encode, REGISTER))
    table = table_of(path)
    assert table.encoding == "tcvn3"
    assert table.headings["name"] == "Tên địa điểm"
    assert table.frame["name"].tolist() == NAMES


def test_a_word_document_and_a_protected_workbook(tmp_path: Path) -> None:
    path = old_workbook(tmp_path / "a.xls", REGISTER)
    plain = path.read_bytes()
    # Excel writes FILEPASS right after the first BOF; here it takes the place of the record that stands there.
    start = plain.index(struct.pack("<HH", 0x809, 16)) + 20
    path.write_bytes(plain[:start] + struct.pack("<H", 0x2F) + plain[start + 2 :])
    with pytest.raises(UnusableFile, match="mật khẩu"):
        read(path, today=TODAY)
    path.write_bytes(plain.replace("Workbook".encode("utf-16-le"), "WordDocu".encode("utf-16-le")))
    with pytest.raises(UnusableFile, match="không phải bảng tính"):
        read(path, today=TODAY)


@pytest.mark.parametrize("step", range(0, 100, 9))
def test_scrambled_old_workbooks_give_a_sentence(tmp_path: Path, step: int) -> None:
    path = old_workbook(tmp_path / "a.xls", REGISTER * 20)
    data = bytearray(path.read_bytes())
    at = len(data) * step // 100
    data[at : at + 64] = b"\xff" * 64
    path.write_bytes(data)
    # Whether it can still be read depends on what was hit; anything but a sentence fails the test.
    with contextlib.suppress(UnusableFile):
        read(path, today=TODAY)


def test_many_sheets_with_a_cell_far_away(tmp_path: Path) -> None:
    import xlwt

    book = xlwt.Workbook()
    for number in range(3):
        sheet = book.add_sheet(f"S{number}")
        sheet.write(0, 0, "x")
        sheet.write(65_535, 255, "x")
    book.save(str(tmp_path / "a.xls"))
    with pytest.raises(TooLarge, match="trải rộng"):
        check_old_workbook(tmp_path / "a.xls")
    far = [["x"], *[[]] * 40_000, [None] * 900 + ["x"]]
    with pytest.raises(TooLarge, match="trải rộng"):
        read(xlsb(tmp_path / "a.xlsb", far), today=TODAY)


def test_one_long_text_in_many_old_cells(tmp_path: Path) -> None:
    rows = [["á" * 32_000] * 100 for _ in range(100)]
    with pytest.raises(TooLarge, match="lặp lại"):
        read(old_workbook(tmp_path / "a.xls", rows), today=TODAY)


def test_an_archive_is_taken_apart(tmp_path: Path) -> None:
    content = text_of(REGISTER).encode()
    book = old_workbook(tmp_path / "sổ.xls", REGISTER)
    path = archive(tmp_path / "tuan.zip", ("Mộ Lao/so.csv", content), ("Hà Cầu/so.csv", content), book)
    with pytest.raises(SeveralTables, match="3 bảng"):
        read(path, today=TODAY)
    into = tmp_path / "into"
    into.mkdir()
    found = members(path, into)
    assert [file.name for file in found] == ["so.csv", "so (2).csv", "sổ.xls"]
    assert [len(table_of(file).frame) for file in found] == [3, 3, 3]
    assert members(book, into) == [book]


def test_one_zipped_table_bears_the_archives_name(tmp_path: Path) -> None:
    path = archive(tmp_path / "tuan.zip", ("so.csv", text_of([*REGISTER, ["HD9", "", "", ""]]).encode()))
    table = table_of(path)
    assert table.path == path
    assert [reject.file for reject in table.rejects] == ["tuan.zip"]


def test_too_many_tables(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip", *((f"{n}.csv", b"x") for n in range(61)))
    with pytest.raises(TooLarge, match="61 bảng"):
        members(path, tmp_path)
