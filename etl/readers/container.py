"""What a file is by its first bytes, its fingerprint, and the bounds within which it is opened at all.

Everything here happens before a parser sees the file: a parser that trusts a hostile file may take all memory there is.
"""

import hashlib
import re
import zipfile
import zlib
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from etl.errors import NoFile, TooLarge, UnusableFile
from etl.readers.unpacking import bound_unpacked

MAX_FILE_BYTES = 1_000_000_000
MAX_MEMBERS = 5_000

_PIECE = 1 << 20


class Shape(Enum):
    """How a file is opened."""

    TEXT = "text"
    WORKBOOK = "workbook"
    SHAPEFILE = "shapefile"
    ZIPPED_SHAPEFILE = "zipped shapefile"
    GEOPACKAGE = "geopackage"
    GEOJSON = "geojson"


@dataclass(frozen=True)
class Fingerprint:
    """SHA-256 of the bytes, and the position of the first NUL byte (-1: none)."""

    sha256: str
    first_nul: int


def shape_of(path: Path) -> Shape:
    """The shape of the file at ``path``, told by its bytes.

    Raises UnusableFile (a directory, empty, not readable, a picture, protected by a password, ...) and TooLarge.
    """
    start = _start_of(path)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnusableFile(_ole_sentence(path))
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_shape(path)
    if start.startswith(b"SQLite format 3\x00"):
        return Shape.GEOPACKAGE
    if start.startswith(b"\x00\x00\x27\x0a"):
        return Shape.SHAPEFILE
    for magic, name in _FOREIGN:
        if start.startswith(magic):
            raise UnusableFile(
                f"Tệp «{path.name}» là {name}, không phải bảng số liệu. Cần tệp XLSX, CSV hoặc tệp ranh giới."
            )
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith((b"{", b"[")):
        return Shape.GEOJSON
    if text.lower().startswith((b"<!doctype html", b"<html", b"<?xml", b"<table")):
        raise UnusableFile(
            f"Tệp «{path.name}» là trang web hoặc XML, dù có thể mang đuôi khác. Hãy mở bằng Excel và lưu thành "
            "XLSX rồi nạp lại."
        )
    return Shape.TEXT


_FOREIGN = (
    (b"\x89PNG", "ảnh PNG"),
    (b"\xff\xd8\xff", "ảnh JPEG"),
    (b"GIF8", "ảnh GIF"),
    (b"BM", "ảnh BMP"),
    (b"RIFF", "tệp ảnh hoặc âm thanh"),
    (b"%PDF", "tệp PDF"),
    (b"{\\rtf", "văn bản RTF"),
    (b"\x1f\x8b", "tệp nén GZIP"),
    (b"Rar!", "tệp nén RAR"),
    (b"7z\xbc\xaf", "tệp nén 7Z"),
    (b"\x7fELF", "chương trình máy tính"),
    (b"MZ\x90", "chương trình máy tính"),
)


def _start_of(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise NoFile(f"«{path.name}» là một thư mục; hãy chỉ rõ từng tệp bên trong.")
        if not path.exists():
            raise NoFile(f"Không có tệp «{path}».")
        if not path.is_file():
            raise NoFile(f"«{path.name}» không phải là một tệp thường.")
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(4096)
    except OSError as error:
        raise UnusableFile(f"Không đọc được tệp «{path.name}»: {_os_reason(error)}.") from error
    if size == 0:
        raise UnusableFile(f"Tệp «{path.name}» rỗng, không có nội dung nào.")
    if size > MAX_FILE_BYTES:
        raise TooLarge(
            f"Tệp «{path.name}» nặng {_megabytes(size)}, quá mức {_megabytes(MAX_FILE_BYTES)}. Hãy chia tệp theo "
            "tháng hoặc theo phường."
        )
    return start


def _os_reason(error: OSError) -> str:
    return "không có quyền đọc" if isinstance(error, PermissionError) else (error.strerror or "lỗi của hệ thống")


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.0f} MB"


def _ole_sentence(path: Path) -> str:
    """Sentence for an OLE container: Excel keeps protected workbooks in one, and so did its files before 2007."""
    # Names of streams are UTF-16 in the container's directory, which may lie anywhere in the file.
    marks = {name: name.encode("utf-16-le") for name in ("EncryptedPackage", "EncryptionInfo")}
    with path.open("rb") as file:
        tail = b""
        while piece := file.read(_PIECE):
            if any(mark in tail + piece for mark in marks.values()):
                return (
                    f"Tệp «{path.name}» có mật khẩu bảo vệ. Hãy mở bằng Excel, bỏ mật khẩu (Tệp → Thông tin → Bảo "
                    "vệ), lưu rồi nạp lại."
                )
            tail = piece[-64:]
    return (
        f"Tệp «{path.name}» là tệp Excel hoặc Word kiểu cũ. Hãy mở bằng Excel và lưu thành «Excel Workbook "
        "(*.xlsx)» rồi nạp lại."
    )


def _zip_shape(path: Path) -> Shape:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > MAX_MEMBERS:
                raise TooLarge(f"Tệp «{path.name}» chứa {len(members)} tệp con, quá mức {MAX_MEMBERS}.")
            names = {member.filename for member in members}
            if any(member.flag_bits & 0x1 for member in members):
                raise UnusableFile(f"Tệp nén «{path.name}» có mật khẩu bảo vệ. Hãy giải nén rồi nạp tệp bên trong.")
            bound_unpacked(path, members)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError) as error:
        raise UnusableFile(
            f"Tệp «{path.name}» bị hỏng hoặc chép chưa hết. Hãy chép lại từ nguồn rồi nạp lại."
        ) from error
    if "xl/workbook.xml" in names or any(re.fullmatch(r"xl/workbook\d*\.xml", name) for name in names):
        return Shape.WORKBOOK
    if any(name.lower().endswith(".shp") for name in names):
        return Shape.ZIPPED_SHAPEFILE
    raise UnusableFile(
        f"Tệp «{path.name}» là tệp nén nhưng không phải XLSX hay Shapefile nén. Tệp ODS, XLSB, DOCX: hãy lưu "
        "thành XLSX; tệp nén khác: hãy giải nén trước."
    )


def fingerprint(*paths: Path) -> Fingerprint:
    """SHA-256 over the files one after another (a shapefile is several), and the first NUL byte of the first."""
    digest = hashlib.sha256()
    first_nul, position = -1, 0
    for number, path in enumerate(paths):
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
                if number == 0 and first_nul < 0 and (found := piece.find(b"\x00")) >= 0:
                    first_nul = position + found
                position += len(piece)
    return Fingerprint(digest.hexdigest(), first_nul)
