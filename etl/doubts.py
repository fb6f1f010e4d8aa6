"""What reading a file leaves open: a person answers, the program does not guess."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Doubt:
    """One question about a file.

    ``kind`` names what is in doubt ("encoding", ...); ``sentence`` is the question in Vietnamese; ``choices`` are pairs
    of the value to read the file again with (``etl.readers.read(..., encoding=value)``) and what it would look like.
    """

    kind: str
    sentence: str
    choices: tuple[tuple[str, str], ...] = ()
