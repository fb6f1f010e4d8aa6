"""``python -m etl work``: the one process that does what the page asks for, job after job in the order asked.

A session holds the worker's lock and hears of new jobs (LISTEN, and a look every few seconds); on it the worker writes
each step as it begins, at once visible, while the job's own transaction runs on another. A job that was running when
its worker died left nothing, and is done again. What a job cannot do is told to the person who asked; a fault that
nobody foresaw gets a reference number that stands in the log as well.
"""

import datetime as dt
import logging
import os
import secrets
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any, LiteralString

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from data import locks, logs
from data.access.caller import COMMAND_LINE, acting_as
from data.database.connection import CONNECT_SECONDS, Connection, owner_url, tell_caller
from data.desk.jobs import CHANNEL, Job, first_open
from data.errors import DatabaseUnavailable, UserError
from data.status.days import today
from data.texts.catalogue import t
from data.texts.sentences import Sentence, as_json
from etl.errors import on_screen
from etl.publishing.ticking import Ticker
from etl.store.retention import forget_discarded
from etl.worker.aside import Aside
from etl.worker.folder import Inbox
from etl.worker.jobs import (
    JobKind,
    cases,
    check,
    decide,
    duplicates,
    field,
    load,
    merge,
    move,
    plan,
    proposal,
    read,
    undo,
    undo_check,
    unmerge,
)

log = logging.getLogger(__name__)

KINDS: dict[str, JobKind] = {
    "read": read,
    "check": check,
    "load": load,
    "decide": decide,
    "merge": merge,
    "unmerge": unmerge,
    "duplicates": duplicates,
    "move": move,
    "plan": plan,
    "field": field,
    "cases": cases,
    "proposal": proposal,
    "undo_check": undo_check,
    "undo": undo,
}
"""What the worker can do; a new kind of job is one module of ``etl.worker.jobs`` and one line here."""

UNHURRIED = ["duplicates"]
"""Kinds of jobs that nobody waits for: done when no other job is open."""

SECONDS_BETWEEN_LOOKS = 2.0
MOST_ATTEMPTS = 3
"""A job that took its worker down with it so often is given up: the next in line must get their turn."""


_OF_ITSELF = replace(COMMAND_LINE, login="the worker", name=t("audit.who.the worker"))
"""Who does what nobody asked for: what lies in the folder, and forgetting what was put aside.

Its login holds a blank, as that of ``COMMAND_LINE`` does: no account can have it (``account_login_check``).
"""


class _Ended(KeyboardInterrupt):
    """SIGTERM: psycopg cancels what runs on the server when it sees a KeyboardInterrupt."""


def work(*, attached: bool = False) -> int:
    """Work until told to end (SIGTERM, SIGINT; with ``attached``, when standard input closes); returns 0."""
    logs.configure("worker")
    signal.signal(signal.SIGTERM, _end)
    if attached:
        threading.Thread(target=_end_with_input, name="page-watcher", daemon=True).start()
    with suppress(KeyboardInterrupt):
        while True:
            try:
                with _session() as conn:
                    _serve(conn)
            except (psycopg.Error, UserError) as error:
                log.info("no database (%s), trying again in %s s", error, SECONDS_BETWEEN_LOOKS)
                time.sleep(SECONDS_BETWEEN_LOOKS)
    return 0


def _end(_signal: int, _frame: Any) -> None:
    raise _Ended


def _end_with_input() -> None:
    """The page holds the other end of standard input and writes nothing: it closes when the page dies, however."""
    with suppress(OSError):
        while os.read(sys.stdin.fileno(), 1024):
            pass
    os.kill(os.getpid(), signal.SIGTERM)


@contextmanager
def _session() -> Iterator[Connection]:
    """The worker's own session (autocommit), once it is the only worker of its database."""
    with psycopg.connect(owner_url(), autocommit=True, row_factory=dict_row, connect_timeout=CONNECT_SECONDS) as conn:
        told = False
        while not _has_lock(conn):
            if not told:
                log.info("another worker is at work; waiting for it to end")
                told = True
            time.sleep(SECONDS_BETWEEN_LOOKS)
        conn.execute(f"LISTEN {CHANNEL}")
        log.info("ready")
        yield conn


def _has_lock(conn: Connection) -> bool:
    row = conn.execute("SELECT pg_try_advisory_lock(%s, %s) AS taken", locks.WORKER).fetchone()
    return bool(row and row["taken"])


def _serve(conn: Connection) -> None:
    """Jobs, then what lies in the folder, then wait for either; once a day what was put aside is forgotten. Ends with
    the session."""
    aside = Aside()
    try:
        _serve_with(conn, aside)
    finally:
        aside.end()


