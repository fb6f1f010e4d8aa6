"""Connections to PostGIS: one role that owns, migrates and loads, one that the app reads with.

Without ``DATABASE_URL`` the private cluster under ``.local/`` is used; commands start it when it stands still.
"""

import datetime as dt
import os
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from typing import Any

import psycopg
from psycopg import errors
from psycopg.abc import Buffer
from psycopg.pq import Escaping
from psycopg.rows import dict_row
from psycopg.types.datetime import DateLoader
from psycopg_pool import ConnectionPool, PoolTimeout

from data.access.caller import acting_as, current_caller
from data.access.database_roles import PUBLIC_READER, READER
from data.access.role_check import WrongRole, require_harmless
from data.cluster import server as cluster
from data.cluster.installation import database_is_named
from data.database.presence import Presence
from data.errors import DatabaseUnavailable, NotMigrated, UnusableText
from data.settings import get_settings

Connection = psycopg.Connection[dict[str, Any]]
"""A connection whose rows are dicts, as everything of ours that asks or writes takes it."""

CONNECT_SECONDS = 5
PROBE_SECONDS = 2
QUERY_TIMEOUT_MS = 20_000

# Compiling a plan costs more than it saves on the rule's many small look-ups.
_SESSION = "-c timezone=Asia/Ho_Chi_Minh -c jit=off"
_WRITING = f"{_SESSION} -c statement_timeout={QUERY_TIMEOUT_MS}"
_GATE = f"{_WRITING} -c application_name=gate"
_READ_ONLY = f"{_SESSION} -c default_transaction_read_only=on -c statement_timeout={QUERY_TIMEOUT_MS}"
# What a new connection pays once, some 20 ms: PostGIS is loaded and a projection looked up.
_WARM_UP = "SELECT ST_Transform(ST_TileEnvelope(9, 406, 225), 4326), ST_Transform(ST_Point(105.78, 20.97, 4326), 3857)"
_PUBLIC = f"{_READ_ONLY} -c application_name=public"
MOST_CONNECTIONS = 8  # of one kind in one process
TILE_CONNECTIONS = 4  # kept open: a view asks for its tiles all at once
# A generic plan loses the partial indexes of the low zooms; a parallel plan costs more than a tile.
TILE_OPTIONS = f"{_READ_ONLY} -c plan_cache_mode=force_custom_plan -c max_parallel_workers_per_gather=0"


class _EndlessDate(DateLoader):
    """PostgreSQL's infinite days as the first and last that Python knows: without beginning, without end."""

    def load(self, data: Buffer) -> dt.date:
        text = bytes(data)
        if text == b"infinity":
            return dt.date.max
        return dt.date.min if text == b"-infinity" else super().load(data)


psycopg.adapters.register_loader("date", _EndlessDate)


def start_private_cluster() -> None:
    """Start the private cluster where that is what serves: for commands, which a person may run while it stands still.

    The page and its worker never do: what was stopped on purpose under them stays stopped.

    Raises
    ------
    ClusterError
    """
    if not database_is_named():
        cluster.ensure_started()


def owner_url() -> str:
    """URL of the role that owns the tables.

    Raises
    ------
    DatabaseUnavailable
        Neither ``DATABASE_URL`` nor a private cluster exists.
    """
    if not database_is_named():
        get_settings.cache_clear()  # a private cluster made since has written where it is
    url = get_settings().database_url
    if url is None:
        raise DatabaseUnavailable("error.no_database")
    return url


@contextmanager
def loader_connection(*, autocommit: bool = False) -> Iterator[Connection]:
    """One transaction (rows as dicts) as the role that owns the tables; committed at the end, rolled back on an error.

    It is told who asks, for the audit; with ``autocommit`` nobody is named.

    Raises
    ------
    DatabaseUnavailable
    """
    try:
        conn = psycopg.connect(
            owner_url(), row_factory=dict_row, autocommit=autocommit, options=_SESSION, connect_timeout=CONNECT_SECONDS
        )
    except psycopg.OperationalError as error:
        raise DatabaseUnavailable from error
    with conn, _named_errors():
        if not autocommit:  # each statement would be a transaction, and the next one not told
            tell_caller(conn)
        yield conn


