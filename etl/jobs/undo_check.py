"""``undo_check`` {load}: what taking a load back would do; nothing is kept of it."""

from typing import Any

from data.connection import loader_connection
from data.jobs import Job
from etl.jobs import Progress, done, number_in
from etl.undo import STEPS as UNDO_STEPS
from etl.undo import undo
from etl.undo_report import as_json

STEPS = len(UNDO_STEPS)


def run(job: Job, progress: Progress) -> dict[str, Any]:
    """Result: ``etl.undo.UndoReport`` with its sentences."""
    report = undo(number_in(job, "load"), job.asked_by, progress, dry_run=True)
    with loader_connection() as conn:
        return done(conn, job, as_json(report))
