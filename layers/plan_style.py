"""How the map of a plan looks: streets and wards, faint venues to choose from, routes with numbers."""

from typing import Any

from layers.map_style import (
    ACCENT,
    BOLD_FONT,
    BOUNDARY,
    FONT,
    GROUND,
    HALO,
    LABEL,
    STREET,
    STREET_EDGE,
    STREET_EDGE_WIDTH,
    STREET_LABEL,
    STREET_WIDTH,
    Layer,
    street_lines,
)
from layers.statuses import STATUS_STYLES
from layers.teams import NOBODY

VENUES_FROM_ZOOM = 13
_EMPTY: dict[str, Any] = {"type": "FeatureCollection", "features": []}
_FILLED = ("wards", "area", "routes", "starts", "stops")


def style(streets: dict[str, Any]) -> dict[str, Any]:
    """A MapLibre style (version 8); the screen's script fills its sources and puts in where the tiles are.

    ``streets`` is GeoJSON, EPSG:4326 (:func:`data.reference.streets.street_lines`). Features of ``routes`` bear
    ``colour``, ``afternoon`` and ``name``; of ``stops`` and ``starts`` ``colour``, ``ink`` and ``label``, of ``stops``
    also ``order`` (the smallest lies on top), ``visited`` and ``chosen``.
    """
    sources: dict[str, Any] = {name: {"type": "geojson", "data": _EMPTY} for name in _FILLED}
    sources["streets"] = {"type": "geojson", "data": streets, "tolerance": 0.2}
    sources["venues"] = {"type": "vector", "tiles": [], "minzoom": 8, "maxzoom": 16, "promoteId": "id"}
    layers = [
        {"id": "ground", "type": "background", "paint": {"background-color": GROUND}},
        {
            "id": "ward-fill",
            "type": "fill",
            "source": "wards",
            "paint": {"fill-color": "#FFFFFF", "fill-opacity": 0.55},
        },
        *street_lines(STREET_EDGE, STREET_EDGE_WIDTH, STREET_WIDTH),
        {"id": "ward-edge", "type": "line", "source": "wards", "paint": {"line-color": BOUNDARY, "line-width": 1.1}},
        _street_names(),
        _venues(),
        *_area(),
        *_routes(),
        *_stops(),
    ]
    return {"version": 8, "sources": sources, "layers": layers, "transition": {"duration": 0, "delay": 0}}


def _street_names() -> Layer:
    return {
        "id": "street-name",
        "type": "symbol",
        "source": "streets",
        "minzoom": 13.5,
        "layout": {
            "symbol-placement": "line",
            "symbol-spacing": 300,
            "text-field": ["get", "name"],
            "text-font": [FONT],
            "text-size": 11.5,
        },
        "paint": {"text-color": STREET_LABEL, "text-halo-color": HALO, "text-halo-width": 1.6},
    }


def _venues() -> Layer:
    """Small and pale, in the colours of their statuses: what one may add to a plan."""
    colour = ["match", ["get", "status"], *(part for look in STATUS_STYLES for part in (look.code, look.colour)), LABEL]
    return {
        "id": "venues",
        "type": "circle",
        "source": "venues",
        "source-layer": "venues",
        "minzoom": VENUES_FROM_ZOOM,
        "paint": {
            "circle-radius": ["interpolate", ["linear"], ["zoom"], 13, 1.6, 16, 4.5, 18, 7],
            "circle-color": colour,
            "circle-opacity": 0.55,
            "circle-stroke-color": STREET,
            "circle-stroke-width": 0.6,
        },
    }


def _area() -> list[Layer]:
    corner: Layer = {"id": "area-corner", "type": "circle", "source": "area"}
    return [
        {"id": "area-fill", "type": "fill", "source": "area", "paint": {"fill-color": ACCENT, "fill-opacity": 0.06}},
        {
            "id": "area-edge",
            "type": "line",
            "source": "area",
            "paint": {"line-color": ACCENT, "line-width": 2.2, "line-dasharray": [2, 1.5]},
        },
        corner
        | {
            "filter": ["==", ["geometry-type"], "Point"],
            "paint": {
                "circle-radius": 5,
                "circle-color": "#FFFFFF",
                "circle-stroke-color": ACCENT,
                "circle-stroke-width": 2,
            },
        },
    ]


def _routes() -> list[Layer]:
    """Mornings in whole lines, afternoons in dashes, over a white edge; the team's name along them."""
    line: Layer = {"type": "line", "source": "routes", "layout": {"line-join": "round", "line-cap": "round"}}
    paint = {"line-color": ["get", "colour"], "line-width": 3}
    return [
        line | {"id": "route-edge", "paint": {"line-color": "#FFFFFF", "line-width": 6, "line-opacity": 0.85}},
        line | {"id": "route-morning", "filter": ["!", ["get", "afternoon"]], "paint": paint},
        line
        | {
            "id": "route-afternoon",
            "filter": ["get", "afternoon"],
            "layout": {"line-join": "round"},
            "paint": paint | {"line-dasharray": [2.2, 1.1]},
        },
        {
            "id": "route-name",
            "type": "symbol",
            "source": "routes",
            "layout": {
                "symbol-placement": "line",
                "symbol-spacing": 260,
                "text-field": ["get", "name"],
                "text-font": [BOLD_FONT, FONT],
                "text-size": 12,
            },
            "paint": {"text-color": ["get", "colour"], "text-halo-color": HALO, "text-halo-width": 2.2},
        },
    ]


def _stops() -> list[Layer]:
    text = {"text-font": [BOLD_FONT, FONT], "text-size": 12}
    always = {"text-allow-overlap": True, "text-ignore-placement": True}
    start: Layer = {"source": "starts"}
    stop: Layer = {"source": "stops"}
    number = {"text-field": ["get", "label"], **text}
    # of stops on top of each other the first lies above, with its number; the others' show as one comes nearer
    first = ["case", ["get", "chosen"], -1, ["get", "order"]]
    return [
        start
        | {
            "id": "start",
            "type": "circle",
            "paint": {
                "circle-radius": 9,
                "circle-color": "#FFFFFF",
                "circle-stroke-color": ["get", "colour"],
                "circle-stroke-width": 3.5,
            },
        },
        start | {"id": "start-name", "type": "symbol", "layout": number | always, "paint": {"text-color": LABEL}},
        stop
        | {
            "id": "stop",
            "type": "circle",
            "layout": {"circle-sort-key": ["-", 0, first]},
            "paint": {
                "circle-radius": ["case", ["get", "chosen"], 14, ["get", "visited"], 10.5, 5],
                "circle-color": ["get", "colour"],
                "circle-stroke-color": ["case", ["get", "visited"], "#FFFFFF", NOBODY.ink],
                "circle-stroke-width": ["case", ["get", "chosen"], 3.5, 1.6],
            },
        },
        stop
        | {
            "id": "stop-number",
            "type": "symbol",
            "layout": number | {"symbol-sort-key": first, "text-padding": 3.5},
            "paint": {"text-color": ["get", "ink"]},
        },
    ]