@contextmanager
def app_connection() -> Iterator[Connection]:
    """A pooled read-only connection (rows as dicts) as the app's reading role.

    Raises
    ------
    DatabaseUnavailable
        No connection within five seconds, or the server is away: then at once.
    NotMigrated
        A table or function of this version is missing.
    """
    with _borrowed(_READ_ONLY) as conn:
        yield conn


@contextmanager
def desk_connection() -> Iterator[Connection]:
    """One pooled transaction as the app's role that may write what a clerk at the page may: ask for jobs, decide.

    ``data.database.migrate`` grants the tables; what follows from them is written by the worker. Raises as
    :func:`app_connection`.
    """
    with _borrowed(_WRITING) as conn:
        yield conn


@contextmanager
def gate_connection() -> Iterator[Connection]:
    """As :func:`desk_connection`, from a pool of its own: to find out who asks must not wait for what others do."""
    with _borrowed(_GATE) as conn:
        yield conn


@contextmanager
def tile_connection() -> Iterator[Connection]:
    """As :func:`app_connection`, with the planner's settings that keep tiles fast."""
    with _borrowed(TILE_OPTIONS) as conn:
        yield conn


@contextmanager
def public_connection() -> Iterator[Connection]:
    """A pooled read-only connection as the role of the public page, which reaches the schema ``published`` alone;
    nobody is told to it. Raises as :func:`app_connection`.
    """
    with acting_as(None), _borrowed(_PUBLIC) as conn:
        yield conn


@contextmanager
def probe_connection() -> Iterator[Connection]:
    """A connection of its own as the reading role, given up within seconds: it tells of the server, not of a pool."""
    options = f"{_READ_ONLY} -c statement_timeout={PROBE_SECONDS * 1000}"
    try:
        conn = psycopg.connect(_reader_url(), row_factory=dict_row, options=options, connect_timeout=PROBE_SECONDS)
    except psycopg.OperationalError as error:
        raise DatabaseUnavailable from error
    with conn, _named_errors():
        try:
            _become_reader(conn)
            yield conn
        except errors.QueryCanceled as error:  # it did not answer in time, which is what is asked
            raise DatabaseUnavailable from error


@contextmanager
def _borrowed(options: str) -> Iterator[Connection]:
    with _named_errors():
        pool = _shared_pool(options)
        conn = _lent(pool)
        try:
            with conn:
                tell_caller(conn, only_seen=options == TILE_OPTIONS)
                yield conn
        finally:
            pool.putconn(conn)


def _lent(pool: ConnectionPool[Connection]) -> Connection:
    """A connection that answers.

    The pool's own check sleeps between one that is dead and the next, for longer each time. After the server was away
    all of them are, and whoever came first waited in vain for one from a server that was back.
    """
    give_up_at = time.monotonic() + CONNECT_SECONDS
    while True:
        _server.require()
        conn = pool.getconn(give_up_at - time.monotonic())
        try:
            ConnectionPool.check_connection(conn)
        except psycopg.Error:
            pool.putconn(conn)
            pool.check()  # the others, too: what is dead among them makes room
            _server.doubt()
        else:
            _server.answered()
            return conn


def tell_caller(conn: psycopg.Connection[Any], *, only_seen: bool = False) -> None:
    """Tell the transaction that begins who asks (``data.access.caller``); it is forgotten with the transaction.

    ``only_seen``: no more than what decides which rows are seen, for a tile of half a millisecond feels the rest.

    A setting of the session would reach the next borrower of the connection. ``SET LOCAL`` and not ``set_config()``:
    after a query, and that is one, a transaction could not be made REPEATABLE READ any more.
    """
    caller = current_caller()
    if caller is None:
        return
    quote = Escaping(conn.pgconn).escape_literal
    told = (
        b"SET LOCAL %s = %s" % (name.encode(), bytes(quote(value.encode())))
        for name, value in (caller.seen() if only_seen else caller.settings()).items()
    )
    conn.execute(b"; ".join(told), prepare=False)


def warm_up() -> None:
    """Open this process's connections for tiles before the first request, which meets a database that is away."""
    with suppress(DatabaseUnavailable):
        _shared_pool(TILE_OPTIONS)


