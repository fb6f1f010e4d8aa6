"""Files that cannot be used, and hostile ones: a clear sentence, within memory."""

import os
import struct
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import pytest

from etl.errors import TooLarge, UnusableFile
from etl.readers import container
from etl.validation.read import read
from tests.etl.english import is_english
from tests.etl.reading.files import TODAY, csv_file, records, table_of, workbook

HEADER = ["Mã địa điểm", "Tên địa điểm", "Địa chỉ"]


def sentence(path: Path, kind: str | None = None) -> str:
    """The sentence with which a file is refused; it can be told in English, too."""
    with pytest.raises(UnusableFile) as caught:
        read(path, kind, today=TODAY)
    assert path.name in is_english(caught.value.sentence("en"))
    text = str(caught.value)
    assert path.name in text
    assert text.endswith((".", ")"))
    return text


def test_an_empty_file(tmp_path: Path) -> None:
    assert "rỗng" in sentence(csv_file(tmp_path / "a.csv", ""))
    assert "không có dòng tiêu đề" in sentence(csv_file(tmp_path / "b.csv", "\n\n"))


def test_no_file_a_folder_and_a_device(tmp_path: Path) -> None:
    assert "Không có tệp" in sentence(tmp_path / "a.csv")
    assert "thư mục" in sentence(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    assert "không phải là một tệp thường" in sentence(tmp_path / "pipe")


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = csv_file(tmp_path / "a.csv", "x")
    if os.geteuid() != 0:
        path.chmod(0)
    else:  # nothing is closed to root: the system's refusal is played

        def refuse(*_: object, **__: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "open", refuse)
    assert "không có quyền đọc" in sentence(path)


@pytest.mark.parametrize(
    ("start", "word"),
    [
        (b"\x89PNG\r\n\x1a\n", "ảnh PNG"),
        (b"\xff\xd8\xff\xe0", "ảnh JPEG"),
        (b"%PDF-1.7", "PDF"),
        (b"<html>", "trang web"),
    ],
)
def test_a_picture_renamed(tmp_path: Path, start: bytes, word: str) -> None:
    path = tmp_path / "so dia diem.xlsx"
    path.write_bytes(start + bytes(range(256)) * 20)
    assert word in sentence(path)


@pytest.mark.parametrize("kept", [0.3, 0.7, 0.95])
def test_a_truncated_workbook(tmp_path: Path, kept: float) -> None:
    path = workbook(tmp_path / "a.xlsx", [HEADER, *[[f"HD{n}", f"Cửa hàng {n}", "1 Tô Hiệu"] for n in range(200)]])
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * kept)])
    assert "hỏng" in sentence(path)


def test_a_workbook_with_a_damaged_member(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [HEADER, *[[f"HD{n}", f"Cửa hàng {n}", "1 Tô Hiệu"] for n in range(2000)]])
    with zipfile.ZipFile(path) as archive:
        member = archive.getinfo("xl/worksheets/sheet1.xml")
    data = bytearray(path.read_bytes())
    middle = member.header_offset + 100 + member.compress_size // 2
    data[middle : middle + 40] = b"\xff" * 40
    path.write_bytes(data)
    assert "hỏng" in sentence(path)


def test_other_archives(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("ghi chu.doc", "x")
    assert "không chứa" in sentence(path)


def bomb(path: Path, member: str, megabytes: int) -> Path:
    """An archive of ``megabytes`` of blanks whose directory claims a thousand bytes."""
    pack = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = b"".join(pack.compress(b" " * 1_000_000) for _ in range(megabytes)) + pack.flush()
    name = member.encode()
    fixed = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 0, 0, len(packed), 1000, len(name), 0)
    central = b"PK\x01\x02" + struct.pack("<H", 20) + fixed + struct.pack("<HHHII", 0, 0, 0, 0, 0) + name
    start = b"PK\x03\x04" + fixed + name + packed
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(start), 0)
    path.write_bytes(start + central + end)
    return path


@pytest.mark.parametrize("member", ["xl/worksheets/sheet1.xml", "wards.shp"])
def test_a_zip_bomb(tmp_path: Path, member: str) -> None:
    path = bomb(tmp_path / "a.xlsx", member, 300)
    assert path.stat().st_size < 1_000_000
    with zipfile.ZipFile(path) as archive:
        assert archive.getinfo(member).file_size == 1000
    assert "giải nén" in sentence(path)


