"""The offices' own layouts of letters: a new version, and which is used (``data/sql/templates.sql``)."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psycopg

from data.database.connection import Connection
from data.errors import NotAllowed


def added(conn: Connection, kind: str, sha256: str, name: str, fields: Sequence[str]) -> int:
    """A new version, used from now on; returns its number. Raises NotAllowed."""
    with _refusing(conn):
        row = conn.execute(
            "SELECT template_add(%s, %s, %s, %s) AS number", (kind, sha256, name, list(fields))
        ).fetchone()
    if row is None:
        raise AssertionError("a function gives one row")
    return int(row["number"])


def used(conn: Connection, kind: str, number: int | None) -> bool:
    """Use a version from now on; None: the product's own layout. False: there is no such version. Raises NotAllowed."""
    with _refusing(conn):
        row = conn.execute("SELECT template_use_set(%s, %s) AS done", (kind, number)).fetchone()
    return bool(row and row["done"])


@contextmanager
def _refusing(conn: Connection) -> Iterator[None]:
    try:
        with conn.transaction():
            yield
    except psycopg.errors.InsufficientPrivilege as error:
        raise NotAllowed from error
