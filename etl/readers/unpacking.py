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

from data.texts.sentences import Sentence
from etl.errors import TooLarge

MAX_UNPACKED_BYTES = 1_000_000_000
MAX_RATIO = 400
"""A workbook of repeated rows packs to about 1 in 100; deflate ends at 1 in 1,032, which is where bombs are."""
RATIO_FROM_BYTES = 50_000_000
MAX_GRID_CELLS = 18_000_000
"""Cells of the rectangles that a workbook's sheets span: the parser takes up to 72 bytes for each, filled or not."""
MAX_SHARED_TEXT_BYTES = 600_000_000
"""Text of all cells together; the parser keeps a copy for each cell that uses a shared one."""

SHARED_TEXTS = "xl/sharedstrings.xml"
"""In small letters: parsers find the part in any."""

_PIECE = 1 << 20


def bound_unpacked(path: Path, members: list[zipfile.ZipInfo]) -> None:
    """Unpack every member once, counting: the sizes in a hostile archive's directory are what its author wrote there.

    Raises TooLarge; zlib.error, EOFError, zipfile.BadZipFile or NotImplementedError when the archive is damaged.
    """
    unpacked = 0
    packed = path.stat().st_size
    cells = 0
    texts = _SharedTexts()
    is_workbook = any(member.filename.lower().startswith("xl/") for member in members)
    for member in members:
        extent = _Extent()
        for piece in pieces_of(path, member):
            unpacked += len(piece)
            if unpacked > MAX_UNPACKED_BYTES or (unpacked > RATIO_FROM_BYTES and unpacked > MAX_RATIO * packed):
                raise TooLarge(Sentence("refused.bomb", name=path.name, size=unpacked // 1_000_000))
            if is_workbook:
                # Any part may hold a sheet, whatever its name: the parser goes by what the workbook says of it.
                extent.see(piece)
                texts.see_sheet(piece)
            if member.filename.lower() == SHARED_TEXTS:
                texts.see_texts(piece)
        cells += extent.rows * extent.columns
        if cells > MAX_GRID_CELLS:
            raise TooLarge(too_wide(path, extent.rows, extent.columns))
    if texts.most > MAX_SHARED_TEXT_BYTES and texts.used_by(path, members) > MAX_SHARED_TEXT_BYTES:
        raise TooLarge(too_long_texts(path))


def too_wide(path: Path, rows: int, columns: int) -> Sentence:
    """The sentence for a workbook whose cells span more than ``MAX_GRID_CELLS``."""
    return Sentence("refused.wide", name=path.name, rows=rows, columns=columns, most=MAX_GRID_CELLS)


def too_long_texts(path: Path) -> Sentence:
    """The sentence for a workbook whose cells use more text than ``MAX_SHARED_TEXT_BYTES``."""
    return Sentence("refused.long_texts", name=path.name)


def damaged(path: Path) -> Sentence:
    """The sentence for a file that is cut short or scrambled."""
    return Sentence("refused.damaged", name=path.name)


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
    """The rectangle that the cells of a sheet span, from its XML as it streams by.

    It sees what the parser takes, which is more than Excel writes: either quotes, blanks or none round an attribute,
    small letters, and rows and cells that do not say where they stand. No expression can run over the same text again
    and again: each begins at a letter or mark that its repeated parts cannot contain.
    """

    _PLACE = re.compile(rb"""[\s"']r\s*=\s*["']([A-Za-z]{0,3})0*([0-9]{1,9})["']""")
    _ROW = re.compile(rb"<(?:\w+:)?row(?=[\s/>])")
    _CELL = re.compile(rb"<(?:\w+:)?c(?=[\s/>])")

    def __init__(self) -> None:
        self._tail = b""
        self._last_row = self._last_column = 0
        self._rows_unplaced = self._cells_unplaced = self._in_row = 0

    @property
    def rows(self) -> int:
        """Rows from the first of the sheet to the last that has been seen, at most."""
        return self._last_row + self._rows_unplaced

    @property
    def columns(self) -> int:
        """Columns from the first of the sheet to the last that has been seen, at most."""
        return self._last_column + self._cells_unplaced

    def see(self, piece: bytes) -> None:
        """Take the next piece; a tag cut in two by its end waits for the next."""
        text = self._tail + piece
        cut = text.rfind(b"<")
        if cut < 0 or len(text) - cut > _PIECE:
            cut = len(text)
        text, self._tail = text[:cut], text[cut:]
        places = self._PLACE.findall(text)
        columns = [letters for letters, _ in places if letters]
        self._last_column = max(self._last_column, max(map(_column, set(columns)), default=0))
        self._last_row = max(self._last_row, max(map(int, {row for _, row in places}), default=0))
        self._rows_unplaced += max(0, len(self._ROW.findall(text)) - (len(places) - len(columns)))
        self._see_cells_unplaced(text, len(columns))

    def _see_cells_unplaced(self, text: bytes, placed: int) -> None:
        if len(self._CELL.findall(text)) <= placed:
            self._in_row = 0
            return
        for number, row in enumerate(self._ROW.split(text)):
            self._in_row = len(self._CELL.findall(row)) + (0 if number else self._in_row)
            self._cells_unplaced = max(self._cells_unplaced, self._in_row)


def _column(letters: bytes) -> int:
    """The number of a column, from 1."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


class _SharedTexts:
    """How much text the cells of a workbook use: an upper bound as it streams by, the exact sum on demand."""

    _END = re.compile(rb"</(?:\w+:)?si\s*>|<(?:\w+:)?si\s*/>")
    _USE = re.compile(
        rb"""<(?:\w+:)?c(?=\s)(?>[^<>]*?[\s"']t\s*=\s*["']s["'])[^<>]*+>\s*+"""
        rb"""<(?:\w+:)?v(?:\s[^<>]*+)?>\s*+([0-9]{1,9})\s*<"""
    )

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
        self._uses += piece.count(b'"s"') + piece.count(b"'s'")

    @property
    def most(self) -> int:
        """Bytes that cannot be exceeded: every cell using the longest text."""
        return self._uses * max(self._lengths, default=0)

    def used_by(self, path: Path, members: list[zipfile.ZipInfo]) -> int:
        """Bytes of the texts that the cells use, each as often as it is used."""
        lengths = np.array([*self._lengths, 0], dtype="int64")
        used = 0
        for member in members:
            tail = b""
            for piece in pieces_of(path, member):
                text = tail + piece
                cut = text.rfind(b"<c")
                tail = text[cut:] if cut >= 0 and len(text) - cut < 1_000 else b""
                whole = text[: len(text) - len(tail)]
                numbers = np.array([int(number) for number in self._USE.findall(whole)], dtype="int64")
                used += int(lengths[np.minimum(numbers, len(lengths) - 1)].sum())
        return used
