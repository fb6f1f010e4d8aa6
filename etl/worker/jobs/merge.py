"""``merge`` {keep, duplicate, verdict}: what a person decided about two venues of the register."""

from typing import Any

from data.database.connection import loader_connection
from data.desk.jobs import Job
from data.texts.sentences import Sentence
from etl.linking import merges
from etl.worker.jobs import Progress, UnusablePayload, done, number_in

STEPS = 1


def run(job: Job, progress: Progress) -> dict[str, Any]:
    """``keep`` and ``duplicate`` are ids of venues.

    ``verdict``: ``merged`` (the default), ``different`` (they are two venues) or ``undo`` (nothing was said of them).

    Raises
    ------
    UnusablePayload, UnusableMerge
    """
    keep, duplicate = number_in(job, "keep"), number_in(job, "duplicate")
    verdict = job.payload.get("verdict", "merged")
    progress(1, Sentence("job.doing.merge"))
    with loader_connection() as conn:
        if verdict == "different":
            touched = merges.keep_apart(conn, keep, duplicate, job.asked_by)
        elif verdict == "undo":
            touched = merges.forget(conn, keep, duplicate)
        elif verdict == "merged":
            touched = merges.merge(conn, keep, duplicate, job.asked_by)
        else:
            raise UnusablePayload(Sentence("job.unclear_verdict", kind=job.kind, verdict=str(verdict)))
        return done(conn, job, {"touched": touched})
