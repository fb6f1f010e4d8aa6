"""What happens to lists by itself: the rule is asked every hour, a list goes out at its hour, what changed is signed.

Whoever complies is off the page already with what brought that (``etl.linking.cases``, ``field_refresh()``).
"""

import logging
import time

import psycopg

from data.database.connection import Connection, loader_connection
from data.errors import DatabaseUnavailable, UserError
from data.status import periods
from etl.publishing import sealing, tombstones

log = logging.getLogger(__name__)

SECONDS_BETWEEN_TICKS = 3600.0
SECONDS_AFTER_A_FAULT = 60.0


class Ticker:
    """The worker's look at the lists; cheap where nothing is due."""

    def __init__(self) -> None:
        self._ticked: float | None = None
        self._not_before = 0.0

    def look(self) -> None:
        """Do what is due. What cannot be done (a key, a full disk) is told in the log and tried again in a minute, and
        keeps no job from its turn; nor does a load that is on its way: the next look does it.

        Raises
        ------
        DatabaseUnavailable, psycopg.OperationalError
        """
        if time.monotonic() < self._not_before:
            return
        try:
            self._look()
        except (DatabaseUnavailable, psycopg.OperationalError):
            raise
        except (psycopg.Error, UserError, OSError):
            log.exception("what is published could not be looked after")
            self._not_before = time.monotonic() + SECONDS_AFTER_A_FAULT

    def _look(self) -> None:
        now = time.monotonic()
        is_due = self._ticked is None or now - self._ticked >= SECONDS_BETWEEN_TICKS
        with loader_connection() as conn:
            has_risen = bool(tombstones.risen(conn))
            tombstones.write(conn)
            if not (is_due or has_risen or _waits(conn)) or not periods.lock(conn, wait=False):
                return
            if has_risen:
                log.warning("%s entries that had left stood again, and were taken off", tombstones.enforce(conn))
            conn.execute("SELECT publication_tick()")
        self._ticked = now
        with loader_connection() as conn:
            waiting = sealing.unsealed(conn)
        for number in waiting:
            with loader_connection() as conn:
                sealing.seal(conn, number)
        with loader_connection() as conn:
            sealing.tell_standing(conn)


def _waits(conn: Connection) -> bool:
    """Whether a list's hour has come, or one that a step changed is not signed yet and no request signs it."""
    row = conn.execute(
        """
        SELECT EXISTS (
            SELECT FROM publication AS p JOIN case_file AS c ON c.id = p.list_id
            WHERE c.state = 'approved' AND p.publish_at <= clock_timestamp()
               OR p.published_at IS NOT NULL AND p.version > p.sealed_version
        ) AS waits
        """
    ).fetchone()
    return bool(row and row["waits"])
