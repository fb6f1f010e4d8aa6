"""When the wards' loudspeakers spoke: recording it, and taking it back (``data/sql/broadcasts.sql``)."""

import datetime as dt
from typing import Literal

import psycopg

from data.database.connection import Connection
from data.errors import NotAllowed


def recorded(
    conn: Connection, ward: int, day: dt.date, at: dt.time, times: int, by: str
) -> Literal["", "unusable", "twice"]:
    """Record a broadcast; said again it stands there once.

    Returns "unusable" where the moment lies ahead or long ago, or nobody is named, "twice" where the log says something
    else of that ward and moment. Raises NotAllowed.
    """
    try:
        with conn.transaction():
            row = conn.execute(
                "SELECT broadcast_add(%s, %s, %s, %s, %s) AS number", (ward, day, at, times, by)
            ).fetchone()
    except psycopg.errors.InsufficientPrivilege as error:
        raise NotAllowed from error
    number = row and row["number"]
    return "" if number else "unusable" if number is None else "twice"


def withdrawn(conn: Connection, number: int, why: str) -> bool:
    """Take a record back; False: it is not the caller's, or there is no reason."""
    row = conn.execute("SELECT broadcast_withdraw(%s, %s) AS done", (number, why)).fetchone()
    return bool(row and row["done"])
