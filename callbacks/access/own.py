"""One's own account: what a session may still lack (a password, an authenticator, its code), and changing them."""

import io
from typing import Any

import segno
from flask import Blueprint, Flask, Response, make_response, redirect, render_template, request, url_for

from callbacks.access import browser
from callbacks.access.sign_in import LONGEST_FIELD, UNPROCESSABLE, signed, within
from callbacks.server.language import in_template, language_asked, language_pairs, with_language
from callbacks.server.office import bar_html
from callbacks.server.stated import begun, signed_in
from data.accounts import authenticator, sessions
from data.audit.notes import note_refused_sign_in
from data.database.connection import desk_connection
from data.errors import NotAllowed, UserError
from data.texts.catalogue import t

routes = Blueprint("own", __name__, url_prefix="/account", template_folder="templates")


def register(server: Flask) -> None:
    """Serve the pages of one's own account."""
    server.register_blueprint(routes)


@routes.get("/")
@signed_in
def account() -> Response:
    """Who is signed in, with which role, wards and units; ways to change what may be changed."""
    return _page("own_account.html", {"signed": signed(), "role_needs_code": signed().role.needs_second_factor})


@routes.get("/start")
@signed_in
def start() -> Response:
    """To where the role's work begins."""
    return _onwards()


@routes.route("/password", methods=["GET", "POST"])
@begun
def password() -> Response:
    """Choose a password of one's own."""
    _require_step("password")
    if request.method == "GET":
        return _page("own_password.html", {})
    old, new, again = (request.form.get(name, "")[:LONGEST_FIELD] for name in ("old", "new", "again"))
    lang = language_asked()
    if new != again:
        return _page("own_password.html", {"error": t("access.password.differ", lang)}, UNPROCESSABLE)
    try:
        sessions.change_password(signed().caller, old, new, browser.token())
    except sessions.WrongSignIn:
        return _page("own_password.html", {"error": t("access.password.wrong", lang)}, UNPROCESSABLE)
    except UserError as error:
        return _page("own_password.html", {"error": error.sentence(lang)}, UNPROCESSABLE)
    return _onwards()


@routes.route("/authenticator", methods=["GET", "POST"], endpoint="authenticator")
@begun
def set_up_authenticator() -> Response:
    """Put the key into an authenticator app, and prove it by a code."""
    _require_step("authenticator")
    with desk_connection() as conn:
        is_fresh = sessions.is_fresh(conn, browser.token())
    if not is_fresh:  # whoever finds an open session must not make it theirs for good
        return make_response(
            redirect(url_for("sign_in.page", again=1, next=_own_path(), **language_pairs(language_asked())), 303)
        )
    return _code_page("own_authenticator.html")


@routes.route("/code", methods=["GET", "POST"])
@begun
def code() -> Response:
    """The authenticator's code at signing in."""
    _require_step("code")
    return _code_page("own_code.html")


def _code_page(template: str) -> Response:
    who, lang = signed().caller, language_asked()
    error, status = None, 200
    if request.method == "POST":
        try:
            return _proved(who.login, request.form.get("code", "")[:LONGEST_FIELD])
        except authenticator.WrongCode as wrong:
            note_refused_sign_in("sign_in.code_refused", who.login)
            error, status = wrong.sentence(lang), UNPROCESSABLE
        except sessions.MustWait as wait:
            error, status = wait.sentence(lang), 429
    values: dict[str, Any] = {"error": error}
    if template == "own_authenticator.html":
        with desk_connection() as conn:
            key = authenticator.key_to_offer(conn)
        values |= {"key": key, "picture": _picture(authenticator.address_of(key, who.login))}
    return _page(template, values, status)


def _proved(login: str, code: str) -> Response:
    """The session has shown its second factor: it goes on under a new token. Raises WrongCode, MustWait."""
    device, counted = browser.device(), f"{login} code"
    mark = browser.mark(device, counted)
    with desk_connection() as conn:
        # counted like passwords: six digits are soon guessed through, and nobody may hold up the known browser
        attempt = sessions.begin_attempt(conn, counted, mark, browser.address())
    with desk_connection() as conn:
        authenticator.prove(conn, code, sessions.token_hash(browser.token()))
        conn.execute("SELECT sign_in_succeeded(%s, %s)", (attempt, mark))
        token = sessions.renew(conn, browser.token())
    response = _onwards()
    browser.give_token(response, token)
    browser.give_device(response, device)
    return response


def _picture(address: str) -> str:
    out = io.BytesIO()
    segno.make(address, error="m").save(out, kind="svg", scale=5, xmldecl=False, svgns=True)
    return out.getvalue().decode()


def _require_step(step: sessions.Step) -> None:
    """A step is for whom it is asked of; later the password may be changed, and a first authenticator set up."""
    now = signed().step
    is_open = {"password": True, "authenticator": not signed().has_authenticator, "code": False}
    if now != step and (now is not None or not is_open[step]):
        raise NotAllowed


def _onwards() -> Response:
    """To the next step, which the gate knows: on the way to where the request asks to go then, else to where the role's
    work begins.
    """
    if asked := request.args.get("next"):
        return make_response(redirect(within(asked), 303))
    return make_response(redirect(with_language(signed().role.start, language_asked()), 303))


def _own_path() -> str:
    return with_language(request.path, language_asked())


def _page(template: str, values: dict[str, Any], status: int = 200) -> Response:
    lang = language_asked()
    page = render_template(
        template,
        **in_template(lang),
        who=signed().caller,
        bar=bar_html(request.path, request.path, lang),
        **({"error": None} | values),
    )
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response
