"""Which statuses a load, or taking one back, changes on the current day: the page shows it before anybody decides."""

from typing import Any

import psycopg

Connection = psycopg.Connection[dict[str, Any]]

MOST_NAMED = 100
"""Venues that are named of those which become violating, or stop being so; all are counted."""


def remember(conn: Connection) -> None:
    """Keep the statuses of now, until the end of the transaction, to compare with."""
    conn.execute("CREATE TEMP TABLE status_before ON COMMIT DROP AS SELECT code, name, status FROM venue")


def compare(conn: Connection) -> dict[str, Any]:
    """What has changed since :func:`remember`, by the codes of the venues.

    ``changed``: [{before, after, venues}], None where there was or is no status (or no venue). ``violating`` and
    ``no_longer_violating``: {count, venues: [{code, name}]}, at most MOST_NAMED named.
    """
    conn.execute(
        """
        CREATE TEMP TABLE status_change ON COMMIT DROP AS
        SELECT code, COALESCE(v.name, b.name) AS name, b.status AS before, v.status AS after
        FROM status_before AS b FULL JOIN venue AS v USING (code) WHERE b.status IS DISTINCT FROM v.status
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
