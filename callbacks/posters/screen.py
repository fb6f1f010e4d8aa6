"""The routes of ``/posters/``: posters of many venues in one file, and the page for a tablet at a door.

What is asked for is counted before it is made, with what cannot be printed. The file is made aside
(``etl/worker/aside.py``); only who asked for it gets it, for a day.
"""

import datetime as dt
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Flask, Response, abort, make_response, redirect, render_template, request, send_file
from markupsafe import Markup

from callbacks.access import rates
from callbacks.server import office
from callbacks.server.language import in_template, language_asked, language_pairs, with_language
from callbacks.server.stated import needs
from callbacks.view.filters import describe
from data.audit.notes import note
from data.database.connection import Connection, app_connection, desk_connection
from data.desk import posters as desk
from data.errors import TextError
from data.queries import poster_orders
from data.queries.filters import Filters
from data.queries.options import Options, options
from data.queries.poster import location_code
from data.queries.posters import Asked, Found, streets_of
from data.status.days import data_span
from data.texts.catalogue import moment, number, t
from documents.made import MEDIA_TYPES
from documents.poster import svg, symbol
from documents.poster_orders import (
    MOST_LABELS,
    NoPosters,
    TooManyPages,
    UnusableLabel,
    as_json,
    asked_of,
    found_of,
    labels_of,
    pages_of,
)
from etl.store import files

PATH = "/posters/"
CHOICES = ("filter", "ward", "street", "codes", "all")
"""What a form names of the choice."""
LISTED, NAMED = 1_000, 3
"""How many venues are named: of those left out, and of an order."""
_LONGEST = 4_000


class TooManyCodes(TextError):
    """More codes of venues were given than are read."""

    def __init__(self) -> None:
        super().__init__("posters.codes.many", most=_LONGEST)


routes = Blueprint("posters", __name__, url_prefix="/posters", template_folder="templates")


def register(server: Flask) -> None:
    """Serve the routes."""
    server.register_blueprint(routes)


@routes.get("/")
@needs("view")
def show() -> Response:
    """What can be chosen, what the choice of the address would print, and the caller's files."""
    return _page()


