"""Addresses whose entries have left, in a file of the store: a database that is restored from before knows nothing of
that, and must not show them again.

The worker writes an address there within seconds; whoever serves or exports the lists asks first (:func:`risen`), and
the worker takes off what has come back (:func:`enforce`).
"""

import os
from functools import lru_cache
from pathlib import Path

from data.database.connection import Connection
from data.settings import get_settings


def path() -> Path:
    """The file: a line an address, in the order in which they left; it is only ever added to."""
    return get_settings().file_store / "publication" / "tombstones.txt"


def buried() -> frozenset[str]:
    """All addresses in the file; none where there is no file yet."""
    try:
        stamp = path().stat()
    except FileNotFoundError:
        return frozenset()
    return _read(path(), stamp.st_mtime_ns, stamp.st_size)


@lru_cache(maxsize=2)
def _read(file: Path, changed: int, size: int) -> frozenset[str]:
    del changed, size  # of which the file is another one
    return frozenset(file.read_text("ascii").split())


def risen(conn: Connection) -> list[str]:
    """Addresses that have left and stand again; asked as whoever may read what is published."""
    rows = conn.execute("SELECT slug FROM published.entry WHERE slug = ANY (%s)", (list(buried()),))
    return [row["slug"] for row in rows]


def write(conn: Connection) -> int:
    """Add what has left since; returns how many. It is on the disk when this returns.

    Raises
    ------
    OSError
    """
    known = buried()
    rows = conn.execute(
        "SELECT slug FROM published.address WHERE gone_at IS NOT NULL ORDER BY gone_at, slug"
    ).fetchall()
    left = [row["slug"] for row in rows if row["slug"] not in known]
    if left:
        path().parent.mkdir(parents=True, exist_ok=True)
        with path().open("a", encoding="ascii") as file:
            file.writelines(f"{slug}\n" for slug in left)
            file.flush()
            os.fsync(file.fileno())
    return len(left)


def enforce(conn: Connection) -> int:
    """Take off what has left and stands again; returns how many. The caller is the owner of the tables."""
    row = conn.execute("SELECT count(*) AS found FROM publication_bury(%s) AS b", (list(buried()),)).fetchone()
    return int(row["found"]) if row else 0
