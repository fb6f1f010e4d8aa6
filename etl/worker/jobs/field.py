"""``field`` {}: write what was recorded at the door while a load held the lock; the page asks for it."""

from typing import Any

from data.database.connection import loader_connection
from data.desk import field as at_the_door
from data.desk.jobs import Job
from data.status import periods
from data.texts.sentences import Sentence
from etl.worker.jobs import Progress, done

STEPS = 1


def run(job: Job, progress: Progress) -> dict[str, Any]:
    """Returns ``applied``: how many records."""
    progress(1, Sentence("job.doing.field"))
    with loader_connection() as conn:
        periods.lock(conn)
        return done(conn, job, {"applied": at_the_door.apply_waiting(conn)})