@routes.post("/order")
@needs("view")
def order() -> Response:
    """Ask for the file of what the form names."""
    rates.count("document")
    lang = language_asked()
    if not any(request.form.get(name) for name in CHOICES):
        return _page(t("posters.unchosen", lang), HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        labels = labels_of(request.form.get("labels", "")[:_LONGEST])
        with desk_connection() as conn:
            asked, query = _asked(conn, request.form)
            total = pages_of(found_of(conn, asked, data_span(conn).current_day), labels)
            made = desk.ask(conn, as_json(asked, query), labels, total)
    except (NoPosters, TooManyPages, UnusableLabel) as error:
        return _page(error.sentence(lang), HTTPStatus.UNPROCESSABLE_ENTITY)
    if made is None:
        return _page(t("posters.many", lang), HTTPStatus.CONFLICT)
    return make_response(redirect(with_language(f"{PATH}#orders", lang), HTTPStatus.SEE_OTHER))


@routes.get("/orders")
@needs("view")
def orders() -> Response:
    """The caller's files as they are now, as a piece of the page."""
    lang = language_asked()
    response = make_response(render_template("poster_orders.html", **in_template(lang), orders=_orders(lang)))
    response.headers["Cache-Control"] = "no-store"
    return response


@routes.post("/<int:number>/cancel")
@needs("view")
def cancel(number: int) -> Response:
    """Give up a file that is being made."""
    with desk_connection() as conn:
        desk.cancel(conn, number)
    return make_response(redirect(with_language(f"{PATH}#orders", language_asked()), HTTPStatus.SEE_OTHER))


@routes.get("/<int:number>.pdf")
@needs("view")
def file(number: int) -> Response:
    """The file, for who asked for it."""
    rates.count("document")
    with app_connection() as conn:
        found = poster_orders.order(conn, number)
    path = (
        files.path_of(found.sha256, poster_orders.FILE_NAME)
        if found and found.sha256 and found.state == "done"
        else None
    )
    if path is None or not path.is_file():
        abort(HTTPStatus.NOT_FOUND)
    note("document.posters", "document", poster_orders.FILE_NAME, after={"order": number})
    response: Response = send_file(
        path, mimetype=MEDIA_TYPES["pdf"], as_attachment=True, download_name=poster_orders.FILE_NAME
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response


@routes.get("/screen/<code>")
@needs("view")
def screen(code: str) -> Response:
    """The code of a venue as large as a tablet at its door can show it."""
    lang = language_asked()
    with app_connection() as conn:
        found = location_code(conn, code)
    drawn = Markup(svg(symbol(found.qr_content, found.name)))  # noqa: S704 - made by us, of numbers alone
    page = render_template("poster_screen.html", **in_template(lang), code=found, drawn=drawn)
    response = make_response(page)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _asked(conn: Connection, said: Any) -> tuple[Asked, str]:
    """The choice of a form or an address: a filter of the map's page, or a ward, a street, codes.

    Raises
    ------
    UnknownFilter, TooManyCodes
    """
    day = data_span(conn).current_day
    query = str(said.get("filter", ""))[:_LONGEST]
    if not query and said.get("ward"):
        query = f"ward={said['ward']}"
    codes = str(said.get("codes", ""))
    if len(codes) > _LONGEST:
        raise TooManyCodes
    street = str(said.get("street", "")).strip()[:200]
    return asked_of(query, day, street, list(dict.fromkeys(codes.replace(",", " ").split()))), query


def _page(refused: str = "", status: HTTPStatus = HTTPStatus.OK) -> Response:
    lang = language_asked()
    said = request.form if request.method == "POST" else request.args
    with app_connection() as conn:
        day = data_span(conn).current_day
        names = options(conn, day)
        asked, query = _asked(conn, said)
        has_asked = bool(query or asked.street or asked.codes or said.get("all"))
        found = found_of(conn, asked, day) if has_asked else None
        streets = streets_of(conn, said.get("ward") or None)
    frame = {"path": PATH, "bar": office.bar_html(office.PAPERS, PATH, lang), "lang_pairs": language_pairs(lang)}
    page = render_template(
        "posters.html",
        **in_template(lang),
        **frame,
        refused=refused,
        wards=[(ward.code, ward.name) for ward in names.wards],
        streets=streets,
        said={name: str(said.get(name, "")) for name in (*CHOICES, "labels")},
        of_filter=t("posters.of_filter", lang, filter=describe(asked.filters, names, lang), day=day)
        if said.get("filter")
        else "",
        found=_found(found, lang) if found else None,
        most_labels=MOST_LABELS,
        orders=_orders(lang),
    )
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _found(found: Found, lang: str) -> dict[str, Any]:
    counts = found.counts()
    return {
        "count": len(found.codes),
        "printable": t("posters.printable", lang, count=len(found.codes)),
        "left_out": [t(f"posters.left_out.{why}", lang, count=count) for why, count in counts.items() if count],
        "listed": [(one.code, one.name, t(f"posters.why.{one.why}", lang)) for one in found.left_out[:LISTED]],
        "more": max(0, len(found.left_out) - LISTED),
        "is_cut": found.is_cut,
    }


def _words(one: poster_orders.Order, names: Options, day: dt.date, lang: str) -> str:
    """Of which venues the file is: "Phường: Mộ Lao; Quang Trung; Cổng 1, Cổng 2"."""
    asked = asked_of(one.asked["query"], day, one.asked["street"], one.asked["codes"])
    codes = " ".join(asked.codes[:NAMED]) + (" …" if len(asked.codes) > NAMED else "")
    is_filtered = asked.filters != Filters(day) or not (asked.street or codes)
    parts = (describe(asked.filters, names, lang) if is_filtered else "", asked.street, codes, ", ".join(one.labels))
    return "; ".join(part for part in parts if part)


def _orders(lang: str) -> list[dict[str, Any]]:
    with app_connection() as conn:
        found, day = poster_orders.orders(conn), data_span(conn).current_day
        names = options(conn, day)
    return [
        {
            "id": one.id,
            "of": _words(one, names, day, lang),
            "state": one.state,
            "is_open": one.state in ("queued", "running"),
            "said": t(f"posters.state.{one.state}", lang, made=one.made, total=one.total),
            "made": one.made,
            "total": one.total,
            "pages": t("posters.pages", lang, count=number(one.total, lang)),
            "error": one.error or "",
            "at": moment(one.asked_at),
        }
        for one in found
    ]
