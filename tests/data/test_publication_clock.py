"""The clock of a notice against one written anew: 10,000 cases with holidays, weekends and pauses."""

import csv
import datetime as dt
import random
from itertools import pairwise

import pytest
from psycopg.types.multirange import DateMultirange
from psycopg.types.range import DateRange

from data.database.connection import loader_connection
from data.project import ROOT

DAY = dt.timedelta(days=1)
FIRST = dt.date(2021, 1, 1)


def holidays() -> set[dt.date]:
    with (ROOT / "data/reference/holidays.csv").open(encoding="utf-8", newline="") as file:
        return {dt.date.fromisoformat(row["day"]) for row in csv.DictReader(file)}


def case(rng: random.Random) -> tuple[dt.date, int, list[tuple[dt.date, dt.date | None]]]:
    """Delivery, working days, pauses (first and last day; None: not over)."""
    start = FIRST + rng.randrange(1700) * DAY
    pauses: list[tuple[dt.date, dt.date | None]] = []
    for _ in range(rng.choice((0, 0, 1, 1, 2, 4))):
        first = start + rng.randrange(-5, 40) * DAY
        pauses.append((first, None if rng.random() < 0.05 else first + rng.choice((0, 1, 5, 30)) * DAY))
    return start, rng.choice((0, 1, 2, 3, 5, 10, 10, 20)), pauses


def expected(
    start: dt.date, days: int, pauses: list[tuple[dt.date, dt.date | None]], off: set[dt.date]
) -> dt.date | None:
    """Crosses out the days that do not run, and takes the last of those that are left."""
    if any(last is None for _, last in pauses):
        return None
    crossed = off | {first + n * DAY for first, last in pauses if last for n in range((last - first).days + 1)}
    left = [d for d in (start + n * DAY for n in range(1, 250)) if d.weekday() < 5 and d not in crossed]
    assert all(a < b for a, b in pairwise(left))
    return left[days - 1] if days else start


@pytest.mark.usefixtures("fresh_database")
def test_the_clock_ends_on_the_day_that_an_independent_one_says() -> None:
    rng, off = random.Random(14), holidays()
    cases = [case(rng) for _ in range(10_000)]
    ranges = [DateMultirange([DateRange(a, b + DAY if b else None) for a, b in pauses]) for _, _, pauses in cases]
    with loader_connection() as conn:
        found = conn.execute(
            "SELECT clock_end(c.start, c.days, c.pauses) AS day"
            " FROM unnest(%s::date[], %s::integer[], %s::text[]::datemultirange[])"
            " WITH ORDINALITY AS c (start, days, pauses, n) ORDER BY c.n",
            ([c[0] for c in cases], [c[1] for c in cases], [_written(r) for r in ranges]),
        ).fetchall()
    told = [row["day"] for row in found]
    assert [(c, d) for c, d in zip(cases, told, strict=True) if d != expected(*c, off)] == []
    assert sum(day is None for day in told) > 100


def _written(ranges: DateMultirange) -> str:
    return "{" + ",".join(f"[{r.lower},{r.upper or ''})" for r in ranges) + "}"
