import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest

from layers.map_style import MEASURES, VENUE_LAYERS, MapSettings, style, swatch
from layers.statuses import STATUS_STYLES, STYLE_OF

NO_STREETS = {"type": "FeatureCollection", "features": []}
PLAIN = style(MapSettings(NO_STREETS))
LAYERS = {layer["id"]: layer for layer in PLAIN["layers"]}
SVG = "{http://www.w3.org/2000/svg}"


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2) of #RRGGBB."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_every_layer_draws_a_source_that_exists() -> None:
    assert all(layer["source"] in PLAIN["sources"] for layer in LAYERS.values() if layer["type"] != "background")
    assert len(LAYERS) == len(PLAIN["layers"])


def test_labels_need_no_server_of_letters() -> None:
    assert "glyphs" not in PLAIN
    assert "sprite" not in PLAIN
    for layer in LAYERS.values():
        if layer["type"] == "symbol":
            assert layer["layout"]["text-font"][-1] == "Be Vietnam Pro"


def test_nothing_is_asked_of_another_host() -> None:
    assert "http" not in str(PLAIN)


def test_every_status_is_drawn_and_what_needs_action_lies_on_top() -> None:
    drawn = [layer["metadata"]["status"] for layer in PLAIN["layers"] if layer["id"] in VENUE_LAYERS]
    assert sorted(drawn) == sorted(STYLE_OF)
    assert drawn[-1] == "violating"
    largest = max(STATUS_STYLES, key=lambda look: look.radius)
    assert largest.code == "violating"


def test_statuses_can_be_told_apart_without_colour() -> None:
    """Each pair differs in grey by at least one of: kind (disc, ring, core), size, lightness of disc or of outline."""
    for look in STATUS_STYLES:
        for other in STATUS_STYLES:
            if look.code >= other.code:
                continue
            lightness = abs(luminance(look.colour) - luminance(other.colour))
            outline = abs(luminance(look.outline) - luminance(other.outline))
            kinds = ((look.is_ring, look.core), (other.is_ring, other.core))
            size = max(look.radius, other.radius) / min(look.radius, other.radius)
            assert kinds[0] != kinds[1] or size > 1.2 or lightness > 0.15 or outline > 0.15, (look.code, other.code)
            cores = abs(look.core_share - other.core_share)
            assert cores > 0.15 or size > 1.1 or outline > 0.15 or look.is_ring != other.is_ring


@pytest.mark.parametrize("status", sorted(STYLE_OF))
def test_the_legend_draws_what_the_map_draws(status: str) -> None:
    look = STYLE_OF[status]
    svg = ET.fromstring(swatch(status))  # noqa: S314  # our own
    disc, *core = svg.findall(f"{SVG}circle")
    assert float(disc.attrib["r"]) == look.radius
    assert disc.attrib["stroke"] == look.outline
    assert [c.attrib["fill"] for c in core] == ([look.core] if look.core else [])
    paint = LAYERS[f"venues-{status}"]["paint"]
    assert (disc.attrib["fill"], disc.attrib["stroke"]) == (paint["circle-color"], paint["circle-stroke-color"])
    # Wholly inside its box, the outline included.
    assert look.radius + look.outline_width / 2 <= 8


@pytest.mark.parametrize("measure", sorted(MEASURES))
def test_classes_of_wards_grow_darker(measure: str) -> None:
    colours, bounds = MEASURES[measure]["colours"], MEASURES[measure]["bounds"]
    assert len(colours) == len(bounds) + 1
    assert bounds == sorted(bounds)
    lightness = [luminance(colour) for colour in colours]
    assert all(light - dark > 0.05 for light, dark in pairwise(lightness))
    # The points on top, each with its outline, stand out from the darkest class.
    for look in STATUS_STYLES:
        edge = min(luminance(look.outline), luminance(look.colour))
        assert (lightness[-1] + 0.05) / (edge + 0.05) > 1.2, look.code


def test_a_basemap_lies_below_everything() -> None:
    with_basemap = style(MapSettings(NO_STREETS, "https://tiles.example/{z}/{x}/{y}.png", "© example"))
    assert [layer["id"] for layer in with_basemap["layers"][:2]] == ["ground", "basemap"]
    assert with_basemap["sources"]["basemap"]["tiles"] == ["https://tiles.example/{z}/{x}/{y}.png"]
    assert "basemap" not in PLAIN["sources"]
