"""Event files that describe their venues, running totals, and what a sheet says beside its table."""

import datetime as dt
from pathlib import Path

import pytest

from etl.errors import UnknownKind, UnusableFile
from etl.validation.read import read
from etl.validation.table import SourceTable
from etl.values.days import LOCAL
from tests.etl.reading.files import TODAY, csv_file, records, table_of, workbook

DESCRIPTION = ("venue_code", "account_code", "venue_name", "venue_address", "venue_ward", "venue_phone")


def test_an_export_that_knows_names_and_its_own_ids(tmp_path: Path) -> None:
    text = "ID điểm quét;Tên điểm;Địa chỉ;Phường;SĐT;Ngày;Số lượt quét\n"
    text += "A1;Quán A;12 Tô Hiệu;Mộ Lao;912345678;1/10/2021;5\n"
    table = table_of(csv_file(tmp_path / "a.csv", text))
    assert table.kind == "scans"
    assert records(table, *DESCRIPTION) == [(None, "A1", "Quán A", "12 Tô Hiệu", "Mộ Lao", "0912345678")]


@pytest.mark.parametrize(
    ("header", "codes"),
    [
        ("Mã điểm kiểm dịch,Mã địa điểm,Tên", ("second", "first")),
        ("Mã địa điểm,Mã điểm QR,Tên", ("first", "second")),
        ("Mã điểm QR,Địa chỉ,Tên", (None, "first")),
        ("Mã điểm QR,Địa chỉ,Đường", ("first", None)),
        ("Mã địa điểm,Địa chỉ,Tên", ("first", None)),
    ],
)
def test_the_accounts_code_is_told_from_the_registers(
    tmp_path: Path, header: str, codes: tuple[str | None, ...]
) -> None:
    text = f"{header},Ngày tạo mã QR\nfirst,second,third,1/10/2021\n"
    table = table_of(csv_file(tmp_path / "a.csv", text), "registrations")
    assert records(table, "venue_code", "account_code") == [codes]


def test_a_row_needs_a_code_or_a_name(tmp_path: Path) -> None:
    text = "Mã địa điểm,Tên,Ngày,Số lượt quét\nHD1,,1/10/2021,5\n,Quán B,1/10/2021,6\n,,1/10/2021,7\nTổng,,,18\n"
    table = table_of(csv_file(tmp_path / "a.csv", text))
    assert records(table, "venue_code", "venue_name") == [("HD1", None), (None, "Quán B")]
    assert [(reject.row, reject.expected) for reject in table.rejects] == [(4, "cần có «Mã địa điểm»")]


def test_totals_by_name_are_no_venues(tmp_path: Path) -> None:
    text = "Tên cơ sở,Ngày,Số lượt quét\nQuán A,1/10/2021,5\nTổng cộng,1/10/2021,5\nTên cơ sở,Ngày,Số lượt quét\n"
    table = table_of(csv_file(tmp_path / "a.csv", text))
    assert records(table, "venue_name") == [("Quán A",)]
    assert table.rejects == []


@pytest.mark.parametrize("header", ["Tên,Ngày,Nội dung", "Tên,Ngày,Số lượng", "Tên,Từ ngày,Lý do"])
def test_general_words_beside_a_name_are_no_events(tmp_path: Path, header: str) -> None:
    with pytest.raises(UnknownKind):
        read(csv_file(tmp_path / "a.csv", f"{header}\nHọp tổ dân phố,1/10/2021,không quét\n"), today=TODAY)


def test_group_rows_name_the_ward_of_events(tmp_path: Path) -> None:
    rows = [
        ["Mã địa điểm", "Ngày nhắc nhở", "Lý do"],
        ["I. Phường Mộ Lao"],
        ["HD1", "1/10/2021", "chưa tạo mã"],
        ["II. Phường Văn Quán (2 cơ sở)"],
        ["HD2", "1/10/2021", "chưa tạo mã"],
    ]
    table = table_of(workbook(tmp_path / "a.xlsx", rows, ["A2:C2", "A4:C4"]))
    assert records(table, "venue_code", "venue_ward") == [("HD1", "Mộ Lao"), ("HD2", "Văn Quán")]


def test_the_ward_of_a_sheet_or_file(tmp_path: Path) -> None:
    rows = [["Tên cơ sở", "Ngày tạo mã QR"], ["Quán A", "1/10/2021"]]
    table = table_of(
        workbook(tmp_path / "dk_phuong_Phu-La.xlsx", rows, others={"2. Mộ Lao": rows, "Đường Quang Trung": rows})
    )
    assert [ward for (ward,) in records(table, "venue_ward")] == ["Phú La", "Mộ Lao", "Phú La"]


@pytest.mark.parametrize(
    ("title", "at", "has_hour"),
    [
        ("Tính đến 09h30 ngày 12/9/2021", dt.datetime(2021, 9, 12, 9, 30), True),
        ("Thời điểm xuất: 12/09/2021 09:30", dt.datetime(2021, 9, 12, 9, 30), True),
        ("Thời điểm xuất: 2021-09-12 17:05:09", dt.datetime(2021, 9, 12, 17, 5), True),
        ("Số liệu đến hết ngày 12/9", dt.datetime(2021, 9, 13), True),
        ("(Số liệu tính đến ngày 12 tháng 9 năm 2021)", dt.datetime(2021, 9, 12), False),
        ("Cập nhật lúc 8 giờ 12/9", dt.datetime(2021, 9, 12, 8), True),
        ("Tính đến 15h ngày 24/12", dt.datetime(2020, 12, 24, 15), True),
    ],
)
def test_the_moment_of_an_export(tmp_path: Path, title: str, at: dt.datetime, has_hour: bool) -> None:
    table = table_of(csv_file(tmp_path / "a.csv", f"THỐNG KÊ\n{title}\nMã địa điểm;Tổng lượt quét\nHD1;1.234\n"))
    assert table.kind == "totals"
    assert (table.exported_at, table.exported_has_hour) == (at.replace(tzinfo=LOCAL), has_hour)
    assert records(table, "venue_code", "total") == [("HD1", 1234)]


