"""``undo_check`` {load}: what taking a load back would do; nothing is kept of it."""

from typing import Any

from data.database.connection import loader_connection
from data.desk.jobs import Job
from etl.undo.report import as_json
from etl.undo.undo import STEPS as UNDO_STEPS
from etl.undo.undo import undo
from etl.worker.jobs import Progress, done, number_in

STEPS = len(UNDO_STEPS)


def run(job: Job, progress: Progress) -> dict[str, Any]:
    """Result: ``etl.undo.undo.UndoReport`` with its sentences."""
    report = undo(number_in(job, "load"), job.asked_by, progress, dry_run=True)
    with loader_connection() as conn:
        return done(conn, job, as_json(report))
