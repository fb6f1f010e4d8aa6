"""The screen of weights (``/priority/``): which venues come first and why, and what other weights would change."""

from urllib.parse import parse_qsl

from dash import Dash
from dash.development.base_component import Component
from flask import Flask

from callbacks.server import office
from callbacks.server.language import language_in
from callbacks.server.stated import needs
from callbacks.weights import sections
from callbacks.weights.effect import effect, in_order
from callbacks.weights.reading import Asked, of_setting, read
from data.database.connection import Connection, app_connection
from data.desk.weights import WeightsRefused, in_force, require_allowed
from data.queries.filters import Filters
from data.queries.priority import ranked
from data.status.days import data_span

PREFIX = "/priority/"


def register(server: Flask) -> Dash:
    """The screen on ``server``."""
    return office.make_shown(__name__, PREFIX, "priority.title", server, show)


@needs("weigh")
def show(search: str | None) -> list[Component]:
    """The weights in force with the venues that they put first; or those of the address with what they would change."""
    lang = language_in(search)
    query = dict(parse_qsl((search or "").lstrip("?")))
    with app_connection() as conn:
        conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        day = data_span(conn).current_day
        setting = in_force(conn)
        asked, problem = _asked(conn, query, lang)
        before = ranked(conn, Filters(day), day)
    shown = asked or of_setting(setting)
    after = in_order(before, shown.weights)
    is_tried = asked is not None and asked.differs_from(setting)
    return [
        *sections.said(query.get("done"), problem, lang),
        *sections.introduction(setting, day, lang),
        sections.form(shown, PREFIX, lang),
        *(sections.would_change(effect(before, after), shown, setting, day, lang) if is_tried else []),
        *([] if is_tried else sections.way_back(setting, lang)),
        sections.first(after, shown.weights, lang, is_tried=is_tried),
    ]


def _asked(conn: Connection, query: dict[str, str], lang: str) -> tuple[Asked | None, str | None]:
    """The weights of the address, or the sentence why they cannot be set."""
    try:
        asked = read(query)
        if asked:
            require_allowed(conn, asked.weights, asked.inspections_a_year)
    except WeightsRefused as error:
        return None, error.sentence(lang)
    return asked, None
