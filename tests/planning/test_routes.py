"""Routes: the greatest prizes that half-days hold, by the rules of teams, hours and locks; same seed, same plan."""

import datetime as dt
import random
from dataclasses import replace

import pytest

from planning.distances import straight
from planning.grouping import Door, grouped, minutes_for
from planning.places import Shift, Stop, Team, Unplannable
from planning.routes import Routes, solve
from planning.timetable import timetable

H = dt.time
LON, LAT = 105.76, 20.96
KM = 1 / 104.0  # degrees of longitude in a kilometre, some
MORNING, AFTERNOON = Shift(0, H(8), H(11, 30)), Shift(1, H(13, 30), H(17))


def stop(number: int, east: float = 0.0, **said: object) -> Stop:
    return replace(Stop(number, LON + east * KM, LAT, 15, 10.0), **said)  # type: ignore[arg-type]


def team(number: int = 1, *shifts: Shift, **said: object) -> Team:
    made = Team(number, f"Tổ {number}", LON, LAT, shifts or (MORNING, AFTERNOON), "motorbike")
    return replace(made, **said)  # type: ignore[arg-type]


def why(routes: Routes) -> dict[int, str]:
    return {left.stop: left.why for left in routes.left_out}


def where(routes: Routes) -> dict[int, tuple[int, int]]:
    return {number: (route.team, route.shift) for route in routes.routes for number in route.stops}


def scattered(number: int, teams: int, seed: int = 1) -> tuple[list[Stop], list[Team]]:
    chance = random.Random(seed)

    def near() -> float:
        return chance.uniform(-4, 4) * KM

    stops = [
        Stop(n, LON + near(), LAT + near(), 15, float(chance.randint(1, 100)), H(13) if chance.random() < 0.3 else None)
        for n in range(number)
    ]
    return stops, [team(n, lon=LON + near(), lat=LAT + near()) for n in range(teams)]


def test_each_stop_that_is_left_out_says_why() -> None:
    stops = [
        stop(1),
        stop(2, lon=None),
        stop(3, ward_id=9),
        stop(4, opens=H(18), closes=H(23)),
        stop(5, opens=H(12), closes=H(13, 15)),
        stop(6, east=80),
        stop(7, opens=H(22), closes=H(9)),
        stop(8, minutes=240),
    ]
    found = solve(stops, [team(ward_ids=frozenset({1}))], seed=1)
    assert why(found) == {
        2: "not_located", 3: "no_team", 4: "closed", 5: "closed", 6: "too_far", 7: "closed", 8: "closed",
    }  # fmt: skip
    assert (where(found).keys(), found.prize, found.prize_left_out) == ({1}, 10.0, 70.0)


def test_hours_wards_and_locks_hold() -> None:
    stops = [
        stop(1, 1, opens=H(14)),
        stop(2, 1, closes=H(9)),
        stop(3, 2, ward_id=1),
        stop(4, 2, ward_id=2),
        stop(5, 3, locked_to=2, locked_shift=1),
        stop(6, 1, locked_to=1, prize=0.0),
    ]
    found = solve(stops, [team(1, ward_ids=frozenset({1})), team(2, ward_ids=frozenset({2}))], seed=1)
    assert why(found) == {}
    assert where(found)[1][1] == 1
    assert where(found)[2][1] == 0
    assert {number: where(found)[number][0] for number in (3, 4, 6)} == {3: 1, 4: 2, 6: 1}
    assert where(found)[5] == (2, 1)
    assert not [leg for route in found.routes for leg in route.legs if leg.is_late]


def test_locked_stops_go_before_what_is_worth_more_and_too_many_of_them_are_told() -> None:
    short = team(1, Shift(0, H(8), H(9)))
    stops = [*(stop(n, prize=1.0, locked_to=1) for n in range(3)), *(stop(n, prize=100.0) for n in range(3, 9))]
    assert set(range(3)) < where(solve(stops, [short], seed=1)).keys()
    crowded = solve([replace(each, locked_to=1) for each in stops], [short], seed=1)
    assert (crowded.visited, set(why(crowded).values())) == (4, {"no_time"})


def test_the_most_urgent_is_never_given_up_for_many_others() -> None:
    """Far away in a district that has plenty nearer by: worth less than what fits into the way to it."""
    urgent = stop(0, 12, prize=11.0)
    stops = [urgent, *(stop(n, 0.1 * (n % 7), prize=10.0) for n in range(1, 10))]
    found = solve(stops, [team(1, Shift(0, H(8), H(11)))], seed=1)
    assert 0 in where(found)
    assert found.visited == 5  # and nine without it


def test_top_stops_of_a_hidden_plan_are_all_found() -> None:
    """Two half-days that just hold a known route through the most urgent, and much else to lose oneself in."""
    chance = random.Random(7)
    top = [stop(n, 0.25 * n, lat=LAT + 0.002 * (n % 2), prize=100.0 + n) for n in range(10)]
    rest = [
        Stop(n, LON + chance.uniform(-2, 4) * KM, LAT + chance.uniform(-3, 3) * KM, 15, chance.uniform(1, 99))
        for n in range(10, 100)
    ]
    known = timetable(team(), Shift(0, H(8), H(17)), top, straight)
    tight = Shift(0, H(8), (dt.datetime(2021, 1, 1) + dt.timedelta(seconds=known.back + 60)).time())
    found = solve(top + rest, [team(1, tight)], seed=3)
    assert {each.id for each in top} <= where(found).keys()


