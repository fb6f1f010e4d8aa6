"""``unmerge`` {duplicate}: a venue that stood in another is one of its own again."""

from typing import Any

from data.database.connection import loader_connection
from data.desk.jobs import Job
from data.texts.sentences import Sentence
from etl.linking import merges
from etl.worker.jobs import Progress, done, number_in

STEPS = 1


def run(job: Job, progress: Progress) -> dict[str, Any]:
    """``duplicate`` is the id of the venue."""
    progress(1, Sentence("job.doing.unmerge"))
    with loader_connection() as conn:
        touched = merges.unmerge(conn, number_in(job, "duplicate"))
        return done(conn, job, {"touched": touched})
