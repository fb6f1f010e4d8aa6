"""What both maps draw of a feature: filters and paint are evaluated, not read."""

import math
import re
from typing import Any

import pytest

from data.queries.tiles import UNSURE_LOCATIONS
from layers import field_style, map_style
from layers.map_style import MEASURES, NOT_KNOWN, MapSettings
from layers.statuses import STATUS_STYLES, STYLE_OF
from tests.layers.expressions import Seen, expressions, is_drawn, value

STREETS = {"type": "FeatureCollection", "features": []}
MAIN = {layer["id"]: layer for layer in map_style.style(MapSettings(STREETS, "https://tiles.example/{z}"))["layers"]}
OVER_MAIN = {layer["id"]: layer for layers in map_style.overlays().values() for layer in layers}
PHONE = {layer["id"]: layer for layer in field_style.style(STREETS)["layers"]} | {"basemap": field_style.BASEMAP}
MAPS = {"main": MAIN | OVER_MAIN, "phone": PHONE}
EVERY_LAYER = [pytest.param(layer, id=f"{name}-{layer['id']}") for name, of in MAPS.items() for layer in of.values()]
ZOOMS = [8, 10, 12, 12.7, 13, 14, 15, 16, 16.5, 17, 18, 20]
COLOUR = re.compile(r"#[0-9A-Fa-f]{6}|rgba?\([\d.,]+\)")


def venue(**properties: Any) -> dict[str, Any]:
    """What the phone knows of a venue whose point is exact and where nothing was done today."""
    known = {"code": "HD1", "name": "Quán A", "status": "reminded", "door": "12", "unsure": None, "done": False}
    return known | properties


