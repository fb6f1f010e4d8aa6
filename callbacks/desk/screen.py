"""The screen of the desk: a part for each kind of waiting things, each line a link to where it is dealt with.

Where what comes next is done at the line's venue, the line offers that, too.
"""

import datetime as dt
from collections.abc import Mapping

from dash import Dash, html
from dash.development.base_component import Component
from flask import Flask

from callbacks.actions import buttons
from callbacks.server import office
from callbacks.server.caller import caller
from callbacks.server.language import language_in, with_language
from callbacks.server.stated import signed_in
from data.access.roles import DESK, ROLES
from data.database.connection import app_connection
from data.queries.acting import Place, places
from data.queries.waiting import Line, Waiting, waiting
from data.status.days import data_span
from data.texts.catalogue import day, moment, number, t


def register(server: Flask) -> Dash:
    """The screen on ``server``."""
    return office.make_shown(
        __name__, DESK, "desk.title", server, show, styles=("actions.css",), scripts=("actions.js",)
    )


@signed_in
def show(search: str | None) -> list[Component]:
    """What waits for the caller, what is late first; then of what nothing waits, in a line."""
    lang, who = language_in(search), caller()
    with app_connection() as conn:
        conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        today = data_span(conn).current_day
        found = waiting(conn, who)
        acted_on = [line.venue for one in found if one.kind.is_acted_on for line in one.lines if line.venue]
        at = places(conn, acted_on)
    some = sorted((one for one in found if one.count), key=lambda one: (not one.kind.is_counted, not one.late))
    none = [t(f"waiting.{one.kind.key}", lang) for one in found if not one.count]
    parts = [html.Section(_part(one, at, lang), className="kind", **{"data-kind": one.kind.key}) for one in some]
    if not some:
        parts = [html.P(t("desk.nothing", lang), className="empty")]
    if none:
        parts.append(html.P(f"{t('desk.none_of', lang)} {'; '.join(none)}.", className="quiet none-of"))
    return [_head(who.role, today, lang), *parts]


def _head(role: str, today: dt.date, lang: str) -> Component:
    said = html.Span(t("desk.day", lang, day=today), className="quiet")
    if "view" not in ROLES[role].rights:
        return html.Div([said], className="head")
    to_map = html.A(t("desk.map", lang), href=with_language(ROLES[role].map, lang), className="button main")
    return html.Div([said, to_map], className="head")


def _part(one: Waiting, at: Mapping[str, Place], lang: str) -> list[Component]:
    rest = one.count - len(one.lines)
    heading = html.H2(
        [
            html.A(t(f"waiting.{one.kind.key}", lang), href=with_language(one.kind.screen, lang)),
            html.Span(number(one.count, lang), className="count"),
        ]
    )
    facts = [t("desk.since_first", lang, day=one.since)] if one.since else []
    late = [html.Strong(t("desk.late_count", lang, count=one.late), className="late")] if one.late else []
    about = [html.P([*late, " " if late and facts else "", *facts], className="quiet about")] if late or facts else []
    lines = html.Ul(
        [_item(line, at.get(line.venue or "") if one.kind.is_acted_on else None, lang) for line in one.lines]
    )
    link = html.A(t("desk.rest", lang, count=rest), href=with_language(one.kind.screen, lang), className="rest")
    return [heading, *about, lines, *([link] if rest else [])]


def _item(line: Line, place: Place | None, lang: str) -> Component:
    """A line, and what may be done at its venue from here."""
    offered = buttons.in_row(place, lang)
    return html.Li([_line(line, lang), *offered], className="with-acts" if offered else None)


def _line(line: Line, lang: str) -> Component:
    said = " · ".join(part for part in (t(line.said, lang) if line.said else None, line.detail) if part)
    return html.A(
        [
            html.Span([html.Strong(line.title), html.Span(said, className="detail")], className="what"),
            html.Span(t("desk.since", lang, day=line.since) if line.since else "", className="since"),
            html.Span(_due(line, lang), className="due late" if line.late else "due"),
        ],
        href=with_language(line.address, lang),
    )


def _due(line: Line, lang: str) -> str:
    """Until when, and by how many working days that has passed."""
    if line.due_at is None and line.due_on is None:
        return ""
    until = moment(line.due_at) if line.due_at else day(line.due_on or dt.date.max)
    if not line.late:
        return t("desk.due", lang, until=until)
    if line.due_at:
        return t("desk.late_since", lang, until=until)
    return t("desk.late", lang, until=until, days=line.late)
