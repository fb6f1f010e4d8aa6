"""``duplicates`` {}: look through the register for venues that may be one; every load of venues asks for it."""

from typing import Any

from data.database.connection import loader_connection
from data.desk.jobs import Job
from data.status import periods
from data.texts.sentences import Sentence
from etl.linking import merges
from etl.worker.jobs import Progress, done

STEPS = 1


def run(job: Job, progress: Progress) -> dict[str, Any]:
    """Returns ``pairs``: how many a person should look at. Waits its turn, so that no venue goes away meanwhile."""
    progress(1, Sentence("job.doing.duplicates"))
    with loader_connection() as conn:
        periods.lock(conn)
        return done(conn, job, {"pairs": merges.find_duplicates(conn)})