def test_a_cell_far_away_does_not_take_all_memory(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [HEADER, ["HD1", "A", "B"]])
    far = tmp_path / "b.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(far, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                stray = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
                content = content.replace(b"</sheetData>", stray)
            target.writestr(name, content)
    assert "1.048.576 dòng × 16.384 cột" in sentence(far)


def test_one_long_text_used_by_many_cells(tmp_path: Path) -> None:
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 100_001))
    path = workbook(tmp_path / "a.xlsx", [["x" * 30_000]])
    heavy = tmp_path / "b.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(heavy, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                first, last = content.index(b"<sheetData>") + 11, content.index(b"</sheetData>")
                content = content[:first] + cells.encode() + content[last:]
            target.writestr(name, content)
    assert "lặp lại" in sentence(heavy)


def test_nul_bytes_in_text(tmp_path: Path) -> None:
    text = "Mã địa điểm,Ngày,Số lượt quét\n" + "HD1,1/10/2021,5\n" * 50 + "HD\x002,1/10/2021,5\n"
    assert "NUL" in sentence(csv_file(tmp_path / "a.csv", text))


def test_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("Mã địa điểm,Ngày,Số lượt quét\nHD1,1/10/2021,5\n".encode().replace("ã".encode(), b"\xe3"))
    assert "UTF-8" in sentence(path)
    late = "Mã địa điểm,Ngày,Số lượt quét\n".encode() + b"HD1,1/10/2021,5\n" * 40_000 + b"\xe3\xe3,1/10/2021,5\n"
    path.write_bytes(late)
    assert "UTF-8" in sentence(path)


def test_csv_that_is_no_table(tmp_path: Path) -> None:
    header = "Mã địa điểm,Ngày,Số lượt quét\n"
    assert "dòng 3 có quá nhiều cột" in sentence(csv_file(tmp_path / "a.csv", f"{header}HD1,1/10/2021,5\n{',' * 40}\n"))
    assert "dòng 2 có quá nhiều cột" in sentence(csv_file(tmp_path / "b.csv", f"{header}{',' * 40}\nHD1,1/10/2021,5\n"))
    open_quote = f'{header}HD1,1/10/2021,5\n"HD2,1/10/2021,5\n' + "HD3,1/10/2021,5\n" * 100
    assert "ngoặc kép" in sentence(csv_file(tmp_path / "c.csv", open_quote))


def test_a_separator_within_a_value_rejects_its_row_alone(tmp_path: Path) -> None:
    text = "Mã,Tên,Địa chỉ\nHD1,A,1 Tô Hiệu\nHD2,B,Số 2, ngõ 3, Tô Hiệu\nHD3,C,\n"
    table = table_of(csv_file(tmp_path / "a.csv", text))
    assert records(table, "code") == [("HD1",), ("HD3",)]
    assert [reject.row for reject in table.rejects] == [3]
    assert "ngoặc kép" in table.rejects[0].expected


def test_a_header_with_no_rows(tmp_path: Path) -> None:
    assert "không có dòng số liệu" in sentence(workbook(tmp_path / "a.xlsx", [["SỔ"], HEADER]))
    assert "không có dòng số liệu" in sentence(csv_file(tmp_path / "b.csv", ",".join(HEADER)))


def test_formulas_give_what_excel_computed_and_commands_are_text(tmp_path: Path) -> None:
    rows = [
        HEADER,
        ["HD1", "=cmd|' /C calc'!A0", "+84 phố"],
        ["HD2", "'; DROP TABLE venue; --", "@SUM(A1)"],
        ["HD3", None, "x"],
    ]
    path = workbook(tmp_path / "a.xlsx", rows)
    computed = tmp_path / "b.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(computed, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                formula = b'<c r="B4" t="str"><f>CONCATENATE("C","a")</f><v>Ca</v></c><c r="C4"'
                content = content.replace(b'<c r="C4"', formula)
            target.writestr(name, content)
    assert records(table_of(computed), "code", "name", "address") == [
        ("HD1", "=cmd|' /C calc'!A0", "+84 phố"),
        ("HD2", "'; DROP TABLE venue; --", "@SUM(A1)"),
        ("HD3", "Ca", "x"),
    ]


