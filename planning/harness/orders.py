"""Orders of visits: a ranking put onto the working days as they were staffed, and those that every order is held to."""

from dataclasses import dataclass

import numpy as np

from planning.harness.population import NO_SIGN, Floats, Integers, Visits


@dataclass(frozen=True)
class Slots:
    """Room for one visit each, by day and tour; a tour is what one inspector goes on one day."""

    day: Integers
    tour: Integers
    """Number of the slot's tour, 0 and up, never falling."""


@dataclass(frozen=True)
class Schedule:
    """One or many orders over the same slots: ``visiting[order, slot]`` is the row of the venue visited there."""

    slots: Slots
    visiting: Integers


def slots_of(day: Integers, inspector: Integers) -> tuple[Slots, Integers]:
    """The slots of visits on these days by these inspectors, and which visit each slot has."""
    order = np.lexsort((inspector, day))
    sorted_day, sorted_inspector = day[order], inspector[order]
    begins = (np.diff(sorted_day) != 0) | (np.diff(sorted_inspector) != 0)
    return Slots(sorted_day, np.concatenate(([0], np.cumsum(begins))).astype(np.int64)), order


def dated(day: Integers, inspector: Integers) -> Schedule:
    """Each venue on the day and by the inspector given for it, a number a row of the visits."""
    slots, order = slots_of(day, inspector)
    return Schedule(slots, order[np.newaxis])


def ranked(visits: Visits, ranking: Integers) -> Schedule:
    """Venues in the order of ``ranking`` (rows of ``visits``), as many on each day as were visited in fact."""
    slots, _ = slots_of(visits.day, visits.inspector)
    return Schedule(slots, np.atleast_2d(ranking))


def history(visits: Visits) -> Schedule:
    """The days on which the visits were in fact."""
    return dated(visits.day, visits.inspector)


def at_random(visits: Visits, draws: int, random: np.random.Generator) -> Schedule:
    """``draws`` orders that know nothing."""
    return ranked(visits, random.permuted(np.tile(np.arange(len(visits)), (draws, 1)), axis=1))


def oldest_first(visits: Visits, random: np.random.Generator) -> Schedule:
    """By the day of the sign; those without one come last, equals are drawn."""
    since = np.where(visits.since == NO_SIGN, np.iinfo(np.int64).max, visits.since)
    return ranked(visits, np.lexsort((random.permutation(len(visits)), since)))


def most_reminders(visits: Visits, random: np.random.Generator) -> Schedule:
    """By the number of reminders, most first, equals are drawn; ValueError where the outcomes do not have it."""
    if visits.reminders is None:
        raise ValueError("the outcomes have no reminders")
    return ranked(visits, np.lexsort((random.permutation(len(visits)), -visits.reminders)))


def oracle(visits: Visits, random: np.random.Generator) -> Schedule:
    """As one who knew what will be found: violations first, by the day of their sign.

    No order over the same slots finds them earlier: the gain of a visit is what lies between its old day and the later
    one of slot and sign, and such a sum is least where both run in the same order.
    """
    return ranked(visits, np.lexsort((random.permutation(len(visits)), visits.since, ~visits.found)))


def nearest(visits: Visits) -> Schedule:
    """Each tour goes from the start to the nearest venue that is left, and so on."""
    slots, _ = slots_of(visits.day, visits.inspector)
    left = np.ones(len(visits), dtype=bool)
    ranking = np.empty(len(visits), dtype=np.int64)
    here: Floats = np.zeros(2)
    for slot in range(len(visits)):
        if slot and slots.tour[slot] != slots.tour[slot - 1]:
            here = np.zeros(2)
        away = np.where(left, ((visits.place - here) ** 2).sum(axis=1), np.inf)
        chosen = int(away.argmin())
        ranking[slot], left[chosen], here = chosen, False, visits.place[chosen]
    return ranked(visits, ranking)
