"""ODS before a parser sees it: how far its cells reach when its repeated rows and cells are written out; and its merged
cells, which the parser does not give.
"""

import zipfile
from pathlib import Path
from xml.parsers import expat

from etl.errors import TooLarge, UnusableFile
from etl.readers.old_workbook import protected
from etl.readers.unpacking import MAX_SHARED_TEXT_BYTES, Extents, damaged, pieces_of, too_long_texts

MIME = b"application/vnd.oasis.opendocument.spreadsheet"
_CONTENT, _MANIFEST = "content.xml", "META-INF/manifest.xml"
_FAR = 1 << 30

Merged = list[tuple[tuple[int, int], tuple[int, int]]]


def check_open_document(path: Path, members: list[zipfile.ZipInfo]) -> None:
    """Raises UnusableFile for a damaged or protected file, TooLarge beyond the bounds."""
    by_name = {member.filename: member for member in members}
    if _MANIFEST in by_name and b"encryption-data" in b"".join(pieces_of(path, by_name[_MANIFEST])):
        raise UnusableFile(protected(path))
    _walk(path, by_name.get(_CONTENT))


def merged_cells(path: Path) -> list[Merged]:
    """The merged rectangles of each sheet, as (row, column) of the first and last cell."""
    with zipfile.ZipFile(path) as archive:
        member = archive.getinfo(_CONTENT)
    return _walk(path, member).merged


def _walk(path: Path, member: zipfile.ZipInfo | None) -> "_Sheets":
    sheets = _Sheets(path)
    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = sheets.start, sheets.end
    parser.CharacterDataHandler = sheets.text
    parser.StartDoctypeDeclHandler = sheets.refuse
    try:
        if member is None:
            raise UnusableFile(damaged(path))
        for piece in pieces_of(path, member):
            parser.Parse(piece)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise UnusableFile(damaged(path)) from error
    return sheets


class _Sheets:
    """The sheets of a content.xml as it streams by."""

    def __init__(self, path: Path) -> None:
        self.merged: list[Merged] = []
        self._path = path
        self._extents = Extents(path)
        self._row = self._column = self._row_times = self._cell_times = 0
        self._in_cell = self._is_filled = False
        self._letters = self._used = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "table:table":
            self.merged.append([])
            self._row = 0
        elif tag == "table:table-row":
            self._column = 0
            self._row_times = _times(attributes, "table:number-rows-repeated")
        elif tag in ("table:table-cell", "table:covered-table-cell"):
            self._cell_times = _times(attributes, "table:number-columns-repeated")
            self._in_cell, self._letters = True, 0
            self._is_filled = "office:value-type" in attributes or "table:formula" in attributes
            down = _times(attributes, "table:number-rows-spanned")
            right = _times(attributes, "table:number-columns-spanned")
            if (down > 1 or right > 1) and self.merged:
                last = (self._row + down - 1, self._column + right - 1)
                self.merged[-1].append(((self._row, self._column), last))

    def end(self, tag: str) -> None:
        if tag == "table:table":
            self._extents.next_sheet()
        elif tag == "table:table-row":
            self._row += self._row_times
        elif tag in ("table:table-cell", "table:covered-table-cell"):
            if self._is_filled or self._letters:
                self._extents.see(self._row + self._row_times - 1, self._column + self._cell_times - 1)
                self._used += self._letters * 3 * self._row_times * self._cell_times
                if self._used > MAX_SHARED_TEXT_BYTES:
                    raise TooLarge(too_long_texts(self._path))
            self._column += self._cell_times
            self._in_cell = False

    def text(self, letters: str) -> None:
        if self._in_cell:
            self._letters += len(letters)

    def refuse(self, *_declaration: object) -> None:
        """A sheet has no document type of its own; one that declares entities would swell without bounds."""
        raise UnusableFile(damaged(self._path))


def _times(attributes: dict[str, str], name: str) -> int:
    written = attributes.get(name, "1")
    return min(max(int(written), 1), _FAR) if written.isdigit() and len(written) < 12 else 1
