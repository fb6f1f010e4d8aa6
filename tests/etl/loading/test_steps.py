"""The rows of a load have at each step the columns that its type states."""

from typing import Any

import pandas as pd
import pytest

from etl.linking.links import Links
from etl.loading import steps
from etl.values.fixed_columns import FixedColumns

READ = {"_sheet": [0], "_row": [2]}


@pytest.mark.parametrize(
    ("step", "columns", "lacking"),
    [
        (steps.Read, {"_row": [2]}, "_sheet"),
        (steps.Exported, READ, "exported_on, exported_minute"),
        (steps.Named, READ | {"venue_id": [1]}, "mention_id"),
        (steps.Known, READ, "known_id"),
        (steps.Located, READ | {"known_id": [0]}, "location"),
        (Links, {"mention_id": [1], "venue_id": [1]}, "probability"),
    ],
)
def test_a_step_without_its_columns_is_none(step: type[FixedColumns], columns: dict[str, Any], lacking: str) -> None:
    with pytest.raises(AssertionError, match=f"without columns: {lacking}$"):
        step(pd.DataFrame(columns))
    assert list(step.none().frame.columns) == list(step.COLUMNS)
