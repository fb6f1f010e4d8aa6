"""Lists to be published: drafting one. Every other step is one of a case (``data.desk.cases.take_step``).

What must be true for a step, and what follows, is decided in SQL (``data/sql/publication_*.sql``).
"""

import datetime as dt
import uuid

from psycopg.types.json import Jsonb

from data.database.connection import Connection
from data.desk.cases import Taken, refusing_steps, taken_of


def draft(
    conn: Connection,
    kind: str,
    day: dt.date,
    *,
    from_day: dt.date | None = None,
    title: str = "",
    client: uuid.UUID | None = None,
) -> Taken:
    """Freeze the rule's result of ``day`` into a list (``venues``), or what ``bodies`` did from ``from_day`` on.

    ``client`` is a number made by who asks; the same again is the same list.

    Raises
    ------
    data.desk.cases.StepRefused
        Nothing of it is kept, and the transaction goes on.
    NotAllowed
        The caller may not publish.
    """
    facts = {"kind": kind, "day": day.isoformat()}
    facts |= {"from_day": from_day.isoformat()} if from_day else {}
    facts |= {"title": title.strip()} if title.strip() else {}
    conn.execute("SET LOCAL statement_timeout = '120s'")  # thousands of names are frozen in one statement
    with refusing_steps(conn):
        row = conn.execute("SELECT publication_open(%s, %s) AS taken", (Jsonb(facts), client)).fetchone()
    return taken_of(row)


def settle(conn: Connection) -> int:
    """Ask the rule again of every open entry; returns how many left. The caller is the owner of the tables."""
    row = conn.execute("SELECT count(*) AS settled FROM publication_settle()").fetchone()
    return int(row["settled"]) if row else 0


def new_token(conn: Connection, entry: int) -> str:
    """A token for a slip of the entry, told this once; the one before opens nothing any more."""
    row = conn.execute("SELECT publication_token_new(%s) AS token", (entry,)).fetchone()
    if row is None:
        raise AssertionError("a function gives one row")
    return str(row["token"])
