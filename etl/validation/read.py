"""Reading a file of any of the kinds, in any of the formats and encodings, recognised by its content and never by its
name.
"""

import datetime as dt
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from data.texts.sentences import Sentence
from etl.errors import UnknownKind, UnusableFile
from etl.readers.archive import SeveralTables, unpack
from etl.readers.container import TABLES, Shape, fingerprint, shape_of
from etl.validation.assembly import Answers
from etl.validation.outlines_file import read_boundaries
from etl.validation.read_table import read_table
from etl.validation.table import BoundaryFile, SourceTable
from etl.values.days import LOCAL
from etl.values.encodings import TITLES

__all__ = ["SeveralTables", "members", "read"]


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
) -> SourceTable | BoundaryFile:
    """Read the file at ``path``.

    ``kind`` (one of ``data.models.venues.LOAD_KINDS``) is taken instead of recognising; ``crs`` ("EPSG:3405") is that
    of outlines whose file names none; ``today`` (in Asia/Ho_Chi_Minh, default the real one) bounds the days of events;
    ``encoding`` (one of ``etl.values.encodings.TITLES``) is what the texts were typed in.
    Of tables: ``columns`` maps headings as the file writes them to canonical columns of ``kind`` (``None``: not read)
    and goes before what is recognised; ``as_of`` is the day up to which a list speaks that has no days; ``reason``
    ("no_qr", "not_scanning") that of reminders without one; ``day_order`` ("day_first", "month_first") that of texts
    which can be read both ways. The last three and ``encoding`` answer the doubts of these names.

    Wards give a BoundaryFile, every other kind a SourceTable; an archive of one table is read as that table. Raises
    ``etl.errors.UnusableFile``, whose text is one Vietnamese sentence, when nothing of the file can be used (of an
    archive of several tables SeveralTables); a MemoryError within a parser becomes one too.
    """
    if encoding is not None and encoding not in TITLES:
        raise UnusableFile(Sentence("refused.no_encoding", name=encoding, known=list(TITLES)))
    today = today or dt.datetime.now(LOCAL).date()
    try:
        shape = shape_of(path)
        answers = Answers(columns, as_of, reason, day_order)
        if shape is Shape.ARCHIVE:
            return _read_archive(path, kind, today, answers, encoding)
        if shape in TABLES:
            if kind == "wards":
                raise UnknownKind(Sentence("refused.table_not_wards", name=path.name))
            return read_table(path, shape, kind, today, answers, encoding)
        if kind not in (None, "wards"):
            raise UnknownKind(Sentence("refused.map_not_table", name=path.name, kind=Sentence(f"kind.{kind}")))
        return read_boundaries(path, shape, crs)
    except MemoryError as error:
        raise UnusableFile(Sentence("refused.memory", name=path.name)) from error


def members(path: Path, into: Path) -> list[Path]:
    """The files to read for the one at ``path``: itself, or an archive's tables, unpacked into the folder ``into``.

    Raises UnusableFile for what cannot be opened, as ``read`` does, before anything is unpacked.
    """
    return unpack(path, into) if shape_of(path) is Shape.ARCHIVE else [path]


def _read_archive(path: Path, kind: str | None, today: dt.date, answers: Answers, encoding: str | None) -> SourceTable:
    with tempfile.TemporaryDirectory(prefix="qr-archive-") as folder:
        # Under the archive's name, which is the one that the clerk knows.
        (member,) = unpack(path, Path(folder), path.name)
        shape = shape_of(member)
        if shape not in TABLES:
            raise UnusableFile(Sentence("refused.no_table", name=path.name))
        table = read_table(member, shape, kind, today, answers, encoding)
    return replace(table, path=path, file_sha256=fingerprint(path).sha256)
