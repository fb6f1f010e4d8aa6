"""Files that people put aside are forgotten after a while: their rows, and what the store keeps for them alone."""

import datetime as dt
import logging
from pathlib import Path

from data.database.connection import Connection, loader_connection
from data.status import periods
from etl.store import files

log = logging.getLogger(__name__)

KEPT_FOR = dt.timedelta(days=7)
"""From its coming in: as long as one that was not sent to its end, it can be taken up again."""


def forget_discarded() -> bool:
    """Forget files that came in ``KEPT_FOR`` ago and are put aside; False: a load runs, nothing was done.

    A kept file that a load, or another file at work, stands on stays. Nothing comes into the store meanwhile: loads are
    behind the loader's lock, files from the page behind that of their table (``callbacks.imports.uploads``).
    """
    with loader_connection() as conn:
        if not periods.lock(conn, wait=False):
            return False
        conn.execute("LOCK TABLE received_file IN EXCLUSIVE MODE")
        gone = conn.execute(
            """
            DELETE FROM received_file WHERE state = 'discarded' AND received_at < clock_timestamp() - %s
            RETURNING sha256, file_name, report #>> '{rejects_file,sha256}' AS rejects_sha256,
                      report #>> '{rejects_file,name}' AS rejects_name
            """,
            (KEPT_FOR,),
        ).fetchall()
        kept = [(row["sha256"], row["file_name"]) for row in gone]
        kept += [(row["rejects_sha256"], row["rejects_name"]) for row in gone]
        for sha256, name in kept:
            if sha256 and not _is_needed(conn, sha256):
                _remove(files.path_of(sha256, name))
    return True


def _is_needed(conn: Connection, sha256: str) -> bool:
    row = conn.execute(
        """
        SELECT EXISTS (SELECT FROM load WHERE file_sha256 = %(sha)s)
            OR EXISTS (SELECT FROM received_file
                       WHERE sha256 = %(sha)s OR report #>> '{rejects_file,sha256}' = %(sha)s) AS needed
        """,
        {"sha": sha256},
    ).fetchone()
    return bool(row and row["needed"])


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        log.info("a file that nobody needs stays in the store: %s", error)
