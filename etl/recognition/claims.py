"""Which column of a header claims to be which canonical column."""

from dataclasses import dataclass, field

from etl.recognition.columns import DESCRIPTION, heading_key

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
    """Which column claims to be what, while a header is read."""

    columns: dict[str, int] = field(default_factory=dict)
    weights: dict[str, int] = field(default_factory=dict)
    headings: dict[str, str] = field(default_factory=dict)
    ranks: dict[str, tuple[int, int]] = field(default_factory=dict)
    doubled: dict[str, tuple[int, int]] = field(default_factory=dict)
    context: set[str] = field(default_factory=set)
    taken: set[int] = field(default_factory=set)
    settled: set[str] = field(default_factory=set)

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
