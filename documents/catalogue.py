"""Every document that the page and the command line can make, by kind and format."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple, cast

from data.database.connection import Connection
from data.errors import UnknownFilter
from data.queries.poster import location_code
from data.queries.violators import ListFacts, Violator, violators_on
from data.status.days import data_span
from documents.poster import poster
from documents.violators_csv import violators_csv
from documents.violators_docx import violators_docx
from documents.violators_html import violators_html
from documents.violators_pdf import violators_pdf
from documents.violators_xlsx import violators_xlsx


class Made(NamedTuple):
    """A document: its bytes, the name of its file, and ``told``, what the audit says of it."""

    content: bytes
    name: str
    media_type: str
    told: dict[str, Any]


MEDIA_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
    "html": "text/html",
    "svg": "image/svg+xml",
    "geojson": "application/geo+json",
    "gpkg": "application/geopackage+sqlite3",
}

VIOLATORS: dict[str, Callable[[Sequence[Violator], ListFacts], bytes]] = {
    "pdf": violators_pdf,
    "docx": violators_docx,
    "xlsx": violators_xlsx,
    "csv": violators_csv,
    "html": violators_html,
}
FORMATS: dict[str, tuple[str, ...]] = {"violators": tuple(VIOLATORS), "poster": ("pdf", "svg")}


def make(kind: str, fmt: str, conn: Connection, *, day: dt.date | None = None, venue: str | None = None) -> Made:
    """Make one document.

    Parameters
    ----------
    kind, fmt : a kind of :data:`FORMATS` and one of its formats
    conn : connection with rows as dicts; the reading role is enough, and should be the one used
    day : of a list of violators; default: the current day
    venue : code of the venue of a poster

    Raises
    ------
    UnknownFilter
        There is no such kind or format, or the poster's venue is not said.
    FutureDay, BeforeData
        Of a list: nothing can be said of the day.
    UnknownVenue, NotRegistered, NoQrContent, QrContentTooLong
        Of a poster: there is no code to print.
    """
    if fmt not in FORMATS.get(kind, ()):
        raise UnknownFilter("error.document.unknown", kind=kind[:64], fmt=fmt[:16])
    if kind == "poster":
        return _poster(conn, venue, cast(Literal["pdf", "svg"], fmt))
    rows, facts = violators_on(conn, day or data_span(conn).current_day)
    day_told = facts.day.isoformat()
    told = {"day": day_told, "format": fmt, "scope": facts.scope, "rows": facts.total}
    return Made(VIOLATORS[fmt](rows, facts), f"danh-sach-vi-pham-{day_told}.{fmt}", MEDIA_TYPES[fmt], told)


def _poster(conn: Connection, venue: str | None, fmt: Literal["pdf", "svg"]) -> Made:
    if not venue:
        raise UnknownFilter("error.document.venue")
    code = location_code(conn, venue)
    day, name = data_span(conn).current_day, f"ma-qr-{code.venue_code}.{fmt}"
    told = {"file": name, "day": day.isoformat(), "format": fmt}
    return Made(poster(code, day, fmt), name, MEDIA_TYPES[fmt], told)
