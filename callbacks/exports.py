"""The routes of files: what is filtered, and the documents of a day or a venue.

A file is written to a temporary file and sent when it is whole: one that failed half-way is never taken for complete.
Each is in the audit before it is sent: without an entry there is no file.
"""

import datetime as dt
import io
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO
from urllib.parse import urlencode

from dash import html
from dash.development.base_component import Component
from flask import Flask, Response, abort, request, send_file

from callbacks.access import rates
from callbacks.server.caller import may
from callbacks.server.language import with_language
from callbacks.server.numbers import whole
from callbacks.server.stated import needs
from callbacks.view.filters import describe, file_query, read
from data.access.roles import Right
from data.audit.notes import note
from data.database.connection import app_connection, desk_connection
from data.errors import UserError
from data.queries.exports import ExportRow, export_rows
from data.queries.filters import Filters
from data.queries.options import Options, options
from data.queries.scope import scope_on
from data.status.days import data_span
from data.texts.catalogue import t
from documents.catalogue import CASE_PAPERS, FORMATS, make
from documents.made import MEDIA_TYPES
from documents.venues import VENUES, About

CASE_PAPERS_FOR: dict[str, tuple[Right, ...]] = {
    "suspension_request": ("suspend", "confirm"),
    "minutes": ("inspect", "remind"),
    "lifting": ("suspend", "approve"),
    "referral": ("suspend",),
}
"""Who may take a paper of a case: whoever takes the steps that it is for."""
PUBLICATION_PAPERS_FOR: dict[str, tuple[Right, ...]] = {
    "public_list": ("publish", "approve"),
    "public_mends": ("publish", "approve"),
    "delivery": ("publish",),
    "outgoing_register": ("publish", "approve"),
}
"""Who may take a paper of publication that nothing follows from."""


def menu(asked: Filters, count: int, lang: str) -> Component:
    """Links to every file of what is filtered, and to the list of violators of the day, for those who may take them."""
    if not may("export"):
        return html.Div(hidden=True)
    query = file_query(asked, lang)
    day_shown = asked.day
    venues = [
        html.A(t(f"export.{kind}", lang), href=f"/exports/venues.{kind}{query}", download=True, **{"data-format": kind})
        for kind in VENUES
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
                    html.A(t("posters.of_these", lang), href=_of_these("/posters/", asked, lang)),
                    html.A(t("link.of_these", lang), href=_of_these("/sharing/", asked, lang)),
                ],
                className="menu",
            ),
        ],
        className="exports",
    )


def _of_these(path: str, asked: Filters, lang: str) -> str:
    """Where something is done with what is filtered: posters, a link that shows it."""
    query = asked.without("venue", "day").to_query_string(asked.day)
    return with_language(f"{path}?{urlencode({'filter': query} if query else {'all': '1'})}", lang)


def register(server: Flask) -> None:
    """Add the routes under ``/exports``."""
    server.add_url_rule("/exports/venues.<kind>", "export_venues", _venues)
    server.add_url_rule("/exports/violators.<kind>", "export_violators", _violators)
    server.add_url_rule("/exports/poster.<kind>", "export_poster", _poster)
    server.add_url_rule("/exports/reminder.<fmt>", "export_reminder", _reminder)
    server.add_url_rule("/exports/team_sheet.pdf", "export_team_sheet", _team_sheet)
    for kind, rights in CASE_PAPERS_FOR.items():
        server.add_url_rule(f"/exports/{kind}.<fmt>", f"export_{kind}", _case_paper(kind, rights))
    _register_publication(server)


def _register_publication(server: Flask) -> None:
    server.add_url_rule("/exports/notices.pdf", "export_notices", _notices, methods=["POST"])
    for kind, rights in PUBLICATION_PAPERS_FOR.items():
        server.add_url_rule(f"/exports/{kind}.pdf", f"export_{kind}", _publication_paper(kind, rights))


def papers_of(process: str, state: str) -> list[str]:
    """Kinds of the papers of a case as it stands, for those who may take them."""
    return [
        kind
        for kind, (of_process, states) in CASE_PAPERS.items()
        if process == of_process and state in states and any(map(may, CASE_PAPERS_FOR[kind]))
    ]


