"""A process of this version goes on reading when a later version's migration has added a column to every table."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row
from psycopg.sql import SQL, Identifier

from data.access.caller import COMMAND_LINE, acting_as
from data.accounts import administering, sessions
from data.database.connection import Connection, tell_caller
from data.desk import imports as desk
from data.desk import jobs
from data.queries import (
    audit,
    contact,
    exports,
    field,
    figures,
    freshness,
    imports,
    options,
    poster,
    proposals,
    quality,
    review,
    search,
    selection,
    status,
    streets,
    table,
    tiles,
    trend,
    unlocated,
    venue,
    violators,
    ward,
)
from data.queries.filters import Filters
from data.status import days, periods
from data.texts.folding import fold
from etl.undo.undo import undo_within
from etl.worker import status as loads
from tests.callbacks.map_world import tile_of

SCANNED = (105.77, 20.97)


@pytest.fixture(scope="module")
def newer(own_demo_database: str) -> str:
    """The demonstration with one more column in every table of ours, and something in the tables of people."""
    with acting_as(COMMAND_LINE), psycopg.connect(own_demo_database, row_factory=dict_row) as conn:
        tell_caller(conn)
        administering.create(conn, "hoa", "Chị Hoa", "culture_office", [], [], "thử")
        jobs.ask(conn, "read", {"file": 1}, "chị Hoa")
        number = desk.announce(conn, "tệp.xlsx", 12, "chị Hoa")
        assert number
        conn.commit()
        for row in conn.execute(
            "SELECT c.oid::regclass::text AS name FROM pg_class AS c WHERE c.relnamespace = 'public'::regnamespace"
            " AND c.relkind = 'r' AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = c.oid AND deptype = 'e')"
        ).fetchall():
            conn.execute(SQL("ALTER TABLE {} ADD COLUMN added_later text").format(Identifier(row["name"])))
    return own_demo_database


@pytest.fixture
def asking(newer: str) -> Iterator[Connection]:
    with (
        acting_as(COMMAND_LINE),
        psycopg.connect(newer, row_factory=dict_row, options="-c timezone=Asia/Ho_Chi_Minh") as conn,
    ):
        tell_caller(conn)
        yield conn
        conn.rollback()


def _day(conn: Connection) -> dt.date:
    return days.data_span(conn).current_day


def _code(conn: Connection, condition: str) -> str:
    row = conn.execute(SQL("SELECT v.code FROM venue AS v WHERE {} ORDER BY v.code LIMIT 1").format(SQL(condition)))  # type: ignore[arg-type]
    found = row.fetchone()
    assert found is not None
    return str(found["code"])


def _registered(conn: Connection) -> str:
    return _code(conn, "v.status = 'scanning' AND EXISTS (SELECT FROM registration WHERE venue_id = v.id)")


def _suspended(conn: Connection) -> str:
    return _code(conn, "EXISTS (SELECT FROM suspension WHERE venue_id = v.id)")


def _found(conn: Connection) -> Filters:
    return Filters(_day(conn), query=fold("quan"))


READ: dict[str, Callable[[Connection], Any]] = {
    "accounts": lambda c: administering.accounts(c),
    "one account": lambda c: administering.account(c, "HOA "),
    "wards to give": lambda c: administering.wards_to_give(c),
    "attempt": lambda c: sessions.begin_attempt(c, "hoa", "trình duyệt", "10.0.0.1"),
    "session": lambda c: sessions.begin(c, administering.account(c, "hoa").id, "10.0.0.1"),
    "audit": lambda c: audit.search(c, audit.Asked()),
    "files": lambda c: [*imports.files(c), imports.file(c, imports.files(c)[0].id)],
    "loads": lambda c: imports.loads(c, 5),
    "loads of the command line": lambda c: loads.overview(c),
    "what taking a load back would do": lambda c: undo_within(c, _last_load(c), "thử", lambda *_: None, dry_run=True),
    "jobs": lambda c: jobs.open_jobs(c),
    "next job": lambda c: jobs.first_open(c, ()),
    "day": lambda c: days.data_span(c),
    "freshness": lambda c: freshness.freshness(c),
    "figures": lambda c: figures.cube(c, Filters(_day(c))).cells,
    "counts": lambda c: status.by_ward(c, _day(c)),
    "statuses": lambda c: list(status.by_venue(c, _day(c))),
    "export": lambda c: list(exports.export_rows(c, Filters(_day(c)))),
    "table": lambda c: table.page(c, Filters(_day(c)), 0, 20),
    "trend": lambda c: trend.series(c, Filters(_day(c)), _day(c) - dt.timedelta(days=9), _day(c)).counts,
    "venue": lambda c: venue.venue_history(c, _registered(c), _day(c)).registrations,
    "suspended venue": lambda c: venue.venue_history(c, _suspended(c), _day(c)).suspensions,
    "ward": lambda c: ward.ward(c, "09541"),
    "poster": lambda c: poster.location_code(c, _registered(c)),
    "violators": lambda c: violators.violators_on(c, _day(c))[0],
    "phone": lambda c: field.venues(c, None),
    "phone's state": lambda c: field.state(c),
    "contact": lambda c: contact.contact(c, _registered(c)),
    "options": lambda c: options.options(c, _day(c)),
    "suggestions": lambda c: search.suggestions(c, _found(c)),
    "point": lambda c: selection.venue_point(c, _registered(c)),
    "streets": lambda c: streets.worst_streets(c, Filters(_day(c))),
    "unlocated": lambda c: [unlocated.unmatched_wards(c, Filters(_day(c)))],
    "proposals": lambda c: [proposals.waiting(c), proposals.decided(c)],
    "links": lambda c: quality.links(c),
    "silent wards": lambda c: [quality.silent_wards(c), quality.jumps(c)],
    "descriptions": lambda c: [
        review.described(c, 5, []),
        review.twins(c, 5, []),
        review.standing(c),
        review.said(c, 5),
    ],
    "tile": lambda c: tiles.venue_tile(c, tiles.Tile(12, *tile_of(*SCANNED, 12)), _day(c), tiles.state(c)),
    "past tile": lambda c: tiles.venue_tile(
        c, tiles.Tile(12, *tile_of(*SCANNED, 12)), _day(c) - dt.timedelta(days=3), tiles.state(c)
    ),
    "filtered tile": lambda c: tiles.filtered_venue_tile(
        c, tiles.Tile(12, *tile_of(*SCANNED, 12)), Filters(_day(c), statuses=frozenset({"scanning", "registered"}))
    ),
    "wards' tile": lambda c: tiles.ward_tile(c, tiles.Tile(12, *tile_of(*SCANNED, 12)), _day(c)),
    "rebuilding": lambda c: periods.rebuild(c) == 0,
}


def _last_load(conn: Connection) -> int:
    row = conn.execute("SELECT max(id) AS id FROM load").fetchone()
    assert row is not None
    return int(row["id"])


@pytest.mark.parametrize("name", READ)
def test_what_is_read_does_not_mind_a_column_more(asking: Connection, name: str) -> None:
    assert READ[name](asking)


def test_a_reader_that_takes_whatever_columns_there_are_would_be_found(asking: Connection) -> None:
    row = asking.execute("SELECT * FROM job").fetchone()
    assert row is not None
    with pytest.raises(TypeError, match="added_later"):
        jobs.Job(**row)
