"""XLS of Excel 97 to 2003 before a parser sees it: what it is, whether it has a password, how far its cells reach.

An XLS is a file system (OLE) with one stream of records (BIFF8, [MS-XLS]; before Excel 97 BIFF5): two bytes kind, two
bytes length, then the data. The parser lays out each sheet as a full rectangle and copies a shared text into every cell
that uses it, so both are counted here.
"""

import struct
from collections.abc import Iterator
from pathlib import Path

import olefile

from data.texts.sentences import Sentence
from etl.errors import TooLarge, UnusableFile
from etl.readers.unpacking import MAX_SHARED_TEXT_BYTES, Extents, damaged, too_long_texts

_BOF, _FILEPASS, _SST, _CONTINUE, _LABELSST, _MULRK, _MULBLANK = 0x809, 0x2F, 0xFC, 0x3C, 0xFD, 0xBD, 0xBE
_CELLS = frozenset((0x06, 0xD6, 0x201, 0x203, 0x204, 0x205, 0x207, 0x27E, _LABELSST, _MULRK, _MULBLANK))
_SHEET = 0x10
_WORD_STREAMS = ("WordDocument", "PowerPoint Document")


def check_old_workbook(path: Path) -> None:
    """Raises UnusableFile for a file that is no workbook, is damaged or has a password; TooLarge beyond the bounds."""
    try:
        with olefile.OleFileIO(str(path)) as container:
            names = {entry[0] for entry in container.listdir()}
            if names & {"EncryptedPackage", "EncryptionInfo"}:
                raise UnusableFile(protected(path))
            stream = next((name for name in ("Workbook", "Book") if name in names), None)
            if stream is None:
                what = "old_word" if names & set(_WORD_STREAMS) else "office"
                raise UnusableFile(Sentence("refused.old_office", name=path.name, what=Sentence(f"refused.is.{what}")))
            content = container.openstream(stream).read()
        _check_records(path, content)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, struct.error) as error:
        raise UnusableFile(damaged(path)) from error


def protected(path: Path) -> Sentence:
    """The sentence for a workbook with a password."""
    return Sentence("refused.password", name=path.name)


def _check_records(path: Path, content: bytes) -> None:
    extents = Extents(path)
    texts: list[bytes] = []
    uses: list[int] = []
    previous = 0
    for kind, data in _records(content):
        if kind == _FILEPASS:
            raise UnusableFile(protected(path))
        if kind == _BOF and len(data) >= 4 and data[2] == _SHEET:
            extents.next_sheet()
        elif kind == _SST or (kind == _CONTINUE and previous == _SST):
            texts.append(data)
        elif kind in _CELLS and len(data) >= 4:
            row, column = struct.unpack_from("<HH", data)
            last = struct.unpack_from("<H", data, len(data) - 2)[0] if kind in (_MULRK, _MULBLANK) else column
            extents.see(row, last)
            if kind == _LABELSST:
                uses.append(struct.unpack_from("<I", data, 6)[0])
        if kind != _CONTINUE:
            previous = kind
    extents.close()
    if uses and texts:
        lengths = list(_lengths(texts))
        longest = max(lengths, default=0)
        if longest * len(uses) > MAX_SHARED_TEXT_BYTES and (
            sum(lengths[use] for use in uses if use < len(lengths)) > MAX_SHARED_TEXT_BYTES
        ):
            raise TooLarge(too_long_texts(path))


def _records(content: bytes) -> Iterator[tuple[int, bytes]]:
    position, end = 0, len(content)
    while position + 4 <= end:
        kind, length = struct.unpack_from("<HH", content, position)
        position += 4
        yield kind, content[position : position + length]
        position += length


def _lengths(pieces: list[bytes]) -> Iterator[int]:
    """Bytes of each shared text, at most. A text may go on in the next piece, which then begins with a byte that says
    anew whether its letters take one byte or two.
    """
    table = _Pieces(pieces)
    total = struct.unpack("<II", table.take(8))[1]
    for _ in range(total):
        if table.is_done:
            return
        letters, flags = struct.unpack("<HB", table.take(3))
        runs = struct.unpack("<H", table.take(2))[0] if flags & 8 else 0
        extra = struct.unpack("<I", table.take(4))[0] if flags & 4 else 0
        table.skip_letters(letters, 2 if flags & 1 else 1)
        table.take(runs * 4 + extra)
        yield letters * 3


class _Pieces:
    """The table of texts over the pieces it is cut into."""

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces, self._at, self._position = pieces, 0, 0

    @property
    def is_done(self) -> bool:
        self._settle()
        return self._at >= len(self._pieces)

    def take(self, count: int) -> bytes:
        taken = b""
        while len(taken) < count and not self.is_done:
            part = self._pieces[self._at][self._position : self._position + count - len(taken)]
            self._position += len(part)
            taken += part
        return taken

    def skip_letters(self, count: int, width: int) -> None:
        while count and self._at < len(self._pieces):
            here = min(count, (len(self._pieces[self._at]) - self._position) // width)
            self._position += here * width
            count -= here
            if count:
                self._at, self._position = self._at + 1, 1
                if self._at < len(self._pieces) and self._pieces[self._at]:
                    width = 2 if self._pieces[self._at][0] & 1 else 1

    def _settle(self) -> None:
        while self._at < len(self._pieces) and self._position >= len(self._pieces[self._at]):
            self._at, self._position = self._at + 1, 0
