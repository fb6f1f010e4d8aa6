"""What reading a file leaves open: a person answers, the program does not guess."""

from dataclasses import dataclass

from data.texts.sentences import Sentence, either


@dataclass(frozen=True)
class Doubt:
    """One question about a file.

    ``kind`` names what is in doubt ("encoding", ...); ``sentence`` is the question in Vietnamese; ``choices`` are pairs
    of the value to read the file again with (``etl.validation.read.read(..., encoding=value)``) and what it would look
    like.
    """

    kind: str
    sentence: str
    choices: tuple[tuple[str, str], ...] = ()

    @property
    def question(self) -> str:
        """The sentence with the answers to choose from, for a reader who has no buttons."""
        if not self.choices:
            return self.sentence
        return Sentence(
            "question.choices", asked=self.sentence, answers=either(f"«{label}»" for _, label in self.choices)
        )


@dataclass(frozen=True)
class FoundColumn:
    """A column: its heading, the canonical column it was taken for (``None``: not read), by what (one of
    ``etl.recognition.layout.HEADING``, ``CONTENT``, ``CHOSEN``; "": by nothing), and cells of it."""

    heading: str
    canonical: str | None
    how: str
    examples: tuple[str, ...]


@dataclass(frozen=True)
class FoundTable:
    """A table: its sheet ("" in a file without sheets), the row of its header (1-based), its columns and first rows."""

    sheet: str
    header_row: int
    columns: tuple[FoundColumn, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Found:
    """The tables of a file, as far as they were told. ``kind``: decided, or the nearest; ``missing``: the canonical
    columns that it lacks."""

    kind: str | None
    missing: tuple[str, ...]
    tables: tuple[FoundTable, ...]
