"""The map's part of the page: what its script needs to know once, and the wire between the view and the script."""

import json
from functools import cache
from typing import Any

from dash import Dash
from flask import Response, request

from callbacks import ids
from callbacks.map import tiles
from callbacks.server.language import language_asked
from callbacks.server.stated import needs
from data.reference.streets import street_lines
from data.reference.thinning import FIRST_FULL_ZOOM
from data.settings import get_settings
from data.texts.catalogue import Language, t
from layers.map_style import MEASURES, NOT_KNOWN, VENUE_LAYERS, MapSettings, overlays, style
from layers.statuses import STATUS_STYLES

CONFIG = "/map/config.json"
# All that the map's script loads before it can draw, itself first; named in the page's head, they load side by side.
MODULES = (
    "map/map.mjs",
    "vendor/maplibre/maplibre-gl.mjs",
    "map/shown.mjs",
    "map/filters.mjs",
    "map/labels.mjs",
    "map/wards.mjs",
    "map/fetching.mjs",
    "map/choropleth.mjs",
    "map/controls.mjs",
    "map/counts.mjs",
    "map/drawing.mjs",
    "map/fanning.mjs",
    "map/moving.mjs",
    "map/notes.mjs",
    "map/overlays.mjs",
    "map/picking.mjs",
)

# Names that MapLibre gives its own texts, and ours.
_CONTROL_TEXTS = {
    "Map.Title": "map.label",
    "NavigationControl.ZoomIn": "map.zoom_in",
    "NavigationControl.ZoomOut": "map.zoom_out",
    "AttributionControl.ToggleAttribution": "map.credits",
    "ScaleControl.Meters": "map.metres",
    "ScaleControl.Kilometers": "map.kilometres",
}
_TEXTS = {
    "label": "map.label",
    "notes": "map.notes",
    "fit": "map.fit",
    "drawBox": "map.draw_box",
    "drawPolygon": "map.draw_polygon",
    "hintBox": "map.hint_box",
    "hintPolygon": "map.hint_polygon",
    "thinned": "map.thinned",
    "approximate": "map.approximate",
    "noBasemap": "map.no_basemap",
    "retrying": "map.retrying",
    "wardOnly": "map.ward_only",
    "fan": "map.fan",
    "fanList": "map.fan_list",
    "moveTitle": "move.start",
    "moveHint": "move.hint",
    "movePin": "move.pin",
    "moveSave": "move.save",
    "moveAnyway": "move.anyway",
    "moveCancel": "move.cancel",
    "moveClose": "move.close",
}


def config(lang: Language) -> dict[str, str]:
    """What the page tells the script: where the rest is, and what to say when nothing can be drawn."""
    told = {"failed": t("map.failed", lang), "retrying": t("map.retrying", lang)}
    return {"address": _address(lang), "place": ids.MAP} | told


def head(lang: Language) -> str:
    """Elements of the document's head that start the map while Dash is still loading."""
    links = "".join(f'<link rel="modulepreload" href="/assets/{module}">' for module in MODULES)
    return (
        f'{links}<link rel="preload" as="fetch" crossorigin href="{_address(lang)}" data-map-config>'
        f'<link rel="preload" as="fetch" crossorigin href="{tiles.WARDS}">'
        f'<script type="module" async src="/assets/{MODULES[0]}"></script>'
    )


def _address(lang: Language) -> str:
    return f"{CONFIG}?lang={lang}"


@needs("view")
def _config() -> Response:
    settings = json.dumps(settings_of_map(language_asked()), ensure_ascii=False)
    answer = Response(settings, mimetype="application/json")
    answer.headers["Cache-Control"] = "no-cache"
    answer.add_etag()
    answer.make_conditional(request)
    return answer


@cache
def settings_of_map(lang: Language) -> dict[str, Any]:
    """Style, texts and names of components, as the map's script reads them."""
    basemap_url = get_settings().basemap_url
    settings = MapSettings(
        streets=street_lines(),
        basemap_url=basemap_url,
        basemap_credit=t("map.basemap_credit", lang) if basemap_url else "",
    )
    return {
        "style": style(settings),
        "overlays": overlays(),
        "measures": MEASURES,
        "noColour": NOT_KNOWN,
        "venueLayers": list(VENUE_LAYERS),
        "firstFullZoom": FIRST_FULL_ZOOM,
        "ids": {
            "map": ids.MAP,
            "click": ids.MAP_CLICK,
            "ward": ids.MAP_WARD,
            "area": ids.MAP_AREA,
            "move": ids.MOVE,
            "pulse": ids.PULSE,
        },
        "texts": {name: t(key, lang) for name, key in _TEXTS.items()}
        | {"statuses": {style.code: t(f"status.{style.code}", lang) for style in STATUS_STYLES}}
        | {"controls": {name: t(key, lang) for name, key in _CONTROL_TEXTS.items()}},
    }


def register(app: Dash) -> None:
    """Serve the settings of the map's script; ``assets/page.js`` hands every view to it."""
    app.server.add_url_rule(CONFIG, "map_config", _config)
