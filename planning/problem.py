"""A day's stops and teams as a problem of PyVRP, and its answers as lists of stops.

- A half-day of a team is a vehicle of its own: PyVRP knows no lunch break.
- Who may enter where, and where a stop is locked to, are profiles: to a stop that is not a vehicle's, its profile knows
  no way that a day would hold. (Skills as loads work poorly, PyVRP #842.)
- What a stop is worth is in seconds on the way: the greatest prize is worth ``BEST_IS_WORTH``, the least one
  ``LEAST_IS_WORTH``. Prizes on a smaller scale would visit nobody (PyVRP #515).
- The ``TOP_SHARE`` of the stops with the greatest prizes are worth more than all others together, each of them, so that
  none is given up for others.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyvrp import Client, Depot, Location, ProblemData, Solution, VehicleType
from pyvrp import Route as Tour

from data.reference.travel import KMH, Travel
from planning.distances import DistancesOf, Metres, part
from planning.places import DAY, Shift, Stop, Team

BEST_IS_WORTH = 3 * 3600
LEAST_IS_WORTH = 600
TOP_SHARE = 0.1
_NO_WAY = 10 * DAY
"""Seconds to a stop that is not a vehicle's: no shift holds it, and sums of it stay small numbers."""

Order = dict[tuple[int, int], list[int]]
"""Positions of stops in order, by position of a team and of its shift."""


@dataclass(frozen=True)
class Vehicle:
    """A half-day of a team: positions in ``teams``, and of the shift among the team's; rows of the distances where it
    begins and ends.
    """

    team: int
    shift: int
    begins_at: int
    ends_at: int


@dataclass(frozen=True)
class Problem:
    """Stops by position, each located; ``metres`` between them, then where each vehicle begins, then where each team
    ends; ``worth`` in seconds.
    """

    stops: tuple[Stop, ...]
    teams: tuple[Team, ...]
    metres: Mapping[Travel, Metres]
    worth: tuple[int, ...]

    @property
    def vehicles(self) -> list[Vehicle]:
        """The half-days in the order in which PyVRP numbers them."""
        shifts = [(team, shift) for team, who in enumerate(self.teams) for shift in range(len(who.shifts))]
        begin, end = len(self.stops), len(self.stops) + len(shifts)
        return [Vehicle(team, shift, begin + at, end + team) for at, (team, shift) in enumerate(shifts)]

    def shift_of(self, vehicle: Vehicle) -> Shift:
        """The vehicle's hours."""
        return self.teams[vehicle.team].shifts[vehicle.shift]


def problem_of(stops: Sequence[Stop], teams: Sequence[Team], distances_of: DistancesOf) -> Problem:
    """The stops (each located) and teams with all distances that the search asks for."""
    points = [
        *(stop.point for stop in stops),
        *(shift.at or team.start for team in teams for shift in team.shifts),
        *(team.start for team in teams),
    ]
    ways: set[Travel] = {team.travel for team in teams}
    metres = {travel: distances_of(points, travel) for travel in ways}
    return Problem(tuple(stops), tuple(teams), metres, worths(stops))


def worths(stops: Sequence[Stop]) -> tuple[int, ...]:
    """What each stop is worth in seconds, as the module says."""
    best = max((stop.prize for stop in stops), default=0.0)
    scale = BEST_IS_WORTH / best if best > 0 else 0.0
    plain = [max(round(stop.prize * scale), LEAST_IS_WORTH) for stop in stops]
    above = sum(plain) + 1
    top = set(top_positions(stops))
    return tuple(worth + above if number in top else worth for number, worth in enumerate(plain))


def top_positions(stops: Sequence[Stop]) -> list[int]:
    """Positions of the ``TOP_SHARE`` of the stops with the greatest prizes; of equal ones the first by id."""
    order = sorted(range(len(stops)), key=lambda number: (-stops[number].prize, stops[number].id))
    return order[: math.ceil(len(stops) * TOP_SHARE)]


def data_of(problem: Problem, chosen: Sequence[int], required: frozenset[int]) -> ProblemData:
    """The problem with the ``chosen`` stops alone, in that order; those ``required`` must be visited."""
    stops = [problem.stops[number] for number in chosen]
    ends = problem.vehicles[-1].ends_at + 1
    rows = [*chosen, *range(len(problem.stops), ends)]
    aside = len(problem.stops) - len(stops)
    profiles: dict[tuple[Travel, tuple[bool, ...]], int] = {}
    vehicles = []
    for vehicle in problem.vehicles:
        team, shift = problem.teams[vehicle.team], problem.shift_of(vehicle)
        profile = (team.travel, tuple(team.may_visit(stop, shift) for stop in stops))
        begins, over = shift.seconds
        vehicles.append(
            VehicleType(
                start_depot=vehicle.begins_at - len(problem.stops),
                end_depot=vehicle.ends_at - len(problem.stops),
                tw_early=begins,
                tw_late=over,
                profile=profiles.setdefault(profile, len(profiles)),
            )
        )
    # Any: PyVRP's own types say that an array is an integer
    seconds: list[Any] = [_seconds(part(problem.metres[travel], rows), travel, mine) for travel, mine in profiles]
    return ProblemData(
        locations=[Location(0, 0) for _ in rows],  # PyVRP looks at the matrices alone
        clients=[
            Client(
                location=place,
                service_duration=problem.stops[number].minutes * 60,
                tw_early=problem.stops[number].window[0],
                tw_late=problem.stops[number].window[1],
                prize=problem.worth[number],
                required=number in required,
            )
            for place, number in enumerate(chosen)
        ],
        depots=[Depot(location=row - aside) for row in range(len(problem.stops), ends)],
        vehicle_types=vehicles,
        distance_matrices=seconds,  # what is cheap is what is soon reached, not what is near
        duration_matrices=seconds,
    )


def solution_of(problem: Problem, data: ProblemData, chosen: Sequence[int], order: Order) -> Solution:
    """An order as PyVRP knows it. What is not among ``chosen`` is left out, and the last stops of a half-day that does
    not hold all of them.
    """
    place = {number: at for at, number in enumerate(chosen)}
    tours = []
    for number, vehicle in enumerate(problem.vehicles):
        visits = [place[stop] for stop in order.get((vehicle.team, vehicle.shift), []) if stop in place]
        while visits and not (tour := Tour(data, visits, number)).is_feasible():
            visits.pop()
        if visits:
            tours.append(tour)
    return Solution(data, tours)


def order_of(problem: Problem, solution: Solution, chosen: Sequence[int]) -> Order:
    """The order of a solution of PyVRP."""
    vehicles = problem.vehicles
    order: Order = {}
    for tour in solution.routes():
        vehicle = vehicles[tour.vehicle_type()]
        order[vehicle.team, vehicle.shift] = [chosen[visit.idx] for visit in tour.schedule() if visit.is_client()]
    return order


def _seconds(metres: Metres, travel: Travel, mine: Sequence[bool]) -> NDArray[np.int64]:
    """Seconds between stops and starts for a vehicle to which only some stops are open."""
    seconds = np.rint(metres * 3.6 / KMH[travel]).astype(np.int64)
    closed = np.flatnonzero(~np.asarray(mine, dtype=bool))
    seconds[closed, :] = _NO_WAY
    seconds[:, closed] = _NO_WAY
    np.fill_diagonal(seconds, 0)
    return seconds
