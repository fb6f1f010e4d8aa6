"""CSV and XLSX of the five kinds of table, as awkward as clerks send them."""

import datetime as dt
from pathlib import Path

import pytest

from etl.errors import ContradictingHeaders, UnknownKind
from tests.etl.reading.files import csv_file, records, table_of, workbook

SCANS = "Mã địa điểm{0}Ngày{0}Số lượt quét\nHD1{0}01/10/2021{0}12\n00123{0}2/10/21{0}0\n"
TWO_SCANS = [("HD1", dt.date(2021, 10, 1), 12), ("00123", dt.date(2021, 10, 2), 0)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_in_each_encoding_with_each_separator(tmp_path: Path, encoding: str, delimiter: str) -> None:
    table = table_of(csv_file(tmp_path / "tệp không tên.dat", SCANS.format(delimiter), encoding))
    assert table.kind == "scans"
    assert records(table, "venue_code", "day", "scans") == TWO_SCANS
    assert table.frame["_row"].tolist() == [2, 3]
    assert table.sheets == ()
    assert str(table.frame["day"].dtype) == "datetime64[s]"
    assert str(table.frame["scans"].dtype) == "int64"


def test_csv_in_utf16_big_endian_with_its_mark(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"\xfe\xff" + SCANS.format(";").encode("utf-16-be"))
    assert records(table_of(path), "venue_code", "day", "scans") == TWO_SCANS


def test_titles_blank_lines_and_a_total(tmp_path: Path) -> None:
    text = (
        'UBND QUẬN HÀ ĐÔNG;;\r\n"BÁO CÁO; LƯỢT QUÉT";;\r\n"Từ ngày 01/10/2021\nđến ngày 07/10/2021";;\r\n\r\n'
        + SCANS.format(";").replace("\n", "\r\n")
        + "\r\n;;\r\nTổng cộng;;12\r\n;Hà Đông, ngày 08 tháng 10 năm 2021;\r\n"
        + "NGƯỜI LẬP BIỂU;TRƯỞNG PHÒNG;\r\nNguyễn Văn A;Trần B;\r\n"
    )
    table = table_of(csv_file(tmp_path / "a.csv", text))
    assert records(table, "venue_code", "day", "scans") == TWO_SCANS
    assert table.frame["_row"].tolist() == [6, 7]
    assert table.covered_days == ((dt.date(2021, 10, 1), dt.date(2021, 10, 7)),)
    assert table.rejects == []
    assert table.remarks == {"total_rows": 1, "footer_rows": 3}


def test_a_stretch_is_covered_even_without_rows_but_not_beyond_today(tmp_path: Path) -> None:
    text = "Từ ngày 29/11/2021 đến ngày 05/12/2021\nMã địa điểm,Ngày,Số lượt quét\n"
    table = table_of(csv_file(tmp_path / "a.csv", text))
    assert table.rows_read == 0
    assert table.covered_days == ((dt.date(2021, 11, 29), dt.date(2021, 12, 1)),)


REGISTER = [
    ["UBND QUẬN HÀ ĐÔNG"],
    ["SỔ ĐỊA ĐIỂM PHẢI TẠO MÃ QR"],
    [],
    ["STT", "Mã địa điểm", "Tên cơ sở", "Địa chỉ", "Loại hình", "Tọa độ", None, "Ngày\nhoạt động", "SĐT"],
    [None, None, None, None, None, "Kinh độ", "Vĩ độ", None, None],
    ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)", "(8)", "(9)"],
    ["I. Phường Mộ Lao"],
    [1, "HD0001", "Cà phê  Yết Kiêu", "12 Trần Phú", "Quán cà phê", 105.78, 20.98, dt.datetime(2015, 3, 1), 912345678],
    [2, 123, "Chợ Mỗ", "5 Trần Phú", "Chợ", "105,781", "20,981", 42064, "0912 345 678"],
    ["II", "Phường Văn Quán (1 cơ sở)"],
    [3, "HD0003", "Tạp hóa Hoa", "7 Nguyễn Khuyến", "Tạp hóa", None, None, "2015", None],
    ["Tổng cộng", None, 3],
    [None, None, None, None, "Hà Đông, ngày 12 tháng 10 năm 2021"],
    [None, "NGƯỜI LẬP BIỂU", None, "TRƯỞNG PHÒNG"],
]
MERGED = ["A1:I1", "A2:I2", "F4:G4", "A4:A5", "B4:B5", "C4:C5", "D4:D5", "E4:E5", "H4:H5", "I4:I5", "A7:I7"]


