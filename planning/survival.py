"""How long until something happens, where for some it has not happened yet: Kaplan and Meier's estimate."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, sqrt

Z = 1.959963984540054
"""Of the normal distribution: 95 of 100 lie within so many standard deviations."""


@dataclass(frozen=True)
class Step:
    """What is so from ``time`` on, until the next step."""

    time: float
    at_risk: int
    """Those who were still waiting just before ``time``."""
    events: int
    survival: float
    """Share that is still waiting, 0-1."""
    low: float
    high: float
    """95 % interval of the share; NaN once nobody is left who waits."""


def kaplan_meier(times: Sequence[float], happened: Sequence[bool]) -> list[Step]:
    """Steps of the share still waiting, one at each time at which something happened.

    ``times``: since the beginning, in any unit, not negative; ``happened``: False where the waiting was not seen to end
    (censored); who is censored at the time of an event was still waiting then. The interval is Greenwood's, on the
    scale log(-log) so that it stays within 0-1 (Kalbfleisch and Prentice, The Statistical Analysis of Failure Time
    Data, 1.4).

    Raises
    ------
    ValueError
        The two differ in length, or a time is negative.
    """
    if any(time < 0 for time in times):
        raise ValueError("a time is negative")
    events = Counter(time for time, event in zip(times, happened, strict=True) if event)
    leaving = Counter(times)
    at_risk, survival, variance = len(times), 1.0, 0.0
    steps = []
    for time in sorted(leaving):
        if died := events[time]:
            survival *= 1 - died / at_risk
            variance += died / (at_risk * (at_risk - died)) if died < at_risk else float("nan")
            steps.append(Step(time, at_risk, died, survival, *_interval(survival, variance)))
        at_risk -= leaving[time]
    return steps


def median_time(steps: Sequence[Step]) -> float | None:
    """The first time at which no more than half are still waiting; None where it has not come to that."""
    return next((step.time for step in steps if step.survival <= 0.5), None)


def at_risk_at(times: Sequence[float], moments: Sequence[float]) -> list[int]:
    """How many were still waiting at each of ``moments``: the numbers under the curve."""
    return [sum(time >= moment for time in times) for moment in moments]


def _interval(survival: float, variance: float) -> tuple[float, float]:
    if survival == 0:
        return float("nan"), float("nan")
    spread = Z * sqrt(variance) / log(survival)
    return survival ** exp(-spread), survival ** exp(spread)
