"""One view of the page from one state of the data: never half a load, never figures of two versions side by side."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from callbacks.view import filters
from data.database.connection import Connection, app_connection
from data.queries.figures import Cube, CubeMemory, week_before
from data.queries.options import Options, options
from data.queries.remembered import BeingMade
from data.status.days import DataSpan, data_span

Answer = TypeVar("Answer")
CUBES = CubeMemory()


@dataclass(frozen=True)
class Snapshot:
    """What one transaction knows of a view."""

    span: DataSpan
    options: Options
    view: filters.View


@contextmanager
def take_snapshot(search: str | None) -> Iterator[tuple[Connection, Snapshot]]:
    """A connection whose questions all see the same data (never half a load), and the view of ``search`` in it."""
    with app_connection() as conn:
        conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        span = data_span(conn)
        names = options(conn, span.current_day)
        yield conn, Snapshot(span, names, filters.read(search, span.current_day, span.first_day, names))


def from_snapshot(search: str | None, view: Callable[[Connection, Snapshot], Answer]) -> Answer:
    """What ``view`` answers in one transaction of :func:`take_snapshot`.

    Where somebody else is having the same venues counted, the connection goes back before they are waited for, and
    ``view`` is asked anew: a ward that waits together after a load would hold every connection.

    Raises
    ------
    DatabaseUnavailable, NotMade
        Also where the count that was waited for failed.
    """
    while True:
        try:
            with take_snapshot(search) as (conn, seen):
                return view(conn, seen)
        except BeingMade as others:
            others.wait()


def counted_cubes(conn: Connection, seen: Snapshot) -> tuple[Cube, Cube | None]:
    """The cube of the day shown and that of a week before, None when nothing is known of that day.

    Within :func:`from_snapshot`, which waits where somebody else has them counted.
    """
    asked = seen.view.filters
    earlier = week_before(asked, seen.span.first_day)
    now = CUBES.cube(conn, asked, seen.span.version)
    return now, CUBES.cube(conn, earlier, seen.span.version) if earlier else None
