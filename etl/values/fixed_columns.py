"""A data frame of which it is known which columns it has: checked once, where it is made."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import pandas as pd


@dataclass(frozen=True)
class FixedColumns:
    """A frame with at least ``COLUMNS``, which each subclass states."""

    frame: pd.DataFrame
    COLUMNS: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        require(self.frame, self.COLUMNS, type(self).__name__)

    @classmethod
    def none(cls) -> Self:
        """No rows."""
        return cls(pd.DataFrame(columns=list(cls.COLUMNS)))


def require(frame: pd.DataFrame, columns: Sequence[str], what: str) -> None:
    """Raise AssertionError unless ``frame``, which is ``what``, has ``columns``."""
    missing = [name for name in columns if name not in frame.columns]
    if missing:
        raise AssertionError(f"{what} without columns: {', '.join(missing)}")
