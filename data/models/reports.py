"""What offices hand in: weekly reports of wards and the district's, frozen when sent, and notes on days.

The functions of ``data/sql/report*.sql`` alone write these tables.
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
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, one_of

REPORT_KINDS = ("ward", "district")
REPORT_STATES = ("draft", "sent")
PAPER_FORMATS = ("pdf", "docx")


class Report(Base):
    """A ward's report of an ISO week, or the district's of any period: what is being written, and whether it was sent.

    It bears the ward as it was then, for boundaries change and a report must go on saying what it said.
    """

    __tablename__ = "report"
    __table_args__ = (
        CheckConstraint(one_of("kind", REPORT_KINDS), "kind"),
        CheckConstraint(one_of("state", REPORT_STATES), "state"),
        CheckConstraint("last_day >= first_day", "order"),
        CheckConstraint(
            "(kind = 'ward') = (ward_code IS NOT NULL) AND (kind = 'ward') = (ward_vintage IS NOT NULL)", "ward"
        ),
        CheckConstraint("kind <> 'ward' OR EXTRACT(isodow FROM first_day) = 1 AND last_day = first_day + 6", "week"),
        Index(
            "report_ward_key",
            "ward_vintage",
            "ward_code",
            "first_day",
            unique=True,
            postgresql_where=text("kind = 'ward'"),
        ),
        Index("report_district_key", "first_day", "last_day", unique=True, postgresql_where=text("kind = 'district'")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    ward_id: Mapped[int | None] = mapped_column(ForeignKey("ward.id", ondelete="SET NULL"))
    ward_vintage: Mapped[str | None] = mapped_column(Text)
    ward_code: Mapped[str | None] = mapped_column(Text)
    ward_name: Mapped[str | None] = mapped_column(Text)
    first_day: Mapped[dt.date] = mapped_column(Date, comment="of a ward's: a Monday")
    last_day: Mapped[dt.date] = mapped_column(Date)
    state: Mapped[str] = mapped_column(Text, server_default=text("'draft'"))
    serial: Mapped[int] = mapped_column(Integer, server_default=text("0"), comment="grows with each change of the text")
    texts: Mapped[dict[str, Any]] = mapped_column(
        JSONB, server_default=text("'{}'"), comment="difficulties, proposals, note"
    )
    why: Mapped[str] = mapped_column(Text, server_default=text("''"), comment="of a correction that is being written")
    opened_by: Mapped[str] = mapped_column(Text)
    opened_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=text("clock_timestamp()"))
    changed_by: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=text("clock_timestamp()"))


class ReportVersion(Base):
    """A report as it was sent."""

    __tablename__ = "report_version"

    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    from_day: Mapped[dt.date] = mapped_column(Date, comment="from which day on events are counted")
    to_day: Mapped[dt.date] = mapped_column(Date, comment="whose statuses are told")
    figures: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="of report_figures()")
    texts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    why: Mapped[str] = mapped_column(Text, server_default=text("''"), comment="why the version before was not right")
    sha256: Mapped[str] = mapped_column(Text, comment="report_hash() of figures, texts and number")
    is_late: Mapped[bool] = mapped_column(Boolean)
    sent_by: Mapped[str] = mapped_column(Text)
    sent_login: Mapped[str] = mapped_column(Text)
    sent_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=text("clock_timestamp()"))
    sent_on: Mapped[dt.date] = mapped_column(Date, comment="in the data's calendar")


class ReportPaper(Base):
    """A version as a file, kept by its SHA-256."""

    __tablename__ = "report_paper"
    __table_args__ = (
        ForeignKeyConstraint(["report_id", "number"], ["report_version.report_id", "report_version.number"]),
        CheckConstraint(one_of("format", PAPER_FORMATS), "format"),
    )

    report_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    format: Mapped[str] = mapped_column(Text, primary_key=True)
    sha256: Mapped[str] = mapped_column(Text)
    file_name: Mapped[str] = mapped_column(Text)


class ReportPresence(Base):
    """Who has a report open, and was last heard of when."""

    __tablename__ = "report_presence"

    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), primary_key=True)
    login: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    seen_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=text("clock_timestamp()"))


class Annotation(Base):
    """A note on a day or a stretch of days, shown where days are drawn and in the reports of that time."""

    __tablename__ = "annotation"
    __table_args__ = (CheckConstraint("last_day >= first_day", "order"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    first_day: Mapped[dt.date] = mapped_column(Date)
    last_day: Mapped[dt.date] = mapped_column(Date)
    words: Mapped[str] = mapped_column(Text)
    made_by: Mapped[str] = mapped_column(Text)
    made_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=text("clock_timestamp()"))
    removed_by: Mapped[str | None] = mapped_column(Text)
    removed_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
