"""Running totals of the QR account as files state them, and what ``data/sql/scan_totals.sql`` derives from them."""

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Index, Integer, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, DATEMULTIRANGE
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, one_of

BASES = ("difference", "interval", "fall", "first", "member")
_MINUTE = "minutes after midnight; -1: the file gives no hour, so that it may be any of the day"


class ScanExport(Base):
    """A moment of which a load has totals; the days between the first and the last are known to the offices."""

    __tablename__ = "scan_export"
    __table_args__ = (CheckConstraint("exported_minute BETWEEN -1 AND 1439", "minute"),)

    load_id: Mapped[int] = mapped_column(ForeignKey("load.id"), primary_key=True)
    exported_on: Mapped[dt.date] = mapped_column(Date, primary_key=True)
    exported_minute: Mapped[int] = mapped_column(SmallInteger, primary_key=True, comment=_MINUTE)


class ScanTotal(Base):
    """All scans of a venue up to a moment, as one load states it. Loads that differ both stay; the larger total holds,
    so that it does not matter which came first."""

    __tablename__ = "scan_total"
    __table_args__ = (
        CheckConstraint("exported_minute BETWEEN -1 AND 1439", "minute"),
        CheckConstraint("total >= 0", "total"),
        Index("scan_total_load_id_idx", "load_id", postgresql_using="brin"),
        Index("scan_total_mention_id_idx", "mention_id", postgresql_where=text("mention_id IS NOT NULL")),
    )

    venue_id: Mapped[int] = mapped_column(ForeignKey("venue.id", ondelete="CASCADE"), primary_key=True)
    exported_on: Mapped[dt.date] = mapped_column(Date, primary_key=True)
    exported_minute: Mapped[int] = mapped_column(SmallInteger, primary_key=True, comment=_MINUTE)
    load_id: Mapped[int] = mapped_column(ForeignKey("load.id"), primary_key=True)
    total: Mapped[int] = mapped_column(BigInteger)
    source_sheet: Mapped[int | None] = mapped_column(SmallInteger)
    source_row: Mapped[int | None] = mapped_column(Integer)
    mention_id: Mapped[int | None] = mapped_column(
        ForeignKey("mention.id"), comment="the description by which the venue was found; NULL: by its code"
    )


class ScanStretch(Base):
    """Derived: days on each of which a venue may have been scanned, and the scans among them.

    ``basis``: ``difference`` scans of that one day for certain; ``interval`` of some of its days; ``fall`` the same,
    after a total that fell; ``first`` some day up to the venue's first total; ``member`` days of a merged venue.
    """

    __tablename__ = "scan_stretch"
    __table_args__ = (
        CheckConstraint("to_day >= from_day", "order"),
        CheckConstraint(one_of("basis", BASES), "basis"),
        CheckConstraint("(scans IS NULL) = (basis IN ('first', 'member'))", "number"),
    )

    venue_id: Mapped[int] = mapped_column(ForeignKey("venue.id", ondelete="CASCADE"), primary_key=True)
    from_day: Mapped[dt.date] = mapped_column(Date, primary_key=True, comment="-infinity: any day up to to_day")
    to_day: Mapped[dt.date] = mapped_column(Date, primary_key=True, comment="last day")
    basis: Mapped[str] = mapped_column(Text)
    scans: Mapped[int | None] = mapped_column(BigInteger, comment="of this stretch; NULL: no number is known")
    difference: Mapped[int | None] = mapped_column(BigInteger, comment="between the two totals it follows from")


class VenueReading(Base):
    """Derived: how the status rule reads a venue that is not read like most, by other known days or other events."""

    __tablename__ = "venue_reading"

    venue_id: Mapped[int] = mapped_column(ForeignKey("venue.id", ondelete="CASCADE"), primary_key=True)
    calendar_id: Mapped[int] = mapped_column(BigInteger, comment="hash of unknown; 0: nothing is unknown")
    unknown: Mapped[Any] = mapped_column(
        DATEMULTIRANGE, comment="days that are known for others, and not for this venue"
    )
    members: Mapped[list[int] | None] = mapped_column(
        ARRAY(Integer),
        comment="venues whose events count as its own; NULL: itself; none: it is merged into another",
    )
