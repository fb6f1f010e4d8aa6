"""Where to go first: venues by the number of ``data/sql/priority.sql``, each with the parts that it is made of."""

import datetime as dt
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from psycopg.types.json import Jsonb

from data.database.connection import Connection
from data.queries.filters import Filters, venues_sql

PARTS = ("status", "days", "people", "risk", "unseen", "sure", "token")
"""In the order of the SQL function ``priority_parts()``."""
SHARES = (0.05, 0.10)
"""Between which the random share of the visits of a plan lies."""


@dataclass(frozen=True)
class Part:
    """One part of a number: ``points`` is a weight times ``value``, which is scaled from ``known`` to 0..1.

    ``part`` is one of :data:`PARTS`, or ``rest``, whose points take back all others. ``known`` is what a person can
    look up: a status, days, people, a word, an ISO day; None: nothing is known.
    """

    part: str
    points: float
    value: float
    known: str | float | None

    def as_reason(self) -> dict[str, Any]:
        """The part as ``visit.reasons`` keeps it."""
        return {"part": self.part, "points": self.points, "value": self.value, "known": self.known}


@dataclass(frozen=True)
class Token:
    """A sign of token compliance, ``sparse`` or ``few``: scans on the last 14 known days, and what these let expect."""

    sign: str
    recent: float
    expected: float | None


@dataclass(frozen=True)
class Candidate:
    """A venue that could be visited: its number, and what a visit there would be.

    Attributes
    ----------
    lon, lat
        EPSG:4326; None without a point.
    number
        The sum of the points of ``parts``; 0 where there is no reason to go now.
    people_of
        Whether the people are those of the ``venue`` itself or usual for its ``category``.
    kind
        ``inspection`` or ``guidance``.
    sign
        Sign of violation, as ``sign_of_violation()`` says it; None: there is none.
    why_no_inspection
        ``yearly``, ``not_police``; None: an inspection is allowed.
    planned_on, due_on
        Of a visit that is planned, or due, already.
    drawn
        By chance, and not for its number.
    """

    id: int
    code: str
    name: str
    address: str
    ward_id: int | None
    ward_code: str | None
    ward: str | None
    lon: float | None
    lat: float | None
    category: str
    is_organisation: bool
    status: str
    number: float
    parts: tuple[Part, ...]
    people_of: str | None
    token: Token | None
    kind: str
    sign: str | None
    why_no_inspection: str | None
    last_inspection: dt.date | None
    planned_on: dt.date | None
    due_on: dt.date | None
    drawn: bool = False

    @property
    def reasons(self) -> list[dict[str, Any]]:
        """Why to go there: the parts that count, the greatest first."""
        counting = sorted((part for part in self.parts if part.points), key=lambda part: -part.points)
        return [part.as_reason() for part in counting]


_COLUMNS = """found.id, found.code, found.name, found.address, found.ward_id, found.ward_code, found.ward_name AS ward,
              ST_X(found.geom) AS lon, ST_Y(found.geom) AS lat, found.category,
              is_organisation(found.name, found.category) AS is_organisation, p.status::text AS status,
              p.number::float AS number, p.scaled::float[] AS scaled, p.points::float[] AS points, p.rests, p.since,
              p.people::float AS people, p.people_of, p.risk::float AS risk, p.last_seen, p.sure, p.token,
              p.expected::float AS expected, p.recent::float AS recent, p.sign, p.kind, p.why_no_inspection,
              p.last_inspection, p.rests_until, p.planned_on, p.due_on"""


