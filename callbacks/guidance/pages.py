"""The routes of ``/huong-dan``: guidance for anybody, asked as the role of the public page, without session or script.

They need no publication: what the centre has not changed reads as it was shipped. What was made is kept until a sheet
changes.
"""

import hashlib
import threading
from collections.abc import Callable
from http import HTTPStatus

from cachetools import LRUCache
from flask import Blueprint, Flask, Response, abort, g, request

from callbacks.server.language import language_asked
from callbacks.server.stated import anyone
from data.database.connection import Connection, public_connection
from data.queries import guidance as query
from data.reference.guidance import SHEETS
from documents.guidance import PAPERS, Places, overview_html, public_pdf, sheet_html
from documents.made import MEDIA_TYPES

PATH = "/huong-dan"
PLACES = Places(
    page=lambda sheet, lang: f"{PATH}{'/' if sheet else ''}{sheet}?lang={lang}",
    paper=lambda sheet, paper, lang: f"{PATH}/{sheet}/{paper}.pdf?lang={lang}",
    lists="/cong-khai",
)
HTML = "text/html; charset=utf-8"
_MOST_KEPT = 64

routes = Blueprint("guidance_pages", __name__, url_prefix=PATH)
_kept: LRUCache[tuple[str, ...], bytes] = LRUCache(_MOST_KEPT)
_keeping = threading.Lock()


def register(server: Flask) -> None:
    """Serve the routes."""
    server.register_blueprint(routes)


@routes.before_request
def _as_of() -> None:
    with public_connection() as conn:
        g.guidance_mark = query.mark(conn)


@routes.after_request
def _looked_at_anew(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-cache"
    return response


@routes.get("")
@anyone
def show() -> Response:
    """All sheets."""
    lang = language_asked()

    def made(conn: Connection) -> bytes:
        return overview_html([query.public_sheet(conn, each, lang) for each in SHEETS], PLACES, lang).encode()

    return _answer(("all", lang), HTML, made)


@routes.get("/<sheet>")
@anyone
def page(sheet: str) -> Response:
    """One sheet as a page."""
    lang = language_asked()
    _known(sheet)
    return _answer(
        (sheet, lang), HTML, lambda conn: sheet_html(query.public_sheet(conn, sheet, lang), PLACES, lang).encode()
    )


@routes.get("/<sheet>/<paper>.pdf")
@anyone
def paper(sheet: str, paper: str) -> Response:
    """One sheet to print."""
    lang = language_asked()
    _known(sheet)
    if paper not in PAPERS:
        abort(HTTPStatus.NOT_FOUND)

    def made(conn: Connection) -> bytes:
        return public_pdf(query.public_sheet(conn, sheet, lang), paper)

    response = _answer((sheet, paper, lang), MEDIA_TYPES["pdf"], made)
    response.headers["Content-Disposition"] = f'inline; filename="huong-dan-{sheet}-{paper}-{lang}.pdf"'
    return response


def _known(sheet: str) -> None:
    if sheet not in SHEETS:
        abort(HTTPStatus.NOT_FOUND)


def _answer(what: tuple[str, ...], media_type: str, made: Callable[[Connection], bytes]) -> Response:
    key = (g.guidance_mark, *what)
    with _keeping:  # each is made once, however many ask
        content = _kept.get(key)
        if content is None:
            with public_connection() as conn:
                content = _kept[key] = made(conn)
    response = Response(content, content_type=media_type)
    response.set_etag(hashlib.sha256(content).hexdigest()[:32])
    response.make_conditional(request)
    return response
