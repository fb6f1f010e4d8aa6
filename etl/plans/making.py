"""A plan from an area: its most urgent venues grouped into stops, and the teams that go; no routes yet."""

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from data.database.connection import Connection
from data.desk import plans
from data.queries.filters import Filters
from data.queries.priority import SHARES, Candidate, draw_random, ranked
from data.reference.travel import Travel
from data.status.days import data_span
from data.texts.catalogue import t
from data.texts.folding import fold
from etl.plans import day as days
from planning.grouping import MINUTES, Door, Place, grouped
from planning.places import MOST_MINUTES, Shift, Team, Unplannable, require_teams

Kind = Literal["guidance", "inspection"]
MOST_VISITS = 2000
MOST_TITLE = 120
OUTSIDE_METRES = 3000
"""A team may start so far outside the district: at an office beyond its border, not in another town."""


@dataclass(frozen=True)
class TeamAsked:
    """A team as a planner asks for it; its number follows from the order. ``shifts``: from, to; ``ward_ids`` None: any;
    ``members``: ids of accounts."""

    name: str
    travel: Travel
    lon: float
    lat: float
    shifts: tuple[tuple[dt.time, dt.time], ...]
    ward_ids: tuple[int, ...] | None = None
    members: tuple[int, ...] = ()


@dataclass(frozen=True)
class PlanAsked:
    """A plan as a planner asks for it. ``filters`` say the area; ``count``: visits at most; ``drawn_percent``: of them
    by chance (0, or 5 to 10)."""

    title: str
    day: dt.date
    filters: Filters
    teams: tuple[TeamAsked, ...]
    kind: Kind
    count: int
    minutes: int = MINUTES
    drawn_percent: int = 0


def create_plan(conn: Connection, asked: PlanAsked) -> int:
    """Write a draft with the most urgent venues of the area, all in no route yet; returns its number.

    Of an inspection plan they are those that may be inspected. Where a visit is planned already, none is planned again.

    Raises
    ------
    Unplannable
        No venue, no team, hours or a start that cannot be, a day that is past.
    """
    today = data_span(conn).current_day
    _require_asked(asked, today)
    _require_teams(conn, asked.teams)
    found = ranked(conn, asked.filters, today, free=True)
    may_be = [each for each in found if asked.kind == "guidance" or each.kind == "inspection"]
    seed = secrets.randbelow(2**31)
    candidates = draw_random(may_be, asked.count, asked.drawn_percent / 100, seed)
    if not candidates:
        raise Unplannable("plan.refused.no_visit")
    plan = plans.insert_plan(
        conn,
        asked.title.strip()[:MOST_TITLE] or t("plan.untitled", day=asked.day),
        asked.day,
        {"query": asked.filters.to_query_string(asked.day)},
        seed,
        {"kind": asked.kind, "minutes": asked.minutes, "drawn_percent": asked.drawn_percent},
    )
    plans.insert_teams(conn, plan, [_row(team) for team in asked.teams])
    plans.insert_stops(conn, plan, _stops(candidates, asked.kind, asked.minutes))
    return plan


def change_teams(conn: Connection, plan: int, version: int, teams: Sequence[TeamAsked]) -> int:
    """Other teams for a draft; its stops are in no route again. Returns the new version.

    Raises
    ------
    Unplannable, NoSuchPlan, PlanChanged, PlanRefused
    """
    head = plans.hold(conn, plan, version, "draft")
    _require_teams(conn, teams)
    day = days.read(conn, head)
    days.write(conn, day, {}, {number: placed.why for number, placed in day.placed.items()})
    plans.replace_teams(conn, plan, [_row(team) for team in teams])
    return plans.changed(conn, head)


def stop_of(candidate: Candidate, kind: Kind, minutes: int) -> dict[str, Any]:
    """A stop for one venue, as ``data.desk.plans.insert_stops`` takes it."""
    return _stops([candidate], kind, minutes)[0]


def _require_asked(asked: PlanAsked, today: dt.date) -> None:
    if asked.day < today:
        raise Unplannable("plan.refused.past", day=asked.day, first=today)
    if not 1 <= asked.minutes <= MOST_MINUTES:
        raise Unplannable("plan.refused.minutes", minutes=asked.minutes, most=MOST_MINUTES)
    if not 1 <= asked.count <= MOST_VISITS:
        raise Unplannable("plan.refused.visits", visits=asked.count, most=MOST_VISITS)
    if asked.drawn_percent and not SHARES[0] <= asked.drawn_percent / 100 <= SHARES[1]:
        raise Unplannable("plan.refused.drawn", least=round(SHARES[0] * 100), most=round(SHARES[1] * 100))


def _require_teams(conn: Connection, teams: Sequence[TeamAsked]) -> None:
    require_teams([
        Team(
            id=number,
            name=team.name,
            lon=team.lon,
            lat=team.lat,
            shifts=tuple(Shift(place, begins, ends) for place, (begins, ends) in enumerate(team.shifts)),
            travel=team.travel,
        )
        for number, team in enumerate(teams)
    ])  # fmt: skip
    for team in teams:
        row = conn.execute(
            "SELECT EXISTS (SELECT FROM ward AS w WHERE ST_DWithin(w.geom::geography,"
            " ST_SetSRID(ST_MakePoint(%s, %s), 4326)::geography, %s)) AS is_near",
            (team.lon, team.lat, OUTSIDE_METRES),
        ).fetchone()
        if not (row and row["is_near"]):
            raise Unplannable("plan.refused.outside", team=team.name, km=OUTSIDE_METRES // 1000)


def _row(team: TeamAsked) -> dict[str, Any]:
    return {
        "name": team.name.strip()[:MOST_TITLE],
        "travel": team.travel,
        "lon": team.lon,
        "lat": team.lat,
        "shifts": [{"from": f"{begins:%H:%M}", "to": f"{ends:%H:%M}"} for begins, ends in team.shifts],
        "ward_ids": None if team.ward_ids is None else list(team.ward_ids),
        "members": list(team.members),
    }


def _stops(candidates: Sequence[Candidate], kind: Kind, minutes: int) -> list[dict[str, Any]]:
    """Rows of ``plan_stop``: places of one or more venues, and venues that have no point each by itself."""
    by_id = {candidate.id: candidate for candidate in candidates}
    # who was drawn is visited like the most urgent: a share by chance of which the easy part is visited is none
    greatest = max(candidate.number for candidate in candidates)
    prize = {candidate.id: greatest if candidate.drawn else candidate.number for candidate in candidates}
    doors = [
        Door(c.id, c.lon, c.lat, c.category, fold(c.address), prize[c.id])
        for c in candidates
        if c.lon is not None and c.lat is not None
    ]
    stops = [_stop([by_id[door.venue_id] for door in place.doors], place, kind) for place in grouped(doors, minutes)]
    return stops + [
        _stop([c], Place((), 0.0, 0.0, minutes, prize[c.id]), kind) | {"lon": None, "lat": None}
        for c in candidates
        if c.lon is None or c.lat is None
    ]


def _stop(venues: Sequence[Candidate], place: Place, kind: Kind) -> dict[str, Any]:
    first = venues[0]
    return {
        "minutes": place.minutes,
        "lon": place.lon,
        "lat": place.lat,
        "title": first.name if len(venues) == 1 else t("plan.stop.many", name=first.name, others=len(venues) - 1),
        "venues": [
            {
                "code": venue.code,
                "kind": venue.kind if kind == "inspection" else "guidance",
                "reasons": venue.reasons,
                "drawn": venue.drawn,
            }
            for venue in venues
        ],
        "prize": place.prize,
    }
