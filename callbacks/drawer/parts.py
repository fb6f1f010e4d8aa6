"""Pieces that every level of the drawer is made of: its head with the way back up, sections, charts, tables."""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from callbacks.view.filters import go
from callbacks.view.snapshot import Snapshot
from data.access.caller import current_caller
from data.database.connection import Connection
from data.queries.annotations import annotations
from data.queries.figures import Figures
from data.queries.filters import NO_WARD, Filters
from data.texts.catalogue import change, number, percent, t
from layers.charts import Chart
from layers.notes import Note
from layers.statuses import STATUS_STYLES
from layers.template import CONFIG

# Two months of days, in whole weeks: what the charts of ward and venue reach back.
CHART_DAYS = 56


@dataclass(frozen=True)
class Crumb:
    """One step of the way from the district; without a patch it is where the reader stands."""

    text: str
    patch: dict[str, str | None] | None = None


def content(key: str, crumbs: Sequence[Crumb], body: Sequence[Component], lang: str) -> Component:
    """A level of the drawer. ``key`` tells levels apart, so that focus moves when the level does, and only then."""
    path = [_path(crumbs, lang)] if len(crumbs) > 1 else []
    return html.Div([*path, *body], **{"data-level": key})


def up(**more: str | None) -> dict[str, str | None]:
    """A patch of the address that leads to a level above a venue, with the drawer open; all filters stay."""
    return {"venue": None, "place": None, "drawer": "open", **more}


def whole(lang: str) -> str:
    """All that the caller may see: the district, their wards or their units. Nobody must take the figures of one for
    those of another.
    """
    who = current_caller()
    if who is None or who.wards is None:
        return t("drawer.district", lang)
    return t("drawer.own_units" if who.units else "drawer.own_wards", lang)


def district_crumb(lang: str) -> Crumb:
    """The first step: all that the caller may see."""
    return Crumb(whole(lang), up(ward=None))


def ward_title(code: str | None, name: str | None, lang: str) -> str:
    """ "Phường Mộ Lao", or what stands for no ward."""
    return t("ward.none", lang) if code in (None, NO_WARD) or name is None else t("drawer.ward", lang, name=name)


def _path(crumbs: Sequence[Crumb], lang: str) -> Component:
    steps = [
        html.Li(
            html.Button(crumb.text, type="button", **go(**crumb.patch))
            if crumb.patch
            else html.Span(crumb.text, **{"aria-current": "page"})
        )
        for crumb in crumbs
    ]
    return html.Nav(html.Ol(steps), className="crumbs", **{"aria-label": t("drawer.path", lang)})


def heading(text: str, *below: Component) -> Component:
    """The title of a level; it takes the focus when the level opens."""
    return html.Header([html.H2(text, tabIndex=-1, className="level-title"), *below])


def section(title: str, *body: Component, name: str = "") -> Component:
    """A titled part of a level."""
    return html.Section([html.H3(title), *body], className=f"drawer-section {name}".strip())


def is_narrowed(seen: Snapshot, *ignoring: str) -> bool:
    """Whether filters other than the day (and those named) are in force."""
    asked = seen.view.filters
    return asked.without("venue", *ignoring) != Filters(asked.day)


def day_line(seen: Snapshot, *ignoring: str) -> str:
    """Of which day the figures are, and whether filters narrow them (those named in ``ignoring`` aside)."""
    lang = seen.view.lang
    of_day = t("drawer.of_day", lang, day=seen.view.filters.day)
    return f"{of_day} · {t('drawer.filtered', lang)}" if is_narrowed(seen, *ignoring) else of_day


