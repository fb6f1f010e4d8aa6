"""What the import screen writes: files as they come in, what a person says of them, and the work that they ask for.

Each function is one short transaction of the caller (``data.database.connection.desk_connection``). Rows of files are
locked before they change, so that two people at two screens, or one who clicks twice, ask for a thing once.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from psycopg.types.json import Jsonb

from data import locks
from data.database.connection import Connection
from data.desk import jobs
from data.errors import TextError

MOST_BYTES = 200 * 1024 * 1024
"""A file may have as many."""
MOST_OPEN_FILES = 60
MOST_OPEN_BYTES = 4 * 1024**3
"""Files, and bytes, that may be under way at once."""
MOST_NEW_A_MINUTE = 60
GIVEN_UP_AFTER = dt.timedelta(days=7)
"""A file that was not sent to its end is forgotten after so long."""

Asked = Literal["read", "check", "load"]
_BEFORE: dict[Asked, tuple[str, ...]] = {
    "read": ("received", "read", "checked", "refused"),
    "check": ("read", "checked", "refused"),
    "load": ("checked",),
}
"""States in which a file may be read, checked, loaded."""
OPTIONS = ("kind", "as_of", "crs", "replace", "columns")
"""What a person may say beside any file; besides these, each doubt of how it was read can be answered by its kind."""


class NotThere(TextError):
    """The file has been put aside or loaded meanwhile, or never was."""

    def __init__(self) -> None:
        super().__init__("imports.error.not_there")


class TooMuchAtOnce(TextError):
    """More files are under way than the server takes; ``key`` says which bound."""


@dataclass(frozen=True)
class Upload:
    """A file that is coming in."""

    id: int
    file_name: str
    bytes: int
    state: str


def announce(conn: Connection, file_name: str, size: int, sent_by: str) -> int:
    """Take note of a file of ``size`` bytes that is about to come; returns its number.

    Raises
    ------
    TooMuchAtOnce
    """
    row = conn.execute(
        """
        SELECT count(*) AS files, COALESCE(sum(bytes), 0) AS bytes,
               (SELECT count(*) FROM received_file
                WHERE received_at > clock_timestamp() - interval '1 minute' AND NOT options ? 'archive') AS new
        FROM received_file WHERE state = 'receiving'
        """
    ).fetchone()
    if row is None:
        raise AssertionError("an aggregate has one row")
    if row["files"] >= MOST_OPEN_FILES or row["bytes"] + size > MOST_OPEN_BYTES:
        raise TooMuchAtOnce("imports.error.too_many")
    if row["new"] >= MOST_NEW_A_MINUTE:
        raise TooMuchAtOnce("imports.error.too_fast")
    made = conn.execute(
        "INSERT INTO received_file (file_name, bytes, received_by) VALUES (%s, %s, %s) RETURNING id",
        (file_name, size, sent_by),
    ).fetchone()
    if made is None:
        raise AssertionError("RETURNING gives a row")
    return int(made["id"])


def upload(conn: Connection, number: int, *, locked: bool = False) -> Upload | None:
    """The file of that number; with ``locked`` nobody else changes its row until the transaction ends."""
    query = "SELECT id, file_name, bytes, state FROM received_file WHERE id = %s"
    row = conn.execute(f"{query} FOR UPDATE" if locked else query, (number,)).fetchone()
    return Upload(**row) if row else None


def progressed(conn: Connection, number: int, received: int) -> None:
    """So many bytes of a file are here."""
    conn.execute(
        "UPDATE received_file SET received_bytes = %s WHERE id = %s AND state = 'receiving'", (received, number)
    )


def whole(conn: Connection, number: int, sha256: str, sent_by: str) -> None:
    """A file is here to its last byte and kept: it is read next."""
    conn.execute(
        "UPDATE received_file SET state = 'received', sha256 = %s, received_bytes = bytes WHERE id = %s",
        (sha256, number),
    )
    jobs.ask(conn, "read", {"file": number}, sent_by)


def given_up(conn: Connection) -> list[int]:
    """Put aside files whose sending ended long ago half-way; returns their numbers."""
    rows = conn.execute(
        "UPDATE received_file SET state = 'discarded' WHERE state = 'receiving'"
        " AND received_at < clock_timestamp() - %s RETURNING id",
        (GIVEN_UP_AFTER,),
    )
    return [row["id"] for row in rows]


def ask(conn: Connection, kind: Asked, numbers: Iterable[int], asked_by: str) -> int:
    """Ask for ``kind`` of work on files, in the order given; returns on how many. One that is at work already, or in
    a state that does not allow it, is left as it is."""
    asked = 0
    for number in numbers:
        row = _locked(conn, number)
        if row is None or row["state"] not in _BEFORE[kind] or _is_at_work(conn, number):
            continue
        jobs.ask(conn, kind, {"file": number}, asked_by)
        asked += 1
    return asked


def say(conn: Connection, number: int, said: dict[str, Any]) -> None:
    """Keep what a person said beside a file (``OPTIONS`` and answers to its doubts); None takes an answer back.

    What was checked before it is no longer what would be loaded: the file has to be checked again.

    Raises
    ------
    NotThere
        Also where the file is being checked or loaded: that goes by what was said before.
    """
    row = _locked(conn, number)
    if row is None or row["state"] not in _BEFORE["read"] or _is_at_work(conn, number, ("check", "load")):
        raise NotThere
    unknown = set(said) - set(OPTIONS) - {doubt["kind"] for doubt in row["preview"].get("doubts", ())}
    if unknown:
        raise ValueError(f"nothing is known of {unknown}")
    options = {name: value for name, value in (row["options"] | said).items() if value is not None}
    conn.execute(
        "UPDATE received_file SET options = %s, state = CASE state WHEN 'checked' THEN 'read' ELSE state END"
        " WHERE id = %s",
        (Jsonb(options), number),
    )


def discard(conn: Connection, number: int) -> str:
    """Put a file aside; returns its name.

    Raises
    ------
    NotThere
    """
    row = _locked(conn, number)
    if row is None or row["state"] in ("discarded", "loaded") or _is_at_work(conn, number):
        raise NotThere
    conn.execute("UPDATE received_file SET state = 'discarded' WHERE id = %s", (number,))
    return str(row["file_name"])


def restore(conn: Connection, number: int) -> None:
    """Take a file that was put aside up again, as far as it had come."""
    conn.execute(
        """
        UPDATE received_file
        SET state = CASE WHEN sha256 IS NULL THEN 'receiving' WHEN error IS NOT NULL THEN 'refused'
                         WHEN report ? 'rows' THEN 'checked' WHEN preview <> '{}' THEN 'read' ELSE 'received' END
        WHERE id = %s AND state = 'discarded'
        """,
        (number,),
    )


def ask_about_load(conn: Connection, kind: Literal["undo_check", "undo"], load: int, asked_by: str) -> bool:
    """Ask what taking a load back would do, or to do it; False when somebody has asked already."""
    conn.execute("SELECT pg_advisory_xact_lock(%s, %s)", (locks.UNDO_SPACE, load))
    there = conn.execute(
        "SELECT FROM job WHERE kind IN ('undo_check', 'undo') AND state IN ('queued', 'running')"
        " AND payload @> jsonb_build_object('load', %s::integer)",
        (load,),
    ).fetchone()
    if there is not None:
        return False
    jobs.ask(conn, kind, {"load": load}, asked_by)
    return True


def newest_about_load(conn: Connection, load: int) -> int | None:
    """The newest job about taking a load back."""
    row = conn.execute(
        "SELECT max(id) AS id FROM job WHERE kind IN ('undo_check', 'undo')"
        " AND payload @> jsonb_build_object('load', %s::integer)",
        (load,),
    ).fetchone()
    return row["id"] if row else None


def _locked(conn: Connection, number: int) -> dict[str, Any] | None:
    return conn.execute(
        "SELECT id, file_name, state, options, preview FROM received_file WHERE id = %s FOR UPDATE", (number,)
    ).fetchone()


def _is_at_work(conn: Connection, number: int, kinds: tuple[Asked, ...] = ("read", "check", "load")) -> bool:
    found = conn.execute(
        "SELECT FROM job WHERE state IN ('queued', 'running') AND kind = ANY(%s)"
        " AND payload ? 'file' AND (payload ->> 'file')::bigint = %s",
        (list(kinds), number),
    ).fetchone()
    return found is not None
