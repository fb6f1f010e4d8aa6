"""What a person says beside a file, in a form that is kept with its load: it can be loaded again the same way."""

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyproj

from data.texts.days import read_day
from data.texts.sentences import Sentence, either
from etl.errors import UnusableFile
from etl.locating.points import parse_crs
from etl.validation.read import read
from etl.validation.table import Source, SourceTable

# Answers of a person to doubts of how a file is read, by the doubts' names, which are names of arguments of ``read``.
ANSWERS = ("encoding", "reason", "day_order")


@dataclass(frozen=True)
class Options:
    """See ``python -m etl load --help``.

    ``today`` is the day that bounds the days of events, the real one when not said; ``loaded_by`` who loads.
    ``columns`` (heading as the file writes it -> canonical column, or None: not read) is what a person decided of the
    file's columns, ``answers`` what they said to its doubts (ANSWERS).
    """

    as_of: dt.date | None = None
    crs: pyproj.CRS | None = None
    dry_run: bool = False
    replace: bool = False
    kind: str | None = None
    columns: dict[str, str | None] | None = None
    answers: dict[str, str] = field(default_factory=dict)
    today: dt.date | None = None
    loaded_by: str | None = None

    def as_json(self, today: dt.date) -> dict[str, Any]:
        """As ``load.options`` and ``received_file.options`` hold it, with the ``today`` of this load."""
        said = {
            "as_of": self.as_of and self.as_of.isoformat(),
            "crs": self.crs and self.crs.to_string(),
            "replace": self.replace,
            "kind": self.kind,
            "columns": self.columns,
            "today": today.isoformat(),
        }
        return {name: value for name, value in said.items() if value} | self.answers


class Undecided(UnusableFile):
    """A file whose doubts nobody has answered; nothing of it may be loaded until somebody has.

    The sentence says which options of the command answer them; ``on_screen`` is for those who are asked by the page,
    ``questions`` for those who read a text. ``table`` is the file as it was read.
    """

    def __init__(self, table: SourceTable) -> None:
        self.table, name, doubts = table, table.path.name, table.doubts
        self.on_screen = Sentence("refused.undecided", name=name, count=len(doubts))
        asked = " ".join(doubt.sentence for doubt in doubts)
        options = either(f"--{doubt.kind.replace('_', '-')} {value}" for doubt in doubts for value, _ in doubt.choices)
        self.questions = [doubt.question for doubt in doubts]
        super().__init__(
            Sentence("refused.undecided.asked", asked=asked, options=options),
            public=Sentence("refused.undecided.public", name=name, options=options),
            doubts=doubts,
        )


def options_from(said: dict[str, Any], *, loaded_by: str | None = None) -> Options:
    """The reverse of :meth:`Options.as_json`; raises ``etl.locating.points.UnknownCrs``."""
    return Options(
        as_of=_day(said.get("as_of")),
        crs=parse_crs(said.get("crs") or None),
        replace=bool(said.get("replace")),
        kind=said.get("kind") or None,
        columns=said.get("columns") or None,
        answers={name: said[name] for name in ANSWERS if said.get(name)},
        today=_day(said.get("today")),
        loaded_by=loaded_by,
    )


def _day(text: str | None) -> dt.date | None:
    return read_day(text, ValueError) if text else None


def read_as(path: Path, options: Options) -> Source:
    """Read the file at ``path`` as ``options`` say; raises ``etl.errors.UnusableFile``."""
    crs = options.crs.to_string() if options.crs else None
    answers: dict[str, Any] = options.answers
    return read(
        path, options.kind, crs=crs, today=options.today, columns=options.columns, as_of=options.as_of, **answers
    )


def read_decided(path: Path, options: Options) -> Source:
    """As :func:`read_as`, of a file that is to be loaded: what is in doubt is asked, not guessed.

    Raises
    ------
    Undecided
        ``options`` leave a doubt of the file unanswered.
    UnusableFile
    """
    source = read_as(path, options)
    if isinstance(source, SourceTable) and source.doubts:
        raise Undecided(source)
    return source
