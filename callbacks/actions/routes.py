"""``/actions/``: which there are for the caller, at which venues of a view, what one would do, doing it, undoing it."""

from dataclasses import asdict
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Flask, Response, abort, jsonify, request

from callbacks.actions import reading, told
from callbacks.actions.action import Action
from callbacks.actions.doing import Way, carry_out
from callbacks.actions.registry import REGISTRY, of_caller
from callbacks.server.language import language_asked
from callbacks.server.stated import Stated, check, needs, signed_in
from callbacks.view.snapshot import take_snapshot
from data.database.connection import app_connection
from data.queries.acting import codes_of
from data.status.days import data_span

MOST_BYTES = 64 * 1024

routes = Blueprint("actions", __name__, url_prefix="/actions")


def register(server: Flask) -> None:
    """Serve the routes."""
    server.register_blueprint(routes)


@routes.get("/")
@signed_in
def offered() -> Response:
    """The caller's actions with their forms, and the dialog's own texts; the phone reads the same."""
    lang = language_asked()
    with app_connection() as conn:
        day = data_span(conn).current_day
    return _answer({**told.dialog(lang, day), "actions": [told.action(each, lang, day) for each in of_caller()]})


@routes.get("/venues")
@needs("view")
def venues() -> Response:
    """Codes of the venues that the filters of the address let through; one more than an act may have, where more do."""
    with take_snapshot(request.query_string.decode()) as (conn, seen):
        return _answer({"venues": codes_of(conn, seen.view.filters, reading.MOST + 1)})


@routes.post("/<key>/preview")
@signed_in
def preview(key: str) -> Response:
    """What the act would come to at each venue; nothing of it is kept."""
    return _carried_out(key, "preview")


@routes.post("/<key>")
@signed_in
def do(key: str) -> Response:
    """The act at each venue, and what became of it."""
    return _carried_out(key, "do")


@routes.post("/<key>/undo")
@signed_in
def undo(key: str) -> Response:
    """Take back what was done under the same number."""
    return _carried_out(key, "undo")


def _carried_out(key: str, way: Way) -> Response:
    action, lang = _action(key), language_asked()
    if way == "undo" and action.undo is None:
        abort(HTTPStatus.NOT_FOUND)
    try:
        asked = reading.read(action, _sent(), lang)
    except reading.Malformed:
        abort(HTTPStatus.BAD_REQUEST)
    except reading.NotFilledIn as error:
        return _answer({"error": "form", "sentence": error.sentence(lang)}, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _answer({"lines": [asdict(line) for line in carry_out(action, asked, lang, way)]})


def _action(key: str) -> Action:
    """The action, for who may do it; one that there is not is not found, whoever asks."""
    action = REGISTRY.get(key)
    if action is None:
        abort(HTTPStatus.NOT_FOUND)
    check(Stated("signed_in", action.rights))
    return action


def _sent() -> Any:
    if not request.is_json or (request.content_length or 0) > MOST_BYTES:
        abort(HTTPStatus.BAD_REQUEST)
    return request.get_json(silent=True)


def _answer(body: dict[str, Any], status: int = HTTPStatus.OK) -> Response:
    response: Response = jsonify(body)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response
