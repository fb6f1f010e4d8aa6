"""Files of what is filtered (XLSX, CSV, GeoJSON, GeoPackage), and the documents of a day or a venue.

A file is written to a temporary file and sent when it is whole: one that failed half-way is never taken for complete.
Every file says of which day it is, which filters made it, and that it shows demonstration data when it does. Each is in
the audit before it is sent: without an entry there is no file.
"""

import csv
import datetime as dt
import io
import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any, cast
from urllib.parse import urlencode

import geopandas
import pyogrio
import shapely
import xlsxwriter
from dash import html
from flask import Flask, Response, abort, request, send_file

from callbacks.access import rates
from callbacks.server.caller import may
from callbacks.server.stated import needs
from callbacks.view.filters import describe, file_query, read
from data.audit.notes import note
from data.database.connection import app_connection
from data.errors import UserError
from data.queries.exports import ExportRow, export_rows
from data.queries.filters import Filters
from data.queries.freshness import freshness
from data.queries.options import Options, options
from data.queries.scope import scope_on
from data.texts.catalogue import day, t
from documents import FORMATS, make

Component = Any
VENUE_FORMATS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
    "geojson": "application/geo+json",
    "gpkg": "application/geopackage+sqlite3",
}

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
# A spreadsheet reads a cell that begins so as a formula (OWASP, CSV injection).
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


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


def menu(asked: Filters, count: int, lang: str) -> Component:
    """Links to every file of what is filtered, and to the list of violators of the day, for those who may take them."""
    if not may("export"):
        return html.Div(hidden=True)
    query = file_query(asked, lang)
    day_shown = asked.day
    venues = [
        html.A(t(f"export.{kind}", lang), href=f"/exports/venues.{kind}{query}", download=True, **{"data-format": kind})
        for kind in VENUE_FORMATS
    ]
    violators = [
        html.A(kind.upper(), href=f"/exports/violators.{kind}?day={day_shown:%Y-%m-%d}", download=True)
        for kind in FORMATS["violators"]
    ]
    return html.Details(
        [
            html.Summary(t("export.title", lang), className="button"),
            html.Div(
                [
                    html.H3(t("export.venues", lang, count=count)),
                    *venues,
                    html.H3(t("export.violators", lang, day=day_shown)),
                    html.Div(violators, className="formats"),
                ],
                className="menu",
            ),
        ],
        className="exports",
    )


def register(server: Flask) -> None:
    """Add the routes under ``/exports``."""
    server.add_url_rule("/exports/venues.<kind>", "export_venues", _venues)
    server.add_url_rule("/exports/violators.<kind>", "export_violators", _violators)
    server.add_url_rule("/exports/poster.<kind>", "export_poster", _poster)


@needs("export")
def _venues(kind: str) -> Response:
    rates.count("document")
    if kind not in VENUE_FORMATS:
        abort(404)
    write = _WRITERS[kind]
    with app_connection() as conn, tempfile.TemporaryDirectory() as folder:
        conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        fresh = freshness(conn)
        names = options(conn, fresh.day)
        view = read(request.query_string.decode(), fresh.day, fresh.first_day, names)
        if view.problems:
            raise UserError(view.problems[0])
        about = About(
            view.filters.day,
            describe(view.filters, names, view.lang),
            fresh.is_demo,
            dt.datetime.now(dt.UTC),
            names,
            view.lang,
        )
        path = Path(folder) / f"venues.{kind}"
        rows = _Counted(export_rows(conn, view.filters))
        write(rows, about, path)
        scope = scope_on(conn, view.filters.day)
        # The open file outlives its folder; the system frees it when it has been sent.
        content = path.open("rb")
    name = f"{t('export.file', view.lang)}-{view.filters.day:%Y-%m-%d}.{kind}"
    told = {
        "day": view.filters.day.isoformat(),
        "format": kind,
        "scope": scope,
        "filters": about.filters,
        "rows": rows.count,
    }
    note("export.venues", "export", name, after=told)
    return _sent(content, name, VENUE_FORMATS[kind])


@needs("export")
def _violators(kind: str) -> Response:
    rates.count("document")
    if kind not in FORMATS["violators"]:
        abort(404)
    with app_connection() as conn:
        fresh = freshness(conn)
        asked = read(urlencode({"day": request.args.get("day", "")}), fresh.day, fresh.first_day, Options((), ()))
        if asked.problems:
            raise UserError(asked.problems[0])
        made = make("violators", kind, conn, day=asked.filters.day)
    note("document.violators", "document", made.name, after=made.told)
    return _sent(io.BytesIO(made.content), made.name, made.media_type)


@needs("view")
def _poster(kind: str) -> Response:
    rates.count("document")
    if kind not in FORMATS["poster"]:
        abort(404)
    with app_connection() as conn:
        made = make("poster", kind, conn, venue=request.args.get("venue"))
    note("document.poster", "venue", request.args.get("venue", ""), after=made.told)
    return _sent(io.BytesIO(made.content), made.name, made.media_type)


