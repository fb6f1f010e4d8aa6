"""Files that could be taken for what they are not, and cells that could be lost without a word."""

from pathlib import Path

import pytest

from etl.errors import UnknownKind
from etl.validation.read import read
from etl.validation.table import BoundaryFile
from tests.etl.reading.files import csv_file, records, table_of, workbook
from tests.etl.reading.test_read_boundaries import outlines


@pytest.mark.parametrize(
    ("header", "word"),
    [
        ("Mã địa điểm,Tên địa điểm,Số hiệu mã QR,Ngày phát,App", "giống «đăng ký mã QR» nhất nhưng thiếu cột"),
        ("Mã ĐĐ,Tên địa điểm,Ngày quét,Lượt bấm", "giống «lượt quét» nhất nhưng thiếu cột «Số lượt quét»"),
        ("Mã địa điểm,Tên địa điểm,Hôm nhắc,Lý do nhắc nhở", "giống «nhắc nhở» nhất nhưng thiếu cột «Ngày nhắc nhở»"),
        ("Mã địa điểm,Tên địa điểm,1-thg10,2-thg10", "không cột nào|không có cột nào cho biết.*«1-thg10», «2-thg10»"),
        ("Mã địa điểm,Tên địa điểm,Số QĐ", "không có cột nào cho biết.*«Số QĐ».*--kind venues"),
    ],
)
def test_events_under_unknown_headings_are_no_register(tmp_path: Path, header: str, word: str) -> None:
    cells = ",".join(["HD001", "Quán A", *["1"] * (header.count(",") - 1)])
    with pytest.raises(UnknownKind, match=word):
        read(csv_file(tmp_path / "a.csv", f"{header}\n{cells}\n"))


def test_a_summary_beside_the_table_is_no_table(tmp_path: Path) -> None:
    rows = [["Mã địa điểm", "Ngày", "Số lượt quét"], ["HD1", "01/10/2021", 30]]
    summary = [["Phường", "Số lượt quét", "Ngày quét"], ["Mộ Lao", 30, "01/10/2021"]]
    table = table_of(workbook(tmp_path / "a.xlsx", rows, others={"Tổng hợp": summary}))
    assert records(table, "venue_code", "scans") == [("HD1", 30)]
    assert table.remarks == {"ignored_sheets": 1}


def test_a_register_may_have_columns_of_its_own(tmp_path: Path) -> None:
    text = "Mã địa điểm,Tên địa điểm,Loại hình,Điện thoại,Mã QR,Diện tích,Ghi chú\nHD1,Quán A,Quán ăn,,Q1,20,\n"
    table = table_of(csv_file(tmp_path / "a.csv", text))
    assert table.kind == "venues"
    assert table.unread == ("Mã QR", "Diện tích")
    told = table_of(csv_file(tmp_path / "b.csv", "Mã địa điểm,Tên địa điểm,Diện tích\nHD1,A,20\n"), "venues")
    assert told.unread == ("Diện tích",)


@pytest.mark.parametrize("heading", ["Ngày đăng kí", "NGÀY ĐĂNG KÝ", "Ngày cấp QR Code"])
def test_both_spellings_of_ky_are_one(tmp_path: Path, heading: str) -> None:
    text = f"Mã địa điểm,Tên địa điểm,{heading},Mã QR\nHD1,Quán A,28/09/2021,Q1\n"
    assert table_of(csv_file(tmp_path / "a.csv", text)).kind == "registrations"


def test_a_withdrawal_under_a_clerks_heading_is_read(tmp_path: Path) -> None:
    text = "Mã địa điểm,Ngày nhắc nhở,Lý do,Ngày rút lại/hủy\nHD1,01/10/2021,Chưa đăng kí mã QR,02/10/2021\n"
    table = table_of(csv_file(tmp_path / "a.csv", text))
    assert [str(day) for _, _, day in records(table, "venue_code", "reason", "withdrawn_on")] == ["2021-10-02"]
    assert table.unread == ()


def test_a_cell_merged_over_several_rows_stands_in_each(tmp_path: Path) -> None:
    rows = [
        ["SỔ NHẮC NHỞ", None, None],
        ["Mã địa điểm", "Ngày nhắc nhở", "Lý do nhắc nhở"],
        ["HD1", "01/10/2021", "Chưa tạo mã QR"],
        [None, "08/10/2021", None],
        [None, "15/10/2021", None],
        ["HD2", "16/10/2021", "Không quét mã"],
    ]
    table = table_of(workbook(tmp_path / "a.xlsx", rows, merged=["A1:C1", "A3:A5", "C3:C5"]))
    assert table.rejects == []
    found = [(code, str(day), reason) for code, day, reason in records(table, "venue_code", "reminded_on", "reason")]
    assert found == [
        ("HD1", "2021-10-01", "no_qr"),
        ("HD1", "2021-10-08", "no_qr"),
        ("HD1", "2021-10-15", "no_qr"),
        ("HD2", "2021-10-16", "not_scanning"),
    ]


def test_a_count_merged_over_several_rows_is_no_count_of_each(tmp_path: Path) -> None:
    rows = [
        ["Mã địa điểm", "Ngày", "Số lượt quét"],
        ["HD1", "01/10/2021", 30],
        ["HD2", "01/10/2021", None],
    ]
    table = table_of(workbook(tmp_path / "a.xlsx", rows, merged=["C2:C3"]))
    assert records(table, "venue_code", "scans") == [("HD1", 30)]
    assert [reject.row for reject in table.rejects] == [3]


def test_a_cell_of_megabytes_near_the_top_is_refused_or_rejected(tmp_path: Path) -> None:
    header = "Mã địa điểm,Tên địa điểm,Địa chỉ,Loại hình\n"
    table = table_of(csv_file(tmp_path / "a.csv", f"{header}HD1,A,{'x' * 3_000_000},Quán ăn\nHD2,B,Số 2,Quán ăn\n"))
    assert records(table, "code") == [("HD2",)]
    [reject] = table.rejects
    assert len(reject.message) < 300
    assert "«xxx" in reject.message


def test_outlines_that_lack_an_attribute_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    frame = outlines()
    frame["ghi_chu"] = ["có", *[None] * (len(frame) - 1)]
    frame["dien_tich"] = [1.5, *[None] * (len(frame) - 1)]
    frame["name"] = [f"Phường {number}" for number in range(len(frame))]
    frame.to_file(path, driver="GeoJSON", engine="pyogrio")
    found = read(path)
    assert isinstance(found, BoundaryFile)
    assert found.rows_read == len(frame)
