"""Pairs labelled by hand: written in the style of real strings of the district, for no real register is at hand."""

from pathlib import Path

import pandas as pd

from etl.linking import Weights, candidates, decide

PAIRS = pd.read_csv(Path(__file__).parent / "labelled.csv", keep_default_na=False)


def _linked(row: pd.Series) -> bool:
    sides = [row[[f"{part}_{side}" for part in ("name", "address", "ward")]].to_list() for side in (1, 2)]
    mention, venue = (pd.DataFrame([side], columns=["name", "address", "ward"]) for side in sides)
    return "linked" in set(decide(candidates(mention, venue, Weights.shipped()))["verdict"])


def test_no_pair_of_two_venues_is_linked_without_a_person() -> None:
    linked = PAIRS.apply(_linked, axis=1)
    assert PAIRS[linked & (PAIRS["same"] == 0)]["why"].tolist() == []


def test_most_pairs_of_one_venue_are_linked() -> None:
    linked = PAIRS.apply(_linked, axis=1)
    assert linked[PAIRS["same"] == 1].mean() >= 0.6
