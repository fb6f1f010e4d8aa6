"""Each status is said everywhere; where one is not, the test says what is to be added."""

import pytest

from data.texts.catalogue import texts
from data.vocabulary import STATUS_FACTS, STATUSES
from layers.statuses import STYLE_OF


@pytest.mark.parametrize("status", STATUSES)
def test_a_status_has_its_facts_its_look_and_its_words(status: str) -> None:
    assert status in STATUS_FACTS, (
        f"Add {status!r} to STATUS_FACTS in data/models/venues.py, at its place by urgency: does it comply,"
        " and does its clause ask for counted reminders?"
    )
    assert status in STYLE_OF, f"Add a line for {status!r} to _STYLES in layers/statuses.py: colour, size, outline."
    for key in (f"status.{status}", f"why.{status}"):
        assert all(key in said for said in texts().values()), f"Add the text {key!r} to data/reference/texts.csv."


def test_nothing_is_said_of_a_status_that_there_is_not() -> None:
    assert set(STATUS_FACTS) == set(STYLE_OF) == set(STATUSES)
