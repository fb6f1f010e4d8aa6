"""The file of rejects: readable, harmless, and loadable again once mended."""

import datetime as dt
from pathlib import Path

import openpyxl
import pytest

from etl.errors import UnusableFile
from etl.recognition.columns import TABLE_KINDS, reject_columns, title_of
from etl.validation.rejects_file import rejects_path, write_rejects
from tests.etl.reading.files import csv_file, records, table_of, workbook

FAULTY = {
    "totals": "Mã,Tổng lượt quét,Thời điểm xuất\nHD1,nhiều,09h30 ngày 12/9/2021\n",
    "venues": 'Mã,Tên,Địa chỉ,Ngày hoạt động,Tọa độ\nHD1,=cmd|x,Số 1,hôm qua,"20.9, 105.7"\nHD2,B,Số 2,1/1/2015,\n',
    "registrations": "Mã,Ngày tạo mã QR,Mã QR\nHD1,31/02/2021,Q1\nHD2,1/9/2021,Q2\n",
    "scans": "Mã,Ngày quét,Số lượt quét\nHD1,1/10/2021,-5\nHD2,1/10/2021,5\n",
    "reminders": "Mã,Ngày nhắc,Lý do nhắc nhở\nHD1,1/10/2021,lấn chiếm\nHD2,1/10/2021,không quét\n",
    "suspensions": "Mã,Tạm dừng từ ngày,Tạm dừng đến ngày\nHD1,5/10/2021,1/10/2021\nHD2,1/10/2021,\n",
}
MENDED = {
    "venues": ("opened_on", "1/1/2015"),
    "registrations": ("registered_on", "28/02/2021"),
    "scans": ("scans", "5"),
    "reminders": ("reason", "chưa tạo mã"),
    "suspensions": ("ends_on", "6/10/2021"),
    "totals": ("total", "1.234"),
}


@pytest.mark.parametrize("demo", [False, True])
@pytest.mark.parametrize("kind", TABLE_KINDS)
def test_rejects_are_recognised_again_and_load_once_mended(tmp_path: Path, kind: str, demo: bool) -> None:
    title = "Dữ liệu minh họa\n" if demo else ""
    table = table_of(csv_file(tmp_path / "tháng 10.csv", title + FAULTY[kind]))
    assert table.kind == kind
    assert len(table.rejects) == 1
    path = write_rejects(table, table.rejects)
    assert path == tmp_path / "tháng 10.loi.xlsx"

    sheet = openpyxl.load_workbook(path).worksheets[0]
    assert ("DỮ LIỆU MINH HỌA" in sheet["A1"].value) is demo
    headings = [cell.value for cell in sheet[3]]
    assert headings == [*(title_of(kind, name) for name in reject_columns(kind)), "Dòng gốc", "Lỗi"]
    assert sheet.cell(4, len(headings) - 1).value == str(table.rejects[0].row)
    assert "cần" in sheet.cell(4, len(headings)).value
    assert {cell.data_type for cell in sheet[4]} <= {"s", "n"}
    assert all(isinstance(cell.value, str) for cell in sheet[4] if cell.value is not None)

    again = table_of(path)
    assert again.kind == kind
    assert again.is_demo is demo
    assert again.covered_days == ()
    assert [reject.cells for reject in again.rejects] == [reject.cells for reject in table.rejects]

    book = openpyxl.load_workbook(path)
    name, value = MENDED[kind]
    book.worksheets[0].cell(4, reject_columns(kind).index(name) + 1).value = value
    book.save(path)
    mended = table_of(path)
    assert mended.rejects == []
    code = "code" if kind == "venues" else "venue_code"
    assert records(mended, code) == [("HD1",)]


def test_formulas_are_neutralised_on_the_way_out_and_restored_on_the_way_in(tmp_path: Path) -> None:
    table = table_of(csv_file(tmp_path / "a.csv", FAULTY["venues"]))
    path = write_rejects(table, table.rejects)
    assert openpyxl.load_workbook(path).worksheets[0]["B4"].value == "'=cmd|x"
    book = openpyxl.load_workbook(path)
    book.worksheets[0].cell(4, reject_columns("venues").index("opened_on") + 1).value = dt.date(2015, 1, 1)
    book.save(path)
    assert records(table_of(path), "name", "lon", "lat", "opened_on") == [("=cmd|x", 105.7, 20.9, dt.date(2015, 1, 1))]


def test_rejects_of_the_loader_name_the_source_and_keep_the_row(tmp_path: Path) -> None:
    rows = [["Mã cơ sở", "Ngày", "Số lượt"], ["HD1", dt.date(2021, 10, 1), 7]]
    table = table_of(workbook(tmp_path / "a.xlsx", rows))
    reject = table.reject(0, "venue_code", "không có địa điểm mang mã này")
    assert reject.message == (
        "Tệp a.xlsx, trang tính «Sheet1», dòng 2, cột «Mã cơ sở»: «HD1» – không có địa điểm mang mã này"
    )
    again = table_of(write_rejects(table, [reject]))
    assert records(again, "venue_code", "day", "scans") == [("HD1", dt.date(2021, 10, 1), 7)]


def test_the_sheet_is_named_when_there_are_several(tmp_path: Path) -> None:
    head = ["Mã cơ sở", "Ngày", "Số lượt"]
    path = workbook(tmp_path / "a.xlsx", [head, ["HD1", "x", 7]], others={"Tuần 2": [head, ["HD2", "y", 7]]})
    table = table_of(path)
    sheet = openpyxl.load_workbook(write_rejects(table, table.rejects)).worksheets[0]
    place = len(reject_columns("scans")) + 1
    assert [sheet.cell(4, place).value, sheet.cell(5, place).value] == ["Sheet1 · 2", "Tuần 2 · 2"]


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    table = table_of(csv_file(tmp_path / "a.csv", FAULTY["scans"]))
    rejects_path(table.path).mkdir()
    with pytest.raises(UnusableFile, match="Không ghi được tệp các dòng lỗi"):
        write_rejects(table, table.rejects)
