"""Routes of a day on made ground: the priority found in seconds against a minute of the same search, against going to
the nearest door by hand, and against a day without any way to go.

``python -m tests.benchmarks --only routes``
"""

import datetime as dt
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from planning.distances import straight
from planning.places import Shift, Stop, Team, travel_seconds
from planning.problem import TOP_SHARE
from planning.routes import Routes, solve
from planning.timetable import timetable
from tests.benchmarks.results import Result, at_least, at_most

STOPS, TEAMS, MANY = 200, 8, 2000
WORLDS = (1, 2, 3)
SECONDS, LONG_SECONDS = 10.0, 60.0
GOAL = 0.97
SIDE_KM = 8.0
KM = 1 / 104.0  # degrees of longitude in a kilometre, some
CORNER = _LON, _LAT = 105.76, 20.96
MORNING = Shift(0, dt.time(8), dt.time(11, 30))
AFTERNOON = Shift(1, dt.time(13, 30), dt.time(17))


def world(seed: int, stops: int = STOPS) -> tuple[list[Stop], list[Team]]:
    """Stops of 15 minutes with prizes 1 to 100, three in ten open in the afternoon alone, on a square of 8 km; teams by
    motorbike from anywhere on it."""
    chance = random.Random(seed)

    def point() -> tuple[float, float]:
        return _LON + chance.uniform(0, SIDE_KM) * KM, _LAT + chance.uniform(0, SIDE_KM) / 111.3

    found = []
    for number in range(stops):
        lon, lat = point()
        opens = dt.time(13) if chance.random() < 0.3 else None
        found.append(Stop(number, lon, lat, 15, float(chance.randint(1, 100)), opens))
    return found, [Team(n, f"{n}", *point(), (MORNING, AFTERNOON), "motorbike") for n in range(TEAMS)]


def measure() -> list[Result]:
    """One line of each figure: the worst of some made days."""
    return [*_against_a_minute(), *_tight(), *_many()]


def _against_a_minute() -> Iterator[Result]:
    seconds, shares, collected, missed, gained, same = [], [], [], [], [], True
    for seed in WORLDS:
        stops, teams = world(seed)
        whole = sum(stop.prize for stop in stops)
        began = time.perf_counter()
        found = solve(stops, teams, seed=seed)
        seconds.append(time.perf_counter() - began)
        longer = _for_a_minute(stops, teams, seed)
        shares.append(found.prize / longer.prize)
        collected.append(100 * found.prize / whole)
        missed.append(_missed(stops, found))
        gained.append(found.prize / _by_hand(stops, teams))
        same = same and solve(stops, teams, seed=seed) == found
        bound = 100 * _without_ways(stops, teams) / whole
    yield at_most(STOPS, f"routes for {TEAMS} teams", max(seconds), "s", SECONDS)
    yield at_least(STOPS, "priority against a minute of the same search", min(shares), GOAL)
    yield at_most(STOPS, "of the top tenth missed", max(missed), "stops", 0)
    yield Result(STOPS, "priority collected", min(collected), "%")
    yield Result(STOPS, "priority in a day without ways (upper bound)", bound, "%")
    yield at_least(STOPS, "priority against the nearest door by hand", min(gained), 1)
    yield at_least(STOPS, "the same seed gives the same plan", float(same), 1)


def _tight() -> Iterator[Result]:
    """The most urgent lie on a way that just fits into a half-day, among many others."""
    missed = 0
    for seed in range(5):
        chance = random.Random(seed)
        top = [Stop(n, _LON + 0.4 * n * KM, _LAT + chance.uniform(0, 0.004), 15, 100.0 + n) for n in range(10)]
        rest = [
            Stop(n, _LON + chance.uniform(-2, 6) * KM, _LAT + chance.uniform(-3, 3) * KM, 15, chance.uniform(1, 99))
            for n in range(10, 100)
        ]
        team = Team(1, "1", _LON, _LAT, (MORNING,), "motorbike")
        back = timetable(team, MORNING, top, straight).back + 60
        just = Shift(0, MORNING.begins, dt.time(back // 3600, back % 3600 // 60))
        found = solve([*top, *rest], [replace(team, shifts=(just,))], seed=seed)
        missed += _missed([*top, *rest], found)
    yield at_most(100, "of the top tenth missed where one way alone holds them", missed, "stops", 0)


def _many() -> Iterator[Result]:
    stops, teams = world(1, MANY)
    began = time.perf_counter()
    found = solve(stops, teams, seed=1)
    yield at_most(MANY, f"routes for {TEAMS} teams", time.perf_counter() - began, "s", SECONDS)
    yield Result(MANY, "stops on routes", found.visited, "")
    yield at_least(MANY, "priority against the nearest door by hand", found.prize / _by_hand(stops, teams), 1)


def _for_a_minute(stops: Sequence[Stop], teams: Sequence[Team], seed: int) -> Routes:
    end = time.monotonic() + LONG_SECONDS
    return solve(stops, teams, seed=seed, tries=10**7, tell=lambda _best, _share: time.monotonic() < end)


def _missed(stops: Sequence[Stop], found: Routes) -> int:
    order = sorted(stops, key=lambda stop: (-stop.prize, stop.id))
    left = {each.stop for each in found.left_out}
    return sum(stop.id in left for stop in order[: round(len(stops) * TOP_SHARE)])


def _by_hand(stops: Sequence[Stop], teams: Sequence[Team]) -> float:
    """Each half-day goes to the nearest door that is open and not visited, as long as it is back in time."""
    left, prize = {stop.id: stop for stop in stops}, 0.0
    for shift in (MORNING, AFTERNOON):
        for team in teams:
            going: list[Stop] = []
            while left:
                at = going[-1].point if going else team.start
                near = [stop for stop in left.values() if stop.window[0] <= shift.seconds[1]]
                near.sort(key=lambda stop: _seconds(at, stop, team))
                nearest = next((s for s in near if not timetable(team, shift, [*going, s], straight).is_over), None)
                if nearest is None:
                    break
                going.append(left.pop(nearest.id))
            prize += sum(stop.prize for stop in going)
    return prize


def _seconds(at: tuple[float, float], stop: Stop, team: Team) -> int:
    return travel_seconds(float(straight([at, stop.point], team.travel)[0, 1]), team.travel)


def _without_ways(stops: Sequence[Stop], teams: Sequence[Team]) -> float:
    """As many of the most urgent as the half-days hold with no way between them."""
    slots = {shift: len(teams) * ((shift.seconds[1] - shift.seconds[0]) // 900) for shift in (MORNING, AFTERNOON)}
    prize = 0.0
    for stop in sorted(stops, key=lambda stop: -stop.prize):
        shift = MORNING if stop.opens is None and slots[MORNING] else AFTERNOON
        if slots[shift]:
            slots[shift] -= 1
            prize += stop.prize
    return prize


def main() -> None:
    """The section alone, without a database."""
    from tests.benchmarks.results import print_table

    print_table(measure())


if __name__ == "__main__":
    main()
