"""``undo`` {load}: take a load back as a whole."""

from typing import Any

from data.jobs import Job
from etl.jobs import Connection, Progress, done, number_in
from etl.undo import STEPS as UNDO_STEPS
from etl.undo import UndoReport, undo
from etl.undo_report import as_json

STEPS = len(UNDO_STEPS)


def run(job: Job, progress: Progress) -> dict[str, Any]:
    """Result as of ``undo_check``, of what has been done."""

    def finish(conn: Connection, report: UndoReport) -> None:
        done(conn, job, as_json(report))

    return as_json(undo(number_in(job, "load"), job.asked_by, progress, before_commit=finish))
