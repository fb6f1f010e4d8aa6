"""What the texts of a file were typed in, decided once for the whole file, and how they become Unicode."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Any

import pandas as pd

from data.texts.sentences import Sentence
from etl.doubts import Doubt
from etl.errors import UnusableFile
from etl.values.encodings import TITLES, Detection, as_shown, converter, decode, detect, raised, unify

MOST_EXAMPLES = 10
_LONGEST_EXAMPLE = 80


@dataclass(frozen=True)
class Wording:
    """The encoding of a file's texts (of ``etl.values.encodings.TITLES``), what turns one of them into Unicode
    (``None``: nothing to do), examples before and after, and what has to be asked.
    """

    encoding: str
    convert: Callable[[str], str] | None = None
    examples: tuple[tuple[str, str], ...] = ()
    doubts: tuple[Doubt, ...] = ()

    def cell(self, value: Any) -> Any:
        """A cell in Unicode."""
        return self.convert(value) if self.convert is not None and isinstance(value, str) else value

    def row(self, cells: Sequence[Any]) -> list[Any]:
        """The cells of a row in Unicode."""
        return list(cells) if self.convert is None else [self.cell(cell) for cell in cells]

    def frame(self, piece: pd.DataFrame) -> pd.DataFrame:
        """A piece of a sheet in Unicode."""
        convert = self.convert
        if convert is None:
            return piece
        made = {
            name: [convert(cell) if type(cell) is str and not cell.isascii() else cell for cell in cells.tolist()]
            for name, cells in piece.items()
        }
        return pd.DataFrame(made, index=piece.index, dtype=object)


def wording_of_bytes(path: Path, lines: bytes, said: str | None) -> Wording:
    """Of a text file in a code page; ``lines`` are some with letters beyond ASCII. ``said``: what a person answered.

    Raises UnusableFile when it is no code page that Vietnamese was typed in.
    """
    found = Detection(said, 1.0) if said else detect(lines)
    if not found.name:
        raise UnusableFile(_unknown(path, found))
    shown = [as_shown(line) for line in lines.splitlines()]
    examples = _examples(shown, lambda text: raised(found.name, decode(found.name, text)))
    mend = (lambda text: raised(found.name, text)) if found.name == "tcvn3" else None
    doubts = () if found.is_sure else (_doubt(path, found, shown, decode),)
    return Wording(found.name, mend, examples, doubts)


def wording_of_cells(path: Path, texts: Iterable[str], said: str | None, otherwise: str = "unicode") -> Wording:
    """Of the texts of a workbook, or of a text file that is Unicode (whose encoding is ``otherwise``): they may have
    been typed in a font of a code page all the same.
    """
    marked = [text for text in texts if not text.isascii()]
    found = Detection(said, 1.0) if said else detect(marked)
    convert = converter(found.name)
    doubts = () if found.is_sure else (_doubt(path, found, marked, _convert),)
    examples = _examples(marked, convert or unify)
    return Wording(found.name if convert else otherwise, convert, examples, doubts)


def _convert(encoding: str, text: str) -> str:
    convert = converter(encoding)
    return convert(text) if convert else text


def _examples(texts: Iterable[str], convert: Callable[[str], str]) -> tuple[tuple[str, str], ...]:
    found: dict[str, str] = {}
    for before in dict.fromkeys(text.strip()[:_LONGEST_EXAMPLE] for text in texts):
        after = convert(before)
        if after != before:
            found[before] = after
        if len(found) == MOST_EXAMPLES:
            break
    return tuple(found.items())


def _doubt(path: Path, found: Detection, texts: Sequence[str], read: Callable[[str, str], str]) -> Doubt:
    example = next((text.strip()[:_LONGEST_EXAMPLE] for text in texts), "")
    names = [name for name in (found.name, found.runner_up) if name]
    choices = tuple(
        (name, Sentence("question.encoding.choice", encoding=TITLES[name], example=read(name, example)))
        for name in names
    )
    readings = [
        Sentence("question.encoding.reading", example=read(name, example), encoding=TITLES[name]) for name in names
    ]
    either = reduce(lambda one, other: Sentence("question.encoding.or", one=one, other=other), readings)
    return Doubt("encoding", Sentence("question.encoding", name=path.name, readings=either), choices)


def _unknown(path: Path, found: Detection) -> Sentence:
    if found.runner_up == "utf-8":
        return Sentence("refused.not_utf8", name=path.name)
    like = Sentence("refused.looks_like", encoding=found.foreign) if found.foreign else ""
    return Sentence("refused.unknown_encoding", name=path.name, like=like)
