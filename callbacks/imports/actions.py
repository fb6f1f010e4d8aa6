"""What a clerk can ask for on the import screen: each click is one short write, then the screen looks again."""

import datetime as dt
import time
from typing import Any, Literal

from dash import ALL, Dash, Input, Output, State, ctx, html, no_update
from dash.development.base_component import Component

from callbacks.imports import cards, ids, outcome, reading
from callbacks.server.caller import caller
from callbacks.server.language import language_of_caller
from callbacks.server.stated import needs
from data.database.connection import Connection, desk_connection
from data.desk import imports
from data.errors import TextError
from data.queries import imports as queries
from data.status.days import data_span
from data.texts.catalogue import t
from data.texts.days import read_day
from etl.validation import mapping

FILE_BUTTONS = ("read", "check", "discard", "restore")
LOAD_BUTTONS = ("undo_check", "undo", "leave")
_FIRST_DAY = dt.date(2000, 1, 1)


class UnreadableDay(TextError):
    """A day that a person wrote cannot be read."""

    def __init__(self, value: str) -> None:
        super().__init__("imports.error.day", value=value)


def register(app: Dash) -> None:
    """Every button and every choice of the screen."""
    changed = Output(ids.CHANGED, "data", allow_duplicate=True)
    said = Output(ids.SAID, "children", allow_duplicate=True)
    app.callback(
        changed,
        said,
        *(Input(ids.of_file(name, ALL), "n_clicks") for name in FILE_BUTTONS),
        prevent_initial_call=True,
    )(on_file)
    app.callback(
        changed,
        said,
        Output(ids.ASKED, "children"),
        Input(ids.of_desk(ALL), "n_clicks"),
        prevent_initial_call=True,
    )(on_all)
    app.callback(
        changed,
        Input(ids.of_file("kind", ALL), "value"),
        Input(ids.of_file("as_of", ALL), "value"),
        Input(ids.of_column(ALL, ALL), "value"),
        Input(ids.of_answer(ALL, ALL), "value"),
        prevent_initial_call=True,
    )(on_choice)
    app.callback(
        changed,
        Output(ids.DISMISSED, "data"),
        *(Input(ids.of_load(name, ALL), "n_clicks") for name in LOAD_BUTTONS),
        State(ids.DISMISSED, "data"),
        prevent_initial_call=True,
    )(on_load)


def can_be_loaded(file: queries.File) -> bool:
    """Whether loading ``file`` would do something: it was checked, and was not loaded before."""
    return file.state == "checked" and not file.report.get("loaded_before")


@needs("load")
def on_file(*_clicks: Any) -> tuple[Any, Any]:
    """Read again, check again, put aside, take up again: the file of the button that was pressed."""
    pressed = _pressed()
    if pressed is None:
        return no_update, no_update
    who, lang = caller(), language_of_caller()
    number = int(pressed["file"])
    said: Component | list[Component] = []
    with desk_connection() as conn:
        match pressed["imports"]:
            case "discard":
                name = imports.discard(conn, number)
                back = html.Button(
                    t("imports.do.restore", lang), id=ids.of_file("restore", number), type="button", className="button"
                )
                said = html.P([t("imports.discarded", lang, name=name), back], className="said")
            case "restore":
                imports.restore(conn, number)
            case "read":
                _remember(conn, number, who.name)
                imports.ask(conn, "read", [number], who.name)
            case _:
                _remember(conn, number, who.name)
                imports.ask(conn, "check", [number], who.name)
    return time.time(), said


@needs("load")
def on_all(_clicks: list[int | None]) -> tuple[Any, Any, Any]:
    """Check, or load, every file that is ready for it, in the order in which they build on one another.

    A demonstration is not mixed with real data, which turns its day to today, before a person has said so once more.
    """
    pressed = _pressed()
    if pressed is None:
        return no_update, no_update, no_update
    asked = pressed["imports-desk"]
    if asked == "leave":
        return no_update, no_update, []
    who = caller()
    with desk_connection() as conn:
        idle = [file for file in queries.files(conn) if not (file.work and file.work.is_open)]
        if asked in ("load", "load_anyway"):
            ready = [file for file in idle if can_be_loaded(file)]
            turned = next(filter(None, (outcome.turned_day(file.report) for file in ready)), None)
            if turned and asked == "load" and data_span(conn).current_day == turned["before"]:
                return no_update, no_update, _turning_day(turned, language_of_caller())
            imports.ask(conn, "load", [file.id for file in cards.in_order(ready)], who.name)
        else:
            ready = [file for file in idle if file.state == "read" and not reading.open_questions(file)]
            for file in ready:
                _remember(conn, file.id, who.name)
            imports.ask(conn, "check", [file.id for file in cards.in_order(ready)], who.name)
    return time.time(), [], []


