"""Which statuses a load, or taking one back, changes on the current day: the page shows it before anybody decides."""

from typing import Any

from data.database.connection import Connection

MOST_NAMED = 100
"""Venues that are named of those which become violating, or stop being so; all are counted."""


def note_statuses(conn: Connection) -> None:
    """Keep the statuses of now, until the end of the transaction, to compare with.

    The current day is the demonstration's while there is no other load, so that the first real load moves it, and
    taking that back moves it again: then the statuses of the calendar's day are compared, not those of two days.
    """
    conn.execute(
        """
        CREATE TEMP TABLE status_before ON COMMIT DROP AS
        SELECT v.code, v.name, v.status, current_day() AS day,
               CASE WHEN current_day() = today() THEN v.status ELSE p.status END AS status_today
        FROM venue AS v
        LEFT JOIN status_period AS p ON current_day() <> today() AND p.venue_id = v.id
                                    AND today() BETWEEN p.from_day AND p.to_day
        """
    )


def compare(conn: Connection) -> dict[str, Any]:
    """What has changed since :func:`note_statuses`, by the codes of the venues.

    ``changed``: [{before, after, venues}], None where there was or is no status (or no venue). ``violating`` and
    ``no_longer_violating``: {count, venues: [{code, name}]}, at most MOST_NAMED named.
    """
    conn.execute(
        """
        CREATE TEMP TABLE status_change ON COMMIT DROP AS
        WITH turned AS (SELECT COALESCE(bool_or(day <> current_day()), false) AS day FROM status_before),
        was AS (
            SELECT code, name, CASE WHEN turned.day THEN status_today ELSE status END AS status
            FROM status_before CROSS JOIN turned
        ),
        now AS (
            SELECT v.code, v.name, CASE WHEN turned.day AND current_day() <> today() THEN p.status ELSE v.status END
                   AS status
            FROM venue AS v CROSS JOIN turned
            LEFT JOIN status_period AS p ON turned.day AND current_day() <> today() AND p.venue_id = v.id
                                        AND today() BETWEEN p.from_day AND p.to_day
        )
        SELECT code, COALESCE(now.name, was.name) AS name, was.status AS before, now.status AS after
        FROM was FULL JOIN now USING (code) WHERE was.status IS DISTINCT FROM now.status
        """
    )
    changed = conn.execute(
        "SELECT before::text, after::text, count(*) AS venues FROM status_change GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2"
    ).fetchall()
    return {
        "changed": [dict(row) for row in changed],
        "violating": _named(conn, "after"),
        "no_longer_violating": _named(conn, "before"),
    }


def _named(conn: Connection, side: str) -> dict[str, Any]:
    rows = conn.execute(
        f"SELECT code, name, count(*) OVER () AS count FROM status_change WHERE {side} = 'violating'"  # noqa: S608
        " ORDER BY code LIMIT %s",
        (MOST_NAMED,),
    ).fetchall()
    return {
        "count": rows[0]["count"] if rows else 0,
        "venues": [{"code": row["code"], "name": row["name"]} for row in rows],
    }
