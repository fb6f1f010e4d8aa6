"""What officers propose (a new venue, a move, a closure) as a list for the office: accepted or refused, one by one.

Accepting a move asks the worker to move the point, as from the map. New venues and closures come with the register: to
accept one says that it is in hand, and it is entered in the next register that is loaded.
"""

import uuid
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template_string, request

from callbacks.access.stated import needs
from data import field
from data.connection import app_connection, desk_connection
from data.queries import field as queries
from data.queries.field import Proposal
from data.texts import language, moment, t

PATH = "/field/proposals"

routes = Blueprint("field_proposals", __name__, url_prefix=PATH)

_PAGE = """<!doctype html>
<html lang="{{ lang }}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ title }}</title><link rel="icon" href="/assets/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/fonts/fonts.css"><link rel="stylesheet" href="/assets/colours.css">
<link rel="stylesheet" href="/assets/office.css"><link rel="stylesheet" href="/assets/field.css"></head>
<body class="office"><div id="office">
<header><p class="name">{{ app }}</p><nav><a href="/{{ query }}">{{ back }}</a></nav></header>
<main id="office-main" class="proposals"><h1>{{ title }}</h1><p class="quiet">{{ about }}</p>
{% if not lines %}<p class="empty">{{ none }}</p>{% endif %}
<ul>{% for line in lines %}<li class="proposal" data-proposal="{{ line.id }}">
<h2>{{ line.kind }}</h2>
{% for fact in line.facts %}<p>{{ fact }}</p>{% endfor %}
{% if line.photo %}<p><a href="/field/photos/{{ line.photo }}">{{ photo }}</a></p>{% endif %}
{% if line.map %}<p><a href="{{ line.map }}">{{ on_map }}</a></p>{% endif %}
<p class="quiet">{{ line.who }}</p>
<form method="post" action="{{ path }}/{{ line.id }}{{ query }}">
<button name="decision" value="accept">{{ line.accept }}</button>
<button name="decision" value="refuse">{{ refuse }}</button></form></li>{% endfor %}</ul>
</main></div></body></html>
"""


@routes.get("")
@needs("confirm", "review")
def show() -> Response:
    """What waits, the oldest first."""
    lang = language(request.args.get("lang"))
    with app_connection() as conn:
        found = queries.proposals(conn)
    page = render_template_string(
        _PAGE,
        lang=lang,
        query=_query(lang),
        path=PATH,
        app=t("app.name", lang),
        title=t("field.proposals.title", lang),
        back=t("error.back", lang),
        about=t("field.proposals.about", lang),
        none=t("field.proposals.none", lang),
        refuse=t("field.proposals.refuse", lang),
        photo=t("field.proposals.photo", lang),
        on_map=t("field.proposals.on_map", lang),
        lines=[_line(row, lang) for row in found],
    )
    response = Response(page, mimetype="text/html")
    response.headers["Cache-Control"] = "no-store"
    return response


@routes.post("/<uuid:record>")
@needs("confirm", "review")
def decide(record: uuid.UUID) -> Response:
    """Accept or refuse one; what somebody else has decided meanwhile stays as it is."""
    decision = request.form.get("decision")
    if decision not in ("accept", "refuse"):
        abort(400)
    with desk_connection() as conn:
        field.decide(conn, record, accept=decision == "accept")
    response: Response = redirect(f"{PATH}{_query(language(request.args.get('lang')))}", 303)  # type: ignore[assignment]
    return response


def _line(row: Proposal, lang: str) -> dict[str, Any]:
    said = row.payload
    name, address = (row.venue_name or said.get("name"), row.venue_address or said.get("address"))
    facts = [
        " · ".join(filter(None, (row.venue_code, name))),
        " · ".join(filter(None, (address, row.ward, said.get("category")))),
        said.get("note"),
    ]
    at = f"{said['lat']:.6f}, {said['lon']:.6f}" if "lon" in said else None
    return {
        "id": row.id,
        "kind": t(f"field.kind.{row.kind}", lang),
        "facts": [fact for fact in [*facts, at] if fact],
        "photo": row.photo,
        "map": f"/?venue={row.venue_code}" + ("&lang=en" if lang == "en" else "") if row.venue_code else None,
        "who": f"{row.recorded_by}, {moment(row.happened_at)}",
        "accept": t("field.proposals.move" if row.kind == "proposal_move" else "field.proposals.accept", lang),
    }


def _query(lang: str) -> str:
    return "?lang=en" if lang == "en" else ""
