"""Tables of accounts: who may sign in, with which wards and units, their sessions, and attempts to sign in.

Secrets (password hashes, keys of authenticators, hashes of session tokens) are read through the functions of
``data/sql/accounts.sql`` alone: the app's role has no right to their columns.
"""

import datetime as dt

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from data.access.roles import ROLES
from data.models.base import Base, one_of

_NOW = text("clock_timestamp()")
END_REASONS = ("signed_out", "replaced", "administrator", "disabled")
WAYS_IN = ("password", "oidc")


class Account(Base):
    """A person who may sign in. Never deleted: the record names it."""

    __tablename__ = "account"
    __table_args__ = (
        CheckConstraint("login = lower(login) AND login ~ '^[a-z0-9][a-z0-9._@-]{1,63}$'", "login"),
        CheckConstraint("name <> ''", "named"),
        CheckConstraint(one_of("role", tuple(ROLES)), "role"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    login: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    password_hash: Mapped[str | None] = mapped_column(Text, comment="Argon2id; NULL: signs in by OpenID Connect only")
    one_time_until: Mapped[dt.datetime | None] = mapped_column(
        DateTime(timezone=True), comment="the password was given out, holds until then, and is changed at first use"
    )
    authenticator_key: Mapped[str | None] = mapped_column(Text, comment="key of RFC 6238 codes, base32")
    authenticator_since: Mapped[dt.datetime | None] = mapped_column(
        DateTime(timezone=True), comment="when a code proved that the key is in the person's hands; NULL: not yet"
    )
    authenticator_step: Mapped[int | None] = mapped_column(
        BigInteger, comment="time step of the last code taken: none is taken twice"
    )
    is_demo: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    disabled_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    created_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=_NOW)
    created_by: Mapped[str | None] = mapped_column(Text)


class AccountWard(Base):
    """A ward whose venues the account sees."""

    __tablename__ = "account_ward"
    __table_args__ = (PrimaryKeyConstraint("account_id", "ward_id"),)

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    ward_id: Mapped[int] = mapped_column(ForeignKey("ward.id"))


class AccountUnit(Base):
    """A venue that a managing body answers for, in whatever ward it lies; by code, so that it outlives loads."""

    __tablename__ = "account_unit"
    __table_args__ = (PrimaryKeyConstraint("account_id", "venue_code"),)

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    venue_code: Mapped[str] = mapped_column(Text)


class AccountIdentity(Base):
    """Who may sign in with the account by OpenID Connect: an address at first, then what the provider calls them."""

    __tablename__ = "account_identity"
    __table_args__ = (
        UniqueConstraint("issuer", "subject"),
        CheckConstraint(r"email = lower(email) AND length(email) <= 254 AND email ~ '^[^@\s]+@[^@\s]+$'", "email"),
        CheckConstraint("num_nonnulls(issuer, subject, bound_at) IN (0, 3)", "bound"),
    )

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    email: Mapped[str] = mapped_column(
        Text,
        unique=True,
        comment="written by an administrator; whom the provider vouches for with it first is bound",
    )
    issuer: Mapped[str | None] = mapped_column(Text, comment="of the provider; NULL: nobody has signed in yet")
    subject: Mapped[str | None] = mapped_column(Text, comment="what the provider calls the person, for ever")
    bound_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))


class Session(Base):
    """A browser that is signed in. The browser holds the token, this its SHA-256."""

    __tablename__ = "session"
    __table_args__ = (
        CheckConstraint(f"end_reason IS NULL OR {one_of('end_reason', END_REASONS)}", "end_reason"),
        CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", "ended"),
        CheckConstraint(one_of("began_by", WAYS_IN), "began_by"),
        Index(None, "account_id", postgresql_where=text("ended_at IS NULL")),
    )

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    began_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=_NOW)
    seen_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=_NOW)
    second_factor_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    ended_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    end_reason: Mapped[str | None] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text, server_default=text("''"))
    began_by: Mapped[str] = mapped_column(Text, server_default=text("'password'"))
    proved_at: Mapped[dt.datetime | None] = mapped_column(
        DateTime(timezone=True), comment="at the provider; NULL: it does not say, or the session began by a password"
    )


class SignInAttempt(Base):
    """An attempt to sign in: failed ones count against further ones for a while, a right one makes a browser known."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (Index(None, "login", "source", "at"), Index(None, "at"))

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    login: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text, comment="what it counts for: an address, or a known browser")
    at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=_NOW)
    succeeded: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
