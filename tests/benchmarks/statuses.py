"""The rule and the periods at size: all venues on one day, the whole history, one day forward, a past day's counts."""

import datetime as dt
from collections.abc import Callable

import psycopg
from psycopg.rows import dict_row

from data.database.connection import Connection
from data.queries import status, trend
from data.queries.filters import Filters
from data.status import periods
from tests.benchmarks.results import Result, median, seconds_of

RUNS = 3


def measure(venues: int, owner: str) -> list[Result]:
    """Seconds, medians of RUNS; what writes is rolled back after each run."""
    with psycopg.connect(owner, row_factory=dict_row, options="-c jit=off -c timezone=Asia/Ho_Chi_Minh") as conn:
        span = conn.execute("SELECT min(day) AS first, max(day) AS last FROM scan_day").fetchone()
        assert span
        past = span["last"] - dt.timedelta(days=5)
        scans = conn.execute("SELECT count(*) AS n FROM scan_count").fetchone()
        stored = conn.execute("SELECT count(*) AS n FROM status_period").fetchone()
        assert scans
        assert stored
        return [
            Result(venues, "rows of scans", scans["n"], "rows"),
            Result(venues, "periods stored", stored["n"], "rows"),
            _timed(venues, "status of all on a day, from the events", conn, lambda: _from_events(conn, past)),
            _timed(venues, "all periods rebuilt", conn, lambda: _rebuilt(conn)),
            _timed(venues, "one day forward", conn, lambda: _forward(conn)),
            _timed(venues, "1,000 venues corrected", conn, lambda: _corrected(conn)),
            _timed(venues, "counts by ward and status on a past day", conn, lambda: status.by_ward(conn, past)),
            _timed(
                venues,
                "eight weeks of each status",
                conn,
                lambda: trend.series(conn, Filters(past), past - dt.timedelta(days=55), past),
            ),
        ]


def _timed(venues: int, measure_: str, conn: Connection, work: Callable[[], object]) -> Result:
    times = []
    for _ in range(RUNS):
        times.append(seconds_of(work))
        conn.rollback()
    return Result(venues, measure_, median(times), "s")


def _from_events(conn: Connection, day: dt.date) -> None:
    conn.execute("SELECT s.status, count(*) FROM venue AS v, venue_status(v.id, %s) AS s GROUP BY 1", (day,)).fetchall()


def _rebuilt(conn: Connection) -> None:
    conn.execute("DELETE FROM status_period")
    periods.rebuild(conn)


def _forward(conn: Connection) -> None:
    conn.execute("UPDATE clock SET status_day = status_day - 1")
    if not periods.advance(conn):
        raise RuntimeError("the day did not turn")


def _corrected(conn: Connection) -> None:
    rows = conn.execute("SELECT id FROM venue ORDER BY id LIMIT 1000").fetchall()
    periods.after_load(conn, [row["id"] for row in rows], days_changed=False)
