"""``/cases/reminders``: the ward's chair says of reminders that are hard to believe whether they were given.

Until then their venues are on no list to be published; one that is wrong is withdrawn, with its reason.
"""

from http import HTTPStatus
from typing import Any

from flask import Blueprint, Flask, Response, make_response, redirect, render_template, request

from callbacks.cases import wording
from callbacks.server import office
from callbacks.server.language import in_template, language_asked, language_pairs, with_language
from callbacks.server.stated import needs
from data.database.connection import app_connection, desk_connection
from data.desk import reminder_checks
from data.desk.reminder_checks import Doubted
from data.texts.catalogue import day, t

PATH = "/cases/reminders"
LONGEST = 1000

routes = Blueprint("reminder_checks", __name__, url_prefix=PATH, template_folder="templates")


def register(server: Flask) -> None:
    """Serve the routes."""
    server.register_blueprint(routes)


@routes.get("")
@needs("confirm")
def show() -> Response:
    """What waits for the caller."""
    return _page(None)


@routes.post("")
@needs("confirm")
def decide() -> Response:
    """Take what was said of one of them; whoever was slower is told that it does not wait any more."""
    lang = language_asked()
    is_true = request.form.get("verdict") == "true"
    why = request.form.get("why", "").strip()[:LONGEST]
    if not is_true and not why:
        return _page(t("case.refused.no_reason", lang), HTTPStatus.UNPROCESSABLE_ENTITY)
    with app_connection() as conn:
        named = next((each for each in reminder_checks.waiting(conn) if _key(each) == request.form.get("key")), None)
    if named is not None:
        with desk_connection() as conn:
            if reminder_checks.decide(conn, named, is_true=is_true, why=why):
                return make_response(redirect(with_language(PATH, lang), HTTPStatus.SEE_OTHER))
    return _page(t("case.reminders.gone", lang), HTTPStatus.CONFLICT)


def _page(refused: str | None, status: HTTPStatus = HTTPStatus.OK) -> Response:
    lang = language_asked()
    with app_connection() as conn:
        lines = [_line(each, lang) for each in reminder_checks.waiting(conn)]
    frame = {"path": PATH, "bar": office.bar_html("/cases/", PATH, lang), "lang_pairs": language_pairs(lang)}
    page = render_template("reminder_checks.html", **in_template(lang), **frame, lines=lines, refused=refused)
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _line(each: Doubted, lang: str) -> dict[str, Any]:
    return {
        "key": _key(each),
        "name": each.venue_name,
        "where": ", ".join(filter(None, (each.address, each.ward_name))),
        "map": wording.on_map(each.venue_code, lang),
        "what": f"{t(f'reason.{each.reason}', lang)}, {day(each.reminded_on)}",
        "by": each.given_by or "–",
        "checks": [t(f"case.reminders.check.{check}", lang) for check in each.checks],
    }


def _key(each: Doubted) -> str:
    return "|".join((each.venue_code, each.reminded_on.isoformat(), each.reason, each.given_by))
