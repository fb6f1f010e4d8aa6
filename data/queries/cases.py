"""Cases as they stand: which are open, until when, what one of them went through, and what speaks against it since.

What may follow on what stands in ``data/sql/cases.sql``; a caller sees the cases of the venues that they may see, and
none without a right to take a step of one (``data/sql/access.sql``).
"""

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any

from data.database.connection import Connection
from data.queries.cases_sql import CASES, SHOWN

ANNOUNCED_A_DAY = 3
ANNOUNCED_DAYS = 7
"""A decision to suspend in an epidemic is read out 3 times a day for 7 days: Nghị định 101/2010 art. 17, 18."""
MOST_LISTED = 100


@dataclass(frozen=True)
class CaseLine:
    """A case in a list.

    Attributes
    ----------
    kind, planned_for, outcome, outcome_on
        Of a visit; the last is the day on which it was made.
    since
        Day of its last step, in the data's calendar.
    due_on, days_over
        The working day by which the next step is due, and working days since then: 0 on the day itself, below 0 before.
    due_at
        The moment by which it is due, where hours count.
    is_mine
        Whether the step that carries it on is the caller's to take.
    is_doubtful
        A suspension whose venue stands below the threshold by now (``counted`` of ``threshold`` reminders), or has
        closed (then both are None).
    next_step
        The step that carries it on; None where nobody is to take one.
    """

    id: int
    process: str
    state: str
    venue_code: str
    venue_name: str | None
    address: str | None
    ward_code: str | None
    ward: str | None
    kind: str | None
    planned_for: dt.date | None
    outcome: str | None
    outcome_on: dt.date | None
    opened_by: str | None
    since: dt.date | None
    due_on: dt.date | None
    due_at: dt.datetime | None
    closed_at: dt.datetime | None
    days_over: int | None
    is_overdue: bool
    is_mine: bool
    is_doubtful: bool
    counted: int | None
    threshold: int | None
    next_step: str | None


@dataclass(frozen=True)
class StateCount:
    """How many cases of a process are in a state: all, those overdue, and those that wait for the caller."""

    process: str
    state: str
    is_closed: bool
    count: int
    overdue: int
    mine: int


@dataclass(frozen=True)
class Entry:
    """A step as it was taken; ``by_name`` is None where the machine took it, by a rule."""

    id: int
    step: str
    to_state: str
    at: dt.datetime
    day: dt.date
    by_name: str | None
    role: str
    facts: dict[str, Any]
    paper: dict[str, Any] | None


@dataclass(frozen=True)
class Standing:
    """The venue of a case today: its status, the days of the reminders that count, and since when it has a QR."""

    status: str | None
    category: str
    counted: int
    threshold: int
    reminder_days: tuple[dt.date, ...]
    registered_on: dt.date | None


@dataclass(frozen=True)
class Written:
    """What a case has written into the venue's suspensions; ``lifted_on`` is the first day no longer in force."""

    starts_on: dt.date
    ends_on: dt.date | None
    lifted_on: dt.date | None
    basis: str


@dataclass(frozen=True)
class VisitFacts:
    """What was planned and found; ``second`` is a login, ``signature`` and ``photo`` are SHA-256."""

    kind: str
    day: dt.date | None
    drawn: bool
    reasons: list[dict[str, Any]]
    sign: str | None
    outcome: str | None
    outcome_on: dt.date | None
    words: str | None
    signed: str | None
    second: str | None
    signature: str | None
    photo: str | None


@dataclass(frozen=True)
class Case:
    """All that is known of one case; ``related``: of the same venue, those that it follows or that follow it first."""

    day: dt.date
    line: CaseLine
    facts: dict[str, Any]
    about: int | None
    entries: tuple[Entry, ...]
    standing: Standing | None
    written: Written | None
    visit: VisitFacts | None
    related: tuple[CaseLine, ...]

    @property
    def announcements(self) -> "Announcements | None":
        """Of a decision."""
        return announcements(self) if self.line.process == "suspension_decision" else None