@needs("load")
def on_choice(*_values: Any) -> Any:
    """Keep what was said of a file: its kind, its day, a column, an answer. All but a column are read again at once."""
    chosen, value = ctx.triggered_id, ctx.triggered[0]["value"]
    if not chosen or value is None:
        return no_update
    who = caller()
    number = int(chosen["file"])
    with desk_connection() as conn:
        file = queries.file(conn, number)
        if file is None:
            raise imports.NotThere
        said = _said(file, chosen, value)
        if said is None:
            return no_update
        imports.say(conn, number, said)
        if chosen["imports"] != "column":
            imports.ask(conn, "read", [number], who.name)
    return time.time()


@needs("undo")
def on_load(*arguments: Any) -> tuple[Any, Any]:
    """Ask what taking a load back would do, do it, or leave it."""
    dismissed: list[int] = arguments[-1] or []
    pressed = _pressed()
    if pressed is None:
        return no_update, no_update
    who = caller()
    number = int(pressed["load"])
    asked: Literal["undo_check", "undo", "leave"] = pressed["imports"]
    with desk_connection() as conn:
        if asked != "leave":
            imports.ask_about_load(conn, asked, number, who.name)
            return time.time(), no_update
        left = imports.newest_about_load(conn, number)
    return time.time(), [*dismissed, *([left] if left else [])]


def _turning_day(days: dict[str, dt.date], lang: str) -> Component:
    """What is asked before the first real file is loaded beside a demonstration."""
    buttons = [
        html.Button(
            t(f"imports.turns_day.{name}", lang),
            id=ids.of_desk("load_anyway" if name == "load" else "leave"),
            type="button",
            className="button",
        )
        for name in ("load", "leave")
    ]
    return html.P([t("imports.turns_day", lang, **days), *buttons], className="said", role="alert")


def _said(file: queries.File, chosen: dict[str, Any], value: str) -> dict[str, Any] | None:
    """What the choice changes of what is said beside the file; None: nothing."""
    match chosen["imports"]:
        case "kind":
            kind = file.options.get("kind") or file.kind
            return {"kind": value, "columns": None} if value != kind else None
        case "as_of":
            day = _day(value)
            return {"as_of": day} if day != file.options.get("as_of") else None
        case "answer":
            return {chosen["name"]: value} if value != file.options.get(chosen["name"]) else None
        case _:
            column = None if value == reading.NOT_READ else value
            now = {line.heading: line.column for line in reading.lines(file)}
            heading = ids.heading_of(chosen)
            if heading not in now or now[heading] == column:
                return None
            return {"columns": reading.chosen(file, heading, column)}


def _day(text: str) -> str | None:
    """A day as people write it, as it is kept; None where the field was emptied."""
    if not text.strip():
        return None
    day = read_day(text.strip(), lambda _text: UnreadableDay(text), iso=False, people=True)
    if day < _FIRST_DAY:
        raise UnreadableDay(text)
    return day.isoformat()


def _remember(conn: Connection, number: int, decided_by: str) -> None:
    """A mapping that a person has decided and now uses is proposed for the next file of its layout."""
    file = queries.file(conn, number)
    if file is None or not file.options.get("columns") or not file.preview.get("layout_key"):
        return
    kind = file.options.get("kind") or file.kind
    if kind:
        mapping.write_choice(conn, file.preview["layout_key"], kind, file.options["columns"], decided_by)


def _pressed() -> dict[str, Any] | None:
    """Id of the button that was pressed; None where buttons have only come to stand there."""
    if not ctx.triggered or not ctx.triggered[0]["value"]:
        return None
    pressed: dict[str, Any] | None = ctx.triggered_id
    return pressed
