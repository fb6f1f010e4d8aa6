"""Job ``decide``: a batch of what a person decided about descriptions in the review screen."""

from collections.abc import Callable
from typing import Any

from data.connection import loader_connection
from data.jobs import Job
from etl.deciding import Decision, decide


def run(job: Job, progress: Callable[[int, str], None]) -> dict[str, Any]:
    """Apply ``payload["decisions"]``: ``mention`` (id), ``candidate_venue`` (id or null), ``verdict``.

    Returns
    -------
    dict
        ``decisions``: how many; ``touched``: venues whose rows changed.

    Raises
    ------
    UnusableDecision
    """
    decisions = [
        Decision(int(row["mention"]), str(row["verdict"]), row.get("candidate_venue"))
        for row in job.payload["decisions"]
    ]
    progress(1, f"Ghi {len(decisions)} quyết định")
    with loader_connection() as conn:
        touched = decide(conn, decisions, job.asked_by)
    return {"decisions": len(decisions), "touched": touched}
