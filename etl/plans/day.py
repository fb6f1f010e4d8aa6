"""A plan's teams and stops as ``planning`` knows them, and its routes written back with their hours."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from data.database.connection import Connection
from data.desk import plans
from data.desk.plans import Head, PlanRefused
from etl.plans.distances import by_streets
from planning.distances import DistancesOf
from planning.places import Shift, Stop, Team, time_of
from planning.problem import Order
from planning.timetable import Route, timetable

STAYS_OFF = ("taken_off", "refused")
"""Why a stop is in no route though there might be time: a person took it off, or the database refused the visit."""


@dataclass(frozen=True)
class Placed:
    """A stop of the plan with what stands beside it.

    ``is_done``: each of its visits has been made or waived, but those that the database refused; ``missed``: cases of
    visits that a team gave back.
    """

    stop: Stop
    title: str
    team: int | None
    shift: int | None
    position: int | None
    locked: bool
    venues: tuple[dict[str, Any], ...]
    why: str | None
    is_done: bool
    missed: frozenset[int]


@dataclass(frozen=True)
class Day:
    """A plan as it stands: ``order`` has ids of stops by (id of team, number of shift)."""

    head: Head
    teams: tuple[Team, ...]
    placed: Mapping[int, Placed]
    distances_of: DistancesOf
    order: Order = field(default_factory=dict)

    def team(self, number: int) -> Team:
        """The team with the id; raises PlanRefused when it is not the plan's."""
        found = next((team for team in self.teams if team.id == number), None)
        if found is None:
            raise PlanRefused("plan.refused.no_such_team")
        return found

    def shift(self, team: int, number: int) -> Shift:
        """That half-day of the team; raises PlanRefused when it has no such."""
        found = next((shift for shift in self.team(team).shifts if shift.number == number), None)
        if found is None:
            raise PlanRefused("plan.refused.no_such_shift")
        return found

    def stop(self, number: int) -> Placed:
        """The stop with the id; raises PlanRefused when it is not the plan's."""
        if number not in self.placed:
            raise PlanRefused("plan.refused.no_stop")
        return self.placed[number]

    def route(self, team: int, shift: int, stops: Iterable[int]) -> Route:
        """The half-day in that order."""
        found = [self.placed[stop].stop for stop in stops]
        return timetable(self.team(team), self.shift(team, shift), found, self.distances_of)


def read(conn: Connection, head: Head, distances_of: DistancesOf | None = None) -> Day:
    """The plan of ``head`` with its teams, stops, and what has become of its visits.

    ``distances_of``: where distances outlive this transaction; else they are asked by ``conn``.
    """
    teams = conn.execute(
        "SELECT id, name, travel, start_lon, start_lat, shifts, ward_ids FROM plan_team WHERE plan_id = %s"
        " ORDER BY number",
        (head.id,),
    )
    rows = conn.execute(
        """
        SELECT s.id, s.team_id, s.shift, s.position, s.locked, s.minutes, s.opens, s.closes, s.title, s.venues, s.prize,
               s.why_left_out, venue.ward_id, COALESCE(ST_X(venue.geom), s.lon) AS lon,
               COALESCE(ST_Y(venue.geom), s.lat) AS lat, COALESCE(made.is_done, false) AS is_done,
               COALESCE(made.missed, '{}') AS missed
        FROM plan_stop AS s
        LEFT JOIN venue AS named ON named.code = s.venues -> 0 ->> 'code'
        LEFT JOIN venue ON venue.id = COALESCE(named.merged_into, named.id)
        LEFT JOIN LATERAL (
            SELECT bool_and(c.closed_at IS NOT NULL) FILTER (WHERE c.id IS NOT NULL OR NOT v ? 'refused') AS is_done,
                   array_agg(c.id) FILTER (WHERE c.state = 'due') AS missed
            FROM jsonb_array_elements(s.venues) AS v LEFT JOIN case_file AS c ON c.id = (v ->> 'case')::bigint
        ) AS made ON true
        WHERE s.plan_id = %s
        ORDER BY s.team_id, s.shift, s.position, s.id
        """,
        (head.id,),
    ).fetchall()
    placed = {row["id"]: _placed(row) for row in rows}
    order: Order = {}
    for row in rows:
        if row["team_id"] is not None:
            order.setdefault((row["team_id"], row["shift"]), []).append(row["id"])
    return Day(head, tuple(_team(row) for row in teams), placed, distances_of or by_streets(conn), order)


def write(conn: Connection, day: Day, order: Order, left_out: Mapping[int, str | None]) -> None:
    """Write the routes of ``order`` with their hours, and why the stops of ``left_out`` are in none."""
    places: list[dict[str, Any]] = []
    for (team, shift), stops in order.items():
        for position, leg in enumerate(day.route(team, shift, stops).legs, 1):
            arrives = time_of(leg.arrives)
            places.append(
                {"stop": leg.stop, "team": team, "shift": shift, "position": position, "arrives": arrives, "why": None}
            )
    nowhere = {"team": None, "shift": None, "position": None, "arrives": None}
    places += [nowhere | {"stop": stop, "why": why} for stop, why in left_out.items()]
    plans.write_places(conn, places)


def _team(row: Mapping[str, Any]) -> Team:
    return Team(
        id=row["id"],
        name=row["name"],
        lon=row["start_lon"],
        lat=row["start_lat"],
        shifts=tuple(
            Shift(number, dt.time.fromisoformat(hours["from"]), dt.time.fromisoformat(hours["to"]))
            for number, hours in enumerate(row["shifts"])
        ),
        travel=row["travel"],
        ward_ids=None if row["ward_ids"] is None else frozenset(row["ward_ids"]),
    )


def _placed(row: Mapping[str, Any]) -> Placed:
    held = row["team_id"] if row["locked"] else None
    return Placed(
        stop=Stop(
            id=row["id"],
            lon=row["lon"],
            lat=row["lat"],
            minutes=row["minutes"],
            prize=row["prize"],
            opens=row["opens"],
            closes=row["closes"],
            ward_id=row["ward_id"],
            locked_to=held,
            locked_shift=row["shift"] if row["locked"] else None,
        ),
        title=row["title"],
        team=row["team_id"],
        shift=row["shift"],
        position=row["position"],
        locked=row["locked"],
        venues=tuple(row["venues"]),
        why=row["why_left_out"],
        is_done=row["is_done"],
        missed=frozenset(row["missed"]),
    )
