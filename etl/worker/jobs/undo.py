"""``undo`` {load}: take a load back as a whole."""

from typing import Any

from data.database.connection import Connection
from data.desk.jobs import Job
from etl.undo.report import as_json
from etl.undo.undo import STEPS as UNDO_STEPS
from etl.undo.undo import UndoReport, undo
from etl.worker.jobs import Progress, done, number_in

STEPS = len(UNDO_STEPS)


def run(job: Job, progress: Progress) -> dict[str, Any]:
    """Result as of ``undo_check``, of what has been done."""

    def finish(conn: Connection, report: UndoReport) -> None:
        done(conn, job, as_json(report))

    return as_json(undo(number_in(job, "load"), job.asked_by, progress, before_commit=finish))
