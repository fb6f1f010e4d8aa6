"""Mail: who gets what, what became of it; and the links that stand. Row-level security leaves what is the caller's."""

import datetime as dt
from dataclasses import dataclass

from data.access.caller import Caller
from data.access.roles import ROLES
from data.database.connection import Connection


@dataclass(frozen=True)
class Recipient:
    """An account with its address (None: none is entered) and when it gets the figures (None: never)."""

    account: int
    name: str
    role: str
    address: str | None
    weekday: int | None
    at: dt.time | None


@dataclass(frozen=True)
class Sent:
    """One mail, and what became of it."""

    id: int
    name: str
    kind: str
    scope: str
    subject: str
    state: str
    attempts: int
    error: str | None
    next_at: dt.datetime
    made_at: dt.datetime
    sent_at: dt.datetime | None


@dataclass(frozen=True)
class Link:
    """A link that shows one view; ``is_open``: it still opens something."""

    id: int
    name: str
    query: str
    made_at: dt.datetime
    expires_at: dt.datetime
    is_open: bool
    opened: int
    opened_at: dt.datetime | None


@dataclass(frozen=True)
class Opened:
    """What a link shows: the query of its view, until when, and its maker as they are now, who may look and no more."""

    query: str
    expires_at: dt.datetime
    maker: Caller


def is_on(conn: Connection) -> bool:
    """Whether mail goes out."""
    row = conn.execute("SELECT is_on FROM mail_setting").fetchone()
    return bool(row and row["is_on"])


def recipients(conn: Connection) -> list[Recipient]:
    """Accounts in use whose mail the caller may look after, by role and name."""
    rows = conn.execute(
        """
        SELECT p.account_id AS account, p.name, p.role, m.address, s.weekday, s.at
        FROM mail_people() AS p LEFT JOIN mail_address AS m USING (account_id)
        LEFT JOIN mail_subscription AS s ON s.account_id = p.account_id AND s.kind = 'figures'
        ORDER BY array_position(%(roles)s, p.role), p.name
        """,
        {"roles": list(ROLES)},
    )
    return [Recipient(**row) for row in rows]


def sent(conn: Connection, most: int = 50) -> list[Sent]:
    """The newest ``most`` mails that the caller may see."""
    rows = conn.execute(
        """
        SELECT o.id, COALESCE(p.name, '') AS name, o.kind, o.scope, o.subject, o.state, o.attempts, o.error, o.next_at,
               o.made_at, o.sent_at
        FROM mail_outbox AS o LEFT JOIN mail_people() AS p USING (account_id) ORDER BY o.id DESC LIMIT %s
        """,
        (most,),
    )
    return [Sent(**row) for row in rows]


def links(conn: Connection) -> list[Link]:
    """Links that the caller may end, of the last ninety days, the newest first."""
    rows = conn.execute(
        """
        SELECT l.id, COALESCE(p.name, '') AS name, l.query, l.made_at, l.expires_at,
               l.revoked_at IS NULL AND l.expires_at > clock_timestamp() AS is_open, l.opened, l.opened_at
        FROM shared_link AS l LEFT JOIN mail_people() AS p USING (account_id)
        WHERE l.made_at > clock_timestamp() - interval '90 days' ORDER BY l.id DESC LIMIT 100
        """
    )
    return [Link(**row) for row in rows]


def opened(conn: Connection, hashed: bytes) -> Opened | None:
    """What the link of that hash shows; None: nothing (any more). Counted, and in the audit."""
    row = conn.execute(
        "SELECT query, expires_at, account_id, login, name, role, wards, units FROM shared_link_open(%s)", (hashed,)
    ).fetchone()
    if row is None or row["role"] not in ROLES or "export" not in ROLES[row["role"]].rights:
        return None
    role = ROLES[row["role"]]
    maker = Caller(
        row["account_id"],
        row["login"],
        row["name"],
        row["role"],
        frozenset(("view",)),
        wards=None if role.scope == "district" else tuple(row["wards"]) if role.scope == "wards" else (),
        units=tuple(row["units"]) if role.scope == "units" else (),
    )
    if maker.wards == () and not maker.units:
        return None
    return Opened(row["query"], row["expires_at"], maker)
