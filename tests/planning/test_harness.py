"""The harness: one example whose every figure is computed by hand, and what holds of any order."""

import datetime as dt
from dataclasses import astuple
from math import pi

import numpy as np
import pytest

from planning.harness import orders
from planning.harness.measures import measure
from planning.harness.population import Outcome, Visits, WorkingDays, visits_of
from planning.harness.scoring import baselines, known, schedule_of, score, score_random

# Days: Friday 1 October is 0, Monday the 4th is 1, Tuesday is a holiday, Wednesday the 6th is 2.
FRIDAY, MONDAY, HOLIDAY, WEDNESDAY = (dt.date(2021, 10, day) for day in (1, 4, 5, 6))
CALENDAR = WorkingDays([HOLIDAY])
LON, LAT = 105.75, 20.95
STEP_KM = 6371.0088 * pi / 180 / 100  # a hundredth of a degree along a meridian


def _venue(name: str, day: dt.date, ward: str, sort: str, steps: float, **what: object) -> Outcome:
    """A venue so many steps north of the start."""
    return Outcome(name, day, ward, sort, LON, LAT + steps / 100, **what)  # type: ignore[arg-type]


# Found: B on day 0, D on day 1, E and F on day 2. Of them ward X has B and E, ward Y has D and F; households E and F.
SIX = [
    _venue("A", FRIDAY, "X", "household", 1, since=dt.date(2021, 9, 1), found=False, reminders=1),
    _venue("B", FRIDAY, "X", "enterprise", 2, since=dt.date(2021, 9, 10), found=True, reminders=3),
    _venue("C", MONDAY, "Y", "enterprise", 3, since=dt.date(2021, 9, 20), found=False, reminders=2),
    _venue("D", MONDAY, "Y", "enterprise", 4, since=dt.date(2021, 9, 5), found=True, reminders=0),
    _venue("E", WEDNESDAY, "X", "household", -1.5, since=None, found=True, reminders=5),
    _venue("F", WEDNESDAY, "Y", "household", 5, since=MONDAY, found=True, reminders=4),
]
# The half of six visits are three: both of day 0, and of the two of day 1 each by half. So what is found on day 0
# counts 1, on day 1 a half, on day 2 nothing. The sign of F begins on day 1: F is found then at the earliest.
#
# order            days        earlier                        first half          X: B, E   Y: D, F   ratio
# scored           EF AB CD    E 2, F 1, B -1, D -1: 1/4      1+½+½+0 = 2 of 4    1½ / 2    ½ / 2     1/3
# history          AB CD EF    0                              1+½+0+0 = 1½        1 / 2     ½ / 2     1/2
# oldest_first     AD BC FE    D 1, B -1, F 0, E 0: 0         1+½+0+0 = 1½        ½ / 2     1 / 2     1/2
# most_reminders   EF BC AD    E 2, F 1, B -1, D -1: 1/4      1+½+½+0 = 2         1½ / 2    ½ / 2     1/3
# nearest          AB EC DF    B 0, E 1, D -1, F 0: 0         1+½+0+0 = 1½        1½ / 2    0 / 2     0
# oracle           ED BF ..    E 2, D 1, B -1, F 1: 3/4       1+1+½+½ = 3         1½ / 2    1½ / 2    1
#
# Steps walked, from the start to the nearest place left, and so on, and back; a day 0 whole, a day 1 by half:
# scored           E 1½, F 6½, back 5: 13;  A 1, B 1, back 2:    4   13 + 2   = 15  by 2 found
# history          A 1, B 1, back 2:    4;  C 3, D 1, back 4:    8    4 + 4   = 8   by 1½
# oldest_first     A 1, D 3, back 4:    8;  B 2, C 1, back 3:    6    8 + 3   = 11  by 1½
# most_reminders   as scored:          13;  B 2, C 1, back 3:    6   13 + 3   = 16  by 2
# nearest          A 1, B 1, back 2:    4;  E 1½, C 4½, back 3:  9    4 + 4½  = 8½  by 1½
# oracle           E 1½, D 5½, back 4: 11;  B 2, F 3, back 5:   10   11 + 5   = 16  by 3
BY_HAND = {
    #                 days   half   wards  household       enterprise      steps
    "order": (1 / 4, 2 / 4, 1 / 3, (1 + 0.5) / 2, (0.5 + 0) / 2, 15 / 2),
    "history": (0, 1.5 / 4, 1 / 2, (0 + 0) / 2, (1 + 0.5) / 2, 8 / 1.5),
    "oldest_first": (0, 1.5 / 4, 1 / 2, (0 + 0) / 2, (0.5 + 1) / 2, 11 / 1.5),
    "most_reminders": (1 / 4, 2 / 4, 1 / 3, (1 + 0.5) / 2, (0.5 + 0) / 2, 16 / 2),
    "nearest": (0, 1.5 / 4, 0, (0.5 + 0) / 2, (1 + 0) / 2, 8.5 / 1.5),
    "oracle": (3 / 4, 3 / 4, 1, (1 + 0.5) / 2, (0.5 + 1) / 2, 16 / 3),
}
# Days of the history with what the order scored gains there: day 0 B -1; day 1 D -1; day 2 E 2 and F 1, mean 1½. Of the
# 27 ways to draw three days with replacement one is three times day 2 (more than 2.5 of 100), and in 8 it is missing.
INTERVAL = (-1.0, 1.5)
# Each of B, D and E is on day 0, 1 or 2 with a third each, so on day 1 in the mean; F not before day 1: (1+1+2)/3.
RANDOM_EARLIER = ((0 + 1 + 2 + 2) - (1 + 1 + 1 + 4 / 3)) / 4
RANDOM_FIRST_HALF = (3 * (1 + 0.5 + 0) / 3 + (0.5 + 0.5 + 0) / 3) / 4