@contextmanager
def _named_errors() -> Iterator[None]:
    try:
        yield
    except (errors.UndefinedTable, errors.UndefinedFunction, errors.UndefinedColumn) as error:
        raise NotMigrated from error
    except psycopg.DataError as error:
        # it was not sent, for faults that the server finds have a state; or stood in JSON, which the server reads
        if error.sqlstate is None or isinstance(error, errors.UntranslatableCharacter):
            raise UnusableText from error
        raise
    except PoolTimeout as error:
        _server.doubt()
        with suppress(IndexError):
            raise _refused.pop() from error
        raise DatabaseUnavailable from error
    except (errors.AdminShutdown, errors.CrashShutdown, errors.CannotConnectNow) as error:
        _server.doubt()
        raise DatabaseUnavailable from error
    except psycopg.OperationalError as error:
        if error.sqlstate is None:  # the connection itself broke; faults of a statement have a state
            _server.doubt()
            raise DatabaseUnavailable from error
        raise


def _reader_url() -> str:
    settings = get_settings()
    return settings.app_database_url or owner_url()


def _knock() -> None:
    psycopg.connect(_reader_url(), connect_timeout=PROBE_SECONDS).close()


_server = Presence(_knock)
_making = threading.Lock()


def _shared_pool(options: str) -> ConnectionPool[Connection]:
    """The pool of this process; the lock, so that two first requests do not make one each."""
    with _making:
        return _pool(os.getpid(), _reader_url(), options)


_pools: list[ConnectionPool[Connection]] = []


@lru_cache
def _pool(process: int, url: str, options: str) -> ConnectionPool[Connection]:
    """A pool of this process (a forked worker must not share its parent's sockets), kept for its lifetime."""
    del process
    _server.doubt()  # it has no connection yet, of which one could learn that the server is away
    pool = ConnectionPool(
        url,
        min_size=TILE_CONNECTIONS if options == TILE_OPTIONS else 1,
        max_size=MOST_CONNECTIONS,
        timeout=CONNECT_SECONDS,
        max_idle=120,
        reconnect_timeout=1,
        kwargs={"row_factory": dict_row, "options": options, "connect_timeout": CONNECT_SECONDS},
        configure=_CONFIGURE.get(options, _become_reader),
        open=True,
    )
    _pools.append(pool)
    return pool


def pool_states() -> dict[str, dict[str, int]]:
    """For each kind of pool of this process how many connections are open and lent, and how many callers wait."""
    found = {}
    for pool in list(_pools):
        options = (pool.kwargs if isinstance(pool.kwargs, dict) else {}).get("options")
        name = {TILE_OPTIONS: "tiles", _READ_ONLY: "reading"}.get(str(options), "writing")
        stats = pool.get_stats()
        opened, idle = stats.get("pool_size", 0), stats.get("pool_available", 0)
        found[name] = {"open": opened, "lent": opened - idle, "waiting": stats.get("requests_waiting", 0)}
    return found


def close_pools() -> None:
    """Close every pool of this process, as when its database goes away; the next question opens a new one."""
    _pool.cache_clear()
    _refused.clear()
    _server.forget()
    while _pools:
        _pools.pop().close()


def _become_reader(conn: psycopg.Connection[Any]) -> None:
    """Where only the owner's URL is known, its rights are laid down for the session.

    Raises
    ------
    WrongRole
        For that role policies would not hold: nothing is read as it.
    """
    if get_settings().app_database_url is None:
        conn.execute(f"SET ROLE {READER}")
    try:
        require_harmless(conn)
    except WrongRole as error:
        _refused.append(error)
        raise
    _refused.clear()
    conn.commit()


_refused: deque[WrongRole] = deque(maxlen=1)
"""Why this process's pools last got no connection, where that is the role's fault: a pool itself only says that it took
too long."""


def _make_ready_for_tiles(conn: psycopg.Connection[Any]) -> None:
    _become_reader(conn)
    conn.execute(_WARM_UP)
    conn.commit()


def _become_public(conn: psycopg.Connection[Any]) -> None:
    try:
        conn.execute(f"SET ROLE {PUBLIC_READER}")
    except psycopg.Error as error:
        _refused.append(WrongRole(PUBLIC_READER, "missing"))
        raise _refused[-1] from error
    conn.commit()


_CONFIGURE = {TILE_OPTIONS: _make_ready_for_tiles, _PUBLIC: _become_public}
