"""Which team goes where and in which order: the greatest priority that the half-days hold, then the shortest way.

The same stops, teams and seed give the same routes: the search ends after a number of tries that follows from the size
of the problem, never by the clock.
"""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from pyvrp import CostEvaluator, IteratedLocalSearchParams, PenaltyParams, Solution, SolveParams
from pyvrp import solve as search
from pyvrp.exceptions import PenaltyBoundWarning
from pyvrp.IteratedLocalSearch import IteratedLocalSearchCallbacks
from pyvrp.search import NeighbourhoodParams, PerturbationParams

from planning import problem as problems
from planning.distances import DistancesOf, part, straight
from planning.places import Stop, Team, require_stops, require_teams, travel_seconds
from planning.problem import Order, Problem
from planning.timetable import Route, along

Why = Literal["not_located", "no_team", "closed", "too_far", "no_time"]

MOST_TRIES = 8_000
TRIES_A_STOP = 150
"""Of the search: some 3 s for 200 stops and 8 teams on one core; measured by ``tests/benchmarks/routes.py``."""
FIRST_TRIES = 0.2
"""Share of them for the stops that must be visited, and for the most urgent alone."""
TRIES_BETWEEN_TELLING = 500
FEWEST_TRIED = 200
TIMES_WHAT_FITS = 2
"""Of more stops than the half-days could ever hold, so many times as many of the most urgent are looked at."""


@dataclass(frozen=True)
class LeftOut:
    """A stop that no route holds, and why: ``not_located``; ``no_team`` may enter; ``closed`` in all shifts of those
    that may; ``too_far`` for any of them; ``no_time`` beside what is worth more.
    """

    stop: int
    why: Why


@dataclass(frozen=True)
class Routes:
    """Half-days with stops, what is left out, and totals: prizes as given, metres, seconds out of the office."""

    routes: tuple[Route, ...]
    left_out: tuple[LeftOut, ...]
    prize: float
    prize_left_out: float
    metres: int
    seconds: int

    @property
    def visited(self) -> int:
        """How many stops are in the routes."""
        return sum(len(route.legs) for route in self.routes)


Tell = Callable[[Routes, float], bool]
"""Told of the best so far and of the share of all tries that are made, again and again; answers whether to go on."""


def solve(
    stops: Sequence[Stop],
    teams: Sequence[Team],
    *,
    seed: int,
    distances_of: DistancesOf = straight,
    start: Order | None = None,
    tries: int | None = None,
    tell: Tell | None = None,
) -> Routes:
    """Routes for the day.

    Parameters
    ----------
    start
        Ids of stops in order by (id of team, number of shift), to begin from; what of it is not possible is dropped.
    tries
        Of the search; default: by the number of stops, at most ``MOST_TRIES``.
    tell
        Called some times a second; after it has answered False the best so far is returned.

    Raises
    ------
    Unplannable
        No stop, no team, hours that cannot be.
    """
    require_teams(teams)
    require_stops(stops)
    why = {stop.id: reason for stop in stops if (reason := _impossible(stop, teams))}
    open_stops = _worth_a_look([stop for stop in stops if stop.id not in why], teams)
    problem = problems.problem_of(open_stops, teams, distances_of)
    far = {number for number, stop in enumerate(open_stops) if not _reaches(problem, number)}
    if far:
        why |= {open_stops[number].id: "too_far" for number in far}
        near = [stop for number, stop in enumerate(open_stops) if number not in far]
        problem = problems.problem_of(near, teams, distances_of)
    told = _Told(problem, stops, why, tell)
    if problem.stops:
        tries = tries or min(MOST_TRIES, TRIES_A_STOP * len(problem.stops))
        _search(problem, seed, tries, _numbered(problem, start or {}), told)
    return told.routes()


def _impossible(stop: Stop, teams: Sequence[Team]) -> Why | None:
    """Why the stop cannot be in any route, whatever the others are."""
    if stop.lon is None or stop.lat is None:
        return "not_located"
    shifts = [shift for team in teams for shift in team.shifts if team.may_visit(stop, shift)]
    if not shifts:
        return "no_team"
    opens, latest = stop.window
    if not any(
        max(opens, begins) + stop.minutes * 60 <= ends and begins <= latest
        for begins, ends in (shift.seconds for shift in shifts)
    ):
        return "closed"
    return None


