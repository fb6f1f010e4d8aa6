"""The kinds of work that the page asks for: a module each, with ``STEPS`` and ``run``; ``etl.worker.loop`` lists them.

``run(job, progress)`` does the job and returns its result (JSON). Its writing is one transaction, so that a job whose
worker was killed can be done again; it ends with :func:`done`, which marks the job in that same transaction, so that
it is never done twice. ``progress(step, text)`` is seen by the page at once and must not be called after :func:`done`.
"""

from collections.abc import Callable
from typing import Any, Protocol

from psycopg.types.json import Jsonb

from data.database.connection import Connection
from data.desk.jobs import Job
from data.errors import UserError
from data.texts.sentences import Sentence

Progress = Callable[[int, str], None]


class JobKind(Protocol):
    """A module of ``etl.worker.jobs``."""

    STEPS: int
    """How many steps its progress counts."""

    def run(self, job: Job, progress: Progress) -> dict[str, Any]:
        """Do the job and return its result. Raises UserError, whose sentence the person who asked is shown."""


class UnusablePayload(UserError):
    """A job names something that is not there."""


def done(conn: Connection, job: Job, result: dict[str, Any]) -> dict[str, Any]:
    """Mark ``job`` as done within the transaction that does it; returns ``result``."""
    conn.execute(
        "UPDATE job SET state = 'done', result = %s, error = NULL, finished_at = clock_timestamp() WHERE id = %s",
        (Jsonb(result), job.id),
    )
    return result


def number_in(job: Job, name: str) -> int:
    """The number that ``job`` names under ``name``; raises :class:`UnusablePayload`."""
    value = job.payload.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise UnusablePayload(Sentence("job.incomplete", kind=job.kind, name=name))
    return value
