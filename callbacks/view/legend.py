"""The keys to the map: symbols of the statuses as a stylesheet, and the classes that colour the wards."""

from urllib.parse import quote

from dash import dcc, html
from dash.development.base_component import Component
from flask import Flask, Response

from callbacks import ids
from callbacks.server.stated import anyone
from data.texts.catalogue import percent, t
from layers.map_style import MEASURES as CLASSES
from layers.map_style import swatch, unsure_swatch
from layers.statuses import STATUS_STYLES

STYLESHEET = "/statuses.css"
MEASURES = tuple(CLASSES)


def register(server: Flask) -> None:
    """Serve the symbols under :data:`STYLESHEET`."""
    server.add_url_rule(STYLESHEET, "statuses_css", _statuses_css)


@anyone
def _statuses_css() -> Response:
    response = Response(statuses_css(), mimetype="text/css")
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


def statuses_css() -> str:
    """The symbol of each status for the legend, the lists and the table, as the map draws it."""
    rules = (
        f".swatch.{style.code}, .cell-status.{style.code}::before"
        f' {{ background-image: url("data:image/svg+xml,{quote(swatch(style.code))}"); }}'
        for style in STATUS_STYLES
    )
    unsure = f'.swatch.unsure {{ background-image: url("data:image/svg+xml,{quote(unsure_swatch())}"); }}'
    return "\n".join((*rules, unsure))


def unsure_key(lang: str) -> Component:
    """What the disc around a point says."""
    return html.P(
        [html.Span(className="swatch unsure"), html.Span(t("point.unsure", lang))], className="unsure-key quiet small"
    )


def measure_card(chosen: str, lang: str) -> Component:
    """What colours the wards: a choice of measures, and under it the classes of the one chosen."""
    return html.Details(
        [
            html.Summary(html.H2(t("measure.title", lang))),
            dcc.RadioItems(
                id=ids.MEASURE,
                options=[{"value": name, "label": t(f"measure.{name}", lang)} for name in MEASURES],
                value=chosen,
                className="measures",
            ),
            *(_classes(name, lang) for name in MEASURES),
        ],
        open=True,
        className="rail-section measure-card",
    )


def _classes(measure: str, lang: str) -> Component:
    """Colours from low to high with the bounds between them; density has bounds only relative to the densest ward."""
    key = CLASSES[measure]
    boxes = [html.Span(style={"background": colour}) for colour in key["colours"]]
    if measure == "density":
        bounds = [t("measure.low", lang), t("measure.high", lang)]
    else:
        bounds = [percent(bound, lang, 0) for bound in key["bounds"]]
    return html.Div(
        [html.Div(boxes, className="boxes"), html.Div([html.Span(bound) for bound in bounds], className="bounds")],
        className=f"classes {measure}",
    )
