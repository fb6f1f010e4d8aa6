"""The model in shadow: it learns from past visits alone, never from who visited."""

import datetime as dt
from typing import Any

import numpy as np
import pytest

from planning.shadow import FEATURES, LEAST_OUTCOMES, NotYetVisited, WhoVisited, WrongFeatures, shadow_order

TODAY = dt.date(2021, 11, 29)


def _visits(number: int, seed: int, day: dt.date = TODAY) -> list[dict[str, Any]]:
    """Visits before ``day``; the more reminders and the fewer scans, the more often a violation was found."""
    random = np.random.default_rng(seed)
    rows = []
    for row in range(number):
        reminders, scans = int(random.integers(6)), float(random.integers(50))
        weight = 0.9 * reminders - 0.05 * scans - 1
        rows.append(
            {
                "id": row,
                "day": day - dt.timedelta(days=1 + row % 20),
                "found": bool(random.random() < 1 / (1 + np.exp(-weight))),
                "status": ["violating", "reminded", "registered"][row % 3],
                "category": ["cafe", "market"][row % 2],
                "days_in_status": int(random.integers(30)),
                "reminders": reminders,
                "scans": scans,
                "days_since_seen": None if row % 4 == 0 else int(random.integers(30)),
            }
        )
    return rows


def _planned(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same as visits of today, whose outcome nobody knows."""
    return [row | {"id": 10_000 + row["id"], "day": TODAY, "found": None} for row in rows]


def test_it_puts_first_where_more_is_found() -> None:
    asked = _visits(300, seed=2)
    ordered = shadow_order(_visits(400, seed=1) + _planned(asked), TODAY)
    assert ordered is not None
    found = [asked[number - 10_000]["found"] for number in ordered]
    assert sum(found[:150]) > 1.5 * sum(found[150:])
    assert sorted(ordered) == [10_000 + row["id"] for row in asked]


def test_the_same_rows_give_the_same_order() -> None:
    rows = _visits(200, seed=1) + _planned(_visits(50, seed=2))
    assert shadow_order(rows, TODAY) == shadow_order(rows, TODAY)


def test_a_word_that_was_never_seen_is_no_fault() -> None:
    asked = _planned(_visits(3, seed=2))
    asked[0]["category"] = "school"
    assert len(shadow_order(_visits(200, seed=1) + asked, TODAY) or []) == 3


@pytest.mark.parametrize("column", ["inspector", "team_id", "officer_login", "Inspector"])
@pytest.mark.parametrize("of", [0, -1], ids=["past", "planned"])
def test_who_visited_is_refused(column: str, of: int) -> None:
    rows = _visits(200, seed=1) + _planned(_visits(3, seed=2))
    rows[of][column] = "A"
    with pytest.raises(WhoVisited):
        shadow_order(rows, TODAY)


@pytest.mark.parametrize("column", ["ward", "found_later"])
def test_nothing_but_its_features_is_taken(column: str) -> None:
    with pytest.raises(WrongFeatures, match=column):
        shadow_order([row | {column: 1} for row in _visits(200, seed=1) + _planned(_visits(3, seed=2))], TODAY)


@pytest.mark.parametrize("column", FEATURES)
def test_a_feature_that_is_missing_is_told(column: str) -> None:
    rows = _visits(200, seed=1) + _planned(_visits(3, seed=2))
    with pytest.raises(WrongFeatures, match=column):
        shadow_order([{name: value for name, value in row.items() if name != column} for row in rows], TODAY)


def test_what_is_to_come_is_not_learnt_from() -> None:
    rows = _visits(200, seed=1, day=TODAY + dt.timedelta(days=1)) + _planned(_visits(3, seed=2))
    with pytest.raises(NotYetVisited):
        shadow_order(rows, TODAY)


def test_of_little_it_says_nothing() -> None:
    asked = _planned(_visits(3, seed=2))
    enough = _visits(LEAST_OUTCOMES, seed=1)
    assert shadow_order(enough + asked, TODAY) is not None
    assert shadow_order(enough[1:] + asked, TODAY) is None
    assert shadow_order([row | {"found": True} for row in enough] + asked, TODAY) is None
    assert shadow_order(enough, TODAY) is None
    assert shadow_order([], TODAY) is None
