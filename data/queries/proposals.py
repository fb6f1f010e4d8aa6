"""What officers propose: what waits for the office, and what was decided lately."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from data.database.connection import Connection

MOST_LISTED = 200
DAYS_LISTED = 30
"""For how long a decision is listed, to be taken back there."""

_PROPOSALS = """
    SELECT e.id, e.kind, e.state, e.recorded_by, e.happened_at, e.day, e.payload, e.photo, e.venue_code,
           v.name AS venue_name, v.address AS venue_address, v.status::text AS status, w.name AS ward,
           e.answer ->> 'why' AS why, e.decided_by, e.decided_at,
           e.state = 'applied' AND e.carried_out_at IS NULL AS is_under_way,
           COALESCE((e.answer ->> 'asked_at')::timestamptz, e.decided_at) AS asked_at,
           near.name AS nearest,
           round(ST_Distance(COALESCE(v.geom, near.geom)::geography, place.point::geography))::integer AS metres
    FROM field_event AS e LEFT JOIN venue AS v ON v.id = e.venue_id LEFT JOIN ward AS w ON w.id = e.ward_id
    CROSS JOIN LATERAL (
        SELECT ST_SetSRID(ST_MakePoint((e.payload ->> 'lon')::float8, (e.payload ->> 'lat')::float8), 4326) AS point
    ) AS place
    LEFT JOIN LATERAL (
        SELECT n.name, n.geom FROM venue AS n
        WHERE e.kind = 'proposal_new' AND e.state = 'waiting' AND place.point IS NOT NULL
          AND n.geom IS NOT NULL AND n.status IS NOT NULL
        ORDER BY n.geom <-> place.point LIMIT 1
    ) AS near ON true
    WHERE e.kind LIKE 'proposal%%'
"""


@dataclass(frozen=True)
class Proposal:
    """A proposal, with the venue that it is about (of an accepted new one: that it became) as it is known now.

    Attributes
    ----------
    day
        In the data's calendar: the first day closed, of a closure.
    why
        Word for why the last decision could not be carried out (``field.why.``), or for why it is refused.
    is_under_way
        Accepted, or to be taken back, and given to the worker at ``asked_at``.
    nearest
        Of a new venue that waits: the name of the open venue nearest to it, which may be the same.
    metres
        From the place proposed to the venue as it is drawn, or to the nearest.
    """

    id: uuid.UUID
    kind: str
    state: str
    recorded_by: str
    happened_at: dt.datetime
    day: dt.date
    payload: dict[str, Any]
    photo: str | None
    venue_code: str | None
    venue_name: str | None
    venue_address: str | None
    status: str | None
    ward: str | None
    why: str | None
    decided_by: str | None
    decided_at: dt.datetime | None
    is_under_way: bool
    asked_at: dt.datetime | None
    nearest: str | None
    metres: int | None


def waiting(conn: Connection) -> list[Proposal]:
    """Proposals that nobody has decided, the oldest first, as far as the caller may see them."""
    rows = conn.execute(f"{_PROPOSALS} AND e.state = 'waiting' ORDER BY e.seq LIMIT %s", (MOST_LISTED,))
    return [Proposal(**row) for row in rows]


def decided(conn: Connection) -> list[Proposal]:
    """Those decided in the last ``DAYS_LISTED`` days, the newest decision first."""
    rows = conn.execute(
        f"{_PROPOSALS} AND e.decided_at > now() - make_interval(days => %s) ORDER BY e.decided_at DESC LIMIT %s",
        (DAYS_LISTED, MOST_LISTED),
    )
    return [Proposal(**row) for row in rows]


def count_waiting(conn: Connection) -> int:
    """How many wait, as far as the caller may see them."""
    row = conn.execute(
        "SELECT count(*) AS waiting FROM field_event AS e WHERE e.kind LIKE 'proposal%' AND e.state = 'waiting'"
    ).fetchone()
    return int(row["waiting"]) if row else 0
