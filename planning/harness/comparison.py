"""An order and outcomes brought together: who is compared, how many are not and why, and the lines of the table.

A filter that is a little off changes who is compared without a word, and with it every figure; so all are counted.
"""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from data.errors import TextError
from planning.harness import scoring
from planning.harness.files import Planned
from planning.harness.measures import compared_wards
from planning.harness.orders import dated
from planning.harness.population import Integers, Outcome, Point, Visits, WorkingDays, visits_of
from planning.harness.scoring import Score


class NothingToCompare(TextError):
    """No venue stands in both files, or no visit found a violation."""


@dataclass(frozen=True)
class Span:
    """When visits are: first and last day, and the most on one day."""

    first: dt.date
    last: dt.date
    most: int


@dataclass(frozen=True)
class Population:
    """Who is compared, and who is not."""

    outcomes: int
    on_free_days: int
    """Outcomes of days that are no working days; they are left out."""
    order: int
    without_outcome: int
    """Lines of the order about venues of which no outcome is used."""
    not_in_order: int
    compared: int
    found: int
    household: int
    enterprise: int
    wards: int
    wards_compared: int
    history: Span
    planned: Span


@dataclass(frozen=True)
class Comparison:
    """The whole table. ``arms``: lines of the order's arms, by name."""

    population: Population
    order: Score
    arms: list[Score]
    baselines: list[Score]


def compare(
    order: Sequence[Planned], outcomes: Sequence[Outcome], calendar: WorkingDays, seed: int, start: Point | None = None
) -> Comparison:
    """Score ``order``, whose days are working days, on the outcomes of the venues in it.

    ``seed`` draws equals, the random orders and the intervals; ``start`` is where tours begin, None: amid the venues.

    Raises
    ------
    NothingToCompare
    """
    planned = {line.venue: line for line in order}
    working = [one for one in outcomes if calendar.has(one.day)]
    used = [one for one in working if one.venue in planned]
    if not used:
        raise NothingToCompare("harness.nothing_common")
    if not any(one.found for one in used):
        raise NothingToCompare("harness.nothing_found", count=len(used))
    lines = [planned[one.venue] for one in sorted(used, key=lambda one: one.venue)]
    if not all([one.inspector for one in used] + [line.inspector for line in lines]):
        used = [replace(one, inspector=None) for one in used]
        lines = [replace(line, inspector=None) for line in lines]
    visits = visits_of(used, calendar, start)
    days = np.array([calendar.number(line.day) for line in lines], dtype=np.int64)
    inspectors = sorted({line.inspector or "" for line in lines})
    tours = np.array([inspectors.index(line.inspector or "") for line in lines], dtype=np.int64)
    return Comparison(
        _population(order, outcomes, len(working), used, lines, visits),
        scoring.score("order", visits, dated(days, tours), seed),
        _arms(visits, lines, days, tours, seed),
        list(scoring.baselines(visits, seed, scoring.known(visits))),
    )


def _arms(visits: Visits, lines: list[Planned], days: Integers, tours: Integers, seed: int) -> list[Score]:
    arms = sorted({line.arm for line in lines if line.arm})
    rows = [np.array([row for row, line in enumerate(lines) if line.arm == arm], dtype=np.int64) for arm in arms]
    return [
        scoring.score(arm, visits.part(own), dated(days[own], tours[own]), seed)
        for arm, own in zip(arms, rows, strict=True)
    ]


def _population(
    order: Sequence[Planned],
    outcomes: Sequence[Outcome],
    working: int,
    used: list[Outcome],
    lines: list[Planned],
    visits: Visits,
) -> Population:
    household = int(visits.household.sum())
    return Population(
        outcomes=len(outcomes),
        on_free_days=len(outcomes) - working,
        order=len(order),
        without_outcome=len(order) - len(used),
        not_in_order=working - len(used),
        compared=len(used),
        found=int(visits.found.sum()),
        household=household,
        enterprise=len(used) - household,
        wards=len(visits.wards),
        wards_compared=len(compared_wards(visits)),
        history=_span([one.day for one in used]),
        planned=_span([line.day for line in lines]),
    )


def _span(days: list[dt.date]) -> Span:
    return Span(min(days), max(days), max(Counter(days).values()))
