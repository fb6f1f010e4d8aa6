"""Publication: lists of who is named, their entries with the evidence, what was sealed, and what is public of it.

Which steps there are stands in ``data/sql/case_steps.sql``; the functions of ``publication_*.sql`` alone write these
tables. What anybody may read lies in a schema of its own, ``published``, the only one that ``qr_public`` reaches.
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
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, one_of

LIST_KINDS = ("venues", "bodies")
BODY_KINDS = ("ward", "unit")
GRADES = ("A", "B", "C", "D")
"""Of evidence, the best first: ``data/sql/publication_evidence.sql``."""
SEAL_KINDS = ("list", "correction", "withdrawal")
ENTRY_STATES = ("standing", "pending", "contested")
"""What is said of an entry on the public page: it stands, a claim is being looked into, an objection is open."""
PUBLISHED = "published"
"""The schema of what anybody may read."""


class Publication(Base):
    """One list, a case of the process ``publication_list``: what was frozen when it was drafted, and how far it is."""

    __tablename__ = "publication"
    __table_args__ = (
        CheckConstraint(one_of("kind", LIST_KINDS), "kind"),
        CheckConstraint(one_of("seal_as", SEAL_KINDS), "seal_as"),
        CheckConstraint("sealed_version <= version", "version"),
    )

    list_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    day: Mapped[dt.date] = mapped_column(
        Date, comment="whose result of the rule is frozen; of bodies: the period's last"
    )
    from_day: Mapped[dt.date | None] = mapped_column(Date, comment="of bodies: the period's first day")
    title: Mapped[str] = mapped_column(Text)
    policy: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="as it was when the list was drafted")
    drafted_login: Mapped[str] = mapped_column(Text)
    left_out: Mapped[dict[str, Any]] = mapped_column(
        JSONB, server_default=text("'{}'"), comment="how many were not drafted, by why"
    )
    publish_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    published_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    published_on: Mapped[dt.date | None] = mapped_column(Date, comment="in the data's calendar")
    expires_on: Mapped[dt.date | None] = mapped_column(Date, comment="the first day on which it no longer stands")
    version: Mapped[int] = mapped_column(Integer, server_default=text("0"), comment="grows with what has to be sealed")
    sealed_version: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    seal_as: Mapped[str] = mapped_column(Text, server_default=text("'list'"), comment="what the next seal is")


class PublicationEntry(Base):
    """One name of a list, the case of the process ``publication``: what decided, and what is shown of it."""

    __tablename__ = "publication_entry"
    __table_args__ = (
        UniqueConstraint("list_id", "position"),
        CheckConstraint(one_of("grade", GRADES), "grade"),
        CheckConstraint(one_of("body_kind", BODY_KINDS), "body_kind"),
        CheckConstraint("(body_kind IS NULL) = (body_code IS NULL)", "body"),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("publication.list_id"))
    position: Mapped[int] = mapped_column(Integer)
    slug: Mapped[str] = mapped_column(Text, unique=True, comment="its address, for ever")
    body_kind: Mapped[str | None] = mapped_column(Text)
    body_code: Mapped[str | None] = mapped_column(Text, comment="a ward's code, or the login of a managing body")
    grade: Mapped[str | None] = mapped_column(Text, comment="of its weakest fact; NULL: of bodies")
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="what decided: publication_evidence()")
    missing: Mapped[list[str]] = mapped_column(
        ARRAY(Text), server_default=text("'{}'"), comment="why it is held back: keys of texts"
    )
    shown: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="name, address, ward, ward_code, category, what, …")
    anonymous: Mapped[bool | None] = mapped_column(Boolean, comment="without its name; NULL: nobody has decided")
    anonymous_proposed: Mapped[bool] = mapped_column(
        Boolean, server_default=text("false"), comment="its name seems to be a person's"
    )
    delivered_on: Mapped[dt.date | None] = mapped_column(Date, comment="of its notice: the clock starts there")
    answer: Mapped[str | None] = mapped_column(Text, comment="the venue's own words, to stand beside the entry")
    answer_printed: Mapped[bool | None] = mapped_column(Boolean, comment="NULL: nobody has looked at it")
    corrected_on: Mapped[dt.date | None] = mapped_column(Date)


class PublicationPause(Base):
    """Days on which the clock of a notice stands still, both included; ``to_day`` NULL: it still does."""

    __tablename__ = "publication_pause"
    __table_args__ = (CheckConstraint("to_day >= from_day", "order"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("publication_entry.case_id"), index=True)
    from_day: Mapped[dt.date] = mapped_column(Date)
    to_day: Mapped[dt.date | None] = mapped_column(Date)
    why: Mapped[str] = mapped_column(Text, comment="data, objection or claim")


class PublicationToken(Base):
    """What a slip opens: its hash alone is kept. The last one made for an entry is the one that opens it."""

    __tablename__ = "publication_token"

    hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True, comment="SHA-256 of the token")
    case_id: Mapped[int] = mapped_column(ForeignKey("publication_entry.case_id"), index=True)
    made_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=text("clock_timestamp()"))
    revoked_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    opened: Mapped[int] = mapped_column(Integer, server_default=text("0"))


class PublicationSeal(Base):
    """A signed version of a list: a leaf of the one Merkle tree. Never changed."""

    __tablename__ = "publication_seal"
    __table_args__ = (
        UniqueConstraint("list_id", "version"),
        CheckConstraint(one_of("kind", SEAL_KINDS), "kind"),
    )

    leaf: Mapped[int] = mapped_column(Integer, primary_key=True, comment="from 0, without a gap")
    list_id: Mapped[int] = mapped_column(ForeignKey("publication.list_id"))
    version: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(Text)
    manifest: Mapped[str] = mapped_column(Text, comment="canonical JSON, as it was signed")
    sha256: Mapped[str] = mapped_column(Text)
    signature: Mapped[str] = mapped_column(Text, comment="Ed25519, base64")
    key_id: Mapped[str] = mapped_column(Text)
    root: Mapped[str] = mapped_column(Text, comment="of the tree with this leaf, hex")
    hash: Mapped[bytes] = mapped_column(LargeBinary, comment="of the leaf: RFC 6962, section 2.1")
    sealed_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))


class DocumentNumber(Base):
    """A number of an outgoing document as the office gave it: Nghị định 30/2020 art. 15, one series a body and year."""

    __tablename__ = "document_number"
    __table_args__ = (Index("document_number_key", text("lower(issuer)"), "year", text("lower(number)"), unique=True),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    issuer: Mapped[str] = mapped_column(Text)
    year: Mapped[int] = mapped_column(SmallInteger)
    number: Mapped[str] = mapped_column(Text)
    day: Mapped[dt.date] = mapped_column(Date)
    signer: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text, comment="what the document is about")
    recipient: Mapped[str] = mapped_column(Text, server_default=text("''"), comment="to whom it goes")
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"))
    entered_by: Mapped[str] = mapped_column(Text)
    entered_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=text("clock_timestamp()"))


class ReminderCheck(Base):
    """What the ward's chair said of a reminder that seemed implausible; held by what names it, for loads may be taken
    back and made again."""

    __tablename__ = "reminder_check"

    venue_code: Mapped[str] = mapped_column(Text, primary_key=True)
    reminded_on: Mapped[dt.date] = mapped_column(Date, primary_key=True)
    reason: Mapped[str] = mapped_column(Text, primary_key=True)
    given_by: Mapped[str] = mapped_column(Text, primary_key=True, comment="'': the source names nobody")
    is_true: Mapped[bool] = mapped_column(Boolean)
    why: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[str] = mapped_column(Text)
    decided_login: Mapped[str] = mapped_column(Text)
    decided_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=text("clock_timestamp()"))


class PublicList(Base):
    """A list as anybody may read it: its last sealed version."""

    __tablename__ = "list"
    __table_args__ = (CheckConstraint(one_of("kind", LIST_KINDS), "kind"), {"schema": PUBLISHED})

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    word: Mapped[str] = mapped_column(Text, comment="what was not done, in the order's own words")
    day: Mapped[dt.date] = mapped_column(Date)
    published_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    expires_on: Mapped[dt.date] = mapped_column(Date)
    version: Mapped[int] = mapped_column(Integer)
    withdrawn_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True), comment="as a whole")


class PublicEntry(Base):
    """An entry as anybody may read it; it is here as long as it stands, and not a moment longer."""

    __tablename__ = "entry"
    __table_args__ = (
        CheckConstraint(one_of("state", ENTRY_STATES), "state"),
        Index("published_entry_list_id_idx", "list_id", "position"),
        {"schema": PUBLISHED},
    )

    slug: Mapped[str] = mapped_column(Text, primary_key=True)
    list_id: Mapped[int] = mapped_column(BigInteger)
    position: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(Text)
    ward_code: Mapped[str] = mapped_column(Text)
    ward: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    search_text: Mapped[str] = mapped_column(Text, comment="fold(name || address || ward)")
    said: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="the entry whose hash the manifest holds")
    answer: Mapped[str | None] = mapped_column(Text, comment="the venue's own words; they were not verified")


class PublicAddress(Base):
    """Every address that an entry ever had; of one that no longer stands nothing but that."""

    __tablename__ = "address"
    __table_args__ = ({"schema": PUBLISHED},)

    slug: Mapped[str] = mapped_column(Text, primary_key=True)
    gone_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))


class PublicSeal(Base):
    """A seal as anybody may read it; ``stands``: it is its list's last one, and the list was not withdrawn."""

    __tablename__ = "seal"
    __table_args__ = ({"schema": PUBLISHED},)

    leaf: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    list_id: Mapped[int] = mapped_column(BigInteger)
    version: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(Text)
    manifest: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(Text, index=True)
    signature: Mapped[str] = mapped_column(Text)
    key_id: Mapped[str] = mapped_column(Text)
    root: Mapped[str] = mapped_column(Text)
    sealed_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    stands: Mapped[bool] = mapped_column(Boolean)


class PublicState(Base):
    """One row: as of when what is published holds, and what is told of objections."""

    __tablename__ = "state"
    __table_args__ = (CheckConstraint("id = 1", "single"), {"schema": PUBLISHED})

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, server_default=text("1"))
    extract_day: Mapped[dt.date] = mapped_column(Date)
    checked_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), comment="when the rule was last asked")
    valid_until: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    serial: Mapped[int] = mapped_column(BigInteger, comment="grows with every change of an entry")
    objections: Mapped[int] = mapped_column(Integer, comment="decided")
    upheld: Mapped[int] = mapped_column(Integer)
    mean_days: Mapped[int | None] = mapped_column(Integer, comment="from objection to decision, working days, rounded")
    is_demo: Mapped[bool] = mapped_column(Boolean)
    standing: Mapped[str | None] = mapped_column(Text, comment="how all lists stand, signed: proof/manifest.py")
