"""What is made aside, by processes of their own: posters that were ordered. The worker starts them, and does its jobs.

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
from etl.store import files

log = logging.getLogger(__name__)

SECONDS_BETWEEN_TIDYING = 600.0
MOST_SECONDS = 900.0
POSTERS = "ma-qr.pdf"


class Aside:
    """The worker's look at what others do; it never waits for them."""

    def __init__(self) -> None:
        self._maker: subprocess.Popen[bytes] | None = None
        self._began = 0.0
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
        if self._maker is not None and self._maker.poll() is None:
            if now - self._began > MOST_SECONDS:
                log.error("posters took longer than %s s, and were ended", MOST_SECONDS)
                self._maker.kill()
            return
        self._maker = None
        with loader_connection() as conn:
            number = poster_orders.waiting(conn)
        if number is not None:
            self._began = now
            command = [sys.executable, "-m", "documents", "poster_order", "--order", str(number)]
            self._maker = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL)

    def end(self) -> None:
        """With the worker ends what it started."""
        if self._maker is not None and self._maker.poll() is None:
            self._maker.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._maker.wait(5)


def _tidy() -> None:
    with loader_connection() as conn:
        gone = poster_orders.expire(conn)
    for sha256 in gone:
        files.path_of(sha256, POSTERS).unlink(missing_ok=True)
