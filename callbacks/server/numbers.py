"""Numbers of addresses and forms: none that no table numbers its rows with reaches the database."""

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

LARGEST = 2**31 - 1


class _Number(IntegerConverter):
    """Of an address, as "int" of a rule: a larger one is no address of ours."""

    def __init__(self, rules: Map, fixed_digits: int = 0) -> None:
        super().__init__(rules, fixed_digits, max=LARGEST)


def register(server: Flask) -> None:
    """Before any rule is added."""
    server.url_map.converters["int"] = _Number


def whole(said: str) -> int:
    """A whole number of a form or address, as ``type=whole``; raises ValueError where it is none, or no row's."""
    number = int(said)
    if abs(number) > LARGEST:
        raise ValueError(said[:40])
    return number
