"""What each step of a list asks, and how what was sent is read.

Who may take a step and when stands in ``allowed_steps()`` (``data/sql/case_steps.sql``); labels are the texts
``publication.field.<name>``, what will happen ``publication.will.<step>``.
"""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from callbacks.cases.forms import CONFIRMED, LONGEST, NotFilledIn, Said
from data.project import TIMEZONE
from data.texts.catalogue import t

Kind = Literal["choice", "text", "words", "day", "moment"]
CHANNELS = ("page", "portal", "board", "loudspeaker", "paper")
DOCUMENTS = ("list", "notices", "mends")


@dataclass(frozen=True)
class Field:
    """One thing that a step asks; ``of_paper``: it is said of the paper on which the step rests; ``starts``: what the
    form comes with, "today" for the data's day."""

    name: str
    kind: Kind = "text"
    choices: tuple[str, ...] = ()
    is_needed: bool = False
    of_paper: bool = False
    starts: str = ""


@dataclass(frozen=True)
class StepForm:
    """The form of a step; ``is_grave``: it asks to be confirmed, for others see or lose what follows."""

    fields: tuple[Field, ...]
    is_grave: bool = False


_NOTE = Field("note", "words")
_WHY = Field("why", "words", is_needed=True)
_DAY = Field("day", "day", is_needed=True, starts="today")
_TITLE = Field("title")

STEPS: dict[str, StepForm] = {
    "notify": StepForm((_NOTE,)),
    "approve": StepForm((_NOTE,), is_grave=True),
    "publish": StepForm((), is_grave=True),
    "schedule": StepForm((Field("publish_at", "moment", is_needed=True),)),
    "tick": StepForm(
        (Field("channel", "choice", CHANNELS, is_needed=True), Field("place"), _DAY, Field("correction", "choice"))
    ),
    "number": StepForm(
        (
            Field("document", "choice", DOCUMENTS, is_needed=True, starts="list"),
            Field("number", is_needed=True, of_paper=True),
            Field("day", "day", is_needed=True, of_paper=True, starts="today"),
            Field("signer", is_needed=True, of_paper=True),
            Field("authority", is_needed=True, of_paper=True),
            Field("to"),
        )
    ),
    "withdraw": StepForm((_WHY,), is_grave=True),
    "discard": StepForm((_WHY,), is_grave=True),
}
"""Steps of a list, in the order in which they are offered."""
DRAFTS: dict[str, StepForm] = {
    "venues": StepForm((_DAY, _TITLE)),
    "bodies": StepForm((Field("from_day", "day", is_needed=True), _DAY, _TITLE)),
}
"""Drafting a list, by its kind."""


def read(form: StepForm, sent: Mapping[str, str], lang: str) -> Said:
    """What a form sent, read and bounded: days and moments in ISO form; what was left empty is left out.

    Raises
    ------
    callbacks.cases.forms.NotFilledIn
        The sentence names the field; or the step is grave and was not confirmed.
    """
    facts: dict[str, Any] = {}
    paper: dict[str, Any] = {}
    for one in form.fields:
        value = _value(one, sent.get(one.name, ""), lang)
        if value:
            (paper if one.of_paper else facts)[one.name] = value
    if form.is_grave and not sent.get(CONFIRMED):
        raise NotFilledIn("case.not_confirmed")
    return Said(facts, paper if any(one.of_paper for one in form.fields) else None)


def _value(one: Field, given: str, lang: str) -> str:
    """The value of one field; "": it was left empty, and may be."""
    label = t(f"publication.field.{one.name}", lang)
    text = "".join(sign for sign in given.strip() if sign.isprintable() or sign == "\n")
    if not text and one.is_needed:
        raise NotFilledIn("case.field_missing", name=label)
    try:
        return _read(one, text) if text else ""
    except ValueError as error:
        raise NotFilledIn("case.field_wrong", name=label) from error


def _read(one: Field, text: str) -> str:
    if text not in one.choices if one.choices else one.kind == "choice" and not text.isdecimal():
        raise ValueError(text)
    if one.kind == "day":
        return dt.date.fromisoformat(text).isoformat()
    if one.kind == "moment":  # of the office's clock, whose zone a browser does not say
        return dt.datetime.fromisoformat(text).replace(tzinfo=TIMEZONE).isoformat(timespec="minutes")
    if len(text) > LONGEST.get(one.kind, LONGEST["text"]):
        raise ValueError(text)
    return text if one.kind == "words" else " ".join(text.split())


def form_of(
    step: str,
    form: StepForm,
    today: dt.date,
    lang: str,
    refused: dict[str, Any] | None,
    corrections: Sequence[tuple[str, str]] = (),
) -> dict[str, Any]:
    """The form of a step for the template, under a number of its own, by which it is known when it is sent again.

    ``refused`` is what was sent, and why that was refused; ``corrections`` are those that can be ticked, in words.
    """
    own = refused if refused and refused["step"] == step else None
    return {
        "step": step,
        "title": t(f"publication.do.{step}", lang),
        "will": t(f"publication.will.{step}", lang),
        "is_grave": form.is_grave,
        "refused": own["refused"] if own else "",
        "is_open": own is not None,
        "client": own["client"] if own else uuid.uuid4(),
        "fields": [
            {
                "name": one.name,
                "kind": one.kind,
                "label": t(f"publication.field.{one.name}", lang),
                "is_needed": one.is_needed,
                "choices": [(value, t(f"publication.{one.name}.{value}", lang)) for value in one.choices]
                or list(corrections),
                "value": own["sent"].get(one.name, "") if own else _start(one, today),
            }
            for one in form.fields
            if one.name != "correction" or corrections
        ],
    }


def _start(one: Field, today: dt.date) -> str:
    return today.isoformat() if one.starts == "today" else one.starts
