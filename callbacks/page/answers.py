"""What a change of the address shows: the page's callbacks.

The browser keeps the address (``assets/page.js``); a change of it, or of the data, comes here as ``ids.SCOPE`` and
``ids.MOMENT``, is answered from one snapshot of the database, and drawn by the modules of this folder.
"""

from dataclasses import dataclass
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, no_update
from dash.development.base_component import Component

from callbacks import exports, ids
from callbacks.access import rates
from callbacks.page import figures, frame, selection, table
from callbacks.server import errors
from callbacks.server.language import language_in
from callbacks.server.stated import needs
from callbacks.view import filters
from callbacks.view.snapshot import CUBES, Snapshot, counted_cubes, from_snapshot, take_snapshot
from data.database.connection import Connection, app_connection
from data.errors import DatabaseUnavailable, NotMigrated, UnknownVenue
from data.queries.figures import Cube, Figures, totals, ward_figures, without_point
from data.queries.figures import figures as figures_of
from data.queries.filters import MAX_QUERY_LENGTH, Filters
from data.queries.freshness import Freshness, freshness
from data.queries.search import SHORTEST, suggestions
from data.queries.selection import code_of, matching_ids, venue_point
from data.queries.table import page as table_page
from data.queries.table import place_of
from data.queries.unlocated import UnmatchedWard, unmatched_wards

LISTS = (ids.STATUS_FILTER, ids.WARD_FILTER, ids.CATEGORY_FILTER)


# --- What a change shows --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """All that one view counts, of one snapshot."""

    snapshot: Snapshot
    fresh: Freshness
    cube: Cube
    figures: Figures
    matches: list[int] | None
    unmatched: list[UnmatchedWard]


def _shown(conn: Connection, snapshot: Snapshot) -> Shown:
    asked = snapshot.view.filters
    counted, before = counted_cubes(conn, snapshot)
    unmatched = unmatched_wards(conn, asked) if any(cell.ward == "none" for cell in counted.cells) else []
    fresh, matches = freshness(conn, snapshot.span), matching_ids(conn, asked)
    return Shown(snapshot, fresh, counted, figures_of(asked, counted, before), matches, unmatched)


@needs("view")
def show(scope: str | None, moment: dict[str, Any] | None) -> dict[str, Any]:
    """Everything that depends on the filters, by component, from one snapshot."""
    del moment  # it only says that the data changed
    shown = from_snapshot(scope, _shown)
    snapshot, asked, lang = shown.snapshot, shown.snapshot.view.filters, shown.snapshot.view.lang
    rail = filters.lists(shown.cube, asked, snapshot.options, lang)
    chips = filters.chips(asked, snapshot.span.current_day, snapshot.options, lang)
    return {
        "figures": figures.strip(shown.figures, lang),
        "data_day": figures.data_day(shown.fresh, lang),
        "notices": errors.notices(snapshot.view.problems, shown.fresh, lang),
        "status": rail[ids.STATUS_FILTER],
        "ward": rail[ids.WARD_FILTER],
        "category": rail[ids.CATEGORY_FILTER],
        "unlocated": filters.unlocated(shown.cube, asked, shown.unmatched, lang),
        "chips": [*filters.nothing_found(shown.figures.now.venues, chips, lang), *chips],
        "map_count": figures.map_count(shown.figures.now, lang),
        "heading": table.heading(shown.figures.now.venues, lang),
        "exports": exports.menu(asked, shown.figures.now.venues, lang),
        "area": figures.area_panel(shown.figures, asked, lang) if asked.area else [],
        "area_hidden": asked.area is None,
        "rows": {"count": shown.figures.now.venues, "scope": scope},
        "facts": facts(shown, scope),
    }


def facts(shown: Shown, scope: str | None) -> dict[str, Any]:
    """What the map cannot know by itself."""
    asked, span = shown.snapshot.view.filters, shown.snapshot.span
    return {
        "scope": scope,
        "day": asked.day.isoformat(),
        "version": span.version,
        "currentDay": span.current_day.isoformat(),
        "query": asked.query,
        "area": [list(corner) for corner in asked.area] if asked.area else None,
        "located": asked.located,
        "matches": shown.matches,
        "wardFigures": ward_figures(shown.cube, asked),
        "wardCounts": without_point(shown.cube, asked),
        "statuses": sorted(asked.statuses),
        "wards": sorted(asked.wards),
        "categories": sorted(asked.categories),
        "pointsOfSale": sorted(shown.cube.points_of_sale),
    }


SHOWN = {
    "figures": Output(ids.FIGURES, "children"),
    "data_day": Output(ids.DATA_DAY, "children"),
    "notices": Output(ids.NOTICES, "children"),
    "status": Output(ids.STATUS_FILTER, "options"),
    "ward": Output(ids.WARD_FILTER, "options"),
    "category": Output(ids.CATEGORY_FILTER, "options"),
    "unlocated": Output(ids.UNLOCATED, "children"),
    "chips": Output(ids.CHIPS, "children"),
    "map_count": Output(ids.MAP_COUNT, "children"),
    "heading": Output(ids.TABLE_HEADING, "children"),
    "exports": Output(ids.EXPORTS, "children"),
    "area": Output(ids.AREA_PANEL, "children"),
    "area_hidden": Output(ids.AREA_PANEL, "hidden"),
    "rows": Output(ids.TABLE_ROWS, "data"),
    "facts": Output(ids.FACTS, "data"),
}


