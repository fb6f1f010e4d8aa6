"""What a dialog sends, read and bounded before anything is done with it."""

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from callbacks.actions.action import Action, Field, FieldKind
from data.errors import TextError
from data.project import TIMEZONE
from data.texts.catalogue import t

MOST = 500
"""Venues of one act."""
PIECE = 25
"""Venues of one request: the dialog sends many piece by piece, and shows how far it is."""
_LONGEST_CODE = 64
_LARGEST = 1_000_000


class Malformed(ValueError):
    """What was sent is not what a dialog sends."""


class NotFilledIn(TextError):
    """A field lacks a value, or has one that cannot be read."""


@dataclass(frozen=True)
class Asked:
    """An act at some venues: their codes, what the form holds, and the number by which it is known again."""

    codes: tuple[str, ...]
    values: Mapping[str, Any]
    client: uuid.UUID
    is_confirmed: bool


def read(action: Action, sent: object, lang: str) -> Asked:
    """The act in ``sent``: ``{"venues": [code], "form": {name: text}, "client": uuid, "confirmed": bool}``.

    Raises
    ------
    Malformed
    NotFilledIn
        A field of the form; the sentence names it.
    """
    if not isinstance(sent, dict) or not isinstance(sent.get("venues"), list) or not isinstance(sent.get("form"), dict):
        raise Malformed
    codes = tuple(dict.fromkeys(sent["venues"])) if all(map(_is_code, sent["venues"])) else ()
    if not 0 < len(codes) <= (PIECE if action.is_for_many else 1):
        raise Malformed
    try:
        client = uuid.UUID(sent["client"]) if isinstance(sent.get("client"), str) else None
    except ValueError as error:
        raise Malformed from error
    if client is None:
        raise Malformed
    read_values = {field.name: _value(action, field, sent["form"].get(field.name), lang) for field in action.fields}
    values = {name: value for name, value in read_values.items() if value is not None}
    return Asked(codes, values, client, sent.get("confirmed") is True)


def _is_code(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_CODE and value.isprintable()


def _value(action: Action, field: Field, given: object, lang: str) -> Any:
    """The value of one field; None: it was left empty, and may be."""
    if given is not None and not isinstance(given, str):
        raise Malformed
    text = "".join(sign for sign in (given or "").strip() if sign.isprintable() or sign == "\n")
    label = t(f"action.{action.key}.{field.name}", lang)
    if not text:
        if field.is_needed:
            raise NotFilledIn("action.field.missing", name=label)
        return None
    if field.kind == "choice" and text not in field.choices:
        raise Malformed
    try:
        return _READ[field.kind](text[: field.longest])
    except ValueError as error:
        raise NotFilledIn("action.field.wrong", name=label) from error


def _moment(text: str) -> dt.datetime:
    """A moment of the clock on the wall, as a browser's field writes it."""
    return dt.datetime.strptime(text, "%Y-%m-%dT%H:%M").replace(tzinfo=TIMEZONE)


def _number(text: str) -> int:
    if not 0 <= int(text) <= _LARGEST:
        raise ValueError(text)
    return int(text)


_READ: dict[FieldKind, Callable[[str], Any]] = {
    "choice": str,
    "text": lambda text: " ".join(text.split()),
    "words": str,
    "day": dt.date.fromisoformat,
    "moment": _moment,
    "number": _number,
}