def test_a_register_with_two_header_rows_groups_and_signatures(tmp_path: Path) -> None:
    table = table_of(workbook(tmp_path / "so.xlsx", REGISTER, MERGED))
    assert table.kind == "venues"
    assert table.rejects == []
    assert records(table, "code", "name", "ward", "lon", "lat", "opened_on", "phone") == [
        ("HD0001", "Cà phê Yết Kiêu", "Mộ Lao", 105.78, 20.98, dt.date(2015, 3, 1), "0912345678"),
        ("123", "Chợ Mỗ", "Mộ Lao", 105.781, 20.981, dt.date(2015, 3, 1), "0912 345 678"),
        ("HD0003", "Tạp hóa Hoa", "Văn Quán", None, None, dt.date(2015, 1, 1), None),
    ]
    assert table.frame["_row"].tolist() == [8, 9, 11]
    assert table.remarks == {
        "group_rows": 2,
        "total_rows": 1,
        "footer_rows": 2,
        "mended_phones": 1,
        "year_only_days": 1,
    }
    assert table.headings["opened_on"] == "Ngày hoạt động"


def test_the_same_register_as_csv(tmp_path: Path) -> None:
    lines = "\n".join(";".join("" if cell is None else f'"{cell}"' for cell in row) for row in REGISTER)
    table = table_of(csv_file(tmp_path / "so.csv", lines))
    assert table.rejects == []
    assert records(table, "code", "ward") == [("HD0001", "Mộ Lao"), ("123", "Mộ Lao"), ("HD0003", "Văn Quán")]


def test_the_ward_of_the_title_or_the_sheet(tmp_path: Path) -> None:
    rows = [["UBND PHƯỜNG MỘ LAO"], ["Mã", "Tên cơ sở", "Địa chỉ"], ["HD1", "A", "1 Trần Phú"]]
    assert records(table_of(workbook(tmp_path / "a.xlsx", rows)), "ward") == [("MỘ LAO",)]
    sheets = {"P. Văn Quán": rows[1:], "Phường Hà Cầu": [rows[1], ["HD2", "B", "2 Tô Hiệu"]]}
    book = workbook(tmp_path / "b.xlsx", [["Danh mục các phường"]], others=sheets)
    table = table_of(book)
    assert records(table, "code", "ward", "_sheet") == [("HD1", "Văn Quán", 0), ("HD2", "Hà Cầu", 1)]
    assert table.sheets == ("P. Văn Quán", "Phường Hà Cầu")
    assert table.remarks == {"ignored_sheets": 1}


def test_a_table_that_begins_away_from_the_corner(tmp_path: Path) -> None:
    rows = [[], [], [None, None, "Mã", "Ngày quét", "Lượt quét"], [None, None, "HD1", 20211001, 5]]
    table = table_of(workbook(tmp_path / "a.xlsx", rows))
    assert records(table, "venue_code", "day", "scans", "_row") == [("HD1", dt.date(2021, 10, 1), 5, 4)]


def test_address_from_number_and_street_and_point_from_one_cell(tmp_path: Path) -> None:
    text = 'Mã,Tên,Số nhà,Đường,Tọa độ\nHD1,A,12,Quang Trung,"20.97, 105.78"\nHD2,B,,Tô Hiệu,gần chợ\n'
    table = table_of(csv_file(tmp_path / "a.csv", text))
    assert records(table, "address", "street", "lon", "lat", "_point_unreadable") == [
        ("12 Quang Trung", "Quang Trung", 105.78, 20.97, False),
        ("Tô Hiệu", "Tô Hiệu", None, None, True),
    ]


