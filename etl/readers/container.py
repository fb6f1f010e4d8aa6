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

from data.texts.sentences import Sentence
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
    for magic, what in _FOREIGN:
        if start.startswith(magic):
            raise UnusableFile(Sentence("refused.foreign", name=path.name, what=Sentence(f"refused.is.{what}")))
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith((b"{", b"[")):
        return Shape.GEOJSON
    if text.lower().startswith((b"<!doctype html", b"<html", b"<?xml", b"<table")):
        raise UnusableFile(Sentence("refused.web", name=path.name))
    return Shape.TEXT


_FOREIGN = (
    (b"\x89PNG", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF8", "gif"),
    (b"BM", "bmp"),
    (b"RIFF", "riff"),
    (b"%PDF", "pdf"),
    (b"{\\rtf", "rtf"),
    (b"\x1f\x8b", "gzip"),
    (b"Rar!", "rar"),
    (b"7z\xbc\xaf", "7z"),
    (b"\x7fELF", "program"),
    (b"MZ\x90", "program"),
)


def _start_of(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise NoFile(Sentence("refused.folder", name=path.name))
        if not path.exists():
            raise NoFile(Sentence("refused.no_file", name=str(path)))
        if not path.is_file():
            raise NoFile(Sentence("refused.no_plain_file", name=path.name))
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(4096)
    except OSError as error:
        raise UnusableFile(Sentence("refused.unreadable", name=path.name, why=_os_reason(error))) from error
    if size == 0:
        raise UnusableFile(Sentence("refused.empty", name=path.name))
    if size > MAX_FILE_BYTES:
        size_mb, most_mb = (f"{bytes_ / 1_000_000:.0f}" for bytes_ in (size, MAX_FILE_BYTES))
        raise TooLarge(Sentence("refused.heavy", name=path.name, size=size_mb, most=most_mb))
    return start


def _os_reason(error: OSError) -> str:
    if isinstance(error, PermissionError):
        return Sentence("refused.why.permission")
    return error.strerror or Sentence("refused.why.system")


def _zip_shape(path: Path) -> Shape:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > MAX_MEMBERS:
                raise TooLarge(Sentence("refused.members", name=path.name, count=len(members), most=MAX_MEMBERS))
            names = {member.filename for member in members}
            if any(member.flag_bits & 0x1 for member in members):
                raise UnusableFile(Sentence("refused.archive_password", name=path.name))
            bound_unpacked(path, members)
            return _shape_inside(path, archive, members, names)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError) as error:
        raise UnusableFile(damaged(path)) from error


def _shape_inside(path: Path, archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], names: set[str]) -> Shape:
    if "word/document.xml" in names:
        raise UnusableFile(Sentence("refused.word", name=path.name))
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
    raise UnusableFile(Sentence("refused.archive", name=path.name))


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