VENUES = [
    venue(status=status, unsure=unsure, location=unsure, done=done)
    for status in STYLE_OF
    for unsure in (None, *UNSURE_LOCATIONS)
    for done in (False, True)
]
WARDS = [{"code": "09541", "name": "Văn Quán", "total": total, "compliant": total // 2} for total in (0, 1, 9)]


def drawn(layers: dict[str, dict[str, Any]], seen: Seen, source: str) -> set[str]:
    return {name for name, layer in layers.items() if layer.get("source") == source and is_drawn(layer, seen)}


@pytest.mark.parametrize("layer", EVERY_LAYER)
def test_every_value_is_of_its_propertys_kind(layer: dict[str, Any]) -> None:
    stated = layer.get("paint", {}) | layer.get("layout", {})
    evaluated = expressions(layer)
    for zoom in ZOOMS:
        for properties in WARDS if layer.get("source") in ("wards", "ward-names") else VENUES:
            seen = Seen(properties, zoom)
            is_drawn(layer, seen)
            for name in stated:
                found = value(stated[name], seen) if name in evaluated else stated[name]
                if name.endswith("color"):
                    assert COLOUR.fullmatch(found), (name, found)
                elif name.endswith("opacity"):
                    assert 0 <= found <= 1, (name, found)
                elif name.endswith(("width", "radius", "size", "spacing")):
                    assert found > 0, (name, found)
                    assert math.isfinite(found)
                elif name == "text-field":
                    assert isinstance(found, str)


@pytest.mark.parametrize("layer", EVERY_LAYER)
def test_nearer_nothing_is_drawn_smaller(layer: dict[str, Any]) -> None:
    for name, expression in expressions(layer).items():
        if name.endswith(("width", "radius", "size")):
            for unsure in UNSURE_LOCATIONS:
                seen = venue(unsure=unsure, location=unsure)
                sizes = [value(expression, Seen(seen, zoom)) for zoom in ZOOMS]
                assert sizes == sorted(sizes), name
                assert sizes[0] < sizes[-1], name


@pytest.mark.parametrize("status", sorted(STYLE_OF))
@pytest.mark.parametrize("layers", [MAIN, PHONE], ids=["main", "phone"])
def test_a_venue_is_drawn_by_the_layers_of_its_status_alone(layers: dict[str, dict[str, Any]], status: str) -> None:
    own = {f"venues-{status}"} | ({f"venues-{status}-core"} if STYLE_OF[status].core else set())
    shown = drawn(layers, Seen(venue(status=status), 15), "venues")
    assert {name for name in shown if "metadata" in layers[name]} == own
    assert {layers[name]["metadata"]["status"] for name in own} == {status}


@pytest.mark.parametrize("status", sorted(STYLE_OF))
@pytest.mark.parametrize("layers", [MAIN, PHONE], ids=["main", "phone"])
def test_symbols_are_as_large_as_their_status_says(layers: dict[str, dict[str, Any]], status: str) -> None:
    """At street level about as the legend draws it (the phone a little larger), core and outline in its proportion."""
    look = STYLE_OF[status]
    paint = layers[f"venues-{status}"]["paint"]
    at = Seen(venue(status=status), 15)
    scale = value(paint["circle-radius"], at) / look.radius
    assert 1 <= scale <= 1.2
    assert value(paint["circle-stroke-width"], at) == pytest.approx(look.outline_width * scale, abs=0.02)
    if look.core:
        core = layers[f"venues-{status}-core"]["paint"]
        assert value(core["circle-radius"], at) == pytest.approx(look.radius * look.core_share * scale, abs=0.02)


@pytest.mark.parametrize("zoom", ZOOMS)
@pytest.mark.parametrize("layers", [MAIN, PHONE], ids=["main", "phone"])
def test_violating_is_the_largest_at_every_zoom(layers: dict[str, dict[str, Any]], zoom: float) -> None:
    sizes = {
        look.code: value(layers[f"venues-{look.code}"]["paint"]["circle-radius"], Seen(venue(status=look.code), zoom))
        for look in STATUS_STYLES
    }
    assert max(sizes, key=lambda status: sizes[status]) == "violating"


@pytest.mark.parametrize("unsure", UNSURE_LOCATIONS)
def test_the_phone_draws_the_disc_around_estimated_places_alone(unsure: str) -> None:
    assert is_drawn(PHONE["unsure"], Seen(venue(unsure=unsure), 12))
    assert not is_drawn(PHONE["unsure"], Seen(venue(unsure=None), 12))


@pytest.mark.parametrize("unsure", UNSURE_LOCATIONS)
@pytest.mark.parametrize(("layers", "disc"), [(MAIN, "venues-unsure"), (PHONE, "unsure")], ids=["main", "phone"])
def test_the_disc_reaches_well_beyond_every_symbol(layers: dict[str, dict[str, Any]], disc: str, unsure: str) -> None:
    """Where points are looked at one by one; a disc under its symbol would say that the place is exact."""
    for zoom in (14, 15, 16):
        radius = value(layers[disc]["paint"]["circle-radius"], Seen(venue(unsure=unsure, location=unsure), zoom))
        for status in STYLE_OF:
            paint = layers[f"venues-{status}"]["paint"]
            symbol = value(paint["circle-radius"], Seen(venue(status=status), zoom))
            assert radius >= symbol + 1.5, (zoom, status)
        assert radius <= 40


@pytest.mark.parametrize("name", ["location", "unsure"])
def test_the_disc_is_wider_where_only_the_street_is_known(name: str) -> None:
    radius = map_style.unsure_paint(name)["circle-radius"]
    for zoom in ZOOMS:
        sizes = {known: value(radius, Seen({name: known}, zoom)) for known in UNSURE_LOCATIONS}
        assert max(sizes, key=lambda known: sizes[known]) == "street"
        assert sizes["street"] >= 1.3 * min(sizes.values())


def test_the_phones_disc_is_larger_than_the_main_maps_as_its_points_are() -> None:
    here, there = PHONE["unsure"]["paint"]["circle-radius"], MAIN["venues-unsure"]["paint"]["circle-radius"]
    for unsure in UNSURE_LOCATIONS:
        seen = Seen({"unsure": unsure, "location": unsure}, 15)
        assert 1.2 <= value(here, seen) / value(there, seen) <= 2


def test_what_was_done_today_is_pale_and_still_there() -> None:
    for status in STYLE_OF:
        paint = PHONE[f"venues-{status}"]["paint"]
        done, open_ = (value(paint["circle-opacity"], Seen(venue(status=status, done=done))) for done in (True, False))
        assert 0.1 <= done <= 0.5
        assert open_ == 1


@pytest.mark.parametrize("layers", [MAIN, PHONE], ids=["main", "phone"])
@pytest.mark.parametrize("zoom", ZOOMS)
def test_a_street_lies_within_its_edge(layers: dict[str, dict[str, Any]], zoom: float) -> None:
    edge, street = (value(layers[name]["paint"]["line-width"], Seen(zoom=zoom)) for name in ("street-edge", "street"))
    assert 0.5 < street < edge < 60


def test_a_wards_colour_is_that_of_its_share_until_the_page_knows_better() -> None:
    colour, measure = MAIN["ward-fill"]["paint"]["fill-color"], MEASURES["compliant"]
    for compliant in range(101):
        passed = sum(bound <= compliant / 100 for bound in measure["bounds"])
        seen = Seen({"total": 100, "compliant": compliant}, 11)
        assert value(colour, seen) == measure["colours"][passed], compliant
    assert value(colour, Seen({"total": 0, "compliant": 0}, 11)) == NOT_KNOWN
    assert value(colour, Seen({"total": 9, "compliant": 9}, 11, state={"colour": "#123456"})) == "#123456"


def test_a_wards_colour_gives_way_to_streets_and_points() -> None:
    opacity = MAIN["ward-fill"]["paint"]["fill-opacity"]
    assert value(opacity, Seen(zoom=11)) == 1
    assert 0 < value(opacity, Seen(zoom=15)) < 0.5


def test_no_ward_and_no_venue_is_chosen_before_somebody_chooses() -> None:
    for properties in (*WARDS, *VENUES):
        assert not is_drawn(MAIN["ward-chosen"], Seen(properties, geometry="Polygon"))
        assert not is_drawn(PHONE["chosen"], Seen(properties))


def test_the_position_is_a_point_and_its_accuracy_an_area() -> None:
    assert drawn(PHONE, Seen(geometry="Point"), "here") == {"here"}
    assert drawn(PHONE, Seen(geometry="Polygon"), "here") == {"accuracy", "accuracy-edge"}


def test_corners_are_drawn_of_an_areas_points_alone() -> None:
    assert is_drawn(OVER_MAIN["area-corner"], Seen(geometry="Point"))
    assert not is_drawn(OVER_MAIN["area-corner"], Seen(geometry="Polygon"))
    assert not is_drawn(OVER_MAIN["area-corner"], Seen(geometry="LineString"))


def test_doors_are_read_from_the_street_and_names_nearer() -> None:
    label, text = PHONE["label"], PHONE["label"]["layout"]["text-field"]
    assert not is_drawn(label, Seen(venue(), 15))
    assert is_drawn(label, Seen(venue(), 16))
    assert value(text, Seen(venue(), 16)) == "12"
    assert value(text, Seen(venue(), 17)) == "12\nQuán A"
    assert value(text, Seen(venue(door=""), 16)) == ""
    assert value(text, Seen(venue(door=""), 17)) == "Quán A"
