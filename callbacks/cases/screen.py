"""The routes of ``/cases/``: the board, one case (``?case=7``), the cases of a venue (``?venue=HD1``), a step taken.

A step that is refused shows its sentence beside its form, which holds what was typed; sent twice, it is one step.
"""

import datetime as dt
import uuid
from http import HTTPStatus
from typing import Any

from dash import html
from flask import Blueprint, Flask, Response, abort, make_response, redirect, render_template, request
from markupsafe import Markup

from callbacks.actions import buttons
from callbacks.cases import wording
from callbacks.cases.forms import FORMS, read
from callbacks.exports import papers_of
from callbacks.field import form_pictures
from callbacks.server import office
from callbacks.server.bar import as_html
from callbacks.server.caller import may
from callbacks.server.language import in_template, language_asked, language_pairs
from callbacks.server.stated import needs
from data.access.roles import AT_CASES
from data.database.connection import Connection, app_connection, desk_connection
from data.errors import DatabaseUnavailable, NotAllowed, UserError
from data.queries.acting import places
from data.queries.cases import Case, CaseLine, StateCount, case_lines, case_of, state_counts, steps_of_caller
from data.queries.options import options
from data.status.days import data_span
from data.texts.catalogue import number, t
from data.vocabulary import PROCESSES
from documents.catalogue import FORMATS as DOCUMENT_FORMATS
from etl.publishing.steps import take as take_and_seal

PATH = "/cases/"
_LONGEST = 64

routes = Blueprint("cases", __name__, url_prefix="/cases", template_folder="templates")


def register(server: Flask) -> None:
    """Serve the routes."""
    server.register_blueprint(routes)


@routes.get("/")
@needs(*AT_CASES)
def show() -> Response:
    """The board, the case that the address names, or the cases of the venue that it names."""
    lang = language_asked()
    with app_connection() as conn:
        if "case" in request.args:
            return _page("case.html", lang, **_case(conn, _number(request.args["case"]), lang))
        if code := _asked("venue"):
            return _page("cases_of_venue.html", lang, **_of_venue(conn, code, lang))
        return _page("cases.html", lang, **_board(conn, lang))


@routes.get("/<int:case>/<step>")
@needs(*AT_CASES)
def show_again(case: int, step: str) -> Response:  # noqa: ARG001 - of the address
    """The case, for whoever comes back to the address at which a step was refused."""
    return make_response(redirect(wording.address(language_asked(), case=case), HTTPStatus.SEE_OTHER))


@routes.post("/<int:case>/<step>")
@needs(*AT_CASES)
def take(case: int, step: str) -> Response:
    """Take a step of a case, as its form says."""
    request.max_content_length = form_pictures.READ_BYTES
    lang = language_asked()
    with app_connection() as conn:
        found = _found(case_of(conn, case))
    form = FORMS.get((found.line.process, step))
    if form is None:
        abort(HTTPStatus.NOT_FOUND)
    try:
        client = uuid.UUID(request.form.get("client", ""))
    except ValueError:
        abort(HTTPStatus.BAD_REQUEST)
    sent = request.form.to_dict()
    try:
        sent |= {
            one.name: photo for one in form.fields if one.kind == "photo" and (photo := form_pictures.kept(one.name))
        }
        said = read(form, sent, lang)
        with desk_connection() as conn:
            # a step of an entry signs the list anew, where it has to be
            take_and_seal(conn, case, step, facts=said.facts, paper=said.paper, client=client)
    except UserError as error:
        if isinstance(error, NotAllowed | DatabaseUnavailable):
            raise
        refused = {"step": step, "refused": error.sentence(lang), "client": client, "sent": sent}
        with app_connection() as conn:
            page = _page("case.html", lang, **_case(conn, case, lang, refused=refused))
        page.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
        return page
    return make_response(redirect(wording.address(lang, case=case, done=step), HTTPStatus.SEE_OTHER))


def _board(conn: Connection, lang: str) -> dict[str, Any]:
    """Per process its states with counts, and its open cases (or those of the state asked for)."""
    asked = {name: _asked(name) for name in ("process", "state", "ward")}
    is_mine = bool(request.args.get("mine"))
    process, state, ward = (asked[name] or None for name in ("process", "state", "ward"))
    counts = state_counts(conn, ward)
    sections = []
    for name in sorted(PROCESSES, key=lambda process: process == "visit"):  # visits are many, and stand last
        own = [count for count in counts if count.process == name]
        if name != process and (process or not own):
            continue
        lines = case_lines(conn, process=name, state=state, ward=ward, is_mine=is_mine, is_open=state is None)
        sections.append(
            {
                "process": name,
                "title": t(f"case.process.{name}", lang),
                "states": [_state(count, state, ward, lang) for count in own],
                "lines": _acted_on(conn, lines, lang),
                "rest": _rest(own, lines, state) if not is_mine else 0,
            }
        )
    day = data_span(conn).current_day
    return {
        "day": day,
        "asked": asked | {"mine": is_mine},
        "wards": options(conn, day).wards,
        "processes": PROCESSES,
        "sections": sections,
        "is_filtered": bool(process or state or ward or is_mine),
    }


