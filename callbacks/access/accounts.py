"""/accounts/: the administrator's screen of accounts: invite, change role and places, reset, disable, end sessions."""

import re
from collections.abc import Callable

from flask import Blueprint, Flask, Response, make_response, redirect, render_template, request, url_for

from callbacks.access.sign_in import LONGEST_FIELD, signed
from callbacks.server.caller import caller
from callbacks.server.language import in_template, language_asked, language_pairs
from callbacks.server.office import bar_html
from callbacks.server.stated import needs
from data.access.roles import ROLES
from data.accounts import administering
from data.database.connection import Connection, desk_connection
from data.errors import UserError, http_status
from data.settings import get_settings

routes = Blueprint("accounts", __name__, url_prefix="/accounts", template_folder="templates")
LARGEST = 2**31 - 1
"""Of a number in the database."""
LONGEST_EMAIL = 255


def register(server: Flask) -> None:
    """Serve the screen."""
    server.register_blueprint(routes)


@routes.get("/")
@needs("accounts")
def page() -> Response:
    """All accounts, and the form for a new one."""
    return _page()


@routes.post("/")
@needs("accounts")
def add() -> Response:
    """A new account; the answer shows its one-time password, once."""
    login, name, role = (_text(field)[:LONGEST_FIELD] for field in ("login", "name", "role"))
    try:
        with desk_connection() as conn:
            password = administering.create(conn, login, name, role, _places(), _units(), caller().name)
    except UserError as error:
        return _page(error)
    return _page(handed=(login.strip().lower(), password))


@routes.post("/<int:number>/<what>")
@needs("accounts")
def change(number: int, what: str) -> Response:
    """Change one account; the administrator's own cannot be locked out by mistake."""
    lang = language_asked()
    try:
        if number == caller().account_id and what in ("disable", "change", "reset", "identity"):
            raise administering.UnusableAccount("access.account.own")
        with desk_connection() as conn:
            login = _login_of(conn, number)
            if what == "reset":
                password = administering.reset(conn, number)
            else:
                _CHANGES[what](conn, number)
    except KeyError:
        return _page(administering.UnusableAccount("access.account.unknown", login=what))
    except UserError as error:
        return _page(error, number=number)
    if what == "reset":
        return _page(handed=(login, password))
    return make_response(redirect(url_for("accounts.page", done=login, **language_pairs(lang)), 303))


def _change_places(conn: Connection, number: int) -> None:
    offered = _numbers(request.form.get("offered", "").split(",")) or None
    administering.change(conn, number, request.form.get("role", ""), _places(), _units(), offered=offered)


def _name_identity(conn: Connection, number: int) -> None:
    administering.name_identity(conn, number, _text("email")[:LONGEST_EMAIL])


def _mail_address(conn: Connection, number: int) -> None:
    administering.mail_address(conn, number, _text("mail")[:LONGEST_EMAIL].strip())


_CHANGES: dict[str, Callable[[Connection, int], None]] = {
    "change": _change_places,
    "disable": administering.disable,
    "enable": administering.enable,
    "end": administering.end_sessions,
    "identity": _name_identity,
    "mail": _mail_address,
}


def _login_of(conn: Connection, number: int) -> str:
    found = next((one.login for one in administering.accounts(conn) if one.id == number), None)
    if found is None:
        raise administering.UnusableAccount("access.account.unknown", login=number)
    return found


def _places() -> list[int]:
    return _numbers(request.form.getlist("ward"))


def _numbers(written: list[str]) -> list[int]:
    return [int(one) for one in written if one.isascii() and one.isdigit() and int(one) <= LARGEST]


def _text(field: str) -> str:
    """What was written there, without the sign that PostgreSQL keeps in no text."""
    return request.form.get(field, "").replace("\0", "")


def _units() -> list[str]:
    codes = re.split(r"[\s,;]+", _text("units"))
    return list(dict.fromkeys(code for code in codes if code))


def _page(error: UserError | None = None, handed: tuple[str, str] | None = None, number: int | None = None) -> Response:
    """``number``: the account that could not be changed, shown opened."""
    lang = language_asked()
    with desk_connection() as conn:
        listed, wards = administering.accounts(conn), administering.wards_to_give(conn)
        besides = administering.wards_besides(conn, listed)
    page = render_template(
        "accounts.html",
        **in_template(lang),
        who=signed().caller,
        bar=bar_html("/accounts/", "/accounts/", lang),
        error=error.sentence(lang) if error else None,
        accounts=listed,
        wards=wards,
        besides=besides,
        roles=ROLES,
        handed=handed,
        days=administering.ONE_TIME_DAYS,
        done=request.args.get("done"),
        form=request.form if error and number is None else {},
        opened=number,
        has_oidc=get_settings().has_oidc,
    )
    response = make_response(page, http_status(error) if error else 200)
    response.headers["Cache-Control"] = "no-store"
    return response
