"""The list of headings and what it is recognised by."""

import csv
from pathlib import Path

import pytest

import etl.recognition.columns
from etl.recognition.columns import COLUMNS, TABLE_KINDS, column, heading_key, headings_of, reject_columns, required_of
from etl.recognition.sheets import decide, examine

LIST = Path(etl.recognition.columns.__file__).parent / "headings.csv"


def test_every_line_of_the_list_is_a_heading_key_of_a_column() -> None:
    with LIST.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) > 400
    for line in lines:
        assert heading_key(line["heading"]) == line["heading"]
        assert line["weight"] in ("telling", "general", "ignored")
        if line["kind"] != "any":
            assert column("scans" if line["kind"] == "events" else line["kind"], line["column"])
    seen = [(line["kind"], line["heading"]) for line in lines]
    assert len(seen) == len(set(seen))


@pytest.mark.parametrize("kind", TABLE_KINDS)
def test_the_canonical_headings_are_recognised_as_their_kind(kind: str) -> None:
    titles = [column(kind, name).title for name in reject_columns(kind)]
    sheet = examine("", [[*titles, "Dòng gốc", "Lỗi"]])
    assert decide(sheet.layouts) == (kind, ())
    assert sheet.layouts[kind].columns == {name: place for place, name in enumerate(reject_columns(kind))}
    assert sheet.layouts[kind].clash is None


@pytest.mark.parametrize(
    ("kind", "headings"),
    [
        ("venues", "STT|Mã điểm|Tên cơ sở|Địa chỉ|Ghi chú"),
        ("venues", "TT|MA CO SO|TEN CO SO|DIA CHI|PHUONG|NGANH NGHE"),
        ("venues", "stt|ma_dia_diem|ten_dia_diem|dia_chi|sdt|kinh_do|vi_do"),
        ("venues", "Mã HKD (*)|Tên hộ kinh doanh (*)|Đ/c|Chủ hộ|SĐT|Tọa độ GPS"),
        ("registrations", "Mã địa điểm|Tên|Ngày tạo mã QR|Mã QR|Ứng dụng"),
        ("registrations", "TT|Mã CS|Tên CS|Địa chỉ|Phường|Thời gian tạo mã"),
        ("scans", "Mã địa điểm|Ngày|Số lượt quét"),
        ("scans", "STT|Mã cơ sở|Tên cơ sở|Địa chỉ|Phường|Ngày quét|Số lượt"),
        ("scans", "MA DIEM;TEN;NGAY THANG;LUOT QUET MA QR".replace(";", "|")),
        ("reminders", "Mã địa điểm|Ngày nhắc|Nội dung nhắc nhở|Cán bộ nhắc nhở"),
        ("reminders", "TT|Mã cơ sở|Tên cơ sở|Ngày|Lý do nhắc nhở|Hình thức"),
        ("suspensions", "Mã địa điểm|Tên|Từ ngày|Đến ngày|Lý do"),
        ("suspensions", "Mã cơ sở|Ngày quyết định|Tạm dừng từ ngày|Tạm dừng đến ngày|Ngày cho hoạt động lại"),
    ],
)
def test_clerks_headings(kind: str, headings: str) -> None:
    sheet = examine("", [["UBND QUẬN HÀ ĐÔNG"], [], headings.split("|")])
    assert decide(sheet.layouts)[0] == kind
    assert set(required_of(kind)) <= set(sheet.layouts[kind].columns)


@pytest.mark.parametrize("kind", TABLE_KINDS)
def test_no_heading_is_both_read_and_ignored(kind: str) -> None:
    assert not {"stt", "ghi chu", "dong goc", "loi"} & set(headings_of(kind))


def test_the_preferred_of_two_headings_is_read() -> None:
    sheet = examine("", [["Tên", "Mã", "Tên địa điểm", "Mã địa điểm", "Địa chỉ"]])
    assert sheet.layouts["venues"].columns == {"code": 3, "name": 2, "address": 4}


def test_required_columns_have_headings_in_every_kind() -> None:
    for kind, columns in COLUMNS.items():
        for name in required_of(kind):
            assert any(hit[0] == name for hit in headings_of(kind).values())
        assert len({spec.name for spec in columns}) == len(columns)
