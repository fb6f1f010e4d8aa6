"""Formats and encodings: the same small book of reminders or register, in everything that offices send it in."""

import datetime as dt
import zipfile
from collections.abc import Callable
from pathlib import Path

from etl.values.encodings import tcvn3, vni, windows1258
from tests.etl.awkward.case import Case
from tests.etl.reading.files import (
    Rows,
    archive,
    csv_file,
    old_workbook,
    open_document,
    open_rows,
    typed_in,
    workbook,
)
from tests.etl.reading.xlsb import xlsb

HEADER = ["Mã địa điểm", "Tên địa điểm", "Địa chỉ", "Phường"]
REGISTER: Rows = [
    ["ỦY BAN NHÂN DÂN QUẬN HÀ ĐÔNG"],
    ["Sổ địa điểm phải tạo mã quét"],
    HEADER,
    ["HD001", "Quán phở Thuỷ", "Số 5 ngõ 3 đường Tô Hiệu", "Hà Cầu"],
    ["HD002", "Nhà hàng Hoà Bình", "12 phố Bà Triệu", "Quang Trung"],
    ["HD003", "Tạp hóa Bảy Khéo", "Chợ La Khê, dãy hai", "La Khê"],
]
NAMES = ["Quán phở Thủy", "Nhà hàng Hòa Bình", "Tạp hóa Bảy Khéo"]
REMINDERS: Rows = [
    ["Mã địa điểm", "Tên địa điểm", "Ngày nhắc nhở", "Người nhắc nhở", "Lý do"],
    ["HD001", "Quán phở", dt.date(2021, 10, 4), "Tổ 5", "Chưa tạo mã QR"],
    ["HD002", "Nhà hàng", dt.date(2021, 10, 5), "Tổ 5", "Chưa có lượt quét"],
]


def text_of(rows: Rows, delimiter: str = ";") -> str:
    """``rows`` as a CSV."""
    return "".join(delimiter.join(map(str, row)) + "\r\n" for row in rows)


def _csv(encode: Callable[[str], bytes], name: str = "so.csv") -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(encode(text_of(REGISTER)))
        return path

    return make


def _encoded(encoding: str) -> Callable[[str], bytes]:
    return lambda text: text.encode(encoding)


def _decomposed(folder: Path) -> Path:
    import unicodedata

    return csv_file(folder / "so.csv", unicodedata.normalize("NFD", text_of(REGISTER)))


def _three_headers(folder: Path) -> Path:
    rows = [
        ["UBND PHƯỜNG MỘ LAO", None, None, None],
        ["Thông tin cơ sở", None, "Nơi hoạt động", None],
        ["Mã địa điểm", "Tên địa điểm", "Địa chỉ", "Phường"],
        *REGISTER[3:],
    ]
    return old_workbook(folder / "so.xls", typed_in(tcvn3.encode, rows), merged=[(1, 1, 0, 1), (1, 1, 2, 3)])


def _merged_ods(folder: Path) -> Path:
    rows = open_rows([["Mã địa điểm", "Tên địa điểm", "Phường"], ["HD001", "Quán A", "Hà Cầu"], ["HD002", "Quán B"]])
    ward = "<text:p>Hà Cầu</text:p></table:table-cell>"
    plain = f'<table:table-cell office:value-type="string">{ward}'
    return open_document(
        folder / "so.ods", rows.replace(plain, plain.replace("cell ", 'cell table:number-rows-spanned="2" ', 1))
    )


def _protected_ods(folder: Path) -> Path:
    return open_document(folder / "so.ods", open_rows(REGISTER), "<manifest><manifest:encryption-data/></manifest>")


def _cut(make: Callable[[Path], Path], share: float) -> Callable[[Path], Path]:
    def cut(folder: Path) -> Path:
        path = make(folder)
        path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
        return path

    return cut


def _xls(folder: Path) -> Path:
    return old_workbook(folder / "so.xls", REGISTER)


def _zipped(*names: str) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        return archive(folder / "tuan 40.zip", *((name, text_of(REGISTER).encode()) for name in names))

    return make


def _zip_in_zip(folder: Path) -> Path:
    inner = archive(folder / "trong.zip", ("so.csv", text_of(REGISTER).encode()))
    return archive(folder / "ngoai.zip", inner)


def _zipped_bomb(folder: Path) -> Path:
    return archive(folder / "so.zip", ("so.csv", b"HD001;" * 60_000_000))


def _swollen_ods(folder: Path) -> Path:
    row = open_rows([["x"]]).replace("<table:table-row>", '<table:table-row table:number-rows-repeated="1000000">')
    return open_document(
        folder / "so.ods", row.replace("table-cell ", 'table-cell table:number-columns-repeated="900" ')
    )


