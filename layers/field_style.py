"""How the map on an officer's phone looks: the main map's streets and statuses, stronger, for the sun and a thumb.

Everything on it is on the phone (``assets/field/ground.mjs`` fills the sources), so that it is drawn without a network;
but for the basemap, where the configuration names one. Its address is told to who is signed in, and stands in no style:
it may hold a key.
"""

from typing import Any

from layers.map_style import ACCENT, BOLD_FONT, FONT, GROUND, LABEL, Expression, Layer, street_lines, unsure_paint
from layers.statuses import STATUS_STYLES, StatusStyle

OUTSIDE = "#D5DADF"
STREET_EDGE = "#8B929B"
STREET_EDGE_WIDTH = (12, 3, 14, 7.5, 16, 15, 18, 30)
STREET_WIDTH = (12, 1.5, 14, 5, 16, 12, 18, 26)
WARD_EDGE = "#4A5663"
HALO = "#FFFFFF"
DOORS_FROM_ZOOM = 15.5
NAMES_FROM_ZOOM = 16.5
PALE = 0.3
"""Of what was done today: still there, and nothing to go to."""

BASEMAP: Layer = {"id": "basemap", "type": "raster", "source": "basemap", "paint": {"raster-saturation": -0.6}}
BASEMAP_BELOW = "street-edge"
"""The layer above the basemap's."""

_EMPTY: dict[str, Any] = {"type": "FeatureCollection", "features": []}


def style(streets: dict[str, Any]) -> dict[str, Any]:
    """A MapLibre style (version 8) whose sources ``wards``, ``venues`` and ``here`` the phone fills.

    ``streets`` is GeoJSON, EPSG:4326 (:func:`data.reference.streets.street_lines`).
    """
    sources: dict[str, Any] = {name: {"type": "geojson", "data": _EMPTY} for name in ("wards", "venues", "here")}
    sources["streets"] = {"type": "geojson", "data": streets, "tolerance": 0.2}
    ground: list[Layer] = [
        {"id": "ground", "type": "background", "paint": {"background-color": OUTSIDE}},
        {"id": "ward", "type": "fill", "source": "wards", "paint": {"fill-color": GROUND}},
    ]
    venues = [layer for look in reversed(STATUS_STYLES) for layer in _venue_layers(look)]
    streets_drawn = street_lines(STREET_EDGE, STREET_EDGE_WIDTH, STREET_WIDTH)
    layers = [*ground, *streets_drawn, _ward_edge(), *_accuracy(), _unsure(), *venues]
    layers += [_chosen(), _street_names(), _labels(), _here()]
    return {"version": 8, "sources": sources, "layers": layers, "transition": {"duration": 0, "delay": 0}}


def _ward_edge() -> Layer:
    paint = {"line-color": WARD_EDGE, "line-width": 2.5, "line-dasharray": [3, 1.5]}
    return {"id": "ward-edge", "type": "line", "source": "wards", "paint": paint}


def _accuracy() -> list[Layer]:
    """How far the position may be off, as an area on the ground."""
    base: Layer = {"source": "here", "filter": ["==", ["geometry-type"], "Polygon"]}
    return [
        base | {"id": "accuracy", "type": "fill", "paint": {"fill-color": ACCENT, "fill-opacity": 0.15}},
        base | {"id": "accuracy-edge", "type": "line", "paint": {"line-color": ACCENT, "line-width": 2}},
    ]


def _unsure() -> Layer:
    """The disc of the main map around a point that is only estimated, wider as the points are."""
    filter_ = ["!=", ["get", "unsure"], None]
    return {
        "id": "unsure",
        "type": "circle",
        "source": "venues",
        "filter": filter_,
        "paint": unsure_paint("unsure", 1.6),
    }


def _by_zoom(value: float) -> Expression:
    return ["interpolate", ["linear"], ["zoom"], 12, round(value * 0.6, 2), 15, round(value * 1.1, 2), 17, value * 1.9]


def _venue_layers(look: StatusStyle) -> list[Layer]:
    """One status, disc and core as on the main map."""
    base: Layer = {
        "type": "circle",
        "source": "venues",
        "filter": ["==", ["get", "status"], look.code],
        "metadata": {"status": look.code},
    }
    shown = ["case", ["get", "done"], PALE, 1]
    disc = {
        "circle-radius": _by_zoom(look.radius),
        "circle-color": "#FFFFFF" if look.is_ring else look.colour,
        "circle-opacity": shown,
        "circle-stroke-color": look.outline,
        "circle-stroke-width": _by_zoom(look.outline_width),
        "circle-stroke-opacity": shown,
    }
    layers = [base | {"id": f"venues-{look.code}", "paint": disc}]
    if look.core:
        core = {
            "circle-radius": _by_zoom(look.radius * look.core_share),
            "circle-color": look.core,
            "circle-opacity": shown,
        }
        layers.append(base | {"id": f"venues-{look.code}-core", "paint": core})
    return layers


def _chosen() -> Layer:
    """A ring around the venue that a proposal is about; the phone puts its code into the filter."""
    paint = {"circle-radius": 19, "circle-opacity": 0, "circle-stroke-color": LABEL, "circle-stroke-width": 3}
    none = ["==", ["get", "code"], ""]
    return {"id": "chosen", "type": "circle", "source": "venues", "filter": none, "paint": paint}


def _street_names() -> Layer:
    return {
        "id": "street-name",
        "type": "symbol",
        "source": "streets",
        "minzoom": 13.5,
        "layout": {
            "symbol-placement": "line",
            "symbol-spacing": 250,
            "text-field": ["get", "name"],
            "text-font": [BOLD_FONT, FONT],
            "text-size": ["interpolate", ["linear"], ["zoom"], 13.5, 12, 17, 15],
            "text-max-angle": 40,
        },
        "paint": {"text-color": LABEL, "text-halo-color": HALO, "text-halo-width": 2},
    }


def _labels() -> Layer:
    """Numbers of the doors, as one reads them in the street; nearer, names with them."""
    door: Expression = ["get", "door"]
    both: Expression = ["format", door, {"text-font": ["literal", [BOLD_FONT, FONT]]}, "\n", {}, ["get", "name"], {}]
    whole: Expression = ["case", ["==", door, ""], ["get", "name"], both]
    return {
        "id": "label",
        "type": "symbol",
        "source": "venues",
        "minzoom": DOORS_FROM_ZOOM,
        "layout": {
            "text-field": ["step", ["zoom"], door, NAMES_FROM_ZOOM, whole],
            "text-font": [FONT],
            "text-size": 13,
            "text-max-width": 9,
            "text-variable-anchor": ["top", "bottom", "left", "right"],
            "text-radial-offset": 1,
        },
        "paint": {"text-color": LABEL, "text-halo-color": HALO, "text-halo-width": 2},
    }


def _here() -> Layer:
    return {
        "id": "here",
        "type": "circle",
        "source": "here",
        "filter": ["==", ["geometry-type"], "Point"],
        "paint": {
            "circle-radius": 8,
            "circle-color": ACCENT,
            "circle-stroke-color": "#FFFFFF",
            "circle-stroke-width": 3,
        },
    }
