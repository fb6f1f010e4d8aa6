"""The frame of the page in one language: top bar, figures, rail, map, drawer, table."""

from collections.abc import Sequence
from pathlib import Path

from dash import dcc, html
from dash.development.base_component import Component

from callbacks import ids
from callbacks.drawer import levels as drawer
from callbacks.map import settings as map_screen
from callbacks.page import table
from callbacks.server import bar, errors, office
from callbacks.server.language import with_language
from callbacks.view import filters
from callbacks.view.snapshot import Snapshot
from data.access.roles import DESK
from data.queries.figures import Cube
from data.texts.catalogue import Language, t

INDEX = (Path(__file__).parent / "templates" / "index.html").read_text("utf-8")
"""The first document, with places in braces for what Dash and ``app`` put there."""


OF_THE_MAP = 480
"""Pixels of what the map's page itself puts into the bar: the day of the data, two buttons."""


def shell() -> Component:
    """What stands before the language is known: the address, what the page remembers, and room for the page."""
    return html.Div(
        [
            dcc.Location(id=ids.URL, refresh=False),
            dcc.Store(id=ids.SCOPE),
            dcc.Store(id=ids.VENUE),
            dcc.Store(id=ids.GO),
            dcc.Store(id=ids.TYPED),
            dcc.Store(id=ids.MOMENT),
            dcc.Store(id=ids.FACTS),
            dcc.Store(id=ids.OPEN_VENUE),
            dcc.Store(id=ids.MAP_CLICK),
            dcc.Store(id=ids.MAP_WARD),
            dcc.Store(id=ids.MAP_AREA),
            dcc.Store(id=ids.MOVE),
            dcc.Store(id=ids.MOVE_ANSWER),
            dcc.Interval(id=ids.MOVE_PULSE, interval=errors.MOVE_PULSE_MS, disabled=True),
            dcc.Store(id=ids.TABLE_ROWS),
            dcc.Interval(id=ids.PULSE, interval=errors.PULSE_MS),
            html.Div(id=ids.OUTAGE),
            html.Div(id=ids.BODY),
        ]
    )


def body(snapshot: Snapshot, counted: Cube) -> Component:
    """The whole page for a first address; ``callbacks.page.answers.show`` fills in what depends on it later."""
    lang = snapshot.view.lang
    links = office.links(lang)
    content = filters.Rail(
        snapshot.view,
        snapshot.span.current_day,
        snapshot.span.first_day,
        filters.lists(counted, snapshot.view.filters, snapshot.options, lang),
    )
    return html.Div(
        [
            errors.unreachable(lang),
            html.A(t("page.skip", lang), href=f"#{ids.TABLE_TOGGLE}", className="skip"),
            _top_bar(lang, links),
            html.Dl(id=ids.FIGURES, **{"aria-label": t("figures.title", lang)}),
            html.Div([html.Div(id=ids.NOTICES), html.Div(id=ids.VENUE_NOTICE)], className="notices", role="status"),
            html.Div(
                [filters.rail(content), _map_section(snapshot, lang), drawer.layout(lang)],
                className="stage",
            ),
            table.panel(lang),
            _phone_bar(lang, links),
        ],
        id=ids.PAGE,
        lang=lang,
    )


def _top_bar(lang: Language, links: Sequence[bar.Link]) -> Component:
    name = html.H1([html.Span(t("app.name", lang)), html.Small(t("app.place", lang))], className="name")
    return html.Header(
        [
            html.Button(
                html.Span(className="funnel", **{"aria-hidden": "true"}),
                id=ids.RAIL_TOGGLE,
                type="button",
                title=t("filter.title", lang),
                **{"aria-label": t("filter.toggle", lang), "aria-controls": ids.RAIL, "aria-expanded": "true"},
            ),
            name,
            *bar.navigation(links, "/", lang, besides=OF_THE_MAP),
            html.P(id=ids.DATA_DAY),
            html.Button(t("overview.open", lang), id=ids.OVERVIEW, type="button", className="button"),
            *bar.account(lang),
            bar.language("/", lang, id=ids.LANGUAGE),
        ],
        id=ids.TOP_BAR,
        className="bar",
    )


def _map_section(snapshot: Snapshot, lang: Language) -> Component:
    return html.Main(
        [
            html.Div(id=ids.MAP, tabIndex=-1),
            dcc.Store(id=ids.MAP_CONFIG, data=map_screen.config(lang)),
            html.Div(id=ids.CHIPS, **{"aria-label": t("chip.title", lang)}),
            html.Div(id=ids.AREA_PANEL, hidden=True),
        ],
        className="map-section",
        **{"data-demo": t("data.demo", lang) if snapshot.span.is_demo else ""},
    )


def _phone_bar(lang: Language, links: Sequence[bar.Link]) -> Component:
    """Large targets at the lower edge of a phone; each button presses the one that a desktop shows elsewhere."""
    return html.Nav(
        [
            html.Button(t("filter.title", lang), type="button", **{"data-press": ids.RAIL_TOGGLE}),
            html.Button(t("table.short", lang), type="button", **{"data-press": ids.TABLE_TOGGLE}),
            html.Button(t("overview.open", lang), type="button", **{"data-press": ids.OVERVIEW}),
            *_to_desk(lang, links),
        ],
        className="phone-bar",
        **{"aria-label": t("page.phone_bar", lang)},
    )


def _to_desk(lang: Language, links: Sequence[bar.Link]) -> list[Component]:
    """The way to what waits for the caller, with how much that is."""
    desk = next((link for link in links if link.address == DESK), None)
    return [html.A(desk.text(lang), href=with_language(DESK, lang))] if desk else []


def validation_layout() -> Component:
    """Every component there can be, so that Dash checks each callback against it at start."""
    return html.Div(
        [
            shell(),
            _top_bar("vi", []),
            html.Div(id=ids.PAGE),
            html.Dl(id=ids.FIGURES),
            html.Div(id=ids.NOTICES),
            html.Div(id=ids.MAP),
            dcc.Store(id=ids.MAP_CONFIG),
            html.Div(id=ids.CHIPS),
            html.Div(id=ids.AREA_PANEL),
            html.Div(id=ids.VENUE_NOTICE),
            filters.empty_rail("vi"),
            drawer.layout("vi"),
            table.panel("vi"),
            table.grid("vi"),
        ]
    )