def _entities(folder: Path) -> Path:
    path = open_document(folder / "so.ods", open_rows(REGISTER))
    with zipfile.ZipFile(path) as made:
        content = made.read("content.xml").decode()
    doctype = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
    swollen = content.replace("?>", f"?>{doctype}", 1).encode()
    return archive(path, ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", swollen))


def _damaged_utf8(folder: Path) -> Path:
    path = folder / "so.csv"
    path.write_bytes(text_of(REGISTER).encode().replace("Ủ".encode(), b"\xe1\xbb"))
    return path


CASES = (
    Case("utf-8 with BOM", "Excel, «CSV UTF-8»", _csv(_encoded("utf-8-sig")), "venues", 3, None),
    Case("utf-8", "an export of the QR account", _csv(_encoded("utf-8")), "venues", 3, None),
    Case("utf-16 little end", "Excel, «Unicode text»", _csv(_encoded("utf-16")), "venues", 3, None),
    Case("utf-16 big end without BOM", "an old Macintosh", _csv(_encoded("utf-16-be")), "venues", 3, None),
    Case("windows-1258", "Excel on a Vietnamese Windows, «CSV»", _csv(windows1258.encode), "venues", 3, None),
    Case("tcvn3 text", "a ward's list typed in .VnTime", _csv(tcvn3.encode), "venues", 3, None),
    Case("vni text", "a list typed in VNI-Times", _csv(vni.encode), "venues", 3, None),
    Case("tcvn3 saved as utf-8", "a .VnTime sheet saved as «CSV UTF-8»",
         _csv(lambda text: "".join(map(chr, tcvn3.encode(text))).encode()), "venues", 3, None),
    Case("utf-8 taken for windows-1252", "a CSV opened by a double click and saved again",
         _csv(lambda text: "".join(map(chr, text.encode())).encode()), "venues", 3, None),
    Case("decomposed", "a list written on a Macintosh", _decomposed, "venues", 3, None),
    Case("xls", "Excel 2003", _xls, "venues", 3, None),
    Case("xls of 1904", "Excel for Macintosh: days count from 1904",
         lambda folder: old_workbook(folder / "nhac.xls", REMINDERS, is_1904=True), "reminders", 2, None),
    Case("xls in tcvn3 with three header rows", "a ward's book of 2005", _three_headers, "venues", 3, None),
    Case("xlsx in vni", "a sheet typed in VNI-Times",
         lambda folder: workbook(folder / "so.xlsx", typed_in(vni.encode, REGISTER)), "venues", 3, None),
    Case("xlsb", "Excel, «binary workbook»", lambda folder: xlsb(folder / "so.xlsb", REGISTER), "venues", 3, None),
    Case("xlsb with days", "Excel, «binary workbook»", lambda folder: xlsb(folder / "nhac.xlsb", REMINDERS),
         "reminders", 2, None),
    Case("ods", "LibreOffice", lambda folder: open_document(folder / "so.ods", open_rows(REGISTER)), "venues", 3, None),
    Case("ods with merged wards", "LibreOffice, a ward merged over its rows", _merged_ods, "venues", 2, None),
    Case("xls under the name of xlsx", "a file renamed by hand",
         lambda folder: _xls(folder).rename(folder / "so.xlsx"), "venues", 3, None),
    Case("zipped csv", "an e-mail's attachment", _zipped("so.csv"), "venues", 3, None),
    Case("zipped on a Macintosh", "its shadow files beside the table",
         _zipped("tuan/so.csv", "__MACOSX/tuan/._so.csv", "tuan/.DS_Store"), "venues", 3, None),
    Case("several tables zipped", "a folder of wards", _zipped("a.csv", "b.csv"), None, None, "chứa 2 bảng"),
    Case("zip in a zip", "an attachment zipped twice", _zip_in_zip, None, None, "tệp nén khác bên trong"),
    Case("zip that leads out", "an attack: a name that leads out of the folder",
         _zipped("../../so.csv"), None, None, "đường dẫn không an toàn"),
    Case("zip bomb", "an attack: a small file that swells", _zipped_bomb, None, None, "giải nén"),
    Case("swollen ods", "an attack: one cell repeated a billion times", _swollen_ods, None, None, "quá nhiều ô"),
    Case("ods with entities", "an attack: entities of entities", _entities, None, None, "bị hỏng"),
    Case("protected ods", "LibreOffice with a password", _protected_ods, None, None, "mật khẩu"),
    Case("cut xls", "a copy that was broken off", _cut(_xls, 0.5), None, None, "hỏng"),
    Case("cut xlsb", "a copy that was broken off",
         _cut(lambda folder: xlsb(folder / "so.xlsb", REGISTER), 0.6), None, None, "hỏng"),
    Case("damaged utf-8", "a text mended by a wrong program", _damaged_utf8, None, None, "không phải UTF-8"),
    Case("russian", "a text in a foreign code page",
         _csv(lambda _: ("Код;Название\r\n" + "Магазин продуктов и товаров\r\n" * 20).encode("cp1251")),
         None, None, "bảng mã tiếng Việt"),
)  # fmt: skip
