"""What reading a file gives: rows with canonical columns and typed values, and the rows that could not be read.

The canonical columns of each kind stand in ``etl.recognition.columns``; this module fixes their types, which the loader
relies on.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import geopandas as gpd
import pandas as pd

from data.texts.sentences import Sentence
from etl.doubts import Doubt, Found
from etl.recognition.columns import reject_columns, title_of
from etl.values.cell_values import as_text

# Characters of a value that a sentence quotes; the file of rejects has it whole.
LONGEST_VALUE = 80


@dataclass(frozen=True)
class Reject:
    """One row that was not loaded.

    ``sheet`` is "" for files without sheets; ``row`` counts from 1 in the sheet or file, as a spreadsheet shows it;
    ``column`` is the heading as the file writes it; ``cells`` are the row's values as text in the order of
    ``etl.recognition.columns.reject_columns(kind)`` (of a wide table of scans: venue, day and the one value).
    """

    file: str
    sheet: str
    row: int
    column: str
    value: str
    expected: str
    cells: tuple[str, ...] = ()

    @property
    def message(self) -> Sentence:
        """The sentence for the clerk: where the value stands, what it is and what was expected."""
        return Sentence(
            "row.said",
            file=self.file,
            sheet=Sentence("refused.of_sheet", sheet=self.sheet) if self.sheet else "",
            row=str(self.row),
            column=self.column,
            value=self.value if len(self.value) <= LONGEST_VALUE else f"{self.value[:LONGEST_VALUE]}…",
            expected=self.expected,
        )


@dataclass
class SourceTable:
    """A table of one kind, read from a file.

    ``frame`` has the canonical columns of ``kind`` (all of them, absent ones empty) with a ``RangeIndex``:

    - text: ``object`` of ``str`` (NFC, trimmed, never "") or ``None``;
    - days: ``datetime64[s]`` at midnight, ``NaT`` where empty;
    - ``scans`` and ``total``: ``int64``;
    - ``exported_at`` (totals only): ``datetime64[s]``, local time, midnight where ``_exported_has_hour`` (``bool``)
      says that only the day is known, ``NaT`` where the row names none;
    - ``lon``, ``lat``, ``x``, ``y``: ``float64``, NaN where empty, as the source's columns are named and in the
      source's units (nothing is swapped or transformed: in VN-2000 tables X is the northing);
    - measures: ``float64``, NaN where empty;
    - ``_point_unreadable`` (venues only): ``bool``, a point was given that cannot be read;
    - ``_sheet``: ``int16`` index into ``sheets``; ``_row``: ``int32``, 1-based row of the sheet or file.

    ``rows_read == len(frame) + len(rejects)``. ``covered_days`` are inclusive stretches of which a file of scans says
    that it knows them, even without rows. ``remarks`` counts what was mended or ignored, by a key of ``REMARKS``.
    """

    path: Path
    kind: str
    sheets: tuple[str, ...]
    frame: pd.DataFrame
    rejects: list[Reject]
    rows_read: int
    covered_days: tuple[tuple[dt.date, dt.date], ...]
    is_demo: bool
    remarks: dict[str, int]
    file_sha256: str
    exported_at: dt.datetime | None = None
    """Totals only: when the lines above the table say that it was exported (in Asia/Ho_Chi_Minh); the same for all
    tables of the file, else ``None``."""
    exported_has_hour: bool = False
    """Whether ``exported_at`` is a moment; else only its day is known, and it is that day's midnight."""
    headings: dict[str, str] = field(default_factory=dict)
    """Canonical column -> heading as the file writes it."""
    unread: tuple[str, ...] = ()
    """Headings of columns that were not read, for nothing is known of them."""
    encoding: str = "unicode"
    """What the texts were typed in, of ``etl.values.encodings.TITLES``."""
    converted: tuple[tuple[str, str], ...] = ()
    """Examples of texts changed to Unicode or to one way of writing: as the file has them, and as they are read."""
    doubts: tuple[Doubt, ...] = ()
    """What the file leaves open; it was read as seems likeliest, and an encoding has to be said before a load."""
    found: Found | None = None
    """The tables as they stand in the file, for a person to see what was taken for what."""

    REMARKS: ClassVar[tuple[str, ...]] = (
        "total_rows",
        "footer_rows",
        "repeated_headers",
        "group_rows",
        "ignored_sheets",
        "unreadable_points",
        "unknown_apps",
        "year_only_days",
        "not_registered",
        "without_reminder",
        "days_of_list",
        "month_first_columns",
        "other_tables",
        "mended_phones",
    )
    """What ``remarks`` counts; the words are texts (``remark.total_rows``)."""

    def reject(self, position: int, column: str, expected: str) -> Reject:
        """The row at ``position`` of ``frame`` as a reject of the loader's.

        ``column`` is canonical; ``expected`` is the end of the sentence, such as "không có địa điểm mang mã này".
        """
        return self.reject_all([position], column, [expected])[0]

    def reject_all(self, positions: Sequence[int], column: str, expected: Sequence[str]) -> list[Reject]:
        """As :meth:`reject`, for many rows at once: a wrong file may lose all of its rows."""
        rows = self.frame.iloc[list(positions)]
        missing = [None] * len(rows)
        cells = [rows[name].tolist() if name in rows else missing for name in reject_columns(self.kind)]
        heading = self.headings.get(column) or title_of(self.kind, column)
        return [
            Reject(self.path.name, self.sheet_title(sheet), row, heading, as_text(value), sentence, tuple(texts))
            for sheet, row, value, sentence, *texts in zip(
                rows["_sheet"].tolist(),
                rows["_row"].tolist(),
                rows[column].tolist(),
                expected,
                *([as_text(cell) for cell in column_cells] for column_cells in cells),
                strict=True,
            )
        ]

    def sheet_title(self, index: int) -> str:
        """Name of a sheet for a sentence: "" where the file has none."""
        return self.sheets[index] if self.sheets else ""


@dataclass
class MapFile:
    """Features read from a map: ``frame`` is a GeoDataFrame in EPSG:4326, each row with ``_sheet`` (0) and ``_row``
    (1-based feature of the file).
    """

    path: Path
    kind: ClassVar[str]
    sheets: tuple[str, ...]
    frame: gpd.GeoDataFrame
    file_sha256: str
    is_demo: bool = False
    remarks: dict[str, int] = field(default_factory=dict)
    rejects: list[Reject] = field(default_factory=list)
    covered_days: tuple[tuple[dt.date, dt.date], ...] = ()

    @property
    def rows_read(self) -> int:
        """Features in the file."""
        return len(self.frame) + len(self.rejects)

    def reject(self, row: int, column: Sentence, value: str, expected: Sentence) -> Reject:
        """Feature number ``row`` as one that is not loaded; ``expected`` is the end of the sentence."""
        return Reject(self.path.name, "", row, column, value, expected)


class BoundaryFile(MapFile):
    """Ward outlines, polygons as the file gives them (not repaired): ``name``, ``code``, ``vintage`` (``str`` or
    ``None``), ``valid_from`` and ``valid_to`` (``datetime64[s]``).
    """

    kind = "wards"


class StreetFile(MapFile):
    """Streets, lines of one or several parts in two dimensions: ``name`` (``str`` or ``None``), ``oneway`` (1: as
    drawn, -1: against it, 0: both ways) and ``foot_only`` (``bool``).
    """

    kind = "streets"


Source = SourceTable | MapFile
"""What reading a file gives."""
