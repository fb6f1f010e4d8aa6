"""Moving a venue's point on the map: what the browser's script asks, and what became of it.

The script (``assets/map/moving.mjs``) lets a person choose a place and writes it to ``ids.MOVE``; the worker moves the
venue. Its answer goes back through ``ids.MOVE_ANSWER``: refused, to be confirmed, waiting, done or failed.
"""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from dash import ClientsideFunction, Dash, Input, Output, State, no_update

from callbacks import ids
from callbacks.server.caller import caller
from callbacks.server.language import language_in
from callbacks.server.stated import needs
from data.database.connection import app_connection, desk_connection
from data.desk import jobs
from data.errors import OutsideDistrict, UserError
from data.queries.moving import place_for
from data.texts.catalogue import t
from data.texts.sentences import told

Asked = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What the script shows; ``job`` is asked about again until it has ended."""

    kind: Literal["refused", "confirm", "waiting", "done", "failed"]
    text: str
    job: int | None = None


@needs("move")
def ask(asked: Asked | None, search: str | None) -> tuple[Any, Any]:
    """Queue the move {venue, lon, lat} or {venue, back}; a place outside its ward only when ``sure``.

    Returns the answer for the script, and whether there is no job to ask about (``disabled`` of the interval).
    """
    if not asked:
        return no_update, no_update
    who, lang = caller(), language_in(search)
    try:
        answer = _asked(asked, who.name, lang)
    except UserError as error:
        answer = Answer("refused", error.sentence(lang))
    return asdict(answer), answer.job is None


def _asked(asked: Asked, name: str, lang: str) -> Answer:
    code = str(asked["venue"])
    if asked.get("back"):
        payload: dict[str, Any] = {"venue": code, "back": True}
    else:
        lon, lat = round(float(asked["lon"]), 7), round(float(asked["lat"]), 7)
        with app_connection() as conn:
            place = place_for(conn, code, lon, lat)
        if not place.in_district:
            raise OutsideDistrict
        if not place.in_ward and not asked.get("sure"):
            return Answer("confirm", t("move.outside_ward", lang, ward=place.ward))
        payload = {"venue": code, "lon": lon, "lat": lat}
    with desk_connection() as conn:
        number = jobs.ask(conn, "move", payload, name)
    return Answer("waiting", t("move.waiting", lang), number)


@needs("move")
def follow(beats: int | None, answer: dict[str, Any] | None, search: str | None) -> tuple[Any, Any]:
    """What has become of the job that the last answer names."""
    del beats
    if not answer or answer["kind"] != "waiting":
        return no_update, True
    lang = language_in(search)
    with app_connection() as conn:
        job = jobs.job(conn, answer["job"])
    if job is None or job.state == "failed":
        why = told(job.said, lang) if job else ""
        return asdict(Answer("failed", why or t("move.failed", lang))), True
    if job.state != "done":
        return no_update, no_update
    return asdict(Answer("done", t("move.done", lang))), True


def register(app: Dash) -> None:
    """Wire the script's questions and the answers to them."""
    search = State(ids.URL, "search")
    app.callback(
        Output(ids.MOVE_ANSWER, "data"),
        Output(ids.MOVE_PULSE, "disabled"),
        Input(ids.MOVE, "data"),
        search,
        prevent_initial_call=True,
    )(ask)
    app.callback(
        Output(ids.MOVE_ANSWER, "data", allow_duplicate=True),
        Output(ids.MOVE_PULSE, "disabled", allow_duplicate=True),
        Input(ids.MOVE_PULSE, "n_intervals"),
        State(ids.MOVE_ANSWER, "data"),
        search,
        prevent_initial_call=True,
    )(follow)
    app.clientside_callback(
        ClientsideFunction("moving", "answered"), Input(ids.MOVE_ANSWER, "data"), prevent_initial_call=True
    )
