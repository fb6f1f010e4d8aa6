"""A reader of vector tiles (Mapbox Vector Tile 2.1) that shares nothing with the writer: points and properties only."""

import struct
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Feature:
    """Properties, and for a point its place in the tile (0 to 4096 from the upper left corner)."""

    properties: dict[str, Any]
    point: tuple[int, int] | None


@dataclass
class Layer:
    """One layer of a tile."""

    name: str = ""
    extent: int = 4096
    features: list[Feature] = field(default_factory=list)


def read_tile(tile: bytes) -> dict[str, Layer]:
    """Layers of a tile by name; an empty tile has none."""
    layers = [_layer(value) for number, value in _fields(tile) if number == 3]
    return {layer.name: layer for layer in layers}


def _layer(content: bytes) -> Layer:
    layer = Layer()
    keys: list[str] = []
    values: list[Any] = []
    raw: list[bytes] = []
    for number, value in _fields(content):
        if number == 1:
            layer.name = value.decode()
        elif number == 2:
            raw.append(value)
        elif number == 3:
            keys.append(value.decode())
        elif number == 4:
            values.append(_value(value))
        elif number == 5:
            layer.extent = value
    layer.features = [_feature(feature, keys, values) for feature in raw]
    return layer


def _feature(content: bytes, keys: list[str], values: list[Any]) -> Feature:
    tags: list[int] = []
    kind, geometry = 0, []
    for number, value in _fields(content):
        if number == 2:
            tags = _packed(value)
        elif number == 3:
            kind = value
        elif number == 4:
            geometry = _packed(value)
    properties = {keys[key]: values[value] for key, value in zip(tags[::2], tags[1::2], strict=True)}
    point = (_zigzag(geometry[1]), _zigzag(geometry[2])) if kind == 1 else None
    return Feature(properties, point)


def _value(content: bytes) -> Any:
    ((number, value),) = _fields(content)
    return {
        1: lambda: value.decode(),
        2: lambda: struct.unpack("<f", value)[0],
        3: lambda: struct.unpack("<d", value)[0],
        6: lambda: _zigzag(value),
        7: lambda: bool(value),
    }.get(number, lambda: value)()


def _zigzag(value: int) -> int:
    return (value >> 1) ^ -(value & 1)


def _packed(content: bytes) -> list[int]:
    numbers, at = [], 0
    while at < len(content):
        number, at = _varint(content, at)
        numbers.append(number)
    return numbers


def _fields(content: bytes) -> list[tuple[int, Any]]:
    found, at = [], 0
    while at < len(content):
        key, at = _varint(content, at)
        kind = key & 7
        if kind == 0:
            value, at = _varint(content, at)
        else:
            size, at = {1: (8, at), 5: (4, at)}.get(kind) or _varint(content, at)
            value, at = content[at : at + size], at + size
        found.append((key >> 3, value))
    return found


def _varint(content: bytes, at: int) -> tuple[int, int]:
    value, shift = 0, 0
    while True:
        byte = content[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at
