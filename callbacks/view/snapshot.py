"""One view of the page from one state of the data: never half a load, never figures of two versions side by side."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from callbacks.view import filters
from data.database.connection import Connection, app_connection
from data.queries.figures import Cube, CubeMemory, week_before
from data.queries.freshness import Freshness, freshness
from data.queries.options import Options, options
from data.queries.remembered import BeingMade

Answer = TypeVar("Answer")
CUBES = CubeMemory()


@dataclass(frozen=True)
class Snapshot:
    """What one transaction knows of a view."""

    fresh: Freshness
    options: Options
    view: filters.View


@contextmanager
def take_snapshot(search: str | None) -> Iterator[tuple[Connection, Snapshot]]:
    """A connection whose questions all see the same data (never half a load), and the view of ``search`` in it."""
    with app_connection() as conn:
        conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        fresh = freshness(conn)
        names = options(conn, fresh.day)
        yield conn, Snapshot(fresh, names, filters.read(search, fresh.day, fresh.first_day, names))


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
    earlier = week_before(asked, seen.fresh.first_day)
    now = CUBES.cube(conn, asked, seen.fresh.version)
    return now, CUBES.cube(conn, earlier, seen.fresh.version) if earlier else None
