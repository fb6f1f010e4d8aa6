"""What reading a file leaves open: a person answers, the program does not guess."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.texts.sentences import Sentence
from etl.errors import UnusableFile

if TYPE_CHECKING:
    from etl.validation.table import SourceTable


@dataclass(frozen=True)
class Doubt:
    """One question about a file.

    ``kind`` names what is in doubt ("encoding", ...); ``sentence`` is the question in Vietnamese; ``choices`` are pairs
    of the value to read the file again with (``etl.readers.read(..., encoding=value)``) and what it would look like.
    """

    kind: str
    sentence: str
    choices: tuple[tuple[str, str], ...] = ()

    @property
    def question(self) -> str:
        """The sentence with the answers to choose from, for a reader who has no buttons."""
        answers = " hoặc ".join(f"«{label}»" for _, label in self.choices)
        return f"{self.sentence} Có thể chọn: {answers}." if answers else self.sentence


class Undecided(UnusableFile):
    """A file whose doubts nobody has answered; nothing of it may be loaded until somebody has.

    The sentence says which options of the command answer them; ``on_screen`` is for those who are asked by the page,
    ``questions`` for those who read a text. ``table`` is the file as it was read.
    """

    def __init__(self, table: "SourceTable") -> None:
        self.table, name, doubts = table, table.path.name, table.doubts
        self.on_screen = Sentence("refused.undecided", name=name, count=len(doubts))
        asked = " ".join(doubt.sentence for doubt in doubts)
        options = " hoặc ".join(
            f"--{doubt.kind.replace('_', '-')} {value}" for doubt in doubts for value, _ in doubt.choices
        )
        self.questions = [doubt.question for doubt in doubts]
        super().__init__(
            f"{asked} Hãy chạy lại với {options}.",
            public=f"Tệp «{name}» có điều cần người nạp chọn trước khi nạp. Hãy chạy lại với {options}.",
            doubts=doubts,
        )
