"""The list of all loads: who, when, which file, what came of it; and the way back from one."""

import datetime as dt

from dash import html
from dash.development.base_component import Component

from callbacks.imports import ids, outcome
from callbacks.imports.cards import running
from callbacks.imports.downloads import address_of
from data.queries.imports import Loaded
from data.texts.catalogue import moment, number, t
from data.texts.sentences import told
from etl.store import files
from etl.undo.report import effects, from_json

COLUMNS = ("number", "when", "who", "file", "rows", "duration", "state")


def table(loads: list[Loaded], dismissed: list[int], newest_change: dt.datetime | None, lang: str) -> Component:
    """All rows of ``loads``; ``dismissed``: jobs whose answer somebody has looked at and left."""
    if not loads:
        return html.P(t("imports.loads.none", lang), className="empty")
    head = html.Thead(html.Tr([html.Th(t(f"imports.loads.{name}", lang), scope="col") for name in COLUMNS]))
    rows: list[Component] = []
    for load in loads:
        rows.append(_row(load, lang))
        answer = _undoing(load, dismissed, newest_change, lang)
        if answer:
            rows.append(
                html.Tr(html.Td(answer, colSpan=len(COLUMNS)), className="undoing", **{"data-undoing": str(load.id)})
            )
    return html.Div(html.Table([head, html.Tbody(rows)]), className="loads")


def _row(load: Loaded, lang: str) -> Component:
    cells = {
        "number": number(load.id, lang),
        "when": moment(load.finished_at),
        "who": t("folder.name", lang) if load.loaded_by == t("folder.name") else load.loaded_by or "—",
        "file": _file(load, lang),
        "rows": t(
            "imports.loads.counts",
            lang,
            read=load.rows_read,
            changed=load.rows_changed,
            rejected=load.rows_rejected,
        ),
        "duration": _duration(load, lang),
        "state": _state(load, lang),
    }
    return html.Tr(
        [html.Td(cells[name], **{"data-label": t(f"imports.loads.{name}", lang)}) for name in COLUMNS],
        className="taken-back" if load.undone_at else "",
        **{"data-load": str(load.id)},
    )


def _file(load: Loaded, lang: str) -> Component:
    kept = files.path_of(load.file_sha256, load.file_name).is_file()
    name: Component | str = load.file_name
    if kept:
        name = html.A(load.file_name, href=address_of(load.file_sha256), download=True)
    about = [t(f"kind.{load.kind}", lang)]
    if load.is_demo:
        about.append(t("data.demo", lang).lower())
    if not kept:
        about.append(t("imports.loads.not_kept", lang))
    return html.Div([name, html.Small(" · ".join(about))])


def _duration(load: Loaded, lang: str) -> str:
    seconds = (load.finished_at - load.started_at).total_seconds()
    return t("imports.loads.seconds", lang, seconds=number(seconds, lang, 1 if seconds < 10 else 0))


def _state(load: Loaded, lang: str) -> Component:
    if load.undone_at:
        return html.Span(
            t("imports.loads.undone", lang, at=load.undone_at, who=load.undone_by or "—"), className="quiet"
        )
    busy = load.undoing is not None and load.undoing.is_open
    return html.Button(
        t("imports.loads.undo", lang),
        id=ids.of_load("undo_check", load.id),
        type="button",
        className="button",
        disabled=busy,
        **{"aria-label": t("imports.loads.undo_of", lang, load=load.id)},
    )


def _undoing(
    load: Loaded, dismissed: list[int], newest_change: dt.datetime | None, lang: str
) -> list[Component] | None:
    """What is going on about taking a load back: progress, what it would do, why it cannot be done."""
    work = load.undoing
    if work is None or work.id in dismissed:
        return None
    if work.is_open:
        return [running(work, lang)]
    if work.finished_at and newest_change and work.finished_at < newest_change:
        return None  # said of data that have changed since
    close = html.Button(
        t("imports.undo.leave", lang), id=ids.of_load("leave", load.id), type="button", className="button"
    )
    if work.state == "failed":
        return [html.P(told(work.said, lang), className="error", role="alert"), close]
    if work.kind == "undo":
        return None
    confirm = html.Button(
        t("imports.undo.confirm", lang, load=load.id),
        id=ids.of_load("undo", load.id),
        type="button",
        className="button main",
    )
    head, *others = effects(from_json(work.result), lang)
    return [
        html.H4(head),
        html.Ul([html.Li(line.strip()) for line in others], className="sentences"),
        *outcome.statuses(work.result.get("statuses"), lang),
        *outcome.suspensions(work.result.get("suspensions"), lang),
        html.Div([confirm, close], className="confirm"),
    ]
