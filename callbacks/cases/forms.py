"""What each step of a case asks, in one table, and how what was sent is read.

Who may take a step and when stands in ``allowed_steps()`` (``data/sql/cases.sql``); labels are the texts
``case.field.<name>``, what will happen ``case.will.<process>.<step>``.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from data.errors import TextError
from data.texts.catalogue import t
from data.vocabulary import OUTCOMES, VISIT_KINDS

Kind = Literal["choice", "text", "words", "day", "tick", "photo"]
"""``text`` is one line, ``words`` several, ``tick`` is there or not; a ``photo`` is the number under which it lies."""
LONGEST = {"text": 200, "words": 1000}
CONFIRMED = "confirmed"


class NotFilledIn(TextError):
    """A field lacks a value, or has one that cannot be read."""


@dataclass(frozen=True)
class Field:
    """One thing that a step asks.

    Attributes
    ----------
    choices
        Values of a ``choice``, whose words are the texts ``case.<name>.<value>``.
    is_needed
        Whether the step is refused without it.
    of_paper
        Whether it is said of the paper on which the step rests, and not of the step.
    starts_today
        Whether the form comes with the data's day in it.
    """

    name: str
    kind: Kind = "text"
    choices: tuple[str, ...] = ()
    is_needed: bool = False
    of_paper: bool = False
    starts_today: bool = False


@dataclass(frozen=True)
class StepForm:
    """The form of a step; ``is_grave``: it asks to be confirmed, for it stops or frees a business."""

    fields: tuple[Field, ...]
    is_grave: bool = False


@dataclass(frozen=True)
class Said:
    """What was said of a step and of its paper (None: none is asked); ``facts`` leave out what was left empty."""

    facts: dict[str, Any] = field(default_factory=dict)
    paper: dict[str, Any] | None = None


_WHY = Field("why", "words", is_needed=True)
_NOTE = Field("note", "words")
_NUMBER = Field("number", is_needed=True, of_paper=True)
_SIGNED_ON = Field("day", "day", is_needed=True, of_paper=True)
_SIGNER = Field("signer", is_needed=True, of_paper=True)
_SIGN = Field("sign", "words")
_DAY = Field("day", "day", is_needed=True, starts_today=True)
_WORDS = Field("words", "words")
_PHOTO = Field("photo", "photo")
_CHANNEL = Field("channel", "choice", ("officer", "paper"), is_needed=True)

FORMS: dict[tuple[str, str], StepForm] = {
    ("visit", "plan"): StepForm((Field("kind", "choice", VISIT_KINDS, is_needed=True), _DAY, _SIGN)),
    ("visit", "replan"): StepForm((_DAY, _SIGN)),
    ("visit", "record"): StepForm(
        (
            Field("outcome", "choice", OUTCOMES, is_needed=True),
            _DAY,
            Field("words", "words"),
            Field("signed", "choice", ("signed", "refused")),
            Field("second"),
        )
    ),
    ("visit", "miss"): StepForm((_WHY,)),
    ("visit", "waive"): StepForm((_WHY,)),
    ("visit", "withdraw"): StepForm((_WHY,)),
    ("suspension_request", "confirm"): StepForm((_NOTE,)),
    ("suspension_request", "decline"): StepForm((_WHY,)),
    ("suspension_request", "agree"): StepForm(
        (
            Field("owner", is_needed=True),
            Field("signed", "tick", is_needed=True),
            Field("starts_on", "day", is_needed=True, starts_today=True),
            Field("ends_on", "day"),
        ),
        is_grave=True,
    ),
    ("suspension_request", "refuse"): StepForm((_WHY,)),
    ("suspension_request", "end"): StepForm((_WHY,), is_grave=True),
    ("suspension_request", "withdraw"): StepForm((_WHY,)),
    ("suspension_request", "annul"): StepForm((_WHY,), is_grave=True),
    ("suspension_decision", "announce"): StepForm((Field("medium", is_needed=True), Field("place"), _DAY)),
    ("suspension_decision", "repeal"): StepForm(
        (_NUMBER, _SIGNED_ON, _SIGNER, Field("authority", of_paper=True), Field("lifted_on", "day")), is_grave=True
    ),
    ("suspension_decision", "annul"): StepForm((_WHY,), is_grave=True),
    ("referral", "answer"): StepForm((_NUMBER, _SIGNED_ON, _SIGNER, Field("answer", "words", is_needed=True))),
    ("referral", "withdraw"): StepForm((_WHY,)),
    ("publication", "deliver"): StepForm(
        (
            Field("how", "choice", ("hand", "post", "posted"), is_needed=True),
            _DAY,
            Field("to"),
            Field("signed", "choice", ("signed", "refused")),
            _PHOTO,
            _NOTE,
        )
    ),
    ("publication", "name"): StepForm((Field("anonymous", "choice", ("true", "false"), is_needed=True), Field("why"))),
    ("publication", "drop"): StepForm((_WHY,)),
    ("publication", "object"): StepForm((_CHANNEL, replace(_WORDS, is_needed=True), _PHOTO)),
    ("publication", "claim"): StepForm((_CHANNEL, _WORDS, _PHOTO)),
    ("publication", "answer"): StepForm((_CHANNEL, replace(_WORDS, is_needed=True))),
    ("publication", "moderate"): StepForm(
        (Field("printed", "choice", ("true", "false"), is_needed=True), Field("why"))
    ),
    ("publication", "uphold"): StepForm((_WHY,), is_grave=True),
    ("publication", "reject"): StepForm((_WHY,)),
    ("publication", "take_off"): StepForm((_WHY,)),
    ("publication", "accept"): StepForm((_NOTE,), is_grave=True),
    ("publication", "refuse"): StepForm((_WHY,)),
    ("publication", "approve"): StepForm((_NOTE,)),
    ("publication", "not_appropriate"): StepForm((_WHY,), is_grave=True),
    ("publication", "correct"): StepForm(
        (Field("name"), Field("address"), Field("what", "choice", ("no_qr", "not_scanning")), _WHY), is_grave=True
    ),
    ("publication", "withdraw"): StepForm((_WHY,), is_grave=True),
}
"""By process and step, in the order in which they are offered; those that open a case are actions at a venue
(``callbacks/actions/cases.py``)."""


def read(form: StepForm, sent: Mapping[str, str], lang: str) -> Said:
    """What a form sent, read and bounded: days in ISO form, ticks as true.

    Raises
    ------
    NotFilledIn
        The sentence names the field; or the step is grave and was not confirmed.
    """
    facts: dict[str, Any] = {}
    paper: dict[str, Any] = {}
    for one in form.fields:
        value = _value(one, sent.get(one.name, ""), lang)
        if value is not None:
            (paper if one.of_paper else facts)[one.name] = value
    if form.is_grave and not sent.get(CONFIRMED):
        raise NotFilledIn("case.not_confirmed")
    return Said(facts, paper if any(one.of_paper for one in form.fields) else None)


def _value(one: Field, given: str, lang: str) -> object:
    """The value of one field; None: it was left empty, and may be."""
    label = t(f"case.{'paper' if one.of_paper else 'field'}.{one.name}", lang)
    text = "".join(sign for sign in given.strip() if sign.isprintable() or sign == "\n")
    if not text:
        if one.is_needed:
            raise NotFilledIn("case.field_missing", name=label)
        return None
    try:
        return _read(one, text)
    except ValueError as error:
        raise NotFilledIn("case.field_wrong", name=label) from error


def _read(one: Field, text: str) -> object:
    if one.kind == "tick":
        return True
    if one.kind == "choice" and text not in one.choices:
        raise ValueError(text)
    if one.kind == "photo" and not re.fullmatch("[0-9a-f]{64}", text):
        raise ValueError(text)
    if one.kind == "day":
        return dt.date.fromisoformat(text).isoformat()
    if len(text) > LONGEST.get(one.kind, LONGEST["text"]):
        raise ValueError(text)
    return text if one.kind == "words" else " ".join(text.split())
