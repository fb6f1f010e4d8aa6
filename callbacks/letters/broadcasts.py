"""The routes of ``/broadcasts/``: what each ward's loudspeakers are to say, and the log of when they did."""

import datetime as dt
import io
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Flask, Response, abort, make_response, redirect, render_template, request, send_file

from callbacks.access import rates
from callbacks.server import office
from callbacks.server.language import in_template, language_asked, language_pairs, with_language
from callbacks.server.numbers import whole
from callbacks.server.stated import needs
from data.audit.notes import note
from data.database.connection import app_connection, desk_connection
from data.desk import broadcasts as desk
from data.queries.broadcasts import WardSaid, broadcasts, wards_said
from data.texts.catalogue import day, t
from documents.catalogue import FORMATS, make
from documents.loudspeaker import seconds, sentences

PATH = "/broadcasts/"

routes = Blueprint("broadcasts", __name__, url_prefix="/broadcasts", template_folder="templates")


def register(server: Flask) -> None:
    """Serve the routes."""
    server.register_blueprint(routes)


@routes.get("/")
@needs("report", "guide")
def show() -> Response:
    """The texts of the caller's wards, and the log."""
    return _page()


@routes.post("/")
@needs("report", "guide")
def record() -> Response:
    """Tick that the loudspeakers of a ward spoke."""
    said = request.form
    try:
        when, at = dt.date.fromisoformat(said.get("day", "")), dt.time.fromisoformat(said.get("at", ""))
    except ValueError:
        return _page(t("broadcast.unusable", language_asked()))
    by = "".join(sign for sign in said.get("by", "") if sign.isprintable())
    at = at.replace(second=0, microsecond=0, tzinfo=None)
    with desk_connection() as conn:
        ward, times = said.get("ward", 0, type=whole), said.get("times", 0, type=whole)
        if why := desk.recorded(conn, ward, when, at, times, by):
            return _page(t(f"broadcast.{why}", language_asked()))
    return _back()


@routes.post("/<int:number>/withdraw")
@needs("report", "guide")
def withdraw(number: int) -> Response:
    """Take a tick back, with its reason."""
    with desk_connection() as conn:
        if not desk.withdrawn(conn, number, request.form.get("why", "")):
            return _page(t("broadcast.no_reason", language_asked()))
    return _back()


@routes.get("/<code>.<fmt>")
@needs("report", "guide")
def paper(code: str, fmt: str) -> Response:
    """The text of a ward as a paper."""
    rates.count("document")
    if fmt not in FORMATS["loudspeaker"]:
        abort(HTTPStatus.NOT_FOUND)
    with app_connection() as conn:
        made = make("loudspeaker", fmt, conn, ward=code)
    note("document.loudspeaker", "document", made.name, after=made.told)
    response: Response = send_file(
        io.BytesIO(made.content), mimetype=made.media_type, as_attachment=True, download_name=made.name
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _back() -> Response:
    return make_response(redirect(with_language(f"{PATH}#log", language_asked()), HTTPStatus.SEE_OTHER))


def _page(refused: str = "") -> Response:
    lang, typed = language_asked(), request.form if refused else None
    with app_connection() as conn:
        wards, log = wards_said(conn), broadcasts(conn)
    frame = {"path": PATH, "bar": office.bar_html(office.PAPERS, PATH, lang), "lang_pairs": language_pairs(lang)}
    page = render_template(
        "broadcasts.html",
        **in_template(lang),
        **frame,
        refused=refused,
        today=wards[0].day.isoformat() if wards else "",
        wards=[_ward(one, lang) for one in wards],
        typed=typed or {},
        log=[
            {
                "id": one.id,
                "ward": one.ward,
                "when": t("broadcast.when", lang, day=day(one.day), at=f"{one.at:%H:%M}", times=one.times),
                "by": one.read_by,
                "recorded": t("broadcast.recorded", lang, by=one.recorded_by),
                "withdrawn": one.withdrawn_why or "",
            }
            for one in log
        ],
    )
    response = make_response(page, HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK)
    response.headers["Cache-Control"] = "no-store"
    return response


def _ward(one: WardSaid, lang: str) -> dict[str, Any]:
    said = sentences(one)
    return {
        "id": one.ward_id,
        "code": one.code,
        "name": one.name,
        "sentences": said,
        "length": t("broadcast.length", lang, seconds=seconds(said)),
    }
