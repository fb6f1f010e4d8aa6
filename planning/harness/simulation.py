"""Made-up histories with a hidden truth: what an office saw of a small district, and what its visits then found.

Each venue has a propensity to comply that nobody sees: of its ward, its category, its sort and itself. Day by day it
makes its code, begins or stops to have visitors scan, or lets a few scan for show. The office sees codes, scans (days
are lost, and of some venues all of them, so that not every sign is a violation) and its own reminders, which some wards
give sooner than others. It visits those with a sign, and a few drawn; who is found in violation mends, or does not. In
the last weeks the visits go ward by ward.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from planning.harness.population import Booleans, Floats, Integers, Outcome

DAY = dt.timedelta(days=1)
BEGINNING = dt.date(2021, 9, 6)
"""A Monday; no holiday is among the days that follow."""
DAYS, VISITED_FROM, CUTOFF = 84, 28, 63
"""Days in all, the first visits, and the day from which on visits are scored: whole weeks after the beginning."""
CATEGORIES = ("grocery", "cafe", "eatery", "pharmacy", "market", "restaurant", "school", "office")
WINDOW = 7
VENUES, WARDS = 700, 8
PAST_A_DAY, SCORED_A_DAY, DRAWN = 6, 12, 0.1
_SEEN = 0.95
_MIDDLE = (105.77, 20.965)
_DEGREE_KM = 111.2


@dataclass(frozen=True)
class Venues:
    """What does not change; ``propensity`` and what follows it are hidden."""

    codes: list[str]
    ward: Integers
    category: Integers
    household: Booleans
    place: Floats
    """Degrees, east and north."""
    diligence: Floats
    """Of the venue's ward: how likely a reminder is on a working day."""
    propensity: Floats
    token: Booleans
    unmatched: Booleans
    """Its scans are in no file, or under another's name."""
    usual: Floats
    """Visitors a day who scan."""


@dataclass(frozen=True)
class History:
    """What the tables of an office would hold on the eve of the scored visits, and what these found.

    Frames name a venue by its row in ``venues``: ``registrations`` (venue, day), ``scans`` (venue, day, scans),
    ``reminders`` (venue, day, reason), ``visits`` before the scored ones (venue, day, found).
    """

    venues: Venues
    registrations: pd.DataFrame
    scans: pd.DataFrame
    reminders: pd.DataFrame
    visits: pd.DataFrame
    outcomes: list[Outcome]

    @property
    def eve(self) -> dt.date:
        """The last day that the tables know of."""
        return _date(CUTOFF - 1)


@dataclass
class _Now:
    """The state of all venues on a day, and what has been written down."""

    registered: Integers
    """Day of the code; DAYS: none yet."""
    complying: Booleans
    last_scan: Integers
    """The last day with scans that the office has; -1: none."""
    reminded: Integers
    """Reminders since the last scan."""
    last_reminder: Integers
    last_visit: Integers
    mending: Booleans
    scans: list[tuple[Integers, int, Integers]] = field(default_factory=list)
    reminders: list[tuple[int, int, str]] = field(default_factory=list)
    visits: list[tuple[int, int, bool]] = field(default_factory=list)

    def has_code(self, day: int) -> Booleans:
        return self.registered <= day

    def has_sign(self, day: int) -> Booleans:
        return ~self.has_code(day) | (self.last_scan <= day - WINDOW)

    def since(self, venue: int, day: int) -> int | None:
        """First day of the sign that the office sees on ``day``."""
        if not self.has_sign(day)[venue]:
            return None
        return int(max(self.last_scan[venue] + 1, 0))


def simulate(seed: int, venues: int = VENUES, wards: int = WARDS) -> History:
    """The history of that number: the same seed gives the same, on any machine."""
    random = np.random.default_rng(seed)
    made = _venues(venues, wards, random)
    now = _begin(made, random)
    for day in range(CUTOFF):
        _pass(made, now, day, random)
        if day >= VISITED_FROM and _is_working(day):
            for venue in _chosen(now, day, PAST_A_DAY, random):
                now.visits.append((venue, day, _visited(made, now, venue, day, random)))
    known = {
        "registrations": _frame([(row, day) for row, day in enumerate(now.registered) if day < CUTOFF], "venue day"),
        "scans": _scans(now),
        "reminders": _frame(now.reminders, "venue day reason"),
        "visits": _frame(now.visits, "venue day found"),
    }
    return History(made, outcomes=_scored(made, now, random), **known)


def _venues(number: int, wards: int, random: np.random.Generator) -> Venues:
    ward = random.integers(wards, size=number)
    category = random.integers(len(CATEGORIES), size=number)
    household = random.random(number) < 0.7
    inclined = (
        0.8
        + random.normal(0, 0.6, wards)[ward]
        + random.normal(0, 0.5, len(CATEGORIES))[category]
        - 0.4 * household
        + random.normal(0, 0.7, number)
    )
    propensity = 1 / (1 + np.exp(-inclined))
    centres = random.uniform(-3, 3, (wards, 2))
    kilometres = centres[ward] + random.normal(0, 0.5, (number, 2))
    return Venues(
        codes=[f"M{row:04}" for row in range(number)],
        ward=ward,
        category=category,
        household=household,
        place=np.array(_MIDDLE) + kilometres / (_DEGREE_KM * np.array([np.cos(np.radians(_MIDDLE[1])), 1])),
        diligence=random.uniform(0.01, 0.08, wards)[ward],
        propensity=propensity,
        token=random.random(number) < 0.2 * (1 - propensity),
        unmatched=random.random(number) < 0.12,
        usual=np.exp(random.normal(1.2, 1.3, number)),
    )