def test_metres_are_handed_on_as_they_stand(tmp_path: Path) -> None:
    rows = [["Mã", "Tên", "X (m)", "Y (m)"], ["HD1", "A", "2.319.456,5", 580123.25]]
    assert records(table_of(workbook(tmp_path / "a.xlsx", rows)), "x", "y", "lon") == [(2319456.5, 580123.25, None)]


def test_registrations_reminders_and_suspensions(tmp_path: Path) -> None:
    registrations = (
        "Mã cơ sở;Tên cơ sở;Thời gian tạo mã;Mã QR;Nội dung mã QR;Ứng dụng;Ngày hủy mã\n"
        "HD1;A;09h30 ngày 12/9/2021;QR77;https://qr/77;PC-Covid;20/9/2021\n"
    )
    table = table_of(csv_file(tmp_path / "dk.csv", registrations))
    assert table.kind == "registrations"
    assert records(table, "venue_code", "venue_name", "registered_on", "ended_on", "qr_code", "qr_content", "app") == [
        ("HD1", "A", dt.date(2021, 9, 12), dt.date(2021, 9, 20), "QR77", "https://qr/77", None)
    ]
    assert table.remarks == {"unknown_apps": 1}
    reminders = (
        "Mã địa điểm,Ngày nhắc,Lý do,Người nhắc,Hình thức\nHD1,12.09.2021,Chưa tạo mã QR,Công an phường,Trực tiếp\n"
    )
    table = table_of(csv_file(tmp_path / "nn.csv", reminders))
    assert table.kind == "reminders"
    assert records(table, "venue_code", "reminded_on", "reason", "given_by", "method", "withdrawn_on") == [
        ("HD1", dt.date(2021, 9, 12), "no_qr", "Công an phường", "Trực tiếp", None)
    ]
    suspensions = [
        ["Mã địa điểm", "Thời gian tạm dừng", None, "Lý do"],
        [None, "Từ ngày", "Đến ngày", None],
        ["HD1", "1/10/2021", "31/12/2022", "Không có mã QR"],
    ]
    table = table_of(workbook(tmp_path / "td.xlsx", suspensions, ["B1:C1", "A1:A2", "D1:D2"]))
    assert table.kind == "suspensions"
    assert records(table, "venue_code", "starts_on", "ends_on", "lifted_on", "reason") == [
        ("HD1", dt.date(2021, 10, 1), dt.date(2022, 12, 31), None, "Không có mã QR")
    ]


def test_scans_with_a_column_a_day(tmp_path: Path) -> None:
    rows = [
        ["LƯỢT QUÉT THÁNG 10 NĂM 2021"],
        ["STT", "Mã địa điểm", "Tên cơ sở", "Số lượt quét theo ngày", None, None, None, "Tổng"],
        [None, None, None, 1, 2, 3, 4, None],
        [1, "HD1", "A", 5, None, 7, None, 12],
        [2, "HD2", "B", "x", 0, "-", None, 0],
        ["Tổng cộng", None, None, 5, 0, 7, 0, 12],
    ]
    table = table_of(workbook(tmp_path / "a.xlsx", rows, ["D2:G2", "A2:A3", "B2:B3", "C2:C3", "H2:H3"]))
    assert table.kind == "scans"
    assert sorted(records(table, "venue_code", "day", "scans", "_row")) == [
        ("HD1", dt.date(2021, 10, 1), 5, 4),
        ("HD1", dt.date(2021, 10, 3), 7, 4),
        ("HD2", dt.date(2021, 10, 2), 0, 5),
    ]
    # The 4th is an empty column of the template: it proves nothing and is not covered.
    assert table.covered_days == ((dt.date(2021, 10, 1), dt.date(2021, 10, 3)),)
    assert [(reject.row, reject.column, reject.value) for reject in table.rejects] == [(5, "D (01/10/2021)", "x")]
    assert table.remarks == {"total_rows": 1}


