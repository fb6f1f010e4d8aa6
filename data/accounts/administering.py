"""Accounts as their administrator sees and changes them, at the screen and by command."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from psycopg import errors

from data.access.roles import ROLES
from data.accounts import passwords, sessions
from data.database.connection import Connection
from data.errors import TextError

WardKey = tuple[str, str]
"""Vintage and code of a ward."""

ONE_TIME_DAYS = 7
MOST_UNITS = 500
MOST_NAMED = 10
"""Codes that one sentence names."""


class UnusableAccount(TextError):
    """An account cannot be made or changed as asked; the key says why."""


@dataclass(frozen=True)
class Account:
    """An account as listed; ``wards`` by name, ``units`` by code, moments in UTC; ``email`` is that by which the holder
    may first sign in by OpenID Connect (``is_bound``: and did), ``mail`` where their mail goes."""

    id: int
    login: str
    name: str
    role: str
    wards: list[str]
    ward_ids: list[int]
    units: list[str]
    is_disabled: bool
    awaits_password: bool
    has_authenticator: bool
    is_demo: bool
    sessions: int
    seen_at: dt.datetime | None
    email: str | None
    is_bound: bool
    mail: str | None


@dataclass(frozen=True)
class Ward:
    """A ward that an account has or may be given."""

    id: int
    vintage: str
    code: str
    name: str


def accounts(conn: Connection) -> list[Account]:
    """All accounts, by role and login."""
    return _accounts(conn)


def _accounts(conn: Connection, login: str | None = None) -> list[Account]:
    rows = conn.execute(
        """
        SELECT a.id, a.login, a.name, a.role,
               ARRAY(SELECT w.name FROM account_ward AS x JOIN ward AS w ON w.id = x.ward_id
                     WHERE x.account_id = a.id ORDER BY w.code) AS wards,
               ARRAY(SELECT x.ward_id FROM account_ward AS x WHERE x.account_id = a.id ORDER BY 1) AS ward_ids,
               ARRAY(SELECT u.venue_code FROM account_unit AS u WHERE u.account_id = a.id ORDER BY 1) AS units,
               a.is_demo, a.disabled_at IS NOT NULL AS is_disabled, a.one_time_until IS NOT NULL AS awaits_password,
               a.authenticator_since IS NOT NULL AS has_authenticator,
               (SELECT count(*)::integer FROM session AS s WHERE s.account_id = a.id AND s.ended_at IS NULL
                AND s.began_at > clock_timestamp() - %(lifetime)s) AS sessions,
               (SELECT max(s.seen_at) FROM session AS s WHERE s.account_id = a.id) AS seen_at,
               i.email, i.subject IS NOT NULL AS is_bound, m.address AS mail
        FROM account AS a LEFT JOIN account_identity AS i ON i.account_id = a.id
        LEFT JOIN mail_address AS m ON m.account_id = a.id
        WHERE a.login = COALESCE(%(login)s, a.login)
        ORDER BY array_position(%(roles)s, a.role), a.login
        """,
        {"login": login, "lifetime": sessions.LIFETIME, "roles": list(ROLES)},
    )
    return [Account(**row) for row in rows]


def account(conn: Connection, login: str) -> Account:
    """The account of that login; raises UnusableAccount when there is none."""
    found = _accounts(conn, login.strip().lower())
    if not found:
        raise UnusableAccount("access.account.unknown", login=login)
    return found[0]


def wards_to_give(conn: Connection) -> list[Ward]:
    """Wards valid on the current day; where no outlines of today are loaded, those of the last vintage before."""
    rows = conn.execute(
        """
        WITH begun AS (SELECT * FROM ward WHERE valid_from <= current_day())
        SELECT w.id, w.vintage, w.code, w.name FROM begun AS w
        WHERE COALESCE(w.valid_to, 'infinity') >= LEAST(
            current_day(), (SELECT max(COALESCE(valid_to, 'infinity')) FROM begun)
        )
        ORDER BY w.vintage, w.code
        """
    )
    return [Ward(**row) for row in rows]


def wards_besides(conn: Connection, listed: Sequence[Account]) -> dict[int, list[Ward]]:
    """For each account the wards that it has and :func:`wards_to_give` does not name: of another vintage."""
    rows = conn.execute(
        """
        SELECT x.account_id, w.id, w.vintage, w.code, w.name FROM account_ward AS x JOIN ward AS w ON w.id = x.ward_id
        WHERE x.ward_id <> ALL (%s) ORDER BY w.vintage, w.code
        """,
        ([ward.id for ward in wards_to_give(conn)],),
    )
    found: dict[int, list[Ward]] = {one.id: [] for one in listed}
    for row in rows:
        found.setdefault(row.pop("account_id"), []).append(Ward(**row))
    return found


def create(
    conn: Connection, login: str, name: str, role: str, places: Sequence[int], units: Sequence[str], created_by: str
) -> str:
    """A new account; returns its one-time password, which is shown this once.

    Parameters
    ----------
    places
        Ids of wards, for the roles of wards.
    units
        Codes of venues, for managing bodies.

    Raises
    ------
    UnusableAccount
    """
    login, name = login.strip().lower(), " ".join(name.split())
    _require_places(role, places, units)
    _require_wards(conn, places)
    _require_venues(conn, units)
    if not name:
        raise UnusableAccount("access.account.nameless")
    try:
        with conn.transaction():
            row = conn.execute(
                "INSERT INTO account (login, name, role, created_by) VALUES (%s, %s, %s, %s) RETURNING id",
                (login, name, role, created_by),
            ).fetchone()
    except errors.UniqueViolation:
        raise UnusableAccount("access.account.taken", login=login) from None
    except errors.CheckViolation:
        raise UnusableAccount("access.account.login") from None
    if row is None:
        raise AssertionError("RETURNING gives a row")
    _place(conn, row["id"], places, units)
    return _hand_out(conn, row["id"])


def change(
    conn: Connection,
    account_id: int,
    role: str,
    places: Sequence[int],
    units: Sequence[str],
    *,
    offered: Collection[int] | None = None,
) -> None:
    """Another role, other wards or units; whoever is signed in with the account signs in anew.

    Parameters
    ----------
    offered
        Ids of the wards among which ``places`` were chosen; default: :func:`wards_to_give`. What the account has
        besides, of another vintage, stays: who did not see it did not take it away.

    Raises
    ------
    UnusableAccount
    """
    among = [ward.id for ward in wards_to_give(conn)] if offered is None else list(offered)
    kept = conn.execute(
        "SELECT ward_id FROM account_ward WHERE account_id = %s AND ward_id <> ALL (%s)", (account_id, among)
    )
    wards = [*places, *(row["ward_id"] for row in kept)]
    held = conn.execute("SELECT venue_code FROM account_unit WHERE account_id = %s", (account_id,))
    _require_places(role, wards, units)
    _require_wards(conn, wards)
    _require_venues(conn, sorted(set(units) - {row["venue_code"] for row in held}))
    if role != "admin":
        _require_administrator(conn, account_id)
    conn.execute("UPDATE account SET role = %s WHERE id = %s", (role, account_id))
    conn.execute("DELETE FROM account_ward WHERE account_id = %s", (account_id,))
    conn.execute("DELETE FROM account_unit WHERE account_id = %s", (account_id,))
    _place(conn, account_id, wards, units)
    conn.execute("SELECT end_sessions(%s, 'administrator')", (account_id,))


def reset(conn: Connection, account_id: int) -> str:
    """A new one-time password, no authenticator and no identity of a provider; every session ends.

    A reset is for an account that may be in another's hands: whoever was bound to it must not come in that way again.
    """
    conn.execute("DELETE FROM account_identity WHERE account_id = %s", (account_id,))
    conn.execute("SELECT forget_authenticator(%s)", (account_id,))
    conn.execute("SELECT end_sessions(%s, 'administrator')", (account_id,))
    return _hand_out(conn, account_id)


def mail_address(conn: Connection, account_id: int, address: str) -> None:
    """Say where the account's mail goes; "": nowhere.

    Raises
    ------
    UnusableAccount
        It is no address.
    """
    try:
        with conn.transaction():
            conn.execute("SELECT mail_address_set(%s, %s)", (account_id, address))
    except errors.CheckViolation:
        raise UnusableAccount("access.account.mail", address=address) from None


def name_identity(conn: Connection, account_id: int, email: str) -> None:
    """Let whom the OpenID Connect provider knows by the address, verified, sign in with the account; "": nobody.

    Whoever was bound to the account before is bound no more, and every session ends.

    Raises
    ------
    UnusableAccount
    """
    email = email.strip().lower()
    conn.execute("DELETE FROM account_identity WHERE account_id = %s", (account_id,))
    conn.execute("SELECT end_sessions(%s, 'administrator')", (account_id,))
    if not email:
        return
    try:
        with conn.transaction():
            conn.execute("INSERT INTO account_identity (account_id, email) VALUES (%s, %s)", (account_id, email))
    except errors.UniqueViolation:
        raise UnusableAccount("access.account.email_taken", email=email) from None
    except errors.CheckViolation:
        raise UnusableAccount("access.account.email", email=email) from None


def disable(conn: Connection, account_id: int) -> None:
    """Nobody signs in with the account any more.

    Raises
    ------
    UnusableAccount
        It is the last administrator.
    """
    _require_administrator(conn, account_id)
    conn.execute("UPDATE account SET disabled_at = clock_timestamp() WHERE id = %s", (account_id,))
    conn.execute("SELECT end_sessions(%s, 'disabled')", (account_id,))


def enable(conn: Connection, account_id: int) -> None:
    """The account may be used again."""
    conn.execute("UPDATE account SET disabled_at = NULL WHERE id = %s", (account_id,))


def end_sessions(conn: Connection, account_id: int) -> None:
    """Whoever is signed in with the account has to sign in again."""
    conn.execute("SELECT end_sessions(%s, 'administrator')", (account_id,))


def move_wards(conn: Connection, table: Mapping[WardKey, Iterable[WardKey]]) -> int:
    """Give accounts the wards that follow theirs in a new vintage; returns how many accounts changed.

    Parameters
    ----------
    table
        For each ward (vintage, code) those that follow it. A ward that is not in it stays as it is.

    Raises
    ------
    UnusableAccount
        The table names a ward that is not there.
    """
    ids = {(row["vintage"], row["code"]): row["id"] for row in conn.execute("SELECT id, vintage, code FROM ward")}
    named = {key for old, new in table.items() for key in (old, *new)}
    if missing := sorted(named - ids.keys()):
        raise UnusableAccount("access.account.no_ward", ward=" ".join(missing[0]))
    changed: set[int] = set()
    for old, new in table.items():
        holders = conn.execute("DELETE FROM account_ward WHERE ward_id = %s RETURNING account_id", (ids[old],))
        for holder in holders.fetchall():
            changed.add(holder["account_id"])
            _place(conn, holder["account_id"], [ids[key] for key in new], ())
    return len(changed)


def _hand_out(conn: Connection, account_id: int) -> str:
    password = passwords.one_time()
    until = dt.datetime.now(dt.UTC) + dt.timedelta(days=ONE_TIME_DAYS)
    conn.execute("SELECT set_password(%s, %s, %s)", (account_id, passwords.hashed(password), until))
    return password


def _place(conn: Connection, account_id: int, places: Sequence[int], units: Sequence[str]) -> None:
    conn.execute(
        "INSERT INTO account_ward (account_id, ward_id) SELECT %s, w.id FROM ward AS w WHERE w.id = ANY (%s)"
        " ON CONFLICT DO NOTHING",
        (account_id, list(places)),
    )
    conn.execute(
        "INSERT INTO account_unit (account_id, venue_code) SELECT %s, unnest(%s::text[]) ON CONFLICT DO NOTHING",
        (account_id, list(units)),
    )


def _require_places(role: str, places: Sequence[int], units: Sequence[str]) -> None:
    if role not in ROLES:
        raise UnusableAccount("access.account.role", role=role)
    if ROLES[role].scope == "wards" and not places:
        raise UnusableAccount("access.account.wards")
    if ROLES[role].scope == "units" and not units:
        raise UnusableAccount("access.account.units")
    if len(units) > MOST_UNITS:
        raise UnusableAccount("access.account.many_units", count=len(units), most=MOST_UNITS)


def _require_wards(conn: Connection, places: Sequence[int]) -> None:
    known = {row["id"] for row in conn.execute("SELECT id FROM ward WHERE id = ANY (%s)", (list(places),))}
    if unknown := sorted(set(places) - known):
        raise UnusableAccount("access.account.no_ward", ward=str(unknown[0]))


def _require_venues(conn: Connection, codes: Sequence[str]) -> None:
    """Refuse codes of no venue: whoever mistyped one would hand out an account that sees less than was meant."""
    row = conn.execute("SELECT unknown_venues(%s::text[]) AS codes", (list(codes),)).fetchone()
    unknown = row["codes"] if row else []
    if unknown:
        named = ", ".join(unknown[:MOST_NAMED]) + (", …" if len(unknown) > MOST_NAMED else "")
        raise UnusableAccount("access.account.no_venue", count=len(unknown), codes=named)


def _require_administrator(conn: Connection, account_id: int) -> None:
    """Refuse what would leave nobody to administer; an account that never could is let go."""
    row = conn.execute(
        "SELECT EXISTS (SELECT FROM account WHERE role = 'admin' AND disabled_at IS NULL AND id <> %(id)s) AS others,"
        " EXISTS (SELECT FROM account WHERE role = 'admin' AND disabled_at IS NULL AND id = %(id)s) AS itself",
        {"id": account_id},
    ).fetchone()
    if row and row["itself"] and not row["others"]:
        raise UnusableAccount("access.account.last")
