"""What is known of a ward beside its venues, and the wards side by side."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from data.database.connection import Connection
from data.queries.figures import Cube
from data.queries.filters import NO_WARD, Filters
from data.vocabulary import COMPLIANT


@dataclass(frozen=True)
class Ward:
    """A ward by its code; its area in km² and its population where known."""

    code: str
    name: str
    area_km2: float | None
    population: int | None


@dataclass(frozen=True)
class WardRow:
    """A ward (code, or "none") in the list of the district: venues that all filters let through, and shares.

    ``total``, ``compliant`` and ``violating`` leave the filter on status aside, for a share among the venues of one
    status would say nothing; so do those of a week before, which are None when nothing is known of that day.
    """

    code: str
    venues: int
    no_point: int
    total: int
    compliant: int
    violating: int
    total_before: int | None
    compliant_before: int | None

    @property
    def share(self) -> float | None:
        """Share of venues that comply; None without venues."""
        return self.compliant / self.total if self.total else None

    @property
    def share_change(self) -> float | None:
        """What the share gained in a week; None when there is nothing to compare with."""
        if self.share is None or not self.total_before or self.compliant_before is None:
            return None
        return self.share - self.compliant_before / self.total_before


def ward(conn: Connection, code: str) -> Ward | None:
    """The newest ward that bears the code, None when none does (such as for venues without a ward)."""
    row = conn.execute(
        "SELECT code, name, area_km2, population FROM ward WHERE code = %s ORDER BY valid_from DESC LIMIT 1", (code,)
    ).fetchone()
    return Ward(**row) if row else None


def ranking(now: Cube, before: Cube | None, filters: Filters) -> list[WardRow]:
    """Wards with venues that ``filters`` let through; the smallest share of compliant venues first, "none" last.

    The rows add up to the figures of the district under the same filters.
    """
    shown = defaultdict(Counter, _sums(now, filters))
    all_now = _sums(now, filters.without("statuses"))
    all_before = _sums(before, filters.without("statuses")) if before else None
    rows = [
        WardRow(
            code,
            shown[code]["venues"],
            shown[code]["no_point"],
            counted["venues"],
            counted["compliant"],
            counted["violating"],
            all_before.get(code, Counter())["venues"] if all_before is not None else None,
            all_before.get(code, Counter())["compliant"] if all_before is not None else None,
        )
        for code, counted in all_now.items()
    ]
    return sorted(rows, key=lambda row: (row.code == NO_WARD, row.share or 0.0, row.code))


def _sums(cube: Cube, filters: Filters) -> dict[str, Counter[str]]:
    sums: dict[str, Counter[str]] = {}
    for cell in cube.select(filters):
        counted = sums.setdefault(cell.ward, Counter())
        counted["venues"] += cell.venues
        counted["no_point"] += 0 if cell.has_point else cell.venues
        counted["compliant"] += cell.venues if cell.status in COMPLIANT else 0
        counted["violating"] += cell.venues if cell.status == "violating" else 0
    return sums