def test_day_columns_as_excel_dates_and_as_text_without_year(tmp_path: Path) -> None:
    excel = [["Mã", dt.datetime(2021, 10, 1), dt.datetime(2021, 10, 2)], ["HD1", 5, 6]]
    assert records(table_of(workbook(tmp_path / "a.xlsx", excel)), "day", "scans") == [
        (dt.date(2021, 10, 1), 5),
        (dt.date(2021, 10, 2), 6),
    ]
    text = "Từ ngày 30/09/2021 đến ngày 01/10/2021\nMã,T5 30/9,T6 1/10\nHD1,5,6\n"
    table = table_of(csv_file(tmp_path / "a.csv", text))
    assert records(table, "day", "scans") == [(dt.date(2021, 9, 30), 5), (dt.date(2021, 10, 1), 6)]


def test_several_sheets_of_one_kind_and_one_of_notes(tmp_path: Path) -> None:
    head = ["Mã địa điểm", "Ngày", "Số lượt quét"]
    others = {"Tuần 2": [head, ["HD1", "08/10/2021", 4]], "Hướng dẫn": [["Cách quét mã"], ["Bước 1"]], "Trống": []}
    table = table_of(workbook(tmp_path / "a.xlsx", [head, ["HD1", "01/10/2021", 3]], others=others))
    assert table.sheets == ("Sheet1", "Tuần 2")
    assert records(table, "_sheet", "_row", "scans") == [(0, 2, 3), (1, 2, 4)]
    assert table.remarks == {"ignored_sheets": 1}


def test_sheets_of_two_kinds_are_chosen_by_kind(tmp_path: Path) -> None:
    others = {"Nhắc": [["Mã địa điểm", "Ngày nhắc nhở", "Lý do"], ["HD1", "01/10/2021", "không quét"]]}
    rows = [["Mã địa điểm", "Ngày", "Số lượt quét"], ["HD1", "01/10/2021", 3]]
    path = workbook(tmp_path / "a.xlsx", rows, others=others)
    with pytest.raises(UnknownKind, match=r"«Sheet1» là lượt quét.*«Nhắc» là nhắc nhở.*--kind"):
        table_of(path)
    assert table_of(path, "reminders").sheets == ("Nhắc",)
    assert table_of(path, "scans").sheets == ("Sheet1",)


def test_a_file_that_may_be_two_things_is_asked_about(tmp_path: Path) -> None:
    path = csv_file(tmp_path / "a.csv", "Mã,Tên,Địa chỉ,Loại hình,Ngày tạo mã QR\nHD1,A,1 Tô Hiệu,Chợ,12/9/2021\n")
    with pytest.raises(UnknownKind, match=r"sổ địa điểm.*--kind venues.*đăng ký mã QR.*--kind registrations"):
        table_of(path)
    assert table_of(path, "venues").kind == "venues"
    assert records(table_of(path, "registrations"), "registered_on") == [(dt.date(2021, 9, 12),)]


def test_columns_that_fit_nothing_are_named(tmp_path: Path) -> None:
    path = csv_file(tmp_path / "a.csv", "Mã địa điểm,Ngày nhắc nhở,Người nhắc\nHD1,1/10/2021,A\n")
    with pytest.raises(UnknownKind, match=r"«nhắc nhở» nhất nhưng thiếu cột «Lý do nhắc nhở».*«Người nhắc».*--kind"):
        table_of(path)
    path = csv_file(tmp_path / "b.csv", "một,hai,ba\n1,2,3\n")
    with pytest.raises(UnknownKind, match="không có dòng tiêu đề nào"):
        table_of(path)


