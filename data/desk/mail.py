"""What people decide about mail (subscriptions, the switch, sending again) and about links to a view."""

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from data.database.connection import Connection
from data.errors import NotAllowed


def subscribe(conn: Connection, account: int, kind: str, weekday: int | None, at: dt.time) -> None:
    """The account gets ``kind`` each week on ``weekday`` (1: Monday) or each day (0) at ``at``; None: no more.

    Raises
    ------
    NotAllowed
    """
    with _refusing(conn):
        conn.execute("SELECT mail_subscribe(%s, %s, %s, %s)", (account, kind, weekday, at))


def switch(conn: Connection, *, is_on: bool) -> None:
    """Stop all mail, or let it go again; raises NotAllowed."""
    with _refusing(conn):
        conn.execute("SELECT mail_switch(%s)", (is_on,))


def again(conn: Connection, mail: int) -> bool:
    """Send again what failed or may have gone; False: it is not so. Raises NotAllowed."""
    with _refusing(conn):
        row = conn.execute("SELECT mail_again(%s) AS done", (mail,)).fetchone()
    return bool(row and row["done"])


def secret_hash(secret: str) -> bytes:
    """What the database keeps of a link's secret."""
    return hashlib.sha256(secret.encode()).digest()


def link_made(conn: Connection, query: str, days: int) -> str:
    """A link of the caller's own to the view of ``query``, for ``days`` (1 to 30); returns its secret, told this once.

    Raises
    ------
    NotAllowed
    """
    secret = secrets.token_urlsafe(32)
    with _refusing(conn):
        conn.execute("SELECT shared_link_make(%s, %s, %s)", (secret_hash(secret), query, days))
    return secret


def link_revoked(conn: Connection, number: int) -> bool:
    """End a link; False: it is not the caller's to end, or has ended."""
    row = conn.execute("SELECT shared_link_revoke(%s) AS done", (number,)).fetchone()
    return bool(row and row["done"])


@contextmanager
def _refusing(conn: Connection) -> Iterator[None]:
    """What the caller may not do leaves the transaction as it was."""
    try:
        with conn.transaction():
            yield
    except psycopg.errors.InsufficientPrivilege as error:
        raise NotAllowed from error
