"""How two wordings of a sheet differ, part by part and word by word."""

import difflib
from dataclasses import dataclass

from data.reference.guidance import Sheet
from data.texts.catalogue import t


@dataclass(frozen=True)
class Piece:
    """Words that both have ("same"), only the older ("del") or only the newer ("ins")."""

    kind: str
    words: str


@dataclass(frozen=True)
class Difference:
    """A part that differs, by its name."""

    name: str
    pieces: tuple[Piece, ...]


def differences(older: Sheet, newer: Sheet, lang: str) -> list[Difference]:
    """The parts in which ``newer`` differs from ``older``, in the order of the sheet."""
    before, after = older.parts(), newer.parts()
    return [
        Difference(part_name(part, lang), _pieces(before[part], after[part]))
        for part in after
        if before[part] != after[part]
    ]


def part_name(part: str, lang: str) -> str:
    """A part ("3.text") by its name."""
    place, _, name = part.rpartition(".")
    return t(f"guidance.part.{name}", lang, **({"place": place} if place else {}))


def _pieces(before: str, after: str) -> tuple[Piece, ...]:
    old, new = before.split(), after.split()
    found: list[Piece] = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(Piece("same", " ".join(old[a:b])))
            continue
        found += [Piece("del", " ".join(old[a:b]))] if b > a else []
        found += [Piece("ins", " ".join(new[c:d]))] if d > c else []
    return tuple(found)
