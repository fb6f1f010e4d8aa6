"""Pairs labelled by hand: written in the style of real strings of the district, for no real register is at hand."""

import pytest

from etl.linking import Weights
from tests.benchmarks.linking import verdicts

RECALL = 0.5  # of the pairs of one venue; the others wait for a person


@pytest.mark.parametrize("half", ["mended", "measured"])
def test_two_venues_are_never_linked_without_a_person_and_one_venue_often_is(half: str) -> None:
    pairs = verdicts(Weights.shipped()).query("half == @half")
    same = pairs["label"] == "same"
    assert pairs[pairs["linked"] & ~same]["why"].tolist() == []
    assert pairs["linked"][same].mean() >= RECALL
