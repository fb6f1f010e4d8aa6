"""Who asks: set once a request or a command, told to PostgreSQL with every transaction of the app's role.

Row-level security (``data/sql/access.sql``) reads it from settings that end with the transaction. Where nobody is
named, nothing is set, and every policy yields no rows.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from data.access.roles import ROLES, Right
from data.texts.catalogue import t

ALL = "all"


@dataclass(frozen=True)
class Caller:
    """A person at the page, or a command of whoever runs the server.

    Attributes
    ----------
    account_id
        Row of ``account``; None: a command line.
    login, name
        As signed in, and for people to read.
    role
        Key of ``data.access.roles.ROLES``.
    rights
        What the caller may do.
    wards
        Ids of ``ward``; None: the whole district.
    units
        Ids of ``venue`` seen besides those of the wards.
    address, request_id
        Where the request came from and which it was, for the record.
    """

    account_id: int | None
    login: str
    name: str
    role: str
    rights: frozenset[Right]
    wards: tuple[int, ...] | None = ()
    units: tuple[int, ...] = ()
    address: str = ""
    request_id: str = ""

    def seen(self) -> dict[str, str]:
        """What decides which rows are seen: ``app.wards`` ("all" or ids with commas), ``app.units`` (ids),
        ``app.rights`` (words).
        """
        return {
            "app.wards": ALL if self.wards is None else ",".join(map(str, self.wards)),
            "app.units": ",".join(map(str, self.units)),
            "app.rights": ",".join(sorted(self.rights)),
        }

    def settings(self) -> dict[str, str]:
        """What a transaction is told: :meth:`seen`, and for the audit ``app.account`` (id or ""), ``app.login``,
        ``app.name``, ``app.role``, ``app.address``, ``app.request``.
        """
        return self.seen() | {
            "app.account": "" if self.account_id is None else str(self.account_id),
            "app.login": self.login,
            "app.name": self.name,
            "app.role": self.role,
            "app.address": self.address,
            "app.request": self.request_id,
        }

    @property
    def scope(self) -> str:
        """Which venues the caller may see, as a key of what a process remembers: the same for all who see the same."""
        if self.wards is None:
            return ALL
        wards, units = (",".join(map(str, sorted(set(ids)))) for ids in (self.wards, self.units))
        return f"wards {wards} units {units}"


COMMAND_LINE = Caller(
    None,
    "command line",
    t("audit.who.command line"),
    "admin",
    frozenset[Right]().union(*(role.rights for role in ROLES.values())),
    wards=None,
)
"""Whoever can run a command on the server can read its database."""

_caller: ContextVar[Caller | None] = ContextVar("caller", default=None)


def current_caller() -> Caller | None:
    """Who asks; None: nobody is known, and nothing may be seen."""
    return _caller.get()


def current_scope() -> str:
    """:attr:`Caller.scope` of who asks; "": nobody is known. Whatever is kept of venues is kept under it."""
    caller = current_caller()
    return caller.scope if caller else ""


@contextmanager
def acting_as(caller: Caller | None) -> Iterator[None]:
    """For as long as the block runs, ``caller`` asks."""
    token = _caller.set(caller)
    try:
        yield
    finally:
        _caller.reset(token)
