"""The import screen: its layout, and the one callback that draws what the database says, again and again."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from dash import ALL, ClientsideFunction, Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component
from flask import Flask

from callbacks.imports import actions, cards, downloads, ids, loads, reading, uploads
from callbacks.server import errors, office
from callbacks.server.language import language_in, language_of_caller
from callbacks.server.stated import needs
from data.database.connection import app_connection
from data.desk import imports
from data.errors import DatabaseUnavailable, NotMigrated
from data.queries import imports as queries
from data.texts.catalogue import t

PULSE_MS = 1_000
"""Between two looks while something runs."""
PULSE_WHILE_IDLE_MS = 15_000
PULSE_WHILE_DOWN_MS = 3_000
LOADS_A_PAGE = 30
JS_TEXTS = (
    "stop",
    "resume",
    "waiting",
    "sent",
    "failed",
    "too_large",
    "interrupted",
    "folder",
)


@dataclass(frozen=True)
class Seen:
    """What one transaction knows of all that the screen shows."""

    files: list[queries.File]
    loads: list[queries.Loaded]
    newest_change: Any
    has_worker: bool

    @property
    def work(self) -> list[queries.Work]:
        """Jobs that wait or run."""
        found = [*(file.work for file in self.files), *(load.undoing for load in self.loads)]
        return [work for work in found if work and work.is_open]


def register(server: Flask) -> Dash:
    """The screen, its uploads and downloads on ``server``."""
    uploads.register(server)
    downloads.register(server)
    app = office.make(
        __name__,
        ids.PREFIX,
        "imports.title",
        server,
        styles=("imports.css",),
        scripts=("vendor/tus/tus.min.js", "imports.js"),
    )
    app.config.suppress_callback_exceptions = True  # cards come and go with the files
    app.layout = lambda: office.page(layout(language_of_caller()), "imports.title", ids.PREFIX)
    app.callback(
        Output(ids.FILES, "children"),
        Output(ids.DESK, "children"),
        Output(ids.LOADS, "children"),
        Output(ids.OUTAGE, "children"),
        Output(ids.SHOWN, "data"),
        Output(ids.PROGRESS, "data"),
        Output(ids.PULSE, "interval"),
        Input(ids.PULSE, "n_intervals"),
        Input(ids.CHANGED, "data"),
        Input(ids.ARRIVED, "data"),
        Input(ids.MOST, "data"),
        Input(ids.DISMISSED, "data"),
        Input(ids.URL, "search"),
        State(ids.SHOWN, "data"),
    )(look)
    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction("imports", "progress"), Input(ids.PROGRESS, "data")
    )
    app.callback(
        Output(ids.MOST, "data"),
        Input(ids.of_more(ALL), "n_clicks"),
        State(ids.MOST, "data"),
        prevent_initial_call=True,
    )(show_more)
    actions.register(app)
    return app


def layout(lang: str) -> list[Component]:
    """The screen before the first look."""
    texts = {name: t(f"imports.send.{name}", lang) for name in JS_TEXTS}
    return [
        dcc.Location(id=ids.URL, refresh=False),
        dcc.Interval(id=ids.PULSE, interval=PULSE_MS),
        *(dcc.Store(id=name) for name in (ids.SHOWN, ids.PROGRESS, ids.CHANGED, ids.ARRIVED)),
        dcc.Store(id=ids.DISMISSED, data=[], storage_type="session"),
        dcc.Store(id=ids.MOST, data=LOADS_A_PAGE),
        html.P(t("imports.intro", lang), className="intro"),
        html.Div(id=ids.OUTAGE),
        html.Section(
            [
                html.P(t("imports.drop", lang), className="drop-title"),
                html.Button(t("imports.choose", lang), id=ids.CHOOSE, type="button", className="button main"),
                html.P(t("imports.drop.hint", lang, most=imports.MOST_BYTES // 1024**2), className="quiet"),
            ],
            id=ids.DROP,
            **{
                "aria-label": t("imports.drop", lang),
                "data-texts": json.dumps(texts, ensure_ascii=False),
                "data-most": str(imports.MOST_BYTES),
            },
        ),
        html.Ul(id=ids.SENDING, **{"aria-label": t("imports.sending", lang)}),
        html.Div(id=ids.SAID, role="status"),
        html.Section(id=ids.FILES, **{"aria-label": t("imports.files", lang)}),
        html.Div([html.Div(id=ids.ASKED), html.Div(id=ids.DESK)], className="desk"),
        html.Section(
            [
                html.H2(t("imports.loads", lang)),
                html.Div(html.P(t("imports.looking", lang), className="quiet"), id=ids.LOADS),
            ],
            className="history",
        ),
    ]


@needs("load")
def look(
    _pulse: int | None,
    _changed: Any,
    _arrived: Any,
    most: int | None,
    dismissed: list[int] | None,
    search: str | None,
    shown: str | None,
) -> tuple[Any, ...]:
    """What the screen shows now; what is drawn already is not drawn again. An outage is said, and looked at again."""
    lang = language_in(search)
    try:
        seen = see(most or LOADS_A_PAGE)
    except (DatabaseUnavailable, NotMigrated) as error:
        return (*[no_update] * 3, errors.outage(error, lang), no_update, no_update, PULSE_WHILE_DOWN_MS)
    left = dismissed or []
    mark = _fingerprint(seen, left, lang)
    interval = PULSE_MS if seen.work else PULSE_WHILE_IDLE_MS
    progress = {str(work.id): cards.steps_of(work, lang) for work in seen.work}
    progress |= {f"file-{file.id}": cards.received_of(file, lang) for file in seen.files if file.state == "receiving"}
    if mark == shown:
        return (*[no_update] * 3, [], no_update, progress, interval)
    return (
        _files(seen, lang),
        desk(seen, lang),
        _loads(seen, left, most or LOADS_A_PAGE, lang),
        [],
        mark,
        progress,
        interval,
    )


@needs("load")
def show_more(clicks: list[int | None], most: int) -> Any:
    """One page more of loads."""
    return most + LOADS_A_PAGE if any(clicks) else no_update


def see(most: int) -> Seen:
    """All that the screen shows, from one state of the database."""
    with app_connection() as conn:
        conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        return Seen(
            queries.files(conn), queries.loads(conn, most), queries.newest_change(conn), queries.has_worker(conn)
        )


def desk(seen: Seen, lang: str) -> list[Component]:
    """What can be done to all files at once, and what keeps it from being done."""
    idle = [file for file in seen.files if not (file.work and file.work.is_open)]
    unanswered = [file for file in idle if file.state == "read" and reading.open_questions(file)]
    to_check = [file for file in idle if file.state == "read" and file not in unanswered]
    to_load = [file for file in idle if actions.can_be_loaded(file)]
    told = []
    if seen.work and not seen.has_worker:
        told.append(html.P(t("imports.no_worker", lang), className="warned", role="alert"))
    if unanswered:
        told.append(html.P(t("imports.unanswered", lang, files=len(unanswered)), className="warned"))
    buttons = []
    if to_check:
        buttons.append(
            html.Button(
                t("imports.check", lang, files=len(to_check)),
                id=ids.of_desk("check"),
                type="button",
                className="button" if to_load else "button main",
            )
        )
    if to_load:
        buttons.append(
            html.Button(
                t("imports.load", lang, files=len(to_load)),
                id=ids.of_desk("load"),
                type="button",
                className="button main",
            )
        )
        buttons.append(html.Span(t("imports.load.hint", lang), className="quiet"))
    return [*told, *([html.Div(buttons, className="bar")] if buttons else [])]


def _files(seen: Seen, lang: str) -> list[Component]:
    if not seen.files:
        return [html.P(t("imports.none", lang), className="empty")]
    waiting = [file for file in seen.files if file.state in ("received", "read") or actions.can_be_loaded(file)]
    order = [file.id for file in cards.in_order(waiting)]
    found = []
    for file in seen.files:
        before = order[: order.index(file.id)] if file.id in order else []
        earlier = [other.file_name for other in waiting if other.id in before and other.kind != file.kind]
        found.append(cards.card(file, seen.newest_change, earlier, lang))
    return found


def _loads(seen: Seen, dismissed: list[int], most: int, lang: str) -> list[Component]:
    more = html.Button(t("imports.loads.more", lang), id=ids.of_more(0), type="button", className="button")
    table = loads.table(seen.loads, dismissed, seen.newest_change, lang)
    return [table, more] if len(seen.loads) == most else [table]


def _fingerprint(seen: Seen, dismissed: list[int], lang: str) -> str:
    """Changes with whatever is drawn, but not with the steps of what runs: those are written into what is there."""
    facts = [
        [[file.id, file.state, file.options, file.error, file.load_id, _mark(file.work)] for file in seen.files],
        [[load.id, bool(load.undone_at), _mark(load.undoing)] for load in seen.loads],
        str(seen.newest_change),
        dismissed,
        seen.has_worker,
        lang,
    ]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def _mark(work: queries.Work | None) -> list[Any]:
    return [work.id, work.state] if work else []
