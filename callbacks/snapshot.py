"""One view of the page from one state of the data: never half a load, never figures of two versions side by side."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg

from callbacks import filters
from data.connection import app_connection
from data.queries.figures import Cube, CubeMemory, week_before
from data.queries.freshness import Freshness, freshness
from data.queries.options import Options, options
from data.texts import Language, language

Connection = psycopg.Connection[dict[str, Any]]
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


def counted_cubes(conn: Connection, seen: Snapshot) -> tuple[Cube, Cube | None]:
    """The cube of the day shown and that of a week before, None when nothing is known of that day."""
    asked = seen.view.filters
    earlier = week_before(asked, seen.fresh.first_day)
    now = CUBES.cube(conn, asked, seen.fresh.version)
    return now, CUBES.cube(conn, earlier, seen.fresh.version) if earlier else None


def lang_of(search: str | None) -> Language:
    """The language in an address."""
    return language("en" if "lang=en" in (search or "").lstrip("?").split("&") else None)
