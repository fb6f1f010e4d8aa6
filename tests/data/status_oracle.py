"""The status rule a second time, in plain Python, as slowly and literally as the design says it. For the tests only.

Nothing is shared with the SQL: days are looked at one by one, and every set is spelled out.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, TypeVar

_Answer = TypeVar("_Answer")
DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Span:
    """From ``start`` on; ``end`` is the first day after it, None: open."""

    start: dt.date
    end: dt.date | None = None

    def holds(self, day: dt.date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)


@dataclass(frozen=True)
class OracleReminder:
    day: dt.date
    reason: str
    withdrawn: bool = False
    given_by: str | None = None


@dataclass(frozen=True)
class OracleSuspension:
    first: dt.date
    last: dt.date | None = None
    lifted: dt.date | None = None
    is_decision: bool = False


@dataclass(frozen=True)
class Moment:
    """When totals were exported; ``minute`` of the day, None: not said."""

    day: dt.date
    minute: int | None = None

    @property
    def earliest(self) -> int:
        """In minutes since the year 1."""
        return minutes(self.day) + (self.minute or 0)

    @property
    def latest(self) -> int:
        return minutes(self.day) + (1440 if self.minute is None else self.minute)


@dataclass(frozen=True)
class History:
    openings: tuple[Span, ...]
    registrations: tuple[Span, ...] = ()
    scans: dict[dt.date, int] = field(default_factory=dict)
    reminders: tuple[OracleReminder, ...] = ()
    suspensions: tuple[OracleSuspension, ...] = ()
    totals: dict[Moment, int] = field(default_factory=dict)
    members: tuple["History", ...] = ()
    """Venues merged into this one."""


@dataclass(frozen=True)
class World:
    """What is common to all venues: days of files of counts, policies (from day, threshold, window), the histories, and
    the moments of exported totals.
    """

    known: frozenset[dt.date]
    policies: tuple[tuple[dt.date, int, int], ...]
    histories: tuple[History, ...]
    exports: frozenset[Moment] = frozenset()
    answers: dict[tuple[str, int, dt.date], Any] = field(default_factory=dict, compare=False, repr=False)
    """What was found out before, by question, history and day."""

    def policy(self, day: dt.date) -> tuple[int, int]:
        threshold, window = 3, 7
        for start, its_threshold, its_window in sorted(self.policies):
            if start <= day:
                threshold, window = its_threshold, its_window
        return threshold, window

    @property
    def stated(self) -> set[dt.date]:
        """Days that lie wholly between the first and the last export."""
        if not self.exports:
            return set()
        first, last = min(e.latest for e in self.exports), max(e.earliest for e in self.exports)
        exported = [export.day for export in self.exports]
        return {day for day in _days(min(exported), max(exported)) if _within(day, first, last)}


def minutes(day: dt.date) -> int:
    return day.toordinal() * 1440


def _within(day: dt.date, first: int, last: int) -> bool:
    return first <= minutes(day) and minutes(day + DAY) <= last


@dataclass(frozen=True)
class Difference:
    """Scans between two totals: ``before`` is None for a venue's first, ``fell`` tells that the later was less."""

    before: Moment | None
    after: Moment
    scans: int
    fell: bool

    def touches(self, day: dt.date) -> bool:
        """Whether some of the scans may have been on ``day``."""
        begins_before_its_end = self.before is None or self.before.earliest < minutes(day + DAY)
        return begins_before_its_end and self.after.latest > minutes(day)

    def spans(self, day: dt.date) -> bool:
        """Whether all scans of ``day`` are among them."""
        return _within(day, self.before.latest if self.before else 0, self.after.earliest)


def differences(totals: dict[Moment, int]) -> list[Difference]:
    said = [
        moment
        for moment, total in totals.items()
        if moment.minute is not None
        or not any(m.day == moment.day and m.minute is not None and t > total for m, t in totals.items())
    ]
    said.sort(key=lambda moment: (moment.latest, moment.earliest))
    found = []
    for before, after in zip([None, *said], said, strict=False):
        fell = before is not None and totals[after] < totals[before]
        scans = totals[after] if before is None or fell else totals[after] - totals[before]
        found.append(Difference(before, after, scans, fell))
    return found


