"""The drawer on a venue's cases, for whom the database shows them: what is open there now, and what is closed."""

import datetime as dt
from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from callbacks.cases import wording
from callbacks.drawer import parts
from callbacks.server.caller import may
from data.access.roles import AT_CASES
from data.queries.cases import CaseLine
from data.texts.catalogue import day, t

LISTED = 8


def open_here(lines: Sequence[CaseLine], today: dt.date, lang: str) -> list[Component]:
    """Every open case of ``lines``: what it is and since when, what is due next and until when; none: nothing."""
    now = dt.datetime.now(dt.UTC)
    items = [_open(line, now, lang) for line in lines if line.closed_at is None]
    title = t("venue.open_cases", lang, day=today)
    return [parts.section(title, html.Ul(items, className="open-cases"), name="open")] if items else []


def closed_here(lines: Sequence[CaseLine], lang: str) -> list[Component]:
    """The last of those that are closed, with what they came to."""
    items = [html.Li([_link(line, lang), _told(line, lang)]) for line in lines if line.closed_at][:LISTED]
    return (
        [parts.section(t("venue.closed_cases", lang), html.Ul(items, className="facts"), name="cases")] if items else []
    )


def _open(line: CaseLine, now: dt.datetime, lang: str) -> Component:
    told = [html.Div([_link(line, lang), _told(line, lang)])]
    due = wording.due(line, now, lang)
    if due and line.next_step:
        step = t("venue.case.next", lang, step=t(f"case.step.{line.next_step}", lang))
        mine = [" ", html.Em(t("case.mine", lang), className="mine")] if line.is_mine else []
        told.append(html.Div([f"{step} ", html.Span(due, className="late" if line.is_overdue else None), *mine]))
    if doubt := wording.doubt(line, lang):
        told.append(html.Div(doubt, className="case-doubt"))
    return html.Li(told, **{"data-case": line.id})


def _link(line: CaseLine, lang: str) -> Component:
    """The case by its name, which leads to its page for who may open that."""
    process = t(f"case.kind.{line.kind}", lang) if line.kind else t(f"case.process.{line.process}", lang)
    words = t("venue.case", lang, process=process, state=t(f"case.state.{line.state}", lang))
    return html.A(words, href=wording.address(lang, case=line.id)) if any(map(may, AT_CASES)) else html.Strong(words)


def _told(line: CaseLine, lang: str) -> str:
    """What was found, for which day it is planned, since when it is so."""
    told = []
    if line.outcome:
        told.append(t("venue.case.outcome", lang, outcome=t(f"case.outcome.{line.outcome}", lang)))
    if line.planned_for and line.closed_at is None:
        told.append(t("venue.case.planned", lang, day=line.planned_for))
    if line.since:
        told.append(day(line.since) if line.closed_at else t("case.since", lang, day=line.since))
    return "".join(f" · {one}" for one in told)
