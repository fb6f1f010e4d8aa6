"""What the page does, as far as the worker sees it: files received, jobs asked for; and a worker process to do them."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from psycopg.types.json import Jsonb

from data.database.connection import loader_connection
from data.desk import jobs
from data.desk.jobs import Job
from etl.store import files
from tests.etl.loading.processes import start
from tests.fixtures.waiting import until


def receive(path: Path, **options: Any) -> int:
    """Put the file at ``path`` where the page would, in whole; returns the number of its row."""
    sha256 = files.keep(path)
    with loader_connection() as conn:
        row = conn.execute(
            "INSERT INTO received_file (file_name, bytes, received_bytes, sha256, state, options, received_by)"
            " VALUES (%s, %s, %s, %s, 'received', %s, 'chị Lan') RETURNING id",
            (path.name, path.stat().st_size, path.stat().st_size, sha256, Jsonb(options)),
        ).fetchone()
    assert row
    return int(row["id"])


def file_row(number: int) -> dict[str, Any]:
    """The row of a received file."""
    with loader_connection() as conn:
        row = conn.execute("SELECT * FROM received_file WHERE id = %s", (number,)).fetchone()
    assert row
    return row


def answer(number: int, **said: str) -> None:
    """What a person answers to the doubts of a received file."""
    with loader_connection() as conn:
        conn.execute("UPDATE received_file SET options = options || %s WHERE id = %s", (Jsonb(said), number))


def ask(kind: str, **payload: Any) -> int:
    """Ask for a job; returns its number."""
    with loader_connection() as conn:
        return jobs.ask(conn, kind, payload, "anh Minh")


def job(number: int) -> Job:
    """A job as it is now."""
    with loader_connection() as conn:
        found = jobs.job(conn, number)
    assert found
    return found


def ended(number: int) -> Job:
    """A job once it is done or has failed."""
    until(lambda: job(number).state in ("done", "failed"), f"job {number} to end")
    return job(number)


@contextmanager
def worker(url: str) -> Iterator["subprocess.Popen[str]"]:
    """A worker process; killed at the end if it is still there."""
    process = start("work", url=url)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()
