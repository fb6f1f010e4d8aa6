"""Jobs ``merge``, ``unmerge`` (a person's word on two venues of the register) and ``duplicates`` (looking for some)."""

from collections.abc import Callable
from typing import Any

from data.connection import loader_connection
from data.jobs import Job
from etl import merges

Progress = Callable[[int, str], None]


def run(job: Job, progress: Progress) -> dict[str, Any]:
    """Apply ``payload``: ``keep`` and ``duplicate`` (ids of venues), and ``verdict``.

    ``verdict``: ``merged`` (the default), ``different`` (they are two venues) or ``undo`` (nothing was said of them).

    Raises
    ------
    UnusableMerge
    """
    keep, duplicate = int(job.payload["keep"]), int(job.payload["duplicate"])
    verdict = job.payload.get("verdict", "merged")
    progress(1, "Ghi quyết định về hai địa điểm")
    with loader_connection() as conn:
        if verdict == "different":
            touched = merges.keep_apart(conn, keep, duplicate, job.asked_by)
        elif verdict == "undo":
            touched = merges.forget(conn, keep, duplicate)
        else:
            touched = merges.merge(conn, keep, duplicate, job.asked_by)
    return {"touched": touched}


def run_unmerge(job: Job, progress: Progress) -> dict[str, Any]:
    """Make ``payload["duplicate"]`` a venue of its own again."""
    progress(1, "Tách địa điểm đã gộp")
    with loader_connection() as conn:
        touched = merges.unmerge(conn, int(job.payload["duplicate"]))
    return {"touched": touched}


def run_duplicates(job: Job, progress: Progress) -> dict[str, Any]:
    """Look through the register for venues that may be one; asked for by every load of venues."""
    del job
    progress(1, "Tìm địa điểm trùng trong sổ")
    with loader_connection() as conn:
        return {"pairs": merges.find_duplicates(conn)}
