"""The frame of the screen of plans; what is in it comes by ``callbacks.inspections.routes`` and is drawn by a script.

Moving a stop must show its new hours at once, and the best routes so far stand on the map while they are sought, so the
plan lies in the browser as the server last told it (``assets/inspections/``).
"""

import json

from dash import Dash, html
from dash.development.base_component import Component
from flask import Flask

from callbacks.inspections.routes import routes
from callbacks.server import office
from callbacks.server.language import language_of_caller
from data.texts.catalogue import t, texts

PREFIX = "/inspections/"
TITLE = "inspections.screen"


def register(server: Flask) -> Dash:
    """The screen on ``server``."""
    server.register_blueprint(routes)
    styles = ("vendor/maplibre/maplibre-gl.css", "inspections.css")
    app = office.make(__name__, PREFIX, TITLE, server, styles=styles, scripts=("inspections/inspections.mjs",))
    app.layout = layout
    return app


def layout() -> Component:
    """The screen before its script has begun."""
    lang = language_of_caller()
    said = {key: text for key, text in texts()[lang].items() if key.startswith("inspections.")}
    loading = html.P(t("inspections.loading", lang), className="empty")
    told = {"data-inspections": "", "data-lang": lang, "data-texts": json.dumps(said, ensure_ascii=False)}
    return office.page([html.Div(loading, className="inspections", **told)], TITLE, PREFIX)
