"""Does it work: from the first reminder to compliance, visits per solved venue, relapses, and what the lot tells.

Compliance is seen on known days only (``data/sql/status_rule.sql``), so that each figure is of what files have shown.
Venues that were merged into others are counted with these; venues of a ward that the caller may not see are not.
"""

from dataclasses import dataclass

from data.database.connection import Connection

RELAPSE_DAYS = 30
"""For so long a venue has to have been seen after it complied, before it is said to have or have not relapsed."""
LOT_DAYS = 30
"""Within how many days after the day of the lot a venue of it has complied, or has not."""

_WAITING = """
    WITH today AS (SELECT current_day() AS day OFFSET 0),
    first AS (
        SELECT COALESCE(v.merged_into, v.id) AS venue_id, min(r.reminded_on) AS day
        FROM reminder AS r JOIN venue AS v ON v.id = r.venue_id CROSS JOIN today
        WHERE r.withdrawn_on IS NULL AND r.reminded_on <= today.day GROUP BY 1
    ),
    ended AS (
        SELECT f.venue_id, f.day, complied.day AS complied_on,
               (
                   SELECT max(LEAST(p.to_day, today.day)) FROM status_period AS p
                   WHERE p.venue_id = f.venue_id AND p.from_day <= today.day
               ) AS seen_until,  -- NULL: it was never open
               EXISTS (
                   SELECT FROM status_period AS p
                   WHERE p.venue_id = f.venue_id AND p.from_day < f.day AND p.to_day >= f.day AND p.status = 'scanning'
               ) AS complied_before
        FROM first AS f CROSS JOIN today
        LEFT JOIN LATERAL (
            SELECT min(GREATEST(p.from_day, f.day)) AS day FROM status_period AS p
            WHERE p.venue_id = f.venue_id AND p.status = 'scanning' AND p.to_day >= f.day AND p.from_day <= today.day
        ) AS complied ON true
    )
"""


@dataclass(frozen=True)
class Waiting:
    """Venues of one ward that waited as long: ``days`` from the first reminder to compliance, or, where that has not
    been seen (``complied`` False), to the last day on which the venue was seen.
    """

    ward_code: str | None
    ward_name: str | None
    days: int
    complied: bool
    venues: int


@dataclass(frozen=True)
class Relapses:
    """Of the venues that complied after a reminder and were seen for RELAPSE_DAYS since: how many no longer did."""

    seen: int
    relapsed: int
    too_short: int
    """That complied too lately to say."""


@dataclass(frozen=True)
class Visits:
    """Recorded visits of one kind, the venues visited, and those of them that complied on a later day."""

    kind: str
    visits: int
    venues: int
    solved: int


@dataclass(frozen=True)
class Lot:
    """Of the venues that the lot chose for a day at least LOT_DAYS ago: how many, and how many complied within them."""

    was_visited: bool
    venues: int
    complied: int


@dataclass(frozen=True)
class Effects:
    """All that the screen shows, of one state of the data; ``complied_before``: left out, for they complied already."""

    waiting: list[Waiting]
    complied_before: int
    relapses: Relapses
    visits: list[Visits]
    lots: list[Lot]


def effects(conn: Connection) -> Effects:
    """The figures of the current day; the caller's transaction sees one state of the data."""
    before = conn.execute(f"{_WAITING} SELECT count(*) AS n FROM ended WHERE complied_before").fetchone()  # noqa: S608
    return Effects(_waiting(conn), int(before["n"]) if before else 0, _relapses(conn), _visits(conn), _lots(conn))


def _waiting(conn: Connection) -> list[Waiting]:
    rows = conn.execute(
        f"""{_WAITING}
        SELECT w.code AS ward_code, w.name AS ward_name, COALESCE(e.complied_on, e.seen_until) - e.day AS days,
               e.complied_on IS NOT NULL AS complied, count(*) AS venues
        FROM ended AS e JOIN venue AS v ON v.id = e.venue_id LEFT JOIN ward AS w ON w.id = v.ward_id
        WHERE NOT e.complied_before AND COALESCE(e.complied_on, e.seen_until) >= e.day
        GROUP BY 1, 2, 3, 4 ORDER BY 2, 1, 3, 4
        """  # noqa: S608
    )
    return [Waiting(**row) for row in rows]


def _relapses(conn: Connection) -> Relapses:
    row = conn.execute(
        f"""{_WAITING}
        SELECT count(*) FILTER (WHERE e.seen_until - e.complied_on >= %(days)s) AS seen,
               count(*) FILTER (WHERE e.seen_until - e.complied_on < %(days)s) AS too_short,
               count(*) FILTER (WHERE e.seen_until - e.complied_on >= %(days)s AND EXISTS (
                   SELECT FROM status_period AS p
                   WHERE p.venue_id = e.venue_id AND p.status <> 'scanning'
                     AND p.from_day BETWEEN e.complied_on + 1 AND e.complied_on + %(days)s
               )) AS relapsed
        FROM ended AS e WHERE e.complied_on IS NOT NULL AND NOT e.complied_before
        """,  # noqa: S608
        {"days": RELAPSE_DAYS},
    ).fetchone()
    return Relapses(row["seen"], row["relapsed"], row["too_short"]) if row else Relapses(0, 0, 0)


def _visits(conn: Connection) -> list[Visits]:
    rows = conn.execute(
        """
        SELECT x.kind, count(*) AS visits, count(DISTINCT c.venue_id) AS venues,
               count(DISTINCT c.venue_id) FILTER (WHERE EXISTS (
                   SELECT FROM status_period AS p
                   WHERE p.venue_id = c.venue_id AND p.status = 'scanning' AND p.to_day > x.outcome_on
                     AND p.from_day <= current_day()
               )) AS solved
        FROM visit AS x JOIN case_file AS c ON c.id = x.case_id
        WHERE c.state = 'recorded' AND c.venue_id IS NOT NULL GROUP BY x.kind ORDER BY x.kind
        """
    )
    return [Visits(**row) for row in rows]


def _lots(conn: Connection) -> list[Lot]:
    rows = conn.execute(
        """
        SELECT x.outcome IS NOT NULL AS was_visited, count(*) AS venues,
               count(*) FILTER (WHERE EXISTS (
                   SELECT FROM status_period AS p
                   WHERE p.venue_id = c.venue_id AND p.status = 'scanning' AND p.to_day >= drawn.day
                     AND p.from_day <= drawn.day + %(days)s
               )) AS complied
        FROM visit AS x JOIN case_file AS c ON c.id = x.case_id
        CROSS JOIN LATERAL (
            SELECT min(e.day) AS day FROM case_entry AS e WHERE e.case_id = c.id AND e.step = 'plan'
        ) AS drawn
        WHERE x.drawn AND c.venue_id IS NOT NULL AND drawn.day + %(days)s <= current_day()
          -- taken off a route and put on again, a venue was chosen once
          AND NOT (c.state = 'waived' AND EXISTS (
              SELECT FROM case_file AS o JOIN visit AS y ON y.case_id = o.id
              JOIN case_entry AS e ON e.case_id = o.id AND e.step = 'plan'
              WHERE o.venue_id = c.venue_id AND o.id > c.id AND y.drawn AND e.day <= drawn.day + %(days)s
          ))
        GROUP BY 1 ORDER BY 1 DESC
        """,
        {"days": LOT_DAYS},
    )
    return [Lot(**row) for row in rows]
