"""Orders of posters: asking for one, and cancelling it (``data/sql/posters.sql``)."""

from collections.abc import Sequence

from psycopg.types.json import Jsonb

from data.database.connection import Connection


def ask(conn: Connection, asked: Jsonb, labels: Sequence[str], total: int) -> int | None:
    """Order posters in the caller's name; None: as many as may be open at once are."""
    row = conn.execute("SELECT poster_order_ask(%s, %s, %s) AS number", (asked, list(labels), total)).fetchone()
    return row["number"] if row else None


def cancel(conn: Connection, number: int) -> bool:
    """Cancel the caller's own order; False: it is not theirs, or has ended."""
    row = conn.execute("SELECT poster_order_cancel(%s) AS done", (number,)).fetchone()
    return bool(row and row["done"])
