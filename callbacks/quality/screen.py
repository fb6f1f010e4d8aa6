"""The screen of quality (``/quality/``): how good the data are today, each line with the rows that it leads to."""

from urllib.parse import parse_qs

from dash import Dash
from dash.development.base_component import Component
from flask import Flask

from callbacks.quality import lines
from callbacks.server import office
from callbacks.server.language import language_in
from callbacks.server.stated import needs
from data.database.connection import app_connection
from data.queries import quality
from data.status.days import data_span

PREFIX = "/quality/"


def register(server: Flask) -> Dash:
    """The screen on ``server``."""
    return office.make_shown(__name__, PREFIX, "quality.title", server, show)


@needs("quality")
def show(search: str | None) -> list[Component]:
    """All lines, or the rows behind the one that the address names (``?line=outside_ward``)."""
    lang = language_in(search)
    line = parse_qs((search or "").lstrip("?")).get("line", [""])[-1]
    with app_connection() as conn:
        conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        if line in lines.LINES:
            return lines.rows(line, quality.rows_of(conn, line), lang)
        measured = lines.Measured(
            day=data_span(conn).current_day,
            links=quality.links(conn),
            locations=quality.locations(conn),
            doubts=quality.doubts(conn),
            silent=quality.silent_wards(conn),
            jumps=quality.jumps(conn),
            unconfirmed=quality.unconfirmed(conn),
            outside_ward=quality.outside_ward(conn),
        )
    return lines.page(measured, lang)
