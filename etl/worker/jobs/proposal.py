"""``proposal`` {record}: do what an accepted proposal from the field says, or take that back.

What cannot be done is told on the proposal itself, to whoever decides.
"""

import uuid
from typing import Any

from psycopg.types.json import Jsonb

from data.database.connection import Connection, loader_connection
from data.desk.jobs import Job
from data.status import periods
from data.texts.sentences import Sentence
from etl.linking.cases import follow
from etl.review import proposals
from etl.worker.jobs import Progress, UnusablePayload, done

STEPS = 2


def run(job: Job, progress: Progress) -> dict[str, Any]:
    """Returns ``why`` it was not done, else nothing; one that has been done is left alone.

    Raises
    ------
    UnusablePayload
    """
    with loader_connection() as conn:
        progress(1, Sentence("job.doing.turn"))
        periods.lock(conn)
        progress(2, Sentence("job.doing.proposal"))
        row = _proposal(conn, job)
        if row["state"] != "applied" or row["carried_out_at"] is not None:
            return done(conn, job, {})
        is_back = row["answer"].get("back") is True
        try:
            with conn.transaction():
                touched = (proposals.take_back if is_back else proposals.carry_out)(conn, row)
        except proposals.CannotCarryOut as error:
            _tell(conn, row, error.why, is_back=is_back)
            return done(conn, job, {"why": error.why})
        periods.after_load(conn, sorted(touched), days_changed=False)
        follow(conn)
        return done(conn, job, {})


def _proposal(conn: Connection, job: Job) -> dict[str, Any]:
    try:
        number = uuid.UUID(str(job.payload.get("record")))
    except ValueError as error:
        raise UnusablePayload(Sentence("job.no_proposal", kind=job.kind)) from error
    row = conn.execute(
        "SELECT id, kind, state, payload, answer, venue_code, ward_id, decided_by, carried_out_at FROM field_event"
        " WHERE id = %s AND kind LIKE 'proposal%%' FOR UPDATE",
        (number,),
    ).fetchone()
    if row is None:
        raise UnusablePayload(Sentence("job.no_proposal", kind=job.kind))
    return row


def _tell(conn: Connection, row: dict[str, Any], why: str, *, is_back: bool) -> None:
    """What was accepted waits again; what was to be taken back stands."""
    if is_back:
        conn.execute(
            "UPDATE field_event SET carried_out_at = clock_timestamp(), answer = answer - 'back' || %s WHERE id = %s",
            (Jsonb({"why": why}), row["id"]),
        )
    else:
        conn.execute(
            "UPDATE field_event SET state = 'waiting', decided_at = NULL, decided_by = NULL, answer = %s WHERE id = %s",
            (Jsonb({"why": why}), row["id"]),
        )
