"""The screen of effects (``/effects/``): from the first reminder to compliance, and what visits have come to."""

from urllib.parse import parse_qs

from dash import Dash
from dash.development.base_component import Component
from flask import Flask

from callbacks.effects import sections
from callbacks.server import office
from callbacks.server.language import language_in
from callbacks.server.stated import needs
from data.database.connection import app_connection
from data.queries import effects
from data.status.days import data_span

PREFIX = "/effects/"


def register(server: Flask) -> Dash:
    """The screen on ``server``."""
    return office.make_shown(__name__, PREFIX, "effects.title", server, show)


@needs("approve", "inspect", "quality")
def show(search: str | None) -> list[Component]:
    """All figures; with the curve of the ward that the address names (``?ward=09541``) beside the district's."""
    lang = language_in(search)
    ward = parse_qs((search or "").lstrip("?")).get("ward", [""])[-1]
    with app_connection() as conn:
        conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        found = effects.effects(conn)
        day = data_span(conn).current_day
    return sections.page(found, day, ward, lang)
