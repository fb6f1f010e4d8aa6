"""Orders of posters: the caller's own, and for the worker what waits and what is over."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from data.database.connection import Connection

FILE_NAME = "ma-qr.pdf"
"""The name under which files of posters are kept and given."""
KEPT_FOR = dt.timedelta(days=1)
SILENT_FOR = dt.timedelta(minutes=3)
"""Whoever makes an order tells of it every few seconds; one silent for so long is dead."""
GIVEN_UP_AFTER = dt.timedelta(hours=1)
"""An order whose makers have died until then takes them down with it."""


@dataclass(frozen=True)
class Order:
    """An order of posters; ``made`` of ``total`` pages. ``sha256`` is its file, until ``KEPT_FOR`` is over.

    ``asked`` is what ``documents.poster_orders.as_json`` keeps.
    """

    id: int
    asked: dict[str, Any]
    labels: list[str]
    state: str
    made: int
    total: int
    sha256: str | None
    error: str | None
    asked_at: dt.datetime


def orders(conn: Connection) -> list[Order]:
    """The caller's own of the last day, the newest first."""
    rows = conn.execute(
        "SELECT id, asked, labels, state, made, total, sha256, error, asked_at FROM poster_order"
        " WHERE asked_at > clock_timestamp() - %s ORDER BY id DESC LIMIT 20",
        (KEPT_FOR,),
    )
    return [Order(**row) for row in rows]


def order(conn: Connection, number: int) -> Order | None:
    """The caller's own order of that number."""
    return next((one for one in orders(conn) if one.id == number), None)


def waiting(conn: Connection) -> int | None:
    """The order to be made next, of those that nobody is making; for the owner."""
    row = conn.execute(
        "SELECT min(id) AS next FROM poster_order"
        " WHERE state = 'queued' OR (state = 'running' AND seen_at < clock_timestamp() - %s)",
        (SILENT_FOR,),
    ).fetchone()
    return row["next"] if row else None


def give_up(conn: Connection, sentence: str) -> None:
    """Fail, with the sentence, what nobody makes any more and was asked for long ago; for the owner."""
    conn.execute(
        "UPDATE poster_order SET state = 'failed', error = %s, finished_at = clock_timestamp()"
        " WHERE state = 'running' AND seen_at < clock_timestamp() - %s AND asked_at < clock_timestamp() - %s",
        (sentence, SILENT_FOR, GIVEN_UP_AFTER),
    )


def expire(conn: Connection) -> list[str]:
    """Let go of files that are over: their SHA-256s, of those that no other order still needs; for the owner."""
    gone = conn.execute(
        "UPDATE poster_order SET state = 'expired' WHERE state = 'done' AND finished_at < clock_timestamp() - %s"
        " RETURNING sha256",
        (KEPT_FOR,),
    ).fetchall()
    return unneeded(conn, [row["sha256"] for row in gone])


def unneeded(conn: Connection, hashes: list[str]) -> list[str]:
    """Those of the SHA-256s that are the file of no order; for the owner."""
    needed = conn.execute(
        "SELECT sha256 FROM poster_order WHERE state = 'done' AND sha256 = ANY(%s)", (hashes,)
    ).fetchall()
    return sorted(set(hashes) - {row["sha256"] for row in needed})
