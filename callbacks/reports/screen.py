"""The routes of ``/reports/``: the board, one report (``/reports/7``), what is written and sent, and notes on days.

What is written is kept as it is typed (``assets/reports/writing.mjs``), and by the button without a script. Who writes
is told of others who do; what two write at once is shown, both, and nothing is written over.
"""

import datetime as dt
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Flask, Response, abort, jsonify, make_response, redirect, render_template, request
from markupsafe import Markup

from callbacks.access import rates
from callbacks.reports.board import board, own_weeks, week_of
from callbacks.reports.tables import differences, tables
from callbacks.server import office
from callbacks.server.caller import may
from callbacks.server.language import in_template, language_asked, language_pairs, with_language
from callbacks.server.numbers import whole
from callbacks.server.stated import needs
from data.audit.notes import note
from data.database.connection import Connection, app_connection, desk_connection
from data.desk import reports as desk
from data.desk.reports import LONGEST_TEXT, SECTIONS, ReportChanged, ReportRefused
from data.queries.annotations import annotations
from data.queries.reports import Report, Version, live_figures, report
from data.status.days import data_span
from data.texts.catalogue import day, moment, t
from documents import reports as papers
from documents.catalogue import FORMATS, make
from documents.report_parts import trend_svg

PATH = "/reports/"
NOTES = "/reports/notes"
VIEWER_POLICY = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
_LONG_AGO, _FAR = dt.date(2020, 1, 1), dt.timedelta(days=400)

routes = Blueprint("reports", __name__, url_prefix="/reports", template_folder="templates")


def register(server: Flask) -> None:
    """Serve the routes."""
    server.register_blueprint(routes)


@routes.get("/")
@needs("report", "aggregate", "approve")
def show() -> Response:
    """A chair's own weeks; for the culture office and the Command who has sent what."""
    lang = language_asked()
    with app_connection() as conn:
        today = data_span(conn).current_day
        return _start_page(conn, today, lang)


@routes.post("/open")
@needs("report")
def open_one() -> Response:
    """The ward's report of the week, made where there is none yet."""
    return _opened(lambda conn: desk.opened(conn, request.form.get("ward", ""), _day(request.form.get("monday", ""))))


@routes.post("/open-district")
@needs("aggregate")
def open_district() -> Response:
    """The district's report of a period."""
    first, last = (_day(request.form.get(name, "")) for name in ("first", "last"))
    return _opened(lambda conn: desk.opened_district(conn, first, last))


@routes.get("/<int:number>")
@needs("report", "aggregate", "approve")
def show_one(number: int) -> Response:
    """The report: what is being written, or a version that was sent (``?version=2``)."""
    with app_connection() as conn:
        conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        return _report_page(conn, number)


@routes.get("/<int:number>.<fmt>")
@needs("report", "aggregate", "approve")
def paper(number: int, fmt: str) -> Response:
    """The paper: of a version (``?version=2``) the file that was frozen, else a draft."""
    rates.count("document")
    with app_connection() as conn:
        found = _found(conn, number)
        version = request.args.get("version", type=whole)
        kind = "weekly_report" if found.kind == "ward" else "district_report"
        if fmt not in FORMATS[kind] or (version is None and not found.is_theirs):
            abort(HTTPStatus.NOT_FOUND)
        made = make(kind, fmt, conn, report=number, version=version)
    note(f"document.{kind}", "document", made.name, after=made.told)
    response = make_response(made.content)
    how = "inline" if fmt == "pdf" and "look" in request.args else "attachment"
    if how == "inline":  # a browser's own viewer is an embedded object with styles of its own
        response.headers["Content-Security-Policy"] = VIEWER_POLICY
    response.headers["Content-Disposition"] = f'{how}; filename="{made.name}"'
    response.headers["Content-Type"] = made.media_type
    response.headers["Cache-Control"] = "no-store"
    return response


@routes.post("/<int:number>/save")
@needs("report", "aggregate")
def save(number: int) -> Response:
    """Keep what was typed; for a script its new serial, or what somebody else has written meanwhile."""
    lang, wants_json = language_asked(), request.accept_mimetypes.best == "application/json"
    texts = {name: _text(name) for name in SECTIONS if name in request.form}
    try:
        with desk_connection() as conn:
            _found(conn, number)
            serial = desk.saved(conn, number, _serial(), texts)
    except ReportRefused as error:
        if wants_json:
            return _refusal(error, lang)
        with app_connection() as conn:
            return _refused(_report_page(conn, number, error, texts))
    if wants_json:
        return jsonify(serial=serial)
    return _to(f"/reports/{number}", lang)


@routes.post("/<int:number>/present")
@needs("report", "aggregate")
def present(number: int) -> Response:
    """Who else has the report open, and how far what is kept of it has come."""
    with desk_connection() as conn:
        found = _found(conn, number)
        others = desk.present(conn, number)
    return jsonify(others=[one.name for one in others], serial=found.serial, state=found.state)


