"""The figures of the status rule, and what follows from the events by it: derived by ``data/sql`` alone, and rebuilt at
any time. All days are days in Asia/Ho_Chi_Minh.
"""

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Date, ForeignKey, Index, Integer, SmallInteger, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base
from data.models.loads import Sourced
from data.models.venues import VenueStatus


class Policy(Sourced, Base):
    """The figures of the status rule and of inspections, in force from a day until the next row's day."""

    __tablename__ = "policy"
    __table_args__ = (
        CheckConstraint("reminder_threshold >= 1", "reminder_threshold"),
        CheckConstraint("scanning_window_days >= 1", "scanning_window_days"),
        CheckConstraint("inspections_a_year >= 1", "inspections_a_year"),
    )

    valid_from: Mapped[dt.date] = mapped_column(Date, primary_key=True, comment="-infinity: from the beginning")
    reminder_threshold: Mapped[int] = mapped_column(Integer)
    scanning_window_days: Mapped[int] = mapped_column(Integer)
    inspections_a_year: Mapped[int] = mapped_column(
        Integer, server_default=text("1"), comment="at most, of a venue without a sign of violation"
    )
    two_person: Mapped[bool] = mapped_column(
        Boolean, server_default=text("false"), comment="an inspection is recorded by two officers"
    )
    priority: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB, comment="weights of the priority of visits; NULL: those of data/sql/priority.sql"
    )
    publication: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB, comment="what differs from publication_defaults() of data/sql/publication_rules.sql"
    )
    reports: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB, comment="what differs from report_policy() of data/sql/report_weeks.sql"
    )


class ScanReach(Base):
    """Derived: from which to which day the scanning window holds a day of scans (usually one row a day).

    Calendar 0 is read for nearly all venues; ``VenueReading`` names those for which fewer days are known.
    """

    __tablename__ = "scan_reach"

    calendar_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, server_default=text("0"))
    scan_day: Mapped[dt.date] = mapped_column(Date, primary_key=True)
    from_day: Mapped[dt.date] = mapped_column(Date, primary_key=True)
    to_day: Mapped[dt.date] = mapped_column(Date, comment="last day; infinity: no later known day ends it yet")


class StatusPeriod(Base):
    """Derived: a stretch of days on which a venue has one status, has or has not a QR, and has or has not scans in the
    window; days without a row: closed or not yet opened."""

    __tablename__ = "status_period"
    __table_args__ = (
        CheckConstraint("to_day >= from_day", "order"),
        Index("status_period_from_day_idx", "from_day"),
    )

    venue_id: Mapped[int] = mapped_column(ForeignKey("venue.id", ondelete="CASCADE"), primary_key=True)
    from_day: Mapped[dt.date] = mapped_column(Date, primary_key=True)
    to_day: Mapped[dt.date] = mapped_column(Date, comment="last day; infinity: until something happens")
    ward_id: Mapped[int | None] = mapped_column(ForeignKey("ward.id"))
    status: Mapped[str] = mapped_column(VenueStatus)
    has_qr: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    has_scans: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), comment="within the window")


class Clock(Base):
    """One row: the day that ``venue.status`` holds, and a number that grows with every change a tile could show."""

    __tablename__ = "clock"
    __table_args__ = (CheckConstraint("id = 1", "single"),)

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, server_default=text("1"))
    status_day: Mapped[dt.date] = mapped_column(Date)
    version: Mapped[int] = mapped_column(BigInteger)
