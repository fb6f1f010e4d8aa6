"""What other weights would change among the venues that are visited first. Pure functions of candidates."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from data.queries.priority import PARTS, Candidate

FIRST = 50


@dataclass(frozen=True)
class Moved:
    """A venue that enters or leaves the first: its places before and after, from 1."""

    venue: Candidate
    was: int
    becomes: int


@dataclass(frozen=True)
class Share:
    """How many of the first are of one kind, before and after; ``name`` is a ward's, None: without one."""

    name: str | None
    was: int
    becomes: int


@dataclass(frozen=True)
class Effect:
    """What would change among the first ``count``; those who enter by their new place, those who leave by their old.

    ``wards`` begin with the greatest change; ``households`` and ``organisations`` are counts before and after.
    """

    count: int
    entering: tuple[Moved, ...]
    leaving: tuple[Moved, ...]
    wards: tuple[Share, ...]
    households: Share
    organisations: Share


def number_by(candidate: Candidate, weights: Mapping[str, float]) -> float:
    """The candidate's number by ``weights``, which name all parts."""
    values = {part.part: part.value for part in candidate.parts}
    return round(sum(round(weights[part] * values[part], 2) for part in PARTS), 2)


def in_order(candidates: Sequence[Candidate], weights: Mapping[str, float]) -> list[Candidate]:
    """The candidates as ``data.queries.priority.ranked`` would give them by ``weights``."""
    return sorted(candidates, key=lambda one: (-number_by(one, weights), one.code))


def effect(before: Sequence[Candidate], after: Sequence[Candidate], first: int = FIRST) -> Effect:
    """What differs between two orders of the same candidates."""
    was = {one.code: place for place, one in enumerate(before, start=1)}
    becomes = {one.code: place for place, one in enumerate(after, start=1)}
    old, new = before[:first], after[:first]
    old_codes, new_codes = {one.code for one in old}, {one.code for one in new}

    def moved(ones: Iterable[Candidate], besides: set[str]) -> tuple[Moved, ...]:
        return tuple(Moved(one, was[one.code], becomes[one.code]) for one in ones if one.code not in besides)

    wards = _shares(Counter(one.ward for one in old), Counter(one.ward for one in new))
    organisations = (sum(one.is_organisation for one in old), sum(one.is_organisation for one in new))
    return Effect(
        len(new),
        moved(new, old_codes),
        moved(old, new_codes),
        wards,
        Share("households", len(old) - organisations[0], len(new) - organisations[1]),
        Share("organisations", *organisations),
    )


def _shares(old: Counter[str | None], new: Counter[str | None]) -> tuple[Share, ...]:
    shares = [Share(name, old[name], new[name]) for name in old.keys() | new.keys()]
    return tuple(sorted(shares, key=lambda one: (-abs(one.becomes - one.was), -one.becomes, one.name or "")))
