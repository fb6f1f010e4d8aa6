"""Every document that the page and the command line can make, by kind and format."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any, Literal, cast

import psycopg

from data.days import data_span
from data.errors import UnknownFilter
from data.queries.poster import location_code
from data.queries.violators import ListFacts, Violator, violators_on
from documents.poster import poster
from documents.violators_csv import violators_csv
from documents.violators_docx import violators_docx
from documents.violators_html import violators_html
from documents.violators_pdf import violators_pdf
from documents.violators_xlsx import violators_xlsx

Connection = psycopg.Connection[dict[str, Any]]
# Bytes, file name, media type.
Made = tuple[bytes, str, str]

MEDIA_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "svg": "image/svg+xml",
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

    Returns
    -------
    bytes, file name, media type

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
    return VIOLATORS[fmt](rows, facts), f"danh-sach-vi-pham-{facts.day.isoformat()}.{fmt}", MEDIA_TYPES[fmt]


def _poster(conn: Connection, venue: str | None, fmt: Literal["pdf", "svg"]) -> Made:
    if not venue:
        raise UnknownFilter("error.document.venue")
    code = location_code(conn, venue)
    return poster(code, data_span(conn).current_day, fmt), f"ma-qr-{code.venue_code}.{fmt}", MEDIA_TYPES[fmt]
