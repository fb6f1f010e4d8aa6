"""A record as the phone sends it, read and bounded: what does not fit is told as such and not kept."""

import datetime as dt
import re
import uuid
from collections.abc import Callable
from typing import Any

from data.desk.field import Record
from data.texts.days import read_day
from data.vocabulary import OUTCOMES, REMINDER_REASONS, VISIT_KINDS

NEEDS_VENUE = ("reminder", "proposal_move", "proposal_closure", "qr_seen", "visit", "visit_missed")
LENGTHS = {
    "note": 500, "why": 300, "name": 200, "address": 300, "category": 60, "content": 600, "words": 500, "sign": 200,
    "second": 60,
}  # fmt: skip
"""Texts of a record, and how long each may be."""
PAYLOADS: dict[str, tuple[str, ...]] = {
    "reminder": ("note", "refused_to_sign", "lon", "lat"),
    "confirmation": (),
    "withdrawal": ("why",),
    "proposal_new": ("name", "address", "category", "note", "lon", "lat"),
    "proposal_move": ("note", "lon", "lat"),
    "proposal_closure": ("note",),
    "qr_seen": ("content",),
    "visit": ("case", "kind", "outcome", "words", "signed", "signature", "second", "sign", "note", "lon", "lat"),
    "visit_missed": ("case", "why"),
    "stop_claim": ("stop", "mine"),
}
"""What a record of each kind may say."""
_NEEDED: dict[str, tuple[str, ...]] = {
    "withdrawal": ("why",),
    "proposal_new": ("name",),
    "proposal_move": ("lon", "lat"),
    "qr_seen": ("content",),
    "visit": ("kind", "outcome"),
    "visit_missed": ("case", "why"),
    "stop_claim": ("stop",),
}
_WORDS = {"kind": VISIT_KINDS, "outcome": OUTCOMES, "signed": ("signed", "refused")}
_NUMBERS = ("case", "stop")
_MOST_NUMBER = 2**53
_MOST_DEGREES = {"lon": 180, "lat": 90}
_SHA256 = re.compile(r"[0-9a-f]{64}")
_LONGEST_CODE = 60


class Malformed(ValueError):
    """What was sent is no record."""


def read_record(sent: object) -> Record:
    """The record in ``sent``, one element of the batch.

    Raises
    ------
    Malformed
    """
    if not isinstance(sent, dict) or not isinstance(sent.get("kind"), str) or sent["kind"] not in PAYLOADS:
        raise Malformed
    kind = sent["kind"]
    of_proposal = kind == "visit" and sent.get("about") is not None  # of a place that the register lacks
    about = _uuid(sent.get("about")) if of_proposal or kind in ("confirmation", "withdrawal") else None
    needs_venue = kind in NEEDS_VENUE and not of_proposal
    venue = _text(sent.get("venue"), _LONGEST_CODE) if needs_venue else None
    if needs_venue and not venue:
        raise Malformed
    if kind == "reminder" and sent.get("reason") not in REMINDER_REASONS:
        raise Malformed
    return Record(
        id=_uuid(sent.get("id")),
        kind=kind,
        happened_at=read_moment(sent.get("happened_at")),
        venue=venue,
        reason=sent["reason"] if kind == "reminder" else None,
        about=about,
        payload=_payload(kind, sent.get("payload")),
        photo=_sha256(sent.get("photo")),
        stated_day=_day(sent.get("stated_day")),
        clock_is_doubtful=sent["clock_is_doubtful"] is True if "clock_is_doubtful" in sent else None,
    )


def read_moment(value: object) -> dt.datetime:
    """A moment with its zone, as ISO 8601, of any clock there may be: one that was reset begins in 1970 or 2000; raises
    Malformed."""
    try:
        moment = dt.datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError as error:
        raise Malformed from error
    if moment is None or moment.tzinfo is None or not 1970 <= moment.year < 2100:
        raise Malformed
    return moment


def _payload(kind: str, said: object) -> dict[str, Any]:
    if said is None:
        said = {}
    if not isinstance(said, dict):
        raise Malformed
    payload: dict[str, Any] = {}
    for name in PAYLOADS[kind]:
        value = said.get(name)
        if value is None:
            continue
        read = _READ[name](name, value) if name in _READ else value is True
        payload |= {name: read} if read or name in _MOST_DEGREES else {}
    if any(name not in payload for name in _NEEDED.get(kind, ())):
        raise Malformed
    return payload


def _text(value: object, longest: int) -> str:
    """``value`` in one line without signs that cannot be shown."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Malformed
    line = " ".join(value.split())
    return "".join(sign for sign in line if sign.isprintable())[:longest]


def _day(value: object) -> dt.date | None:
    return None if value is None else read_day(value, lambda _text: Malformed())


def _degrees(value: object, most: int) -> float:
    # abs() first: a whole number may be too large for a float
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= most:
        raise Malformed
    return round(float(value), 6)


def _word(value: object, allowed: tuple[str, ...]) -> str:
    if not isinstance(value, str) or value not in allowed:
        raise Malformed
    return value


def _number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < _MOST_NUMBER:
        raise Malformed
    return value


def _uuid(value: object) -> uuid.UUID:
    try:
        return uuid.UUID(value) if isinstance(value, str) else uuid.UUID("")
    except ValueError as error:
        raise Malformed from error


def _sha256(value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not _SHA256.fullmatch(value):
        raise Malformed
    return value


_READ: dict[str, Callable[[str, object], Any]] = {
    **dict.fromkeys(_MOST_DEGREES, lambda name, value: _degrees(value, _MOST_DEGREES[name])),
    **dict.fromkeys(LENGTHS, lambda name, value: _text(value, LENGTHS[name])),
    **dict.fromkeys(_WORDS, lambda name, value: _word(value, _WORDS[name])),
    **dict.fromkeys(_NUMBERS, lambda _name, value: _number(value)),
    "signature": lambda _name, value: _sha256(value),
}
"""How each value of a payload is read; what is not named is said or not said (true)."""