# --- Answers ---------------------------------------------------------------------------------------------------------


@needs("view")
def open_page(pathname: str | None, search: str | None) -> tuple[Any, Any, Any, int]:
    """The page for the first address of a visit, and which data it shows; a notice while there is no database."""
    del pathname

    def seen_first(conn: Connection, seen: Snapshot) -> tuple[Snapshot, Cube, Freshness]:
        return seen, CUBES.cube(conn, seen.view.filters, seen.span.version), freshness(conn, seen.span)

    try:
        snapshot, counted, fresh = from_snapshot(search, seen_first)
    except (DatabaseUnavailable, NotMigrated) as error:
        return no_update, None, errors.outage(error, language_in(search)), errors.PULSE_WHILE_DOWN_MS
    return frame.body(snapshot, counted), _moment(fresh, 0), None, errors.PULSE_MS


@needs("view")
def beat(beats: int | None, moment: dict[str, Any] | None, outage: Any, search: str | None) -> tuple[Any, Any, int]:
    """Whether the data changed or came back: a new moment makes everything ask again, else nothing moves."""
    del beats
    try:
        with app_connection() as conn:
            fresh = freshness(conn)
    except (DatabaseUnavailable, NotMigrated) as error:
        return no_update, errors.outage(error, language_in(search)), errors.PULSE_WHILE_DOWN_MS
    known = moment or {"turn": 0}
    now = _moment(fresh, known["turn"])
    if now == known and outage is None:
        return no_update, no_update, errors.PULSE_MS
    return _moment(fresh, known["turn"] + 1), None, errors.PULSE_MS


def _moment(fresh: Freshness, turn: int) -> dict[str, Any]:
    """``turn`` makes the page ask again after an outage even when the data are the same."""
    return {
        "turn": turn,
        "version": fresh.version,
        "day": fresh.day.isoformat(),
        "first_day": fresh.first_day.isoformat() if fresh.first_day else None,
        "today": fresh.today.isoformat(),
        "refused": [refusal.id for refusal in fresh.refusals],
    }


@needs("view")
def suggest(text: str | None, search: str | None) -> list[Component]:
    """Venues that may be meant by what has been typed; the filters other than the text are left aside."""
    typed = (text or "").strip()
    if len(typed) < SHORTEST:
        return []
    rates.count("search")
    with take_snapshot(search) as (conn, snapshot):
        asked = Filters(snapshot.view.filters.day, query=typed[:MAX_QUERY_LENGTH])
        return selection.suggestion_list(suggestions(conn, asked), snapshot.view.lang)


@needs("view")
def open_table(clicks: int | None, present: Any, search: str | None) -> Any:
    """The grid, made when the table is opened for the first time: its scripts are the largest of the page."""
    return table.grid(language_in(search)) if clicks and not present else no_update


@needs("view")
def table_rows(request: dict[str, Any] | None, scope: str | None) -> Any:
    """One block of rows in the order the grid asks for."""
    if request is None:
        return no_update
    start, end, sort = request["startRow"], request["endRow"], table.sort_of(request)

    def rows(conn: Connection, snapshot: Snapshot) -> dict[str, Any]:
        asked = snapshot.view.filters
        count = totals(CUBES.cube(conn, asked, snapshot.span.version).select(asked)).venues
        found = table_page(conn, asked, start, end, sort)
        return {"rowData": table.grid_rows(found, snapshot.options, snapshot.view.lang), "rowCount": count}

    return from_snapshot(scope, rows)


@needs("view")
def scroll_table(code: str | None, request: dict[str, Any] | None, scope: str | None) -> Any:
    """Bring the row of the open venue into view, under the order that the grid last asked for.

    The browser marks it: Dash holds back whatever reads the chosen rows while an answer that would change them is on
    its way, and a choice made meanwhile would be lost.
    """
    if code is None or request is None:
        return no_update
    with take_snapshot(scope) as (conn, snapshot):
        place = place_of(conn, snapshot.view.filters, code, table.sort_of(request))
    return no_update if place is None else {"rowIndex": place, "rowPosition": "middle"}


@needs("view")
def open_venue(code: str | None, moment: dict[str, Any] | None, search: str | None) -> tuple[Any, Any]:
    """Point of the venue that the address names, or a notice that there is none."""
    del moment
    if code is None:
        return None, None
    with app_connection() as conn:
        try:
            return selection.open_venue(venue_point(conn, code)), None
        except UnknownVenue as error:
            return None, errors.notice(error.sentence(language_in(search)))


@needs("view")
def click(clicked: dict[str, Any] | None) -> Any:
    """One venue under a click opens; of several the drawer makes a list."""
    venues = (clicked or {}).get("venues") or []
    if len(venues) != 1:
        return no_update
    with app_connection() as conn:
        code = code_of(conn, int(venues[0]))
    return {"venue": code} if code else no_update


