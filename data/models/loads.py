"""Loads and refused files, and what a row says of the file that it came from."""

import datetime as dt
from typing import Any

from sqlalchemy import (
    ARRAY,
    Boolean,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, one_of
from data.vocabulary import LOAD_KINDS


class Load(Base):
    """One run of the ETL over one file. Rows of a dry run or of a refused file are never stored."""

    __tablename__ = "load"
    __table_args__ = (
        CheckConstraint(one_of("kind", LOAD_KINDS), "kind"),
        CheckConstraint("rows_read = rows_accepted + rows_rejected", "rows_add_up"),
        Index(None, "kind", "file_name"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    file_name: Mapped[str] = mapped_column(Text)
    file_sha256: Mapped[str] = mapped_column(Text)
    sheets: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    as_of: Mapped[dt.date | None] = mapped_column(Date, comment="the day up to which the file speaks")
    is_demo: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    started_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    finished_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    rows_read: Mapped[int] = mapped_column(Integer)
    rows_accepted: Mapped[int] = mapped_column(Integer)
    rows_rejected: Mapped[int] = mapped_column(Integer)
    rows_changed: Mapped[int] = mapped_column(Integer, comment="accepted rows that were new or altered something")
    supersedes_load_id: Mapped[int | None] = mapped_column(ForeignKey("load.id"))
    remarks: Mapped[dict[str, Any]] = mapped_column(
        JSONB, server_default=text("'{}'"), comment="counts of what was mended or doubtful, such as swapped_points"
    )
    options: Mapped[dict[str, Any]] = mapped_column(
        JSONB, server_default=text("'{}'"), comment="what a person said beside the file, so that it can be loaded again"
    )
    unspoken: Mapped[list[str]] = mapped_column(
        ARRAY(Text), server_default=text("'{}'"), comment="columns of its event table that the file does not speak of"
    )
    loaded_by: Mapped[str | None] = mapped_column(Text)
    undone_at: Mapped[dt.datetime | None] = mapped_column(
        DateTime(timezone=True), comment="when the load was taken back; NULL: it stands"
    )
    undone_by: Mapped[str | None] = mapped_column(Text)


class RefusedFile(Base):
    """A file of which nothing could be loaded, and why, for the first page and ``python -m etl status``.

    Not settled until its correction has come; ``etl.loading.refusals`` says what that is.
    """

    __tablename__ = "refused_file"
    __table_args__ = (CheckConstraint(one_of("kind", LOAD_KINDS), "kind"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    file_name: Mapped[str] = mapped_column(Text)
    file_sha256: Mapped[str | None] = mapped_column(Text, comment="NULL: the file could not be read")
    kind: Mapped[str | None] = mapped_column(Text, comment="NULL: not told what it is")
    refused_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=text("clock_timestamp()"))
    sentence: Mapped[str] = mapped_column(Text, comment="why, without values of cells: the page's role reads it")
    said: Mapped[Any | None] = mapped_column(
        JSONB, comment="the sentence with its key and values (data/texts/sentences.py); NULL: of an earlier version"
    )
    settled_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))


class Sourced:
    """Where a row came from: the load (and so the file), the sheet (index into ``load.sheets``) and the row in it.

    ``load_id`` is NULL only for what ships with the product (wards, policy), for venues that a person made of a
    description (``data.models.linking.DecidedVenue``) and for reminders recorded at the door (``data.models.field``).
    """

    load_id: Mapped[int | None] = mapped_column(ForeignKey("load.id"))
    source_sheet: Mapped[int | None] = mapped_column(SmallInteger)
    source_row: Mapped[int | None] = mapped_column(Integer)


BY_MENTION = "the description by which the venue was found; NULL: by its code"


class Described(Sourced):
    """A row of events whose file may have described the venue instead of naming its code (``data.models.linking``)."""

    mention_id: Mapped[int | None] = mapped_column(ForeignKey("mention.id"), comment=BY_MENTION)


def by_mention(table: str) -> Index:
    """What a decision about one description moves, found without reading the table."""
    return Index(f"{table}_mention_id_idx", "mention_id", postgresql_where=text("mention_id IS NOT NULL"))
