"""Posters in one file, as somebody asked for them: made aside from the page, and gone after a day.

The functions of ``data/sql/posters.sql`` alone write the table.
"""

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, Identity, Index, Integer, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, one_of

ORDER_STATES = ("queued", "running", "done", "failed", "cancelled", "expired")


class PosterOrder(Base):
    """One file of posters: of which venues, how far it is, and where it lies."""

    __tablename__ = "poster_order"
    __table_args__ = (
        CheckConstraint(one_of("state", ORDER_STATES), "state"),
        Index("poster_order_open_idx", "id", postgresql_where=text("state IN ('queued', 'running')")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    asked: Mapped[dict[str, Any]] = mapped_column(
        JSONB, comment="query of the filters, street, venues (codes), in words"
    )
    labels: Mapped[list[str]] = mapped_column(
        ARRAY(Text), server_default=text("'{}'"), comment="entrances or floors: a poster each"
    )
    state: Mapped[str] = mapped_column(Text, server_default=text("'queued'"))
    made: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    total: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    sha256: Mapped[str | None] = mapped_column(Text)
    error: Mapped[str | None] = mapped_column(Text, comment="a sentence for who asked")
    asked_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=text("clock_timestamp()"))
    seen_at: Mapped[dt.datetime | None] = mapped_column(
        DateTime(timezone=True), comment="when whoever makes it was last heard of"
    )
    finished_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