def _worth_a_look(stops: list[Stop], teams: Sequence[Team]) -> list[Stop]:
    """The most urgent, where there are many more than the half-days could hold; locked ones always."""
    seconds = sum(ends - begins for team in teams for begins, ends in (shift.seconds for shift in team.shifts))
    shortest = min((stop.minutes for stop in stops), default=1) * 60
    most = max(FEWEST_TRIED, TIMES_WHAT_FITS * (seconds // shortest))
    order = sorted(stops, key=lambda stop: (stop.locked_to is None, -stop.prize, stop.id))
    locked = sum(stop.locked_to is not None for stop in stops)
    return order[: locked + most]


def _reaches(problem: Problem, number: int) -> bool:
    """Whether some half-day holds the stop alone, with the way there and back."""
    stop = problem.stops[number]
    opens, latest = stop.window
    for vehicle in problem.vehicles:
        team, shift = problem.teams[vehicle.team], problem.shift_of(vehicle)
        metres = problem.metres[team.travel]
        begins, ends = shift.seconds
        there = max(begins + travel_seconds(metres[vehicle.begins_at, number], team.travel), opens)
        back = there + stop.minutes * 60 + travel_seconds(metres[number, vehicle.ends_at], team.travel)
        if team.may_visit(stop, shift) and there <= latest and back <= ends:
            return True
    return False


def _numbered(problem: Problem, start: Order) -> Order:
    """``start`` by positions instead of ids; what the problem does not have is dropped."""
    place = {stop.id: number for number, stop in enumerate(problem.stops)}
    return {
        (at, number): [place[stop] for stop in start.get((team.id, shift.number), []) if stop in place]
        for at, team in enumerate(problem.teams)
        for number, shift in enumerate(team.shifts)
    }


class _Told:
    """The best order so far, and who is told of it."""

    def __init__(self, problem: Problem, stops: Sequence[Stop], why: dict[int, Why], tell: Tell | None) -> None:
        self._problem, self._stops, self._why, self._tell = problem, stops, why, tell
        self.order: Order = {}
        self.goes_on = True
        self.tries, self.tried = 1, 0

    def hear(self, order: Order) -> None:
        """A better one is known."""
        self.order = order

    def say(self) -> None:
        """Tell of it and ask whether to go on."""
        if self._tell:
            self.goes_on = self._tell(self.routes(), min(self.tried / self.tries, 1.0))

    def routes(self) -> Routes:
        """The order with its hours, and why each other stop is left out."""
        problem = self._problem
        routes = [self._route(team, shift, order) for (team, shift), order in sorted(self.order.items()) if order]
        visited = {stop for route in routes for stop in route.stops}
        left = [LeftOut(stop.id, self._why.get(stop.id, "no_time")) for stop in self._stops if stop.id not in visited]
        begins = {(team.id, shift.number): shift.seconds[0] for team in problem.teams for shift in team.shifts}
        return Routes(
            routes=tuple(routes),
            left_out=tuple(left),
            prize=sum(stop.prize for stop in self._stops if stop.id in visited),
            prize_left_out=sum(stop.prize for stop in self._stops if stop.id not in visited),
            metres=sum(route.metres for route in routes),
            seconds=sum(route.back - begins[route.team, route.shift] for route in routes),
        )

    def _route(self, team: int, shift: int, order: list[int]) -> Route:
        problem = self._problem
        who = problem.teams[team]
        vehicle = next(each for each in problem.vehicles if (each.team, each.shift) == (team, shift))
        metres = part(problem.metres[who.travel], [vehicle.begins_at, *order, vehicle.ends_at])
        return along(who, who.shifts[shift], [problem.stops[number] for number in order], metres)


class _Stopping:
    """PyVRP's criterion to stop: after so many tries, or when who is told has had enough."""

    def __init__(self, tries: int, told: _Told) -> None:
        self._tries, self._told, self._done = tries, told, 0

    def __call__(self, best_cost: int) -> bool:  # noqa: ARG002  # so PyVRP asks
        if self._done and self._done % TRIES_BETWEEN_TELLING == 0:
            self._told.tried += TRIES_BETWEEN_TELLING
            self._told.say()
        self._done += 1
        return self._done > self._tries or not self._told.goes_on


def _search(problem: Problem, seed: int, tries: int, start: Order, told: _Told) -> None:
    """Locked stops first, then the most urgent with them, then all: each begins with what was found before, so that
    what matters more is never lost for what comes after. The best stands in ``told.order`` at any time.
    """
    locked = [number for number, stop in enumerate(problem.stops) if stop.locked_to is not None]
    required: frozenset[int] = frozenset()
    first = max(int(min(tries, MOST_TRIES) * FIRST_TRIES), 1)
    told.tries = tries + first + (first if locked else 0)
    if locked:
        alike = replace(problem, worth=(problems.BEST_IS_WORTH,) * len(problem.stops))
        told.order = _best(alike, locked, required, seed, first, [start], told)
        required = frozenset(number for order in told.order.values() for number in order)
    urgent = sorted(required | set(problems.top_positions(problem.stops)) - set(locked))
    told.order = _best(problem, urgent, required, seed, first, [told.order], told)
    rest = [number for number in range(len(problem.stops)) if number not in set(locked) - required]
    told.order = _best(problem, rest, required, seed, tries, [told.order, start], told)


def _best(
    problem: Problem,
    chosen: list[int],
    required: frozenset[int],
    seed: int,
    tries: int,
    starts: list[Order],
    told: _Told,
) -> Order:
    """The best order of the ``chosen`` stops, not worse than the best possible one of ``starts``."""
    data = problems.data_of(problem, chosen, required)
    known = [problems.solution_of(problem, data, chosen, order) for order in starts]
    possible = [solution for solution in known if solution.is_feasible() and solution.num_clients()]
    initial = min(possible, key=CostEvaluator([], 0, 0).cost, default=None)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PenaltyBoundWarning)  # of the search's own steps; what is found is asked below
        found = search(
            data,
            _Stopping(tries, told),
            seed=seed,
            collect_stats=False,
            params=_parameters(lambda best: told.hear(problems.order_of(problem, best, chosen))),
            initial_solution=initial,
        ).best
    return problems.order_of(problem, found, chosen) if found.is_feasible() else {}


class _Hearing(IteratedLocalSearchCallbacks):
    """PyVRP's way to tell of each new best."""

    def __init__(self, hear: Callable[[Solution], None]) -> None:
        self._hear = hear

    def on_best(self, best: Solution) -> None:
        self._hear(best)


def _parameters(hear: Callable[[Solution], None]) -> SolveParams:
    """Found by trial on made ground: small steps and near neighbours find more in the same time than PyVRP's own."""
    return SolveParams(
        ils=IteratedLocalSearchParams(history_length=200, callbacks=_Hearing(hear)),
        penalty=PenaltyParams(max_penalty=1_000_000.0),
        neighbourhood=NeighbourhoodParams(num_neighbours=20),
        perturbation=PerturbationParams(min_perturbations=1, max_perturbations=10),
    )
