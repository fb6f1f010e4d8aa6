"""What an action is: who may, where it is offered, what its form asks, and the function that does it."""

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from data.access.roles import Right
from data.database.connection import Connection
from data.queries.acting import Place

State = Literal["done", "asks", "refused"]
"""``asks``: something speaks against it; it is done where the caller confirms it."""
FieldKind = Literal["choice", "text", "words", "day", "moment", "number"]
"""``text`` is one line, ``words`` are several."""


@dataclass(frozen=True)
class Field:
    """One thing that the form asks.

    Attributes
    ----------
    name
        Its name in the form; its label is the text ``action.<action>.<name>``.
    choices
        Values of a ``choice``; their words are the texts ``action.<action>.<name>.<value>``.
    longest
        Letters of a ``text`` or ``words``.
    is_needed
        Whether nothing is done without it.
    """

    name: str
    kind: FieldKind
    choices: tuple[str, ...] = ()
    longest: int = 300
    is_needed: bool = False


@dataclass(frozen=True)
class Form:
    """What a caller filled in, read and bounded.

    Attributes
    ----------
    values
        By the field's name: text, ``datetime.date``, ``datetime.datetime`` with its zone, or int; a field left empty
        is not there.
    number
        Of this act at this venue; the same number again is the same act.
    is_confirmed
        What speaks against it has been read, and it is to be done all the same.
    may_wait
        Whether a load that is writing may be waited for.
    """

    values: Mapping[str, Any]
    number: uuid.UUID
    lang: str
    is_confirmed: bool = False
    may_wait: bool = True

    def text(self, name: str) -> str:
        """The text or choice of a field, "" where it was left empty."""
        return str(self.values.get(name, ""))

    def day(self, name: str) -> dt.date | None:
        """The day of a field, None where it was left empty."""
        value = self.values.get(name)
        return value if isinstance(value, dt.date) else None


@dataclass(frozen=True)
class Outcome:
    """What became of the act at one venue, and the sentence that says so in the caller's language."""

    state: State
    text: str


Perform = Callable[[Connection, Place, Form], Outcome]


@dataclass(frozen=True)
class Action:
    """An action by its key; its texts are ``action.<key>`` (the button), ``.title``, ``.go`` and those of its fields.

    Attributes
    ----------
    rights
        Any one of which lets a caller do it.
    statuses
        Of the venues at which it is offered. What the function refuses, it refuses wherever it is asked.
    perform
        Does it at one venue in the caller's transaction, and answers; what it wrote is kept only where it is ``done``.
        Raises UserError, which is told as a refusal at that venue.
    undo
        Takes back what was done under ``form.number``; None: it cannot be taken back from here.
    is_for_many
        Whether it may be done at several venues at once.
    opens
        The process of which it opens a case, where it does: a case that is open already may be in its way
        (``open_cases_exclude()`` in ``data/sql/cases.sql``).
    """

    key: str
    rights: frozenset[Right]
    statuses: frozenset[str]
    perform: Perform
    fields: tuple[Field, ...] = ()
    undo: Perform | None = None
    is_for_many: bool = True
    opens: str | None = None
