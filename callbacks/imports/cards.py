"""The files at work, a card each: what is known of a file, how far it has come, and what can be done next."""

import datetime as dt
from typing import Any

from dash import html
from dash.development.base_component import Component

from callbacks.imports import ids, outcome, reading
from data.queries.imports import File, Work
from data.texts.catalogue import moment, number, t
from data.texts.sentences import told
from etl.loading.kinds import KINDS

STEPS = ("receive", "read", "check", "load")
_REACHED = {"receiving": 0, "received": 1, "read": 2, "checked": 3, "loaded": 4}
_MEGABYTE = 1024**2


def card(file: File, newest_change: dt.datetime | None, earlier: list[str], lang: str) -> Component:
    """One file. ``newest_change``: when the data last changed; ``earlier``: files that are to be loaded before it."""
    return html.Article(
        [
            html.Header(
                [
                    html.H3(file.file_name),
                    html.P(_about(file, lang), className="quiet"),
                    _steps(file, lang),
                ]
            ),
            *_body(file, newest_change, earlier, lang),
            *_actions(file, lang),
        ],
        id=f"file-{file.id}",
        className=f"file {file.state}",
        **{"data-state": file.state, "data-name": file.file_name},
    )


def running(work: Work, lang: str) -> Component:
    """Progress of a job; the browser writes into it what ``ids.PROGRESS`` says of the job from then on."""
    facts = steps_of(work, lang)
    return html.Div(
        [
            html.Progress(
                value=str(facts["value"]), max=str(facts["max"]), **{"aria-label": t(f"imports.work.{work.kind}", lang)}
            ),
            html.P([html.Span(facts["text"], className="text"), html.Span(facts["elapsed"], className="elapsed")]),
        ],
        className="progress",
        **{"data-job": str(work.id)},
    )


def steps_of(work: Work, lang: str) -> dict[str, Any]:
    """What is said of a job that waits or runs: honest steps, never a guess of how long they take."""
    doing = t(f"imports.work.{work.kind}", lang)
    if work.state == "queued":
        return {"value": 0, "max": 1, "text": t("imports.work.queued", lang, doing=doing), "elapsed": ""}
    if work.steps > 1:
        text = t("imports.work.step", lang, doing=doing, step=work.step, steps=work.steps, text=told(work.doing, lang))
    else:
        text = f"{doing}: {told(work.doing, lang)}" if work.doing else doing
    elapsed = t("imports.work.elapsed", lang, seconds=int(work.seconds))
    return {"value": max(work.step - 1, 0), "max": max(work.steps, 1), "text": text, "elapsed": elapsed}


def received_of(file: File, lang: str) -> dict[str, Any]:
    """What is said of a file that is coming in."""
    text = t("imports.receiving", lang, got=size(file.received_bytes, lang), size=size(file.bytes, lang))
    return {"value": file.received_bytes, "max": max(file.bytes, 1), "text": text, "elapsed": ""}


def in_order(files: list[File]) -> list[File]:
    """Files in the order in which they have to be loaded: a reminder needs its venue, a venue its ward."""
    order = list(KINDS)
    return sorted(files, key=lambda file: (order.index(file.kind) if file.kind in order else len(order), file.id))


def size(value: int, lang: str) -> str:
    """Bytes as people read them."""
    if value < _MEGABYTE:
        return f"{number(max(1, round(value / 1024)) if value else 0, lang)} KB"
    return f"{number(value / _MEGABYTE, lang, 1)} MB"


def _about(file: File, lang: str) -> str:
    archive = file.options.get("archive")
    came_in = t("imports.from_archive", lang, name=archive) if archive else ""
    facts = [
        t(f"kind.{file.kind}", lang) if file.kind else "",
        size(file.bytes, lang),
        came_in,
        file.received_by,
        moment(file.received_at),
    ]
    return " · ".join(fact for fact in facts if fact)


