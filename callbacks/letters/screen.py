"""The routes of ``/letters/``: the offices' own layouts of letters, uploaded, looked at, used, taken back."""

import datetime as dt
import tempfile
from http import HTTPStatus
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, abort, make_response, redirect, render_template, request

from callbacks.access import rates
from callbacks.server import office
from callbacks.server.language import in_template, language_asked, language_pairs, with_language
from callbacks.server.numbers import whole
from callbacks.server.stated import needs
from data.audit.notes import note
from data.database.connection import app_connection, desk_connection
from data.desk import templates as desk
from data.errors import NotAllowed, UserError
from data.queries import templates as query
from data.queries.reminder_letter import Reminded
from data.queries.templates import Template
from data.status.days import data_span
from data.texts.catalogue import moment, t
from data.vocabulary import TEMPLATE_KINDS
from documents.catalogue import tried
from documents.made import MEDIA_TYPES
from documents.office_templates import FIELDS, REQUIRED, checked, text_of
from documents.own_layouts import kept, of_venue
from documents.word_packages import MOST_BYTES, UnusableTemplate
from etl.store import files

PATH = "/letters/"
_LONGEST_NAME = 120

routes = Blueprint("letters", __name__, url_prefix="/letters", template_folder="templates")


def register(server: Flask) -> None:
    """Serve the routes."""
    server.register_blueprint(routes)


@routes.get("/")
@needs("templates")
def show() -> Response:
    """The kinds of letters that the caller may lay out, each with its versions."""
    return _page()


@routes.post("/<kind>/upload")
@needs("templates")
def upload(kind: str) -> Response:
    """Check a layout, keep it as the next version, and use it from now on."""
    rates.count("upload")
    lang, sent = language_asked(), request.files.get("file")
    if kind not in TEMPLATE_KINDS:
        abort(HTTPStatus.NOT_FOUND)
    with app_connection() as conn:
        if not query.kinds_of_caller(conn, (kind,)):
            raise NotAllowed
    # one byte more than may be tells that there are more, and none of the rest is read
    content = sent.stream.read(MOST_BYTES + 1) if sent else b""
    try:
        if not content:
            return _page(kind, t("template.none", lang), HTTPStatus.UNPROCESSABLE_ENTITY)
        fields = checked(content)
    except UnusableTemplate as error:
        return _page(kind, error.sentence(lang), HTTPStatus.UNPROCESSABLE_ENTITY)
    name = _name(sent.filename if sent else None)
    with tempfile.TemporaryDirectory(prefix="mau-") as folder:
        path = Path(folder) / "mau.docx"
        path.write_bytes(content)
        sha256 = files.keep(path)
    with desk_connection() as conn:
        desk.added(conn, kind, sha256, name, fields)
    return _back(kind)


@routes.post("/<kind>/use")
@needs("templates")
def use(kind: str) -> Response:
    """Use another version, or (without a number) the product's own layout."""
    if kind not in TEMPLATE_KINDS:
        abort(HTTPStatus.NOT_FOUND)
    with desk_connection() as conn:
        number = request.form.get("number", -1, type=whole) if "number" in request.form else None
        if not desk.used(conn, kind, number):
            abort(HTTPStatus.NOT_FOUND)
    return _back(kind)


@routes.get("/<kind>/<int:number>.docx")
@needs("templates")
def file(kind: str, number: int) -> Response:
    """A version as it was uploaded; with ``?filled=1`` filled in with an example, or with the venue of ``&venue=``."""
    rates.count("document")
    with app_connection() as conn:
        found = next((one for one in query.templates(conn) if (one.kind, one.number) == (kind, number)), None)
        if found is None:
            abort(HTTPStatus.NOT_FOUND)
        content = kept(found.sha256, found.file_name)
        if "filled" in request.args:
            venue = request.args.get("venue", "").strip()
            day = data_span(conn).current_day
            content = tried(conn, kind, content, venue) if venue else of_venue(content, _example(day))
    note("document.template", "document", f"{kind} {number}")
    response = make_response(content)
    response.headers["Content-Type"] = MEDIA_TYPES["docx"]
    response.headers["Content-Disposition"] = f'attachment; filename="mau-{kind}-{number}.docx"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _name(given: str | None) -> str:
    """The name of an uploaded file, without what no name shows and without its folder."""
    last = (given or "").replace("\\", "/").rpartition("/")[2]
    shown = "".join(sign for sign in last if sign.isprintable())
    return f"{Path(shown).stem[:_LONGEST_NAME].strip() or 'mau'}.docx"


def _example(day: dt.date) -> Reminded:
    """A venue that there is not: what a layout looks like must not depend on whose data are at hand."""
    return Reminded(
        "HD000000",
        t("template.example.name"),
        t("template.example.address"),
        t("template.example.ward"),
        "violating",
        False,
        (day,),
        7,
        day,
        True,
    )


def _back(kind: str) -> Response:
    return make_response(redirect(with_language(f"{PATH}#{kind}", language_asked()), HTTPStatus.SEE_OTHER))


def _page(refused_kind: str = "", refused: str = "", status: HTTPStatus = HTTPStatus.OK) -> Response:
    lang = language_asked()
    with app_connection() as conn:
        kinds, found = query.kinds_of_caller(conn, TEMPLATE_KINDS), query.templates(conn)
        chosen = query.choices(conn)
        day = data_span(conn).current_day
    frame = {"path": PATH, "bar": office.bar_html(office.PAPERS, PATH, lang), "lang_pairs": language_pairs(lang)}
    page = render_template(
        "letters.html",
        **in_template(lang),
        **frame,
        refused_kind=refused_kind,
        refused=refused,
        fields=[(name, t(f"template.field.{name}", lang), name in REQUIRED) for name in FIELDS],
        kinds=[
            {
                "kind": kind,
                "title": t(f"template.kind.{kind}", lang),
                "versions": [_version(one, day, lang) for one in found if one.kind == kind],
                "chosen": _chosen(chosen.get(kind), lang),
                "is_own": any(one.kind == kind and one.is_used for one in found),
            }
            for kind in kinds
        ],
    )
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _chosen(by: tuple[str, dt.datetime] | None, lang: str) -> str:
    return t("letters.chosen", lang, by=by[0], at=moment(by[1])) if by else ""


def _version(one: Template, day: dt.date, lang: str) -> dict[str, Any]:
    try:
        lines = text_of(of_venue(kept(one.sha256, one.file_name), _example(day))) if one.is_used else []
        fault = ""
    except UserError as error:
        lines, fault = [], error.sentence(lang)
    return {
        "number": one.number,
        "name": one.file_name,
        "by": one.uploaded_by,
        "at": moment(one.uploaded_at),
        "is_used": one.is_used,
        "fields": ", ".join(one.fields),
        "lines": lines,
        "fault": fault,
    }
