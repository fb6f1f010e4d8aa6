"""``move`` {venue, lon, lat} or {venue, back: true}: put a venue where a person says that it is, or back to where the
files say; no later load changes it."""

import math
from typing import Any

from data.database.connection import Connection, loader_connection
from data.desk.jobs import Job
from data.errors import UnknownVenue
from data.status import periods
from data.texts.sentences import Sentence
from etl.linking.cases import follow
from etl.locating import apply_hand_points, move_by_hand
from etl.worker.jobs import Progress, UnusablePayload, done

STEPS = 2


def run(job: Job, progress: Progress) -> dict[str, Any]:
    """Write the decision and what follows from it: ward, mark of a point outside its ward, neighbours located by it.

    Returns the venue's ``location``, ``lon``, ``lat`` and ``outside_ward`` as they are then.

    Raises
    ------
    UnknownVenue, OutsideDistrict, UnusablePayload
    """
    code = str(job.payload.get("venue") or "")
    with loader_connection() as conn:
        progress(1, Sentence("job.doing.turn"))
        periods.lock(conn)
        if conn.execute("SELECT FROM venue WHERE code = %s", (code,)).fetchone() is None:
            raise UnknownVenue(code)
        progress(2, Sentence("job.doing.move", code=code))
        if job.payload.get("back") is True:
            conn.execute("DELETE FROM venue_point WHERE venue_code = %s", (code,))
        else:
            move_by_hand(conn, code, _degrees(job, "lon", 180), _degrees(job, "lat", 90), job.asked_by)
        periods.after_load(conn, sorted(apply_hand_points(conn)), days_changed=False)
        follow(conn)
        return done(conn, job, _now(conn, code))


def _degrees(job: Job, name: str, most: float) -> float:
    value = job.payload.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or abs(value) > most:
        raise UnusablePayload(Sentence("job.incomplete", kind=job.kind, name=name))
    return round(float(value), 7)


def _now(conn: Connection, code: str) -> dict[str, Any]:
    row = conn.execute(
        "SELECT code AS venue, location, ST_X(geom) AS lon, ST_Y(geom) AS lat, outside_ward FROM venue WHERE code = %s",
        (code,),
    ).fetchone()
    return dict(row) if row else {}
