"""Which column of a header claims to be which canonical column."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from etl.recognition.columns import (
    DESCRIPTION,
    has_column,
    heading_key,
    headings_of,
    ignored_headings,
)
from etl.recognition.header import Header
from etl.recognition.layout import CHOSEN, HEADING

WEIGHT_OF_CHOICE = 3

Choice = Mapping[str, str | None]
"""Heading key -> the canonical column that a person has chosen for it; ``None``: not to be read."""

_OF_ACCOUNT = frozenset(("ma diem kiem dich", "ma diem qr", "ma diem quet", "ma diem khai bao"))
"""Headings of a code that is the QR account's own as soon as another column is the register's ..."""
_SURELY_OF_ACCOUNT = frozenset(("ma diem kiem dich", "ma diem qr"))
"""... and those that are as soon as the file names its venues."""


@dataclass(frozen=True)
class Hit:
    """A heading that is known: of which column, how telling, at which place of the list, and as written."""

    canonical: str
    weight: int
    order: int
    label: str


@dataclass
class Claims:
    """Which column claims to be what, while a header is read. ``strange`` are the headings that are not known, ``how``
    says by what each column was recognised."""

    columns: dict[str, int] = field(default_factory=dict)
    weights: dict[str, int] = field(default_factory=dict)
    headings: dict[str, str] = field(default_factory=dict)
    ranks: dict[str, tuple[int, int]] = field(default_factory=dict)
    doubled: dict[str, tuple[int, int]] = field(default_factory=dict)
    context: set[str] = field(default_factory=set)
    taken: set[int] = field(default_factory=set)
    settled: set[str] = field(default_factory=set)
    strange: dict[int, str] = field(default_factory=dict)
    how: dict[int, str] = field(default_factory=dict)

    def choose(self, hit: Hit, position: int) -> None:
        """A person says that the column is ``hit.canonical``: no heading takes it away."""
        self.taken.add(position)
        self.settled.add(hit.canonical)
        self._take(hit, position)

    def add(self, hit: Hit, position: int) -> None:
        """The more telling heading wins, then the one listed first in ``etl.recognition.columns``; the same heading
        twice is a clash.
        """
        self.taken.add(position)
        name, rank = hit.canonical, (hit.weight, -hit.order)
        if name in self.settled:
            return
        if not name:
            self.context.add(heading_key(hit.label))
        elif name == "venue_code" and name in self.columns and heading_key(self.headings[name]) in _OF_ACCOUNT:
            self.rename(name, "account_code")
            self._take(hit, position)
        elif name == "venue_code" and name in self.columns and heading_key(hit.label) in _OF_ACCOUNT:
            self.add(Hit("account_code", hit.weight, hit.order, hit.label), position)
        elif name not in self.columns or rank > self.ranks[name]:
            self._take(hit, position)
        elif rank == self.ranks[name] and (name == "venue_code" or name not in DESCRIPTION):
            self.doubled[name] = (self.columns[name], position)

    def _take(self, hit: Hit, position: int) -> None:
        name = hit.canonical
        self.columns[name], self.weights[name], self.headings[name] = position, hit.weight, hit.label
        self.ranks[name] = (hit.weight, -hit.order)
        self.doubled.pop(name, None)

    def forget(self, name: str) -> None:
        """No column is ``name``."""
        for mapping in (self.columns, self.weights, self.headings, self.ranks, self.doubled):
            mapping.pop(name, None)

    def rename(self, name: str, other: str) -> None:
        """The column that claims to be ``name`` is ``other``."""
        self.columns[other], self.weights[other] = self.columns.pop(name), self.weights.pop(name)
        self.headings[other], self.ranks[other] = self.headings.pop(name), self.ranks.pop(name)
        self.doubled.pop(name, None)

    def settle_account(self) -> None:
        """A code whose heading speaks of the QR account is the account's own where the file names its venues."""
        if "venue_code" in self.settled or "venue_name" not in self.columns:
            return
        if heading_key(self.headings.get("venue_code", "")) in _SURELY_OF_ACCOUNT:
            self.forget("account_code")
            self.rename("venue_code", "account_code")

    @property
    def score(self) -> int:
        """How much the headings weigh together."""
        return sum(self.weights.values()) + len(self.context)


def claims_of(header: Header, kind: str, choice: Choice) -> Claims:
    """What the columns of a header claim to be in a file of ``kind``, those that a person has chosen before others."""
    claims = Claims()
    headings, ignored = headings_of(kind), ignored_headings()
    chosen = {at: hit for at, texts in enumerate(header.labels) for hit in _chosen(header, kind, texts, choice)}
    for position, hit in chosen.items():
        claims.how[position] = CHOSEN
        if hit is None:
            claims.taken.add(position)
        else:
            claims.choose(hit, position)
    for position, texts in enumerate(header.labels):
        if position in chosen:
            continue
        hit = find_heading(texts, headings, header.keys)
        if hit is not None:
            claims.add(hit, position)
            claims.how[position] = HEADING
        elif texts and ignored.isdisjoint(key for text in texts for key in header.keys[text]):
            claims.strange[position] = texts[-1]
    claims.settle_account()
    return claims


def _chosen(header: Header, kind: str, texts: tuple[str, ...], choice: Choice) -> list[Hit | None]:
    """The choice made for a column, if any, as a list of one."""
    for text in reversed(texts) if choice else ():
        key = header.keys[text][0]
        if key in choice:
            canonical = choice[key]
            if canonical is None:
                return [None]
            if has_column(kind, canonical):
                return [Hit(canonical, WEIGHT_OF_CHOICE, 0, text)]
    return []


def find_heading(
    texts: Iterable[str], headings: Mapping[str, tuple[str, int, int]], keys: Mapping[str, tuple[str, ...]]
) -> Hit | None:
    """The most telling of ``texts``, looked up under their ``keys``, that is one of ``headings``."""
    hits = [Hit(*headings[key], text) for text in texts for key in keys[text] if key in headings]
    return max(hits, key=lambda hit: (hit.weight, bool(hit.canonical), -hit.order)) if hits else None
