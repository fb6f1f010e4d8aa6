"""Signing in, and who a browser's token stands for.

The token is known to the browser alone; the database keeps its SHA-256. A session begins by a password or by what the
office's OpenID Connect provider says; it ends by signing out, by idleness, by its age, and when an administrator ends
it.
"""

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass, replace
from typing import Any, Literal

from data.access.caller import Caller, acting_as
from data.access.network import network
from data.access.roles import ROLES, Role
from data.accounts import passwords
from data.database.connection import Connection, desk_connection
from data.errors import TextError

Step = Literal["password", "authenticator", "code"]
"""What is missing before a session may do anything: a password of one's own, an authenticator, its code."""

LIFETIME = dt.timedelta(hours=12)
FRESH = dt.timedelta(minutes=10)
"""How long after signing in a first authenticator may be set up: finding an app for the telephone takes a while."""


class WrongSignIn(TextError):
    """No such account, or another password: which of them is not said."""

    def __init__(self) -> None:
        super().__init__("access.wrong")


class ExpiredPassword(TextError):
    """The one-time password was not used in time."""

    def __init__(self) -> None:
        super().__init__("access.expired")


class UnknownIdentity(TextError):
    """Whom the provider has proved has no account here, or a disabled one: which of them is not said.

    Attributes
    ----------
    login
        Of the disabled account, for the record; "": of none.
    """

    def __init__(self, login: str) -> None:
        self.login = login
        super().__init__("access.oidc.unknown")


class MustWait(TextError):
    """Too many wrong attempts from here."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__("access.wait", seconds=seconds)


@dataclass(frozen=True)
class Identity:
    """A person as the OpenID Connect provider has proved them.

    Attributes
    ----------
    issuer, subject
        Who they are, for ever.
    email
        Their address; None: the provider does not vouch for one.
    is_proved_twice
        More than one factor was asked of them.
    proved_at
        When they were asked, which may be long ago; None: the provider does not say.
    """

    issuer: str
    subject: str
    email: str | None
    is_proved_twice: bool
    proved_at: dt.datetime | None


@dataclass(frozen=True)
class SignedIn:
    """A session: who it is, and what is missing. While a ``step`` is, the caller has no right and sees nothing."""

    caller: Caller
    role: Role
    step: Step | None
    has_authenticator: bool


def token_hash(token: str) -> bytes:
    """What the database keeps of a token."""
    return hashlib.sha256(token.encode()).digest()


def sign_in(login: str, password: str, browser: str, address: str) -> str:
    """The token of a new session.

    Parameters
    ----------
    login, password
        As typed; the login in any case.
    browser
        What stands for the browser and this login together: where it is known, wrong attempts are counted by it.
    address
        Where the request came from: else by this.

    Raises
    ------
    WrongSignIn, ExpiredPassword, MustWait
    """
    login = login.strip().lower().replace("\0", "")
    # The password is hashed without a connection in hand: it takes long, and many may do it at once.
    with desk_connection() as conn:
        attempt = begin_attempt(conn, login, browser, address)
        facts = conn.execute("SELECT account_id, password_hash, is_expired FROM sign_in_facts(%s)", (login,)).fetchone()
    if not passwords.matches(password, facts["password_hash"] if facts else None) or facts is None:
        raise WrongSignIn
    if facts["is_expired"]:
        raise ExpiredPassword
    with desk_connection() as conn:
        conn.execute("SELECT sign_in_succeeded(%s, %s)", (attempt, browser))
        return begin(conn, facts["account_id"], address)


def begin_attempt(conn: Connection, login: str, browser: str, address: str) -> int:
    """The number of an attempt that is counted from now on, whatever happens; ends the transaction.

    Raises
    ------
    MustWait
    """
    row = conn.execute(
        "SELECT seconds, attempt FROM begin_sign_in(%s, %s, %s)", (login, browser, network(address))
    ).fetchone()
    conn.commit()
    if row is None or row["seconds"]:
        raise MustWait(row["seconds"] if row else 0)
    return int(row["attempt"])


def begin(conn: Connection, account_id: int, address: str) -> str:
    """The token of a new session of an account that has proved itself."""
    token = secrets.token_urlsafe(32)
    conn.execute("SELECT begin_session(%s, %s, %s)", (account_id, token_hash(token), address))
    return token


def sign_in_by_identity(identity: Identity, nobody: Caller) -> str:
    """The token of a new session of the account that the identity is bound to; no account is ever made.

    ``nobody`` is whoever has sent the request, for the record of an identity that is bound now.

    Raises
    ------
    UnknownIdentity
    """
    with acting_as(nobody), desk_connection() as conn:
        row = conn.execute(
            "SELECT account_id, login, is_disabled FROM account_of_identity(%s, %s, %s)",
            (identity.issuer, identity.subject, identity.email),
        ).fetchone()
    if row is None or row["is_disabled"]:
        raise UnknownIdentity(row["login"] if row else "")
    token = secrets.token_urlsafe(32)
    with desk_connection() as conn:
        conn.execute(
            "SELECT begin_session_by_identity(%s, %s, %s, %s, %s)",
            (row["account_id"], token_hash(token), nobody.address, identity.is_proved_twice, identity.proved_at),
        )
    return token


def renew(conn: Connection, token: str) -> str:
    """A new token for the caller's session, which has just been proved further; the one before stands for nothing."""
    new = secrets.token_urlsafe(32)
    conn.execute("SELECT renew_session(%s, %s)", (token_hash(token), token_hash(new)))
    return new


