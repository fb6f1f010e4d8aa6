"""Pairs labelled by hand: written in the style of real strings of the district, for no real register is at hand."""

import pandas as pd
import pytest

from etl.linking.engine import Weights
from tests.benchmarks.linking import verdicts
from tools.linking_weights import retellings

RECALL = {"mended": 0.85, "measured": 0.70, "fresh": 0.65}  # of the pairs of one venue; the others wait for a person


@pytest.fixture(scope="module")
def alone() -> pd.DataFrame:
    return verdicts(Weights.shipped())


@pytest.fixture(scope="module")
def in_a_register() -> pd.DataFrame:
    return verdicts(Weights.shipped(), retellings.make(8_000, 10, seed=5)[1])


@pytest.mark.parametrize("half", RECALL)
@pytest.mark.parametrize("where", ["alone", "in_a_register"])
def test_two_venues_are_never_linked_without_a_person_and_one_venue_often_is(
    half: str, where: str, request: pytest.FixtureRequest
) -> None:
    pairs = request.getfixturevalue(where).query("half == @half")
    same = pairs["label"] == "same"
    assert pairs[(pairs["linked"] & ~same) | pairs["elsewhere"]]["why"].tolist() == []
    assert pairs["linked"][same].mean() >= RECALL[half]


def test_of_most_pairs_of_one_venue_that_are_not_linked_a_person_sees_the_venue(alone: pd.DataFrame) -> None:
    waiting = alone[(alone["label"] == "same") & ~alone["linked"]]
    assert waiting["shown"].mean() >= 0.5
