"""How often one account, or one address of which nobody is known, may ask: far more than people do, far less than a
script that has gone wrong.

Counted by the minute, by all workers of the page together: in a file of SQLite in memory, in the folder where they
count together anyway (``ops.beside``), which takes some 0.01 ms. Where that cannot be written, each worker counts for
itself: a fault of the counting keeps nobody out, and there still is a bound. Signing in by password has bounds of its
own, which the database keeps: ``begin_sign_in()`` in ``data/sql/accounts.sql``. Flask-Limiter would need a server more
(Redis, memcached) to count for all workers; a proxy does not know accounts.
"""

import logging
import os
import sqlite3
import threading
import time
from pathlib import Path
from typing import Literal

from callbacks.access import browser
from data.access.caller import current_caller
from data.access.network import network
from data.errors import TooManyRequests
from data.settings import get_settings

log = logging.getLogger(__name__)

Kind = Literal["any", "refused", "sign_in", "search", "document", "upload", "photo"]
A_MINUTE: dict[Kind, int] = {
    "any": 1_800,  # a map that is moved all the time asks some hundred times, besides its tiles
    "refused": 12_000,  # a hall of a hundred whose sessions have ended, each with a map that asks for all its tiles
    "sign_in": 240,  # by a provider, there and back: 120 people of an office behind one address at eight o'clock
    "search": 300,
    "document": 60,  # lists, documents, posters: each holds a processor for a second or more
    "upload": 60,
    "photo": 600,  # a phone sends what a day has gathered in one go
}
MINUTE = 60
SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
PATIENCE_SECONDS = 1.0
"""For another worker that is just counting, which takes microseconds."""

_BEGINNING = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = OFF",
    "CREATE TABLE IF NOT EXISTS asked (minute integer, kind text, key text, times integer NOT NULL,"
    " PRIMARY KEY (minute, kind, key)) WITHOUT ROWID",
)


def count(kind: Kind) -> None:
    """Count the request that is being answered, of ``kind``, for whoever asks.

    Raises
    ------
    TooManyRequests
        They have asked more often within the minute than ``A_MINUTE`` lets them.
    """
    if not get_settings().rate_limits:
        return
    who = current_caller()
    key = f"account {who.account_id}" if who else f"address {network(browser.address())}"
    now = time.time()
    if _counted.one_more(kind, key, int(now // MINUTE)) > A_MINUTE[kind]:
        raise TooManyRequests(MINUTE - int(now % MINUTE))


class Counts:
    """How often each has asked in the minute that runs; the next one begins with nothing.

    The libraries for this (Flask-Limiter, limits) count together only by a server of their own, as Redis.

    Parameters
    ----------
    file
        Where all who open it count together; None: for this object alone.
    """

    def __init__(self, file: Path | None) -> None:
        self._alone = None if file is None else Counts(None)
        self._place = str(file or ":memory:")
        self._turn = threading.Lock()
        self._process = self._minute = self._failed_in = 0
        self._conn: sqlite3.Connection | None = None

    def one_more(self, kind: Kind, key: str, minute: int) -> int:
        """How often ``key`` has asked for ``kind`` in ``minute``, with this time."""
        with self._turn:
            try:
                return self._one_more(kind, key, minute)
            except sqlite3.Error:
                if self._alone is None:
                    raise
                self._conn = None
                if self._failed_in != minute:
                    log.exception("a worker counts requests for itself")
                self._failed_in = minute
        return self._alone.one_more(kind, key, minute)

    def _one_more(self, kind: Kind, key: str, minute: int) -> int:
        conn = self._opened()
        if minute != self._minute:
            conn.execute("DELETE FROM asked WHERE minute < ?", (minute,))
            self._minute = minute
        found = conn.execute(
            "INSERT INTO asked VALUES (?, ?, ?, 1)"
            " ON CONFLICT (minute, kind, key) DO UPDATE SET times = times + 1 RETURNING times",
            (minute, kind, key),
        ).fetchall()
        return int(found[0][0])

    def _opened(self) -> sqlite3.Connection:
        """A connection of this process: one must not be carried over a fork."""
        if self._conn is None or self._process != os.getpid():
            self._process = os.getpid()
            self._conn = sqlite3.connect(
                self._place, timeout=PATIENCE_SECONDS, isolation_level=None, check_same_thread=False
            )
            for statement in _BEGINNING:
                self._conn.execute(statement)
        return self._conn


def _shared() -> Path | None:
    folder = os.environ.get(SHARED_FOLDER)
    return Path(folder) / "asked.sqlite" if folder else None


_counted = Counts(_shared())
