"""The routes of ``/publication/``: the board, one list (``?list=7``), a list drafted, a step of a list taken.

A step that is refused shows its sentence beside its form, which holds what was typed; sent twice, it is one step. What
a step asks to be signed is signed with it, or nothing of it has happened.
"""

import datetime as dt
import uuid
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Flask, Response, abort, make_response, redirect, render_template, request

from callbacks.cases.forms import NotFilledIn
from callbacks.publication import wording
from callbacks.publication.forms import CHANNELS, DRAFTS, STEPS, form_of, read
from callbacks.server import office
from callbacks.server.caller import caller
from callbacks.server.language import in_template, language_asked, language_pairs
from callbacks.server.numbers import whole
from callbacks.server.stated import needs
from data.database.connection import Connection, app_connection, desk_connection
from data.desk.cases import StepRefused
from data.desk.publications import draft
from data.queries import publications as query
from data.queries.publications import PublicationList
from data.settings import get_settings
from data.status.days import data_span
from data.texts.catalogue import day, moment, number, t
from etl.publishing import steps
from proof import keys, manifest

PATH = "/publication/"
VIEWS = ("entries", "approve", "channels", "versions")
_LONGEST = 64
_KEY_FAULTS = (
    keys.NoKeyInForce,
    keys.KeyFileMissing,
    keys.KeyFileOpen,
    keys.KeyFileOfAnother,
    keys.KeyFileUnusable,
    keys.RegisterUnusable,
)
_REFUSALS = (NotFilledIn, StepRefused, manifest.ClockSetBack, *_KEY_FAULTS)

routes = Blueprint("publication", __name__, url_prefix="/publication", template_folder="templates")


def register(server: Flask) -> None:
    """Serve the routes."""
    server.register_blueprint(routes)


@routes.get("/")
@needs("publish", "approve")
def show() -> Response:
    """The board, or the list that the address names."""
    lang = language_asked()
    with app_connection() as conn:
        conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        if "list" in request.args:
            return _page("publication_list.html", lang, **_list(conn, _number(request.args["list"]), lang))
        return _page("publication_board.html", lang, **_board(conn, lang))


@routes.get("/draft/<kind>")
@routes.get("/<int:case>/<step>")
@needs("publish", "approve")
def show_again(case: int = 0, step: str = "", kind: str = "") -> Response:  # noqa: ARG001 - of the address
    """The list or board, for whoever comes back to the address at which a step was refused."""
    return make_response(redirect(wording.address(language_asked(), list=case), HTTPStatus.SEE_OTHER))


@routes.post("/draft/<kind>")
@needs("publish")
def open_list(kind: str) -> Response:
    """Draft a list, and show it."""
    lang = language_asked()
    form, client = DRAFTS.get(kind), _client()
    if form is None:
        abort(HTTPStatus.NOT_FOUND)
    try:
        facts = read(form, request.form, lang).facts
        from_day = facts.get("from_day")
        with desk_connection() as conn:
            made = draft(
                conn,
                kind,
                dt.date.fromisoformat(facts["day"]),
                from_day=dt.date.fromisoformat(from_day) if from_day else None,
                title=facts.get("title", ""),
                client=client,
            )
    except _REFUSALS as error:
        refused = {"step": kind, "refused": error.sentence(lang), "client": client, "sent": request.form}
        with app_connection() as conn:
            return _refused(_page("publication_board.html", lang, **_board(conn, lang, refused)))
    return make_response(redirect(wording.address(lang, list=made.id, done="draft"), HTTPStatus.SEE_OTHER))


@routes.post("/<int:case>/<step>")
@needs("publish", "approve")
def take(case: int, step: str) -> Response:
    """Take a step of a list, as its form says, with the seal that it asks for."""
    lang = language_asked()
    form, client = STEPS.get(step), _client()
    if form is None:
        abort(HTTPStatus.NOT_FOUND)
    view = _view()
    try:
        said = read(form, request.form, lang)
        with desk_connection() as conn:
            facts = _facts(_found(query.list_of(conn, case)), said.facts)
            steps.take(conn, case, step, facts=facts, paper=said.paper, client=client)
    except _REFUSALS as error:
        refused = {"step": step, "refused": error.sentence(lang), "client": client, "sent": request.form}
        with app_connection() as conn:
            return _refused(_page("publication_list.html", lang, **_list(conn, case, lang, refused)))
    where = wording.address(lang, list=case, view=view if view != "entries" else "", done=step)
    return make_response(redirect(where, HTTPStatus.SEE_OTHER))


def _facts(one: PublicationList, said: dict[str, Any]) -> dict[str, Any]:
    """What was said of a step, with the document that bears a number named by its title, by which papers find it."""
    if "document" not in said:
        return said
    kind = said["document"]
    return said | {"document": one.title if kind == "list" else t(f"publication.document.{kind}")}


