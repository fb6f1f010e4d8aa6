"""Cases: processes of allowed steps (a visit, a suspension, a referral), each step with person, moment and paper.

Which steps there are, who may take them and what must be true stands in ``data/sql/cases.sql`` and
``data/sql/case_rules.sql``, whose functions alone write these tables.
"""

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Date, DateTime, ForeignKey, Identity, Index, Integer, Text, text
from sqlalchemy import Uuid as UuidType
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, one_of
from data.vocabulary import PROCESSES

MOST_FACTS_BYTES = 8000


class Holiday(Base):
    """A day of the week on which nobody works: clocks of cases stand still (``data/reference/holidays.csv``)."""

    __tablename__ = "holiday"

    day: Mapped[dt.date] = mapped_column(Date, primary_key=True)
    name: Mapped[str] = mapped_column(Text)


class CaseFile(Base):
    """One process at one venue ("hồ sơ"); held by the venue's code, so that it outlives loads that are taken back."""

    __tablename__ = "case_file"
    __table_args__ = (
        CheckConstraint(one_of("process", PROCESSES), "process"),
        Index("case_file_venue_idx", "venue_id", "process"),
        Index("case_file_open_idx", "process", "state", postgresql_where=text("closed_at IS NULL")),
        Index("case_file_about_idx", "about", postgresql_where=text("about IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    process: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    venue_code: Mapped[str] = mapped_column(Text)
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id", ondelete="SET NULL"))
    ward_id: Mapped[int | None] = mapped_column(ForeignKey("ward.id", ondelete="SET NULL"))
    opened_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=text("clock_timestamp()"))
    opened_by: Mapped[str | None] = mapped_column(Text, comment="a name; NULL: the machine, by a rule")
    opened_login: Mapped[str] = mapped_column(Text, server_default=text("''"))
    due_on: Mapped[dt.date | None] = mapped_column(Date, comment="the working day by which the next step is due")
    due_at: Mapped[dt.datetime | None] = mapped_column(
        DateTime(timezone=True), comment="the moment by which it is due, where hours count"
    )
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    about: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"), comment="the case that this one follows from")
    closed_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))


class CaseEntry(Base):
    """One step of a case as it was taken; never changed."""

    __tablename__ = "case_entry"
    __table_args__ = (
        Index(None, "case_id"),
        CheckConstraint(f"octet_length(facts::text) <= {MOST_FACTS_BYTES}", "facts"),
        CheckConstraint(f"octet_length(paper::text) <= {MOST_FACTS_BYTES}", "paper"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    step: Mapped[str] = mapped_column(Text)
    from_state: Mapped[str | None] = mapped_column(Text)
    to_state: Mapped[str] = mapped_column(Text)
    at: Mapped[dt.datetime] = mapped_column(
        DateTime(timezone=True), server_default=text("clock_timestamp()"), comment="the server's receipt"
    )
    day: Mapped[dt.date] = mapped_column(Date, comment="in the data's calendar")
    account_id: Mapped[int | None] = mapped_column(Integer)
    login: Mapped[str] = mapped_column(Text)
    by_name: Mapped[str | None] = mapped_column(Text, comment="NULL: the machine, by a rule")
    role: Mapped[str] = mapped_column(Text)
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    paper: Mapped[dict[str, Any] | None] = mapped_column(JSONB, comment="number, day, signer, authority, scope")
    client: Mapped[uuid.UUID | None] = mapped_column(
        UuidType, unique=True, comment="made by who sent it: the same again is the same step"
    )
