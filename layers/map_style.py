"""How the map looks: a MapLibre style (version 8) as a pure function of settings, and the swatches of its legend.

Statuses are told apart by colour, size, outline and core (see ``layers.statuses``), so that they can be read in grey:
violating is the largest with a dark outline and lies on top, suspended is a thick ring, unregistered a thin one,
registered has a light core and reminded a dark one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from layers.statuses import STATUS_STYLES, STYLE_OF, StatusStyle

Layer = dict[str, Any]
Expression = list[Any]

FONT = "Be Vietnam Pro"
# MapLibre reads the weight from the first name of the stack and takes the letters from the first family that exists.
BOLD_FONT = "Be Vietnam Pro SemiBold"

GROUND = "#F3F1EC"
STREET = "#FFFFFF"
STREET_EDGE = "#D9D4C8"
STREET_EDGE_WIDTH = (10, 1.6, 13, 4, 16, 11.5, 18, 23)
STREET_WIDTH = (10, 1.0, 13, 2.6, 16, 9, 18, 20)
BOUNDARY = "#6B7280"
LABEL = "#1F2937"
STREET_LABEL = "#5B6470"
HALO = "rgba(255,255,255,0.92)"
ACCENT = "#0B5C7A"
NOT_KNOWN = "#E3E1DB"
UNSURE = "#374151"

# Classes of the wards' colours: lower bound of each class but the first, and its colours, light to dark. The hues keep
# away from those of the statuses. Density has no natural scale: its bounds are shares of the densest ward's.
MEASURES: dict[str, dict[str, list[Any]]] = {
    "compliant": {
        "bounds": [0.4, 0.55, 0.7, 0.85],
        "colours": ["#F6F4EE", "#DCE6E4", "#BFD5D6", "#9DC1C6", "#78A9B2"],
    },
    "violating": {
        "bounds": [0.01, 0.02, 0.04, 0.08],
        "colours": ["#F7F4F0", "#F1E2DF", "#E8CFCC", "#DDBAB8", "#D0A3A2"],
    },
    "density": {
        "bounds": [0.0625, 0.125, 0.25, 0.5],
        "colours": ["#F5F4F1", "#E5E3EB", "#D2D0DF", "#BDBBD2", "#A7A5C4"],
    },
}

VENUE_LAYERS = tuple(f"venues-{style.code}" for style in reversed(STATUS_STYLES))
_CORE_FROM_ZOOM = 13


@dataclass(frozen=True)
class MapSettings:
    """What the style depends on.

    ``streets`` is GeoJSON (:func:`data.reference.streets.street_lines`); ``basemap_url`` a raster template with
    {z}, {x} and {y}, ``basemap_credit`` whom to thank for it.
    """

    streets: dict[str, Any]
    basemap_url: str | None = None
    basemap_credit: str = ""


def style(settings: MapSettings) -> dict[str, Any]:
    """The whole style. Addresses of the tiles are put in by the map's script, which knows day and filters.

    There is no ``glyphs``: MapLibre then draws labels with the page's own web font, Vietnamese letters whole.
    """
    empty = {"type": "FeatureCollection", "features": []}
    sources: dict[str, Any] = {
        "wards": {"type": "vector", "tiles": [], "minzoom": 8, "maxzoom": 12, "promoteId": "code"},
        "ward-names": {"type": "geojson", "data": empty, "promoteId": "code"},
        "streets": {"type": "geojson", "data": settings.streets, "tolerance": 0.2},
        "venues": {"type": "vector", "tiles": [], "minzoom": 8, "maxzoom": 16, "promoteId": "id"},
    }
    ground: list[Layer] = [{"id": "ground", "type": "background", "paint": {"background-color": GROUND}}]
    if settings.basemap_url:
        sources["basemap"] = {
            "type": "raster",
            "tiles": [settings.basemap_url],
            "tileSize": 256,
            "attribution": settings.basemap_credit,
        }
        ground.append({"id": "basemap", "type": "raster", "source": "basemap", "paint": {"raster-saturation": -0.6}})
    layers = [
        *ground,
        _ward_fill(),
        *street_lines(STREET_EDGE, STREET_EDGE_WIDTH, STREET_WIDTH),
        *_ward_lines(),
        _unsure(),
        *_venues(),
        *_names(),
    ]
    return {"version": 8, "sources": sources, "layers": layers, "transition": {"duration": 0, "delay": 0}}


def swatch(status: str, size: int = 16) -> str:
    """The symbol of a status as an SVG of ``size`` CSS pixels, drawn as the map draws it at street level."""
    look = STYLE_OF[status]
    scale = size / 16
    middle = size / 2
    radius, width = look.radius * scale, look.outline_width * scale
    fill = "#FFFFFF" if look.is_ring else look.colour
    parts = [
        f'<circle cx="{middle:g}" cy="{middle:g}" r="{radius:g}" fill="{fill}" stroke="{look.outline}"'
        f' stroke-width="{width:g}"/>'
    ]
    if look.core:
        parts.append(f'<circle cx="{middle:g}" cy="{middle:g}" r="{radius * look.core_share:g}" fill="{look.core}"/>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" viewBox="0 0 {size} {size}">'
        f"{''.join(parts)}</svg>"
    )


def _by_zoom(value: float, low: float = 0.3) -> Expression:
    """``value`` CSS pixels at street level, less where the whole district is on the screen."""
    stops = [(10, 0.8 * low), (12, low + 0.08), (13, 0.55), (15, 1.0), (18, 1.7)]
    return [
        "interpolate",
        ["linear"],
        ["zoom"],
        *(part for zoom, share in stops for part in (zoom, round(value * share, 2))),
    ]


def _venues() -> list[Layer]:
    """One layer a status, so that what needs action lies on top across tiles; then the cores above them."""
    return [layer for look in reversed(STATUS_STYLES) for layer in _venue_layers(look)]


def _venue_layers(look: StatusStyle) -> list[Layer]:
    of_status = ["==", ["get", "status"], look.code]
    low = 0.36 if look.code == "violating" else 0.32
    base: Layer = {"type": "circle", "source": "venues", "source-layer": "venues", "filter": of_status}
    circle = base | {
        "id": f"venues-{look.code}",
        "metadata": {"status": look.code},
        "paint": {
            "circle-radius": _by_zoom(look.radius, low),
            "circle-color": "#FFFFFF" if look.is_ring else look.colour,
            "circle-opacity": 0.92,
            "circle-stroke-color": look.outline,
            "circle-stroke-width": _by_zoom(look.outline_width, 0.4 if look in STATUS_STYLES[:2] else 0.15),
        },
    }
    if not look.core:
        return [circle]
    core = base | {
        "id": f"venues-{look.code}-core",
        "minzoom": _CORE_FROM_ZOOM,
        "metadata": {"status": look.code},
        "paint": {"circle-radius": _by_zoom(look.radius * look.core_share), "circle-color": look.core},
    }
    return [circle, core]


def _unsure() -> Layer:
    base: Layer = {"type": "circle", "source": "venues", "source-layer": "unsure"}
    return base | {"id": "venues-unsure", "minzoom": 13, "paint": unsure_paint("location")}


def unsure_paint(name: str, scale: float = 1) -> dict[str, Any]:
    """A pale disc around a point that is only estimated, the wider the less is known: never a precise dot alone.

    Shape and not colour tells it, so that it is read in grey and by the colour-blind. ``name``: of the property that
    says how the point was estimated.
    """
    by_zoom: Expression = ["interpolate", ["linear"], ["zoom"]]
    wider: Expression = ["==", ["get", name], "street"]
    return {
        "circle-radius": [
            *by_zoom,
            *(13, ["case", wider, 8 * scale, 5.5 * scale]),
            *(15, ["case", wider, 15 * scale, 10 * scale]),
        ],
        "circle-color": UNSURE,
        "circle-opacity": 0.13,
        "circle-stroke-color": UNSURE,
        "circle-stroke-width": 1,
        "circle-stroke-opacity": 0.75,
    }


def unsure_swatch(size: int = 16) -> str:
    """The disc around an estimated point as an SVG of ``size`` CSS pixels, for the legend."""
    middle = size / 2
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" viewBox="0 0 {size} {size}">'
        f'<circle cx="{middle:g}" cy="{middle:g}" r="{middle - 1:g}" fill="{UNSURE}" fill-opacity="0.13"'
        f' stroke="{UNSURE}" stroke-opacity="0.75"/><circle cx="{middle:g}" cy="{middle:g}" r="{size / 6:g}"'
        f' fill="{UNSURE}"/></svg>'
    )


def _share_compliant() -> Expression:
    """Colour of a ward by the tile's own counts: what is shown before the page knows the figures of its filters."""
    measure = MEASURES["compliant"]
    first, *others = measure["colours"]
    steps = [part for pair in zip(measure["bounds"], others, strict=True) for part in pair]
    share: Expression = ["/", ["get", "compliant"], ["get", "total"]]
    return ["case", [">", ["get", "total"], 0], ["step", share, first, *steps], NOT_KNOWN]


