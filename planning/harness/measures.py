"""What an order is worth, after Chicago's evaluation of food inspections: days earlier, on working days.

A visit finds what it found in fact, on whatever day it comes; but not before the sign began. So an order gains at most
the days back to the sign. The first half are the first visits, as many as half of all; of the day on which the half is
reached the visits count in part, for those of one day have no order.
"""

from dataclasses import dataclass

import numpy as np

from data.reference.travel import DETOUR
from planning.harness.orders import Schedule, Slots
from planning.harness.population import Booleans, Floats, Integers, Visits

LEAST_FOUND = 5
"""A ward with fewer violations is not compared: one more or less would decide."""
RESAMPLES = 2000
MIDDLE = (2.5, 97.5)
"""Percentiles between which 95 of 100 lie."""
_AT_ONCE = 2_000_000


@dataclass(frozen=True)
class Measures:
    """One number an order of the schedule each; NaN where there is nothing to divide by."""

    days_earlier: Floats
    """Working days, mean of the violations."""
    first_half: Floats
    """Share of the violations that the first half of the visits finds."""
    wards: Floats
    """That share in the worst ward, divided by that in the best."""
    household: Floats
    enterprise: Floats
    """That share among violations of the one sort and of the other."""
    kilometres: Floats
    """Of the first half, per violation that it finds."""


def measure(visits: Visits, schedule: Schedule, least_found: int = LEAST_FOUND) -> Measures:
    """What each order of ``schedule`` is worth; wards with fewer than ``least_found`` violations are not compared."""
    found_on = _found_on(visits, schedule)
    early = _early(schedule.slots, found_on) * visits.found
    with np.errstate(invalid="ignore", divide="ignore"):
        gained = ((visits.day - found_on) * visits.found).sum(axis=1) / visits.found.sum()
        wards = _shares(early, visits, [visits.ward == ward for ward in compared_wards(visits, least_found)])
        sorts = _shares(early, visits, [visits.household, ~visits.household])
        return Measures(
            days_earlier=gained,
            first_half=early.sum(axis=1) / visits.found.sum(),
            wards=_worst_to_best(wards),
            household=sorts[:, 0],
            enterprise=sorts[:, 1],
            kilometres=_first_kilometres(visits, schedule) / early.sum(axis=1),
        )


def compared_wards(visits: Visits, least_found: int = LEAST_FOUND) -> list[int]:
    """Numbers of the wards in which at least so many violations were found."""
    found = np.bincount(visits.ward[visits.found], minlength=len(visits.wards))
    return [ward for ward in range(len(visits.wards)) if found[ward] >= max(least_found, 1)]


def interval(visits: Visits, schedule: Schedule, seed: int) -> tuple[float, float]:
    """Between which days earlier the first order of ``schedule`` lies, 95 of 100 times that history is drawn again.

    Drawn are whole days of the history, with all their visits, not single venues: what was visited on one day lay
    together, was seen by the same people, and moves by the same number of days. Single venues would tell of more
    evidence than there is.
    """
    _, days = np.unique(visits.day, return_inverse=True)
    gained = (visits.day - _found_on(visits, schedule)[0]) * visits.found
    sums = np.bincount(days, gained)
    counts = np.bincount(days, visits.found.astype(float))
    drawn = np.random.default_rng(seed).multinomial(len(sums), np.full(len(sums), 1 / len(sums)), RESAMPLES)
    found = drawn @ counts
    means = (drawn @ sums)[found > 0] / found[found > 0]
    low, high = np.percentile(means, MIDDLE) if len(means) else (np.nan, np.nan)
    return float(low), float(high)


def _found_on(visits: Visits, schedule: Schedule) -> Integers:
    """The day on which each order would have found what the venue has; a row an order, a column a venue."""
    on = np.empty(schedule.visiting.shape, dtype=np.int64)
    np.put_along_axis(on, schedule.visiting, schedule.slots.day[np.newaxis], axis=1)
    return np.maximum(on, visits.since)


def _early(slots: Slots, day: Integers) -> Floats:
    """How much of what is found on each ``day`` belongs to the first half, 0 to 1."""
    half = len(slots.day) / 2
    reached = slots.day[int(np.ceil(half)) - 1]
    before, on = (slots.day < reached).sum(), (slots.day == reached).sum()
    return np.where(day < reached, 1.0, np.where(day == reached, (half - before) / on, 0.0))


def _shares(early: Floats, visits: Visits, groups: list[Booleans]) -> Floats:
    """Of each group's violations the share that the first half finds; a row an order, a column a group."""
    members = np.array(groups, dtype=float).reshape(len(groups), len(visits)).T * visits.found[:, np.newaxis]
    shares: Floats = early @ members / members.sum(axis=0)
    return shares


def _worst_to_best(shares: Floats) -> Floats:
    if shares.shape[1] < 2:
        return np.full(len(shares), np.nan)
    ratios: Floats = shares.min(axis=1) / shares.max(axis=1)
    return ratios


def _first_kilometres(visits: Visits, schedule: Schedule) -> Floats:
    """Kilometres of the tours of each order, as far as they belong to the first half."""
    slots = schedule.slots
    sizes = np.bincount(slots.tour)
    first = np.concatenate(([0], np.cumsum(sizes)[:-1]))
    at = np.arange(sizes.max())
    own = at < sizes[:, np.newaxis]
    seats = np.where(own, first[:, np.newaxis] + at, 0)
    weights = _early(slots, slots.day[first])
    step = max(1, _AT_ONCE // seats.size)
    sums = [
        _tours(visits.place[schedule.visiting[begin : begin + step]][:, seats], own) @ weights
        for begin in range(0, len(schedule.visiting), step)
    ]
    return np.concatenate(sums)


def _tours(places: Floats, own: Booleans) -> Floats:
    """Kilometres of tours from the start to the nearest place left, and so on, and back, with detours.

    ``places``: order, tour, stop, and the two coordinates; ``own``: tour and stop, which stops there are.
    """
    orders, tours, stops, _ = places.shape
    east, north = (places[..., axis].reshape(-1, stops) for axis in (0, 1))
    left = np.tile(own, (orders, 1))
    rows = np.arange(len(east))
    here_east, here_north, sum_km = (np.zeros(len(east)) for _ in range(3))
    for _ in range(stops):
        squares = np.where(
            left, (east - here_east[:, np.newaxis]) ** 2 + (north - here_north[:, np.newaxis]) ** 2, np.inf
        )
        chosen = squares.argmin(axis=1)
        going = left[rows, chosen]
        sum_km += np.sqrt(np.where(going, squares[rows, chosen], 0))
        here_east = np.where(going, east[rows, chosen], here_east)
        here_north = np.where(going, north[rows, chosen], here_north)
        left[rows, chosen] = False
    return ((sum_km + np.hypot(here_east, here_north)) * DETOUR).reshape(orders, tours)