class _Counted(Iterator[ExportRow]):
    """Rows on their way into a file; ``count`` says how many there were."""

    def __init__(self, rows: Iterator[ExportRow]) -> None:
        self._rows, self.count = rows, 0

    def __next__(self) -> ExportRow:
        row = next(self._rows)
        self.count += 1
        return row


def _sent(content: IO[bytes], name: str, media_type: str) -> Response:
    response = send_file(content, mimetype=media_type, as_attachment=True, download_name=name)
    response.headers["Cache-Control"] = "no-store"
    return response


# --- Writers --------------------------------------------------------------------------------------------------------


def without_formula(text: str) -> str:
    """``text`` that a spreadsheet takes for text: an apostrophe before what would begin a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def write_csv(rows: Iterator[ExportRow], about: About, path: Path) -> None:
    """UTF-8 with a BOM (Excel garbles it without), one line a venue; day, filters and marker stand in every line."""
    lang = about.lang
    said = [day(about.day), about.filters, t("data.demo", lang) if about.is_demo else ""]
    header = [t(f"table.{column}", lang) for column in COLUMNS]
    header += [t("export.column.day", lang), t("export.column.filters", lang), t("export.column.remark", lang)]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(header)
        for row in rows:
            lines.writerow([_csv_cell(value) for value in [*_cells(row, about), *said]])


def write_xlsx(rows: Iterator[ExportRow], about: About, path: Path) -> None:
    """One sheet with a heading that says what it is; cells are written as text, so that none becomes a formula."""
    with xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(t("export.sheet", about.lang))
        title, head = book.add_format({"bold": True, "font_size": 14}), book.add_format({"bold": True, "bottom": 1})
        date_format = book.add_format({"num_format": "dd/mm/yyyy"})
        for index, width in enumerate(COLUMN_WIDTHS.values()):
            sheet.set_column(index, index, width)
        sheet.write_string(0, 0, t("table.title", about.lang), title)
        lines = about.lines()
        for index, line in enumerate(lines, start=1):
            sheet.write_string(index, 0, line)
        first = len(lines) + 2
        for index, column in enumerate(COLUMNS):
            sheet.write_string(first, index, t(f"table.{column}", about.lang), head)
        sheet.freeze_panes(first + 1, 2)
        last = first
        for last, row in enumerate(rows, start=first + 1):
            for index, value in enumerate(_cells(row, about)):
                if isinstance(value, str):
                    sheet.write_string(last, index, value)
                elif isinstance(value, dt.date):
                    sheet.write_datetime(last, index, dt.datetime.combine(value, dt.time()), date_format)
                elif value is not None:
                    sheet.write_number(last, index, value)
        sheet.autofilter(first, 0, max(last, first), len(COLUMNS) - 1)
        book.set_properties({"title": t("table.title", about.lang), "comments": "\n".join(lines)})


def write_geojson(rows: Iterator[ExportRow], about: About, path: Path) -> None:
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


def write_gpkg(rows: Iterator[ExportRow], about: About, path: Path) -> None:
    """A GeoPackage with the layer ``venues`` (points, EPSG:4326) and a table ``about`` of what it holds."""
    is_first = True
    while chunk := list(islice(rows, ROWS_PER_WRITE)) or (is_first and []):
        _append_points(chunk, about, path, append=not is_first)
        is_first = False
    if is_first:
        _append_points([], about, path, append=False)
    facts = geopandas.pd.DataFrame(list(_metadata(about).items()), columns=["key", "value"]).astype(str)
    pyogrio.write_dataframe(facts, path, layer="about", driver="GPKG", append=False)


def _append_points(rows: list[ExportRow], about: About, path: Path, *, append: bool) -> None:
    points = [None if row.lon is None else shapely.Point(row.lon, cast(float, row.lat)) for row in rows]
    columns = list(_properties(rows[0], about)) if rows else list(_properties(_NOBODY, about))
    frame = geopandas.GeoDataFrame(
        [_properties(row, about) for row in rows], columns=columns, geometry=points, crs="EPSG:4326"
    )
    pyogrio.write_dataframe(frame, path, layer="venues", driver="GPKG", geometry_type="Point", append=append)


_NOBODY = ExportRow("", "", "", None, None, "", "violating", 0, None, None, None)
_WRITERS: dict[str, Callable[[Iterator[ExportRow], About, Path], None]] = {
    "xlsx": write_xlsx,
    "csv": write_csv,
    "geojson": write_geojson,
    "gpkg": write_gpkg,
}


def _cells(row: ExportRow, about: About) -> list[Any]:
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


def _csv_cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.date):
        return day(value)
    return without_formula(value) if isinstance(value, str) else str(value)


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
