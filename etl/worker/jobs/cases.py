"""``cases`` {}: write what cases say of suspensions, while a load held the lock; the database asks for it."""

from typing import Any

from data.database.connection import loader_connection
from data.desk import cases
from data.desk.jobs import Job
from data.status import periods
from data.texts.sentences import Sentence
from etl.worker.jobs import Progress, done

STEPS = 1


def run(job: Job, progress: Progress) -> dict[str, Any]:
    """Returns nothing but that it is done."""
    progress(1, Sentence("job.doing.cases"))
    with loader_connection() as conn:
        periods.lock(conn)
        cases.write(conn)
        return done(conn, job, {})
