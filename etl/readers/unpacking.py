"""Counting what an archive unpacks to, before any parser sees it.

A small archive can hold gigabytes, a sheet of two cells can span billions, and one long text can be used by a million
cells.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from etl.errors import TooLarge
from etl.values import grouped

MAX_UNPACKED_BYTES = 1_000_000_000
MAX_RATIO = 400
"""A workbook of repeated rows packs to about 1 in 100; deflate ends at 1 in 1,032, which is where bombs are."""
RATIO_FROM_BYTES = 50_000_000
MAX_GRID_CELLS = 18_000_000
"""Cells of the rectangles that a workbook's sheets span: the parser takes up to 72 bytes for each, filled or not."""
MAX_SHARED_TEXT_BYTES = 600_000_000
"""Text of all cells together; the parser keeps a copy for each cell that uses a shared one."""

_PIECE = 1 << 20


def bound_unpacked(path: Path, members: list[zipfile.ZipInfo]) -> None:
    """Unpack every member once, counting: the sizes in a hostile archive's directory are what its author wrote there.

    Raises TooLarge; zlib.error, EOFError, zipfile.BadZipFile or NotImplementedError when the archive is damaged.
    """
    unpacked = 0
    packed = path.stat().st_size
    cells = 0
    texts = _SharedTexts()
    for member in members:
        extent = _Extent()
        for piece in pieces_of(path, member):
            unpacked += len(piece)
            if unpacked > MAX_UNPACKED_BYTES or (unpacked > RATIO_FROM_BYTES and unpacked > MAX_RATIO * packed):
                raise TooLarge(
                    f"Tệp «{path.name}» nở ra hơn {unpacked // 1_000_000} MB khi giải nén, nên không mở "
                    f"(có thể là tệp phá hoại). Tệp thật thì hãy chia nhỏ rồi nạp lại."
                )
            if is_sheet(member):
                extent.see(piece)
                texts.see_sheet(piece)
            elif member.filename == "xl/sharedStrings.xml":
                texts.see_texts(piece)
        cells += extent.rows * extent.columns
        if cells > MAX_GRID_CELLS:
            raise TooLarge(too_wide(path, extent.rows, extent.columns))
    if texts.most > MAX_SHARED_TEXT_BYTES and texts.used_by(path, members) > MAX_SHARED_TEXT_BYTES:
        raise TooLarge(too_long_texts(path))


def too_wide(path: Path, rows: int, columns: int) -> str:
    """The sentence for a workbook whose cells span more than ``MAX_GRID_CELLS``."""
    return (
        f"Tệp «{path.name}» có trang tính trải rộng {grouped(rows)} dòng × {grouped(columns)} "
        f"cột; cả tệp quá mức {grouped(MAX_GRID_CELLS)} ô. "
        f"Hãy xóa các ô lạc ở xa bảng, hoặc chia tệp, hoặc lưu thành CSV."
    )


def too_long_texts(path: Path) -> str:
    """The sentence for a workbook whose cells use more text than ``MAX_SHARED_TEXT_BYTES``."""
    return f"Tệp «{path.name}» có đoạn chữ rất dài lặp lại ở quá nhiều ô, nên không mở. Hãy rút gọn hoặc chia tệp."


def damaged(path: Path) -> str:
    """The sentence for a file that is cut short or scrambled."""
    return f"Tệp «{path.name}» bị hỏng hoặc chép chưa hết. Hãy chép lại từ nguồn rồi nạp lại."


