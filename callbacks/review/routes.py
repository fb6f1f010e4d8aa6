"""What the review screen asks for and sends: pairs by the dozen, so that the next one is there at once, and decisions.

Decisions go to the worker as jobs ``decide`` and ``merge``; sending them twice leaves what sending them once does, so
the screen's script sends again whatever it has no answer for.
"""

import json
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, abort, jsonify, request

from callbacks.review.comparing import described_json, twins_json
from callbacks.server.caller import caller
from callbacks.server.language import language_asked
from callbacks.server.stated import needs
from data.database.connection import Connection, app_connection, desk_connection
from data.desk import jobs
from data.queries import review
from data.queries.review import Standing
from data.texts.catalogue import moment, t

PAGE = 20
MOST_DECISIONS = 200
SAID = 100
VERDICTS = ("same", "different", "new", "undo")
MERGE_VERDICTS = ("merged", "different", "undo")

routes = Blueprint("review", __name__, url_prefix="/review")


@routes.get("/queue")
@needs("review")
def queue() -> Response:
    """The next descriptions (``without``: ids that the screen has already) and how far the work is."""
    without = [int(number) for number in _without() if number.isdecimal()]

    def pairs(conn: Connection, standing: Standing, lang: str) -> dict[str, Any]:
        rows = review.described(conn, PAGE, without)
        return {
            "pairs": [described_json(row, lang) for row in rows],
            "done": standing.described_done,
            "open": standing.described_open,
        }

    return _next(pairs)


@routes.get("/twins")
@needs("review")
def twins() -> Response:
    """The next pairs of venues (``without``: "first-second", by commas) and how far the work is."""
    named = [part.split("-") for part in _without()]
    without = [(int(pair[0]), int(pair[1])) for pair in named if len(pair) == 2 and all(p.isdecimal() for p in pair)]

    def pairs(conn: Connection, standing: Standing, lang: str) -> dict[str, Any]:
        rows = review.twins(conn, PAGE, without)
        return {
            "pairs": [twins_json(row, lang) for row in rows],
            "done": standing.twins_done,
            "open": standing.twins_open,
        }

    return _next(pairs)


@routes.get("/said")
@needs("review")
def said() -> Response:
    """The newest decisions, each with what takes it back."""
    lang = language_asked()
    with app_connection() as conn:
        rows = review.said(conn, SAID)
    return _answer(
        {
            "said": [
                {
                    "kind": row.kind,
                    "verdict": row.verdict,
                    "sentence": t(f"review.said.{row.kind}.{row.verdict}", lang),
                    "name": row.name,
                    "address": row.address,
                    "other": f"{row.other_code} {row.other_name or ''}".strip(),
                    "first": row.first,
                    "second": row.second,
                    "when": " · ".join(filter(None, (moment(row.decided_at), row.decided_by))),
                }
                for row in rows
            ]
        }
    )


@routes.get("/wards")
@needs("review")
def wards() -> Response:
    """Outlines of the wards for the small map."""
    with app_connection() as conn:
        rows = review.outlines(conn)
    return _answer(
        {"wards": [{"name": row.name, "key": row.key, "geometry": json.loads(row.geometry)} for row in rows]}
    )


@routes.post("/decide")
@needs("review")
def decide() -> Response:
    """Queue decisions: ``{"decisions": [{mention, candidate_venue, verdict}]}``; answers with the job's number."""
    rows = _sent("decisions")
    decisions = [
        {"mention": row["mention"], "candidate_venue": row.get("candidate_venue"), "verdict": row["verdict"]}
        for row in rows
        if _is_number(row.get("mention"))
        and row.get("verdict") in VERDICTS
        and (row.get("candidate_venue") is None or _is_number(row["candidate_venue"]))
    ]
    if len(decisions) != len(rows):
        abort(400)
    with desk_connection() as conn:
        number = jobs.ask(conn, "decide", {"decisions": decisions}, caller().name)
    return _answer({"job": number})


@routes.post("/merge")
@needs("review")
def merge() -> Response:
    """Queue decisions about pairs of venues: ``{"decisions": [{keep, duplicate, verdict}]}``, one job each."""
    rows = _sent("decisions")
    if not all(_is_number(r.get("keep")) and _is_number(r.get("duplicate")) for r in rows):
        abort(400)
    if not all(row.get("verdict") in MERGE_VERDICTS for row in rows):
        abort(400)
    with desk_connection() as conn:
        for row in rows:
            payload = {name: row[name] for name in ("keep", "duplicate", "verdict")}
            jobs.ask(conn, "merge", payload, caller().name)
    return _answer({"jobs": len(rows)})


def _without() -> list[str]:
    return request.args.get("without", "").split(",")


def _next(pairs: Callable[[Connection, Standing, str], dict[str, Any]]) -> Response:
    """The answer of a queue: both are asked with the same right, of one state of the database."""
    lang = language_asked()
    with app_connection() as conn:
        return _answer(pairs(conn, review.standing(conn), lang))


def _sent(name: str) -> list[dict[str, Any]]:
    """The rows that the screen's own script sent; a form of another site cannot send JSON."""
    if not request.is_json:
        abort(400)
    body = request.get_json(silent=True)
    rows = body.get(name) if isinstance(body, dict) else None
    if not isinstance(rows, list) or not 0 < len(rows) <= MOST_DECISIONS or not all(isinstance(r, dict) for r in rows):
        abort(400)
    return rows


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _answer(body: dict[str, Any]) -> Response:
    response = jsonify(body)
    response.headers["Cache-Control"] = "no-store"
    return response
