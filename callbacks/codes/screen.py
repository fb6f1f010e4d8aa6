"""The routes of ``/codes/``: sheets of personal codes, which pass through and are nowhere kept.

What codes hold comes by POST alone, into a PDF that no cache keeps. The audit tells that cards were printed, and how
many; no log, no error and no address tells more. Who reminds or guides on the spot prints them for the people met
there, and who may export prints any other paper: so these may print cards.
"""

import json
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Flask, Response, abort, jsonify, make_response, render_template, request

from callbacks.access import rates
from callbacks.server import office
from callbacks.server.language import in_template, language_asked, language_pairs
from callbacks.server.stated import needs
from data.audit.notes import note
from data.database.connection import app_connection
from data.status.days import data_span
from documents.made import MEDIA_TYPES
from documents.personal_codes import (
    MOST_BYTES,
    MOST_CARDS,
    PersonalCode,
    UnusableCodes,
    lines_of,
    personal_codes,
)

PATH = "/codes/"
NAME = "ma-ca-nhan.pdf"
_IN_ADDRESS = frozenset(("lang",))
_FORM = "application/x-www-form-urlencoded"

routes = Blueprint("codes", __name__, url_prefix="/codes", template_folder="templates")


def register(server: Flask) -> None:
    """Serve the routes."""
    server.register_blueprint(routes)


@routes.get("/")
@needs("remind", "guide", "export")
def show() -> Response:
    """The empty form. What an address would say of codes is refused: addresses are kept by browsers and proxies."""
    if set(request.args) - _IN_ADDRESS:
        abort(HTTPStatus.BAD_REQUEST)
    return _page()


@routes.get("/sheet")
@needs("remind", "guide", "export")
def refuse_address() -> Response:
    """Codes are never in an address."""
    abort(HTTPStatus.METHOD_NOT_ALLOWED)


@routes.post("/sheet")
@needs("remind", "guide", "export")
def sheet() -> Response:
    """The sheets as PDF; to a script that asks for JSON, a sentence where they cannot be made."""
    rates.count("document")
    if set(request.args) - _IN_ADDRESS:
        abort(HTTPStatus.BAD_REQUEST)
    if request.mimetype != _FORM:  # files of a form would be put into a temporary file
        abort(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    lang = language_asked()
    try:
        codes = _codes()
        with app_connection() as conn:
            day = data_span(conn).current_day
        content = personal_codes(codes, day)
    except UnusableCodes as error:
        if request.accept_mimetypes.best == "application/json":
            refused: Response = jsonify(sentence=error.sentence(lang))
            refused.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
            return refused
        return _page(error.sentence(lang), HTTPStatus.UNPROCESSABLE_ENTITY)
    note("document.personal_codes", "document", NAME, after={"cards": sum(max(1, code.copies) for code in codes)})
    response = make_response(content)
    response.headers["Content-Type"] = MEDIA_TYPES["pdf"]
    response.headers["Content-Disposition"] = f'attachment; filename="{NAME}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _codes() -> list[PersonalCode]:
    """What the form holds: a list of the script's, or a code a line."""
    listed = request.form.get("list", "")
    if not listed:
        return lines_of(request.form.get("codes", ""))
    try:
        found = json.loads(listed)
        return [_one(each) for each in found[: MOST_CARDS + 1]]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise UnusableCodes("codes.malformed") from None


def _one(each: dict[str, Any]) -> PersonalCode:
    content, label, copies = each["content"], each.get("label", ""), each.get("copies", 1)
    if not (isinstance(content, str) and isinstance(label, str)):
        raise UnusableCodes("codes.malformed")
    if not isinstance(copies, int) or isinstance(copies, bool) or not 1 <= copies <= MOST_CARDS:
        raise UnusableCodes("codes.malformed")
    return PersonalCode(content, label, copies)


def _page(refused: str = "", status: HTTPStatus = HTTPStatus.OK) -> Response:
    lang = language_asked()
    frame = {"path": PATH, "bar": office.bar_html(office.PAPERS, PATH, lang), "lang_pairs": language_pairs(lang)}
    page = render_template(
        "codes.html", **in_template(lang), **frame, refused=refused, most_bytes=MOST_BYTES, most=MOST_CARDS
    )
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Permissions-Policy"] = "camera=(self), microphone=(), payment=()"
    return response