@routes.get("/<int:number>/texts")
@needs("report", "aggregate")
def texts_of(number: int) -> Response:
    """What is kept of a report that the caller writes, and who wrote last."""
    with app_connection() as conn:
        found = _found(conn, number)
    if not found.is_theirs:
        abort(HTTPStatus.NOT_FOUND)
    return jsonify(texts=found.texts, by=found.changed_by, serial=found.serial)


@routes.post("/<int:number>/send")
@needs("report", "aggregate")
def send(number: int) -> Response:
    """Freeze the report as its next version, with its files."""
    lang = language_asked()
    rates.count("document")
    texts = {name: _text(name) for name in SECTIONS if name in request.form}
    try:
        with desk_connection() as conn:
            _found(conn, number)
            _require_confirmed()
            serial = desk.saved(conn, number, _serial(), texts) if texts else _serial()
            papers.send(conn, number, serial)
    except ReportRefused as error:
        with app_connection() as conn:
            return _refused(_report_page(conn, number, error, texts))
    return _to(f"/reports/{number}", lang)


@routes.post("/<int:number>/correct")
@needs("report", "aggregate")
def correct(number: int) -> Response:
    """Open a sent report for its next version."""
    lang = language_asked()
    try:
        with desk_connection() as conn:
            _found(conn, number)
            desk.corrected(conn, number, request.form.get("why", ""))
    except ReportRefused as error:
        with app_connection() as conn:
            return _refused(_report_page(conn, number, error))
    return _to(f"/reports/{number}", lang)


@routes.get("/<int:number>/<step>")
@needs("report", "aggregate")
def show_again(number: int, step: str) -> Response:  # noqa: ARG001 - of the address
    """The report, for whoever comes back to the address at which something was refused."""
    return _to(f"/reports/{number}", language_asked())


@routes.get("/notes")
@needs("aggregate")
def notes() -> Response:
    """Notes on days, and a form for one more."""
    return _notes_page(None)


@routes.post("/notes")
@needs("aggregate")
def change_notes() -> Response:
    """Put a note on days, or take one back."""
    lang = language_asked()
    try:
        with desk_connection() as conn:
            if removed := request.form.get("remove", type=whole):
                desk.annotation_removed(conn, removed)
            else:
                first = _day(request.form.get("first", ""))
                last = _day(request.form.get("last") or request.form.get("first", ""))
                desk.annotated(conn, first, last, request.form.get("words", ""))
    except ReportRefused as error:
        return _refused(_notes_page(error.sentence(lang)))
    return _to(NOTES, lang)


def _opened(make_one: Any) -> Response:
    lang = language_asked()
    try:
        with desk_connection() as conn:
            number = make_one(conn)
    except ReportRefused as error:
        with app_connection() as conn:
            today = data_span(conn).current_day
            return _refused(_start_page(conn, today, lang, refused=error.sentence(lang)))
    return _to(f"/reports/{number}", lang)


def _start_page(conn: Connection, today: dt.date, lang: str, **said: str) -> Response:
    monday = week_of(request.args.get("week", ""), today)
    if may("aggregate") or may("approve"):
        return _page("report_board.html", lang, PATH, **board(conn, monday, today, lang), **said)
    return _page("report_own.html", lang, PATH, **own_weeks(conn, monday, today, lang), **said)


def _report_page(
    conn: Connection, number: int, error: ReportRefused | None = None, typed: dict[str, str] | None = None
) -> Response:
    lang = language_asked()
    found = _found(conn, number)
    asked = request.args.get("version", type=whole)
    shown = next((one for one in found.versions if one.number == asked), None)
    if shown is None and (found.state == "sent" or not found.is_theirs):
        shown = found.versions[-1] if found.versions else None
    if shown is None and not found.is_theirs:
        abort(HTTPStatus.NOT_FOUND)
    figures = shown.figures if shown else live_figures(conn, number)
    said = {
        "number": number,
        "title": _title(found, lang),
        "refused": error.sentence(lang) if error else "",
        "is_changed": isinstance(error, ReportChanged),
        "is_writing": shown is None,
        "found": found,
        "due": t("report.due", lang, at=moment(found.due_at)) if found.due_at else "",
        "opens": t("report.opens", lang, day=found.opens_on) if found.opens_on else "",
        "is_open": found.opens_on is None or found.opens_on <= data_span(conn).current_day,
        "shown": _version(shown, lang) if shown else None,
        "versions": [_version(one, lang) for one in found.versions],
        "differences": _differences(found, shown, figures, lang),
        "tables": tables(figures, lang) if figures else [],
        "chart": Markup(trend_svg(figures)) if figures else "",  # noqa: S704 - made by us, escaped
        "as_of": t("report.as_of", lang, **{k: dt.date.fromisoformat(figures[k]) for k in ("from", "to", "before")})
        if figures
        else t("report.no_ward", lang),
        "annotations": [_annotation(one) for one in figures["annotations"]] if figures else [],
        "gathered": [_gathered(one, lang) for one in figures["reports"]] if figures else [],
        "sections": _sections((shown or found).texts, typed or {}, lang),
        "longest": LONGEST_TEXT,
    }
    return _page("report.html", lang, f"/reports/{number}", **said)


