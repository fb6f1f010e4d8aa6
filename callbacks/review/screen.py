"""The frame of the review screen; what is in it comes by ``callbacks.review.routes`` and is drawn by a script.

A decision must bring the next pair within a fraction of a second, so the pairs lie in the browser ahead of time and no
callback stands between a key and the next pair (``assets/review/``).
"""

import json

from dash import Dash, html
from dash.development.base_component import Component
from flask import Flask

from callbacks.review.routes import routes
from callbacks.server import office
from callbacks.server.language import language_of_caller
from data.texts.catalogue import t, texts

PREFIX = "/review/"
TABS = ("described", "twins", "said")
VERDICTS = (("same", "A", "yes"), ("different", "R", "no"), ("new", "N", ""), ("skip", "S", ""), ("undo", "Z", ""))


def register(server: Flask) -> Dash:
    """The screen on ``server``."""
    server.register_blueprint(routes)
    app = office.make(__name__, PREFIX, "review.title", server, styles=("review.css",), scripts=("review/review.mjs",))
    app.layout = layout
    return app


def layout() -> Component:
    """The screen before its first pair has come."""
    lang = language_of_caller()
    said = {key: text for key, text in texts()[lang].items() if key.startswith("review.")}
    return office.page(
        [
            html.Div(
                [_bar(lang), html.Div(**{"data-part": "stage"}), _keys(lang)],
                className="review",
                **{"data-review": "", "data-lang": lang, "data-texts": json.dumps(said, ensure_ascii=False)},
            )
        ],
        "review.title",
        PREFIX,
    )


def _bar(lang: str) -> Component:
    tabs = [
        html.Button(
            t(f"review.tab.{name}", lang),
            type="button",
            role="tab",
            **{"data-mode": name, "aria-selected": str(name == TABS[0]).lower()},
        )
        for name in TABS
    ]
    return html.Div(
        [
            html.Div(tabs, className="review-tabs", role="tablist", **{"aria-label": t("review.title", lang)}),
            html.Div(
                [
                    html.Progress(
                        value="0", max="1", **{"data-part": "progress", "aria-label": t("review.done", lang)}
                    ),
                    html.Strong("…", **{"data-part": "count"}),
                ],
                className="review-progress",
                **{"data-part": "figures"},
            ),
            html.P(className="review-sent", role="status", **{"data-part": "sent"}),
        ],
        className="review-bar",
    )


def _keys(lang: str) -> Component:
    buttons = [
        html.Button(
            [html.Span(t(f"review.{name}", lang), **{"data-label": name}), html.Kbd(key)],
            type="button",
            className=style,
            disabled=True,
            **{"data-verdict": name},
        )
        for name, key, style in VERDICTS
    ]
    return html.Div(
        buttons,
        className="review-keys",
        role="toolbar",
        **{"data-part": "keys", "aria-label": t("review.keys", lang)},
    )