@needs("export")
def _venues(kind: str) -> Response:
    rates.count("document")
    if kind not in VENUES:
        abort(404)
    with app_connection() as conn, tempfile.TemporaryDirectory() as folder:
        conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        span = data_span(conn)
        names = options(conn, span.current_day)
        view = read(request.query_string.decode(), span.current_day, span.first_day, names)
        if view.problems:
            raise UserError(view.problems[0])
        about = About(
            view.filters.day,
            describe(view.filters, names, view.lang),
            span.is_demo,
            dt.datetime.now(dt.UTC),
            names,
            view.lang,
        )
        path = Path(folder) / f"venues.{kind}"
        rows = _Counted(export_rows(conn, view.filters))
        VENUES[kind](rows, about, path)
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
    return _sent(content, name, MEDIA_TYPES[kind])


@needs("export")
def _violators(kind: str) -> Response:
    rates.count("document")
    if kind not in FORMATS["violators"]:
        abort(404)
    with app_connection() as conn:
        span = data_span(conn)
        day = urlencode({"day": request.args.get("day", "")})
        asked = read(day, span.current_day, span.first_day, Options((), ()))
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


@needs("remind")
def _reminder(fmt: str) -> Response:
    """The letter of reminder to a venue (``?venue=HD000001``)."""
    rates.count("document")
    if fmt not in FORMATS["reminder"]:
        abort(404)
    with app_connection() as conn:
        made = make("reminder", fmt, conn, venue=request.args.get("venue"))
    note("document.reminder", "venue", made.told["venue"], after=made.told)
    return _sent(io.BytesIO(made.content), made.name, made.media_type)


@needs("inspect")
def _team_sheet() -> Response:
    """Of one team of a plan, or of all that go (``?plan=3&team=7``)."""
    rates.count("document")
    plan, team = (request.args.get(name, type=whole) for name in ("plan", "team"))
    with app_connection() as conn:
        made = make("team_sheet", "pdf", conn, plan=plan, team=team)
    note("document.team_sheet", "document", made.name, after=made.told)
    return _sent(io.BytesIO(made.content), made.name, made.media_type)


def _case_paper(kind: str, rights: tuple[Right, ...]) -> Callable[[str], Response]:
    """The route of a paper of a case (``?case=7``)."""

    @needs(*rights)
    def sent(fmt: str) -> Response:
        rates.count("document")
        if fmt not in FORMATS[kind]:
            abort(404)
        number = request.args.get("case", "")
        with app_connection() as conn:
            made = make(kind, fmt, conn, case=int(number) if number.isdecimal() and len(number) < 19 else None)
        note(f"document.{kind}", "venue", made.told["venue"], after=made.told)
        return _sent(io.BytesIO(made.content), made.name, made.media_type)

    return sent


@needs("publish")
def _notices() -> Response:
    """Letters of a list (``list=7``), of one entry (``case=12`` besides); a POST, for their slips are new."""
    rates.count("document")
    with desk_connection() as conn:
        list_id, case = (request.form.get(name, type=whole) for name in ("list", "case"))
        made = make("notices", "pdf", conn, list_id=list_id, case=case, site=_site())
    note("document.notices", "document", made.name, after=made.told)
    return _sent(io.BytesIO(made.content), made.name, made.media_type)


def _publication_paper(kind: str, rights: tuple[Right, ...]) -> Callable[[], Response]:
    """The route of a paper of a list (``?list=7``), of an entry (``?case=12``), of a year (``?year=2021``)."""

    @needs(*rights)
    def sent() -> Response:
        rates.count("document")
        list_id, case, year = (request.args.get(name, type=whole) for name in ("list", "case", "year"))
        with app_connection() as conn:
            made = make(kind, "pdf", conn, list_id=list_id, case=case, year=year, site=_site())
        note(f"document.{kind}", "document", made.name, after=made.told)
        return _sent(io.BytesIO(made.content), made.name, made.media_type)

    return sent


def _site() -> str:
    """The page's address as the caller reaches it."""
    return request.host_url.rstrip("/")


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
