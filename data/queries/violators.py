"""The list of violators of one day: which venues, what was not done, and on which days they were reminded.

Nothing here touches ``venue_contact``, and what a clerk wrote into a name or an address by mistake (a telephone,
identity or tax number) is taken out before anything else sees the row: the list is made to be published.
"""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from data.database.connection import Connection
from data.queries.personal_numbers import without_personal_numbers
from data.queries.scope import DISTRICT, scope_on
from data.status.days import data_span, require_known


@dataclass(frozen=True)
class Violator:
    """A venue that is violating on the day asked for; no telephone, owner or point.

    ``reminder_days`` holds one entry a counted reminder, in order; a day stands twice when two reminders of different
    reasons were given on it. ``ward_code`` is None for a venue whose ward no boundary bears.
    """

    ward_code: str | None
    ward: str | None
    name: str
    address: str
    category: str
    has_qr: bool
    counted_reminders: int
    reminder_days: tuple[dt.date, ...]
    venue_code: str


@dataclass(frozen=True)
class WardCount:
    """Violators of one ward; code and name are None for venues without a ward."""

    code: str | None
    name: str | None
    violators: int


@dataclass(frozen=True)
class ListFacts:
    """What a list must say of itself.

    ``threshold`` and ``window_days`` are the policy in force on ``day``; ``first_day`` is the first day of which
    anything is known, ``last_scan_day`` the last one, up to ``day``, whose scans are known; ``made_on`` is the day the
    list bears as its date; ``by_ward`` names every ward in force on ``day`` that the caller may see, those without
    violators too, and adds up to ``total``; ``scope`` says in words what the caller may see. ``left_out`` counts the
    venues that would be listed but whose status rests on doubtful data (``venue_doubt``: rows that wait for a decision,
    a possible duplicate, a missing export).
    """

    day: dt.date
    threshold: int
    window_days: int
    is_demo: bool
    total: int
    by_ward: tuple[WardCount, ...]
    first_day: dt.date
    last_scan_day: dt.date | None
    made_on: dt.date
    scope: str = DISTRICT
    left_out: int = 0


def violators_on(conn: Connection, day: dt.date) -> tuple[list[Violator], ListFacts]:
    """Venues that violate on ``day``, by ward, name and code as a Vietnamese reader sorts, and the facts of the list.

    A venue whose status rests on doubtful data is not listed, for its name would be published; the facts count it.
    Who violates is read from the periods; which reminders count, from the rule (``reminder_standing``).

    Raises
    ------
    FutureDay, AfterData, BeforeData
    """
    span = data_span(conn)
    require_known(day, span.first_day, span.current_day)
    rows = conn.execute(
        """
        SELECT w.code AS ward_code, w.name AS ward, v.name, v.address, c.name_vi AS category, v.code AS venue_code,
               p.has_qr,
               v.id IN (SELECT d.venue_id FROM venue_doubt AS d) AS is_doubtful,
               ARRAY(SELECT s.reminded_on FROM reminder_standing(v.id, %(day)s) AS s
                     WHERE s.standing = 'counted' ORDER BY s.reminded_on) AS reminder_days
        FROM status_period AS p
        JOIN venue AS v ON v.id = p.venue_id
        JOIN category AS c ON c.code = v.category
        LEFT JOIN ward AS w ON w.id = p.ward_id
        WHERE p.status = 'violating' AND p.from_day <= %(day)s AND p.to_day >= %(day)s
        ORDER BY w.name COLLATE "vi-x-icu" NULLS LAST, w.code, v.name COLLATE "vi-x-icu", v.code
        """,
        {"day": day},
    ).fetchall()
    listed = [
        Violator(
            ward_code=row["ward_code"],
            ward=row["ward"],
            name=without_personal_numbers(row["name"]) or row["venue_code"],
            address=without_personal_numbers(row["address"]),
            category=row["category"],
            has_qr=row["has_qr"],
            counted_reminders=len(row["reminder_days"]),
            reminder_days=tuple(row["reminder_days"]),
            venue_code=row["venue_code"],
        )
        for row in rows
        if not row["is_doubtful"]
    ]
    return listed, _facts(conn, day, listed, left_out=len(rows) - len(listed))


def _facts(conn: Connection, day: dt.date, listed: list[Violator], *, left_out: int) -> ListFacts:
    policy = conn.execute(
        "SELECT reminder_threshold, scanning_window_days,"
        " (SELECT max(day) FROM scan_known_day WHERE day <= %(day)s) AS known"
        " FROM policy WHERE valid_from <= %(day)s ORDER BY valid_from DESC LIMIT 1",
        {"day": day},
    ).fetchone()
    if policy is None:
        raise AssertionError("the migrations lay down a policy from the beginning of time")
    span = data_span(conn)
    return ListFacts(
        day=day,
        threshold=policy["reminder_threshold"],
        window_days=policy["scanning_window_days"],
        is_demo=span.is_demo,
        total=len(listed),
        by_ward=_by_ward(conn, day, listed),
        first_day=span.first_day or day,
        last_scan_day=policy["known"],
        made_on=max(span.current_day, day),
        left_out=left_out,
        scope=scope_on(conn, day),
    )


def _by_ward(conn: Connection, day: dt.date, listed: list[Violator]) -> tuple[WardCount, ...]:
    found = Counter((row.ward_code, row.ward) for row in listed)
    wards = conn.execute(
        """
        SELECT code, name FROM ward
        WHERE (is_valid_on(valid_from, valid_to, %(day)s)
               AND (is_unrestricted() OR id = ANY (caller_wards())))
           OR (code, name) IN (SELECT * FROM unnest(%(codes)s::text[], %(names)s::text[]))
        GROUP BY code, name ORDER BY name COLLATE "vi-x-icu", code
        """,
        {"day": day, "codes": [code for code, _ in found], "names": [name for _, name in found]},
    ).fetchall()
    counts = [WardCount(row["code"], row["name"], found[row["code"], row["name"]]) for row in wards]
    if found[None, None]:
        counts.append(WardCount(None, None, found[None, None]))
    return tuple(counts)
