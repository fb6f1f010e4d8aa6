"""Tables of the desk where files come in: received files, jobs of the worker, and what a load overwrote."""

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, Index, Integer, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, one_of

JOB_STATES = ("queued", "running", "done", "failed")
FILE_STATES = ("receiving", "received", "read", "checked", "loaded", "refused", "discarded")


class BeforeImage(Base):
    """A row as it was before a load changed or removed it; written by a trigger, read when the load is taken back."""

    __tablename__ = "before_image"
    __table_args__ = (Index(None, "load_id"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    load_id: Mapped[int] = mapped_column(ForeignKey("load.id"))
    table_name: Mapped[str] = mapped_column(Text)
    was: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="the row before the load")


class Job(Base):
    """Work that the page asks for and the worker does, in order: checking, loading, taking back, deciding links."""

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint(one_of("state", JOB_STATES), "state"),
        Index("job_open_idx", "id", postgresql_where=text("state IN ('queued', 'running')")),
        *[
            Index(
                f"job_{subject}_idx",
                text(f"((payload ->> '{subject}')::bigint)"),
                "id",
                postgresql_where=text(f"payload ? '{subject}'"),
            )
            for subject in ("file", "load")
        ],
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    state: Mapped[str] = mapped_column(Text, server_default=text("'queued'"))
    step: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    steps: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    progress: Mapped[str] = mapped_column(Text, server_default=text("''"))
    result: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    error: Mapped[str | None] = mapped_column(Text, comment="a sentence for the person who asked")
    asked_by: Mapped[str | None] = mapped_column(Text)
    asked_as: Mapped[dict[str, Any]] = mapped_column(
        JSONB,
        server_default=text("audit_told_as_json()"),
        comment="who asked, as the transaction was told: account, login, role, address, request",
    )
    asked_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=text("clock_timestamp()"))
    started_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    finished_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))


class ReceivedFile(Base):
    """A file that a clerk sent through the page, from its first byte to its load."""

    __tablename__ = "received_file"
    __table_args__ = (CheckConstraint(one_of("state", FILE_STATES), "state"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    file_name: Mapped[str] = mapped_column(Text)
    bytes: Mapped[int] = mapped_column(BigInteger, comment="size that the sender announced")
    received_bytes: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    sha256: Mapped[str | None] = mapped_column(Text, comment="of the whole file: its name in the store of files")
    state: Mapped[str] = mapped_column(Text, server_default=text("'receiving'"))
    kind: Mapped[str | None] = mapped_column(Text, comment="as recognised or chosen")
    options: Mapped[dict[str, Any]] = mapped_column(
        JSONB,
        server_default=text("'{}'"),
        comment="what a person said beside the file: kind, as_of, crs, replace, columns",
    )
    preview: Mapped[dict[str, Any]] = mapped_column(
        JSONB,
        server_default=text("'{}'"),
        comment="how the file was read: sheets, headings, columns, first rows, encoding, doubts",
    )
    report: Mapped[dict[str, Any]] = mapped_column(
        JSONB, server_default=text("'{}'"), comment="what loading it would change (checked) or has changed (loaded)"
    )
    error: Mapped[str | None] = mapped_column(Text, comment="why it cannot be read or loaded, a sentence")
    load_id: Mapped[int | None] = mapped_column(ForeignKey("load.id"))
    received_by: Mapped[str | None] = mapped_column(Text)
    received_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=text("clock_timestamp()"))


class ColumnMapping(Base):
    """What a person decided that the columns of a layout are, for the next file of that layout."""

    __tablename__ = "column_mapping"

    layout_key: Mapped[str] = mapped_column(
        Text, primary_key=True, comment="the headings of a layout, folded and joined"
    )
    kind: Mapped[str] = mapped_column(Text)
    columns: Mapped[dict[str, Any]] = mapped_column(
        JSONB,
        server_default=text("'{}'"),
        comment="heading as the file writes it -> canonical column, or null: not read",
    )
    decided_by: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=text("clock_timestamp()"))