class Extents:
    """The rectangles that the sheets of a workbook span, cell by cell; raises TooLarge when they are too much."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._cells = self.rows = self.columns = 0

    def see(self, row: int, column: int) -> None:
        """Take a cell; rows and columns count from 0."""
        if row >= self.rows:
            self.rows = row + 1
        if column >= self.columns:
            self.columns = column + 1

    def next_sheet(self) -> None:
        """The cells that follow stand in another sheet."""
        self._cells += self.rows * self.columns
        if self._cells > MAX_GRID_CELLS:
            raise TooLarge(too_wide(self._path, self.rows, self.columns))
        self.rows = self.columns = 0

    close = next_sheet


def is_sheet(member: zipfile.ZipInfo) -> bool:
    """Whether a member of a workbook holds the cells of a sheet."""
    return member.filename.startswith("xl/worksheets/") and member.filename.endswith(".xml")


def pieces_of(path: Path, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """The bytes of a member, whatever size the directory claims; raises as ``bound_unpacked`` when it is damaged."""
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise NotImplementedError(member.compress_type)
    with path.open("rb") as file:
        file.seek(member.header_offset)
        header = file.read(30)
        if len(header) < 30 or header[:4] != b"PK\x03\x04":
            raise zipfile.BadZipFile(member.filename)
        file.seek(int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little"), 1)
        left = member.compress_size
        inflate = zlib.decompressobj(-15) if member.compress_type == zipfile.ZIP_DEFLATED else None
        while left > 0:
            piece = file.read(min(_PIECE, left))
            if not piece:
                raise EOFError(member.filename)
            left -= len(piece)
            if inflate is None:
                yield piece
                continue
            while piece and not inflate.eof:
                yield inflate.decompress(piece, _PIECE)
                piece = inflate.unconsumed_tail
        if inflate is not None and member.compress_size:
            while not inflate.eof:
                rest = inflate.decompress(inflate.unconsumed_tail, _PIECE)
                if not rest:
                    raise EOFError(member.filename)
                yield rest


class _Extent:
    """The rectangle that the cells of a sheet span, from its XML as it streams by."""

    _COLUMN = re.compile(rb'\sr="([A-Z]{1,3})[0-9]')
    _ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*?\sr="([0-9]{1,9})"')

    def __init__(self) -> None:
        self.rows = self.columns = 0
        self._tail = b""

    def see(self, piece: bytes) -> None:
        """Take the next piece; a mark cut in two by its end is found with the next."""
        text = self._tail + piece
        self._tail = text[-200:]
        for name in set(self._COLUMN.findall(text)):
            number = 0
            for letter in name:
                number = number * 26 + letter - 64
            self.columns = max(self.columns, number)
        self.rows = max(self.rows, max(map(int, self._ROW.findall(text)), default=0))


class _SharedTexts:
    """How much text the cells of a workbook use: an upper bound as it streams by, the exact sum on demand."""

    _END = re.compile(rb"</(?:\w+:)?si>|<(?:\w+:)?si\s*/>")
    _USE = re.compile(rb't="s"[^>]*><(?:\w+:)?v>([0-9]{1,9})<')

    def __init__(self) -> None:
        self._lengths: list[int] = []
        self._open = 0
        self._tail = b""
        self._uses = 0

    def see_texts(self, piece: bytes) -> None:
        """Take the next piece of the table of texts: the length of each, markup included."""
        text = self._tail + piece
        before = 0
        for end in self._END.finditer(text):
            self._lengths.append(self._open + end.start() - before)
            self._open, before = 0, end.end()
        rest = text[before:]
        # The mark of an end may be cut in two: its bytes wait for the next piece.
        self._tail = rest[-40:]
        self._open += len(rest) - len(self._tail)

    def see_sheet(self, piece: bytes) -> None:
        """Take the next piece of a sheet: how many cells use a shared text."""
        self._uses += piece.count(b't="s"')

    @property
    def most(self) -> int:
        """Bytes that cannot be exceeded: every cell using the longest text."""
        return self._uses * max(self._lengths, default=0)

    def used_by(self, path: Path, members: list[zipfile.ZipInfo]) -> int:
        """Bytes of the texts that the cells use, each as often as it is used."""
        lengths = np.array([*self._lengths, 0], dtype="int64")
        used = 0
        for member in filter(is_sheet, members):
            tail = b""
            for piece in pieces_of(path, member):
                text = tail + piece
                cut = text.rfind(b"<c")
                tail = text[cut:] if cut >= 0 and len(text) - cut < 1_000 else b""
                whole = text[: len(text) - len(tail)]
                numbers = np.array([int(number) for number in self._USE.findall(whole)], dtype="int64")
                used += int(lengths[np.minimum(numbers, len(lengths) - 1)].sum())
        return used
