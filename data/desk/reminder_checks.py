"""Reminders that are hard to believe (``data/sql/implausible.sql``): what waits for the ward's chair, what they say."""

import datetime as dt
from dataclasses import dataclass

from data.database.connection import Connection

LISTED = 100


@dataclass(frozen=True)
class Doubted:
    """A counted reminder that is hard to believe; ``checks`` names what speaks against it."""

    venue_code: str
    venue_name: str
    address: str
    ward_name: str | None
    reminded_on: dt.date
    reason: str
    given_by: str
    checks: tuple[str, ...]


def waiting(conn: Connection) -> list[Doubted]:
    """The first of those that wait for the caller, by ward and venue."""
    rows = conn.execute(
        "SELECT venue_code, venue_name, address, ward_name, reminded_on, reason, given_by,"
        " ARRAY(SELECT jsonb_object_keys(checks) ORDER BY 1) AS checks FROM reminder_checks_open() LIMIT %s",
        (LISTED,),
    )
    return [Doubted(**row | {"checks": tuple(row["checks"])}) for row in rows]


def decide(conn: Connection, doubted: Doubted, *, is_true: bool, why: str) -> bool:
    """Say that the reminder was given, or is wrong, which withdraws it; False: it does not wait for the caller."""
    row = conn.execute(
        "SELECT reminder_check_decide(%s, %s, %s, %s, %s, %s) AS done",
        (doubted.venue_code, doubted.reminded_on, doubted.reason, doubted.given_by, is_true, why),
    ).fetchone()
    return bool(row and row["done"])
