"""Tables of linking: descriptions of venues in files without our codes, the venues they mean, what people decided.

What people decide (``link_decision``, ``decided_venue``, ``merge_decision``) is keyed by natural keys, bears no load
and survives whatever is loaded or taken back. Links and candidates follow from decisions and from the engine
(``etl.linking``). Telephones are kept as a salted hash only.
"""

import datetime as dt
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, one_of

VERDICTS = ("same", "different", "new")
MERGE_VERDICTS = ("merged", "different")
LINKED_BY = ("machine", "person")


class LinkingSecret(Base):
    """One row: the salt with which telephones are hashed, made with the database; the page may not read it."""

    __tablename__ = "linking_secret"
    __table_args__ = (CheckConstraint("id = 1", "single"),)

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, server_default=text("1"))
    salt: Mapped[str] = mapped_column(Text)


class Mention(Base):
    """A description of a venue as files of events write it, once however often it stands in them."""

    __tablename__ = "mention"
    __table_args__ = (CheckConstraint("key <> ''", "keyed"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    key: Mapped[str] = mapped_column(
        Text, unique=True, comment="the source's own number of the place, else name, address, ward and hash, folded"
    )
    name: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text, server_default=text("''"))
    ward_named: Mapped[str | None] = mapped_column(Text)
    phone_hash: Mapped[str | None] = mapped_column(Text)
    category: Mapped[str | None] = mapped_column(Text, comment="kind of venue as the source writes it")
    account_code: Mapped[str | None] = mapped_column(Text)
    found_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=text("clock_timestamp()"))
    load_id: Mapped[int | None] = mapped_column(
        ForeignKey("load.id"), index=True, comment="the first load that describes it; NULL: none that stands does"
    )


class LinkCandidate(Base):
    """Derived: a venue that a description may mean, as the engine saw it last."""

    __tablename__ = "link_candidate"
    __table_args__ = (PrimaryKeyConstraint("mention_id", "venue_id"), Index(None, "venue_id"))

    mention_id: Mapped[int] = mapped_column(ForeignKey("mention.id", ondelete="CASCADE"))
    venue_id: Mapped[int] = mapped_column(ForeignKey("venue.id", ondelete="CASCADE"))
    probability: Mapped[float]
    forbidden: Mapped[bool] = mapped_column(Boolean, comment="a clear difference: never linked by machine")
    doubtful: Mapped[bool] = mapped_column(Boolean, comment="at or above the bound below which nothing is asked")
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB, server_default=text("'[]'"), comment="what agrees and what differs, part by part (etl.linking)"
    )


class LinkDecision(Base):
    """What a person said of a description and a venue; ``new``: it means none of the register, which is why it is one.

    ``venue_code`` and not an id: venues come and go with the loads that bring them.
    """

    __tablename__ = "link_decision"
    __table_args__ = (
        PrimaryKeyConstraint("mention_key", "venue_code"),
        CheckConstraint(one_of("verdict", VERDICTS), "verdict"),
        Index(
            "link_decision_one_venue_idx",
            "mention_key",
            unique=True,
            postgresql_where=text("verdict IN ('same', 'new')"),
        ),
    )

    mention_key: Mapped[str] = mapped_column(Text)
    venue_code: Mapped[str] = mapped_column(Text)
    verdict: Mapped[str] = mapped_column(Text)
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB, server_default=text("'[]'"), comment="what the engine had seen of the pair, from which it learns"
    )
    decided_by: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=text("clock_timestamp()"))


class DecidedVenue(Base):
    """A venue that a person made of a description; its row of ``venue`` bears no load and its code the prefix BS-."""

    __tablename__ = "decided_venue"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    mention_key: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text)
    ward_named: Mapped[str | None] = mapped_column(Text)
    category: Mapped[str | None] = mapped_column(Text, comment="as the source writes it")
    decided_by: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=text("clock_timestamp()"))


class Link(Base):
    """The venue that a description means. ``load_id``: the load whose machine decided; NULL: a person did."""

    __tablename__ = "link"
    __table_args__ = (
        CheckConstraint(one_of("linked_by", LINKED_BY), "linked_by"),
        CheckConstraint("(linked_by = 'machine') = (load_id IS NOT NULL)", "machine_has_load"),
        Index(None, "venue_id"),
        Index(None, "load_id"),
    )

    mention_id: Mapped[int] = mapped_column(ForeignKey("mention.id", ondelete="CASCADE"), primary_key=True)
    venue_id: Mapped[int] = mapped_column(ForeignKey("venue.id", ondelete="CASCADE"))
    linked_by: Mapped[str] = mapped_column(Text)
    probability: Mapped[float | None]
    load_id: Mapped[int | None] = mapped_column(ForeignKey("load.id"))


class PendingRow(Base):
    """A row of a file whose venue is not decided, or that a newer file's row stands before: neither lost nor counted.

    It becomes a row of its event table, under its own load, once its description is linked.
    """

    __tablename__ = "pending_row"
    __table_args__ = (Index(None, "mention_id"), Index(None, "load_id"))

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    load_id: Mapped[int] = mapped_column(ForeignKey("load.id"))
    kind: Mapped[str] = mapped_column(Text)
    mention_id: Mapped[int] = mapped_column(ForeignKey("mention.id"))
    natural_key: Mapped[str] = mapped_column(Text, comment="the row's key within its venue, as a JSON array")
    source_sheet: Mapped[int | None] = mapped_column(SmallInteger)
    source_row: Mapped[int | None] = mapped_column(Integer)
    cells: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="the columns of its event table")


class DuplicateCandidate(Base):
    """Derived: two venues of the register that may be one, as the engine saw them last."""

    __tablename__ = "duplicate_candidate"
    __table_args__ = (
        PrimaryKeyConstraint("first_id", "second_id"),
        CheckConstraint("first_id < second_id", "order"),
        Index(None, "second_id"),
    )

    first_id: Mapped[int] = mapped_column(ForeignKey("venue.id", ondelete="CASCADE"))
    second_id: Mapped[int] = mapped_column(ForeignKey("venue.id", ondelete="CASCADE"))
    probability: Mapped[float]
    forbidden: Mapped[bool] = mapped_column(Boolean)
    doubtful: Mapped[bool] = mapped_column(Boolean, comment="at or above the bound below which nothing is asked")
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB, server_default=text("'[]'"), comment="what agrees and what differs, part by part (etl.linking)"
    )


class MergeDecision(Base):
    """What a person said of two venues: ``merged``: one, which stands as the kept one; or ``different``."""

    __tablename__ = "merge_decision"
    __table_args__ = (
        PrimaryKeyConstraint("duplicate_code", "kept_code"),
        CheckConstraint(one_of("verdict", MERGE_VERDICTS), "verdict"),
        CheckConstraint("duplicate_code <> kept_code", "two"),
        Index(
            "merge_decision_one_kept_idx",
            "duplicate_code",
            unique=True,
            postgresql_where=text("verdict = 'merged'"),
        ),
    )

    duplicate_code: Mapped[str] = mapped_column(Text)
    kept_code: Mapped[str] = mapped_column(Text)
    verdict: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=text("clock_timestamp()"))
