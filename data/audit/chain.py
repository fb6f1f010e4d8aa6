"""Whether the audit is whole: every entry's hash made anew from what it says, here and not by the database.

What the chain shows and what it cannot show stands in ``docs/audit.md``.
"""

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from data.database.connection import Connection
from data.errors import TextError
from data.texts.catalogue import t

FIRST_PREVIOUS = bytes(32)
ROWS_AT_ONCE = 2_000
_EXPECTED = re.compile(r"(\d{1,18}):([0-9a-fA-F]{64})")

FaultKind = Literal["removed", "changed", "unlinked", "not_expected", "no_guard"]


@dataclass(frozen=True)
class Entry:
    """An entry as it stands in the table; ``before`` and ``after`` as PostgreSQL writes them."""

    id: int
    at: dt.datetime
    account_id: int | None
    login: str
    role: str
    address: str
    request_id: str
    action: str
    subject_kind: str
    subject: str
    before: str | None
    after: str | None
    previous_hash: bytes
    hash: bytes


@dataclass(frozen=True)
class Fault:
    """A place where the chain is not whole. ``sentence`` says in Vietnamese what is wrong there."""

    kind: FaultKind
    id: int
    sentence: str


@dataclass
class Chain:
    """What has been seen of the chain so far."""

    entries: int = 0
    first_at: dt.datetime | None = None
    last: Entry | None = None


class UnreadableExpectation(TextError):
    """``--expect`` is not a number and a hash."""

    def __init__(self, value: str) -> None:
        super().__init__("audit.chain.expectation", value=value)


@dataclass(frozen=True)
class Expectation:
    """An entry that was printed earlier and kept elsewhere."""

    id: int
    hash: bytes


def expectation(text: str) -> Expectation:
    """``ID:HASH`` as the command prints it; raises :class:`UnreadableExpectation`."""
    found = _EXPECTED.fullmatch(text.strip())
    if found is None:
        raise UnreadableExpectation(text)
    return Expectation(int(found[1]), bytes.fromhex(found[2]))


def canonical(entry: Entry) -> str:
    """The text that an entry's hash is made of, as ``audit_canonical`` in ``data/sql/audit.sql`` writes it."""
    moment = entry.at.astimezone(dt.UTC)
    fields = [
        str(entry.id),
        f"{moment:%Y-%m-%dT%H:%M:%S.%f}Z",
        None if entry.account_id is None else str(entry.account_id),
        entry.login,
        entry.role,
        entry.address,
        entry.request_id,
        entry.action,
        entry.subject_kind,
        entry.subject,
        entry.before,
        entry.after,
    ]
    return json.dumps(fields, ensure_ascii=False)


def hash_of(entry: Entry) -> bytes:
    """SHA-256 of the hash before and the entry's text."""
    return hashlib.sha256(entry.previous_hash + canonical(entry).encode()).digest()


def read(conn: Connection) -> Iterator[Entry]:
    """All entries in their order, some thousands in memory at a time."""
    with conn.cursor(name="audit") as cursor:
        cursor.itersize = ROWS_AT_ONCE
        cursor.execute(
            "SELECT id, at, account_id, login, role, address, request_id, action, subject_kind, subject,"
            " before::text, after::text, previous_hash, hash FROM audit_entry ORDER BY id"
        )
        for row in cursor:
            yield Entry(**row)


def faults(entries: Iterable[Entry], chain: Chain, expected: Iterable[Expectation] = ()) -> Iterator[Fault]:
    """Every place where ``entries``, in the order of their numbers, are not the chain that was written.

    ``chain`` is filled while they are read. ``expected``: what was printed earlier and must still stand.
    """
    missing = {one.id: one for one in expected}
    for entry in entries:
        before = chain.last
        yield from _between(before, entry)
        if hash_of(entry) != entry.hash:
            yield Fault("changed", entry.id, t("audit.chain.changed", id=str(entry.id)))
        one = missing.pop(entry.id, None)
        if one and one.hash != entry.hash:
            yield Fault("not_expected", entry.id, t("audit.chain.rewritten", id=str(entry.id)))
        chain.entries, chain.last = chain.entries + 1, entry
        chain.first_at = chain.first_at or entry.at
    for one in missing.values():
        yield Fault("not_expected", one.id, t("audit.chain.end_gone", id=str(one.id)))


def _between(before: Entry | None, entry: Entry) -> Iterator[Fault]:
    """What is wrong from one entry to the next that is there."""
    wanted = before.id + 1 if before else 1
    if entry.id > wanted:
        key = "audit.chain.one_gone" if entry.id == wanted + 1 else "audit.chain.several_gone"
        yield Fault("removed", wanted, t(key, first=str(wanted), last=str(entry.id - 1)))
    elif entry.id < wanted:
        yield Fault("changed", entry.id, t("audit.chain.put_in", id=str(entry.id)))
    elif entry.previous_hash != (before.hash if before else FIRST_PREVIOUS):
        place = t("audit.chain.entry", id=str(before.id)) if before else t("audit.chain.beginning")
        yield Fault("unlinked", entry.id, t("audit.chain.unlinked", id=str(entry.id), place=place))


def absent_guards(conn: Connection) -> Iterator[Fault]:
    """Triggers of the audit that are gone or switched off: what they guard may have been written unrecorded."""
    rows = conn.execute(
        """
        SELECT w.name, w.trigger FROM (
            VALUES ('audit_entry', 'audit_only_grows'), ('audit_pending', 'audit_append')
            UNION ALL
            SELECT t.name, 'audit_' || event
            FROM audited_tables() AS t, unnest(ARRAY['insert', 'update', 'delete', 'truncate']) AS event
            WHERE to_regclass(t.name) IS NOT NULL
        ) AS w (name, trigger)
        WHERE NOT EXISTS (
            SELECT FROM pg_trigger AS g
            WHERE g.tgrelid = to_regclass(w.name) AND g.tgname = w.trigger AND g.tgenabled IN ('O', 'A')
        )
        ORDER BY 1, 2
        """
    )
    for row in rows:
        yield Fault("no_guard", 0, t("audit.chain.no_guard", **row))
