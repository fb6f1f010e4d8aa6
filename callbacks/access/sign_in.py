"""Signing in and out: the page, its form, and where the way leads from there."""

from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, g, make_response, redirect, render_template, request, url_for

from callbacks.access import browser, provider
from callbacks.server.language import in_template, language_asked, with_language
from callbacks.server.office import bar_html
from callbacks.server.stated import anyone
from data.access.caller import Caller
from data.accounts import sessions
from data.accounts.sessions import ExpiredPassword, MustWait, WrongSignIn
from data.audit.notes import NOBODY, note_refused_sign_in
from data.database.connection import desk_connection
from data.errors import UserError
from data.settings import get_settings
from data.texts.catalogue import t

routes = Blueprint("sign_in", __name__, template_folder="templates")
LONGEST_FIELD = 200
HOME = "/account/start"
"""Where who wishes for nothing in particular begins: ``callbacks.access.own`` knows where their role's work is."""
OIDC_PROBLEMS = ("away", "refused", "unknown")
UNPROCESSABLE = 422
"""What was sent could be read, and is wrong."""


def register(server: Flask) -> None:
    """Serve /sign-in and /sign-out."""
    server.register_blueprint(routes)


@routes.get("/sign-in")
@anyone
def page() -> Response:
    """The form; whoever is signed in already may sign in as somebody else. Who has left is led on to the provider by
    which they came.
    """
    response = _form(None, 200)
    if _has_left():
        browser.take_id_token(response)
    return response


@routes.post("/sign-in")
@anyone
def sign_in() -> Response:
    """Check the password; on to what is still missing, or to where the person wanted to go."""
    login, password = (request.form.get(name, "")[:LONGEST_FIELD] for name in ("login", "password"))
    device = browser.device()
    try:
        token = sessions.sign_in(login, password, browser.mark(device, login), browser.address())
    except MustWait as error:
        return _form(error, 429)
    except (WrongSignIn, ExpiredPassword) as error:
        _note_refused(login)
        return _form(error, UNPROCESSABLE)
    response = let_in(token, next_address())
    browser.give_device(response, device)
    return response


def let_in(token: str, where: str) -> Response:
    """To ``where`` with a new session; the one that the browser had before ends."""
    if former := browser.token():
        with desk_connection() as conn:
            sessions.end(conn, former)
    response = make_response(redirect(where, 303))
    browser.give_token(response, token)
    return response


@routes.post("/sign-out")
@anyone
def sign_out() -> Response:
    """The session of the token is over, here and in the database; for anyone, for it may have ended by itself."""
    with desk_connection() as conn:
        sessions.end(conn, browser.token())
    address = _address_here("/sign-in")
    response = make_response(redirect(f"{address}{'&' if '?' in address else '?'}left=1", 303))
    browser.take_token(response)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def _note_refused(login: str) -> None:
    """Put a refused attempt into the audit: of a login that there is, and else not what was typed, which may be a
    password in the wrong field.
    """
    with desk_connection() as conn:
        known = conn.execute("SELECT FROM sign_in_facts(%s)", (login.strip().lower(),)).fetchone()
    note_refused_sign_in("sign_in.refused", login.strip().lower() if known is not None else "", nobody())


def nobody() -> Caller:
    """Whoever sent the request, before they have signed in: where from, for the record."""
    return Caller(None, "", "", NOBODY, frozenset(), address=browser.address(), request_id=g.get("request_id", ""))


def _form(error: UserError | None, status: int) -> Response:
    lang = language_asked()
    response = make_response(
        render_template(
            "sign_in.html",
            **in_template(lang),
            bar=bar_html("/sign-in", request.full_path if request.method == "GET" else "/sign-in", lang),
            error=error.sentence(lang) if error else _problem(lang),
            ended=request.args.get("ended") == "1" and error is None,
            left=_has_left(),
            way_out=_way_out(lang),
            again=request.args.get("again") == "1" and error is None,
            oidc_name=get_settings().oidc_name if get_settings().has_oidc else None,
            login=request.form.get("login", "")[:LONGEST_FIELD],
            next=next_address(),
            action=_address_here("/sign-in"),
        ),
        status,
    )
    if isinstance(error, MustWait):
        response.headers["Retry-After"] = str(error.seconds)
    response.headers["Cache-Control"] = "no-store"
    return response


def _has_left() -> bool:
    return request.method == "GET" and request.args.get("left") == "1"


def _way_out(lang: str) -> str | None:
    """Where the provider's own session ends, for whoever came in by it and has just left."""
    id_token = browser.id_token()
    if not _has_left() or id_token is None or not get_settings().has_oidc:
        return None
    return provider.way_out(id_token, url_for("oidc.left", _external=True), lang)


def _problem(lang: str) -> str | None:
    """What went wrong on the way by the provider, as ``callbacks.access.oidc`` says in the address."""
    problem = request.args.get("oidc") if request.method == "GET" else None
    return t(f"access.oidc.{problem}", lang, name=get_settings().oidc_name) if problem in OIDC_PROBLEMS else None


def next_address() -> str:
    """Where the request asks to go then."""
    return within(request.form.get("next") or request.args.get("next") or HOME)


def within(asked: str) -> str:
    """``asked`` when it is an address of ours that says more than the front page does, else :data:`HOME`: never another
    site.
    """
    try:
        parts = urlsplit(asked)
    except ValueError:
        return HOME
    own = not parts.scheme and not parts.netloc and asked.startswith("/") and not asked.startswith(("//", "/\\"))
    if not own or "\\" in asked or not asked.isprintable():
        return HOME
    if parts.path == "/" and parts.query in ("", "lang=en"):
        return f"{HOME}?{parts.query}".rstrip("?")
    return asked


def _address_here(path: str) -> str:
    return with_language(path, language_asked())


def signed() -> sessions.SignedIn:
    """The session of the request, as the gate found it."""
    found: sessions.SignedIn = g.signed_in
    return found
