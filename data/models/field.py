"""What officers record at the door, as their phones tell it: the truth from which rows of ``reminder`` follow.

A record is kept under the number that the phone gave it, so that sending it twice records it once, and by the venue's
code, so that it outlives loads that are taken back and made again (``data/sql/field.sql``).
"""

import datetime as dt
import uuid
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
    Text,
    text,
)
from sqlalchemy import Uuid as UuidType
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, one_of
from data.vocabulary import REMINDER_REASONS

FIELD_KINDS = (
    "reminder",
    "confirmation",
    "withdrawal",
    "proposal_new",
    "proposal_move",
    "proposal_closure",
    "qr_seen",
    "visit",
    "visit_missed",
    "stop_claim",
)
FIELD_STATES = ("waiting", "applied", "duplicate", "conflict", "refused")
MOST_PAYLOAD_BYTES = 4000


class FieldEvent(Base):
    """One record of one officer; never deleted, and changed by the functions of ``data/sql/field.sql`` alone."""

    __tablename__ = "field_event"
    __table_args__ = (
        CheckConstraint(one_of("kind", FIELD_KINDS), "kind"),
        CheckConstraint(one_of("state", FIELD_STATES), "state"),
        CheckConstraint(one_of("reason", REMINDER_REASONS), "reason"),
        CheckConstraint(f"octet_length(payload::text) <= {MOST_PAYLOAD_BYTES}", "payload"),
        CheckConstraint("photo ~ '^[0-9a-f]{64}$'", "photo"),
        Index("field_event_waiting_idx", "seq", postgresql_where=text("state = 'waiting'")),
        Index("field_event_venue_idx", "venue_id", "day"),
        Index("field_event_account_idx", "account_id", "seq"),
        Index(
            "field_event_claim_idx", text("(payload ->> 'stop')"), "seq", postgresql_where=text("kind = 'stop_claim'")
        ),
        Index("field_event_moment_idx", "account_id", "happened_at", postgresql_where=text("kind = 'reminder'")),
        Index("field_event_note_idx", text("lower(payload ->> 'note')"), postgresql_where=text("kind = 'reminder'")),
        Index("field_event_about_idx", "about", postgresql_where=text("about IS NOT NULL")),
    )

    id: Mapped[uuid.UUID] = mapped_column(UuidType, primary_key=True, comment="made on the phone")
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True), comment="the order in which records came")
    account_id: Mapped[int | None] = mapped_column(Integer)
    login: Mapped[str] = mapped_column(Text)
    recorded_by: Mapped[str] = mapped_column(Text, comment="the officer's name, as reminder.given_by")
    may_confirm: Mapped[bool] = mapped_column(
        Boolean, comment="whether its author might withdraw other days' reminders when it was recorded"
    )
    rights: Mapped[str] = mapped_column(
        Text, server_default=text("''"), comment="its author's when it was recorded, as app.rights"
    )
    wards: Mapped[str] = mapped_column(
        Text, server_default=text("''"), comment="its author's when it was recorded, as app.wards"
    )
    kind: Mapped[str] = mapped_column(Text)
    venue_code: Mapped[str | None] = mapped_column(Text)
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id", ondelete="SET NULL"))
    ward_id: Mapped[int | None] = mapped_column(ForeignKey("ward.id", ondelete="SET NULL"))
    about: Mapped[uuid.UUID | None] = mapped_column(UuidType, comment="the record confirmed or withdrawn")
    reason: Mapped[str | None] = mapped_column(Text)
    happened_at: Mapped[dt.datetime] = mapped_column(
        DateTime(timezone=True), comment="by the phone's clock, put right by skew_seconds"
    )
    received_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=text("clock_timestamp()"))
    clock_said: Mapped[dt.datetime | None] = mapped_column(
        DateTime(timezone=True),
        comment="the phone's clock, which could not be believed: its author stated the day of happened_at",
    )
    skew_seconds: Mapped[int] = mapped_column(
        BigInteger, comment="how far the phone's clock was behind (ahead: negative)"
    )
    day: Mapped[dt.date] = mapped_column(
        Date, comment="the day in the data's calendar: a demonstration's today is its last day"
    )
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    photo: Mapped[str | None] = mapped_column(Text, comment="SHA-256 of a JPEG in the store of files")
    state: Mapped[str] = mapped_column(Text, server_default=text("'waiting'"))
    answer: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    reminder_id: Mapped[int | None] = mapped_column(
        Integer, comment="its row of reminder, there or to be put there again under the same number"
    )
    withdrawn_on: Mapped[dt.date | None] = mapped_column(Date)
    withdrawn_by: Mapped[str | None] = mapped_column(Text)
    withdrawn_why: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True), comment="of proposals")
    decided_by: Mapped[str | None] = mapped_column(Text)
    carried_out_at: Mapped[dt.datetime | None] = mapped_column(
        DateTime(timezone=True), comment="when what was accepted was done; NULL: not (yet)"
    )
