"""Routes for a plan: which stops and half-days are still open, and what of the answer goes where.

What has been made stays where it is: a half-day in which a team has made visits goes on from the last of them.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from data.database.connection import Connection
from data.desk import plans
from data.project import TIMEZONE
from data.status.days import today
from data.texts.catalogue import t
from etl.plans import day as days
from etl.plans import visits
from etl.plans.day import Day
from planning.places import Shift, Stop, Team, Unplannable, time_of
from planning.problem import Order
from planning.routes import Routes, Tell, solve

Tasks = tuple[list[Stop], list[Team]]


def tasks_of(day: Day, now: dt.datetime) -> Tasks:
    """The stops that may be visited yet, and the teams with what is left of their half-days at ``now``.

    Raises
    ------
    Unplannable
        Nothing is left to visit, or no half-day to do it in.
    """
    teams = [team for team in (_left_of(day, team, now) for team in day.teams) if team.shifts]
    if day.teams and not teams:
        raise Unplannable("plan.refused.day_over")
    left = {(team.id, shift.number) for team in teams for shift in team.shifts}
    stops = [
        # held to a half-day that is over, a stop goes to its team's next one
        placed.stop if (placed.team, placed.shift) in left else replace(placed.stop, locked_shift=None)
        for placed in day.placed.values()
        if not placed.is_done and placed.why not in days.STAYS_OFF
    ]
    if not stops:
        raise Unplannable("plan.refused.nothing_left")
    return stops, teams


def routes_for(day: Day, tasks: Tasks, *, only_rest: bool, tell: Tell) -> Routes:
    """The best routes found; ``only_rest``: beginning from those of the plan."""
    stops, teams = tasks
    start = day.order if only_rest else None
    return solve(stops, teams, seed=day.head.seed, distances_of=day.distances_of, start=start, tell=tell)


def merged(day: Day, routes: Routes) -> Order:
    """The plan's order with the routes found: what is done first, then what is to come."""
    order: Order = {key: [stop for stop in stops if day.placed[stop].is_done] for key, stops in day.order.items()}
    for route in routes.routes:
        order.setdefault((route.team, route.shift), []).extend(_left(day, route.stops))
    return order


def write(conn: Connection, day: Day, routes: Routes) -> None:
    """Write the routes found into the plan of ``day``, which has the same version still, and where their stops lie by
    now; in an assigned one, the visits follow. What was visited while the routes were looked for stays where it is.
    """
    now = days.read(conn, day.head, day.distances_of)
    why = {left.stop: left.why for left in routes.left_out if not now.placed[left.stop].is_done}
    going = [now.placed[stop] for route in routes.routes for stop in _left(now, route.stops)]
    plans.write_points(conn, [(placed.stop.id, *placed.stop.point) for placed in going])
    days.write(conn, now, merged(now, routes), why)
    if day.head.state == "assigned":
        visits.give_up(conn, now, list(why), t("plan.missed.no_time"), is_due=True)
        visits.open_visits(conn, days.read(conn, day.head), going)


def as_json(routes: Routes) -> dict[str, Any]:
    """What the page draws of routes while they are looked for."""
    return {
        "routes": [
            {"team": route.team, "shift": route.shift, "stops": list(route.stops), "metres": route.metres}
            for route in routes.routes
        ],
        "visited": routes.visited,
        "prize": round(routes.prize, 2),
        "left_out_prize": round(routes.prize_left_out, 2),
        "metres": routes.metres,
        "seconds": routes.seconds,
    }


def _left_of(day: Day, team: Team, now: dt.datetime) -> Team:
    """The team with the half-days that are not over yet."""
    last = max((key[1] for key, stops in day.order.items() if key[0] == team.id and _done(day, stops)), default=-1)
    shifts = []
    for shift in team.shifts:
        begun = _going_on(day, team, shift)
        local = now.astimezone(TIMEZONE)
        is_past = day.head.day == today() and local.time() >= shift.ends
        if shift.number >= last and begun.begins < shift.ends and not is_past:
            shifts.append(begun)
    return replace(team, shifts=tuple(shifts))


def _going_on(day: Day, team: Team, shift: Shift) -> Shift:
    done = _done(day, day.order.get((team.id, shift.number), []))
    if not done:
        return shift
    leg = day.route(team.id, shift.number, done).legs[-1]
    return replace(shift, begins=time_of(leg.leaves + 59), at=day.placed[leg.stop].stop.point)


def _done(day: Day, stops: list[int]) -> list[int]:
    return [stop for stop in stops if day.placed[stop].is_done]


def _left(day: Day, stops: Iterable[int]) -> list[int]:
    return [stop for stop in stops if not day.placed[stop].is_done]