@dataclass(frozen=True)
class Announcements:
    """How often a decision was announced on each of its days; ``others``: on days after."""

    days: tuple[tuple[dt.date, int], ...]
    others: int
    today: dt.date

    @property
    def made(self) -> int:
        """How many of the ``needed`` were made: more than three on one day count as three."""
        return sum(min(times, ANNOUNCED_A_DAY) for _, times in self.days)

    @property
    def needed(self) -> int:
        """3 a day for 7 days."""
        return ANNOUNCED_A_DAY * len(self.days)

    @property
    def lacking(self) -> tuple[tuple[dt.date, int], ...]:
        """Days up to today with fewer than three, and how many each lacks."""
        return tuple(
            (day, ANNOUNCED_A_DAY - times) for day, times in self.days if times < ANNOUNCED_A_DAY and day <= self.today
        )


def case_lines(
    conn: Connection,
    *,
    process: str | None = None,
    state: str | None = None,
    ward: str | None = None,
    venue: str | None = None,
    is_mine: bool = False,
    is_open: bool = True,
) -> list[CaseLine]:
    """Cases that the caller may see, overdue ones first, then by when they are due; ``MOST_LISTED`` at most.

    ``ward`` and ``venue`` are codes, and the cases of a venue are those of what was merged into it, too; ``is_mine``:
    only those that wait for the caller; ``is_open``: none is closed.
    """
    rows = conn.execute(
        f"""
        {CASES}, found AS MATERIALIZED (
            SELECT *, row_number() OVER () AS place FROM (
                SELECT * FROM line
                WHERE (%(process)s::text IS NULL OR process = %(process)s)
                  AND (%(state)s::text IS NULL OR state = %(state)s)
                  AND (%(ward)s::text IS NULL OR ward_code = %(ward)s)
                  AND (%(venue)s::text IS NULL OR venue_code = %(venue)s
                       OR venue_id = (SELECT v.id FROM venue AS v WHERE v.code = %(venue)s))
                  AND (NOT %(mine)s OR is_mine) AND (NOT %(open)s OR closed_at IS NULL)
                ORDER BY is_overdue DESC, due_at ASC NULLS LAST, due_on ASC NULLS LAST,
                         closed_at DESC NULLS FIRST, id DESC
                LIMIT {MOST_LISTED}
            ) AS listed
        ) {SHOWN}
        """,  # noqa: S608  # named above
        {"process": process, "state": state, "ward": ward, "venue": venue, "mine": is_mine, "open": is_open},
    )
    return [CaseLine(**row) for row in rows]


def state_counts(conn: Connection, ward: str | None = None) -> list[StateCount]:
    """How many cases there are by process and state, as far as the caller may see them; ``ward`` is a code."""
    rows = conn.execute(
        f"""
        {CASES} SELECT process, state, closed_at IS NOT NULL AS is_closed, count(*)::integer AS count,
               count(*) FILTER (WHERE is_overdue)::integer AS overdue,
               count(*) FILTER (WHERE is_mine)::integer AS mine
        FROM line WHERE %(ward)s::text IS NULL OR ward_code = %(ward)s
        GROUP BY 1, 2, 3 ORDER BY 1, 3, 2
        """,  # noqa: S608  # named above
        {"ward": ward},
    )
    return [StateCount(**row) for row in rows]


def case_of(conn: Connection, number: int) -> Case | None:
    """One case with all that belongs to it; None: there is none, or none that the caller may see."""
    row = conn.execute(
        f"""
        {CASES}, found AS MATERIALIZED (SELECT *, 1 AS place FROM line WHERE id = %(id)s)
        SELECT shown.*, c.facts, c.about, c.venue_id, today.day
        FROM ({SHOWN}) AS shown JOIN case_file AS c ON c.id = shown.id CROSS JOIN today
        """,  # noqa: S608  # named above
        {"id": number},
    ).fetchone()
    if row is None:
        return None
    facts, about, venue, day = (row.pop(name) for name in ("facts", "about", "venue_id", "day"))
    line = CaseLine(**row)
    return Case(
        day,
        line,
        facts,
        about,
        _entries(conn, number),
        _standing(conn, venue, day) if venue else None,
        _written(conn, number),
        _visit(conn, number),
        _related(conn, line, about),
    )


