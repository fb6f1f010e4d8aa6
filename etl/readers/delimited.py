"""CSV as Excel and the QR account write it: comma, semicolon or tab, titles above the header, in UTF-8 with or without
BOM, UTF-16, or a legacy code page of Vietnamese (``etl.readers.wording``).
"""

import codecs
import csv
import io
from collections.abc import Collection, Iterator
from pathlib import Path

import pandas as pd

from data.texts.sentences import Sentence
from etl.errors import TooLarge, UnusableFile
from etl.readers.container import Fingerprint
from etl.readers.raw_sheet import HEAD_ROWS
from etl.readers.wording import Wording, wording_of_bytes, wording_of_cells
from etl.values.encodings import python_codec, utf16_without_mark

ROWS_AT_ONCE = 200_000
CELLS_AT_ONCE = 4_000_000  # each is an object in memory
MAX_ROWS = 20_000_000
MAX_COLUMNS = 800
SPARE_COLUMNS = 6
"""Fields beyond the header's that a row may have (an address with commas and no quotes): it is then rejected alone."""

_SAMPLE_BYTES = 1 << 18
_DELIMITERS = (";", "\t", ",", "|")


class DelimitedSheet:
    """A CSV file as one sheet. ``head`` holds its first rows as lists of text."""

    name = ""

    def __init__(self, path: Path, fingerprint: Fingerprint, encoding: str | None = None) -> None:
        """``encoding`` (of ``etl.values.encodings.TITLES``) is taken instead of looking for it. Raises UnusableFile
        when it is none that is known or a NUL byte stands in the text.
        """
        self.path = path
        self.wording: Wording
        unicode = _unicode(path, fingerprint)
        if unicode is None:
            self.wording = wording_of_bytes(path, _marked_lines(path), encoding)
            self._encoding = python_codec(self.wording.encoding)
            sample = self._sample()
        else:
            self._encoding = unicode
            sample = self._sample()
            marked = [] if sample.isascii() else [line for line in sample.splitlines() if not line.isascii()]
            self.wording = wording_of_cells(path, marked, encoding, otherwise=unicode.removesuffix("-sig"))
        self._delimiter = _delimiter(sample)
        try:
            rows = csv.reader(io.StringIO(sample, newline=""), delimiter=self._delimiter)
            self.head = [row for row, _ in zip(rows, range(HEAD_ROWS), strict=False)]
        except csv.Error as error:
            raise UnusableFile(Sentence("refused.quotes", name=path.name)) from error
        if max(map(len, self.head), default=0) > MAX_COLUMNS:
            raise TooLarge(Sentence("refused.columns", name=path.name, most=MAX_COLUMNS))
        self.head = [self.wording.row(row) for row in self.head]

    def pieces(self, first: int, width: int, spread: Collection[int]) -> Iterator[pd.DataFrame]:
        """Rows from ``first`` (0-based) on: cells as text, columns 0 to ``width`` and the spare ones, index 1-based
        rows. ``spread`` is for workbooks; here no cell is merged.

        Raises UnusableFile for text that is not of the encoding or cannot be split into rows.
        """
        del spread
        fields = len(self.head[first]) if first < len(self.head) else 0
        if fields > width + SPARE_COLUMNS:
            # pandas would take the first columns of such a first row for an index.
            raise UnusableFile(_not_a_table(self.path, Sentence("refused.why.fields", row=str(first + 1))))
        try:
            with pd.read_csv(
                self.path,
                sep=self._delimiter,
                header=None,
                names=list(range(width + SPARE_COLUMNS)),
                skiprows=first,
                encoding=self._encoding,
                dtype=object,
                na_filter=False,
                skip_blank_lines=False,
                chunksize=max(1_000, min(ROWS_AT_ONCE, CELLS_AT_ONCE // (width + SPARE_COLUMNS))),
                engine="c",
                compression=None,  # a name that ends in .gz or .zip says nothing of the content
            ) as reader:
                for piece in reader:
                    if len(piece) and piece.index[-1] >= MAX_ROWS:
                        raise TooLarge(Sentence("refused.rows", name=self.path.name, most=MAX_ROWS))
                    piece.index = piece.index + first + 1
                    yield self.wording.frame(piece)
        except UnicodeDecodeError as error:
            raise UnusableFile(_not_unicode(self.path)) from error
        except pd.errors.EmptyDataError:
            return
        except pd.errors.ParserError as error:
            raise UnusableFile(_not_a_table(self.path, _parser_reason(str(error)))) from error

    def _sample(self) -> str:
        """The first part of the text, ending with a whole line where there is one."""
        with self.path.open("rb") as file:
            data = file.read(_SAMPLE_BYTES)
            whole = not file.read(1)
        try:
            text = codecs.getincrementaldecoder(self._encoding)().decode(data, final=whole)
        except UnicodeDecodeError as error:
            raise UnusableFile(_not_unicode(self.path)) from error
        return text if whole else text[: text.rfind("\n") + 1] or text


def _unicode(path: Path, fingerprint: Fingerprint) -> str | None:
    """The form of Unicode that a text is in; ``None`` when it is in a code page."""
    with path.open("rb") as file:
        start = file.read(4096)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if fingerprint.first_nul >= 0:
        if (guess := utf16_without_mark(start)) is not None:
            return guess
        raise UnusableFile(Sentence("refused.nul", name=path.name, place=str(fingerprint.first_nul + 1)))
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    return "utf-8" if fingerprint.is_utf8 else None


def _marked_lines(path: Path) -> bytes:
    """Lines with letters beyond ASCII, as many as are needed to tell the encoding."""
    found = bytearray()
    with path.open("rb") as file:
        while len(found) < _SAMPLE_BYTES and (lines := file.readlines(_SAMPLE_BYTES)):
            for line in lines:
                if not line.isascii():
                    found += line[:LONGEST_LINE]
    return bytes(found)


# More of a line says no more of its delimiter, and csv gives up at a field of 131,072 characters.
LONGEST_LINE = 100_000


def _delimiter(sample: str) -> str:
    """The character that most lines have equally often; titles above and notes below the table have fewer."""
    lines = [line for line in sample.splitlines()[:HEAD_ROWS] if line.strip()]

    def regularity(delimiter: str) -> tuple[int, int]:
        counts = [len(next(csv.reader([line[:LONGEST_LINE]], delimiter=delimiter), [])) - 1 for line in lines]
        usual = max(set(counts), key=lambda n: (counts.count(n) if n else 0, n), default=0)
        return (counts.count(usual) if usual else 0, usual)

    return max(_DELIMITERS, key=regularity)


def _not_unicode(path: Path) -> Sentence:
    return Sentence("refused.not_unicode", name=path.name)


def _not_a_table(path: Path, reason: Sentence) -> Sentence:
    return Sentence("refused.no_rows_and_columns", name=path.name, why=reason)


def _parser_reason(message: str) -> Sentence:
    if "EOF inside string" in message:
        return Sentence("refused.why.open_quotes")
    if "Expected" in message and "saw" in message:
        line = message.split(" in line ")[-1].split(",")[0]
        return Sentence("refused.why.fields", row=line) if line.isdigit() else Sentence("refused.why.some_fields")
    return Sentence("refused.why.structure")