def _board(conn: Connection, lang: str, refused: dict[str, Any] | None = None) -> dict[str, Any]:
    """Lists by state with what waits in them, the figures of all, and the forms by which one is drafted."""
    found = query.lists(conn)
    sums: dict[str, int] = {}
    for one in found:
        for name, count in wording.figures(one):
            sums[name] = sums.get(name, 0) + count
    today = data_span(conn).current_day
    is_drafter = "publish" in caller().rights
    return {
        "day": today,
        "figures": [
            (t(f"publication.figure.{name}", lang), number(count, lang), name) for name, count in sums.items() if count
        ],
        "sections": [
            {
                "state": state,
                "title": t(f"publication.section.{state}", lang),
                "lists": [wording.line(one, lang) for one in found if one.state == state],
            }
            for state in wording.OPEN_STATES
        ],
        "closed": [wording.line(one, lang) for one in found if one.state not in wording.OPEN_STATES],
        "drafts": [form_of(kind, form, today, lang, refused) for kind, form in DRAFTS.items() if is_drafter],
        "key_fault": _key_fault(lang),
    }


def _list(conn: Connection, list_id: int, lang: str, refused: dict[str, Any] | None = None) -> dict[str, Any]:
    """A list: its head, the steps that the caller may take of it, and what the view asked for shows."""
    one = _found(query.list_of(conn, list_id))
    today, view, who = data_span(conn).current_day, _view(), caller()
    allowed = query.steps_of_list(conn, one.state)
    is_drafter = one.drafted_login == who.login
    barred = {"approve"} if is_drafter else set()
    barred |= {"publish", "schedule"} if not one.counts.get("approved") else set()
    mends = query.mends_of_channels(conn, list_id) if one.published_at else []
    leaves = sorted({(mend.leaf, mend.version, mend.kind) for mend in mends if not mend.is_told})
    corrections = [
        (str(leaf), t("publication.seal_of", lang, kind=t(f"publication.seal.{kind}", lang), version=version))
        for leaf, version, kind in leaves
    ]
    forms = [
        form_of(step, form, today, lang, refused, corrections)
        for step, form in STEPS.items()
        if step in allowed - barred or (refused and refused["step"] == step)
    ]
    done = request.args.get("done", "")
    return {
        "one": wording.line(one, lang),
        "list_id": list_id,
        "state": one.state,
        "view": view,
        "views": [
            (name, t(f"publication.view.{name}", lang), wording.address(lang, list=list_id, view=name))
            for name in VIEWS
        ],
        "facts": _head(conn, one, lang),
        "policy_changes": [
            wording.policy_change(name, own, now, lang) for name, own, now in query.policy_changes(conn, list_id)
        ],
        "forms": forms,
        "is_drafter": is_drafter and "approve" in who.rights and one.state in ("notified", "approved"),
        "done": t(f"case.step.{done}", lang) if done in STEPS or done == "draft" else None,
        "key_fault": _key_fault(lang) if one.state in ("approved", "published") or one.is_unsealed else "",
        "may_publish": "publish" in who.rights,
        **_of_view(conn, one, view, lang),
        "mends": [
            {
                "what": t(f"publication.mend.{mend.kind}", lang, version=mend.version, at=moment(mend.sealed_at)),
                "channel": t(f"publication.channel.{mend.channel}", lang),
                "is_told": mend.is_told,
            }
            for mend in mends
        ],
    }


def _head(conn: Connection, one: PublicationList, lang: str) -> list[tuple[str, str]]:
    policy = query.policy_of(conn, one.id)
    said = [
        (t("publication.fact_of.kind", lang), t(f"publication.kind.{one.kind}", lang)),
        (t("publication.fact_of.word", lang), str(policy[f"word_{one.kind}"])),
        (t("publication.fact_of.policy", lang), t("publication.policy_said", lang, **_figures_of(policy))),
    ]
    if one.left_out:
        said.append((t("publication.fact_of.left_out", lang), t("publication.left_out", lang, count=one.left_out)))
    if one.published_at:
        said.append((t("publication.fact_of.published", lang), moment(one.published_at)))
        version = t("publication.version", lang, version=one.version, sealed=one.sealed_version)
        said.append((t("publication.fact_of.version", lang), version))
    said += [
        (
            t("publication.fact_of.number", lang),
            f"{row['number']} · {day(row['day'])} · {row['issuer']} · {row['subject']}",
        )
        for row in query.numbers_of(conn, one.id)
    ]
    return said


def _figures_of(policy: dict[str, Any]) -> dict[str, Any]:
    return {name: policy[name] for name in ("notice_days", "retention_days", "grade")}