def _steps(file: File, lang: str) -> Component:
    refused = file.state == "refused"
    reached = _refused_at(file) if refused else _REACHED[file.state]
    items = []
    for position, name in enumerate(STEPS):
        now = position == reached
        look = "done" if position < reached else "refused" if now and refused else "now" if now else ""
        items.append(
            html.Li(t(f"imports.step.{name}", lang), className=look, **({"aria-current": "step"} if now else {}))
        )
    return html.Ol(items, className="steps", **{"aria-label": t("imports.step.title", lang)})


def _refused_at(file: File) -> int:
    """The step that a refused file did not pass: reading leaves a view of what could not be read, too."""
    if not file.preview or file.preview.get("error"):
        return 1
    return 3 if file.work and file.work.kind == "load" else 2


def _body(file: File, newest_change: dt.datetime | None, earlier: list[str], lang: str) -> list[Component]:
    if file.state == "receiving":
        return [_receiving(file, lang)]
    if file.work and file.work.is_open:
        return [running(file.work, lang)]
    parts: list[Component] = []
    if file.work and file.work.state == "failed" and file.state != "refused":
        parts.append(html.P(told(file.work.said, lang), className="error", role="alert"))
    if file.state == "refused":
        parts += [
            html.P(told(file.said, lang), className="error", role="alert"),
            *outcome.rejects_link(file.report, lang),
            *([reading.panel(file, lang, folded=True)] if _holds_something(file) else []),
        ]
    elif file.state == "read":
        parts += [*_earlier(earlier, lang), reading.panel(file, lang, folded=False)]
    elif file.state == "checked":
        parts += [
            *_outdated(file, newest_change, lang),
            *_earlier(earlier, lang),
            outcome.panel(file.report, lang, done=False),
            reading.panel(file, lang, folded=True),
        ]
    elif file.state == "loaded":
        parts.append(html.P(t("imports.loaded", lang, load=file.load_id), className="success", role="status"))
        parts.append(outcome.panel(file.report, lang, done=True))
    return parts


def _holds_something(file: File) -> bool:
    """Whether it is a table that a person could have read otherwise, or there is a question about it."""
    return bool(file.preview.get("is_table") or file.preview.get("doubts"))


def _receiving(file: File, lang: str) -> Component:
    facts = received_of(file, lang)
    return html.Div(
        [
            html.Progress(
                value=str(facts["value"]), max=str(facts["max"]), **{"aria-label": t("imports.step.receive", lang)}
            ),
            html.P([html.Span(facts["text"], className="text"), html.Span("", className="elapsed")]),
            html.P(t("imports.receiving.resume", lang), className="quiet"),
        ],
        className="progress",
        **{"data-job": f"file-{file.id}"},
    )


def _earlier(earlier: list[str], lang: str) -> list[Component]:
    if not earlier:
        return []
    names = ", ".join(f"«{name}»" for name in earlier)
    return [html.P(t("imports.earlier", lang, names=names), className="warned")]


def _outdated(file: File, newest_change: dt.datetime | None, lang: str) -> list[Component]:
    checked_at = file.work.finished_at if file.work and file.work.kind == "check" else None
    if checked_at is None or newest_change is None or checked_at >= newest_change:
        return []
    return [html.P(t("imports.outdated", lang), className="warned")]


def _actions(file: File, lang: str) -> list[Component]:
    """What can be done with this file alone; checking and loading stand for all files in the bar below."""
    if file.state == "loaded" or (file.work and file.work.is_open):
        return []
    names = {"refused": ("read", "check", "discard"), "read": ("discard",), "checked": ("check", "discard")}
    if file.work and file.work.state == "failed" and file.state == "received":
        names["received"] = ("read", "discard")
    shown = names.get(file.state, ("discard",))
    if file.state == "refused" and not _holds_something(file):
        shown = ("discard",)
    elif file.state == "refused" and reading.open_questions(file):
        shown = ("read", "discard")
    if file.preview and reading.is_changed(file):
        shown = tuple(name for name in shown if name != "read")  # the button stands with the columns
    return [
        html.Footer(
            [
                html.Button(
                    t(f"imports.do.{name}{'_again' if name != 'discard' else ''}", lang),
                    id=ids.of_file(name, file.id),
                    type="button",
                    className="button danger" if name == "discard" else "button",
                )
                for name in shown
            ]
        )
    ]
