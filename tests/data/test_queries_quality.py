"""How good the data are: each line counts what it says, and leads to as many rows."""

import datetime as dt

import pytest

from data.database.connection import Connection
from data.queries import quality
from data.status import periods
from tests.fixtures.databases import DISTRICT, tell_session

TODAY = dt.date(2021, 11, 30)


@pytest.fixture
def world(fresh_database: str, conn: Connection) -> Connection:
    """Two wards with three venues each; 30/11/2021 is the current day, as of a demonstration."""
    tell_session(conn, DISTRICT)
    register = load_row(conn, "venues", TODAY - dt.timedelta(days=200))
    scans = load_row(conn, "scans", TODAY)
    for ward in ("Mộ Lao", "Văn Quán"):
        for number in range(3):
            conn.execute(
                "INSERT INTO venue (code, name, search_text, category, ward_id, location, load_id)"
                " SELECT %(code)s, %(code)s, lower(%(code)s), 'cafe', id, 'none', %(load)s FROM ward"
                " WHERE name = %(ward)s AND valid_from <= %(day)s AND (valid_to IS NULL OR valid_to >= %(day)s)",
                {"code": f"{ward[0]}{number}", "ward": ward, "load": register, "day": TODAY},
            )
    conn.execute("INSERT INTO venue_opening (venue_id, opened_on) SELECT id, '-infinity' FROM venue")
    for back in range(10):
        conn.execute("INSERT INTO scan_day (day, load_id) VALUES (%s, %s)", (TODAY - dt.timedelta(days=back), scans))
    return conn


def load_row(conn: Connection, kind: str, as_of: dt.date, remarks: str = "{}") -> int:
    row = conn.execute(
        "INSERT INTO load (kind, file_name, file_sha256, as_of, is_demo, started_at, finished_at, rows_read,"
        " rows_accepted, rows_rejected, rows_changed, remarks)"
        " VALUES (%s, 'tep.xlsx', 'abc', %s, true, now(), now(), 0, 0, 0, 0, %s) RETURNING id",
        (kind, as_of, remarks),
    ).fetchone()
    assert row is not None
    return int(row["id"])


def scan(conn: Connection, code: str, day: dt.date, scans: int) -> None:
    conn.execute(
        "INSERT INTO scan_count (venue_id, day, scans) SELECT id, %s, %s FROM venue WHERE code = %s", (day, scans, code)
    )


def ready(conn: Connection) -> None:
    ids = [row["id"] for row in conn.execute("SELECT id FROM venue")]
    periods.after_load(conn, ids, days_changed=True)


def test_a_fall_by_half_with_all_venues_there_is_no_missing_export(world: Connection) -> None:
    for code in ("M0", "M1", "M2"):
        scan(world, code, TODAY - dt.timedelta(days=1), 40)
        scan(world, code, TODAY, 10)
    for code in ("V0", "V1", "V2"):
        scan(world, code, TODAY - dt.timedelta(days=1), 40)
    scan(world, "V0", TODAY, 40)
    ready(world)
    found = {jump.ward_name: jump for jump in quality.jumps(world)}
    assert set(found) == {"Mộ Lao", "Văn Quán"}
    assert (found["Mộ Lao"].previous_scans, found["Mộ Lao"].scans) == (120, 30)
    assert not found["Mộ Lao"].is_missing_export
    assert (found["Văn Quán"].previous_venues, found["Văn Quán"].venues) == (3, 1)
    assert found["Văn Quán"].is_missing_export


def test_a_small_fall_and_a_fall_of_few_scans_are_no_jumps(world: Connection) -> None:
    for code, before, after in (("M0", 100, 51), ("V0", 49, 0)):
        scan(world, code, TODAY - dt.timedelta(days=1), before)
        scan(world, code, TODAY, after)
    ready(world)
    assert quality.jumps(world) == []


def test_a_ward_is_silent_until_its_book_of_this_week_has_come(world: Connection) -> None:
    ready(world)
    codes = {row["name"]: row["code"] for row in world.execute("SELECT name, code FROM ward WHERE valid_to IS NULL")}
    codes |= {
        row["name"]: row["code"]
        for row in world.execute(
            "SELECT name, code FROM ward WHERE valid_from <= %s AND (valid_to IS NULL OR valid_to >= %s)",
            (TODAY, TODAY),
        )
    }
    assert [(ward.name, ward.as_of) for ward in quality.silent_wards(world)] == [("Mộ Lao", None), ("Văn Quán", None)]
    old = TODAY - dt.timedelta(days=7)
    load_row(world, "reminders", old, f'{{"wards": ["{codes["Mộ Lao"]}"]}}')
    load_row(world, "reminders", TODAY, f'{{"wards": ["{codes["Văn Quán"]}"]}}')
    assert [(ward.name, ward.as_of) for ward in quality.silent_wards(world)] == [("Mộ Lao", old)]
    world.execute("UPDATE load SET undone_at = now() WHERE kind = 'reminders' AND as_of = %s", (TODAY,))
    assert [ward.name for ward in quality.silent_wards(world)] == ["Văn Quán", "Mộ Lao"]


def test_a_venue_is_not_heard_of_until_any_event_speaks_of_it(world: Connection) -> None:
    scan(world, "M0", TODAY - dt.timedelta(days=quality.UNCONFIRMED_DAYS), 3)
    scan(world, "M1", TODAY - dt.timedelta(days=quality.UNCONFIRMED_DAYS + 1), 3)
    scan(world, "M2", TODAY, 0)
    world.execute(
        "INSERT INTO reminder (venue_id, reminded_on, reason) SELECT id, %s, 'no_qr' FROM venue WHERE code = 'V0'",
        (TODAY,),
    )
    world.execute(
        "UPDATE venue_opening SET closed_on = %s WHERE venue_id = (SELECT id FROM venue WHERE code = 'V1')", (TODAY,)
    )
    ready(world)
    assert quality.unconfirmed(world) == 3
    assert {row.code: row.since for row in quality.rows_of(world, "unconfirmed")} == {
        "M1": TODAY - dt.timedelta(days=quality.UNCONFIRMED_DAYS + 1),
        "M2": TODAY - dt.timedelta(days=200),
        "V2": TODAY - dt.timedelta(days=200),
    }


def test_locations_add_up_and_lead_to_their_rows(world: Connection) -> None:
    point = "ST_SetSRID(ST_Point(105.78, 20.97), 4326)"
    world.execute(f"UPDATE venue SET location = 'given', geom = {point} WHERE code = 'M0'")  # noqa: S608
    world.execute(f"UPDATE venue SET location = 'street', geom = {point} WHERE code = 'M1'")  # noqa: S608
    world.execute("UPDATE venue SET location = 'ward' WHERE code = 'V0'")
    counted = quality.locations(world)
    assert counted == {
        "measured": 1, "hand": 0, "exact": 0, "interpolated": 0, "street": 1, "ward": 1, "none": 3,
    }  # fmt: skip
    for name, venues in counted.items():
        assert len(quality.rows_of(world, f"location-{name}")) == venues


def test_a_line_that_does_not_exist_is_none(world: Connection) -> None:
    with pytest.raises(KeyError):
        quality.rows_of(world, "venue; DROP TABLE venue")


def test_the_pages_role_may_ask_all_of_it(world: Connection, app_conn: Connection) -> None:
    world.commit()
    assert quality.links(app_conn) == quality.Links(0, 0, 0, 0)
    assert quality.doubts(app_conn) == dict.fromkeys(quality.DOUBTS, 0)
    assert quality.outside_ward(app_conn) == 0
    assert quality.silent_wards(app_conn)
