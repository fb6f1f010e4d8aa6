"""While a ward waits for the same figures, its people hold no connection: others are answered meanwhile."""

import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from callbacks.view import snapshot
from callbacks.view.snapshot import Snapshot, from_snapshot
from data.access.caller import acting_as
from data.database import connection
from data.database.connection import Connection, app_connection, pool_states
from data.errors import DatabaseUnavailable
from data.queries import figures, remembered
from data.queries.figures import Cube, CubeMemory
from data.queries.filters import Filters
from data.queries.remembered import NotMade
from tests.fixtures.databases import DISTRICT

WAITING_SECONDS = 30
ASKERS = 3  # one has it counted, the others wait


class Counting:
    """A count that is under way until a test lets it go on; it knows when all others wait for it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.fault: Exception | None = None
        self.times = 0
        self.begun, self.go_on = threading.Event(), threading.Event()
        self.others = threading.Semaphore(0)
        count, wait = figures.cube, remembered.BeingMade.wait

        def counted(conn: Connection, filters: Filters) -> Cube:
            self.times += 1
            self.begun.set()
            assert self.go_on.wait(WAITING_SECONDS)
            if self.fault:
                raise self.fault
            return count(conn, filters)

        def waited(making: remembered.BeingMade) -> None:
            self.others.release()
            wait(making)

        monkeypatch.setattr(figures, "cube", counted)
        monkeypatch.setattr(remembered.BeingMade, "wait", waited)


@pytest.fixture
def counting(database: str, monkeypatch: pytest.MonkeyPatch) -> Counting:
    """Two connections: one for whoever counts, one for all others."""
    connection.close_pools()
    monkeypatch.setattr(connection, "MOST_CONNECTIONS", 2)
    monkeypatch.setattr(snapshot, "CUBES", CubeMemory())
    return Counting(monkeypatch)


def venues(_number: int) -> int | type[Exception]:
    def view(conn: Connection, seen: Snapshot) -> int:
        cube = snapshot.CUBES.cube(conn, seen.view.filters, seen.span.version)
        return sum(cell.venues for cell in cube.cells)

    try:
        with acting_as(DISTRICT):
            return from_snapshot("", view)
    except (DatabaseUnavailable, NotMade, ZeroDivisionError) as error:
        return type(error)


def ask_together(counting: Counting) -> list[int | type[Exception]]:
    """What each is answered; while they wait somebody asks for something else."""
    with ThreadPoolExecutor(ASKERS) as people:
        answers = [people.submit(venues, number) for number in range(ASKERS)]
        try:
            assert counting.begun.wait(WAITING_SECONDS)
            for _ in range(ASKERS - 1):
                assert counting.others.acquire(timeout=WAITING_SECONDS)
            assert pool_states()["reading"]["lent"] == 1
            with app_connection() as other:
                assert other.execute("SELECT 1 AS one").fetchone() == {"one": 1}
        finally:
            counting.go_on.set()
        return [answer.result(WAITING_SECONDS) for answer in answers]


def test_whoever_waits_for_a_count_holds_no_connection(counting: Counting) -> None:
    assert ask_together(counting) == [0] * ASKERS
    assert counting.times == 1


@pytest.mark.parametrize(
    ("fault", "own", "others"),
    [
        (ZeroDivisionError(), ZeroDivisionError, NotMade),
        (psycopg.OperationalError("server closed the connection"), DatabaseUnavailable, DatabaseUnavailable),
    ],
)
def test_a_count_that_fails_is_told_to_all_who_waited_as_what_it_was(
    counting: Counting, fault: Exception, own: type[Exception], others: type[Exception]
) -> None:
    counting.fault = fault
    told = ask_together(counting)
    assert sorted(told, key=str) == sorted([own, *[others] * (ASKERS - 1)], key=str)
    assert counting.times == 1
