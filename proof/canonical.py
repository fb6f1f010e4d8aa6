"""JSON in the one form that is hashed and signed: a subset of RFC 8785 without fractions, so that none is rounded.

Keys stand in the order of their UTF-16 units, nothing stands between tokens, text is UTF-8 and escaped only where it
must be. Numbers are whole and exact in every reader (RFC 7493: up to 2**53 - 1).
"""

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from data.errors import TextError

Json = None | bool | int | str | Sequence["Json"] | Mapping[str, "Json"]

LARGEST = 2**53 - 1
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


class NotCanonical(TextError):
    """A value that has no canonical form, or bytes that are not in it (``key``)."""


def canonical(value: Json) -> bytes:
    """``value`` in canonical form.

    Raises
    ------
    NotCanonical
        A fraction, a number that is not exact everywhere, a key that is no text, half a character, or another type.
    """
    try:
        return json.dumps(_ordered(value), ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    except UnicodeEncodeError:
        raise NotCanonical("proof.canonical.text") from None


def _ordered(value: Json) -> Json:
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        if abs(value) > LARGEST:
            raise NotCanonical("proof.canonical.number", value=str(value))
        return value
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise NotCanonical("proof.canonical.key")
        return {key: _ordered(value[key]) for key in sorted(value, key=_utf16)}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [_ordered(item) for item in value]
    raise NotCanonical("proof.canonical.number", value=str(value))


def _utf16(key: str) -> bytes:
    return key.encode("utf-16-be", "surrogatepass")


def read(content: bytes) -> Any:
    """What ``content`` says, which must be canonical but for ends of lines after it.

    So nothing that a person reads in the file can differ from what is hashed: no key stands twice, no blank is added.

    Raises
    ------
    NotCanonical
        It is no JSON, or JSON in another form.
    """
    try:
        value = json.loads(content.decode("utf-8"), parse_float=_no_fraction, parse_constant=_no_fraction)
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise NotCanonical("proof.canonical.no_json") from None
    if canonical(value) != content.rstrip(b"\r\n"):
        raise NotCanonical("proof.canonical.rewritten")
    return value


def _no_fraction(text: str) -> Any:
    raise NotCanonical("proof.canonical.number", value=text)


def moment_text(moment: dt.datetime) -> str:
    """``moment`` (with a zone) as it stands in what is signed: UTC, whole seconds, as 2026-12-01T02:30:00Z."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_moment(text: object) -> dt.datetime | None:
    """The moment that :func:`moment_text` wrote; None where ``text`` is none."""
    if not isinstance(text, str) or not _MOMENT.fullmatch(text):
        return None
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        return None