def _ward_fill() -> Layer:
    """Colour from the feature's state, which the map's script sets by class."""
    return {
        "id": "ward-fill",
        "type": "fill",
        "source": "wards",
        "source-layer": "wards",
        "paint": {
            "fill-color": ["to-color", ["feature-state", "colour"], _share_compliant()],
            "fill-opacity": ["interpolate", ["linear"], ["zoom"], 12.5, 1, 14.5, 0.25],
            "fill-antialias": False,
        },
    }


def _ward_lines() -> list[Layer]:
    base: Layer = {"type": "line", "source": "wards", "source-layer": "wards"}
    return [
        base
        | {
            "id": "ward-edge",
            "layout": {"line-join": "round"},
            "paint": {
                "line-color": BOUNDARY,
                "line-width": ["interpolate", ["linear"], ["zoom"], 10, 0.8, 14, 1.6],
                "line-opacity": 0.6,
            },
        },
        base
        | {
            "id": "ward-chosen",
            "layout": {"line-join": "round"},
            "filter": ["in", ["get", "code"], ["literal", []]],
            "paint": {"line-color": ACCENT, "line-width": 3},
        },
    ]


def street_lines(edge_colour: str, edge: Sequence[float], width: Sequence[float]) -> list[Layer]:
    """Streets of the source ``streets`` on their edge; ``edge`` and ``width``: zoom, pixels, zoom, pixels, …"""
    base: Layer = {"type": "line", "source": "streets", "layout": {"line-join": "round", "line-cap": "round"}}
    by_zoom: Expression = ["interpolate", ["exponential", 1.5], ["zoom"]]
    return [
        base | {"id": "street-edge", "paint": {"line-color": edge_colour, "line-width": [*by_zoom, *edge]}},
        base | {"id": "street", "paint": {"line-color": STREET, "line-width": [*by_zoom, *width]}},
    ]