def test_days_out_of_bounds_and_counts_that_are_none(tmp_path: Path) -> None:
    text = (
        "Mã,Ngày,Số lượt quét\nHD2,01/01/1900,1\nHD3,01/01/2100,1\nHD4,02/12/2021,1\nHD5,31/12/2019,1\n"
        "HD6,1/10/2021,-3\nHD7,1/10/2021,1.5\nHD8,31/11/2021,x\nHD9,01/01/2020,1\nHD10,01/12/2021,1\nHD11,,1\n"
        "HD12,1/10/2021,\n,1/10/2021,7\n"
    )
    table = table_of(csv_file(tmp_path / "a.csv", text))
    assert records(table, "venue_code") == [("HD9",), ("HD10",)]
    found = {reject.row: (reject.column, reject.value, reject.expected) for reject in table.rejects}
    within = "cần ngày từ 01/01/2020 đến 01/12/2021"
    assert [found[row] for row in (2, 3, 4, 5)] == [
        ("Ngày", day, within) for day in ("01/01/1900", "01/01/2100", "02/12/2021", "31/12/2019")
    ]
    assert found[6] == ("Số lượt quét", "-3", "cần số nguyên từ 0 đến 1.000.000")
    assert found[7][1] == "1.5"
    assert found[8] == (
        "Ngày",
        "31/11/2021",
        "cần ngày có thật, ví dụ 27/09/2021; cột «Số lượt quét»: «x» – cần số nguyên từ 0 đến 1.000.000",
    )
    assert [found[row][2] for row in (11, 12, 13)] == [
        "cần có «Ngày quét»",
        "cần có «Số lượt quét»",
        "cần có «Mã địa điểm»",
    ]
    assert table.rejects[0].message == "Tệp a.csv, dòng 2, cột «Ngày»: «01/01/1900» – " + within


def test_openings_may_be_old_and_days_keep_their_order(tmp_path: Path) -> None:
    text = (
        "Mã,Tên,Ngày hoạt động,Ngày đóng cửa,Ngày mở lại\nA,x,01/01/1900,,\nB,x,1/1/2015,1/1/2015,\n"
        "C,x,1/1/2015,1/2/2015,1/1/2015\nD,x,,,1/1/2015\nE,x,1/1/2015,1/2/2015,1/2/2015\nF,x,31/12/1899,,\n"
    )
    table = table_of(csv_file(tmp_path / "a.csv", text))
    assert records(table, "code") == [("A",), ("E",)]
    assert [(reject.row, reject.column) for reject in table.rejects] == [
        (3, "Ngày đóng cửa"),
        (4, "Ngày mở lại"),
        (5, "Ngày đóng cửa"),
        (7, "Ngày hoạt động"),
    ]


def test_more_faults_than_a_clerk_can_mend(tmp_path: Path) -> None:
    text = "Mã,Ngày,Số lượt quét\n" + "HD1,hôm qua,5\n" * 100_001
    with pytest.raises(TooLarge, match=r"Hơn 100\.000 dòng không dùng được.*dòng 2, cột «Ngày»: «hôm qua»"):
        table_of(csv_file(tmp_path / "a.csv", text))


def test_two_million_rows_within_memory(tmp_path: Path) -> None:
    path = tmp_path / "quet.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("Mã địa điểm;Ngày;Số lượt quét\n")
        for day in range(1, 29):
            file.write("".join(f"HD{venue:06d};{day:02d}/10/2021;{venue % 90}\n" for venue in range(72_000)))
    program = (
        "import re, sys, datetime, pathlib\n"
        "from etl.validation.read import read\n"
        "table = read(pathlib.Path(sys.argv[1]), today=datetime.date(2021, 12, 1))\n"
        # Not ru_maxrss, in which the size of the process that started this one may count.
        "peak = re.search(r'VmHWM:\\s*(\\d+)', pathlib.Path('/proc/self/status').read_text())\n"
        "print(len(table.frame), peak[1])\n"
    )
    run = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True)
    rows, kilobytes = map(int, run.stdout.split())
    assert rows == 28 * 72_000
    assert kilobytes < 1_000_000


def test_a_file_beyond_the_limit_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with path.open("wb") as file:
        file.write(b"a")
        file.truncate(container.MAX_FILE_BYTES + 1)
    assert "1000 MB" in sentence(path)
