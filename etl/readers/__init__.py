"""Reading a file of any of the six kinds, recognised by its content and never by its name."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

from etl.assembly import Told
from etl.dates import LOCAL
from etl.errors import UnknownKind, UnusableFile
from etl.readers.boundaries import read_boundaries
from etl.readers.container import Shape, shape_of
from etl.readers.tables import read_table
from etl.table import BoundaryFile, SourceTable

__all__ = ["read"]


def read(
    path: Path,
    kind: str | None = None,
    *,
    crs: str | None = None,
    today: dt.date | None = None,
    columns: Mapping[str, str | None] | None = None,
    as_of: dt.date | None = None,
    reason: str | None = None,
    day_order: str | None = None,
) -> SourceTable | BoundaryFile:
    """Read the file at ``path``.

    ``kind`` (one of ``data.models.LOAD_KINDS``) is taken instead of recognising; ``crs`` ("EPSG:3405") is that of
    outlines whose file names none; ``today`` (in Asia/Ho_Chi_Minh, default the real one) bounds the days of events.
    Of tables: ``columns`` maps headings as the file writes them to canonical columns of ``kind`` (``None``: not read)
    and goes before what is recognised; ``as_of`` is the day up to which a list speaks that has no days; ``reason``
    ("no_qr", "not_scanning") that of reminders without one; ``day_order`` ("day_first", "month_first") that of texts
    which can be read both ways. The last three answer the doubts of these names.

    Wards give a BoundaryFile, every other kind a SourceTable. Raises ``etl.errors.UnusableFile``, whose text is one
    Vietnamese sentence, when nothing of the file can be used; a MemoryError within a parser becomes one too.
    """
    today = today or dt.datetime.now(LOCAL).date()
    try:
        shape = shape_of(path)
        if shape in (Shape.TEXT, Shape.WORKBOOK):
            if kind == "wards":
                raise UnknownKind(
                    f"Tệp «{path.name}» là bảng, không phải ranh giới phường. Ranh giới cần GeoJSON, GeoPackage "
                    "hoặc Shapefile."
                )
            return read_table(path, shape, kind, today, Told(columns, as_of, reason, day_order))
        if kind not in (None, "wards"):
            raise UnknownKind(
                f"Tệp «{path.name}» là tệp bản đồ, chỉ nạp được làm ranh giới phường, không phải «{kind}»."
            )
        return read_boundaries(path, shape, crs)
    except MemoryError as error:
        raise UnusableFile(f"Tệp «{path.name}» quá lớn so với bộ nhớ của máy. Hãy chia nhỏ rồi nạp lại.") from error