def _of_view(conn: Connection, one: PublicationList, view: str, lang: str) -> dict[str, Any]:
    if view == "channels":
        return {"ticks": [_tick(tick, lang) for tick in query.ticks_of(conn, one.id)]}
    if view == "versions":
        return _versions(conn, one.id, lang)
    return _entries(conn, one.id, view, lang)


def _entries(conn: Connection, list_id: int, view: str, lang: str) -> dict[str, Any]:
    """A page of entries by the filters of the address; for whoever approves, those of which that is asked."""
    asked = {name: request.args.get(name, "")[:_LONGEST] for name in ("state", "ward", "ready")}
    page = max(1, min(request.args.get("page", 1, type=whole) or 1, 10_000))
    if view == "approve":
        asked["ready"] = asked["ready"] if asked["ready"] in ("yes", "no") else "yes"
    else:
        asked["ready"] = ""
    found = query.entries_of(conn, list_id, **asked, page=page)
    last = max(1, -(-found.count // query.PAGE))
    shared = asked | {"list": list_id, "view": view if view != "entries" else ""}

    def at(**changed: object) -> str:
        return wording.address(lang, **(shared | changed))

    return {
        "entries": [wording.entry(row, lang) for row in found.rows],
        "count": found.count,
        "asked": asked,
        "states": [
            (
                t(f"case.state.{state}", lang),
                number(count, lang),
                at(state="" if state == asked["state"] else state),
                state,
            )
            for state, count in found.states
        ],
        "wards": found.wards,
        "ready_ways": [(t(f"publication.ready.{way}", lang), at(ready=way), way) for way in ("yes", "no")],
        "page": page,
        "last_page": last,
        "before": at(page=page - 1) if page > 1 else "",
        "after": at(page=page + 1) if page < last else "",
    }


def _tick(tick: query.Tick, lang: str) -> dict[str, str]:
    return {
        "channel": t(f"publication.channel.{tick.channel}", lang) if tick.channel in CHANNELS else tick.channel,
        "what": t("publication.tick.list", lang)
        if tick.correction is None
        else t("publication.tick.mend", lang, leaf=tick.correction),
        "place": tick.place,
        "day": day(tick.day) if tick.day else "",
        "by": tick.by_name,
    }


def _versions(conn: Connection, list_id: int, lang: str) -> dict[str, Any]:
    """The signed versions, and in what the two asked for differ: the last two, where none are."""
    found = query.sealed_versions(conn, list_id)
    known = {version.version: version for version in found}
    asked = [request.args.get(name, type=whole) for name in ("from", "to")]
    after = known.get(asked[1] or 0) or (found[0] if found else None)
    before = known.get(asked[0] or 0) or (found[1] if len(found) > 1 else None)
    pair = before and after and before is not after
    return {
        "versions": [
            {
                "version": each.version,
                "kind": t(f"publication.seal.{each.kind}", lang),
                "at": moment(each.sealed_at),
                "count": number(len(each.entries), lang),
                "sha256": each.sha256,
                "key": each.key_id,
            }
            for each in found
        ],
        "compared": (before.version, after.version) if before and after and pair else None,
        "differences": [wording.difference(each, lang) for each in query.differences(conn, list_id, before, after)]
        if before and after and pair
        else [],
    }


def _key_fault(lang: str) -> str:
    """Why nothing can be signed now; "": it can."""
    folder = get_settings().publication_keys
    try:
        keys.load_private(folder, keys.key_in_force(keys.load_register(folder), dt.datetime.now(dt.UTC)))
    except _KEY_FAULTS as error:
        return error.sentence(lang)
    return ""


def _client() -> uuid.UUID:
    try:
        return uuid.UUID(request.form.get("client", ""))
    except ValueError:
        abort(HTTPStatus.BAD_REQUEST)


def _view() -> str:
    asked = request.args.get("view", "")
    return asked if asked in VIEWS else VIEWS[0]


def _found(one: PublicationList | None) -> PublicationList:
    if one is None:
        abort(HTTPStatus.NOT_FOUND)
    return one


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 18:
        abort(HTTPStatus.NOT_FOUND)
    return int(text)


def _refused(page: Response) -> Response:
    page.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
    return page


def _page(template: str, lang: str, **values: Any) -> Response:
    frame = {"path": PATH, "bar": office.bar_html(PATH, _own_address(), lang), "lang_pairs": language_pairs(lang)}
    response = make_response(render_template(template, **in_template(lang), **frame, **values))
    response.headers["Cache-Control"] = "no-store"
    return response


def _own_address() -> str:
    """The address of this page without its language, for the link to the other one."""
    if request.view_args:
        return wording.address("vi", list=request.view_args.get("case"))
    return wording.address(
        "vi", **{name: value for name, value in request.args.items() if name not in ("lang", "done")}
    )
