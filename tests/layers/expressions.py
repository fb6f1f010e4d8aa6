"""What MapLibre makes of an expression for one feature: the operators that our styles use.

Source: https://maplibre.org/maplibre-style-spec/expressions/. An operator that is not here fails the test that meets
it. Add it by its specification, errors included (a condition that is no boolean is one).
"""

from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any


@dataclass(frozen=True)
class Seen:
    """What an expression may ask of: a feature's properties, kind and state, and the map's zoom."""

    properties: dict[str, Any] = field(default_factory=dict)
    zoom: float = 15
    geometry: str = "Point"
    state: dict[str, Any] = field(default_factory=dict)


def is_drawn(layer: dict[str, Any], seen: Seen) -> bool:
    """Whether the layer draws the feature at that zoom."""
    if not layer.get("minzoom", 0) <= seen.zoom < layer.get("maxzoom", 24):
        return False
    found = value(layer.get("filter", True), seen)
    assert isinstance(found, bool), layer["id"]
    return found


def value(expression: Any, seen: Seen) -> Any:
    """Value of an expression; what is no list stands for itself."""
    if not isinstance(expression, list):
        return expression
    name, *parts = expression
    assert name in _OPERATORS, f"{name!r} is an operator that no test knows"
    return _OPERATORS[name](parts, seen)


def expressions(layer: dict[str, Any]) -> dict[str, Any]:
    """Every value of ``paint`` and ``layout`` that is an expression, by its property."""
    stated = layer.get("paint", {}) | layer.get("layout", {})
    return {
        name: found
        for name, found in stated.items()
        if isinstance(found, list) and found and isinstance(found[0], str) and found[0] in _OPERATORS
    }


def _numbers(parts: list[Any], seen: Seen) -> list[float]:
    found = [value(part, seen) for part in parts]
    assert all(isinstance(one, int | float) and not isinstance(one, bool) for one in found), parts
    return found


def _case(parts: list[Any], seen: Seen) -> Any:
    *pairs, otherwise = parts
    for condition, then in zip(pairs[::2], pairs[1::2], strict=True):
        holds = value(condition, seen)
        assert isinstance(holds, bool), f"the condition {condition} is no boolean, but {holds!r}"
        if holds:
            return value(then, seen)
    return value(otherwise, seen)


def _step(parts: list[Any], seen: Seen) -> Any:
    asked, first, *others = parts
    (at,) = _numbers([asked], seen)
    stops = _rising(others[::2])
    return value([first, *others[1::2]][bisect_right(stops, at)], seen)


def _interpolate(parts: list[Any], seen: Seen) -> float:
    (kind, *base), asked, *others = parts
    assert kind in ("linear", "exponential")
    (at,) = _numbers([asked], seen)
    stops, values = _rising(others[::2]), _numbers(others[1::2], seen)
    place = bisect_right(stops, at)
    if place in (0, len(stops)):
        return values[0 if place == 0 else -1]
    low, high = stops[place - 1], stops[place]
    factor = base[0] if base else 1
    share = (at - low) / (high - low) if factor == 1 else (factor ** (at - low) - 1) / (factor ** (high - low) - 1)
    return values[place - 1] + share * (values[place] - values[place - 1])


def _rising(stops: list[float]) -> list[float]:
    """MapLibre refuses a style whose stops do not rise."""
    assert all(low < high for low, high in pairwise(stops)), stops
    return stops


def _to_color(parts: list[Any], seen: Seen) -> Any:
    """The first that is a colour."""
    found = (value(part, seen) for part in parts)
    return next(one for one in found if isinstance(one, str) and one.startswith(("#", "rgb")))


def _format(parts: list[Any], seen: Seen) -> str:
    """The text alone, without its fonts."""
    return "".join(value(part, seen) or "" for part in parts if not isinstance(part, dict))


def _share(parts: list[Any], seen: Seen) -> float:
    above, below = _numbers(parts, seen)
    return above / below


def _is_more(parts: list[Any], seen: Seen) -> bool:
    one, other = _numbers(parts, seen)
    return one > other


_OPERATORS: dict[str, Any] = {
    "literal": lambda parts, _seen: parts[0],
    "get": lambda parts, seen: seen.properties.get(parts[0]),
    "feature-state": lambda parts, seen: seen.state.get(parts[0]),
    "geometry-type": lambda _parts, seen: seen.geometry,
    "zoom": lambda _parts, seen: seen.zoom,
    "==": lambda parts, seen: value(parts[0], seen) == value(parts[1], seen),
    "!=": lambda parts, seen: value(parts[0], seen) != value(parts[1], seen),
    "in": lambda parts, seen: value(parts[0], seen) in value(parts[1], seen),
    ">": _is_more,
    "/": _share,
    "case": _case,
    "step": _step,
    "interpolate": _interpolate,
    "to-color": _to_color,
    "format": _format,
}
