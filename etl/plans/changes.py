"""What planners change by hand in a plan's routes; each change is one version, and the hours follow.

An order by hand may be impossible: its visits are then late, or its half-day too long, and the plan says so. Refused is
only what no order can mend: a ward that is not the team's, a stop without a point, a visit that has been made.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace

from data.database.connection import Connection
from data.desk import plans
from data.desk.plans import PlanRefused
from data.errors import UnknownVenue
from data.queries.priority import of_venues
from data.status.days import data_span
from data.texts.catalogue import t
from etl.plans import day as days
from etl.plans import visits
from etl.plans.day import Day
from etl.plans.making import Kind, stop_of
from planning.distances import straight
from planning.grouping import MINUTES
from planning.places import MOST_MINUTES
from planning.problem import Order
from planning.timetable import Route

Key = tuple[int, int]
"""Id of a team and number of its half-day."""


def move_stop(
    conn: Connection,
    plan: int,
    version: int,
    stop: int,
    team: int | None,
    shift: int | None = None,
    position: int | None = None,
) -> int:
    """Put a stop at a place of a half-day (``position`` from 1; None: where it costs least); ``team`` None: take it off
    all routes. A stop is held (locked) at its new place when it was at the old one. Returns the new version.

    Raises
    ------
    NoSuchPlan, PlanChanged, PlanRefused
    """
    head = plans.hold(conn, plan, version, "draft", "assigned")
    day = days.read(conn, head)
    _require_movable(day, stop)
    order = _without(day, stop)
    touched: set[Key] = {key for key, stops in day.order.items() if stop in stops}
    if team is None:
        _write(conn, day, order, touched, off=[stop])
        return plans.changed(conn, head)
    key, place = _place(day, order, stop, team, shift, position)
    order.setdefault(key, []).insert(place, stop)
    _write(conn, day, order, touched | {key}, on=[stop])
    return plans.changed(conn, head)


def add_venue(conn: Connection, plan: int, version: int, code: str, team: int | None = None) -> int:
    """Put a venue into the plan, where it costs least of the half-days of ``team`` or of all that may go there; a venue
    without a point, or where no team may go, is in the plan and on no route. Returns the new version.

    Raises
    ------
    NoSuchPlan, PlanChanged, PlanRefused, UnknownVenue
    """
    head = plans.hold(conn, plan, version, "draft", "assigned")
    day = days.read(conn, head)
    if any(venue["code"] == code for placed in day.placed.values() for venue in placed.venues):
        raise PlanRefused("plan.refused.already_in", code=code)
    candidate = of_venues(conn, [code], data_span(conn).current_day).get(code)
    if candidate is None:
        raise UnknownVenue(code)
    kind: Kind = "inspection" if head.options.get("kind") == "inspection" else "guidance"
    [stop] = plans.insert_stops(conn, plan, [stop_of(candidate, kind, int(head.options.get("minutes", MINUTES)))])
    day = days.read(conn, head)
    keys = may_go(day, stop, team)
    if candidate.lon is None or not keys:
        why = "no_team" if candidate.lon is not None else "not_located"
        days.write(conn, day, {}, {stop: why})
        return plans.changed(conn, head)
    order = {key: list(stops) for key, stops in day.order.items()}
    key, place = cheapest(day, order, stop, keys)
    order.setdefault(key, []).insert(place, stop)
    _write(conn, day, order, {key}, on=[stop])
    return plans.changed(conn, head)


def remove_stop(conn: Connection, plan: int, version: int, stop: int) -> int:
    """Take a stop out of the plan altogether. Returns the new version; raises as :func:`move_stop`."""
    head = plans.hold(conn, plan, version, "draft", "assigned")
    day = days.read(conn, head)
    _require_movable(day, stop)
    touched = {key for key, stops in day.order.items() if stop in stops}
    _write(conn, day, _without(day, stop), touched, off=[stop])
    plans.delete_stop(conn, stop)
    return plans.changed(conn, head)


def change_stop(
    conn: Connection,
    plan: int,
    version: int,
    stop: int,
    minutes: int,
    opens: dt.time | None,
    closes: dt.time | None,
) -> int:
    """How long a visit takes and when the place is open. Returns the new version; raises as :func:`move_stop`."""
    head = plans.hold(conn, plan, version, "draft", "assigned")
    if not 1 <= minutes <= MOST_MINUTES:
        raise PlanRefused("plan.refused.minutes", minutes=minutes, most=MOST_MINUTES)
    days.read(conn, head).stop(stop)
    plans.write_hours(conn, stop, minutes, opens, closes)
    day = days.read(conn, head)
    _write(conn, day, day.order, {key for key, stops in day.order.items() if stop in stops})
    return plans.changed(conn, head)


def hand_over(conn: Connection, plan: int, version: int, source: Key, target: Key) -> int:
    """Give what is not done of one half-day to another, after its own stops: a team that stopped early, or the next
    shift. Returns the new version; raises as :func:`move_stop`."""
    head = plans.hold(conn, plan, version, "draft", "assigned")
    day = days.read(conn, head)
    day.shift(*source)
    shift = day.shift(*target)
    left = [stop for stop in day.order.get(source, []) if not day.placed[stop].is_done]
    if source == target or not left:
        raise PlanRefused("plan.refused.nothing_to_hand_over")
    team = day.team(target[0])
    for stop in left:
        _require_open(day, stop, team.id)
    order = {key: [stop for stop in stops if key != source or stop not in left] for key, stops in day.order.items()}
    order.setdefault((team.id, shift.number), []).extend(left)
    _write(conn, day, order, {source, target}, on=left)
    return plans.changed(conn, head)


def cheapest(day: Day, order: Order, stop: int, keys: Iterable[Key]) -> tuple[Key, int]:
    """The half-day and index where the stop costs the least time by straight lines; first where nothing comes too late.

    Raises
    ------
    PlanRefused
        There is no half-day at all.
    """
    found = []
    day = replace(day, distances_of=straight)
    for key in keys:
        stops = order.get(key, [])
        first = sum(day.placed[each].is_done for each in stops)  # what is done stands before what is to come
        for place in range(first, len(stops) + 1):
            route = day.route(*key, [*stops[:place], stop, *stops[place:]])
            found.append((_trouble(route), route.back - day.route(*key, stops).back, key, place))
    if not found:
        raise PlanRefused("plan.refused.no_team_may")
    _, _, key, place = min(found)
    return key, place


def may_go(day: Day, stop: int, team: int | None = None) -> list[Key]:
    """Half-days of teams that may enter where the stop lies; ``team``: of that one alone."""
    placed = day.stop(stop).stop
    return [
        (each.id, shift.number)
        for each in day.teams
        if team in (None, each.id)
        and (each.ward_ids is None or placed.ward_id is None or placed.ward_id in each.ward_ids)
        for shift in each.shifts
    ]


def _trouble(route: Route) -> int:
    return sum(leg.is_late for leg in route.legs) + route.is_over


def _place(day: Day, order: Order, stop: int, team: int, shift: int | None, position: int | None) -> tuple[Key, int]:
    """Where a stop is to stand: as asked for, or where it costs least."""
    _require_open(day, stop, team)
    if shift is None or position is None:
        keys = may_go(day, stop, team) if shift is None else [(team, day.shift(team, shift).number)]
        return cheapest(day, order, stop, keys)
    stops = order.get((team, day.shift(team, shift).number), [])
    done = sum(day.placed[each].is_done for each in stops)
    return (team, shift), min(max(position - 1, done), len(stops))


def _require_movable(day: Day, stop: int) -> None:
    if day.stop(stop).is_done:
        raise PlanRefused("plan.refused.done")


def _require_open(day: Day, stop: int, team: int) -> None:
    placed = day.stop(stop)
    if placed.stop.lon is None:
        raise PlanRefused("plan.refused.not_located", title=placed.title)
    name = day.team(team).name
    if not may_go(day, stop, team):
        raise PlanRefused("plan.refused.not_their_ward", title=placed.title, team=name)


def _without(day: Day, stop: int) -> Order:
    return {key: [each for each in stops if each != stop] for key, stops in day.order.items()}


def _write(
    conn: Connection, day: Day, order: Order, touched: set[Key], *, off: Sequence[int] = (), on: Sequence[int] = ()
) -> None:
    """Write the half-days that are touched; in an assigned plan, the visits of stops taken off and put on follow."""
    days.write(conn, day, {key: order.get(key, []) for key in touched}, dict.fromkeys(off, "taken_off"))
    if day.head.state != "assigned":
        return
    if off:
        visits.give_up(conn, day, off, t("plan.missed.taken_off"))
    if on:
        now = days.read(conn, day.head)
        visits.open_visits(conn, now, [now.placed[stop] for stop in on])