def test_two_header_rows_that_contradict(tmp_path: Path) -> None:
    text = "Mã địa điểm,Tên địa điểm,Địa chỉ\nMã địa điểm,Địa chỉ,Tên địa điểm\nHD1,A,1 Tô Hiệu\n"
    with pytest.raises(ContradictingHeaders, match=r"Dòng 1 và dòng 2 đều là tiêu đề"):
        table_of(csv_file(tmp_path / "a.csv", text))


def test_two_columns_that_claim_the_same(tmp_path: Path) -> None:
    with pytest.raises(ContradictingHeaders, match=r"Dòng 1: cột B và cột C cùng là «Ngày quét»"):
        table_of(csv_file(tmp_path / "a.csv", "Mã,Ngày quét,Ngày quét,Lượt quét\nHD1,1/10/2021,2/10/2021,5\n"))
    with pytest.raises(ContradictingHeaders, match=r"cùng là ngày 01/10/2021"):
        table_of(csv_file(tmp_path / "b.csv", "Mã,01/10/2021,1/10/21\nHD1,5,6\n"))


def test_a_header_repeated_within_the_table(tmp_path: Path) -> None:
    far = "\n".join(f"HD{n},1/10/2021,{n}" for n in range(100))
    header = "Mã địa điểm,Ngày,Số lượt quét"
    table = table_of(csv_file(tmp_path / "a.csv", f"{header}\n{far}\n{header}\nX1,2/10/2021,5\n"))
    assert len(table.frame) == 101
    assert table.rejects == []
    assert table.remarks == {"repeated_headers": 1}


def test_another_header_within_the_table_begins_another_table(tmp_path: Path) -> None:
    far = "\n".join(f"HD{n},1/10/2021,{n}" for n in range(100))
    text = f"Mã địa điểm,Ngày,Số lượt quét\n{far}\n\nMã địa điểm,Số lượt quét,Ngày\nX1,5,2/10/2021\nX2,6,2/10/2021\n"
    table = table_of(csv_file(tmp_path / "b.csv", text))
    assert len(table.frame) == 102
    assert records(table, "venue_code", "day", "scans", "_row")[100:] == [
        ("X1", dt.date(2021, 10, 2), 5, 104),
        ("X2", dt.date(2021, 10, 2), 6, 105),
    ]
    assert table.rejects == []


def test_months_before_days_are_decided_by_the_whole_column(tmp_path: Path) -> None:
    text = "Mã,Ngày,Số lượt quét\nHD1,09/13/2021,1\nHD1,09/14/2021,1\nHD1,09/11/2021,1\n"
    table = table_of(csv_file(tmp_path / "a.csv", text))
    assert [str(day) for (day,) in records(table, "day")] == ["2021-09-13", "2021-09-14", "2021-09-11"]
    assert table.remarks == {"month_first_columns": 1}
    # One slip among days that are clearly days is one rejected row.
    table = table_of(csv_file(tmp_path / "b.csv", text + "HD1,30/09/2021,1\n"))
    assert [reject.row for reject in table.rejects] == [2, 3]


@pytest.mark.parametrize("title", ["DỮ LIỆU MINH HỌA", "Sổ (dữ liệu minh hoạ)", "Du lieu minh hoa"])
def test_demo_data_is_marked(tmp_path: Path, title: str) -> None:
    assert table_of(csv_file(tmp_path / "a.csv", f"{title}\n" + SCANS.format(","))).is_demo
    assert not table_of(csv_file(tmp_path / "b.csv", SCANS.format(","))).is_demo


def test_company_names_are_no_totals(tmp_path: Path) -> None:
    text = "Mã,Tên\nHD1,Công ty Cộng Đồng\nHD2,Tổng công ty Sông Đà\nHD3,Cộng Cà phê\nCộng:,3\n"
    assert records(table_of(csv_file(tmp_path / "a.csv", text)), "code") == [("HD1",), ("HD2",), ("HD3",)]
