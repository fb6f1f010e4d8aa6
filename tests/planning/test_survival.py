"""Kaplan and Meier's estimate against an example by hand and one that textbooks print."""

from math import isnan

import pytest

from planning.survival import at_risk_at, kaplan_meier, median_time

# Remission of leukaemia under 6-mercaptopurine, weeks; + is censored. Freireich and others, Blood 21 (1963): 6 6 6 6+ 7
# 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+. The estimates stand in Kleinbaum and Klein, Survival
# Analysis, chapter 2; the intervals are what Stata prints of them (`sts list`).
WEEKS = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
CENSORED = {3, 5, 7, 8, 11, 12, 13, 16, 17, 18, 19, 20}
PRINTED = [
    # week, at risk, events, share, low, high
    (6, 21, 3, 0.8571, 0.6197, 0.9516),
    (7, 17, 1, 0.8067, 0.5631, 0.9228),
    (10, 15, 1, 0.7529, 0.5032, 0.8894),
    (13, 12, 1, 0.6902, 0.4316, 0.8491),
    (16, 11, 1, 0.6275, 0.3675, 0.8049),
    (22, 7, 1, 0.5378, 0.2678, 0.7468),
    (23, 6, 1, 0.4482, 0.1881, 0.6801),
]


def test_the_example_of_the_textbooks_is_reproduced() -> None:
    steps = kaplan_meier(WEEKS, [row not in CENSORED for row in range(len(WEEKS))])
    assert [(step.time, step.at_risk, step.events) for step in steps] == [row[:3] for row in PRINTED]
    for step, row in zip(steps, PRINTED, strict=True):
        assert (step.survival, step.low, step.high) == pytest.approx(row[3:], abs=0.00006)
    assert median_time(steps) == 23
    assert at_risk_at(WEEKS, [0, 10, 20, 30, 40]) == [21, 15, 8, 4, 0]


def test_an_example_by_hand_is_reproduced() -> None:
    """1, 2+, 3, 3, 4+, 5: 5/6; then of four two: 5/6 * 2/4 = 5/12; then the last one: 0."""
    steps = kaplan_meier([5, 3, 1, 4, 3, 2], [True, True, True, False, True, False])
    assert [(step.time, step.at_risk, step.events) for step in steps] == [(1, 6, 1), (3, 4, 2), (5, 1, 1)]
    assert [step.survival for step in steps] == pytest.approx([5 / 6, 5 / 12, 0])
    assert isnan(steps[-1].low)
    assert isnan(steps[-1].high)
    assert median_time(steps) == 3


def test_who_is_censored_with_an_event_was_still_waiting() -> None:
    assert kaplan_meier([2, 2], [True, False])[0].survival == pytest.approx(1 / 2)


def test_without_events_there_is_no_step_and_no_median() -> None:
    assert kaplan_meier([1, 2], [False, False]) == []
    assert kaplan_meier([], []) == []
    assert median_time([]) is None
    assert median_time(kaplan_meier([1, 2, 3], [True, False, False])) is None


@pytest.mark.parametrize(("times", "happened"), [([1, 2], [True]), ([-1], [True])])
def test_what_cannot_be_times_is_refused(times: list[float], happened: list[bool]) -> None:
    with pytest.raises(ValueError, match=r"zip|negative"):
        kaplan_meier(times, happened)
