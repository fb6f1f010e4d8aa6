"""``decide`` {decisions}: a batch of what a person decided about descriptions in the review screen."""

from typing import Any

from data.database.connection import loader_connection
from data.desk.jobs import Job
from data.texts.sentences import Sentence, as_json
from etl.review.descriptions import Decision, decide
from etl.worker.jobs import Progress, UnusablePayload, done

STEPS = 1


def run(job: Job, progress: Progress) -> dict[str, Any]:
    """Apply ``decisions``: each with ``mention`` (id), ``candidate_venue`` (id or null) and ``verdict``.

    Returns
    -------
    dict
        ``decisions``: how many; ``touched``: venues whose rows changed; ``refused``: sentences about those left out.

    Raises
    ------
    UnusablePayload
    """
    try:
        decisions = [
            Decision(int(row["mention"]), str(row["verdict"]), row.get("candidate_venue"))
            for row in job.payload["decisions"]
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise UnusablePayload(Sentence("job.no_decisions")) from error
    progress(1, Sentence("job.doing.decide", count=len(decisions)))
    with loader_connection() as conn:
        decided = decide(conn, decisions, job.asked_by)
        result = {"decisions": len(decisions), "touched": decided.touched, "refused": as_json(list(decided.refused))}
        return done(conn, job, result)
