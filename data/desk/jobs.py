"""Work that the page asks for and the worker (``python -m etl work``) does, one after another, in the order asked.

The page's writing role may add a job and read it; only the worker, as the owner, changes one. ``etl.worker.loop`` lists
the kinds of jobs. A job whose worker died is done again: it was one transaction and left nothing.
"""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from data.access.caller import COMMAND_LINE, Caller
from data.database.connection import Connection

CHANNEL = "job"
"""LISTEN/NOTIFY: told when a job has been added."""


@dataclass(frozen=True)
class Job:
    """One job as the page shows it. ``step`` of ``steps`` with ``progress`` as a Vietnamese text, while it runs."""

    id: int
    kind: str
    payload: dict[str, Any]
    state: str
    step: int
    steps: int
    progress: str
    result: dict[str, Any]
    error: str | None
    asked_by: str | None
    asked_at: dt.datetime
    started_at: dt.datetime | None
    finished_at: dt.datetime | None
    asked_as: dict[str, Any] = field(default_factory=dict)

    @property
    def said(self) -> Any:
        """Why it failed, for ``data.texts.sentences.told``."""
        return self.result.get("said") or self.error or ""

    @property
    def asker(self) -> Caller:
        """Who asked, as whom the worker does the job: it is recorded as theirs, with their request.

        The rights are the worker's own: what the person may do was asked when the job was.
        """
        told = self.asked_as
        return replace(
            COMMAND_LINE,
            account_id=told.get("account"),
            login=told.get("login") or self.asked_by or "",
            name=self.asked_by or "",
            role=told.get("role") or "database",
            address=told.get("address") or "",
            request_id=told.get("request") or "",
        )


# Columns by name: one that a later version adds must not stop a process of this one.
_JOB = """
    SELECT id, kind, payload, state, step, steps, progress, result, error, asked_by, asked_at, started_at, finished_at,
           asked_as
    FROM job"""


def ask(conn: Connection, kind: str, payload: dict[str, Any], asked_by: str | None) -> int:
    """Queue a job and tell the worker; returns its number."""
    row = conn.execute(
        "INSERT INTO job (kind, payload, asked_by) VALUES (%s, %s, %s) RETURNING id",
        (kind, json.dumps(payload, ensure_ascii=False), asked_by),
    ).fetchone()
    conn.execute("SELECT pg_notify(%s, '')", (CHANNEL,))
    if row is None:
        raise AssertionError("RETURNING gives a row")
    return int(row["id"])


def job(conn: Connection, number: int) -> Job | None:
    """The job of that number."""
    row = conn.execute(f"{_JOB} WHERE id = %s", (number,)).fetchone()
    return Job(**row) if row else None


def open_jobs(conn: Connection) -> list[Job]:
    """Jobs that wait or run, the first asked for first."""
    rows = conn.execute(f"{_JOB} WHERE state IN ('queued', 'running') ORDER BY id")
    return [Job(**row) for row in rows]


def first_open(conn: Connection, unhurried: Sequence[str]) -> Job | None:
    """The job to do next: the first asked for, those of the kinds ``unhurried`` after all others."""
    row = conn.execute(
        f"{_JOB} WHERE state IN ('queued', 'running') ORDER BY kind = ANY(%s), id LIMIT 1", (list(unhurried),)
    ).fetchone()
    return Job(**row) if row else None
