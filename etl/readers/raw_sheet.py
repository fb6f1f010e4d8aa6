"""A sheet as every reader gives it: a name, its first rows, and all rows in pieces."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any, Protocol

import pandas as pd

from etl.readers.wording import Wording

HEAD_ROWS = 60
"""How many rows at the top of a sheet are looked at."""


class RawSheet(Protocol):
    """A sheet before anything is known of it."""

    @property
    def name(self) -> str:
        """The sheet's name; "" for a file without sheets."""

    @property
    def head(self) -> Sequence[Sequence[Any]]:
        """Its first rows."""

    @property
    def wording(self) -> Wording | None:
        """What the texts of its file were typed in; None: Unicode."""

    def pieces(self, first: int, width: int, spread: Collection[int]) -> Iterator[pd.DataFrame]:
        """Rows from ``first`` on, in pieces; see the readers."""
