"""A server that is away is told from one that is busy, by one for all; and one that is back is used at once."""

from collections.abc import Callable
from contextlib import ExitStack

import psycopg
import pytest
from psycopg import errors

from data.cluster.server import Cluster
from data.database import connection, presence
from data.database.connection import (
    Connection,
    app_connection,
    desk_connection,
    gate_connection,
    pool_states,
    tile_connection,
)
from data.database.presence import SECONDS_BETWEEN_LOOKS, Presence
from data.errors import DatabaseUnavailable
from tests.fixtures.databases import CLOSE, OPEN


class Server:
    """One whose answer to a new connection a test decides."""

    def __init__(self) -> None:
        self.fault: Exception | None = None
        self.meanwhile: Callable[[], None] = lambda: None
        self.looks = 0

    def connect(self) -> None:
        self.looks += 1
        self.meanwhile()
        if self.fault:
            raise self.fault


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr(presence.time, "monotonic", lambda: now[0])
    return now


def is_there(known: Presence) -> bool:
    try:
        known.require()
    except DatabaseUnavailable:
        return False
    return True


def test_of_a_server_that_answers_nobody_asks_again_until_something_speaks_against_it(clock: list[float]) -> None:
    server = Server()
    known = Presence(server.connect)
    for moment in (100.0, 200.0):
        clock[0] = moment
        assert is_there(known)
    assert server.looks == 1
    known.doubt()
    assert [is_there(known), is_there(known)] == [True, True]
    assert server.looks == 2


def test_one_that_is_away_is_asked_once_a_second_until_it_is_back(clock: list[float]) -> None:
    server = Server()
    known = Presence(server.connect)
    server.fault = psycopg.OperationalError("connection refused")
    assert [is_there(known) for _ in range(3)] == [False, False, False]
    assert server.looks == 1
    clock[0] += SECONDS_BETWEEN_LOOKS
    assert [is_there(known) for _ in range(3)] == [False, False, False]
    assert server.looks == 2
    server.fault = None
    assert not is_there(known)
    clock[0] += SECONDS_BETWEEN_LOOKS
    assert is_there(known)


def test_one_that_is_full_or_slow_is_there(clock: list[float]) -> None:
    server = Server()
    known = Presence(server.connect)
    server.fault = psycopg.OperationalError("FATAL:  sorry, too many clients already")
    assert is_there(known)
    server.fault, server.meanwhile = errors.ConnectionTimeout(), known.answered
    known.doubt()
    assert is_there(known)  # it has answered others
    server.meanwhile = lambda: None
    clock[0] += SECONDS_BETWEEN_LOOKS
    known.doubt()
    assert not is_there(known)


def test_dead_connections_keep_nobody_from_a_server_that_is_there(fresh_database: str, conn: Connection) -> None:
    with ExitStack() as held:
        for _ in range(connection.MOST_CONNECTIONS):
            held.enter_context(app_connection())
    assert pool_states()["reading"]["open"] == connection.MOST_CONNECTIONS
    conn.execute(
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()",
        (conn.info.dbname,),
    )
    with app_connection() as mine:
        assert mine.execute("SELECT 1 AS one").fetchone() == {"one": 1}


def test_a_pool_of_which_all_is_lent_is_no_server_that_is_away(
    fresh_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ExitStack() as held:
        for _ in range(connection.MOST_CONNECTIONS):
            held.enter_context(app_connection())
        with monkeypatch.context() as hasty:
            hasty.setattr(connection, "CONNECT_SECONDS", 0.2)
            with pytest.raises(DatabaseUnavailable), app_connection():
                pass
        with desk_connection() as others:
            assert others.execute("SELECT 1 AS one").fetchone() == {"one": 1}


def test_while_the_database_is_away_nobody_waits_for_a_connection(
    fresh_database: str, conn: Connection, test_cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    kinds = (app_connection, desk_connection, gate_connection, tile_connection)
    for kind in kinds:
        with kind():
            pass
    name = conn.info.dbname
    test_cluster.sql(CLOSE, name=name)
    with pytest.raises(DatabaseUnavailable), app_connection():
        pass
    with monkeypatch.context() as waiting:
        waiting.setattr(connection.ConnectionPool, "getconn", lambda *_: pytest.fail("somebody waits"))
        for kind in kinds:
            with pytest.raises(DatabaseUnavailable), kind():
                pass
    test_cluster.sql(OPEN, name=name)
    monkeypatch.setattr(presence, "SECONDS_BETWEEN_LOOKS", 0.0)
    for kind in kinds:
        with kind() as mine:
            assert mine.execute("SELECT 1 AS one").fetchone() == {"one": 1}
