"""What officers propose (a new venue, a move, a closure) as a list for the office: accepted or refused, one by one, and
taken back where that was wrong.

What is accepted is done by the worker, as a move from the map is; the page asks again until it is.
"""

import datetime as dt
import uuid
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request

from callbacks.server import office
from callbacks.server.language import in_template, language_asked, with_language
from callbacks.server.stated import needs
from data.database.connection import app_connection, desk_connection
from data.desk import field
from data.queries import proposals as queries
from data.queries.proposals import Proposal
from data.texts.catalogue import t, texts

PATH = office.PROPOSALS
LATE = dt.timedelta(minutes=1)
"""After which the worker should have done what was decided."""

routes = Blueprint("field_proposals", __name__, url_prefix=PATH, template_folder="templates")


@routes.get("")
@needs("confirm", "review")
def show() -> Response:
    """What waits, the oldest first, and what was decided lately."""
    lang = language_asked()
    with app_connection() as conn:
        waiting, decided = queries.waiting(conn), queries.decided(conn)
    page = render_template(
        "proposals.html",
        **in_template(lang),
        path=PATH,
        bar=office.bar_html(PATH, PATH, lang),
        days=queries.DAYS_LISTED,
        refresh=any(row.is_under_way and not _is_late(row) for row in decided),
        waiting=[_waiting(row, lang) for row in waiting],
        decided=[_decided(row, lang) for row in decided],
    )
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response


@routes.post("/<uuid:record>")
@needs("confirm", "review")
def decide(record: uuid.UUID) -> Response:
    """Accept or refuse one, or take that back; what somebody else has decided meanwhile stays as it is."""
    decision = request.form.get("decision")
    if decision not in ("accept", "refuse", "back"):
        abort(400)
    with desk_connection() as conn:
        if decision == "back":
            field.take_back(conn, record)
        else:
            field.decide(conn, record, accept=decision == "accept")
    return make_response(redirect(with_language(PATH, language_asked()), 303))


def _waiting(row: Proposal, lang: str) -> dict[str, Any]:
    said = row.payload
    place = {"lat": f"{said['lat']:.6f}", "lon": f"{said['lon']:.6f}"} if "lon" in said else None
    address = row.venue_address or said.get("address")
    status = t(f"status.{row.status}", lang) if row.status else None
    facts = [
        " · ".join(filter(None, (row.venue_code, address, row.ward, said.get("category"), status))),
        said.get("note"),
        t("field.propose.at", lang, **place) if place else None,
        _how_far(row, lang),
    ]
    effect = "field.proposals.effect.new_without_place" if row.kind == "proposal_new" and not place else None
    return _line(row, lang) | {
        "facts": [fact for fact in facts if fact],
        "accept": t(f"field.proposals.accept.{row.kind}", lang, day=row.day),
        "effect": t(effect or f"field.proposals.effect.{row.kind}", lang, day=row.day),
    }


def _how_far(row: Proposal, lang: str) -> str | None:
    if row.metres is None:
        return None
    if row.nearest:
        return t("field.proposals.nearest", lang, name=row.nearest, metres=row.metres)
    return t("field.proposals.moves", lang, metres=row.metres)


def _decided(row: Proposal, lang: str) -> dict[str, Any]:
    if row.is_under_way:
        key = "late" if _is_late(row) else "under_way"
    else:
        key = "accepted" if row.state == "applied" else "declined"
    return _line(row, lang) | {
        "outcome": t(f"field.proposals.{key}", lang, by=row.decided_by, moment=row.decided_at),
        "may_take_back": not row.is_under_way or _is_late(row),
    }


def _line(row: Proposal, lang: str) -> dict[str, Any]:
    why = f"field.proposals.why.{row.why}"
    return {
        "id": row.id,
        "kind": t(f"field.kind.{row.kind}", lang),
        "name": row.venue_name or row.payload.get("name") or row.venue_code,
        "photo": row.photo,
        "map": with_language(f"/?venue={quote(row.venue_code or '')}", lang) if row.venue_name else None,
        "code": row.venue_code,
        "who": t("field.proposals.by", lang, name=row.recorded_by, moment=row.happened_at),
        "why": t(why, lang) if why in texts()[lang] else None,
    }


def _is_late(row: Proposal) -> bool:
    return row.asked_at is not None and dt.datetime.now(dt.UTC) - row.asked_at > LATE
