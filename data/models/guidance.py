"""Guidance in the centre's words: what is being written, its versions, and what anybody may read of it.

The functions of ``data/sql/guidance.sql`` alone write these tables. A sheet without a row reads as it was shipped.
"""

import datetime as dt
from typing import Any

from sqlalchemy import DateTime, Integer, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base
from data.models.publications import PUBLISHED


class GuidanceDraft(Base):
    """A sheet in a language as it is being written."""

    __tablename__ = "guidance_draft"

    sheet: Mapped[str] = mapped_column(Text, primary_key=True)
    lang: Mapped[str] = mapped_column(Text, primary_key=True)
    serial: Mapped[int] = mapped_column(Integer, comment="grows with each change")
    words: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="title, steps [{heading, text}], ask")
    changed_by: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=text("clock_timestamp()"))


class GuidanceVersion(Base):
    """A sheet in a language as it was made public."""

    __tablename__ = "guidance_version"

    sheet: Mapped[str] = mapped_column(Text, primary_key=True)
    lang: Mapped[str] = mapped_column(Text, primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    words: Mapped[dict[str, Any]] = mapped_column(JSONB)
    published_by: Mapped[str] = mapped_column(Text)
    published_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=text("clock_timestamp()"))


class PublicGuidance(Base):
    """The last version, as anybody may read it."""

    __tablename__ = "guidance"
    __table_args__ = ({"schema": PUBLISHED},)

    sheet: Mapped[str] = mapped_column(Text, primary_key=True)
    lang: Mapped[str] = mapped_column(Text, primary_key=True)
    number: Mapped[int] = mapped_column(Integer)
    words: Mapped[dict[str, Any]] = mapped_column(JSONB)
    published_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