@pytest.fixture(scope="module")
def six() -> Visits:
    return visits_of(SIX, CALENDAR, (LON, LAT))


def _scored(visits: Visits) -> orders.Schedule:
    """E, F on day 0, A, B on day 1, C, D on day 2."""
    return orders.dated(np.array([1, 1, 2, 2, 0, 0]) + visits.day[0], np.zeros(6, dtype=np.int64))


@pytest.mark.parametrize("name", BY_HAND)
def test_an_example_computed_by_hand_is_reproduced(six: Visits, name: str) -> None:
    schedule = _scored(six) if name == "order" else schedule_of(name, six, seed=1)
    told = score(name, six, schedule, seed=1, least_found=1)
    days, half, wards, household, enterprise, steps = BY_HAND[name]
    figures = (told.days_earlier, told.first_half, told.wards, told.household, told.enterprise, told.kilometres)
    assert figures == pytest.approx((days, half, wards, household, enterprise, steps * 1.35 * STEP_KM), abs=1e-9)
    assert (told.visits, told.found) == (6, 4)


def test_the_interval_of_the_example_is_that_of_its_days(six: Visits) -> None:
    told = score("order", six, _scored(six), seed=1)
    assert (told.low, told.high) == pytest.approx(INTERVAL)


def test_random_orders_of_the_example_come_to_what_they_must(six: Visits) -> None:
    told = score_random(six, seed=1, draws=20_000)
    assert told.days_earlier == pytest.approx(RANDOM_EARLIER, abs=0.02)
    assert told.first_half == pytest.approx(RANDOM_FIRST_HALF, abs=0.01)


def test_two_inspectors_of_a_day_go_on_two_tours(six: Visits) -> None:
    """A and B one each: 2 + 4 steps; C and D on day 1: 6 + 8 by half; by the same 1½ violations."""
    visits = Visits(**{**vars(six), "inspector": np.array([0, 1, 0, 1, 0, 1])})
    told = measure(visits, orders.history(visits))
    assert told.kilometres[0] == pytest.approx((6 + 7) / 1.5 * 1.35 * STEP_KM)


def _many(seed: int, number: int = 120) -> list[Outcome]:
    """Visits of six weeks in an order that has nothing to do with what they find."""
    random = np.random.default_rng(seed)
    days = [FRIDAY + dt.timedelta(days=day) for day in range(42)]
    working = [day for day in days if CALENDAR.has(day)]
    return [
        Outcome(
            venue=f"V{row:03}",
            day=day,
            ward=f"W{random.integers(4)}",
            sort="household" if random.random() < 0.6 else "enterprise",
            lon=LON + random.random() * 0.05,
            lat=LAT + random.random() * 0.05,
            since=None if random.random() < 0.3 else day - dt.timedelta(days=int(random.integers(20))),
            found=bool(random.random() < 0.3),
            reminders=int(random.integers(5)),
        )
        for row, day in enumerate(random.choice(np.array(working), number))
    ]


def test_a_history_that_knew_nothing_is_as_good_as_random() -> None:
    """Without the signs, before which nothing can be found."""
    gains = []
    for seed in range(60):
        visits = visits_of(_many(seed), CALENDAR)
        blind = Visits(**{**vars(visits), "since": np.full(len(visits), -1)})
        gains.append(score_random(blind, seed, draws=200).days_earlier)
    assert abs(np.mean(gains)) < 3 * np.std(gains) / np.sqrt(len(gains))
    assert np.std(gains) > 0


@pytest.mark.parametrize("seed", range(10))
def test_no_order_finds_earlier_than_the_oracle(seed: int) -> None:
    visits = visits_of(_many(seed), CALENDAR)
    best = measure(visits, schedule_of("oracle", visits, seed))
    others = [measure(visits, orders.at_random(visits, 500, np.random.default_rng(seed)))]
    others += [measure(visits, schedule_of(name, visits, seed)) for name in known(visits) if name != "random"]
    for other in others:
        assert other.days_earlier.max() <= best.days_earlier[0] + 1e-9
        assert other.first_half.max() <= best.first_half[0] + 1e-9


def test_the_order_of_the_rows_decides_nothing() -> None:
    rows = _many(3)
    turned = [rows[at] for at in np.random.default_rng(1).permutation(len(rows))]
    told = [list(baselines(visits_of(each, CALENDAR), 7, known(visits_of(each, CALENDAR)))) for each in (rows, turned)]
    assert [astuple(line) for line in told[0]] == [astuple(line) for line in told[1]]


def test_nothing_is_gained_before_the_sign() -> None:
    """A violation whose sign began on the day of the visit cannot be found earlier, by whatever order."""
    rows = [Outcome(**{**vars(one), "since": one.day}) for one in _many(5)]
    visits = visits_of(rows, CALENDAR)
    told = measure(visits, orders.at_random(visits, 100, np.random.default_rng(5)))
    assert told.days_earlier.max() <= 0


def test_wards_with_few_violations_are_not_compared(six: Visits) -> None:
    assert np.isnan(score("order", six, _scored(six), seed=1).wards)
