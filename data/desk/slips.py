"""Slips: a token opens the file of one entry of a list, and what its venue says is taken as a step of it.

Who asks needs no account; what a token opens, and how often one may try, is decided in SQL
(``data/sql/publication_slips.sql``).
"""

import datetime as dt
import re
import uuid
from dataclasses import dataclass
from typing import Any, Literal

from psycopg.types.json import Jsonb

from data.access.network import network
from data.database.connection import Connection
from data.desk.cases import Taken, refusing_steps, taken_of
from data.errors import TextError
from data.texts.sentences import Sentence

Step = Literal["object", "claim", "answer"]
STEPS: tuple[Step, ...] = ("object", "claim", "answer")
GROUP = 4
"""Characters of a token that are written together."""
_READ_AS = str.maketrans("OIL", "011")


class SlipRefused(TextError):
    """A token that opens nothing; ``why`` is ``unknown``, ``often``, ``closed``, ``newer`` or ``expired``.

    Whoever never had a slip learns of none: every wrong token is ``unknown``.
    """

    def __init__(self, why: str, **values: object) -> None:
        self.why = why
        self.seconds = int(str(values.get("seconds", 0)))
        super().__init__(f"slip.refused.{why}", **values)


@dataclass(frozen=True)
class Reminder:
    """A counted reminder: its day, why (``no_qr``, ``not_scanning``), the kind of office that gave it ("": unknown),
    and where it stands (``photo``, ``field``, ``book``).
    """

    day: dt.date
    reason: str
    office: str
    source: str


@dataclass(frozen=True)
class Said:
    """What was said by slip (``object``, ``claim``, ``answer``) or decided of it (``reject``, ``refuse``), and when."""

    day: dt.date
    step: str
    words: str
    has_photo: bool


@dataclass(frozen=True)
class File:
    """What the holder of a slip may know of its entry.

    Attributes
    ----------
    state
        As ``case.state.<state>`` says it.
    day
        Whose result of the rule the list holds.
    what
        ``no_qr`` or ``not_scanning``; of a body which kind it is.
    deadline
        The last day of the notice; None: not delivered, or the clock stands still.
    is_over
        That day has passed.
    due_on
        The working day by which the next step is due, as the answer to an objection.
    still
        Why it does: ``data``, ``objection``, ``claim``.
    slug
        Where the entry stands on the public page; None: nowhere.
    steps
        What can be said now.
    """

    case: int
    state: str
    title: str
    word: str
    day: dt.date
    name: str
    address: str
    ward: str
    what: str
    is_body: bool
    is_anonymous: bool
    last_scan: dt.date | None
    reminders: tuple[Reminder, ...]
    notice_days: int
    retention_days: int
    delivered_on: dt.date | None
    deadline: dt.date | None
    is_over: bool
    due_on: dt.date | None
    still: tuple[str, ...]
    expires_on: dt.date | None
    slug: str | None
    answer: str | None
    answer_printed: bool | None
    said: tuple[Said, ...]
    is_demo: bool
    steps: tuple[str, ...]


def code(typed: str) -> str:
    """``typed`` as a token is written: Crockford's Base32 reads O as 0, I and L as 1, small letters as capitals, and
    what stands between groups as nothing.
    """
    return re.sub(r"[^0-9A-Z]", "", typed[:200].upper()).translate(_READ_AS)


def grouped(token: str) -> str:
    """A token as people read it: ``ABCD-EFGH-…``."""
    return "-".join(token[first : first + GROUP] for first in range(0, len(token), GROUP))


def open_file(conn: Connection, token: str, address: str) -> File:
    """The file that ``token`` opens, asked for from ``address``; it is counted and recorded, whatever comes of it.

    Where it is refused the transaction is committed, for the attempt counts.

    Raises
    ------
    SlipRefused
    """
    row = conn.execute("SELECT slip_open(%s, %s) AS told", (code(token), network(address))).fetchone()
    return _file(_told(conn, row))


def say(conn: Connection, token: str, address: str, step: Step, facts: dict[str, str], client: uuid.UUID) -> Taken:
    """Take ``step`` for whoever holds the slip; ``facts``: ``words``, ``photo`` (a SHA-256 in the store), ``qr``.

    ``client`` is a number made by who asks; the same again is the same step.

    Raises
    ------
    SlipRefused
    data.desk.cases.StepRefused
        Nothing of it is kept, and the transaction goes on.
    """
    with refusing_steps(conn):
        row = conn.execute(
            "SELECT slip_say(%s, %s, %s, %s, %s) AS told", (code(token), network(address), step, Jsonb(facts), client)
        ).fetchone()
    return taken_of({"taken": _told(conn, row)})


def _told(conn: Connection, row: dict[str, Any] | None) -> dict[str, Any]:
    if row is None:
        raise AssertionError("a function gives one row")
    told: dict[str, Any] = row["told"]
    if "refused" in told:
        conn.commit()
        values = {key: value for key, value in told.items() if key != "refused"}
        if "state" in values:
            values["state"] = Sentence(f"case.state.{values['state']}")
        raise SlipRefused(told["refused"], **values)
    return told


def _file(told: dict[str, Any]) -> File:
    return File(
        told["case"],
        told["state"],
        told["title"],
        told["word"],
        dt.date.fromisoformat(told["day"]),
        told["name"],
        told["address"],
        told["ward"],
        told["what"],
        told["body_kind"] is not None,
        told["anonymous"],
        _day(told["last_scan"]),
        tuple(
            Reminder(dt.date.fromisoformat(each["day"]), each["reason"], each["office"], each["source"])
            for each in told["reminders"]
        ),
        told["notice_days"],
        told["retention_days"],
        _day(told["delivered_on"]),
        _day(told["deadline"]),
        told["is_over"],
        _day(told["due_on"]),
        tuple(told["still"]),
        _day(told["expires_on"]),
        told["slug"],
        told["answer"],
        told["answer_printed"],
        tuple(
            Said(
                dt.date.fromisoformat(each["day"]),
                each["step"],
                each.get("words") or each.get("why") or "",
                each["photo"],
            )
            for each in told["said"]
        ),
        told["is_demo"],
        tuple(told["steps"]),
    )


def _day(said: str | None) -> dt.date | None:
    return dt.date.fromisoformat(said) if said else None