def is_fresh(conn: Connection, token: str) -> bool:
    """Whether the caller has signed in, and proved who they are, a short while ago (``FRESH``)."""
    row = conn.execute("SELECT session_is_fresh(%s, %s) AS fresh", (token_hash(token), FRESH)).fetchone()
    return bool(row and row["fresh"])


def of_token(
    conn: Connection, token: str, idle: dt.timedelta, address: str, request_id: str, *, is_used: bool = True
) -> SignedIn | None:
    """Whose session the token stands for; None: it has ended, or never was.

    ``is_used``: a person has done something, so that the idle time begins anew; False: the page asks by itself.
    """
    row = conn.execute(
        "SELECT account_id, login, name, role, wards, units, has_authenticator, second_factor_at, must_change_password"
        " FROM session_account(%s, %s, %s, %s)",
        (token_hash(token), idle, LIFETIME, is_used),
    ).fetchone()
    if row is None:
        return None
    role = ROLES[row["role"]]
    step = _step(row, role)
    nobody = Caller(row["account_id"], row["login"], row["name"], row["role"], frozenset(), (), (), address, request_id)
    if step:
        return SignedIn(nobody, role, step, row["has_authenticator"])
    wards = {"district": None, "wards": tuple(row["wards"])}.get(role.scope, ())
    units = tuple(row["units"]) if role.scope == "units" else ()
    return SignedIn(replace(nobody, rights=role.rights, wards=wards, units=units), role, None, row["has_authenticator"])


def _step(row: dict[str, Any], role: Role) -> Step | None:
    """The password first: who has only a one-time password must not set up an authenticator with it for good."""
    if row["has_authenticator"] and row["second_factor_at"] is None:
        return "code"
    if row["must_change_password"]:
        return "password"
    if role.needs_second_factor and not row["has_authenticator"] and row["second_factor_at"] is None:
        return "authenticator"
    return None


def end(conn: Connection, token: str) -> None:
    """The session of the token is over."""
    conn.execute("SELECT end_session(%s)", (token_hash(token),))


def change_password(caller: Caller, old: str, new: str, token: str) -> None:
    """The caller's new password; all other sessions of the account end.

    Raises
    ------
    WrongSignIn
        ``old`` is not the password.
    WeakPassword, MustWait
    """
    if new == old:
        raise passwords.WeakPassword("access.password.same")
    with desk_connection() as conn:
        # Counted like signing in: who has found an open session must not find out the password with it, nor have one
        # new password after the other judged, which is work.
        attempt = begin_attempt(conn, f"{caller.login} password", "", caller.address)
    with desk_connection() as conn:
        row = conn.execute("SELECT own_password_hash() AS hash").fetchone()
    if row is None or not passwords.matches(old, row["hash"]):
        raise WrongSignIn
    passwords.require_strong(new, caller.login, caller.name)
    hashed = passwords.hashed(new)
    with desk_connection() as conn:
        conn.execute("SELECT sign_in_succeeded(%s, '')", (attempt,))
        conn.execute("SELECT set_password(%s, %s, NULL)", (caller.account_id, hashed))
        conn.execute("SELECT end_sessions(%s, 'replaced', %s)", (caller.account_id, token_hash(token)))