def _once(question: Callable[..., _Answer]) -> Callable[..., _Answer]:
    """Each question about a day of a history is answered once in a world."""

    @wraps(question)
    def ask(world: World, history: History, day: dt.date, *more: dt.date) -> _Answer:
        key = question.__name__, id(history), day
        if key not in world.answers:
            world.answers[key] = question(world, history, day, *more)
        answer: _Answer = world.answers[key]
        return answer

    return ask


@_once
def may_be_scanned(world: World, history: History, day: dt.date) -> bool:
    """Whether the venue had a scan on ``day``, or may have had one by its totals."""
    if any(may_be_scanned(world, member, day) for member in history.members) or history.scans.get(day, 0) > 0:
        return True
    if day in world.known:
        return False
    for difference in differences(history.totals):
        counted = sum(scans for other, scans in history.scans.items() if difference.spans(other))
        if difference.touches(day) and difference.scans - counted > 0:
            return True
    return False


@_once
def is_known(world: World, history: History, day: dt.date) -> bool:
    """Whether the scans of ``day`` are known of the venue."""
    if day in world.known or day not in world.stated:
        return day in world.known
    for one in (history, *history.members):
        if one.totals:
            found = differences(one.totals)
            first, last = found[0].after.latest, max(difference.after.earliest for difference in found)
            if not _within(day, first, last) or any(d.fell and d.touches(day) for d in found):
                return False
        elif any(one.scans.values()):
            return False
    return True


def registrations_of(history: History) -> list[Span]:
    return [span for one in (history, *history.members) for span in one.registrations]


def has_qr(history: History, day: dt.date) -> bool:
    return any(registration.holds(day) for registration in registrations_of(history))


@_once
def is_compliant(world: World, history: History, day: dt.date, beginning: dt.date) -> bool:
    return has_qr(history, day) and has_scans(world, history, day, beginning)


@_once
def has_scans(world: World, history: History, day: dt.date, beginning: dt.date) -> bool:
    """A scan is within the window while fewer known days have come after it than the window holds."""
    come_after = 0
    for scan in reversed(_days(beginning, day)):
        if may_be_scanned(world, history, scan):
            return come_after < world.policy(day)[1]
        come_after += is_known(world, history, scan)
    return False


def _days(first: dt.date, last: dt.date) -> list[dt.date]:
    return [first + DAY * number for number in range((last - first).days + 1)]


def is_answered(world: World, history: History, reminder: OracleReminder, day: dt.date) -> bool:
    if reminder.reason == "no_qr":
        return any(has_qr(history, later) for later in _days(reminder.day, day))
    return any(may_be_scanned(world, history, later) for later in _days(reminder.day, day))


@_once
def counted_reminders(world: World, history: History, day: dt.date, beginning: dt.date) -> int:
    """Counted reminders on ``day``; nothing happens before ``beginning``."""
    earlier = reversed(_days(beginning, day))
    last_compliant = next((day for day in earlier if is_compliant(world, history, day, beginning)), dt.date.min)
    counted = {
        (reminder.reason, reminder.day)
        for one in (history, *history.members)
        for reminder in one.reminders
        if reminder.day <= day
        and not reminder.withdrawn
        and reminder.day > last_compliant
        and not is_answered(world, history, reminder, day)
    }
    return len(counted)


def is_suspended(history: History, day: dt.date) -> bool:
    for suspension in (suspension for one in (history, *history.members) for suspension in one.suspensions):
        in_force = suspension.first <= day and (suspension.last is None or day <= suspension.last)
        if suspension.lifted is not None and day >= suspension.lifted:
            in_force = False
        if not suspension.is_decision and any(
            suspension.first <= registration.start <= day for registration in registrations_of(history)
        ):
            in_force = False
        if in_force:
            return True
    return False


def status(world: World, history: History, day: dt.date, beginning: dt.date) -> str | None:
    """The one status of the venue on ``day``, None when it is closed or not yet opened."""
    if not any(opening.holds(day) for opening in history.openings):
        return None
    if is_suspended(history, day):
        return "suspended"
    compliant = is_compliant(world, history, day, beginning)
    counted = counted_reminders(world, history, day, beginning)
    if not compliant and counted >= world.policy(day)[0]:
        return "violating"
    if not compliant and counted >= 1:
        return "reminded"
    if compliant:
        return "scanning"
    return "registered" if has_qr(history, day) else "unregistered"
