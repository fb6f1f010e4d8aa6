"""``/inspections/…``: what the screen of plans reads, and each thing that a planner does, with the plan as it is then.

A refusal is JSON with the sentence to be shown; ``"error": "changed"`` says that somebody else was first.
"""

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, abort, request

from callbacks.access import rates
from callbacks.inspections import choosing, reading, told
from callbacks.inspections.known import known
from callbacks.server.errors import note_refusal
from callbacks.server.language import language_asked
from callbacks.server.stated import needs
from callbacks.view.filters import describe
from data.database.connection import Connection, app_connection, desk_connection
from data.desk import plans as desk
from data.desk.plans import NoSuchPlan, PlanChanged
from data.errors import TooManyRequests, UserError, http_status
from data.queries import plans
from data.queries.acting import code_of
from data.queries.filters import Filters
from data.queries.options import Options, options
from data.queries.plans import Plan, PlanLine
from data.queries.search import suggestions
from data.queries.team_members import turnover
from data.queries.teams import days, officers
from data.texts.catalogue import Language, t
from data.texts.sentences import as_json
from data.texts.sentences import told as told_in
from etl.plans import changes, making, visits
from etl.plans.hours import timetables

MOST_BYTES = 64 * 1024
MOST_FOUND = 8

routes = Blueprint("inspections", __name__, url_prefix="/inspections")
Sent = dict[str, Any]
Step = Callable[[Connection, int, int, Sent], object]
_STATUS: dict[type[UserError], int] = {PlanChanged: HTTPStatus.CONFLICT, NoSuchPlan: HTTPStatus.NOT_FOUND}
"""Of refusals that other routes do not know."""


@routes.errorhandler(UserError)
def _refused(error: UserError) -> Response:
    note_refusal(error)
    kind = "changed" if isinstance(error, PlanChanged) else "refused"
    status = _STATUS.get(type(error)) or http_status(error)
    answer = _answer({"error": kind, "sentence": error.sentence(language_asked())}, status)
    if isinstance(error, TooManyRequests):
        answer.headers["Retry-After"] = str(error.seconds)
    return answer


@routes.get("/known.json")
@needs("inspect")
def what_is_known() -> Response:
    """What forms and map need: days, wards, officers, lists, colours, the map's style."""
    with app_connection() as conn:
        return _answer(known(conn, language_asked()))


@routes.get("/plans.json")
@needs("inspect")
def listed() -> Response:
    """The newest plans."""
    lang = language_asked()
    with app_connection() as conn:
        rows, offered = plans.plans(conn), options(conn, days(conn).today)
    return _answer({"plans": [told.line(row, _area(row, offered, lang), lang) for row in rows]})


@routes.get("/plans/<int:number>.json")
@needs("inspect")
def one(number: int) -> Response:
    """A plan with its teams and stops."""
    with app_connection() as conn:
        return _answer({"plan": _told(conn, number, language_asked())})


@routes.get("/searches/<int:job>.json")
@needs("inspect")
def progress(job: int) -> Response:
    """How far the search of that number is."""
    with app_connection() as conn:
        now = plans.progress(conn, job)
    if now is None:
        raise NoSuchPlan
    return _answer(told.progress(now, language_asked()))


@routes.get("/plans/<int:number>/members.json")
@needs("inspect")
def other_members(number: int) -> Response:
    """What it would come to if the ``team`` had the ``members`` (accounts, by commas), before they are changed."""
    team, members = _read(lambda: reading.members_asked(request.args))
    with app_connection() as conn:
        found = turnover(conn, number, team, members)
    if found is None:
        raise NoSuchPlan
    return _answer({"lines": told.turnover(found, language_asked())})


@routes.get("/count.json")
@needs("inspect")
def counted() -> Response:
    """How many venues there are to choose from, by ward (``kind``; filters as in addresses)."""
    lang = language_asked()
    with app_connection() as conn:
        today = days(conn).today
        filters = Filters.from_query_string(request.query_string.decode(), today)
        found = choosing.by_ward(conn, filters, request.args.get("kind", ""))
    count = sum(found.values())
    return _answer({"count": count, "wards": found, "said": t("inspections.found", lang, count=count)})


@routes.get("/search.json")
@needs("inspect")
def searched() -> Response:
    """Venues that a person may mean while typing (``q``)."""
    rates.count("search")
    lang = language_asked()
    with app_connection() as conn:
        filters = Filters(days(conn).today, query=request.args.get("q", "")[:100])
        rows = suggestions(conn, filters, MOST_FOUND)
    found = [
        {
            "code": row.code,
            "name": row.name,
            "address": row.address,
            "ward": row.ward_name,
            "status": t(f"status.{row.status}", lang),
        }
        for row in rows
    ]
    return _answer({"venues": found})


@routes.post("/plans")
@needs("inspect")
def make() -> Response:
    """Make a plan of the form's area and teams, and look for its routes."""
    sent = _sent()
    with desk_connection() as conn:
        asked = _read(lambda: reading.plan(sent, days(conn).today))
        number = making.create_plan(conn, asked)
        desk.ask_routes(conn, number, 1, only_rest=False)
    return _answer({"id": number}, HTTPStatus.CREATED)


@routes.post("/plans/<int:number>/<step>")
@needs("inspect")
def do(number: int, step: str) -> Response:
    """One step of a plan by who has ``version`` of it before them; answers with the plan after it."""
    sent, lang = _sent(), language_asked()
    if step not in STEPS:
        abort(HTTPStatus.NOT_FOUND)
    version = _read(lambda: reading.needed(sent, "version"))
    with desk_connection() as conn:
        found = _read(lambda: STEPS[step](conn, number, version, sent))
        body = {} if step == "delete" else {"plan": _told(conn, number, lang)}
    return _answer(body | _said(step, found, body, lang))


