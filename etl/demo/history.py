"""What the venues of the demonstration did from the order on: codes made, scans, reminders, suspensions.

Simulated day by day for all venues at once. Wards remind what lacks a code or scans; a part answers, a part does not,
and the police ask some of those reminded three times to suspend business. Days count from 1970-01-01.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from etl.demo.ground import Floats, Ints
from etl.demo.venues import NEVER, ORDER_DAY, Venues

NO_QR, NOT_SCANNING = 0, 1
WINDOW_DAYS, THRESHOLD = 7, 3  # as the policy that ships
Small = NDArray[np.int32]

# Days after the order around which a wave of registrations stands, and the share of venues in it.
WAVES = ((4, 0.20), (12, 0.30), (22, 0.20), (36, 0.18), (50, 0.12))
BASE_SHARE = 0.70  # of venues that make a code without being reminded
DORMANT = 0.10  # of codes that nobody scans until somebody reminds
STOPS = 0.0018  # chance a day that a venue stops scanning
REMINDS = 0.042  # chance a working day that a venue which lacks is reminded
ANSWERS = 0.22
# Wards by code: readiness of their venues, days by which they lag, zeal in reminding.
WARDS = {
    "09541": (1.10, 0, 1.1),
    "09542": (1.12, 0, 1.2),
    "09538": (1.08, 1, 1.3),
    "09550": (1.05, 0, 1.2),
    "09544": (1.02, 2, 1.0),
    "09553": (1.05, 1, 1.1),
    "09551": (0.98, 3, 0.9),
    "09886": (0.93, 4, 1.0),
    "09571": (0.86, 7, 0.9),
    "09568": (0.90, 5, 1.4),
    "09562": (0.84, 8, 1.1),
    "10117": (0.78, 10, 0.8),
    "10123": (0.68, 14, 1.5),
}
EPOCH = dt.date(1970, 1, 1)


def day_number(day: dt.date) -> int:
    """Days from 1970-01-01 to ``day``."""
    return (day - EPOCH).days


def day_of(number: int) -> dt.date:
    """The day that is ``number`` days after 1970-01-01."""
    return EPOCH + dt.timedelta(days=int(number))


@dataclass(frozen=True)
class Reminders:
    """Columns of all reminders, in the order of days; ``withdrawn`` is NEVER where it was not."""

    venue: Ints
    day: Ints
    reason: Ints
    draw: Ints  # a number that decides words, givers and methods
    withdrawn: Ints


@dataclass(frozen=True)
class Suspensions:
    """Columns of all suspensions; NEVER where a day is not given."""

    venue: Ints
    requested: Ints
    starts: Ints
    ends: Ints
    lifted: Ints


@dataclass(frozen=True)
class History:
    """Everything that happened. ``scans`` has the known days only: day -> (venue, count)."""

    registered: Ints
    ended: Ints
    again: Ints
    scans: dict[int, tuple[Small, Small]]
    reminders: Reminders
    suspensions: Suspensions


class _World:
    """The state of all venues while the days pass."""

    def __init__(self, venues: Venues, ward_codes: list[str], until: int, rng: np.random.Generator) -> None:
        self.venues, self.until, self.rng = venues, until, rng
        self.count = len(venues)
        figures = np.array([WARDS.get(code, (1.0, 2, 1.0)) for code in ward_codes])[venues.ward]
        self.ready = venues.eager * figures[:, 0]
        self.zeal = figures[:, 2] * rng.lognormal(-0.1, 0.45, self.count)
        self.registered = self._planned(figures[:, 1])
        self.ended, self.again = self._renewals()
        self.starts = self._first_scans()
        self.stops = np.where(self.starts < NEVER, self.starts + rng.geometric(STOPS, self.count), NEVER)
        self.last_scan = np.full(self.count, -1)
        self.counted = np.zeros(self.count, dtype=np.int64)
        self.suspended_until = np.full(self.count, -1)
        self.reminded: list[tuple[Ints, ...]] = []
        self.suspended: list[tuple[Ints, ...]] = []

    def _planned(self, lag: Floats) -> Ints:
        share = np.array([part for _, part in WAVES])
        wave = self.rng.choice(len(WAVES), size=self.count, p=share)
        after = np.array([day for day, _ in WAVES])[wave] + lag + self.rng.normal(0, 2.6, self.count)
        day = day_number(ORDER_DAY) + np.maximum(after, 0).astype(np.int64)
        late = (self.venues.opened < NEVER) & (self.venues.opened > day)
        day = np.where(late, self.venues.opened + self.rng.integers(0, 9, self.count), day)
        return np.where(self.rng.random(self.count) < BASE_SHARE * self.ready, day, NEVER)

    def _renewals(self) -> tuple[Ints, Ints]:
        """A few codes end; most of those venues make another within days."""
        some = self.rng.random(self.count) < 0.007
        ended = np.where(
            some & (self.registered < NEVER), self.registered + self.rng.integers(5, 40, self.count), NEVER
        )
        ended = np.where(ended <= self.until, ended, NEVER)
        again = np.where(self.rng.random(self.count) < 0.6, ended + self.rng.integers(1, 6, self.count), NEVER)
        return ended, np.where((ended < NEVER) & (again <= self.until), again, NEVER)

    def _first_scans(self) -> Ints:
        lag = self.rng.geometric(0.45, self.count) - 1
        scanned = self.rng.random(self.count) >= DORMANT / self.ready
        return np.where((self.registered < NEVER) & scanned, self.registered + lag, NEVER)

    def open_on(self, day: int) -> NDArray[np.bool_]:
        """Which venues do business on ``day``."""
        venues = self.venues
        opened = (venues.opened == NEVER) | (venues.opened <= day)
        return opened & ((day < venues.closed) | (day >= venues.reopened))

    def with_code(self, day: int) -> NDArray[np.bool_]:
        """Which venues have a code in force on ``day``."""
        return (self.registered <= day) & ((day < self.ended) | (day >= self.again))

    def scan(self, day: int, known: bool) -> tuple[Small, Small]:
        """Scans of ``day``; they make a venue compliant in the eyes of its ward only when the day is ``known``."""
        weekday = (day + 3) % 7
        active = self.with_code(day) & self.open_on(day) & (self.starts <= day) & (day < self.stops)
        active &= ((self.venues.rests >> weekday) & 1 == 0) & (self.suspended_until < day)
        rows = np.flatnonzero(active)
        growth = 0.75 + 0.4 * min(1.0, (day - day_number(ORDER_DAY)) / 60)
        counts = self.rng.poisson(self.venues.scans[rows] * growth * (1.25 if weekday >= 4 else 0.95))
        # The export leaves out most venues without scans, but not all of them.
        kept = (counts > 0) | (self.rng.random(len(rows)) < 0.05)
        rows, counts = rows[kept], counts[kept]
        if known:
            seen = rows[counts > 0]
            self.last_scan[seen] = day
        return rows.astype(np.int32), counts.astype(np.int32)

    def remind(self, day: int, scans_known: bool) -> None:
        """A working day of the wards: some of the venues that lack a code or scans get a reminder."""
        self.counted[self.with_code(day)] = 0
        weekday = (day + 3) % 7
        if weekday == 6 or day < day_number(ORDER_DAY) + 7:
            return
        no_code = ~self.with_code(day)
        idle = ~no_code & scans_known & (self.registered <= day - WINDOW_DAYS) & (self.last_scan <= day - WINDOW_DAYS)
        lacking = np.flatnonzero((no_code | idle) & self.open_on(day) & (self.suspended_until < day))
        # A campaign every second week, and each ward rests in a week of its own.
        week = (day - day_number(ORDER_DAY)) // 7
        zeal = self.zeal[lacking] * (1.3 if week % 2 else 0.7)
        zeal = np.where((self.venues.ward[lacking] + week) % 6 == 0, zeal * 0.1, zeal)
        rows = lacking[self.rng.random(len(lacking)) < REMINDS * zeal]
        reason = np.where(no_code[rows], NO_QR, NOT_SCANNING)
        twice = self.rng.random(len(rows)) < 0.015
        rows_all = np.concatenate([rows, rows[twice]])
        withdrawn = np.where(
            self.rng.random(len(rows_all)) < 0.015, day + self.rng.integers(0, 6, len(rows_all)), NEVER
        )
        withdrawn = np.where(withdrawn <= self.until, withdrawn, NEVER)
        draw = self.rng.integers(0, 1 << 30, len(rows_all))
        self.reminded.append(
            (rows_all, np.full(len(rows_all), day), np.concatenate([reason, reason[twice]]), draw, withdrawn)
        )
        self.counted[rows[(reason == NO_QR) & (withdrawn[: len(rows)] == NEVER)]] += 1
        self._answer(day, rows, reason)

    def _answer(self, day: int, rows: Ints, reason: Ints) -> None:
        lag = self.rng.integers(1, 7, len(rows))
        willing = self.rng.random(len(rows)) < ANSWERS * self.ready[rows] * np.where(reason == NO_QR, 1.0, 2.2)
        makes = willing & (reason == NO_QR) & (self.registered[rows] > day + lag)
        self._register(rows[makes], day + lag[makes])
        scans = willing & (reason == NOT_SCANNING)
        self.starts[rows[scans]] = day + lag[scans]
        self.stops[rows[scans]] = NEVER

    def _register(self, rows: Ints, day: Ints) -> None:
        self.registered[rows] = day
        self.ended[rows] = self.again[rows] = NEVER
        self.starts[rows] = day + self.rng.integers(0, 4, len(rows))
        self.stops[rows] = NEVER

    def suspend(self, day: int) -> None:
        """The police go out on Mondays and Thursdays from four weeks after the order."""
        if (day + 3) % 7 not in (0, 3) or day < day_number(ORDER_DAY) + 28 or day >= self.until:
            return
        able = (self.counted >= THRESHOLD) & self.open_on(day) & ~self.with_code(day) & (self.suspended_until < day)
        rows = np.flatnonzero(able & (self.rng.random(self.count) < 0.14))
        self._suspend(rows, np.full(len(rows), day))

    def _suspend(self, rows: Ints, day: Ints) -> None:
        starts = day + 1
        ends = np.where(self.rng.random(len(rows)) < 0.35, starts + 13, NEVER)
        makes = self.rng.random(len(rows)) < 0.5
        when = starts + self.rng.integers(2, 13, len(rows))
        makes &= (when <= np.minimum(ends, self.until)) & (self.registered[rows] > when)
        self._register(rows[makes], when[makes])
        # Of those that made their code, clerks note the end for most; the others end by the code alone.
        lifted = np.where(makes & (self.rng.random(len(rows)) < 0.7), when, NEVER)
        self.suspended_until[rows] = np.where(makes, when - 1, ends)
        self.suspended.append((rows, day, starts, ends, lifted))

    def suspend_at_least_one(self) -> None:
        """In a district of a few venues the dice may suspend nobody; then the one reminded most is suspended."""
        if any(len(part[0]) for part in self.suspended):
            return
        able = self.open_on(self.until - 1) & ~self.with_code(self.until) & (self.registered == NEVER)
        if able.any():
            row = int(np.where(able, self.counted, -1).argmax())
            self._suspend(np.array([row]), np.array([self.until - 1]))


def simulate(
    venues: Venues,
    ward_codes: list[str],
    known_days: set[dt.date],
    until: dt.date,
    rng: np.random.Generator,
    passed: Callable[[dt.date], None],
) -> History:
    """Let the days pass from the order to ``until``; ``passed`` is told of each.

    Scans happen on all days but are in the history for ``known_days`` only.
    """
    world = _World(venues, ward_codes, day_number(until), rng)
    scans: dict[int, tuple[Small, Small]] = {}
    known = {day_number(day) for day in known_days}
    for day in range(day_number(ORDER_DAY), world.until + 1):
        rows, counts = world.scan(day, day in known)
        if day in known:
            scans[day] = rows, counts
        world.remind(day, len(known & set(range(day - 13, day + 1))) >= WINDOW_DAYS)
        world.suspend(day)
        passed(day_of(day))
    world.suspend_at_least_one()
    made = np.where(world.registered <= world.until, world.registered, NEVER)
    return History(
        registered=made,
        ended=np.where(made < NEVER, world.ended, NEVER),
        again=np.where(made < NEVER, world.again, NEVER),
        scans=scans,
        reminders=Reminders(*_columns(world.reminded, 5)),
        suspensions=Suspensions(*_columns(world.suspended, 5)),
    )


def _columns(parts: list[tuple[Ints, ...]], width: int) -> list[Ints]:
    if not parts:
        return [np.zeros(0, dtype=np.int64) for _ in range(width)]
    return [np.concatenate(column) for column in zip(*parts, strict=True)]
