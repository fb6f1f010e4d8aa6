"""A simulated history as CSV files, as the harness and people read them."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from data.errors import TextError
from planning.harness.files import ORDER, OUTCOMES
from planning.harness.population import Outcome
from planning.harness.simulation import CATEGORIES, History


class NotWritten(TextError):
    """The folder cannot be made or written to."""

    def __init__(self, folder: Path, error: OSError) -> None:
        super().__init__("harness.not_written", folder=str(folder), why=error.strerror or str(error))


def write_history(history: History, folder: Path) -> list[str]:
    """Write what the office knew, what its last visits found, and an order of them to be scored: by reminders.

    Returns the names of the files. Raises OSError.
    """
    venues = history.venues
    tables: dict[str, tuple[Sequence[str], Iterable[Sequence[object]]]] = {
        "venues.csv": (
            ("venue", "ward", "category", "sort", "lon", "lat"),
            (
                (code, f"P{ward + 1}", CATEGORIES[category], "household" if household else "enterprise", *place)
                for code, ward, category, household, place in zip(
                    venues.codes, venues.ward, venues.category, venues.household, venues.place, strict=True
                )
            ),
        ),
        "outcomes.csv": ((*OUTCOMES, "reminders"), map(_outcome, history.outcomes)),
        "order.csv": (ORDER, _by_reminders(history.outcomes)),
    }
    for name in ("registrations", "scans", "reminders", "visits"):
        frame = getattr(history, name)
        named = ((venues.codes[row[0]], *row[1:]) for row in frame.itertuples(index=False))
        tables[f"{name}.csv"] = (tuple(frame.columns), named)
    for name, (heading, rows) in tables.items():
        with (folder / name).open("w", encoding="utf-8", newline="") as lines:
            csv.writer(lines, lineterminator="\n").writerows((heading, *rows))
    return list(tables)


def _outcome(one: Outcome) -> Sequence[object]:
    return (
        one.venue,
        one.day,
        one.ward,
        one.sort,
        f"{one.lon:.6f}",
        f"{one.lat:.6f}",
        one.since or "",
        str(one.found).lower(),
        one.reminders,
    )


def _by_reminders(outcomes: Sequence[Outcome]) -> Iterable[Sequence[object]]:
    """Most reminders first, on the days as they were staffed."""
    days = sorted(one.day for one in outcomes)
    first = sorted(outcomes, key=lambda one: (-(one.reminders or 0), one.venue))
    return ((one.venue, day) for one, day in zip(first, days, strict=True))