def _state(count: StateCount, state: str | None, ward: str | None, lang: str) -> dict[str, Any]:
    is_asked = count.state == state
    return {
        "name": t(f"case.state.{count.state}", lang),
        "count": number(count.count, lang),
        "overdue": count.overdue and t("case.overdue", lang, count=count.overdue),
        "address": wording.address(lang, process=count.process, ward=ward, state=None if is_asked else count.state),
        "is_asked": is_asked,
        "is_closed": count.is_closed,
    }


def _rest(counts: list[StateCount], lines: list[CaseLine], state: str | None) -> int:
    """How many cases the list leaves out, for it is bounded."""
    known = sum(count.count for count in counts if (count.state == state if state else not count.is_closed))
    return max(0, known - len(lines))


def _of_venue(conn: Connection, code: str, lang: str) -> dict[str, Any]:
    now = dt.datetime.now(dt.UTC)
    place = places(conn, [code]).get(code)
    if place is None:
        abort(HTTPStatus.NOT_FOUND)
    lines = case_lines(conn, venue=code, is_open=False)
    offered = [*buttons.at_venue(place, lang), *buttons.not_now(place, lang)]
    return {
        "code": code,
        "name": place.name,
        "map": wording.on_map(code, lang),
        "lines": [wording.line_of(line, now, lang) for line in lines],
        "actions": as_html(html.Div(offered, className="case-actions acts")) if offered else "",
    }


def _acted_on(conn: Connection, lines: list[CaseLine], lang: str) -> list[dict[str, Any]]:
    """Cases as rows that offer what the caller may do at their venues."""
    now = dt.datetime.now(dt.UTC)
    at = places(conn, [line.venue_code for line in lines])
    acts = [Markup("").join(map(as_html, buttons.in_row(at.get(line.venue_code), lang))) for line in lines]
    return [wording.line_of(line, now, lang) | {"acts": act} for line, act in zip(lines, acts, strict=True)]


def _case(conn: Connection, asked: int, lang: str, refused: dict[str, Any] | None = None) -> dict[str, Any]:
    """A case with its history, and the forms of the steps that the caller may take."""
    case = _found(case_of(conn, asked))
    now = dt.datetime.now(dt.UTC)
    allowed = steps_of_caller(conn, case.line)
    steps = [step for process, step in FORMS if process == case.line.process and step in allowed]
    if refused and refused["step"] not in steps:  # somebody was faster: the sentence says so, and what was typed stays
        steps.append(refused["step"])
    done = request.args.get("done", "")
    # what a venue says of itself is for whoever decides on it
    reads_words = may("contacts") or case.line.process == "publication"
    return {
        "line": wording.line_of(case.line, now, lang),
        "code": case.line.venue_code,
        "map": wording.on_map(case.line.venue_code, lang),
        "of_venue": wording.address(lang, venue=case.line.venue_code),
        "facts": wording.facts(case, lang, shows_persons=may("contacts")),
        "papers": [
            (f"/exports/{kind}.{fmt}?case={asked}", f"{t(f'case.paper_of.{kind}', lang)} ({fmt.upper()})")
            for kind in papers_of(case.line.process, case.line.state)
            for fmt in DOCUMENT_FORMATS[kind]
        ],
        "pictures": wording.pictures(case, lang) if case.line.process == "publication" or may("remind") else [],
        "entries": [wording.entry(row, case.line.process, lang, shows_persons=reads_words) for row in case.entries],
        "related": [wording.line_of(line, now, lang) for line in case.related],
        "forms": [_form(case, step, lang, refused) for step in steps],
        "done": wording.step_name(case.line.process, done, lang)
        if (case.line.process, done) in FORMS and not refused
        else None,
    }


def _form(case: Case, step: str, lang: str, refused: dict[str, Any] | None) -> dict[str, Any]:
    """The form of a step under a number of its own, by which it is known when it is sent again."""
    if refused and refused["step"] == step:
        form = wording.step_form(case, step, lang, sent=refused["sent"], refused=refused["refused"])
        return form | {"client": refused["client"]}
    return wording.step_form(case, step, lang) | {"client": uuid.uuid4()}


def _found(case: Case | None) -> Case:
    """The case; one that the caller may not see is one that there is not."""
    if case is None:
        abort(HTTPStatus.NOT_FOUND)
    return case


def _asked(name: str) -> str:
    """What the address says of ``name``; "": nothing that can be looked for."""
    text = request.args.get(name, "")[:_LONGEST]
    return text if text.isprintable() else ""


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 18:
        abort(HTTPStatus.NOT_FOUND)
    return int(text)


def _page(template: str, lang: str, **values: Any) -> Response:
    frame = {"path": PATH, "bar": office.bar_html(PATH, _own_address(), lang), "lang_pairs": language_pairs(lang)}
    response = make_response(render_template(template, **in_template(lang), **frame, **values))
    response.headers["Cache-Control"] = "no-store"
    return response


def _own_address() -> str:
    """The address of this page without its language, for the link to the other one."""
    named = {"case": request.view_args["case"]} if request.view_args else request.args.to_dict()
    return wording.address("vi", **{name: value for name, value in named.items() if name not in ("lang", "done")})