def ranked(
    conn: Connection,
    filters: Filters,
    day: dt.date,
    limit: int | None = None,
    *,
    weights: Mapping[str, float] | None = None,
    free: bool = False,
) -> list[Candidate]:
    """The open venues that ``filters`` let through and to which there is a reason to go, the highest number first.

    Parameters
    ----------
    filters
        Its day is not looked at: statuses are those of ``day``.
    day
        On which somebody would go.
    limit
        At most so many; None: all.
    weights
        By part, instead of those in force.
    free
        Leave out where a visit is planned already.
    """
    venues, parameters = venues_sql(replace(filters, day=day))
    is_narrowed = replace(filters, day=day, venue=None) != Filters(day)
    chosen = "(SELECT array_agg(f.id) FROM found AS f)" if is_narrowed else "NULL"
    rows = conn.execute(
        f"""
        WITH found AS MATERIALIZED ({venues})
        SELECT {_COLUMNS}
        FROM visit_priority(%(day)s, %(weights)s, {chosen}) AS p JOIN found ON found.id = p.venue_id
        WHERE p.rests IS NULL AND (NOT %(free)s OR p.planned_on IS NULL)
        ORDER BY p.number DESC, found.code LIMIT %(limit)s
        """,  # noqa: S608  # data.queries.filters' own, and literals
        parameters | {"weights": _json(weights), "limit": limit, "free": free},
    ).fetchall()
    return [_candidate(row, day) for row in rows]


def of_venues(conn: Connection, codes: Sequence[str], day: dt.date) -> dict[str, Candidate]:
    """The venues of ``codes`` that are open on ``day`` and that the caller sees, by code; also those with number 0."""
    venues, parameters = venues_sql(Filters(day))
    rows = conn.execute(
        f"""
        WITH found AS MATERIALIZED (SELECT * FROM ({venues}) AS every WHERE every.code = ANY(%(codes)s))
        SELECT {_COLUMNS}
        FROM visit_priority(%(day)s, NULL, (SELECT COALESCE(array_agg(f.id), '{{}}') FROM found AS f)) AS p
        JOIN found ON found.id = p.venue_id
        """,  # noqa: S608  # as above
        parameters | {"codes": list(codes)},
    )
    return {row["code"]: _candidate(row, day) for row in rows}


def draw_random(candidates: Sequence[Candidate], count: int, share: float, seed: int) -> list[Candidate]:
    """``count`` of the candidates, most by their number and a ``share`` by chance, so that one can later tell what
    visits do from where they are sent.

    Everybody else among the candidates may be drawn, alike; without a sign of violation for guidance only.

    Parameters
    ----------
    share
        0.05 to 0.10 of ``count``, rounded; 0: nobody is drawn.
    seed
        The same draws the same.

    Raises
    ------
    ValueError
        The share is another.
    """
    if share and not SHARES[0] <= share <= SHARES[1]:
        raise ValueError(share)
    in_order = sorted(candidates, key=lambda one: (-one.number, one.code))
    drawn = round(share * min(count, len(in_order)))
    chosen, others = in_order[: count - drawn], in_order[count - drawn :]
    picked = random.Random(seed).sample(others, min(drawn, len(others)))  # noqa: S311  # a draw that can be repeated
    return [*chosen, *(_drawn(one) for one in picked)]


def _drawn(one: Candidate) -> Candidate:
    return replace(one, drawn=True, kind=one.kind if one.sign else "guidance")


def _json(weights: Mapping[str, float] | None) -> Jsonb | None:
    return None if weights is None else Jsonb(dict(weights))


def _candidate(row: dict[str, Any], day: dt.date) -> Candidate:
    taken = (
        "scaled",
        "points",
        "rests",
        "since",
        "people",
        "risk",
        "last_seen",
        "sure",
        "token",
        "expected",
        "recent",
        "rests_until",
    )
    facts = {name: row.pop(name) for name in taken}
    token = Token(facts["token"], facts["recent"], facts["expected"]) if facts["token"] else None
    return Candidate(**row, parts=tuple(_parts(row, facts, day)), token=token)


def _parts(row: dict[str, Any], facts: dict[str, Any], day: dt.date) -> Iterable[Part]:
    since, last_seen = facts["since"], facts["last_seen"]
    known: dict[str, str | float | None] = {
        "status": row["status"],
        "days": "compliant" if since is None else (day - since).days + 1 if since != dt.date.min else None,
        "people": facts["people"],
        "risk": facts["risk"],
        "unseen": (day - last_seen).days if last_seen else None,
        "sure": facts["sure"],
        "token": facts["token"],
    }
    for part, points, value in zip(PARTS, facts["points"], facts["scaled"], strict=True):
        yield Part(part, points, value, known[part])
    if facts["rests"]:
        until = facts["rests_until"]
        yield Part("rest", -round(sum(facts["points"]), 2), 1.0, until.isoformat() if until else facts["rests"])
