"""The routes of ``/sharing/``: who is sent what, what became of it, the one switch, and links that show one view."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Flask, Response, make_response, redirect, render_template, request

from callbacks.server import office
from callbacks.server.caller import caller, may
from callbacks.server.language import in_template, language_asked, language_pairs, with_language
from callbacks.server.numbers import whole
from callbacks.server.stated import needs
from callbacks.view.filters import describe
from data.database.connection import Connection, app_connection, desk_connection
from data.desk import mail as desk
from data.errors import UnknownFilter
from data.queries import mail as query
from data.queries.filters import Filters
from data.queries.options import Options, options
from data.settings import get_settings
from data.status.days import data_span
from data.texts.catalogue import moment, t

PATH = "/sharing/"
DAYS = (1, 7, 14, 30)
REASONS = ("process", "recipient", "address", "older", "made", "away")
_LONGEST = 4000

routes = Blueprint("sharing", __name__, url_prefix="/sharing", template_folder="templates")


def register(server: Flask) -> None:
    """Serve the routes."""
    server.register_blueprint(routes)


@routes.get("/")
@needs("view")
def show() -> Response:
    """The caller's own mail and links; for whoever gathers reports everybody's, and the switch."""
    return _page()


@routes.post("/subscribe")
@needs("view")
def subscribe() -> Response:
    """When an account gets the figures: each day, on a day of the week, or never."""
    account = request.form.get("account", type=whole) or caller().account_id
    weekday = request.form.get("weekday", "")
    try:
        at = dt.time.fromisoformat(request.form.get("at", "07:00"))
        number = int(weekday) if weekday else None
    except ValueError:
        return _page(t("mail.malformed", language_asked()), HTTPStatus.UNPROCESSABLE_ENTITY)
    if account is None or (number is not None and not 0 <= number <= 7):
        return _page(t("mail.malformed", language_asked()), HTTPStatus.UNPROCESSABLE_ENTITY)
    return _done(lambda conn: desk.subscribe(conn, account, "figures", number, at))


@routes.post("/switch")
@needs("aggregate")
def switch() -> Response:
    """Stop all mail, or let it go again."""
    return _done(lambda conn: desk.switch(conn, is_on=request.form.get("is_on") == "1"))


@routes.post("/<int:number>/again")
@needs("aggregate")
def again(number: int) -> Response:
    """Send once more what failed, or may have gone."""
    return _done(lambda conn: desk.again(conn, number))


@routes.post("/links")
@needs("export")
def make_link() -> Response:
    """A link to the view of the form; its address is shown this once."""
    lang = language_asked()
    days = request.form.get("days", 7, type=whole)
    asked = request.form.get("filter", "")[:_LONGEST]
    with desk_connection() as conn:
        day = data_span(conn).current_day
        # read and written anew: what is no filter is not kept
        view = Filters.from_query_string(asked, day).without("venue")
        if view.query or view.area or view.located:
            return _page(t("link.narrow", lang), HTTPStatus.UNPROCESSABLE_ENTITY)
        view = replace(_of_own_wards(view, options(conn, day)), day=day)
        secret = desk.link_made(conn, view.to_query_string(day), days if days in DAYS else 7)
    return _page(made=f"{request.host_url.rstrip('/')}{with_language(f'/xem/{secret}', lang)}")


def _of_own_wards(view: Filters, names: Options) -> Filters:
    """The view with the wards of who shares it named: given others later, they do not share those by an old link."""
    if caller().wards is None or caller().units:
        return view
    own = frozenset(ward.code for ward in names.wards)
    return replace(view, wards=view.wards & own or own)


@routes.post("/links/<int:number>/revoke")
@needs("view")
def revoke(number: int) -> Response:
    """End a link."""
    return _done(lambda conn: desk.link_revoked(conn, number))


def _done(act: Callable[[Connection], Any]) -> Response:
    with desk_connection() as conn:
        act(conn)
    return make_response(redirect(with_language(PATH, language_asked()), HTTPStatus.SEE_OTHER))


def _page(refused: str = "", status: HTTPStatus = HTTPStatus.OK, made: str = "") -> Response:
    lang = language_asked()
    asked = "" if made else request.values.get("filter", "")[:_LONGEST]
    with app_connection() as conn:
        people, sent, links = query.recipients(conn), query.sent(conn), query.links(conn)
        today = data_span(conn).current_day
        names = options(conn, today)
        is_on = query.is_on(conn)
    frame = {"path": PATH, "bar": office.bar_html(office.PAPERS, PATH, lang), "lang_pairs": language_pairs(lang)}
    response = make_response(
        render_template(
            "sharing.html",
            **in_template(lang),
            **frame,
            refused=refused,
            made=made,
            is_on=is_on,
            has_mail=get_settings().has_mail,
            manages=may("aggregate"),
            may_link=may("export"),
            filter=asked,
            view=_in_words(asked, today, names, lang),
            days=DAYS,
            people=[_person(one, lang) for one in people],
            weekdays=[(str(n), t(f"mail.weekday.{n}", lang)) for n in range(8)],
            sent=[_sent(one, lang) for one in sent],
            links=[_link(one, _in_words(one.query, today, names, lang), lang) for one in links],
        ),
        status,
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _person(one: query.Recipient, lang: str) -> dict[str, Any]:
    return {
        "account": one.account,
        "name": one.name,
        "role": t(f"role.{one.role}", lang),
        "address": one.address or "",
        "weekday": "" if one.weekday is None else str(one.weekday),
        "at": f"{one.at:%H:%M}" if one.at else "07:00",
    }


def _sent(one: query.Sent, lang: str) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "subject": one.subject or t(f"mail.kind.{one.kind}", lang),
        "state": one.state,
        "said": t(f"mail.state.{one.state}", lang),
        "error": _why(one, lang),
        "at": moment(one.sent_at or one.made_at),
        "may_again": one.state in ("failed", "unknown") and may("aggregate"),
    }


def _why(one: query.Sent, lang: str) -> str:
    """Why a mail has not gone, in a sentence: for a reason of ours, or in the server's words; and when it is tried."""
    if not one.error:
        return ""
    known = one.error in REASONS
    why = t(f"mail.error.{one.error}", lang) if known else t("mail.error.server", lang, said=one.error)
    again = t("mail.next", lang, at=moment(one.next_at)) if one.state == "queued" else ""
    return f"{why} {again}".strip()


def _in_words(asked: str, today: dt.date, names: Options, lang: str) -> str:
    try:
        return describe(Filters.from_query_string(asked, today), names, lang)
    except UnknownFilter as error:
        return error.sentence(lang)


def _link(one: query.Link, view: str, lang: str) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "view": view,
        "until": moment(one.expires_at),
        "is_open": one.is_open,
        "opened": t("link.opened", lang, count=one.opened, at=moment(one.opened_at)) if one.opened_at else "",
    }
