"""Errors of reading a file: each carries one sentence (``data.texts.sentences``) that says what is wrong and what the
clerk can do."""

import re

from data.errors import UserError
from data.texts.sentences import Sentence
from etl.doubts import Doubt, Found

_TERMINAL = re.compile(r" \(--[^()]*\)")


def on_screen(said: UserError | str) -> str:
    """The sentence without what only those at a terminal can use: options of the command, which stand in parentheses,
    "Hãy chọn loại tệp (--kind)"; the English texts have none."""
    own = said if isinstance(said, str) else getattr(said, "on_screen", said.said)
    return own.changed(_without_options) if isinstance(own, Sentence) else _without_options(str(own))


def _without_options(text: str) -> str:
    return _TERMINAL.sub("", text)


def row_of_sheet(sheet: str, row: int) -> Sentence:
    """A row (1-based) of a sheet ("" of a file without sheets), as a sentence begins with it."""
    if sheet:
        return Sentence("refused.where.sheet_row", sheet=sheet, row=str(row))
    return Sentence("refused.where.row", row=str(row))


class UnusableFile(UserError):
    """Nothing of a file can be loaded: it cannot be opened, is not a table, or is not told what it is (exit code 2).

    ``public`` is the sentence for those who do not have the file: where the clerk's quotes what stands in a cell (it
    may be a telephone number), or names a folder, ``public`` says the same without.

    ``found`` is what the file holds as far as it was told, for a person to say what its columns are; ``doubts`` are
    questions whose answers would make it usable.
    """

    def __init__(
        self,
        sentence: str,
        *,
        public: str | None = None,
        found: "Found | None" = None,
        doubts: "tuple[Doubt, ...]" = (),
    ) -> None:
        super().__init__(sentence)
        self.public = public or sentence
        self.found = found
        self.doubts = doubts


class NoFile(UnusableFile):
    """There is no file under the name given: a slip of the hand at the terminal, and no refusal of a file."""


class TooLarge(UnusableFile):
    """A file goes beyond what is read into memory; the sentence states the limit and how to split the file."""


class UnknownKind(UnusableFile):
    """The columns found fit no kind of file, or several; the sentence lists them and names ``--kind``."""


class ContradictingHeaders(UnusableFile):
    """Two header rows, or two columns of one header, claim to be the same thing in different ways."""
