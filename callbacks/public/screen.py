"""The routes of ``/cong-khai``: what anybody may read, asked as a role that reaches nothing else.

No session and no script is needed. What was rendered is kept until something that is public changes: one small question
a request finds that out, so that who has left is off every format with the next request.
"""

import hashlib
import threading
from collections.abc import Callable
from http import HTTPStatus

from cachetools import LRUCache
from flask import Blueprint, Flask, Response, g, request

from callbacks.server.language import language_asked
from callbacks.server.stated import anyone
from data.database.connection import Connection, public_connection
from data.queries import public
from data.settings import get_settings
from data.texts.catalogue import t
from documents import public_page
from documents.public_page import PER_PAGE, Asked, Links, Shown
from documents.published import signed_file
from etl.publishing import tombstones
from proof import keys, verifier_page

PATH = "/cong-khai"
LINKS = Links(entry=lambda slug: f"{PATH}/{slug}", file=lambda name: f"{PATH}/{name}" if name else PATH)
HTML, JSON = "text/html; charset=utf-8", "application/json; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
MOST_KEPT = 64 * 1024 * 1024
"""Bytes."""
MOST_PAGES = 10_000

routes = Blueprint("public", __name__, url_prefix=PATH)
_kept: LRUCache[tuple[str, ...], bytes] = LRUCache(MOST_KEPT, getsizeof=len)
_keeping = threading.Lock()
_looked_through: dict[str, tuple[str, int]] = {}
"""The state of what is published in which nobody stands who has left."""


def register(server: Flask) -> None:
    """Serve the routes."""
    server.register_blueprint(routes)


@routes.before_request
def _nobody_who_has_left() -> Response | None:
    """A database that was restored from before somebody left serves nothing until they are off again."""
    with public_connection() as conn:
        mark = g.public_mark = public.mark(conn)
        buried = tombstones.buried()
        if not buried or _looked_through.get("mark") == (mark, len(buried)):
            return None
        if not tombstones.risen(conn):
            _looked_through["mark"] = (mark, len(buried))
            return None
    page = Response(t("public.unavailable", language_asked()), HTTPStatus.SERVICE_UNAVAILABLE, content_type=TEXT)
    page.headers["Retry-After"] = "60"
    return page


@routes.after_request
def _not_for_search_engines(response: Response) -> Response:
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response.headers["Cache-Control"] = "no-cache"
    return response


@routes.get("")
@anyone
def show() -> Response:
    """All lists, or what is looked for in them."""
    asked = Asked(
        words=request.args.get("tim", "")[: public.MOST_WORDS].strip(),
        ward=request.args.get("phuong", "")[:20],
        page=_page(request.args.get("trang", "1")),
        lang=language_asked(),
    )
    key = ("html", g.public_mark, asked.words, asked.ward, str(asked.page), asked.lang)

    def made(conn: Connection) -> bytes:
        return public_page.overview_html(_shown(conn, asked), asked, LINKS).encode()

    return _answer(_once(key, made), HTML, key)


@routes.get("/<slug>")
@anyone
def entry(slug: str) -> Response:
    """One entry at the address that it keeps for ever; one that has left is said to have."""
    lang = language_asked()
    key = ("entry", g.public_mark, slug, lang)

    def made(conn: Connection) -> bytes:
        found = public.entry(conn, slug)
        if found is None:
            return b""
        of = next((each for each in public.lists(conn) if each.id == found.list_id), None)
        return public_page.entry_html(found, of, public.state(conn), LINKS, lang).encode()

    if page := _once(key, made):
        return _answer(page, HTML, key)
    with public_connection() as conn:
        state = public.state(conn)
        status = HTTPStatus.GONE if public.was_an_address(conn, slug) else HTTPStatus.NOT_FOUND
    return Response(public_page.gone_html(state, LINKS, lang), status, content_type=HTML)


@routes.get("/danh-sach.json")
@anyone
def as_json() -> Response:
    """All entries as data."""
    return _file("json", JSON, lambda shown: public_page.overview_json(shown, LINKS))


@routes.get("/danh-sach.csv")
@anyone
def as_csv() -> Response:
    """All entries as a table."""
    return _file("csv", "text/csv; charset=utf-8", lambda shown: public_page.overview_csv(shown, LINKS))


@routes.get("/atom.xml")
@anyone
def as_atom() -> Response:
    """All entries as a feed."""
    links = Links(LINKS.entry, LINKS.file, site=(get_settings().public_address or request.host_url).rstrip("/"))
    return _file("atom", "application/atom+xml; charset=utf-8", lambda shown: public_page.overview_atom(shown, links))


@routes.get("/danh-sach/<int:number>.json")
@anyone
def signed(number: int) -> Response:
    """The signed file of a list's last version, with the entries of it that still stand."""
    with public_connection() as conn:
        content = signed_file(conn, number)
    if content is None:
        return Response(status=HTTPStatus.NOT_FOUND)
    return Response(content, content_type=JSON)


@routes.get("/khoa.json")
@anyone
def office_keys() -> Response:
    """The office's keys: public parts, from, to, revoked from."""
    return Response(keys.register_json(keys.load_register(get_settings().publication_keys)), content_type=JSON)


@routes.get("/hien-trang.json")
@anyone
def standing() -> Response:
    """How all lists stand, signed."""
    with public_connection() as conn:
        told = public.standing(conn)
    return Response(told, content_type=JSON) if told else Response(status=HTTPStatus.NOT_FOUND)


@routes.get("/kiem-tra")
@anyone
def verifier() -> Response:
    """The page that verifies a list in the browser, without the network."""
    page = Response(verifier_page.verifier_page(_register()), content_type=HTML)
    scripts = " ".join(verifier_page.script_hashes())
    page.headers["Content-Security-Policy"] = (
        f"default-src 'none'; script-src {scripts}; style-src 'unsafe-inline'; img-src data:; base-uri 'none';"
        " form-action 'none'; frame-ancestors 'none'"
    )
    return page


def _register() -> bytes | None:
    try:
        return keys.register_json(keys.load_register(get_settings().publication_keys))
    except keys.RegisterUnusable:
        return None


def _file(kind: str, media_type: str, made: Callable[[Shown], bytes]) -> Response:
    key = (kind, g.public_mark, request.host_url)
    return _answer(_once(key, lambda conn: made(_shown(conn, None))), media_type, key)


def _once(key: tuple[str, ...], made: Callable[[Connection], bytes]) -> bytes:
    """What is kept under ``key``; else what ``made`` makes of the database now."""
    content = _kept.get(key)
    if content is None:
        with public_connection() as conn:
            content = made(conn)
        with _keeping:
            _kept[key] = content
    return content


def _shown(conn: Connection, asked: Asked | None) -> Shown:
    """``asked`` None: everything."""
    if asked is None:
        found = public.entries(conn)
        return Shown(public.state(conn), public.lists(conn), found, len(found), ())
    ward = asked.ward or None
    first = (asked.page - 1) * PER_PAGE
    rows = public.entries(conn, ward=ward, words=asked.words, most=PER_PAGE, first=first)
    count = public.count(conn, ward=ward, words=asked.words)
    return Shown(public.state(conn), public.lists(conn), rows, count, public.wards(conn))


def _answer(content: bytes, media_type: str, key: tuple[str, ...]) -> Response:
    response = Response(content, content_type=media_type)
    response.set_etag(hashlib.sha256("|".join(key).encode()).hexdigest()[:32])
    response.make_conditional(request)
    return response


def _page(asked: str) -> int:
    return min(max(int(asked), 1), MOST_PAGES) if asked.isdecimal() and len(asked) < 6 else 1
