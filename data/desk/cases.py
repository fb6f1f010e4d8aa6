"""Cases: opening one, taking its steps, and what loads must leave standing.

Which step may be taken by whom, and what follows, is decided in SQL (``data/sql/cases.sql``, ``case_rules.sql``,
``case_suspensions.sql``), for it must hold whoever asks.
"""

import datetime as dt
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from data.database.connection import Connection
from data.desk.refusals import refusals
from data.errors import TextError
from data.texts.sentences import Sentence


class StepRefused(TextError):
    """A step of a case that may not be taken; ``why`` is the end of its text's key (``case.refused.<why>``)."""

    def __init__(self, why: str, **values: object) -> None:
        self.why = why
        super().__init__(f"case.refused.{why}", **values)


@dataclass(frozen=True)
class Taken:
    """What came of a step: the case, its state, and the working day by which the next step is due."""

    id: int
    state: str
    due_on: dt.date | None


def open_case(
    conn: Connection,
    process: str,
    step: str,
    venue: str,
    *,
    facts: dict[str, Any] | None = None,
    paper: dict[str, Any] | None = None,
    client: uuid.UUID | None = None,
) -> Taken:
    """Open a case at the venue of the code ``venue`` with its first step.

    Parameters
    ----------
    process, step
        As ``allowed_steps()`` names them: ``visit`` and ``plan``, ``suspension_request`` and ``request``, …
    facts, paper
        What is said of the step, and the paper that it rests on (number, day, signer, authority, scope).
    client
        A number made by who asks; the same again is the same step.

    Raises
    ------
    StepRefused
        What must be true is not. Nothing of it is kept, and the transaction goes on.
    NotAllowed
        The caller may not take such a step at all.
    """
    with refusing_steps(conn):
        row = conn.execute(
            "SELECT case_open(%s, %s, %s, %s, %s, %s) AS taken",
            (process, step, venue, Jsonb(facts or {}), _json(paper), client),
        ).fetchone()
    return taken_of(row)


def take_step(
    conn: Connection,
    case: int,
    step: str,
    *,
    facts: dict[str, Any] | None = None,
    paper: dict[str, Any] | None = None,
    client: uuid.UUID | None = None,
) -> Taken:
    """Take a step of ``case``; parameters and errors as :func:`open_case`."""
    with refusing_steps(conn):
        row = conn.execute(
            "SELECT case_step(%s, %s, %s, %s, %s) AS taken", (case, step, Jsonb(facts or {}), _json(paper), client)
        ).fetchone()
    return taken_of(row)


def put_again(conn: Connection) -> set[int]:
    """After a load: suspensions that stand in cases stand as said there; returns the venues whose rows were written."""
    return {row["venue"] for row in conn.execute("SELECT case_put_again() AS venue")}


def set_aside(conn: Connection) -> set[int]:
    """Before loads are taken back: suspensions that came from no file give way, until :func:`put_again`."""
    return {row["venue"] for row in conn.execute("SELECT case_set_aside() AS venue")}


def settle(conn: Connection) -> int:
    """Take the steps that follow from what has happened, once all of it has; returns how many."""
    row = conn.execute("SELECT count(*) AS settled FROM case_settle()").fetchone()
    return int(row["settled"]) if row else 0


def write(conn: Connection) -> None:
    """Write what cases say of suspensions, and the statuses that follow; the caller holds the loader's lock."""
    conn.execute("SELECT case_write()")


def _json(paper: dict[str, Any] | None) -> Jsonb | None:
    return None if paper is None else Jsonb(paper)


@contextmanager
def refusing_steps(conn: Connection) -> Iterator[None]:
    """A refusal of the database (QR001) within the block is raised as :class:`StepRefused`."""
    try:
        with refusals(conn, "case.refused.", _refused):
            yield
    except (psycopg.DataError, psycopg.IntegrityError) as error:
        raise StepRefused("malformed") from error


def _refused(why: str, told: dict[str, Any]) -> StepRefused:
    values = {name: _value(value) for name, value in told.items()}
    if "state" in values:
        values["state"] = Sentence(f"case.state.{values['state'] or 'new'}")
    return StepRefused(why, **values)


def _value(value: object) -> object:
    """A day of JSON as a day."""
    if isinstance(value, str):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            return value
    return value


def taken_of(row: dict[str, Any] | None) -> Taken:
    """What a function of ``data/sql/cases.sql`` answered."""
    if row is None:
        raise AssertionError("a function gives one row")
    taken = row["taken"]
    due = taken["due_on"]
    return Taken(taken["id"], taken["state"], dt.date.fromisoformat(due) if due else None)
