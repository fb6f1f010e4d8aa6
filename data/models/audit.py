"""The audit: entries that are only ever appended, each chained to the one before, and the buffer in which they wait for
the end of their transaction (``data/sql/audit.sql``, ``docs/audit.md``)."""

import datetime as dt
from typing import Any

from sqlalchemy import (
    BigInteger,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base


class AuditEntry(Base):
    """One thing that was done: who, when, from where, what, before and after. Nobody may change or remove one."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("audit_entry_at_idx", "at"),
        Index("audit_entry_subject_idx", "subject", "id"),
        Index("audit_entry_login_idx", "login", "id"),
        Index("audit_entry_action_idx", "action", "id"),
        # A merge names two venues: its subject is the duplicate, this finds it for the venue that stays.
        Index(
            "audit_entry_kept_code_idx",
            text("(COALESCE(after ->> 'kept_code', before ->> 'kept_code'))"),
            "id",
            postgresql_where=text("action LIKE 'merge_decision.%'"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False, comment="1, 2, 3, … no gaps")
    at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), comment="when it was committed")
    account_id: Mapped[int | None] = mapped_column(BigInteger, comment="NULL: a command, or nobody signed in")
    login: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text, comment="as in account.role; database: nobody told who asks")
    address: Mapped[str] = mapped_column(Text)
    request_id: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text, comment="what: table.insert|update|delete, or a word of the product")
    subject_kind: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text, comment="a venue's code, a login, a number, …")
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    previous_hash: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary, comment="SHA-256 of previous_hash and the entry's canonical text")


class AuditPending(Base):
    """An entry of a transaction that has not ended; empty to everybody else. Of one row only the first picture and the
    last are kept."""

    __tablename__ = "audit_pending"
    __table_args__ = (UniqueConstraint("transaction", "row_table", "row_key"), {"prefixes": ["UNLOGGED"]})

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    transaction: Mapped[int] = mapped_column(BigInteger)
    row_table: Mapped[str | None] = mapped_column(Text, comment="NULL: no row of a table, but a word of the product")
    row_key: Mapped[str | None] = mapped_column(Text)
    account_id: Mapped[int | None] = mapped_column(BigInteger)
    login: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text)
    request_id: Mapped[str] = mapped_column(Text)
    action: Mapped[str | None] = mapped_column(Text)
    subject_kind: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB)


class RefusedSignIn(Base):
    """What was refused to somebody who tried to sign in, as long as it may happen again: when an entry last told of it,
    and how often it has happened since (``audit_refused_sign_in()``)."""

    __tablename__ = "refused_sign_in"
    __table_args__ = (PrimaryKeyConstraint("action", "login", "address"), Index(None, "told_at"))

    action: Mapped[str] = mapped_column(Text)
    login: Mapped[str] = mapped_column(Text, comment="'': of no account")
    address: Mapped[str] = mapped_column(Text)
    told_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    untold: Mapped[int] = mapped_column(Integer)
