"""Tables inside real sheets, headings and values as the offices write them. Every file is made here by a script."""

import re
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.etl.awkward.case import Case
from tests.etl.reading.files import Rows, csv_file, workbook

NATIONAL = [
    ["UBND QUẬN HÀ ĐÔNG", None, None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
    ["PHÒNG VĂN HÓA VÀ THÔNG TIN", None, None, "Độc lập - Tự do - Hạnh phúc"],
    [],
]
SIGNATURES = [
    [],
    [None, None, None, "Hà Đông, ngày 30 tháng 9 năm 2021"],
    [None, "NGƯỜI LẬP BIỂU", None, "TRƯỞNG PHÒNG"],
    [None, "Nguyễn Văn A", None, "Trần Thị B"],
]
SCANS = ["Mã địa điểm", "Ngày", "Số lượt quét"]
REMINDERS = ["Mã địa điểm", "Ngày nhắc nhở", "Lý do nhắc nhở"]


def sheet(
    name: str, rows: Rows, merged: Sequence[str] = (), others: dict[str, Rows] | None = None
) -> Callable[[Path], Path]:
    """Makes a workbook of one sheet, or more."""
    return lambda folder: workbook(folder / name, rows, merged, others)


def text(name: str, content: str) -> Callable[[Path], Path]:
    """Makes a text file in UTF-8."""
    return lambda folder: csv_file(folder / name, content)


def _from_1904(folder: Path) -> Path:
    """Plain numbers of days in a workbook that counts from 1904, as Excel for Mac made them: 43,000 is 23/9/2021."""
    plain = workbook(folder / "plain.xlsx", [SCANS, ["HD0001", 43_000, 5], ["HD0002", 43_001, 6]])
    path = folder / "mac.xlsx"
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "xl/workbook.xml":
                content = re.sub(rb"<workbookPr\b", b'<workbookPr date1904="1"', content)
            target.writestr(name, content)
    return path


CASES = (
    Case(
        "signatures_below_names_without_codes",
        "a list of names without codes: signatures stand below the names and below the days",
        sheet("danh sach.xlsx", [
            *NATIONAL, ["DANH SÁCH ĐÃ TẠO MÃ QR"], ["TT", "Tên cơ sở", "Địa chỉ", "Ngày tạo mã QR"],
            [1, "Quán phở Thủy", "Số 5 đường Tô Hiệu", "27/09/2021"],
            [2, "Tạp hóa Bảy", "Số 7 đường Lê Lợi", "ngày mai"],
            [3, "Quán bún Lành", "Số 9 đường Lê Lợi", "28/09/2021"],
            *SIGNATURES,
        ]),
        "registrations", 2, None,
    ),
    Case(
        "national_title_and_signatures",
        "a ward's report: national title and office above, signatures below, a total between",
        sheet("bao cao.xlsx", [
            *NATIONAL, ["BÁO CÁO LƯỢT QUÉT MÃ QR"], SCANS,
            ["HD0001", "27/09/2021", 5], ["HD0002", "27/09/2021", 0], ["Tổng cộng", None, 5], *SIGNATURES,
        ], ["A4:C4"]),
        "scans", 2, None,
    ),
    Case(
        "three_header_rows",
        "a register with a header of three rows, merged cells and a row that numbers the columns",
        sheet("so.xlsx", [
            ["SỔ ĐỊA ĐIỂM"],
            ["STT", "Mã địa điểm", "Thông tin cơ sở", None, None, None, "Ghi chú"],
            [None, None, "Tên cơ sở", "Địa chỉ", "Tọa độ", None, None],
            [None, None, None, None, "Kinh độ", "Vĩ độ", None],
            ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)"],
            [1, "R1", "Quán A", "12 Tô Hiệu", 105.78, 20.97, None],
            [2, "R2", "Quán B", "14 Tô Hiệu", 105.79, 20.98, None],
        ], ["C2:F2", "E3:F3", "A2:A4", "B2:B4", "G2:G4"]),
        "venues", 2, None,
    ),
    Case(
        "wards_as_group_rows",
        "reminders of the district, grouped by ward with subtotals and blank rows",
        sheet("nhac nho.xlsx", [
            ["SỔ NHẮC NHỞ"], REMINDERS, ["I. Phường Mộ Lao"], ["HD0001", "27/09/2021", "Chưa tạo mã QR"],
            ["Cộng", None, 1], [], ["II. Phường Văn Quán"], ["HD0002", "28/09/2021", "Không quét mã"],
            ["Cộng", None, 1], ["Tổng cộng", None, 2],
        ], ["A3:C3", "A7:C7"]),
        "reminders", 2, None,
    ),
    Case(
        "two_tables_below_each_other",
        "two weeks of scans below each other in one sheet, columns in another order",
        sheet("hai tuan.xlsx", [
            ["TUẦN 1"], SCANS, ["HD0001", "20/09/2021", 5], ["HD0002", "20/09/2021", 6], [],
            ["TUẦN 2"], ["STT", "Ngày", "Mã địa điểm", "Số lượt quét"], [1, "27/09/2021", "HD0001", 7],
        ]),
        "scans", 3, None,
    ),
    Case(
        "a_table_of_another_kind_below",
        "scans, and below them in the same sheet the reminders",
        sheet("chung.xlsx", [
            SCANS, ["HD0001", "20/09/2021", 5], ["HD0002", "20/09/2021", 6], [], ["NHẮC NHỞ"], REMINDERS,
            ["HD0001", "21/09/2021", "Chưa tạo mã QR"],
        ]),
        None, None, r"bảng «nhắc nhở» \(--kind reminders\) nằm dưới bảng «lượt quét»",
    ),
    Case(
        "one_sheet_per_ward",
        "the district's registrations by name, a sheet a ward that only the sheet's name tells",
        sheet("dang ky.xlsx", [["Tên cơ sở", "Ngày tạo mã QR"], ["Quán A", "27/09/2021"]], others={
            "Mộ Lao": [["Tên cơ sở", "Ngày tạo mã QR"], ["Quán B", "27/09/2021"]],
            "P. La Khê": [["Tên cơ sở", "Ngày tạo mã QR"], ["Quán C", "27/09/2021"]],
        }),
        "registrations", 3, None,
    ),
    Case(
        "ward_in_the_file_name",
        "a ward's reminder book that only its file's name says to be of the ward",
        sheet("nhac-nho_phuong-Phu-La_thang-9.xlsx", [
            ["Tên cơ sở", "Địa chỉ", "Ngày nhắc nhở", "Lý do"], ["Quán A", "12 Tô Hiệu", "27/09/2021", "chưa có mã"],
        ]),
        "reminders", 1, None,
    ),
    Case(
        "reminders_a_column_a_time",
        "a reminder book with the columns lần 1, lần 2, lần 3, the reason in its title",
        sheet("so nhac.xlsx", [
            ["SỔ NHẮC NHỞ CÁC CƠ SỞ CHƯA TẠO MÃ QR"],
            ["STT", "Mã địa điểm", "Tên cơ sở", "Ngày nhắc nhở", None, None],
            [None, None, None, "Lần 1", "Lần 2", "Lần 3"],
            [1, "HD0001", "Quán A", "20/09/2021", "24/09/2021", None],
            [2, "HD0002", "Quán B", "20/09/2021", None, None],
            [3, "HD0003", "Quán C", None, None, None],
        ], ["D2:F2", "A2:A3", "B2:B3", "C2:C3"]),
        "reminders", 3, None,
    ),
    Case(
        "reminders_without_a_reason",
        "the same book where nothing says what the reminders were for: asked, not guessed",
        sheet("so nhac.xlsx", [
            ["SỔ NHẮC NHỞ"], ["STT", "Mã địa điểm", "Lần 1", "Lần 2"], [1, "HD0001", "20/09/2021", "24/09/2021"],
        ]),
        None, None, r"giống «nhắc nhở» nhất nhưng thiếu cột «Lý do nhắc nhở»",
    ),
    Case(
        "days_under_an_unknown_heading",
        "a clerk's own words above a column of days",
        text("nhac.csv", "Mã địa điểm;Hôm đến;Lý do nhắc nhở\nHD0001;20/9/21;chưa tạo\nHD0002;21.09.2021;chưa tạo\n"
             "HD0003;2021-09-22;không quét\n"),
        "reminders", 3, None,
    ),
    Case(
        "telephones_under_an_unknown_heading",
        "telephones in a column named as nobody expects, zeros lost in Excel",
        sheet("dk.xlsx", [
            ["Mã địa điểm", "Ngày tạo mã QR", "Liên lạc khi cần"], ["HD0001", "27/09/2021", 912345678],
            ["HD0002", "27/09/2021", "0912 345 679"], ["HD0003", "27/09/2021", "024.3382.1234"],
        ]),
        "registrations", 3, None,
    ),
    Case(
        "days_written_in_many_ways",
        "one column filled in by several hands",
        text("quet.csv", "Mã địa điểm,Ngày,Số lượt quét\nHD0001,12/9/21,1\nHD0002,12.09.2021,1\nHD0003,2021-09-12,1\n"
             "HD0004,44451,1\nHD0005,09h30 ngày 12/9,1\nHD0006,ngày 12 tháng 9 năm 2021,1\nHD0007,12-09-2021,1\n"),
        "scans", 7, None,
    ),
    Case(
        "days_counted_from_1904",
        "plain numbers of days from Excel for Mac",
        _from_1904, "scans", 2, None,
    ),
    Case(
        "month_before_day",
        "an export by an American program: 09/13/2021",
        text("export.csv", "Mã địa điểm,Ngày,Số lượt quét\nHD0001,09/13/2021,1\nHD0002,09/14/2021,2\n"
             "HD0003,09/05/2021,3\n"),
        "scans", 3, None,
    ),
    Case(
        "thousands_with_points_commas_and_blanks",
        "counts of a mall, grouped as each office does, one with a no-break space",
        text("quet.csv", "Mã địa điểm;Ngày;Số lượt quét\nHD0001;20/9/2021;1.234\nHD0002;20/9/2021;1,234\n"
             "HD0003;20/9/2021;1 234\nHD0004;20/9/2021;1\u00a0234\n"
             "HD0005;20/9/2021;1\u202f234\nHD0006;20/9/2021;12 lượt\n"),
        "scans", 6, None,
    ),
    Case(
        "counts_with_three_decimals",
        "a program that writes whole numbers as 5.000",
        text("quet.csv", "Mã địa điểm;Ngày;Số lượt quét\nHD0001;20/9/2021;0.000\nHD0002;20/9/2021;12.000\n"),
        "scans", 2, None,
    ),
    Case(
        "yes_without_a_day",
        "a ward's list that ticks who has a code and says no day: asked, not invented",
        text("ds.csv", "Mã địa điểm;Tên;Đã tạo mã QR\nHD0001;A;x\nHD0002;B;\nHD0003;C;đã tạo\n"),
        None, None, r"đã có mã QR nhưng không có cột «Ngày tạo mã QR».*tính đến ngày nào",
    ),
    Case(
        "yes_and_the_day_in_the_title",
        "the same list with the day up to which it speaks; ticks in all their forms",
        text("ds.csv", "DANH SÁCH ĐỊA ĐIỂM (tính đến ngày 27/9/2021)\nMã địa điểm;Tên;Đã tạo mã QR\n"
             "HD0001;A;x\nHD0002;B;\nHD0003;C;đã tạo\nHD0004;D;✓\nHD0005;E;rồi\nHD0006;F;chưa\nHD0007;G;Có\n"),
        "registrations", 5, None,
    ),
    Case(
        "codes_that_lost_their_zeros",
        "codes typed as numbers, so that Excel took the zeros and calamine gives floats",
        sheet("quet.xlsx", [SCANS, [100.0, "20/09/2021", 5], [101, "20/09/2021", 6]]),
        "scans", 2, None,
    ),
    Case(
        "codes_in_scientific_notation",
        "long codes that Excel saved as 1.23457E+11: those rows are lost, the others are not",
        text("quet.csv", "Mã địa điểm;Ngày;Số lượt quét\n1,23457E+11;20/9/2021;5\nHD0001;20/9/2021;5\n"),
        "scans", 1, None,
    ),
    Case(
        "running_totals",
        "the export of the QR account: running totals with its own ids, the moment in the title",
        text("xuat.csv", "THỐNG KÊ ĐIỂM QUÉT\nTính đến 09h30 ngày 12/9/2021\n"
             "ID điểm quét,Tên điểm,Địa chỉ,SĐT,Loại hình,"
             "Tổng lượt quét\nA-1,Quán A,12 Tô Hiệu,0912345678,Quán ăn,1234\nA-2,Quán B,14 Tô Hiệu,,Quán ăn,0\n"),
        "totals", 2, None,
    ),
    Case(
        "totals_that_may_be_a_register",
        "such an export with the register's codes: it has a register's columns too, so it is asked about",
        text("xuat.csv", "Mã địa điểm,Tên,Địa chỉ,Loại hình,SĐT,Tổng lượt quét\n"
             "HD0001,A,1 Tô Hiệu,Quán ăn,0912345678,5\n"),
        None, None, r"--kind venues.*--kind totals",
    ),
    Case(
        "total_of_a_day",
        "«Tổng lượt quét» beside a day: the count of that day",
        text("ngay.csv", "Mã địa điểm,Ngày,Tổng lượt quét\nHD0001,20/9/2021,5\nHD0002,20/9/2021,6\n"),
        "scans", 2, None,
    ),
    Case(
        "a_day_a_column",
        "a month of scans, a column a day below a spanning heading, a template's empty days",
        sheet("thang.xlsx", [
            ["LƯỢT QUÉT THÁNG 9 NĂM 2021"], ["TT", "Mã địa điểm", "Số lượt quét", None, None, "Cộng"],
            [None, None, 28, 29, 30, None], [1, "HD0001", 5, 6, None, 11], [2, "HD0002", None, 3, None, 3],
        ], ["C2:E2", "A2:A3", "B2:B3", "F2:F3"]),
        "scans", 3, None,
    ),
    Case(
        "header_repeated_on_each_page",
        "a print-out pasted into a sheet: the header again on each page, with page totals",
        sheet("in.xlsx", [
            SCANS, ["HD0001", "20/09/2021", 5], ["Cộng trang 1", None, 5], SCANS, ["HD0002", "20/09/2021", 6],
            ["Cộng trang 2", None, 6],
        ]),
        "scans", 2, None,
    ),
    Case(
        "the_register_under_other_names",
        "a ward's register: HKD, coordinates in one cell, house number and street apart",
        text("hkd.csv", "STT;Mã HKD (*);Tên hộ kinh doanh (*);Số nhà;Đường;Chủ hộ;SĐT;Toạ độ GPS\n"
             '1;R11;Cơm Hoa;12;Tô Hiệu;Trần A;0912345678;"20.97, 105.78"\n2;R12;Phở Bắc;14;Tô Hiệu;Lê B;912345679;\n'),
        "venues", 2, None,
    ),
    Case(
        "events_that_look_like_a_register",
        "code, name and a column that means nothing to us: never taken for a register",
        text("la.csv", "Mã địa điểm,Tên địa điểm,Số QĐ\nHD0001,Quán A,12\nHD0002,Quán B,13\n"),
        None, None, r"không có cột nào cho biết đó là loại số liệu gì",
    ),
    Case(
        "suspensions_with_a_stretch",
        "suspensions, from and to below one heading, group rows of wards",
        sheet("dinh chi.xlsx", [
            *NATIONAL, ["Mã địa điểm", "Thời gian tạm dừng", None, "Lý do"], [None, "Từ ngày", "Đến ngày", None],
            ["I", "Phường Mộ Lao"], ["HD0001", "20/09/2021", "30/09/2021", "Không có mã QR"],
            ["HD0002", "21/09/2021", None, "Không có mã QR"], *SIGNATURES,
        ], ["B4:C4", "A4:A5", "D4:D5"]),
        "suspensions", 2, None,
    ),
    Case(
        "two_headers_that_contradict",
        "two headers above one table that put its columns differently",
        text("trai.csv", "Mã địa điểm,Ngày,Số lượt quét\nMã địa điểm,Số lượt quét,Ngày\nHD0001,5,20/9/2021\n"),
        None, None, r"Dòng 1 và dòng 2 đều là tiêu đề",
    ),
    Case(
        "a_letter_instead_of_a_table",
        "a letter typed into a sheet",
        sheet("cong van.xlsx", [*NATIONAL, ["V/v tăng cường quét mã QR"], ["Kính gửi: UBND các phường"]]),
        None, None, r"không có dòng tiêu đề nào",
    ),
)  # fmt: skip
