"""What loudspeakers read out, and when it was; the functions of ``data/sql/broadcasts.sql`` alone write the table."""

import datetime as dt

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    SmallInteger,
    Text,
    Time,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base


class Broadcast(Base):
    """The ward's loudspeakers spoke: on which day, when, how often; taken back with its reason if wrong."""

    __tablename__ = "broadcast"
    __table_args__ = (
        CheckConstraint("times BETWEEN 1 AND 20", "times"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_why IS NULL)", "withdrawn"),
        Index(None, "ward_id", "day"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    ward_id: Mapped[int] = mapped_column(ForeignKey("ward.id"))
    day: Mapped[dt.date] = mapped_column(Date)
    at: Mapped[dt.time] = mapped_column(Time)
    times: Mapped[int] = mapped_column(SmallInteger)
    read_by: Mapped[str] = mapped_column(Text)
    recorded_by: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=text("clock_timestamp()"))
    withdrawn_by: Mapped[str | None] = mapped_column(Text)
    withdrawn_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    withdrawn_why: Mapped[str | None] = mapped_column(Text)
