"""Status through time: brings the derived tables in step with the events, and checks them against the rule.

The rule itself is ``data/sql/status_rule.sql``; here is only when it is asked. Callers hold the loader's lock
(:func:`lock`), so that events cannot change between the computing and the commit.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from psycopg.sql import SQL, Identifier

from data import locks
from data.database.connection import Connection

ONLY_DERIVED = dt.date.max
"""``from_day`` of :func:`after_load` for events that the rule does not read themselves."""

_EVENTS = ("venue_opening", "registration", "scan_count", "scan_total", "reminder", "suspension")
_DERIVED_FROM_SCANS = ("scan_stretch", "scan_reach", "venue_reading")


@dataclass(frozen=True)
class Difference:
    """A stretch of days on which ``status_period`` says otherwise than the rule (``None``: no status).

    Where the statuses agree, whether there are a QR and scans stands behind them.
    """

    venue_code: str
    from_day: dt.date
    stored: str | None
    by_rule: str | None


def lock(conn: Connection, *, wait: bool = True) -> bool:
    """Take the lock of all that writes events or periods, until the transaction ends; ``False``: somebody has it."""
    if wait:
        conn.execute("SELECT pg_advisory_xact_lock(%s, %s)", locks.LOADER)
        return True
    row = conn.execute("SELECT pg_try_advisory_xact_lock(%s, %s) AS taken", locks.LOADER).fetchone()
    return bool(row and row["taken"])


def after_load(
    conn: Connection, touched_venue_ids: Iterable[int], *, days_changed: bool, from_day: dt.date | None = None
) -> int:
    """Bring everything derived in step with the events of this transaction.

    Parameters
    ----------
    touched_venue_ids
        Venues of which a row of any event table, a total, the opening, the ward or ``merged_into`` changed (of the
        latter those merged, and what they were and are merged into).
    days_changed
        Whether ``scan_day``, ``scan_export`` or ``policy`` changed, so that windows moved for other venues, too.
    from_day
        What changed says nothing of the days before it, so that their status stands; None: it may, of any. Of totals
        the rule reads what follows from them alone: ``ONLY_DERIVED``.

    Returns
    -------
    int
        Rows of ``status_period`` written or removed.
    """
    since = _refresh_scans(conn, sorted(set(touched_venue_ids)), from_day, days_changed=days_changed)
    if from_day is None:
        since = dict.fromkeys(since)
    _analyze(conn, _DERIVED_FROM_SCANS)
    changed = sum(_refresh(conn, _all_if_most(conn, venues), first) for venues, first in _by_first_day(since))
    conn.execute("SELECT refresh_current_status_of(%s)", (_all_if_most(conn, set(since)),))
    return changed


def _by_first_day(since: Mapping[int, dt.date | None]) -> list[tuple[set[int], dt.date | None]]:
    """Venues in groups, each with the first day from which on it is to be computed anew; the earliest first.

    Of a weekly export nearly all venues differ in its last days only, and the few that came or were missing for long
    would have all of them computed from far back: those of no first day, and the earliest tenth, go by themselves.
    """
    late = sorted(day for day in since.values() if day is not None)
    bound = late[len(late) // 10] if late else None
    groups: dict[int, set[int]] = {}
    for venue, day in since.items():
        groups.setdefault(0 if day is None else 1 if bound and day < bound else 2, set()).add(venue)
    firsts = {0: None, 1: late[0] if late else None, 2: bound}
    return [(groups[number], firsts[number]) for number in sorted(groups)]


def _all_if_most(conn: Connection, venue_ids: set[int]) -> list[int] | None:
    """Where nearly all venues are named, one pass over the tables is cheaper than looking each one up."""
    row = conn.execute("SELECT count(*) AS venues FROM venue").fetchone()
    return None if row and len(venue_ids) > row["venues"] * 2 / 3 else sorted(venue_ids)


def rebuild(conn: Connection) -> int:
    """Recompute every venue's periods from the events; returns the rows of ``status_period`` that had differed."""
    # after a restore the planner knows nothing of them
    conn.execute(f"ANALYZE {', '.join((*_EVENTS, *_DERIVED_FROM_SCANS))}")
    _refresh_scans(conn, None, None, days_changed=True)
    _analyze(conn, _DERIVED_FROM_SCANS)
    changed = _refresh(conn, None, None)
    conn.execute("SELECT refresh_current_status()")
    return changed


