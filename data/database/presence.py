"""Whether the database's server is there: one finds out for all, so that not everybody waits for what is away.

A pool says only that it took too long, which may mean that everything is lent. That a server is away is known from a
connection that it did not take. No ``Recent`` answer (``data.queries.remembered``): others tell it, who met the server
or missed it, and what they say decides whether to look at all.
"""

import threading
import time
from collections.abc import Callable

import psycopg
from psycopg import errors

from data.errors import DatabaseUnavailable

SECONDS_BETWEEN_LOOKS = 1.0
# What a server says that is there and has no place left; in English: of a refused connection there is no SQLSTATE.
_FULL = ("too many", "slots are reserved")


class Presence:
    """What a process knows of its server.

    Parameters
    ----------
    connect
        Makes a connection and closes it; raises psycopg.OperationalError when it cannot within seconds.
    """

    def __init__(self, connect: Callable[[], None]) -> None:
        self._connect = connect
        self._turn = threading.Lock()
        self.forget()

    def forget(self) -> None:
        """Nothing is known, as in the beginning: whoever comes next looks."""
        self._is_away, self._is_doubted = False, True
        self._looked_at = self._answered_at = float("-inf")

    def answered(self) -> None:
        """The server has just answered somebody."""
        self._answered_at = time.monotonic()

    def doubt(self) -> None:
        """A connection broke, or there was none for long: who comes next looks before they wait for one."""
        self._is_doubted = True

    def require(self) -> None:
        """Return at once while nothing speaks against the server.

        In doubt one looks, and those who come meanwhile wait for what comes of it. While the server is away one looks
        again each second, and nobody waits for that.

        Raises
        ------
        DatabaseUnavailable
            The server is away.
        """
        if not (self._is_away or self._is_doubted):
            return
        is_due = not self._is_away or time.monotonic() - self._looked_at >= SECONDS_BETWEEN_LOOKS
        if is_due and self._turn.acquire(blocking=not self._is_away):
            try:
                self._look()
            finally:
                self._turn.release()
        if self._is_away:
            raise DatabaseUnavailable

    def _look(self) -> None:
        now = time.monotonic()
        is_known = self._is_away and now - self._looked_at < SECONDS_BETWEEN_LOOKS
        if is_known or not (self._is_away or self._is_doubted):  # whoever had the turn before has found out
            return
        self._is_doubted = False  # before looking: a doubt that comes meanwhile is a new one
        try:
            self._connect()
        except errors.ConnectionTimeout:
            self._is_away = self._is_away or self._answered_at < now  # a busy server answers others meanwhile
        except psycopg.OperationalError as error:
            self._is_away = not any(words in str(error) for words in _FULL)
        else:
            self._is_away = False
        self._looked_at = time.monotonic()
