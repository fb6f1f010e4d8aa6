"""The venues that a filter lets through as a file: XLSX, CSV, GeoJSON, GeoPackage.

Each says of which day it is, which filters made it, and that it shows demonstration data when it does.
"""

import datetime as dt
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, cast

import geopandas
import pandas as pd
import pyogrio
import shapely

from data.queries.exports import ExportRow
from data.queries.options import Options
from data.spreadsheets import Cell, CellStyle, workbook, write_csv
from data.texts.catalogue import t

# Columns of a sheet with their widths in characters.
COLUMN_WIDTHS = {
    "code": 14,
    "name": 36,
    "address": 44,
    "ward_code": 10,
    "ward": 18,
    "category": 26,
    "status": 20,
    "counted_reminders": 10,
    "last_scan": 13,
    "lon": 11,
    "lat": 11,
}
COLUMNS = tuple(COLUMN_WIDTHS)
ROWS_PER_WRITE = 20_000


@dataclass(frozen=True)
class About:
    """What a file says of itself."""

    day: dt.date
    filters: str
    is_demo: bool
    made_at: dt.datetime
    names: Options
    lang: str

    def lines(self) -> list[str]:
        """The same in sentences, for the head of a sheet."""
        lines = [t("export.day", self.lang, day=self.day), t("export.filters", self.lang, filters=self.filters)]
        return [*lines, t("data.demo", self.lang)] if self.is_demo else lines


def venues_csv(rows: Iterator[ExportRow], about: About, path: Path) -> None:
    """UTF-8 with a BOM, one line a venue; day, filters and marker stand in every line."""
    lang = about.lang
    said: list[Cell] = [about.day, about.filters, t("data.demo", lang) if about.is_demo else ""]
    header = [t(f"table.{column}", lang) for column in COLUMNS]
    header += [t(f"export.column.{column}", lang) for column in ("day", "filters", "remark")]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        write_csv(file, [header])
        write_csv(file, ([*_cells(row, about), *said] for row in rows))


def venues_xlsx(rows: Iterator[ExportRow], about: About, path: Path) -> None:
    """One sheet with a heading that says what it is."""
    with workbook(path, is_streamed=True) as book:
        sheet = book.add_worksheet(t("export.sheet", about.lang))
        title = CellStyle(book, {"bold": True, "font_size": 14})
        head, plain = CellStyle(book, {"bold": True, "bottom": 1}), CellStyle(book, day={"num_format": "dd/mm/yyyy"})
        for index, width in enumerate(COLUMN_WIDTHS.values()):
            sheet.set_column(index, index, width)
        title.write(sheet, 0, [t("table.title", about.lang)])
        lines = about.lines()
        for index, line in enumerate(lines, start=1):
            plain.write(sheet, index, [line])
        first = len(lines) + 2
        head.write(sheet, first, [t(f"table.{column}", about.lang) for column in COLUMNS])
        sheet.freeze_panes(first + 1, 2)
        last = first
        for last, row in enumerate(rows, start=first + 1):
            plain.write(sheet, last, _cells(row, about))
        sheet.autofilter(first, 0, max(last, first), len(COLUMNS) - 1)
        book.set_properties({"title": t("table.title", about.lang), "comments": "\n".join(lines)})


def venues_geojson(rows: Iterator[ExportRow], about: About, path: Path) -> None:
    """A FeatureCollection (RFC 7946); a venue without a point has a null geometry, so that no row is lost."""
    with path.open("w", encoding="utf-8") as file:
        file.write('{"type":"FeatureCollection","metadata":')
        json.dump(_metadata(about), file, ensure_ascii=False)
        file.write(',"features":[')
        for index, row in enumerate(rows):
            point = None if row.lon is None else {"type": "Point", "coordinates": [row.lon, row.lat]}
            feature = {"type": "Feature", "geometry": point, "properties": _properties(row, about)}
            file.write(",\n" if index else "\n")
            json.dump(feature, file, ensure_ascii=False)
        file.write("\n]}\n")


def venues_gpkg(rows: Iterator[ExportRow], about: About, path: Path) -> None:
    """A GeoPackage with the layer ``venues`` (points, EPSG:4326) and a table ``about`` of what it holds."""
    chunk = list(islice(rows, ROWS_PER_WRITE))
    _append_points(chunk, about, path, append=False)  # also without rows: a reader finds the layer and its columns
    while chunk := list(islice(rows, ROWS_PER_WRITE)):
        _append_points(chunk, about, path, append=True)
    facts = pd.DataFrame(list(_metadata(about).items()), columns=["key", "value"]).astype(str)
    pyogrio.write_dataframe(facts, path, layer="about", driver="GPKG", append=False)


def _append_points(rows: list[ExportRow], about: About, path: Path, *, append: bool) -> None:
    points = [None if row.lon is None else shapely.Point(row.lon, cast(float, row.lat)) for row in rows]
    frame = geopandas.GeoDataFrame(
        [_properties(row, about) for row in rows],
        columns=list(_properties(_NOBODY, about)),
        geometry=points,
        crs="EPSG:4326",
    )
    pyogrio.write_dataframe(frame, path, layer="venues", driver="GPKG", geometry_type="Point", append=append)


_NOBODY = ExportRow("", "", "", None, None, "", "violating", 0, None, None, None)


def _cells(row: ExportRow, about: About) -> list[Cell]:
    """The row in the order of COLUMNS, names for codes."""
    category = about.names.category(row.category)
    return [
        row.code,
        row.name,
        row.address,
        row.ward_code or "",
        row.ward or t("ward.none", about.lang),
        category.name(about.lang) if category else row.category,
        t(f"status.{row.status}", about.lang),
        row.counted_reminders,
        row.last_scan,
        None if row.lon is None else round(row.lon, 6),
        None if row.lat is None else round(row.lat, 6),
    ]


def _properties(row: ExportRow, about: About) -> dict[str, Any]:
    """Attributes of a point, under names that a GIS can use."""
    cells = dict(zip(COLUMNS, _cells(row, about), strict=True))
    named = {name: value for name, value in cells.items() if name not in ("lon", "lat")}
    last_scan = row.last_scan.isoformat() if row.last_scan else None
    return named | {"status_code": row.status, "last_scan": last_scan, "as_of": about.day.isoformat()}


def _metadata(about: About) -> dict[str, Any]:
    return {
        "title": t("table.title", about.lang),
        "as_of": about.day.isoformat(),
        "filters": about.filters,
        "demo": about.is_demo,
        "remark": t("data.demo", about.lang) if about.is_demo else "",
        "made_at": about.made_at.isoformat(timespec="seconds"),
        "crs": "EPSG:4326",
    }


VENUES: dict[str, Callable[[Iterator[ExportRow], About, Path], None]] = {
    "xlsx": venues_xlsx,
    "csv": venues_csv,
    "geojson": venues_geojson,
    "gpkg": venues_gpkg,
}
"""What writes rows, and what they say of themselves, to a path, by format."""