def _refresh_scans(
    conn: Connection, venue_ids: list[int] | None, from_day: dt.date | None, *, days_changed: bool
) -> dict[int, dt.date | None]:
    """What follows from scans for ``venue_ids`` (None: all); returns the venues whose status may differ, and from which
    day on (None: any)."""
    _analyze(conn, _EVENTS)
    rows = conn.execute(
        "SELECT changed_id AS venue, CASE WHEN count(changed_from) = count(*) AND isfinite(min(changed_from))"
        " THEN min(changed_from) END AS since"
        " FROM refresh_scans(%s::integer[], %s, %s) GROUP BY changed_id",
        (venue_ids, from_day, days_changed),
    )
    return {row["venue"]: row["since"] for row in rows if row["since"] != ONLY_DERIVED}


def _analyze(conn: Connection, tables: Sequence[str]) -> None:
    """What this transaction has written, it may be millions of rows, is known to the planner from here on; and what
    nobody has looked at yet, for of an empty table the planner would expect thousands.
    """
    unknown = conn.execute(
        "SELECT c.relname AS name FROM pg_class AS c LEFT JOIN pg_stat_xact_user_tables AS s ON s.relid = c.oid"
        " WHERE c.oid = ANY(%s::regclass[]) AND (c.reltuples < 0 OR s.n_tup_ins + s.n_tup_upd + s.n_tup_del > 0)",
        (list(tables),),
    ).fetchall()
    for table in unknown:
        conn.execute(SQL("ANALYZE {}").format(Identifier(table["name"])))


def _refresh(conn: Connection, venue_ids: list[int] | None, from_day: dt.date | None) -> int:
    row = conn.execute(
        "SELECT refresh_status_periods(%s, COALESCE(%s, '-infinity'::date)) AS changed", (venue_ids, from_day)
    ).fetchone()
    return int(row["changed"]) if row else 0


def advance(conn: Connection) -> bool:
    """Move the current status on to today; ``True`` when the day had turned. The app's reading role may do it."""
    row = conn.execute("SELECT advance_day() AS turned").fetchone()
    return bool(row and row["turned"])


def check(conn: Connection, limit: int = 1000) -> list[Difference]:
    """Where the stored periods differ from the rule, at most ``limit`` stretches, by venue and day.

    Both sides are compared on every day on which either of them begins or ends, so that no day is left out.
    """
    conn.execute("SELECT compute_status_periods(NULL)")
    rows = conn.execute(
        """
        WITH edge AS (
            SELECT venue_id, from_day AS day FROM new_period
            UNION SELECT venue_id, to_day + 1 FROM new_period WHERE isfinite(to_day)
            UNION SELECT venue_id, from_day FROM status_period
            UNION SELECT venue_id, to_day + 1 FROM status_period WHERE isfinite(to_day)
        )
        SELECT v.code, e.day,
               p.status || CASE WHEN p.status = n.status THEN otherwise.stored ELSE '' END AS stored,
               n.status || CASE WHEN p.status = n.status THEN otherwise.by_rule ELSE '' END AS by_rule
        FROM edge AS e
        JOIN venue AS v ON v.id = e.venue_id
        LEFT JOIN status_period AS p ON p.venue_id = e.venue_id AND e.day BETWEEN p.from_day AND p.to_day
        LEFT JOIN new_period AS n ON n.venue_id = e.venue_id AND e.day BETWEEN n.from_day AND n.to_day
        CROSS JOIN LATERAL (
            SELECT concat(', has_qr: ' || p.has_qr, ', has_scans: ' || p.has_scans) AS stored,
                   concat(', has_qr: ' || n.has_qr, ', has_scans: ' || n.has_scans) AS by_rule
        ) AS otherwise
        WHERE (p.ward_id, p.status, p.has_qr, p.has_scans) IS DISTINCT FROM (n.ward_id, n.status, n.has_qr, n.has_scans)
        ORDER BY v.code, e.day LIMIT %s
        """,
        (limit,),
    )
    return [Difference(row["code"], row["day"], row["stored"], row["by_rule"]) for row in rows]
