"""The map on the phone: the main map's statuses and streets, and nothing asked of anybody."""

import xml.etree.ElementTree as ET

import pytest

from layers.field_style import BASEMAP_BELOW, style
from layers.map_style import MapSettings, swatch
from layers.map_style import style as main_style
from layers.statuses import STYLE_OF

STREETS = {"type": "FeatureCollection", "features": []}
PLAIN = style(STREETS)
MAIN = main_style(MapSettings(STREETS))
LAYERS = {layer["id"]: layer for layer in PLAIN["layers"]}
SVG = "{http://www.w3.org/2000/svg}"


def test_every_layer_draws_a_source_that_exists_and_asks_nobody() -> None:
    assert all(layer["source"] in PLAIN["sources"] for layer in LAYERS.values() if layer["type"] != "background")
    assert len(LAYERS) == len(PLAIN["layers"])
    assert "http" not in str(PLAIN)
    assert not {"glyphs", "sprite"} & set(PLAIN)


@pytest.mark.parametrize("status", sorted(STYLE_OF))
def test_the_legend_draws_what_the_phone_draws(status: str) -> None:
    disc, *core = ET.fromstring(swatch(status)).findall(f"{SVG}circle")  # noqa: S314  # our own
    paint = LAYERS[f"venues-{status}"]["paint"]
    assert (disc.attrib["fill"], disc.attrib["stroke"]) == (paint["circle-color"], paint["circle-stroke-color"])
    cores = [LAYERS[f"venues-{status}-core"]["paint"]["circle-color"]] if STYLE_OF[status].core else []
    assert [circle.attrib["fill"] for circle in core] == cores


def test_an_estimated_place_has_the_main_maps_disc_under_its_symbol() -> None:
    here, there = LAYERS["unsure"], next(layer for layer in MAIN["layers"] if layer["id"] == "venues-unsure")
    colours = {name: value for name, value in there["paint"].items() if name != "circle-radius"}
    assert {name: here["paint"][name] for name in colours} == colours
    assert list(LAYERS).index("unsure") < min(list(LAYERS).index(f"venues-{status}") for status in STYLE_OF)


def test_a_basemap_lies_over_the_wards_ground_and_under_the_rest() -> None:
    assert list(LAYERS)[:3] == ["ground", "ward", BASEMAP_BELOW]
