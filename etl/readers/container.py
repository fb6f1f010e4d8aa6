"""What a file is by its first bytes, its fingerprint, and the bounds within which it is opened at all.

Everything here happens before a parser sees the file: a parser that trusts a hostile file may take all memory there is.
"""

import codecs
import hashlib
import re
import zipfile
import zlib
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from etl.errors import NoFile, TooLarge, UnusableFile
from etl.readers.archive import tables_in
from etl.readers.binary_workbook import check_binary_workbook
from etl.readers.old_workbook import check_old_workbook
from etl.readers.open_document import MIME, check_open_document
from etl.readers.unpacking import bound_unpacked, damaged

MAX_FILE_BYTES = 1_000_000_000
MAX_MEMBERS = 5_000

_PIECE = 1 << 20


class Shape(Enum):
    """How a file is opened."""

    TEXT = "text"
    WORKBOOK = "workbook"
    OLD_WORKBOOK = "workbook of Excel 97 to 2003"
    BINARY_WORKBOOK = "binary workbook"
    OPEN_DOCUMENT = "OpenDocument spreadsheet"
    ARCHIVE = "archive of tables"
    SHAPEFILE = "shapefile"
    ZIPPED_SHAPEFILE = "zipped shapefile"
    GEOPACKAGE = "geopackage"
    GEOJSON = "geojson"


WORKBOOKS = (Shape.WORKBOOK, Shape.OLD_WORKBOOK, Shape.BINARY_WORKBOOK, Shape.OPEN_DOCUMENT)
TABLES = (Shape.TEXT, *WORKBOOKS)


@dataclass(frozen=True)
class Fingerprint:
    """SHA-256 of the bytes, the position of the first NUL byte (-1: none), and whether all of them are UTF-8."""

    sha256: str
    first_nul: int
    is_utf8: bool


def shape_of(path: Path) -> Shape:
    """The shape of the file at ``path``, told by its bytes.

    Raises UnusableFile (a directory, empty, not readable, a picture, protected by a password, ...) and TooLarge.
    """
    start = _start_of(path)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        check_old_workbook(path)
        return Shape.OLD_WORKBOOK
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_shape(path)
    if start.startswith(b"SQLite format 3\x00"):
        return Shape.GEOPACKAGE
    if start.startswith(b"\x00\x00\x27\x0a"):
        return Shape.SHAPEFILE
    for magic, name in _FOREIGN:
        if start.startswith(magic):
            raise UnusableFile(
                f"Tệp «{path.name}» là {name}, không phải bảng số liệu. Cần tệp XLSX, XLS, ODS, CSV hoặc tệp ranh giới."
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
            return _shape_inside(path, archive, members, names)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError) as error:
        raise UnusableFile(damaged(path)) from error


def _shape_inside(path: Path, archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], names: set[str]) -> Shape:
    if "word/document.xml" in names:
        raise UnusableFile(
            f"Tệp «{path.name}» là văn bản Word, không phải bảng số liệu. Hãy chép bảng trong đó sang Excel rồi "
            "nạp tệp Excel."
        )
    if "xl/workbook.xml" in names or any(re.fullmatch(r"xl/workbook\d*\.xml", name) for name in names):
        return Shape.WORKBOOK
    if "xl/workbook.bin" in names:
        check_binary_workbook(path, members)
        return Shape.BINARY_WORKBOOK
    if "mimetype" in names and archive.read("mimetype").startswith(MIME):
        check_open_document(path, members)
        return Shape.OPEN_DOCUMENT
    if any(name.lower().endswith(".shp") for name in names):
        return Shape.ZIPPED_SHAPEFILE
    if not names & {"[Content_Types].xml", "mimetype"} and tables_in(path, members):
        return Shape.ARCHIVE
    raise UnusableFile(
        f"Tệp «{path.name}» là tệp nén nhưng không phải XLSX, XLSB, ODS hay Shapefile nén, và không chứa bảng nào "
        "(XLSX, XLS, XLSB, ODS, CSV). Hãy nạp đúng tệp bảng số liệu."
    )


def fingerprint(*paths: Path) -> Fingerprint:
    """SHA-256 over the files one after another (a shapefile is several); NUL bytes and encoding are of the first."""
    digest = hashlib.sha256()
    first_nul, position = -1, 0
    utf8 = Utf8Check()
    for number, path in enumerate(paths):
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
                if number == 0:
                    utf8.see(piece)
                    if first_nul < 0 and (found := piece.find(b"\x00")) >= 0:
                        first_nul = position + found
                position += len(piece)
    return Fingerprint(digest.hexdigest(), first_nul, utf8.holds)


class Utf8Check:
    """Whether bytes that come in pieces are UTF-8; plain ASCII takes no time."""

    def __init__(self) -> None:
        self.holds = True
        self._decoder = codecs.getincrementaldecoder("utf-8")()

    def see(self, piece: bytes) -> None:
        """Take the next piece; a letter cut in two by its end is looked at with the next."""
        if not self.holds or (piece.isascii() and not self._decoder.getstate()[0]):
            return
        try:
            self._decoder.decode(piece)
        except UnicodeDecodeError:
            self.holds = False