def _names() -> list[Layer]:
    return [
        {
            "id": "street-name",
            "type": "symbol",
            "source": "streets",
            "minzoom": 13.5,
            "layout": {
                "visibility": "none",  # until the map's script knows that the letters are there
                "symbol-placement": "line",
                "symbol-spacing": 320,
                "text-field": ["get", "name"],
                "text-font": [FONT],
                "text-size": ["interpolate", ["linear"], ["zoom"], 13.5, 10.5, 17, 13],
                "text-max-angle": 40,
            },
            "paint": {"text-color": STREET_LABEL, "text-halo-color": HALO, "text-halo-width": 1.6},
        },
        {
            "id": "ward-name",
            "type": "symbol",
            "source": "ward-names",
            "layout": {
                "text-field": ["get", "name"],
                "text-font": [BOLD_FONT, FONT],
                "text-size": ["interpolate", ["linear"], ["zoom"], 10, 11, 12, 13, 15, 17],
                "text-max-width": 7,
                "text-padding": 1,
                "text-variable-anchor": ["center", "top", "bottom"],
            },
            "paint": {"text-color": LABEL, "text-halo-color": HALO, "text-halo-width": 2},
        },
    ]


def overlays() -> dict[str, list[Layer]]:
    """Layers over the map by the GeoJSON source that they draw: the drawn area, and the ring around the open venue."""
    return {"area": _area(), "selected": _selected()}


def _area() -> list[Layer]:
    return [
        {"id": "area-fill", "type": "fill", "source": "area", "paint": {"fill-color": ACCENT, "fill-opacity": 0.05}},
        {
            "id": "area-edge",
            "type": "line",
            "source": "area",
            "layout": {"line-join": "round"},
            "paint": {"line-color": ACCENT, "line-width": 2.5, "line-dasharray": [2, 1.5]},
        },
        {
            "id": "area-corner",
            "type": "circle",
            "source": "area",
            "filter": ["==", ["geometry-type"], "Point"],
            "paint": {
                "circle-radius": 5,
                "circle-color": "#FFFFFF",
                "circle-stroke-color": ACCENT,
                "circle-stroke-width": 2,
            },
        },
    ]


def _selected() -> list[Layer]:
    ring: Layer = {"type": "circle", "source": "selected"}
    paint = {"circle-radius": 15, "circle-opacity": 0}
    return [
        ring | {"id": "selected-halo", "paint": paint | {"circle-stroke-color": "#FFFFFF", "circle-stroke-width": 5}},
        ring | {"id": "selected-ring", "paint": paint | {"circle-stroke-color": LABEL, "circle-stroke-width": 2.5}},
    ]