def test_a_stretch_is_no_moment_of_an_export(tmp_path: Path) -> None:
    text = "Từ ngày 01/09/2021 đến ngày 12/09/2021\nMã địa điểm;Tổng lượt quét\nHD1;5\n"
    assert table_of(csv_file(tmp_path / "a.csv", text)).exported_at is None


def test_the_moment_of_each_row(tmp_path: Path) -> None:
    text = "Mã địa điểm;Lũy kế;Cập nhật lúc\nHD1;5;09h30 ngày 12/9/2021\nHD2;6;12/9/2021\nHD3;7;\nHD4;8;44451,5\n"
    table = table_of(csv_file(tmp_path / "a.csv", text))
    assert table.frame["exported_at"].tolist()[0].isoformat() == "2021-09-12T09:30:00"
    assert table.frame["_exported_has_hour"].tolist() == [True, False, False, True]
    assert table.frame["exported_at"].isna().tolist() == [False, False, True, False]


def test_reminders_a_column_a_time_give_a_row_each(tmp_path: Path) -> None:
    text = "CÁC CƠ SỞ KHÔNG QUÉT MÃ\nMã địa điểm,Lần 1,Lần 2\nHD1,1/10/2021,5/10/2021\nHD2,2/10/2021,\nHD3,3/13/2021,\n"
    table = table_of(csv_file(tmp_path / "a.csv", text))
    found = [(code, str(day), reason) for code, day, reason in records(table, "venue_code", "reminded_on", "reason")]
    assert found == [
        ("HD1", "2021-10-01", "not_scanning"),
        ("HD1", "2021-10-05", "not_scanning"),
        ("HD2", "2021-10-02", "not_scanning"),
    ]
    assert [reject.row for reject in table.rejects] == [5]


def test_a_reason_that_nobody_wrote_is_asked(tmp_path: Path) -> None:
    path = csv_file(tmp_path / "a.csv", "Mã địa điểm,Lần 1,Lần 2\nHD1,1/10/2021,5/10/2021\n")
    with pytest.raises(UnusableFile) as caught:
        read(path, today=TODAY)
    assert [doubt.kind for doubt in caught.value.doubts] == ["reason"]
    table = read(path, today=TODAY, reason="no_qr")
    assert isinstance(table, SourceTable)
    assert table.frame["reason"].tolist() == ["no_qr", "no_qr"]


def test_the_day_of_a_list_that_only_says_yes_is_asked(tmp_path: Path) -> None:
    path = csv_file(tmp_path / "a.csv", "Mã địa điểm,Tên,Đã có mã QR\nHD1,A,x\nHD2,B,chưa\nHD3,C,đang làm\n")
    with pytest.raises(UnusableFile) as caught:
        read(path, today=TODAY)
    assert [doubt.kind for doubt in caught.value.doubts] == ["as_of"]
    table = read(path, today=TODAY, as_of=dt.date(2021, 9, 27))
    assert isinstance(table, SourceTable)
    assert records(table, "venue_code", "registered_on") == [("HD1", dt.date(2021, 9, 27))]
    assert [reject.row for reject in table.rejects] == [4]
    assert table.remarks == {"not_registered": 1}


def test_tables_of_another_kind_are_passed_over_when_the_kind_is_told(tmp_path: Path) -> None:
    text = (
        "Mã địa điểm,Ngày,Số lượt quét\nHD1,1/10/2021,5\n\nMã địa điểm,Ngày nhắc nhở,Lý do nhắc nhở\n"
        "HD1,1/10/2021,không quét\n\nMã địa điểm,Ngày,Số lượt quét\nHD2,2/10/2021,6\n"
    )
    path = csv_file(tmp_path / "a.csv", text)
    with pytest.raises(UnknownKind, match="nằm dưới bảng"):
        read(path, today=TODAY)
    assert records(table_of(path, "scans"), "venue_code", "scans") == [("HD1", 5), ("HD2", 6)]
    assert records(table_of(path, "reminders"), "venue_code") == [("HD1",)]


def test_days_that_lie_close_together_only_when_read_month_first_are_doubted(tmp_path: Path) -> None:
    lines = "".join(f"HD{n},10/0{n}/2021,5\n" for n in range(1, 7))
    path = csv_file(tmp_path / "a.csv", f"Mã,Ngày,Số lượt quét\n{lines}")
    table = table_of(path)
    assert [doubt.kind for doubt in table.doubts] == ["day_order"]
    assert str(table.frame["day"].max())[:10] == "2021-06-10"
    told = read(path, today=TODAY, day_order="month_first")
    assert isinstance(told, SourceTable)
    assert told.doubts == ()
    assert str(told.frame["day"].max())[:10] == "2021-10-06"
