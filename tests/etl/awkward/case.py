"""An awkward file: what it imitates, and what becomes of it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Case:
    """``make`` writes the file into a folder and returns its path. Exactly one of ``rows`` (good rows that reading
    gives) and ``refused`` (words of the sentence that refuses the file, a pattern) is set; ``kind`` is what it is
    recognised as. Codes of venues in the files are those of ``REGISTER``, unless the file is a register itself.
    """

    name: str
    imitates: str
    make: Callable[[Path], Path]
    kind: str | None
    rows: int | None
    refused: str | None

    def __post_init__(self) -> None:
        if (self.rows is None) == (self.refused is None):
            raise ValueError(f"{self.name}: either rows or refused")


REGISTER = tuple(f"HD{number:04d}" for number in range(1, 41))
"""Codes of the venues that the register of the tests knows."""
