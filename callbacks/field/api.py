"""What the phone asks for and sends: the caller's venues to take along, and records in the order they were made."""

import logging
from dataclasses import asdict
from hashlib import blake2b
from typing import Any

from flask import Blueprint, Response, abort, jsonify, request

from callbacks.field.reading import Malformed, read_moment, read_record
from callbacks.server.caller import caller
from callbacks.server.language import language_asked
from callbacks.server.stated import needs
from data.database.connection import app_connection, desk_connection
from data.desk import field
from data.queries import field as queries
from data.queries.proposals import count_waiting
from data.settings import get_settings

log = logging.getLogger(__name__)

EDITION = 4
"""Grows with what the phone is told of a venue, so that none keeps an answer of before."""
MOST_EVENTS = 50
MOST_BYTES = 512 * 1024

routes = Blueprint("field_api", __name__, url_prefix="/field")


@routes.get("/venues.json")
@needs("remind")
def venues() -> Response:
    """Venues of the caller's wards with what each needs, and the wards' outlines. 304 while nothing has changed."""
    who = caller()
    lang = language_asked()
    with app_connection() as conn:
        state = queries.state(conn)  # first: a list newer than its mark is asked for again, never the other way round
        waiting = count_waiting(conn) if "confirm" in who.rights else 0
        basemap = get_settings().basemap_url
        key = (EDITION, basemap, state.version, state.day, state.today, who.wards, who.login, who.name, waiting, lang)
        etag = blake2b(repr((key, sorted(who.rights))).encode(), digest_size=12).hexdigest()
        if request.if_none_match.contains_weak(etag):
            response = Response(status=304)
        else:
            response = answer(
                {
                    "account": {
                        "login": who.login,
                        "name": who.name,
                        "may_confirm": "confirm" in who.rights,
                        "proposals": waiting,
                        "district": who.wards is None,
                    },
                    "day": state.day.isoformat(),
                    "days_behind": (state.today - state.day).days,
                    "threshold": state.reminder_threshold,
                    "categories": queries.categories(conn, lang),
                    "columns": queries.COLUMNS,
                    "venues": queries.venues(conn, who.wards),
                    "wards": queries.outlines(conn, who.wards),
                    "basemap": basemap,
                }
            )
    response.set_etag(etag, weak=True)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@routes.get("/route.json")
@needs("remind")
def route() -> Response:
    """The caller's stops of today and the days around, and what recording a visit takes. 304: nothing has changed."""
    with app_connection() as conn:
        told = queries.route(conn)
    response = answer({"login": caller().login, **told})
    response.set_etag(blake2b(response.get_data(), digest_size=12).hexdigest(), weak=True)
    response.headers["Cache-Control"] = "private, no-cache"
    response.make_conditional(request)
    return response


@routes.get("/recorded.json")
@needs("remind")
def recorded() -> Response:
    """What was recorded at ``?venue=``, the newest first."""
    who = caller()
    with app_connection() as conn:
        rows = queries.recorded(conn, request.args.get("venue", ""), who.login)
    told = [
        asdict(row) | {"day": row.day.isoformat(), "withdrawn_on": row.withdrawn_on and row.withdrawn_on.isoformat()}
        for row in rows
    ]
    return answer({"recorded": told})


@routes.post("/events")
@needs("remind")
def events() -> Response:
    """Keep records in their order and answer each: ``{"login", "sent_at", "events": [...]}``.

    Each is a transaction of its own, so that what was answered before a fault stands; sending all of them again is
    harmless. Records of another account are not taken under this one's name (409).
    """
    who = caller()
    body = _sent()
    if body.get("login") != who.login:
        return answer({"error": "other_account", "login": who.login}, 409)
    try:
        sent_at = read_moment(body.get("sent_at"))
    except Malformed:
        abort(400)
    answers: list[dict[str, Any]] = []
    wait = True
    for sent in body["events"]:
        number = sent.get("id") if isinstance(sent, dict) and isinstance(sent.get("id"), str) else None
        try:
            said = read_record(sent)
        except Malformed:
            answers.append({"id": number, "state": "refused", "why": "malformed"})
            continue
        try:
            with desk_connection() as conn:
                told = field.record(conn, said, sent_at, wait=wait)
        except field.NotWritable:
            log.warning("a record from the field was not written", exc_info=True)
            answers.append({"id": number, "state": "refused", "why": "malformed"})
            continue
        wait = wait and told["state"] != "waiting"
        answers.append({"id": number, **told})
    return answer({"login": who.login, "answers": answers})


def answer(body: dict[str, Any], status: int = 200) -> Response:
    """``body`` as JSON that no cache keeps."""
    response: Response = jsonify(body)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response


def _sent() -> dict[str, Any]:
    if not request.is_json or (request.content_length or 0) > MOST_BYTES:
        abort(400)
    body = request.get_json(silent=True)
    if not isinstance(body, dict) or not isinstance(body.get("events"), list) or len(body["events"]) > MOST_EVENTS:
        abort(400)
    return body
