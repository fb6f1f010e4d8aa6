"""What is done aside, by processes of their own: posters that were ordered, and mail. The worker starts them.

They draw papers, which the loader does not; it knows their commands alone.
"""

import logging
import subprocess
import sys
import time
from contextlib import suppress

from data.database.connection import loader_connection
from data.project import ROOT
from data.queries import poster_orders
from data.settings import get_settings
from data.texts.catalogue import t
from etl.store import files

log = logging.getLogger(__name__)

SECONDS_BETWEEN_TIDYING = 600.0
MOST_SECONDS = 900.0


class _Process:
    """One command at a time; it is ended where it takes longer than it may."""

    def __init__(self) -> None:
        self._running: subprocess.Popen[bytes] | None = None
        self._began = 0.0

    def is_busy(self) -> bool:
        """Whether it still runs."""
        if self._running is None or self._running.poll() is not None:
            self._running = None
            return False
        if time.monotonic() - self._began > MOST_SECONDS:
            log.error("%s took longer than %s s, and was ended", self._running.args, MOST_SECONDS)
            self._running.kill()
        return True

    def start(self, *arguments: str) -> None:
        """Start ``python -m documents`` with the arguments."""
        command = [sys.executable, "-m", "documents", *arguments]
        self._began = time.monotonic()
        self._running = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL)

    def end(self) -> None:
        if self._running is not None and self._running.poll() is None:
            self._running.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._running.wait(5)


class Aside:
    """The worker's look at what others do; it never waits for them."""

    def __init__(self) -> None:
        self._maker, self._postman = _Process(), _Process()
        self._tidied: float | None = None

    def look(self) -> None:
        """Start what waits, end what takes too long, and let go of files that are over.

        Raises
        ------
        DatabaseUnavailable, psycopg.OperationalError
        """
        now = time.monotonic()
        if self._tidied is None or now - self._tidied > SECONDS_BETWEEN_TIDYING:
            self._tidied = now
            _tidy()
        if not self._maker.is_busy():
            with loader_connection() as conn:
                poster_orders.give_up(conn, t("posters.failed"))
                number = poster_orders.waiting(conn)
            if number is not None:
                self._maker.start("poster_order", "--order", str(number))
        if get_settings().has_mail and not self._postman.is_busy():
            with loader_connection() as conn:
                row = conn.execute("SELECT mail_waits() AS waits").fetchone()
            if row and row["waits"]:
                self._postman.start("deliver")

    def end(self) -> None:
        """With the worker ends what it started."""
        self._maker.end()
        self._postman.end()


def _tidy() -> None:
    with loader_connection() as conn:
        gone = poster_orders.expire(conn)
    for sha256 in gone:
        files.path_of(sha256, poster_orders.FILE_NAME).unlink(missing_ok=True)
