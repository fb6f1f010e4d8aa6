"""``unmerge`` {duplicate}: a venue that stood in another is one of its own again."""

from typing import Any

from data.database.connection import loader_connection
from data.desk.jobs import Job
from etl.linking import merges
from etl.worker.jobs import Progress, done, number_in

STEPS = 1


def run(job: Job, progress: Progress) -> dict[str, Any]:
    """``duplicate`` is the id of the venue."""
    progress(1, "Tách địa điểm đã gộp")
    with loader_connection() as conn:
        touched = merges.unmerge(conn, number_in(job, "duplicate"))
        return done(conn, job, {"touched": touched})