def _begin(venues: Venues, random: np.random.Generator) -> _Now:
    number = len(venues.codes)
    has_code = random.random(number) < np.sqrt(venues.propensity)
    never = np.full(number, -1)
    return _Now(
        registered=np.where(has_code, random.integers(0, 7, number), DAYS),
        complying=random.random(number) < venues.propensity,
        last_scan=never.copy(),
        reminded=np.zeros(number, dtype=np.int64),
        last_reminder=np.full(number, -DAYS),
        last_visit=np.full(number, -DAYS),
        mending=np.zeros(number, dtype=bool),
    )


def _pass(venues: Venues, now: _Now, day: int, random: np.random.Generator) -> None:
    """One day: people change their ways, visitors scan, wards remind."""
    number = len(venues.codes)
    urged = np.where(day - now.last_reminder <= 3, 4.0, 1.0)
    makes = (random.random(number) < 0.03 * venues.propensity * urged) | now.mending
    now.registered = np.where(~now.has_code(day) & makes, day, now.registered)
    begins = (random.random(number) < 0.06 * venues.propensity * urged) | now.mending
    stops = random.random(number) < 0.03 * (1 - venues.propensity)
    now.complying = np.where(now.complying, ~stops, begins)
    now.mending[:] = False

    scans = random.poisson(venues.usual * np.where(venues.token, 0.08, 1.0))
    known = now.has_code(day) & now.complying & (scans > 0) & ~venues.unmatched & (random.random(number) > 0.03)
    now.scans.append((np.flatnonzero(known), day, scans[known]))
    now.last_scan = np.where(known, day, now.last_scan)
    now.reminded = np.where(known, 0, now.reminded)

    if _is_working(day):
        # whoever comes to remind sees more than the figures
        likely = venues.diligence * np.where(_violates(venues, now, day), 1.0, 0.3)
        for venue in np.flatnonzero(now.has_sign(day) & (random.random(number) < likely)):
            reason = "not_scanning" if now.has_code(day)[venue] else "no_qr"
            now.reminders.append((int(venue), day, reason))
            now.reminded[venue] += 1
            now.last_reminder[venue] = day


def _chosen(now: _Now, day: int, number: int, random: np.random.Generator) -> list[int]:
    """Venues for visits: those with a sign, and a few of the others; nobody twice within four weeks."""
    free = day - now.last_visit > 28
    signs, others = np.flatnonzero(now.has_sign(day) & free), np.flatnonzero(~now.has_sign(day) & free)
    drawn = min(int(random.binomial(number, DRAWN)), len(others))
    chosen = [random.choice(signs, min(number - drawn, len(signs)), replace=False), random.choice(others, drawn, False)]
    return [int(venue) for venue in np.concatenate(chosen)]


def _visited(venues: Venues, now: _Now, venue: int, day: int, random: np.random.Generator) -> bool:
    """Whether the visit finds a violation; who is found out mends more often than not."""
    found = bool(_violates(venues, now, day)[venue]) and random.random() < _SEEN
    now.last_visit[venue] = day
    now.mending[venue] = found and random.random() < 0.6
    return found


def _violates(venues: Venues, now: _Now, day: int) -> Booleans:
    """The truth."""
    return ~now.has_code(day) | ~now.complying | venues.token


def _scored(venues: Venues, now: _Now, random: np.random.Generator) -> list[Outcome]:
    """What the visits of the last weeks find, planned on the eve, ward by ward as they were."""
    working = [day for day in range(CUTOFF, DAYS) if _is_working(day)]
    eve = CUTOFF - 1
    planned = _chosen(now, eve, SCORED_A_DAY * len(working), random)
    turn = random.permutation(int(venues.ward.max()) + 1)[venues.ward] + random.uniform(0, 1.5, len(venues.codes))
    planned.sort(key=lambda venue: turn[venue])
    known = {venue: (now.since(venue, eve), int(now.reminded[venue])) for venue in planned}
    outcomes = []
    for day in range(CUTOFF, DAYS):
        _pass(venues, now, day, random)
        if day in working:
            first = working.index(day) * SCORED_A_DAY
            for venue in planned[first : first + SCORED_A_DAY]:
                found = _visited(venues, now, venue, day, random)
                since = now.since(venue, day) if found else None
                outcomes.append(_outcome(venues, venue, day, found, since, known[venue]))
    return outcomes


def _outcome(
    venues: Venues, venue: int, day: int, found: bool, since: int | None, known: tuple[int | None, int]
) -> Outcome:
    """``since``: of the sign on the day of the visit; ``known``: on the eve, the day of the sign and the reminders."""
    begun = known[0] if since is None else since
    return Outcome(
        venue=venues.codes[venue],
        day=_date(day),
        ward=f"P{venues.ward[venue] + 1}",
        sort="household" if venues.household[venue] else "enterprise",
        lon=float(venues.place[venue, 0]),
        lat=float(venues.place[venue, 1]),
        since=None if begun is None else _date(begun),
        found=found,
        reminders=known[1],
    )


def _scans(now: _Now) -> pd.DataFrame:
    rows = [
        (int(venue), day, int(scans))
        for who, day, counts in now.scans[:CUTOFF]
        for venue, scans in zip(who, counts, strict=True)
    ]
    return _frame(rows, "venue day scans")


def _frame(rows: Sequence[tuple[int | bool | str, ...]], columns: str) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=columns.split())
    return frame.assign(day=[_date(day) for day in frame["day"]])


def _date(day: int) -> dt.date:
    return BEGINNING + DAY * int(day)


def _is_working(day: int) -> bool:
    return _date(day).weekday() < 5
