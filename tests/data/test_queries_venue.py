"""One venue as of a day: the rule's own answer, nothing of later days, nothing personal, and where it was read."""

import datetime as dt

import psycopg
import pytest

from data.database.connection import Connection
from data.errors import UnknownVenue
from data.queries.filters import Filters
from data.queries.nearby import nearby
from data.queries.venue import venue_history
from data.queries.venue_lines import venue_lines
from data.status import periods
from tests.data import page_world
from tests.data.page_world import FIRST, TODAY

CODES = ["HD0001", "HD0002", "HD0003", "HD0004", "HD0005", "HD0006", "HD0011", "HD0015"]


@pytest.fixture
def district(conn: Connection) -> Connection:
    page_world.fill(conn)
    return conn


@pytest.mark.parametrize("day", [FIRST, dt.date(2021, 11, 20), TODAY])
@pytest.mark.parametrize("code", CODES)
def test_the_facts_are_those_of_the_rule(district: Connection, code: str, day: dt.date) -> None:
    found = venue_history(district, code, day)
    rule = district.execute(
        "SELECT s.status::text, s.counted_reminders, s.last_scan, s.window_from, s.registration_id, s.suspension_id"
        " FROM venue AS v, venue_status(v.id, %s) AS s WHERE v.code = %s",
        (day, code),
    ).fetchone()
    assert rule is not None
    assert {name: getattr(found.facts, name) for name in rule} == rule
    standing = district.execute(
        "SELECT s.reminder_id AS id, s.standing, s.answered_by, s.answered_on"
        " FROM venue AS v, reminder_standing(v.id, %s) AS s WHERE v.code = %s ORDER BY s.reminded_on, s.reminder_id",
        (day, code),
    ).fetchall()
    assert [{name: getattr(row, name) for name in standing[0]} for row in found.reminders] == standing
    assert (found.registration is None) == (rule["registration_id"] is None)
    assert (found.suspension is None) == (rule["suspension_id"] is None)


def test_nothing_that_happened_later_is_seen(district: Connection) -> None:
    venue = district.execute("SELECT id FROM venue WHERE code = 'HD0004'").fetchone()
    assert venue is not None
    district.execute(
        "INSERT INTO registration (venue_id, registered_on, ended_on, qr_code) VALUES (%s, %s, %s, 'mới')",
        (venue["id"], dt.date(2021, 11, 10), dt.date(2021, 11, 25)),
    )
    periods.after_load(district, [venue["id"]], days_changed=False)
    early = venue_history(district, "HD0004", dt.date(2021, 11, 9))
    assert early.registrations == ()
    assert [row.reminded_on.day for row in early.reminders] == [5]
    middle = venue_history(district, "HD0004", dt.date(2021, 11, 24))
    assert [row.ended_on for row in middle.registrations] == [None]
    late = venue_history(district, "HD0004", TODAY)
    assert [row.ended_on for row in late.registrations] == [dt.date(2021, 11, 25)]
    assert all(row.day <= TODAY for row in late.scans)


def test_a_day_without_an_export_is_not_a_day_without_scans(district: Connection) -> None:
    gap = dt.date(2021, 11, 13)
    district.execute("DELETE FROM scan_day WHERE day = %s", (gap,))
    district.execute("DELETE FROM scan_count WHERE day = %s", (gap,))
    by_day = {row.day: row.scans for row in venue_history(district, "HD0003", TODAY, 30).scans}
    assert len(by_day) == 30
    assert by_day[gap] is None
    assert by_day[gap + dt.timedelta(days=1)] == 0
    assert {row.scans for row in venue_history(district, "HD0006", TODAY, 30).scans} == {None, 3}


def test_an_open_window_has_no_end_yet(district: Connection) -> None:
    assert venue_history(district, "HD0006", TODAY).facts.scans_count_until == dt.date.max
    assert venue_history(district, "HD0001", TODAY).facts.scans_count_until == dt.date(2021, 11, 26)


def test_every_row_names_its_file_and_line(district: Connection) -> None:
    found = venue_history(district, "HD0006", TODAY)
    assert found.venue.source is not None
    assert (found.venue.source.file_name, found.venue.source.row) == ("luot_quet.xlsx", 7)
    assert all(row.source and row.source.file_name == "luot_quet.xlsx" for row in found.registrations)
    assert found.scan_summary.total == 90
    district.execute("UPDATE load SET sheets = ARRAY['Tháng 10', 'Tháng 11']")
    district.execute("UPDATE venue SET source_sheet = 1 WHERE code = 'HD0006'")
    again = venue_history(district, "HD0006", TODAY).venue.source
    assert again is not None
    assert again.sheet == "Tháng 11"


def test_a_venue_that_is_closed_has_no_status(district: Connection) -> None:
    district.execute(
        "UPDATE venue_opening SET closed_on = '2021-11-10' FROM venue WHERE venue.id = venue_id AND code = 'HD0001'"
    )
    closed = venue_history(district, "HD0001", TODAY)
    assert (closed.facts.status, closed.facts.is_open) == (None, False)
    assert closed.openings[0].opened_on == dt.date.min
    assert closed.openings[0].closed_on == dt.date(2021, 11, 10)
    assert venue_history(district, "HD0001", dt.date(2021, 11, 9)).openings[0].closed_on is None


def test_an_unknown_venue_is_a_sentence(conn: Connection) -> None:
    with pytest.raises(UnknownVenue, match="KHÔNG-CÓ"):
        venue_history(conn, "KHÔNG-CÓ", TODAY)


def test_the_reading_role_is_enough_and_sees_no_telephone(fresh_database: str, app_conn: Connection) -> None:
    with page_world.filled(fresh_database):
        assert venue_history(app_conn, "HD0004", TODAY).facts.status == "violating"
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app_conn.execute("SELECT phone FROM venue_contact")


def test_venues_at_one_place_are_listed_nearest_first(district: Connection) -> None:
    filters = Filters(TODAY)
    ids = nearby(district, filters, 105.7704, 20.9700, 120).venues
    lines = venue_lines(district, filters, ids)
    assert len(lines) == len(ids) > 1
    codes = [
        row["code"]
        for row in district.execute(
            "SELECT code FROM venue JOIN unnest(%s::int[]) WITH ORDINALITY AS wanted (id, place) USING (id)"
            " ORDER BY place",
            (list(ids),),
        )
    ]
    assert [line.code for line in lines] == codes
    violating = Filters(TODAY, statuses=frozenset({"violating"}))
    assert {line.status for line in venue_lines(district, violating, ids)} <= {"violating"}