def _serve_with(conn: Connection, aside: Aside) -> None:
    inbox, ticker = Inbox(), Ticker()
    tidied: dt.date | None = None
    while True:
        while job := _next(conn):
            with acting_as(job.asker):
                _do(conn, job)
        with acting_as(_OF_ITSELF):
            inbox.look()
            ticker.look()
            aside.look()
            if tidied != (day := today()) and forget_discarded():
                tidied = day
        for _ in conn.notifies(timeout=SECONDS_BETWEEN_LOOKS, stop_after=1):
            pass


def _next(conn: Connection) -> Job | None:
    """The first open job, marked as running; one whose workers died too often is given up on the way."""
    while True:
        job = first_open(conn, UNHURRIED)
        if job is None:
            return None
        attempts = int(job.result.get("attempts", 0)) + 1
        if attempts <= MOST_ATTEMPTS:
            steps = KINDS[job.kind].STEPS if job.kind in KINDS else 0
            # A worker that was killed as it committed may have done it after all.
            taken = conn.execute(
                "UPDATE job SET state = 'running', step = 0, steps = %s, progress = '', result = %s,"
                " started_at = clock_timestamp() WHERE id = %s AND state IN ('queued', 'running')",
                (steps, Jsonb({"attempts": attempts}), job.id),
            )
            if taken.rowcount:
                return job
            continue
        with acting_as(job.asker):
            _fail(conn, job, Sentence("job.given_up"))


def _do(conn: Connection, job: Job) -> None:
    """Do one job and write how it ended. A database that goes away meanwhile leaves it to be done again."""
    log.info("job %s %s", job.id, job.kind)
    if job.kind not in KINDS:
        _fail(conn, job, Sentence("job.unknown", kind=job.kind))
        return
    try:
        result = KINDS[job.kind].run(job, lambda step, text: _tell(conn, job, step, text))
    except KeyboardInterrupt:
        _give_back(conn, job)
        raise
    except DatabaseUnavailable:
        raise
    except UserError as error:
        if _is_unforeseen(error):
            _fail_with_reference(conn, job)
        else:
            _fail(conn, job, on_screen(error))
    except psycopg.OperationalError:
        conn.execute("SELECT 1")  # where it was this session that broke, it is opened anew and the job done again
        _fail_with_reference(conn, job)
    except Exception:
        _fail_with_reference(conn, job)
    else:
        _end_job(
            conn,
            "UPDATE job SET state = 'done', result = %s, error = NULL, finished_at = clock_timestamp()"
            " WHERE id = %s AND state = 'running'",
            (Jsonb(result), job.id),
        )


def _end_job(conn: Connection, statement: LiteralString, values: tuple[Any, ...]) -> None:
    """Write how a job ended as whoever asked for it: a transaction of its own, for only that can be told who."""
    with conn.transaction():
        tell_caller(conn)
        conn.execute(statement, values)


def _is_unforeseen(error: UserError) -> bool:
    """Whether PostgreSQL refused something that no check foresaw: its words are for the log, not for a clerk."""
    cause = error.__cause__
    return isinstance(cause, psycopg.Error) and not isinstance(cause, psycopg.errors.DiskFull)


def _tell(conn: Connection, job: Job, step: int, text: str) -> None:
    """Write what the job does now; a sentence of it is told from ``result`` in whatever language."""
    conn.execute(
        "UPDATE job SET step = %s, progress = %s, result = result || %s WHERE id = %s",
        (step, text, Jsonb({"doing": as_json(text)}), job.id),
    )


def _fail_with_reference(conn: Connection, job: Job) -> None:
    reference = f"{job.id}-{secrets.token_hex(3)}"
    log.exception("job %s %s failed, reference %s", job.id, job.kind, reference)
    _fail(conn, job, Sentence("job.unforeseen", reference=reference))


def _fail(conn: Connection, job: Job, sentence: str) -> None:
    """The sentence, as it can be told in another language, is the result of what failed."""
    _end_job(
        conn,
        "UPDATE job SET state = 'failed', error = %s, result = %s, finished_at = clock_timestamp()"
        " WHERE id = %s AND state IN ('queued', 'running')",
        (sentence, Jsonb({"said": as_json(sentence)}), job.id),
    )


def _give_back(conn: Connection, job: Job) -> None:
    """A job that the worker's end cut short waits for the next worker; this was no attempt that failed."""
    with suppress(psycopg.Error):
        conn.execute(
            "UPDATE job SET state = 'queued', step = 0, progress = '', result = '{}'"
            " WHERE id = %s AND state = 'running'",
            (job.id,),
        )
