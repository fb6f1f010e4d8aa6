"""What happens to lists by itself: the rule is asked every hour, a list goes out at its hour, what changed is signed.

Whoever complies is off the page already with what brought that (``etl.linking.cases``, ``field_refresh()``).
"""

import logging
import time

from data.database.connection import Connection, loader_connection
from data.errors import UserError
from data.status import periods
from etl.publishing import sealing, tombstones

log = logging.getLogger(__name__)

SECONDS_BETWEEN_TICKS = 3600.0


class Ticker:
    """The worker's look at the lists; cheap where nothing is due."""

    def __init__(self) -> None:
        self._ticked: float | None = None

    def look(self) -> None:
        """Do what is due. A key that cannot be used is told in the log; what waits for it is tried at the next tick."""
        _bury()
        now = time.monotonic()
        is_due = self._ticked is None or now - self._ticked >= SECONDS_BETWEEN_TICKS
        with loader_connection() as conn:
            if not is_due and not _waits(conn):
                return
            self._ticked = now
            periods.lock(conn)
            conn.execute("SELECT publication_tick()")
        _seal_all()
        _tell_standing()


def _bury() -> None:
    """What has left is written down; of what was restored from before, what had left is taken off."""
    with loader_connection() as conn:
        if tombstones.risen(conn):
            periods.lock(conn)
            log.warning("%s entries that had left stood again, and were taken off", tombstones.enforce(conn))
        tombstones.write(conn)


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


def _seal_all() -> None:
    with loader_connection() as conn:
        waiting = sealing.unsealed(conn)
    for number in waiting:
        try:
            with loader_connection() as conn:
                sealing.seal(conn, number)
        except UserError:
            log.exception("list %s could not be signed", number)


def _tell_standing() -> None:
    try:
        with loader_connection() as conn:
            sealing.tell_standing(conn)
    except UserError:
        log.exception("how lists stand could not be signed")
