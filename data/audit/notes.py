"""Recording what is no row of a table: exports, documents, downloads, reads of personal data, sign-ins, refusals.

Rows of tables are recorded by their triggers (``data/sql/audited_tables.sql``); ``docs/audit.md`` says what and how.
"""

from contextlib import nullcontext
from typing import Any, Literal

from psycopg.types.json import Jsonb

from data.access.caller import Caller, acting_as, current_caller
from data.access.network import network
from data.database.connection import desk_connection

NOBODY = "nobody"
"""The role of whoever has not signed in."""

SubjectKind = Literal["venue", "account", "export", "document", "file", "address"]


def note(
    action: str,
    subject_kind: SubjectKind,
    subject: str,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    caller: Caller | None = None,
) -> None:
    """Append one entry in a short transaction of its own; it stands when this returns.

    Call it before what it records leaves the product: without an entry there is no file. ``caller`` is who is recorded
    where that is not who asks, as at a sign-in that was refused.

    Raises
    ------
    DatabaseUnavailable, NotMigrated
    """
    with acting_as(caller) if caller else nullcontext(), desk_connection() as conn:
        conn.execute(
            "SELECT audit(%s, %s, %s, %s, %s)",
            (_storable(action), subject_kind, _storable(subject), _json(before), _json(after)),
        )


def note_refused_sign_in(action: str, login: str, caller: Caller | None = None) -> None:
    """Append that somebody was refused who tried to sign in, at most once a minute for a login and an address
    (of IPv6: a network).

    Strangers may try for as long as they like, and the chain only grows: an entry says for how many attempts it stands
    (``attempts``), those since the last one. Raises and ``caller`` as :func:`note`.
    """
    with acting_as(caller) if caller else nullcontext(), desk_connection() as conn:
        who = current_caller()
        place = network(who.address) if who else ""
        conn.execute("SELECT audit_refused_sign_in(%s, %s, %s)", (action, _storable(login), _storable(place)))


def _json(picture: dict[str, Any] | None) -> Jsonb | None:
    return None if picture is None else Jsonb(picture)


def _storable(text: str) -> str:
    """``text`` without what PostgreSQL cannot hold, whoever sent it."""
    return text.replace("\0", "").encode("utf-8", "backslashreplace").decode("utf-8")
