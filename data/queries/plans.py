"""Plans of visits as their screen shows them: in a list, and one with its teams, routes, stops and what speaks against
it by now.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from data.database.connection import Connection
from data.desk import jobs
from data.desk.plans import JOB
from data.vocabulary import COMPLIANT

Flag = Literal["closed", "complies", "moved", "two_teams"]
MOVED_METRES = 100
"""A venue that lies so far from its stop by now has moved."""


@dataclass(frozen=True)
class PlanLine:
    """A plan in the list. ``visits``: venues on routes; ``done``: of them visited."""

    id: int
    title: str
    day: dt.date
    state: str
    version: int
    area: dict[str, Any]
    teams: int
    stops: int
    visits: int
    done: int
    created_by: str
    changed_by: str
    changed_at: dt.datetime


@dataclass(frozen=True)
class StopVenue:
    """A venue of a stop: as it was planned, its status now (None: closed), and what has become of its visit.

    ``state``: of the visit's case, None where there is none; ``refused``: why the database refused the visit, for
    ``data.texts.sentences.told``.
    """

    code: str
    name: str
    status: str | None
    kind: str
    reasons: list[dict[str, Any]]
    drawn: bool
    case: int | None
    state: str | None
    outcome: str | None
    refused: Any


@dataclass(frozen=True)
class Stop:
    """A stop of the plan; without a team it is on no route, and ``why_left_out`` says why (None: not looked at yet).

    ``flags``, of any of its venues: closed by now, ``complies`` by now, ``moved`` since, ``two_teams``: another plan
    of the day that is not closed, or another stop of this one, goes there, too.
    """

    id: int
    team_id: int | None
    shift: int | None
    position: int | None
    locked: bool
    minutes: int
    opens: dt.time | None
    closes: dt.time | None
    lon: float | None
    lat: float | None
    title: str
    prize: float
    arrives: dt.time | None
    why_left_out: str | None
    ward: str | None
    venues: tuple[StopVenue, ...]
    flags: frozenset[Flag]


@dataclass(frozen=True)
class Team:
    """A team of the plan; ``members``: ids of accounts; ``turnover``: who left and who came while it was assigned, the
    first first (``{"at", "by", "why", "gone": [name], "come": [name]}``)."""

    id: int
    number: int
    name: str
    travel: str
    lon: float
    lat: float
    shifts: tuple[tuple[dt.time, dt.time], ...]
    ward_ids: tuple[int, ...] | None
    members: tuple[int, ...]
    turnover: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class Plan:
    """A plan whole; ``job`` is the number of the job that looks for its routes, while it waits or runs."""

    id: int
    title: str
    day: dt.date
    state: str
    version: int
    area: dict[str, Any]
    options: dict[str, Any]
    solved: dict[str, Any]
    created_by: str
    changed_by: str
    changed_at: dt.datetime
    job: int | None
    teams: tuple[Team, ...]
    stops: tuple[Stop, ...]

    @property
    def prize_left_out(self) -> float:
        """Priority of the stops on no route."""
        return sum(stop.prize for stop in self.stops if stop.team_id is None)

    @property
    def visits(self) -> int:
        """Venues on routes."""
        return sum(len(stop.venues) for stop in self.stops if stop.team_id is not None)


@dataclass(frozen=True)
class Progress:
    """How far the search is (``share`` 0 to 1) and the best so far, as ``etl.plans.solving.as_json`` tells it.

    ``said``: why it failed, for ``data.texts.sentences.told``.
    """

    state: str
    share: float
    best: dict[str, Any] = field(default_factory=dict)
    said: Any = ""


def plans(conn: Connection, most: int = 60) -> list[PlanLine]:
    """Plans that the caller may see, the latest day first."""
    rows = conn.execute(
        """
        SELECT p.id, p.title, p.day, p.state, p.version, p.area, p.created_by, p.changed_by, p.changed_at,
               (SELECT count(*) FROM plan_team AS t WHERE t.plan_id = p.id) AS teams, stop.stops, stop.visits, stop.done
        FROM visit_plan AS p
        CROSS JOIN LATERAL (
            SELECT count(*) AS stops,
                   COALESCE(sum(jsonb_array_length(s.venues)) FILTER (WHERE s.team_id IS NOT NULL), 0)::integer
                       AS visits,
                   COALESCE(sum((
                       SELECT count(*) FROM visit AS x WHERE x.stop_id = s.id AND x.outcome IS NOT NULL
                   )), 0)::integer AS done
            FROM plan_stop AS s WHERE s.plan_id = p.id
        ) AS stop
        ORDER BY p.day DESC, p.id DESC LIMIT %s
        """,
        (most,),
    )
    return [PlanLine(**row) for row in rows]


def plan(conn: Connection, number: int) -> Plan | None:
    """The plan with the number; None where there is none that the caller may see."""
    row = conn.execute(
        "SELECT id, title, day, state, version, area, options, solved, created_by, changed_by, changed_at"
        " FROM visit_plan WHERE id = %s",
        (number,),
    ).fetchone()
    if row is None:
        return None
    job = next((job.id for job in jobs.open_jobs(conn) if job.kind == JOB and job.payload.get("plan") == number), None)
    return Plan(**row, job=job, teams=_teams(conn, number), stops=_stops(conn, number))


def progress(conn: Connection, job: int) -> Progress | None:
    """How far the job is that looks for routes; None where there is none that the caller may see."""
    found = jobs.job(conn, job)
    if found is None or found.kind != JOB:
        return None
    best = found.result if found.state == "done" else found.result.get("best", {})
    share = 1.0 if found.state == "done" else float(found.result.get("share", 0.0))
    return Progress(found.state, share, best, found.said)


def _teams(conn: Connection, plan: int) -> tuple[Team, ...]:
    rows = conn.execute(
        "SELECT id, number, name, travel, start_lon AS lon, start_lat AS lat, shifts, ward_ids, members, turnover"
        " FROM plan_team WHERE plan_id = %s ORDER BY number",
        (plan,),
    )
    hour = dt.time.fromisoformat
    return tuple(
        Team(
            **row
            | {
                "shifts": tuple((hour(shift["from"]), hour(shift["to"])) for shift in row["shifts"]),
                "ward_ids": None if row["ward_ids"] is None else tuple(row["ward_ids"]),
                "members": tuple(row["members"]),
                "turnover": tuple(row["turnover"]),
            }
        )
        for row in rows
    )


def _stops(conn: Connection, plan: int) -> tuple[Stop, ...]:
    venues = defaultdict(list)
    for row in _venues(conn, plan):
        venues[row["stop"]].append(row)
    rows = conn.execute(
        "SELECT id, team_id, shift, position, locked, minutes, opens, closes, lon, lat, title, prize, arrives,"
        " why_left_out FROM plan_stop WHERE plan_id = %s ORDER BY team_id, shift, position, prize DESC, id",
        (plan,),
    )
    return tuple(
        Stop(
            **row,
            ward=next((venue["ward"] for venue in venues[row["id"]]), None),
            venues=tuple(_venue(venue) for venue in venues[row["id"]]),
            flags=frozenset().union(*(_flags(venue) for venue in venues[row["id"]])),
        )
        for row in rows
    )


def _venues(conn: Connection, plan: int) -> list[dict[str, Any]]:
    """Each venue of each stop with what is known of it now."""
    return conn.execute(
        """
        WITH mine AS (
            SELECT s.id AS stop, s.lon, s.lat, s.team_id, p.day, planned.venue, planned.place
            FROM plan_stop AS s JOIN visit_plan AS p ON p.id = s.plan_id
            CROSS JOIN LATERAL jsonb_array_elements(s.venues) WITH ORDINALITY AS planned (venue, place)
            WHERE s.plan_id = %(plan)s
        ),
        of_day AS (
            SELECT s.id AS stop, planned.venue ->> 'code' AS code
            FROM visit_plan AS p JOIN plan_stop AS s ON s.plan_id = p.id
            CROSS JOIN LATERAL jsonb_array_elements(s.venues) AS planned (venue)
            WHERE p.day = (SELECT d.day FROM visit_plan AS d WHERE d.id = %(plan)s) AND p.state <> 'closed'
              AND s.team_id IS NOT NULL
        )
        SELECT m.stop, m.venue, v.code, v.name, v.status::text AS status, w.name AS ward, c.state, x.outcome,
               ST_Distance(v.geom::geography, ST_SetSRID(ST_MakePoint(m.lon, m.lat), 4326)::geography) AS metres_away,
               jsonb_array_length(s.venues) AS venues_there,
               m.team_id IS NOT NULL AND EXISTS (
                   SELECT FROM of_day AS o WHERE o.code = m.venue ->> 'code' AND o.stop <> m.stop
               ) AS is_twice
        FROM mine AS m
        JOIN plan_stop AS s ON s.id = m.stop
        LEFT JOIN venue AS named ON named.code = m.venue ->> 'code'
        LEFT JOIN venue AS v ON v.id = COALESCE(named.merged_into, named.id)
        LEFT JOIN ward AS w ON w.id = v.ward_id
        LEFT JOIN case_file AS c ON c.id = (m.venue ->> 'case')::bigint
        LEFT JOIN visit AS x ON x.case_id = c.id
        ORDER BY m.stop, m.place
        """,
        {"plan": plan},
    ).fetchall()


def _venue(row: Mapping[str, Any]) -> StopVenue:
    planned = row["venue"]
    return StopVenue(
        code=planned["code"],
        name=row["name"] or planned["code"],
        status=row["status"],
        kind=planned["kind"],
        reasons=planned.get("reasons") or [],
        drawn=bool(planned.get("drawn")),
        case=planned.get("case"),
        state=row["state"],
        outcome=row["outcome"],
        refused=planned.get("refused"),
    )


def _flags(row: Mapping[str, Any]) -> set[Flag]:
    flags: set[Flag] = set()
    if row["status"] is None:
        flags.add("closed")
    elif row["status"] in COMPLIANT:
        flags.add("complies")
    # a place of many is as wide as it is: only one that stands for itself can be said to have moved
    if row["venues_there"] == 1 and row["metres_away"] is not None and row["metres_away"] > MOVED_METRES:
        flags.add("moved")
    if row["is_twice"]:
        flags.add("two_teams")
    return flags
