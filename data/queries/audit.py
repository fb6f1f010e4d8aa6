"""What stands in the audit: a search for whoever may read all of it, and the history of one venue for whoever sees it.

Row-level security decides both (``data/sql/audit_reading.sql``): to anybody else there is nothing.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from data.database.connection import Connection

PAGE = 50
MOST_OF_A_VENUE = 30

GROUPS: dict[str, tuple[str, ...]] = {
    "accounts": ("account", "account_ward", "account_unit", "account_identity", "session", "sign_in", "sign_out"),
    "personal": ("contact", "photo"),
    "exports": ("export", "document", "file"),
    "field": ("reminder", "registration", "suspension", "field_event"),
    "cases": ("case_file", "case_entry", "visit", "visit_plan", "plan_team"),
    "decisions": ("link_decision", "decided_venue", "merge_decision", "venue_point", "venue"),
    "loads": ("load", "received_file", "refused_file", "column_mapping"),
    "jobs": ("job",),
    "settings": ("policy", "ward"),
    "refused": ("refused",),
}
"""Kinds of actions that a person can look for -> first words of ``audit_entry.action``."""


@dataclass(frozen=True)
class Asked:
    """What is looked for; None: whatever. Days include both ends, in Asia/Ho_Chi_Minh."""

    from_day: dt.date | None = None
    to_day: dt.date | None = None
    person: str | None = None
    group: str | None = None
    subject: str | None = None
    older_than: int | None = None


@dataclass(frozen=True)
class AuditRow:
    """An entry as the screen shows it."""

    id: int
    at: dt.datetime
    login: str
    role: str
    address: str
    request_id: str
    action: str
    subject_kind: str
    subject: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


@dataclass(frozen=True)
class VenueEntry:
    """An entry about a venue; ``subject`` is another's code where that was merged into it."""

    id: int
    at: dt.datetime
    login: str
    role: str
    action: str
    subject: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


def search(conn: Connection, asked: Asked) -> list[AuditRow]:
    """The newest entries that match, and one more than ``PAGE`` where there are more."""
    conditions, values = _conditions(asked)
    rows = conn.execute(
        f"""
        SELECT id, at, login, role, address, request_id, action, subject_kind, subject, before, after
        FROM audit_entry WHERE {" AND ".join(conditions)} ORDER BY id DESC LIMIT %(most)s
        """,  # noqa: S608  # conditions of this module
        values | {"most": PAGE + 1},
    )
    return [AuditRow(**row) for row in rows]


def _conditions(asked: Asked) -> tuple[list[str], dict[str, Any]]:
    possible = {
        "id < %(older_than)s": asked.older_than,
        "at >= %(from_day)s::date": asked.from_day,
        "at < %(to_day)s::date + 1": asked.to_day,
        "position(lower(%(person)s) IN lower(login)) > 0": asked.person,
        "split_part(action, '.', 1) = ANY(%(words)s)": asked.group,
        "subject IN (%(subject)s, upper(%(subject)s))": asked.subject,
    }
    values = {
        "older_than": asked.older_than,
        "from_day": asked.from_day,
        "to_day": asked.to_day,
        "person": asked.person,
        "words": list(GROUPS.get(asked.group or "", ())),
        "subject": asked.subject,
    }
    return ["true", *(condition for condition, value in possible.items() if value is not None)], values


def of_venue(conn: Connection, code: str) -> list[VenueEntry]:
    """What people did with the venue ``code``, newest first."""
    rows = conn.execute(
        "SELECT id, at, login, role, action, subject, before, after FROM audit_of_venue(%s, %s)",
        (code, MOST_OF_A_VENUE),
    )
    return [VenueEntry(**row) for row in rows]
