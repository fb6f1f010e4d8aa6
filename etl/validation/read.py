"""Reading a file of any of the kinds, in any of the formats and encodings, recognised by its content and never by its
name.
"""

import datetime as dt
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from data.texts.sentences import Sentence
from etl.errors import UnknownKind, UnusableFile
from etl.readers.archive import SeveralTables, unpack
from etl.readers.container import TABLES, Shape, fingerprint, shape_of
from etl.readers.delimited import DelimitedSheet
from etl.readers.raw_sheet import RawSheet
from etl.readers.wording import Wording
from etl.readers.workbook import sheets_of
from etl.validation.assembly import Answers, assemble
from etl.validation.map_file import AREAS, LINES, read_features
from etl.validation.outlines_file import boundaries
from etl.validation.streets_file import are_streets, streets
from etl.validation.table import MapFile, SourceTable
from etl.values.days import LOCAL
from etl.values.encodings import TITLES

__all__ = ["SeveralTables", "members", "read"]

_MAPS = {"wards": AREAS, "streets": LINES}
_NO_MAP = {"wards": "refused.table_not_wards", "streets": "refused.table_not_streets"}


def read(
    path: Path,
    kind: str | None = None,
    *,
    crs: str | None = None,
    today: dt.date | None = None,
    encoding: str | None = None,
    columns: Mapping[str, str | None] | None = None,
    as_of: dt.date | None = None,
    reason: str | None = None,
    day_order: str | None = None,
) -> SourceTable | MapFile:
    """Read the file at ``path``.

    ``kind`` (one of ``data.vocabulary.LOAD_KINDS``) is taken instead of recognising; ``crs`` ("EPSG:3405") is that
    of a map whose file names none; ``today`` (in Asia/Ho_Chi_Minh, default the real one) bounds the days of events;
    ``encoding`` (one of ``etl.values.encodings.TITLES``) is what the texts were typed in.
    Of tables: ``columns`` maps headings as the file writes them to canonical columns of ``kind`` (``None``: not read)
    and goes before what is recognised; ``as_of`` is the day up to which a list speaks that has no days; ``reason``
    ("no_qr", "not_scanning") that of reminders without one; ``day_order`` ("day_first", "month_first") that of texts
    which can be read both ways. The last three and ``encoding`` answer the doubts of these names.

    Wards and streets give a MapFile, every other kind a SourceTable; an archive of one table is read as that table.
    Raises ``etl.errors.UnusableFile``, whose text is one Vietnamese sentence, when nothing of the file can be used (of
    an archive of several tables SeveralTables); a MemoryError within a parser becomes one too.
    """
    if encoding is not None and encoding not in TITLES:
        raise UnusableFile(Sentence("refused.no_encoding", name=encoding, known=list(TITLES)))
    today = today or dt.datetime.now(LOCAL).date()
    try:
        shape = shape_of(path)
        answers = Answers(columns, as_of, reason, day_order, encoding)
        if shape is Shape.ARCHIVE:
            return _read_archive(path, kind, today, answers)
        if shape in TABLES:
            if kind in _NO_MAP:
                raise UnknownKind(Sentence(_NO_MAP[kind], name=path.name))
            return _read_table(path, shape, kind, today, answers)
        if kind not in (None, *_MAPS):
            raise UnknownKind(Sentence("refused.map_not_table", name=path.name, kind=Sentence(f"kind.{kind}")))
        return _read_map(path, shape, kind, crs)
    except MemoryError as error:
        raise UnusableFile(Sentence("refused.memory", name=path.name)) from error


def members(path: Path, into: Path) -> list[Path]:
    """The files to read for the one at ``path``: itself, or an archive's tables, unpacked into the folder ``into``.

    Raises UnusableFile for what cannot be opened, as ``read`` does, before anything is unpacked.
    """
    return unpack(path, into) if shape_of(path) is Shape.ARCHIVE else [path]


def _read_map(path: Path, shape: Shape, kind: str | None, crs: str | None) -> MapFile:
    features = read_features(path, shape, _MAPS[kind] if kind else None)
    if kind == "streets" or (kind is None and are_streets(features)):
        return streets(features, crs)
    return boundaries(features, crs)


def _read_archive(path: Path, kind: str | None, today: dt.date, answers: Answers) -> SourceTable:
    with tempfile.TemporaryDirectory(prefix="qr-archive-") as folder:
        # Under the archive's name, which is the one that the clerk knows.
        (member,) = unpack(path, Path(folder), path.name)
        shape = shape_of(member)
        if shape not in TABLES:
            raise UnusableFile(Sentence("refused.no_table", name=path.name))
        table = _read_table(member, shape, kind, today, answers)
    return replace(table, path=path, file_sha256=fingerprint(path).sha256)


def _read_table(path: Path, shape: Shape, kind: str | None, today: dt.date, answers: Answers) -> SourceTable:
    print_of_file = fingerprint(path)
    sheets: Sequence[RawSheet] = (
        [DelimitedSheet(path, print_of_file, answers.encoding)]
        if shape is Shape.TEXT
        else sheets_of(path, shape, answers.encoding)
    )
    wording = sheets[0].wording or Wording("unicode")
    try:
        table = assemble(path, sheets, kind, today, answers, print_of_file.sha256)
    except UnusableFile as error:
        error.doubts = (*wording.doubts, *error.doubts)
        raise
    doubts = (*wording.doubts, *table.doubts)
    return replace(table, encoding=wording.encoding, converted=wording.examples, doubts=doubts)