def steps_of_caller(conn: Connection, line: CaseLine) -> list[str]:
    """Steps of the case that the caller may take now; what must be true besides is not asked."""
    rows = conn.execute(
        """
        SELECT s.step FROM allowed_steps() AS s
        WHERE s.process = %s AND s.from_state = %s AND s.rights <> '{}' AND caller_may(VARIADIC s.rights)
          AND (NOT %s OR caller_may('inspect'))
        """,
        (line.process, line.state, line.kind == "inspection"),
    )
    return [row["step"] for row in rows]


def announcements(case: Case) -> Announcements:
    """How often the decision was announced on its 7 days, which begin with the first announcement, as the desk counts
    (``waiting_sql.ANNOUNCE_AGAIN``); where there is none yet, with the day on which it was issued."""
    issued = next((entry.day for entry in case.entries if entry.step == "enter"), case.day)
    if said := case.facts.get("issued_at"):
        issued = dt.datetime.fromisoformat(said).date()
    made = [_day(entry.facts.get("day")) or entry.day for entry in case.entries if entry.step == "announce"]
    first = min(made, default=issued)
    times = Counter(made)
    days = [first + dt.timedelta(days=n) for n in range(ANNOUNCED_DAYS)]
    of_days = tuple((day, times.pop(day, 0)) for day in days)
    return Announcements(of_days, times.total(), case.day)


def _day(text: object) -> dt.date | None:
    """A day that somebody said, None where it is none."""
    try:
        return dt.date.fromisoformat(str(text))
    except ValueError:
        return None


def _entries(conn: Connection, number: int) -> tuple[Entry, ...]:
    rows = conn.execute(
        "SELECT id, step, to_state, at, day, by_name, role, facts, paper FROM case_entry"
        " WHERE case_id = %s ORDER BY id",
        (number,),
    )
    return tuple(Entry(**row) for row in rows)


def _standing(conn: Connection, venue: int, day: dt.date) -> Standing | None:
    row = conn.execute(
        """
        SELECT s.status::text AS status, g.name_vi AS category, s.counted_reminders AS counted,
               s.reminder_threshold AS threshold, r.registered_on,
               ARRAY(SELECT d.reminded_on FROM reminder_standing(%(venue)s, %(day)s) AS d
                     WHERE d.standing = 'counted' ORDER BY 1) AS reminder_days
        FROM venue AS v JOIN category AS g ON g.code = v.category
        CROSS JOIN venue_status(v.id, %(day)s) AS s
        LEFT JOIN registration AS r ON r.id = s.registration_id
        WHERE v.id = %(venue)s
        """,
        {"venue": venue, "day": day},
    ).fetchone()
    return Standing(**row | {"reminder_days": tuple(row["reminder_days"])}) if row else None


def _written(conn: Connection, number: int) -> Written | None:
    row = conn.execute(
        "SELECT starts_on, ends_on, lifted_on, basis FROM suspension WHERE case_id = %s ORDER BY id DESC LIMIT 1",
        (number,),
    ).fetchone()
    return Written(**row) if row else None


def _visit(conn: Connection, number: int) -> VisitFacts | None:
    row = conn.execute(
        "SELECT kind, day, drawn, reasons, sign, outcome, outcome_on, words, signed, second, signature, photo"
        " FROM visit WHERE case_id = %s",
        (number,),
    ).fetchone()
    return VisitFacts(**row) if row else None


def _related(conn: Connection, line: CaseLine, about: int | None) -> tuple[CaseLine, ...]:
    rows = conn.execute(
        f"""
        {CASES}, found AS MATERIALIZED (
            SELECT *, row_number() OVER (ORDER BY (about = %(id)s OR id = %(about)s) IS NOT TRUE, id DESC) AS place
            FROM line WHERE venue_code = %(code)s AND id <> %(id)s LIMIT 20
        ) {SHOWN}
        """,  # noqa: S608  # named above
        {"code": line.venue_code, "id": line.id, "about": about},
    )
    return tuple(CaseLine(**row) for row in rows)