def figure(chart: Chart, lang: str) -> Component:
    """A chart with its numbers as a table that opens below it.

    The table is made in the browser when it is opened: as components its hundreds of cells would keep every panel
    waiting for what few open.
    """
    table = {"caption": chart.title, "header": chart.header, "rows": chart.rows}
    graph = dcc.Graph(
        figure=chart.figure,
        config=CONFIG,
        responsive=True,
        style={"height": f"{chart.figure['layout']['height']}px"},
        className="chart",
    )
    return html.Div(
        [
            html.Div(graph, role="img", **{"aria-label": f"{chart.title}. {t('drawer.table', lang)} ↓"}),
            *([html.Ol([html.Li(note) for note in chart.notes], className="chart-notes")] if chart.notes else []),
            html.Details(
                [html.Summary(t("drawer.table", lang)), html.Div(className="scrolling", tabIndex=0)],
                className="chart-table",
                **{"data-table": json.dumps(table, ensure_ascii=False)},
            ),
        ],
        className="figure-with-table",
    )


def notes_on(conn: Connection, first: dt.date, last: dt.date) -> list[Note]:
    """The notes on days that a chart from ``first`` to ``last`` shows."""
    return [Note(note.first, note.last, note.words) for note in annotations(conn, first, last)]


def status_table(figures: Figures, lang: str) -> Component:
    """Venues by status with share and change against a week before, adding up to the total; QR and scans below."""
    now, before = figures.now, figures.before
    rows = [
        _status_row(
            [html.Span(className=f"swatch {style.code}"), html.Span(t(f"status.{style.code}", lang))],
            now.by_status[style.code],
            now.venues,
            None if before is None else before.by_status[style.code],
            lang,
        )
        for style in STATUS_STYLES
    ]
    total = _status_row(
        t("drawer.status.all", lang), now.venues, now.venues, before.venues if before else None, lang, "total"
    )
    account = [
        _status_row(t(f"figures.{name}", lang), value, now.venues, value_before, lang)
        for name, value, value_before in (
            ("with_qr", now.with_qr, before.with_qr if before else None),
            ("with_scans", now.with_scans, before.with_scans if before else None),
        )
    ]
    heads = ("drawer.status", "drawer.status.venues", "drawer.status.share", "drawer.status.change")
    compared = t("drawer.week" if before else "drawer.no_week", lang, day=figures.week_before)
    names = [html.Th(t(key, lang), scope="col") for key in heads]
    names[0].children = html.Span(names[0].children, className="for-screen-readers")  # it repeats the section's title
    parts = [
        html.Table(
            [
                html.Thead(html.Tr(names)),
                html.Tbody(rows),
                html.Tbody([total, *account]),
            ],
            className="status-table",
        ),
        html.P(compared, className="quiet small"),
    ]
    if now.no_point:
        parts.append(html.P(t("drawer.no_point", lang, count=now.no_point), className="quiet small"))
    return html.Div(parts)


def _status_row(
    name: list[Component] | str, value: int, total: int, before: int | None, lang: str, kind: str = ""
) -> Component:
    return html.Tr(
        [
            html.Th(name, scope="row"),
            html.Td(number(value, lang), className="number"),
            html.Td(percent(value / total, lang) if total else "–", className="number"),
            html.Td("–" if before is None else change(value - before, lang), className="number"),
        ],
        className=kind,
    )


def venue_list(venues: Sequence[Any], lang: str, **patch: str | None) -> Component:
    """Venues (code, name, address, status), each a button that opens it."""
    rows = [
        html.Li(
            html.Button(
                [
                    html.Span(venue.name, className=f"name cell-status {venue.status}"),
                    html.Span(
                        f"{t(f'status.{venue.status}', lang)} · {venue.address or venue.code}", className="place"
                    ),
                ],
                type="button",
                className="venue-line",
                **go(**patch, venue=venue.code),
            )
        )
        for venue in venues
    ]
    return html.Ul(rows, className="venue-list")


def chart_from(day: dt.date, first_day: dt.date | None) -> dt.date:
    """First day of an eight weeks' chart that ends on ``day``, never before the first day that is known."""
    first = day - dt.timedelta(days=CHART_DAYS - 1)
    return max(first, first_day) if first_day and first_day <= day else first
