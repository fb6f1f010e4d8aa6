"""What is sent by e-mail: to which account's address, what it has asked for, what waits, and what became of it; and
links that show one view to whoever has them.

The functions of ``data/sql/mail.sql`` and ``data/sql/shared_links.sql`` write these tables, and who delivers as owner.
"""

import datetime as dt
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    Time,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, one_of

MAIL_KINDS = ("figures", "reports")
MAIL_STATES = ("queued", "sending", "sent", "failed", "unknown", "dropped")
_NOW = text("clock_timestamp()")


class MailAddress(Base):
    """Where an account's mail goes; the administrator enters it."""

    __tablename__ = "mail_address"
    __table_args__ = (
        CheckConstraint(
            r"length(address) <= 254 AND address ~ '^[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$'", "address"
        ),
    )

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    address: Mapped[str] = mapped_column(Text)
    set_by: Mapped[str] = mapped_column(Text)
    set_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=_NOW)


class MailSubscription(Base):
    """What an account gets and when: each week on a day (1: Monday), or each day (0), at a time in Asia/Ho_Chi_Minh."""

    __tablename__ = "mail_subscription"
    __table_args__ = (
        CheckConstraint(one_of("kind", MAIL_KINDS), "kind"),
        CheckConstraint("weekday BETWEEN 0 AND 7", "weekday"),
    )

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    weekday: Mapped[int] = mapped_column(SmallInteger)
    at: Mapped[dt.time] = mapped_column(Time)
    changed_by: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=_NOW)
    last: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB, comment="the figures that the last mail told, and their day"
    )


class MailOutbox(Base):
    """One mail to one account: ``key`` says of which occasion, so that none is made twice.

    ``sending`` is written before the server is asked; what is found so later may have gone, and is not sent again by
    itself.
    """

    __tablename__ = "mail_outbox"
    __table_args__ = (
        UniqueConstraint("account_id", "kind", "key"),
        CheckConstraint(one_of("kind", MAIL_KINDS), "kind"),
        CheckConstraint(one_of("state", MAIL_STATES), "state"),
        Index("mail_outbox_open_idx", "next_at", postgresql_where=text("state IN ('queued', 'sending')")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(Text)
    scope: Mapped[str] = mapped_column(Text, comment="whose venues its figures are of, in words")
    subject: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, server_default=text("'queued'"))
    attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    next_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=_NOW)
    error: Mapped[str | None] = mapped_column(Text, comment="what the server said, or why it was dropped")
    made_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=_NOW)
    sent_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))


class MailSetting(Base):
    """One row: whether mail goes out at all, and on which day reports were last looked at."""

    __tablename__ = "mail_setting"
    __table_args__ = (CheckConstraint("id = 1", "single"),)

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, server_default=text("1"))
    is_on: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))
    reports_checked_on: Mapped[dt.date | None] = mapped_column(Date)
    changed_by: Mapped[str] = mapped_column(Text, server_default=text("''"))
    changed_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=_NOW)


class SharedLink(Base):
    """A link that shows one view, for a time, to whoever has it; its secret is kept as a hash alone."""

    __tablename__ = "shared_link"
    __table_args__ = (CheckConstraint("expires_at <= made_at + interval '31 days'", "expiry"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True, comment="SHA-256 of the secret")
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    query: Mapped[str] = mapped_column(Text, comment="of the filters, without the day")
    made_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=_NOW)
    expires_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    revoked_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    opened: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    opened_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
