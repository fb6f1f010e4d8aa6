"""An order beside those that it is held to: history, random, oldest first, most reminders, nearest, oracle."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from planning.harness import orders
from planning.harness.measures import LEAST_FOUND, MIDDLE, Measures, interval, measure
from planning.harness.orders import Schedule
from planning.harness.population import Floats, Visits

DRAWS = 1000


@dataclass(frozen=True)
class Score:
    """One line of the table; shares 0-1, NaN where there is nothing to divide by."""

    name: str
    visits: int
    found: int
    days_earlier: float
    low: float
    high: float
    """The interval of the days earlier: of history drawn again; for the random order, of its draws."""
    first_half: float
    wards: float
    household: float
    enterprise: float
    kilometres: float


def score(name: str, visits: Visits, schedule: Schedule, seed: int, least_found: int = LEAST_FOUND) -> Score:
    """The line of one order."""
    measures = measure(visits, schedule, least_found)
    return _line(name, visits, measures, *interval(visits, schedule, seed))


def score_random(visits: Visits, seed: int, draws: int = DRAWS, least_found: int = LEAST_FOUND) -> Score:
    """The line of orders that know nothing: means of ``draws`` of them."""
    measures = measure(visits, orders.at_random(visits, draws, np.random.default_rng(seed)), least_found)
    low, high = np.percentile(measures.days_earlier, MIDDLE)
    return _line("random", visits, measures, float(low), float(high))


def baselines(
    visits: Visits, seed: int, names: Sequence[str], draws: int = DRAWS, least_found: int = LEAST_FOUND
) -> Iterable[Score]:
    """Lines of the orders of these ``names``, each of :func:`known`."""
    for name in names:
        if name == "random":
            yield score_random(visits, seed, draws, least_found)
        else:
            yield score(name, visits, schedule_of(name, visits, seed), seed, least_found)


def known(visits: Visits) -> tuple[str, ...]:
    """Names of the orders that these visits can be put into: reminders may not be told."""
    counted = () if visits.reminders is None else ("most_reminders",)
    return ("history", "random", "oldest_first", *counted, "nearest", "oracle")


def schedule_of(name: str, visits: Visits, seed: int) -> Schedule:
    """The order of that name, but for the random one; equals are drawn by ``seed``."""
    drawn = np.random.default_rng(seed)
    makers = {
        "history": lambda: orders.history(visits),
        "oldest_first": lambda: orders.oldest_first(visits, drawn),
        "most_reminders": lambda: orders.most_reminders(visits, drawn),
        "nearest": lambda: orders.nearest(visits),
        "oracle": lambda: orders.oracle(visits, drawn),
    }
    return makers[name]()


def _line(name: str, visits: Visits, measures: Measures, low: float, high: float) -> Score:
    return Score(
        name=name,
        visits=len(visits),
        found=int(visits.found.sum()),
        days_earlier=_mean(measures.days_earlier),
        low=low,
        high=high,
        first_half=_mean(measures.first_half),
        wards=_mean(measures.wards),
        household=_mean(measures.household),
        enterprise=_mean(measures.enterprise),
        kilometres=_mean(measures.kilometres),
    )


def _mean(values: Floats) -> float:
    """Of the orders for which there is a number; some draw may find nothing in its first half."""
    some = values[np.isfinite(values)]
    return float(some.mean()) if len(some) else float("nan")
