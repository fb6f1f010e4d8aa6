"""What the import screen shows: files that people sent, what the worker does with them, and all loads."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from data.database.connection import Connection

LOADED_SHOWN_FOR = dt.timedelta(hours=12)
"""How long a file that was loaded stays among those at work; the list of loads has it for ever."""
MOST_FILES = 100
HAS_WORKER = """
    SELECT EXISTS (
        SELECT FROM pg_locks
        WHERE locktype = 'advisory' AND classid = lock_space() AND objid = worker_lock() AND objsubid = 2 AND granted
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    ) AS worker
"""
"""Whether a worker is there: it holds the lock ``data.locks.WORKER`` while it is at work."""


@dataclass(frozen=True)
class Work:
    """The newest job about a file or a load."""

    id: int
    kind: str
    state: str
    step: int
    steps: int
    progress: str
    error: str | None
    result: dict[str, Any]
    seconds: float
    finished_at: dt.datetime | None

    @property
    def is_open(self) -> bool:
        """Whether it waits or runs."""
        return self.state in ("queued", "running")

    @property
    def said(self) -> Any:
        """Why it failed, for ``data.texts.sentences.told``."""
        return self.result.get("said") or self.error or ""

    @property
    def doing(self) -> Any:
        """What it does now, likewise."""
        return self.result.get("doing") or self.progress


@dataclass(frozen=True)
class File:
    """A file that somebody sent, and the newest job about it."""

    id: int
    file_name: str
    bytes: int
    received_bytes: int
    sha256: str | None
    state: str
    kind: str | None
    options: dict[str, Any]
    preview: dict[str, Any]
    report: dict[str, Any]
    error: str | None
    load_id: int | None
    received_by: str | None
    received_at: dt.datetime
    work: Work | None

    @property
    def said(self) -> Any:
        """Why it was refused, for ``data.texts.sentences.told``."""
        return self.report.get("said") or self.error or ""


@dataclass(frozen=True)
class Loaded:
    """A load, standing or taken back; ``undoing`` is the newest job that would take it back, or did."""

    id: int
    kind: str
    file_name: str
    file_sha256: str
    as_of: dt.date | None
    is_demo: bool
    started_at: dt.datetime
    finished_at: dt.datetime
    rows_read: int
    rows_rejected: int
    rows_changed: int
    loaded_by: str | None
    undone_at: dt.datetime | None
    undone_by: str | None
    undoing: Work | None


_WORK = """
    jsonb_build_object('id', j.id, 'kind', j.kind, 'state', j.state, 'step', j.step, 'steps', j.steps,
                       'progress', j.progress, 'error', j.error, 'result', j.result,
                       'seconds', COALESCE(extract(epoch FROM COALESCE(j.finished_at, clock_timestamp())
                                                         - COALESCE(j.started_at, j.asked_at)), 0),
                       'finished_at', j.finished_at)
"""


def _newest(subject: str, *kinds: str) -> str:
    """SQL: ``subject`` ("file", "load") and ``work`` of the newest job of ``kinds`` about each.

    In one pass over the jobs: under a policy their index on the payload is not used, for ``->>`` is not leakproof.
    """
    return f"""(
            SELECT newest.subject, {_WORK} AS work
            FROM (
                SELECT (payload ->> '{subject}')::bigint AS subject, max(id) AS id FROM job
                WHERE kind IN ({", ".join(repr(kind) for kind in kinds)}) AND payload ? '{subject}' GROUP BY 1
            ) AS newest
            JOIN job AS j ON j.id = newest.id
        )"""  # noqa: S608 - literals of this module


def files(conn: Connection) -> list[File]:
    """Files that are at work or were loaded a short while ago, the newest last; those put aside, and those whose load
    was taken back, are left out."""
    return _files(conn, "true", ())


def file(conn: Connection, number: int) -> File | None:
    """The file of that number, where it is one of :func:`files`."""
    return next(iter(_files(conn, "f.id = %s", (number,))), None)


def _files(conn: Connection, condition: str, values: tuple[int, ...]) -> list[File]:
    rows = conn.execute(
        f"""
        SELECT f.id, f.file_name, f.bytes, f.received_bytes, f.sha256, f.state, f.kind, f.options, f.preview, f.report,
               f.error, f.load_id, f.received_by, f.received_at, j.work
        FROM received_file AS f
        LEFT JOIN load AS l ON l.id = f.load_id
        LEFT JOIN {_newest("file", "read", "check", "load")} AS j ON j.subject = f.id
        WHERE {condition} AND f.state <> 'discarded'
          AND (f.state <> 'loaded' OR (l.undone_at IS NULL AND l.finished_at > clock_timestamp() - %s))
        ORDER BY f.id DESC LIMIT %s
        """,  # noqa: S608 - literals of this module
        (*values, LOADED_SHOWN_FOR, MOST_FILES),
    ).fetchall()
    return [File(**row | {"work": _work(row["work"])}) for row in reversed(rows)]


def loads(conn: Connection, most: int) -> list[Loaded]:
    """The newest ``most`` loads, the newest first."""
    rows = conn.execute(
        f"""
        SELECT l.id, l.kind, l.file_name, l.file_sha256, l.as_of, l.is_demo, l.started_at, l.finished_at, l.rows_read,
               l.rows_rejected, l.rows_changed, l.loaded_by, l.undone_at, l.undone_by,
               j.work AS undoing
        FROM load AS l
        LEFT JOIN {_newest("load", "undo_check", "undo")} AS j ON j.subject = l.id
        ORDER BY l.id DESC LIMIT %s
        """,  # noqa: S608 - a constant of this module
        (most,),
    ).fetchall()
    return [Loaded(**row | {"undoing": _work(row["undoing"])}) for row in rows]


def newest_change(conn: Connection) -> dt.datetime | None:
    """When a load was last made or taken back: what was checked before that was checked against other data."""
    row = conn.execute("SELECT greatest(max(finished_at), max(undone_at)) AS at FROM load").fetchone()
    return row["at"] if row else None


def has_worker(conn: Connection) -> bool:
    """Whether a worker is there to do what is asked for."""
    row = conn.execute(HAS_WORKER).fetchone()
    return bool(row and row["worker"])


def name_of(conn: Connection, sha256: str) -> str | None:
    """The name, for people, of the kept file with that content: a file sent or loaded, or a list of rejected rows.

    None: the database knows of no such file, so it is not given to anybody.
    """
    row = conn.execute(
        """
        SELECT file_name FROM load WHERE file_sha256 = %(sha)s
        UNION ALL SELECT file_name FROM received_file WHERE sha256 = %(sha)s
        UNION ALL SELECT report #>> '{rejects_file,name}' FROM received_file
        WHERE report #>> '{rejects_file,sha256}' = %(sha)s
        LIMIT 1
        """,
        {"sha": sha256},
    ).fetchone()
    return row["file_name"] if row else None


def _work(found: dict[str, Any] | None) -> Work | None:
    if found is None:
        return None
    finished = found["finished_at"]
    return Work(**found | {"finished_at": dt.datetime.fromisoformat(finished) if finished else None})