# --- Wiring ----------------------------------------------------------------------------------------------------------


def register(app: Dash) -> None:
    """Lay out the page and wire it."""
    app.layout = frame.shell()
    app.validation_layout = frame.validation_layout()  # type: ignore[assignment]  # Dash says None
    _register_browser(app)
    _register_state(app)
    app.callback(output=SHOWN, inputs=[Input(ids.SCOPE, "data"), Input(ids.MOMENT, "data")])(show)
    app.callback(
        Output(ids.SUGGESTIONS, "children"),
        Input(ids.TYPED, "data"),
        State(ids.URL, "search"),
        prevent_initial_call=True,
    )(suggest)
    app.callback(
        Output(ids.TABLE_BODY, "children"),
        Input(ids.TABLE_TOGGLE, "n_clicks"),
        State(ids.TABLE_BODY, "children"),
        State(ids.URL, "search"),
        prevent_initial_call=True,
    )(open_table)
    app.callback(Output(ids.TABLE, "getRowsResponse"), Input(ids.TABLE, "getRowsRequest"), State(ids.SCOPE, "data"))(
        table_rows
    )
    app.callback(
        Output(ids.TABLE, "scrollTo"),
        Input(ids.VENUE, "data"),
        State(ids.TABLE, "getRowsRequest"),
        State(ids.SCOPE, "data"),
        prevent_initial_call=True,
    )(scroll_table)


def _register_state(app: Dash) -> None:
    """What holds for the whole visit: the page itself, which data it shows, the venue that is open."""
    app.callback(
        Output(ids.BODY, "children"),
        Output(ids.MOMENT, "data"),
        Output(ids.OUTAGE, "children"),
        Output(ids.PULSE, "interval"),
        Input(ids.URL, "pathname"),
        State(ids.URL, "search"),
    )(open_page)
    app.callback(
        Output(ids.MOMENT, "data", allow_duplicate=True),
        Output(ids.OUTAGE, "children", allow_duplicate=True),
        Output(ids.PULSE, "interval", allow_duplicate=True),
        Input(ids.PULSE, "n_intervals"),
        State(ids.MOMENT, "data"),
        State(ids.OUTAGE, "children"),
        State(ids.URL, "search"),
        prevent_initial_call=True,
    )(beat)
    app.callback(
        Output(ids.OPEN_VENUE, "data"),
        Output(ids.VENUE_NOTICE, "children"),
        Input(ids.VENUE, "data"),
        Input(ids.MOMENT, "data"),
        State(ids.URL, "search"),
    )(open_venue)
    app.callback(Output(ids.GO, "data", allow_duplicate=True), Input(ids.MAP_CLICK, "data"), prevent_initial_call=True)(
        click
    )


def _register_browser(app: Dash) -> None:
    """Reactions that need no server; the functions stand in ``assets/page.js`` under the names given here."""

    def browser(function: str, *dependencies: Input | Output | State, at_start: bool = False) -> None:
        app.clientside_callback(ClientsideFunction("page", function), *dependencies, prevent_initial_call=not at_start)

    search = Input(ids.URL, "search")
    browser("scope", Output(ids.SCOPE, "data"), Output(ids.VENUE, "data"), search, at_start=True)
    # The map follows the address at once; what the server knows comes after it, so the two are wired apart and without
    # a store between them: Dash holds back whatever reads a store that an answer of the server is still to change.
    browser("drawAtOnce", search, State(ids.FACTS, "data"), State(ids.OPEN_VENUE, "data"))
    browser(
        "draw",
        Input(ids.FACTS, "data"),
        Input(ids.OPEN_VENUE, "data"),
        Input(ids.MAP_CONFIG, "data"),
        State(ids.URL, "search"),
    )
    browser(
        "mirror",
        *(Output(name, "value") for name in (*LISTS, ids.MEASURE)),
        Output(ids.DAY, "date"),
        search,
        State(ids.MOMENT, "data"),
        *(State(name, "options") for name in LISTS),
    )
    browser(
        "choose",
        *(Input(name, "value") for name in (*LISTS, ids.MEASURE)),
        *(State(name, "options") for name in LISTS),
    )
    browser("chooseDay", Input(ids.DAY, "date"), State(ids.MOMENT, "data"))
    browser("stepDay", Input(ids.DAY_BACK, "n_clicks"), Input(ids.DAY_FORWARD, "n_clicks"), State(ids.MOMENT, "data"))
    browser("otherLanguage", Output(ids.LANGUAGE, "href"), search, at_start=True)
    browser("navigate", Input(ids.GO, "data"))
    browser("chooseWard", Input(ids.MAP_WARD, "data"))
    browser("chooseArea", Input(ids.MAP_AREA, "data"))
    browser("chooseRow", Input(ids.TABLE, "selectedRows"))
    browser("refreshTable", Input(ids.TABLE_ROWS, "data"))
    browser("markRow", Input(ids.VENUE, "data"))
    browser("tableMade", Input(ids.TABLE_BODY, "children"))
    browser("cameBack", Input(ids.MOMENT, "data"))
