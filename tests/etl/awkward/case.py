"""What every awkward file has in common."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Case:
    """One file. ``make`` writes it into the folder given; exactly one of ``rows`` (accepted) and ``refused`` (a part of
    the sentence) is set.
    """

    name: str
    imitates: str
    make: Callable[[Path], Path]
    kind: str | None
    rows: int | None
    refused: str | None
