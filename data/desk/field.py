"""What officers record at the door: keeping a record, deciding a proposal, and what loads must leave standing.

What a record comes to is decided in SQL (``data/sql/field.sql``), for it must hold whoever asks.
"""

import datetime as dt
import uuid
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from data.database.connection import Connection
from data.errors import NotAllowed

MADE_CODE = "TC-{:06d}"
"""Code of a venue that was made of an officer's proposal ("tại chỗ"); the register's codes have other prefixes."""


def is_made(code: str) -> bool:
    """Whether the code is that of a venue that was made of a proposal."""
    return code.startswith(MADE_CODE.partition("{")[0])


@dataclass(frozen=True)
class Record:
    """One record as the phone tells it; ``about`` is the record that it confirms or withdraws.

    ``clock_is_doubtful``: the phone's clock was set between recording and sending; None: its screen is of before it
    could say so, and cannot ask for the day. ``stated_day``: the day that its author stated instead.
    """

    id: uuid.UUID
    kind: str
    happened_at: dt.datetime
    venue: str | None = None
    reason: str | None = None
    about: uuid.UUID | None = None
    payload: dict[str, Any] = field(default_factory=dict)
    photo: str | None = None
    stated_day: dt.date | None = None
    clock_is_doubtful: bool | None = False


class NotWritable(Exception):
    """The tables refuse a record, though it could be read."""


def record(conn: Connection, said: Record, sent_at: dt.datetime, *, wait: bool = True) -> dict[str, Any]:
    """Keep ``said`` and write what follows from it; the same record again gives the same answer.

    Parameters
    ----------
    sent_at
        What the phone's clock says as it sends.
    wait
        Whether to wait a moment for a load that is writing; what waits longer is written by the worker.

    Returns
    -------
    dict
        ``state`` (see ``data/sql/field.sql``), ``why`` it is not simply written, and the venue as it is then.

    Raises
    ------
    NotAllowed
        The caller may not remind at all: the database asks that itself.
    NotWritable
        Nothing of it is kept, and the transaction goes on.
    """
    try:
        with conn.transaction():
            row = conn.execute(
                "SELECT field_record(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) AS answer",
                (
                    said.id, said.kind, said.venue, said.reason, said.about, said.happened_at, sent_at,
                    Jsonb(said.payload), said.photo, wait, said.stated_day, said.clock_is_doubtful,
                ),
            ).fetchone()  # fmt: skip
    except psycopg.errors.InsufficientPrivilege as error:
        raise NotAllowed from error
    except (psycopg.DataError, psycopg.IntegrityError) as error:
        raise NotWritable from error
    if row is None:
        raise AssertionError("a function gives one row")
    return dict(row["answer"])


def decide(conn: Connection, number: uuid.UUID, *, accept: bool) -> bool:
    """Accept or refuse a proposal, once; what is accepted is given to the worker. False: somebody has decided it, or it
    is not of the caller's wards. Raises NotAllowed as :func:`record`."""
    try:
        row = conn.execute("SELECT field_decide(%s, %s) AS decided", (number, accept)).fetchone()
    except psycopg.errors.InsufficientPrivilege as error:
        raise NotAllowed from error
    return bool(row and row["decided"])


def take_back(conn: Connection, number: uuid.UUID) -> bool:
    """Let a decided proposal wait again; the worker undoes what had been done. False: there is none to take back.
    Raises NotAllowed as :func:`record`."""
    try:
        row = conn.execute("SELECT field_take_back(%s) AS taken", (number,)).fetchone()
    except psycopg.errors.InsufficientPrivilege as error:
        raise NotAllowed from error
    return bool(row and row["taken"])


def apply_waiting(conn: Connection) -> int:
    """Write what waits, as the owner who holds the loader's lock; returns how many records."""
    row = conn.execute("SELECT field_apply_waiting() AS applied").fetchone()
    return int(row["applied"]) if row else 0


def put_again(conn: Connection) -> set[int]:
    """After a load: reminders recorded at the door stand as recorded, what the ward's chair said is wrong is withdrawn;
    returns the venues whose rows were written."""
    again = {row["venue"] for row in conn.execute("SELECT field_put_again() AS venue")}
    return again | {row["venue"] for row in conn.execute("SELECT reminder_checks_apply() AS venue")}


def set_aside(conn: Connection) -> set[int]:
    """Before loads are taken back: reminders that came from no file give way, until :func:`put_again`."""
    return {row["venue"] for row in conn.execute("SELECT field_set_aside() AS venue")}


def reopen(conn: Connection) -> None:
    """Before a register is loaded: venues closed by a proposal are open as files say, until :func:`put_again`."""
    conn.execute("SELECT field_reopen(NULL)")
