"""What happened at venues: registrations, scans, reminders, suspensions. Events are the truth."""

import datetime as dt

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, one_of
from data.models.loads import BY_MENTION, Described, Sourced, by_mention
from data.vocabulary import APPS, REMINDER_REASONS

SUSPENSION_BASES = ("request", "decision")


class Registration(Described, Base):
    """A venue's location QR."""

    __tablename__ = "registration"
    __table_args__ = (
        UniqueConstraint("venue_id", "registered_on", "qr_code", postgresql_nulls_not_distinct=True),
        CheckConstraint("ended_on IS NULL OR ended_on > registered_on", "order"),
        CheckConstraint("app IS NULL OR " + one_of("app", APPS), "app"),
        Index(None, "registered_on"),  # from which day on the data reach, asked with every view
        by_mention("registration"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    venue_id: Mapped[int] = mapped_column(ForeignKey("venue.id", ondelete="CASCADE"))
    registered_on: Mapped[dt.date] = mapped_column(Date, comment="first day in force")
    ended_on: Mapped[dt.date | None] = mapped_column(Date, comment="first day no longer in force")
    qr_code: Mapped[str | None] = mapped_column(Text, comment="number of the code in the QR account")
    qr_content: Mapped[str | None] = mapped_column(Text, comment="text that the printed code holds")
    app: Mapped[str | None] = mapped_column(Text)


class ScanCount(Sourced, Base):
    """Scans of one venue on one day; 0 says that the export knew of none."""

    __tablename__ = "scan_count"
    __table_args__ = (
        # with the count in it, the rule reads days of scans from the index alone
        PrimaryKeyConstraint("venue_id", "day", postgresql_include=["scans"]),
        CheckConstraint("scans >= 0", "scans"),
        # one for both: each costs a tenth of writing a row
        Index("scan_count_load_id_day_idx", "load_id", "day", postgresql_using="brin"),
        by_mention("scan_count"),
    )

    # Its keys into venue, load and mention are held by triggers, once a statement: data/sql/scan_keys.sql.
    venue_id: Mapped[int] = mapped_column(Integer)
    day: Mapped[dt.date] = mapped_column(Date)
    scans: Mapped[int] = mapped_column(Integer)
    load_id: Mapped[int | None] = mapped_column(Integer)
    mention_id: Mapped[int | None] = mapped_column(Integer, comment=BY_MENTION)


class ScanDay(Base):
    """A day for which a load knows the scans: it has rows of that day, or says that it covers it."""

    __tablename__ = "scan_day"

    day: Mapped[dt.date] = mapped_column(Date, primary_key=True)
    load_id: Mapped[int] = mapped_column(ForeignKey("load.id"), primary_key=True)


class Reminder(Described, Base):
    """One contact with a venue."""

    __tablename__ = "reminder"
    __table_args__ = (
        UniqueConstraint("venue_id", "reminded_on", "reason", "given_by", postgresql_nulls_not_distinct=True),
        CheckConstraint(one_of("reason", REMINDER_REASONS), "reason"),
        CheckConstraint("withdrawn_on IS NULL OR withdrawn_on >= reminded_on", "withdrawn"),
        Index(None, "reminded_on"),  # from which day on the data reach, asked with every view
        Index("reminder_giver_idx", "given_by", "reminded_on"),  # what one wrote on a day
        by_mention("reminder"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    venue_id: Mapped[int] = mapped_column(ForeignKey("venue.id", ondelete="CASCADE"))
    reminded_on: Mapped[dt.date] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(Text)
    given_by: Mapped[str | None] = mapped_column(Text, comment="office or officer, as the source writes it")
    method: Mapped[str | None] = mapped_column(Text, comment="how: at the door, by telephone, in writing, ...")
    withdrawn_on: Mapped[dt.date | None] = mapped_column(Date)


class Suspension(Described, Base):
    """Business suspended until the venue has a QR: agreed to on request, or decided by who has the authority."""

    __tablename__ = "suspension"
    __table_args__ = (
        UniqueConstraint("venue_id", "starts_on"),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", "order"),
        CheckConstraint("lifted_on IS NULL OR lifted_on >= starts_on", "lifted"),
        CheckConstraint(one_of("basis", SUSPENSION_BASES), "basis"),
        Index(None, "starts_on"),  # from which day on the data reach, asked with every view
        by_mention("suspension"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    venue_id: Mapped[int] = mapped_column(ForeignKey("venue.id", ondelete="CASCADE"))
    requested_on: Mapped[dt.date | None] = mapped_column(Date)
    starts_on: Mapped[dt.date] = mapped_column(Date, comment="first day in force")
    ends_on: Mapped[dt.date | None] = mapped_column(Date, comment="last day in force")
    lifted_on: Mapped[dt.date | None] = mapped_column(Date, comment="first day no longer in force")
    reason: Mapped[str | None] = mapped_column(Text)
    basis: Mapped[str] = mapped_column(
        Text, server_default=text("'request'"), comment="a request ends with a registration, a decision does not"
    )
    case_id: Mapped[int | None] = mapped_column(BigInteger, comment="the case it stands in; NULL: a file alone says so")
