"""Does it work: figures counted by hand of eight venues."""

import datetime as dt

import pytest

from callbacks.effects import sections
from data.database.connection import Connection
from data.queries import effects
from data.status import periods
from tests.data.conftest import VENUE
from tests.fixtures.databases import DISTRICT, tell_session

TODAY = dt.date(2021, 11, 30)
DAY = dt.timedelta(days=1)


def venue(
    conn: Connection, code: str, reminded: int | None, scanned: range = range(0), withdrawn: int | None = None
) -> int:
    """A venue with a QR, always open; days count back from TODAY: of its first reminder, and those with scans."""
    row = conn.execute(VENUE, (code, 1)).fetchone()
    assert row
    number = int(row["id"])
    conn.execute("INSERT INTO venue_opening (venue_id, opened_on) VALUES (%s, '-infinity')", (number,))
    conn.execute("INSERT INTO registration (venue_id, registered_on) VALUES (%s, %s)", (number, TODAY - 80 * DAY))
    for back in scanned:
        conn.execute("INSERT INTO scan_count (venue_id, day, scans) VALUES (%s, %s, 4)", (number, TODAY - back * DAY))
    for back, gone in ((reminded, None), (withdrawn, TODAY)):
        if back is not None:
            conn.execute(
                "INSERT INTO reminder (venue_id, reminded_on, reason, withdrawn_on)"
                " VALUES (%s, %s, 'not_scanning', %s)",
                (number, TODAY - back * DAY, gone),
            )
    return number


@pytest.fixture
def world(fresh_database: str, conn: Connection) -> Connection:
    tell_session(conn, DISTRICT)
    load = conn.execute(
        "INSERT INTO load (kind, file_name, file_sha256, as_of, is_demo, started_at, finished_at, rows_read,"
        " rows_accepted, rows_rejected, rows_changed)"
        " VALUES ('scans', 'a.xlsx', 'abc', %s, true, now(), now(), 0, 0, 0, 0) RETURNING id",
        (TODAY,),
    ).fetchone()
    assert load
    for back in range(80):
        conn.execute("INSERT INTO scan_day (day, load_id) VALUES (%s, %s)", (TODAY - back * DAY, load["id"]))
    venue(conn, "STILL", 40)  # has waited 40 days
    venue(conn, "SOON", 50, range(45, -1, -1))  # after 5 days, for good
    venue(conn, "BACK", 60, range(50, 45, -1))  # after 10 days; scanned for 5, held for 6 more, then no longer
    venue(conn, "LATE", 30, range(10, -1, -1))  # after 20 days, 10 days ago: too short to say
    venue(conn, "ALWAYS", 20, range(70, -1, -1))  # complied when it was reminded
    venue(conn, "NEVER", None)  # never reminded
    venue(conn, "TAKEN", None, withdrawn=25)  # its reminder was withdrawn
    # reminded while it was being built: nobody has seen it open
    conn.execute(
        "UPDATE venue_opening SET opened_on = %s WHERE venue_id = %s", (TODAY + 5 * DAY, venue(conn, "BUILT", 10))
    )
    periods.after_load(conn, [row["id"] for row in conn.execute("SELECT id FROM venue")], days_changed=True)
    return conn


def visited(conn: Connection, code: str, drawn_back: int, outcome_back: int | None, kind: str = "guidance") -> None:
    conn.execute(
        """
        WITH c AS (
            INSERT INTO case_file (process, state, venue_code, venue_id)
            SELECT 'visit', CASE WHEN %(outcome)s::date IS NULL THEN 'planned' ELSE 'recorded' END, code, id
            FROM venue WHERE code = %(code)s RETURNING id
        ), e AS (
            INSERT INTO case_entry (case_id, step, to_state, day, login, role)
            SELECT id, 'plan', 'planned', %(day)s, 'x', 'police' FROM c
        )
        INSERT INTO visit (case_id, kind, drawn, outcome, outcome_on)
        SELECT id, %(kind)s, true, CASE WHEN %(outcome)s::date IS NOT NULL THEN 'partly' END, %(outcome)s FROM c
        """,
        {
            "code": code,
            "day": TODAY - drawn_back * DAY,
            "outcome": None if outcome_back is None else TODAY - outcome_back * DAY,
            "kind": kind,
        },
    )


def test_waiting_is_counted_to_the_first_compliant_day_or_to_the_last_that_was_seen(world: Connection) -> None:
    found = effects.effects(world)
    assert sorted((row.days, row.complied, row.venues) for row in found.waiting) == [
        (5, True, 1),
        (10, True, 1),
        (20, True, 1),
        (40, False, 1),
    ]
    assert found.complied_before == 1


def test_relapses_are_told_of_those_seen_for_long_enough(world: Connection) -> None:
    relapses = effects.effects(world).relapses
    assert (relapses.seen, relapses.relapsed, relapses.too_short) == (2, 1, 1)


def test_visits_and_the_lot(world: Connection) -> None:
    visited(world, "SOON", 50, 48)
    visited(world, "STILL", 40, 39)
    visited(world, "STILL", 38, 37)
    visited(world, "LATE", 35, None)  # complied 10 days ago: 25 days after the lot
    visited(world, "BACK", 10, None)  # drawn too lately
    visited(world, "TAKEN", 37, None)  # taken off its route, and put on again
    world.execute("UPDATE case_file SET state = 'waived', closed_at = now() WHERE venue_code = 'TAKEN'")
    visited(world, "TAKEN", 37, 36)
    found = effects.effects(world)
    assert found.visits == [effects.Visits("guidance", 4, 3, 1)]
    assert sorted((lot.was_visited, lot.venues, lot.complied) for lot in found.lots) == [(False, 1, 1), (True, 4, 1)]


def test_the_curve_is_kaplan_meiers(world: Connection) -> None:
    curve = sections.curve_of(effects.effects(world).waiting, [0, 10, 40], "quận")
    assert list(zip(curve.days, curve.share, strict=True)) == [(5, 3 / 4), (10, 3 / 4 * 2 / 3), (20, 1 / 4)]
    assert curve.at_risk == [4, 3, 1]


def test_few_venues_have_no_figures_of_their_own(world: Connection) -> None:
    page = str(sections.page(effects.effects(world), TODAY, "", "vi"))
    assert "quá ít để nói" in page
    assert page.count("Không chứng minh được:") == 4