def _said(step: str, found: object, body: Sent, lang: Language) -> Sent:
    """What is to be said of a step that was taken: of assigning, what was refused, and teams of nobody."""
    if step != "assign" or not isinstance(found, tuple):
        return {}
    lines = [f"{each.code}: {told_in(as_json(each.said), lang)}" for each in found]
    if empty := ", ".join(team["name"] for team in body["plan"]["teams"] if team["routes"] and not team["members"]):
        lines.append(t("inspections.assigned_to_nobody", lang, teams=empty))
    if not found:
        return {"said": t("inspections.assigned", lang), "lines": lines}
    return {"said": t("inspections.assigned_but", lang, count=len(found)), "lines": lines}


# -- steps -----------------------------------------------------------------------------------------------------------


def _routes(conn: Connection, plan: int, version: int, sent: Sent) -> int:
    return desk.ask_routes(conn, plan, version, only_rest=sent.get("rest") is True)


def _cancel(conn: Connection, plan: int, _version: int, _sent: Sent) -> None:
    desk.cancel_routes(conn, plan)


def _teams(conn: Connection, plan: int, version: int, sent: Sent) -> int:
    changed = making.change_teams(conn, plan, version, reading.teams(sent.get("teams")))
    return desk.ask_routes(conn, plan, changed, only_rest=False)


def _move(conn: Connection, plan: int, version: int, sent: Sent) -> int:
    place = (reading.maybe(sent, "team"), reading.maybe(sent, "shift"), reading.maybe(sent, "position"))
    return changes.move_stop(conn, plan, version, reading.needed(sent, "stop"), *place)


def _lock(conn: Connection, plan: int, version: int, sent: Sent) -> int:
    return desk.lock_stop(conn, plan, version, reading.needed(sent, "stop"), locked=sent.get("locked") is True)


def _hours(conn: Connection, plan: int, version: int, sent: Sent) -> int:
    """How long a visit takes, and when the place is open."""
    minutes, hours = reading.needed(sent, "minutes"), (reading.time(sent, "opens"), reading.time(sent, "closes"))
    return changes.change_stop(conn, plan, version, reading.needed(sent, "stop"), minutes, *hours)


def _members(conn: Connection, plan: int, version: int, sent: Sent) -> int:
    """Who goes instead of whom in a team of an assigned plan, and why somebody does not go."""
    return desk.change_members(conn, plan, version, *reading.members(sent))


def _handover(conn: Connection, plan: int, version: int, sent: Sent) -> int:
    """What a team has not done of a half-day, to another or to its next one."""
    source = (reading.needed(sent, "team"), reading.needed(sent, "shift"))
    target = (reading.needed(sent, "to_team"), reading.needed(sent, "to_shift"))
    return changes.hand_over(conn, plan, version, source, target)


def _remove(conn: Connection, plan: int, version: int, sent: Sent) -> int:
    return changes.remove_stop(conn, plan, version, reading.needed(sent, "stop"))


def _add(conn: Connection, plan: int, version: int, sent: Sent) -> int:
    """A venue by its code, or by its number in the tiles of the map."""
    code = reading.code(sent) if "code" in sent else code_of(conn, reading.needed(sent, "venue"))
    return changes.add_venue(conn, plan, version, code, reading.maybe(sent, "team"))


def _assign(conn: Connection, plan: int, version: int, _sent: Sent) -> object:
    return visits.assign(conn, plan, version)


def _close(conn: Connection, plan: int, version: int, _sent: Sent) -> int:
    return visits.close_plan(conn, plan, version)


def _delete(conn: Connection, plan: int, version: int, _sent: Sent) -> None:
    desk.delete_plan(conn, plan, version)


STEPS: dict[str, Step] = {
    "routes": _routes,
    "cancel": _cancel,
    "teams": _teams,
    "move": _move,
    "lock": _lock,
    "hours": _hours,
    "handover": _handover,
    "members": _members,
    "remove": _remove,
    "add": _add,
    "assign": _assign,
    "close": _close,
    "delete": _delete,
}


# -- answers ---------------------------------------------------------------------------------------------------------


def _told(conn: Connection, number: int, lang: Language) -> Sent:
    row = plans.plan(conn, number)
    if row is None:
        raise NoSuchPlan
    area = _area(row, options(conn, days(conn).today), lang)
    return told.plan(
        told.Timed(row, timetables(conn, number), area, {each.id: each.name for each in officers(conn)}), lang
    )


def _area(row: Plan | PlanLine, offered: Options, lang: Language) -> str:
    """The area of a plan in words."""
    filters = Filters.from_query_string(str(row.area.get("query", "")), row.day)
    if filters == Filters(filters.day):
        return t("inspections.whole_district", lang)
    return describe(filters, offered, lang)


def _read(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except reading.Malformed:
        abort(HTTPStatus.BAD_REQUEST)


def _sent() -> Sent:
    if not request.is_json or (request.content_length or 0) > MOST_BYTES:
        abort(HTTPStatus.BAD_REQUEST)
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        abort(HTTPStatus.BAD_REQUEST)
    return body


def _answer(body: Sent, status: int = HTTPStatus.OK) -> Response:
    response = Response(json.dumps(body, ensure_ascii=False), status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
