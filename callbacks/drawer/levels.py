"""The drawer from the right: district, ward, several venues at one place, one venue.

The address decides what it shows (``assets/drawer.js``): ``venue``, else ``place``, else, with ``drawer=open``, the one
ward of the filters or the whole district. So the back button and a sent link restore it.
"""

from typing import Any, TypedDict

from dash import ClientsideFunction, Dash, Input, Output, dcc, html, no_update
from dash.development.base_component import Component

from callbacks import ids
from callbacks.drawer import parts, ward
from callbacks.drawer import venue as drawer_venue
from callbacks.server import errors
from callbacks.server.language import language_of_caller
from callbacks.server.stated import needs
from callbacks.view.snapshot import Snapshot, from_snapshot
from data.database.connection import Connection
from data.errors import UnknownFilter, UnknownVenue
from data.texts.catalogue import t


class State(TypedDict):
    """What the drawer shows: a level, and of the address only what it depends on."""

    level: str
    search: str
    venue: str | None
    place: str | None


def layout(lang: str) -> Component:
    """The closed drawer."""
    return html.Aside(
        [
            dcc.Store(id=ids.DRAWER_STATE),
            html.Button(
                html.Span("×", **{"aria-hidden": "true"}),
                id=ids.DRAWER_CLOSE,
                type="button",
                title=t("drawer.close", lang),
                **{"aria-label": t("drawer.close", lang)},
            ),
            html.Div(id=ids.DRAWER_BODY),
        ],
        id=ids.DRAWER,
        hidden=True,
        **{"aria-label": t("drawer.title", lang)},
    )


@needs("view")
def fill(state: State | None, moment: dict[str, Any] | None) -> Any:
    """The content of the level that the address asks for; what it names and does not exist is said."""
    del moment  # it only says that the data changed
    if state is None:
        return no_update
    return from_snapshot(state["search"], lambda conn, seen: _level(conn, seen, state))


def _level(conn: Connection, seen: Snapshot, state: State) -> Component:
    try:
        if state["level"] == "venue" and state["venue"]:
            return drawer_venue.venue(conn, seen, state["venue"], state["place"])
        if state["level"] == "place" and state["place"]:
            return drawer_venue.several(conn, seen, state["place"])
    except (UnknownVenue, UnknownFilter) as error:
        return _sentence(error.sentence(seen.view.lang), seen.view.lang)
    if len(seen.view.filters.wards) == 1:
        return ward.ward(conn, seen)
    return ward.district(conn, seen)


def failed(error: Exception) -> Component:
    """What the drawer says when it could not be filled; the page's own notice says why."""
    errors.report(error)
    lang = language_of_caller()
    return _sentence(t("drawer.failed", lang), lang)


def _sentence(text: str, lang: str) -> Component:
    crumbs = [parts.district_crumb(lang)]
    return parts.content("notice", crumbs, [html.P(text, className="empty", role="alert")], lang)


def register(app: Dash) -> None:
    """Wire the drawer to the address; what needs no server stands in ``assets/drawer.js``."""
    app.clientside_callback(
        ClientsideFunction("drawer", "state"),
        Output(ids.DRAWER_STATE, "data"),
        Output(ids.DRAWER, "hidden"),
        Input(ids.URL, "search"),
    )
    app.callback(
        Output(ids.DRAWER_BODY, "children"),
        Input(ids.DRAWER_STATE, "data"),
        Input(ids.MOMENT, "data"),
        on_error=failed,
    )(fill)
    app.clientside_callback(
        ClientsideFunction("drawer", "filled"), Input(ids.DRAWER_BODY, "children"), prevent_initial_call=True
    )
    app.clientside_callback(
        ClientsideFunction("drawer", "chooseSeveral"), Input(ids.MAP_CLICK, "data"), prevent_initial_call=True
    )
