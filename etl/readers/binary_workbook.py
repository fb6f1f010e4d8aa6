"""XLSB before a parser sees it: how far its cells reach, how much text they use; and its merged cells, which the parser
does not give.

The parts of an XLSB are streams of records ([MS-XLSB] 2.1.4): kind and length as numbers of 7 bits a byte.
"""

import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path

from etl.errors import TooLarge
from etl.readers.unpacking import MAX_SHARED_TEXT_BYTES, Extents, pieces_of, too_long_texts

_ROW, _CELL_SHARED, _SHARED_TEXT, _CELL_RICH, _MERGED = 0, 7, 19, 62, 176
_LAST_CELL = 11

Merged = list[tuple[tuple[int, int], tuple[int, int]]]

_SHARED_TEXTS = "xl/sharedstrings.bin"
"""In small letters: parsers find the part in any."""


def is_binary_sheet(member: zipfile.ZipInfo) -> bool:
    """Whether a member holds the cells of a sheet as Excel names its parts."""
    name = member.filename.lower()
    return name.startswith("xl/worksheets/") and name.endswith(".bin")


def check_binary_workbook(path: Path, members: list[zipfile.ZipInfo]) -> None:
    """Raises TooLarge beyond the bounds, and as ``pieces_of`` when a part is damaged."""
    lengths = [
        min(struct.unpack_from("<I", data, 1)[0], len(data))
        for member in members
        if member.filename.lower() == _SHARED_TEXTS
        for kind, data in _records(path, member)
        if kind == _SHARED_TEXT and len(data) >= 5
    ]
    extents, used = Extents(path), 0
    for member in filter(is_binary_sheet, members):
        row = 0
        for kind, data in _records(path, member):
            if kind == _ROW and len(data) >= 4:
                row = struct.unpack_from("<I", data)[0]
            elif (0 < kind <= _LAST_CELL or kind == _CELL_RICH) and len(data) >= 4:
                extents.see(row, struct.unpack_from("<I", data)[0])
                if kind == _CELL_SHARED and len(data) >= 12:
                    at = struct.unpack_from("<I", data, 8)[0]
                    used += lengths[at] * 3 if at < len(lengths) else 0
        extents.next_sheet()
    if used > MAX_SHARED_TEXT_BYTES:
        raise TooLarge(too_long_texts(path))


def merged_cells(path: Path) -> dict[str, Merged]:
    """Sheet part ("xl/worksheets/sheet1.bin") -> its merged rectangles as (row, column) of the first and last cell."""
    with zipfile.ZipFile(path) as archive:
        members = [member for member in archive.infolist() if is_binary_sheet(member)]
    found: dict[str, Merged] = {}
    for member in members:
        found[member.filename] = []
        for kind, data in _records(path, member):
            if kind == _MERGED and len(data) >= 16:
                top, bottom, left, right = struct.unpack_from("<4I", data)
                found[member.filename].append(((top, left), (bottom, right)))
    return found


def _records(path: Path, member: zipfile.ZipInfo) -> Iterator[tuple[int, bytes]]:
    waiting = b""
    for piece in pieces_of(path, member):
        waiting += piece
        position = 0
        while (found := _record(waiting, position)) is not None:
            kind, start, end = found
            yield kind, waiting[start:end]
            position = end
        waiting = waiting[position:]


def _record(data: bytes, position: int) -> tuple[int, int, int] | None:
    """Kind, first and last byte of the record at ``position``; ``None`` when it is not all there."""
    kind, position = _number(data, position, 2)
    length, start = _number(data, position, 4) if position >= 0 else (0, -1)
    return None if start < 0 or start + length > len(data) else (kind, start, start + length)


def _number(data: bytes, position: int, most: int) -> tuple[int, int]:
    number = 0
    for place in range(most):
        if position + place >= len(data):
            return 0, -1
        byte = data[position + place]
        number |= (byte & 0x7F) << (7 * place)
        if byte < 0x80:
            return number, position + place + 1
    return number, position + most
