"""The status rule a second time, in plain Python, as slowly and literally as the design says it. For the tests only.

Nothing is shared with the SQL: days are looked at one by one, and every set is spelled out.
"""

import datetime as dt
from dataclasses import dataclass, field

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


@dataclass(frozen=True)
class History:
    openings: tuple[Span, ...]
    registrations: tuple[Span, ...] = ()
    scans: dict[dt.date, int] = field(default_factory=dict)
    reminders: tuple[OracleReminder, ...] = ()
    suspensions: tuple[OracleSuspension, ...] = ()


@dataclass(frozen=True)
class World:
    """What is common to all venues: known days, policies (from day, threshold, window) and the histories."""

    known: frozenset[dt.date]
    policies: tuple[tuple[dt.date, int, int], ...]
    histories: tuple[History, ...]

    def policy(self, day: dt.date) -> tuple[int, int]:
        threshold, window = 3, 7
        for start, its_threshold, its_window in sorted(self.policies):
            if start <= day:
                threshold, window = its_threshold, its_window
        return threshold, window

    def window(self, day: dt.date) -> list[dt.date]:
        """The last known days up to and with ``day``, as many as the policy of ``day`` says."""
        return sorted(known for known in self.known if known <= day)[-self.policy(day)[1] :]


def has_qr(history: History, day: dt.date) -> bool:
    return any(registration.holds(day) for registration in history.registrations)


def is_compliant(world: World, history: History, day: dt.date) -> bool:
    return has_qr(history, day) and any(history.scans.get(known, 0) > 0 for known in world.window(day))


def _days(first: dt.date, last: dt.date) -> list[dt.date]:
    return [first + DAY * number for number in range((last - first).days + 1)]


def is_answered(history: History, reminder: OracleReminder, day: dt.date) -> bool:
    if reminder.reason == "no_qr":
        return any(has_qr(history, later) for later in _days(reminder.day, day))
    return any(history.scans.get(later, 0) > 0 for later in _days(reminder.day, day))


def counted_reminders(world: World, history: History, day: dt.date, beginning: dt.date) -> int:
    """Counted reminders on ``day``; nothing happens before ``beginning``."""
    compliant = [earlier for earlier in _days(beginning, day) if is_compliant(world, history, earlier)]
    counted = {
        (reminder.reason, reminder.day)
        for reminder in history.reminders
        if reminder.day <= day
        and not reminder.withdrawn
        and (not compliant or reminder.day > compliant[-1])
        and not is_answered(history, reminder, day)
    }
    return len(counted)


def is_suspended(history: History, day: dt.date) -> bool:
    for suspension in history.suspensions:
        in_force = suspension.first <= day and (suspension.last is None or day <= suspension.last)
        if suspension.lifted is not None and day >= suspension.lifted:
            in_force = False
        if any(suspension.first <= registration.start <= day for registration in history.registrations):
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
    compliant = is_compliant(world, history, day)
    counted = counted_reminders(world, history, day, beginning)
    if not compliant and counted >= world.policy(day)[0]:
        return "violating"
    if not compliant and counted >= 1:
        return "reminded"
    if compliant:
        return "scanning"
    return "registered" if has_qr(history, day) else "unregistered"