def _sections(kept: dict[str, str], typed: dict[str, str], lang: str) -> list[dict[str, str]]:
    """The written parts as they are kept or were sent, and what was typed and is not kept."""
    return [
        {
            "name": name,
            "title": t(f"report.section.{name}", lang),
            "kept": kept.get(name, ""),
            "typed": typed.get(name, kept.get(name, "")),
        }
        for name in SECTIONS
    ]


def _annotation(one: dict[str, str]) -> tuple[str, str, str]:
    first, last = (day(dt.date.fromisoformat(one[name])) for name in ("first", "last"))
    return first, last, one["text"]


def _differences(
    found: Report, shown: Version | None, figures: dict[str, Any] | None, lang: str
) -> list[tuple[str, str, str]]:
    """Against the version before the one shown, or the last that was sent."""
    before = [one for one in found.versions if shown is None or one.number < shown.number]
    return differences(before[-1].figures, figures, lang) if before and figures else []


def _version(one: Version, lang: str) -> dict[str, Any]:
    return {
        "number": one.number,
        "said": t("report.version", lang, number=one.number, by=one.sent_by, day=one.sent_on),
        "is_late": one.is_late,
        "why": one.why,
        "sha256": one.sha256,
        "formats": sorted(one.papers, reverse=True),
    }


def _gathered(one: dict[str, Any], lang: str) -> dict[str, Any]:
    sent = one["version"] is not None
    return {
        "ward": one["ward"]["name"],
        "week": day(dt.date.fromisoformat(one["week"])),
        "address": f"/reports/{one['report']}" if sent else "",
        "said": t("report.state.sent" if sent else "report.state.none", lang),
        "sent_on": day(dt.date.fromisoformat(one["sent_on"])) if sent else "",
        "is_late": one["is_late"],
        "difficulties": one["difficulties"],
        "proposals": one["proposals"],
    }


def _title(found: Report, lang: str) -> str:
    if found.kind == "ward":
        monday = found.first_day
        return t("report.title.ward", lang, ward=found.ward, week=f"{monday:%V/%G}", first=monday, last=found.last_day)
    return t("report.title.district", lang, first=found.first_day, last=found.last_day)


def _notes_page(refused: str | None) -> Response:
    lang = language_asked()
    with app_connection() as conn:
        today = data_span(conn).current_day
        found = annotations(conn, _LONG_AGO, today + _FAR)
    lines = [
        {"id": one.id, "first": day(one.first), "last": day(one.last), "words": one.words, "by": one.made_by}
        for one in reversed(found)
    ]
    return _page("report_notes.html", lang, NOTES, notes=lines, today=today.isoformat(), refused=refused)


def _page(template: str, lang: str, path: str, **said: Any) -> Response:
    frame = {"path": path, "bar": office.bar_html(PATH, path, lang), "lang_pairs": language_pairs(lang)}
    response = make_response(render_template(template, **in_template(lang), **frame, **said))
    response.headers["Cache-Control"] = "no-store"
    return response


def _refused(page: Response) -> Response:
    page.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
    return page


def _refusal(error: ReportRefused, lang: str) -> Response:
    body: dict[str, Any] = {"error": error.why, "sentence": error.sentence(lang)}
    if isinstance(error, ReportChanged):
        body |= {"by": error.by, "serial": error.serial, "texts": error.texts}
    response: Response = jsonify(**body)
    response.status_code = HTTPStatus.CONFLICT if error.why in ("changed", "sent") else HTTPStatus.UNPROCESSABLE_ENTITY
    return response


def _to(address: str, lang: str) -> Response:
    return make_response(redirect(with_language(address, lang), HTTPStatus.SEE_OTHER))


def _found(conn: Connection, number: int) -> Report:
    found = report(conn, number)
    if found is None:
        abort(HTTPStatus.NOT_FOUND)
    return found


def _text(name: str) -> str:
    """What a browser sends of a text area ends its lines with both signs; longer than may be is refused, not cut."""
    return request.form.get(name, "").replace("\r\n", "\n")


def _require_confirmed() -> None:
    if request.form.get("confirmed") != "1":
        raise ReportRefused("unconfirmed")


def _serial() -> int:
    return request.form.get("serial", default=-1, type=whole)


def _day(written: str) -> dt.date:
    try:
        return dt.date.fromisoformat(written)
    except ValueError:
        raise ReportRefused("period") from None
