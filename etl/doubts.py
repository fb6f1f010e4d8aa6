"""What reading a file leaves open: a person answers, the program does not guess."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from etl.errors import UnusableFile


@dataclass(frozen=True)
class Doubt:
    """One question about a file.

    ``kind`` names what is in doubt ("encoding", ...); ``sentence`` is the question in Vietnamese; ``choices`` are pairs
    of the value to read the file again with (``etl.readers.read(..., encoding=value)``) and what it would look like.
    """

    kind: str
    sentence: str
    choices: tuple[tuple[str, str], ...] = ()


class Undecided(UnusableFile):
    """A file whose doubts nobody has answered; nothing of it may be loaded until somebody has."""

    def __init__(self, path: Path, doubts: Sequence[Doubt]) -> None:
        asked = " ".join(doubt.sentence for doubt in doubts)
        options = " hoặc ".join(
            f"--{doubt.kind.replace('_', '-')} {value}" for doubt in doubts for value, _ in doubt.choices
        )
        super().__init__(
            f"{asked} Hãy chạy lại với {options}.",
            public=f"Tệp «{path.name}» có điều cần người nạp chọn trước khi nạp. Hãy chạy lại với {options}.",
        )