def test_the_same_seed_gives_the_same_plan_and_one_who_has_seen_enough_the_best_so_far() -> None:
    stops, teams = scattered(40, 2)
    first = solve(stops, teams, seed=5, tries=3000)
    assert solve(stops, teams, seed=5, tries=3000) == first
    told: list[tuple[Routes, float]] = []

    def tell(best: Routes, share: float) -> bool:
        told.append((best, share))
        return len(told) < 3

    ended = solve(stops, teams, seed=5, tell=tell)
    assert len(told) == 3
    assert 0 < told[0][1] < told[-1][1] < 1
    assert ended == told[-1][0]
    assert ended.visited > 0


def test_the_rest_is_planned_from_what_there_is() -> None:
    stops, teams = scattered(30, 2)
    first = solve(stops, teams, seed=1)
    order = {(route.team, route.shift): list(route.stops) for route in first.routes}
    again = solve(stops, teams, seed=2, start=order, tries=1)
    assert again.prize >= first.prize
    # a stop whose place has closed since, and one that is no more
    gone = [replace(each, opens=H(20)) if each.id == first.routes[0].stops[0] else each for each in stops[:-1]]
    rest = solve(gone, teams, seed=2, start=order, tries=500)
    assert why(rest)[first.routes[0].stops[0]] == "closed"
    begun = replace(teams[0], shifts=(replace(AFTERNOON, begins=H(15), at=(LON + KM, LAT)),))
    [route] = solve([stop(1, 1)], [begun], seed=1).routes
    assert (route.shift, route.legs[0].metres, route.legs[0].arrives) == (1, 0, 15 * 3600)


@pytest.mark.parametrize(("stops", "teams"), [(1, 1), (1, 3), (2000, 8)])
def test_few_and_many(stops: int, teams: int) -> None:
    found = solve(*scattered(stops, teams), seed=1, tries=2000)
    assert found.visited + len(found.left_out) == stops
    assert found.visited == min(stops, found.visited)
    assert not [route for route in found.routes if route.is_over]


def test_what_cannot_be_planned_is_a_sentence() -> None:
    for stops, teams, sentence in [
        ([], [team()], "Không có địa điểm"),
        ([stop(1)], [], "Chưa có tổ"),
        ([stop(1)], [team(shifts=())], "chưa có buổi"),
        ([stop(1)], [team(1, Shift(0, H(11), H(8)))], "phải sau giờ đi"),
        ([stop(1)], [team(1, MORNING, Shift(1, H(11), H(12)))], "trùng giờ"),
        ([stop(1, minutes=0)], [team()], "phút"),
        ([stop(1)], [team(n) for n in range(31)], "nhiều nhất"),
    ]:
        with pytest.raises(Unplannable, match=sentence):
            solve(stops, teams, seed=1)


def test_hours_of_an_order_by_hand() -> None:
    """A kilometre by a straight line is 1.35 on the way, 243 s at 20 km/h."""
    legs = timetable(team(), MORNING, [stop(1, 1), stop(2, 1, opens=H(9), closes=H(9, 10))], straight).legs
    assert abs(legs[0].arrives - 8 * 3600 - 243) < 8
    assert (legs[1].metres, legs[1].begins, legs[1].leaves, legs[1].is_late) == (0, 9 * 3600, 9 * 3600 + 900, False)
    over = timetable(team(), MORNING, [stop(1, 1, minutes=300)], straight)
    assert over.is_over
    assert timetable(team(), MORNING, [stop(1, closes=H(8, 15))], straight).legs[0].is_late is False
    assert timetable(team(), MORNING, [stop(1, 3, closes=H(8, 5))], straight).legs[0].is_late


def test_a_market_is_one_stop_and_neighbours_of_one_address_too() -> None:
    stalls = [Door(n, LON + n % 20 * 0.00004, LAT + n // 20 * 0.00004, "market", "", 10.0 + n) for n in range(300)]
    shops = [Door(300 + n, LON + 0.01, LAT, "eatery", "so 1 tran phu", 5.0) for n in range(3)]
    alone = Door(400, LON + 0.01, LAT, "eatery", "so 2 tran phu", 1.0)
    market, house, other = grouped([*shops, alone, *stalls])
    assert (len(market.doors), market.minutes, market.doors[0].venue_id) == (300, 120, 299)
    assert market.prize == sum(10.0 + n for n in range(292, 300))  # as many as two hours hold
    assert ([door.venue_id for door in house.doors], house.minutes, house.prize) == ([300, 301, 302], 26, 5.0)
    assert [door.venue_id for door in other.doors] == [400]


def test_a_street_of_stalls_is_not_one_place_and_minutes_grow_slowly() -> None:
    street = [Door(n, LON + n * 0.0001, LAT, "market", "", 1.0) for n in range(100)]  # 10 m apart, a kilometre
    assert all(3 <= len(place.doors) <= 26 for place in grouped(street))
    assert [minutes_for(n) for n in (1, 2, 4, 9, 64, 1000)] == [15, 21, 30, 45, 120, 120]
    assert minutes_for(3, 180) == 180
