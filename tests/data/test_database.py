"""What the database itself forbids: bad rows, reading personal data, writing by the reading role; its migrations."""

import datetime as dt
import threading
from typing import Any

import psycopg
import pytest
import sqlalchemy
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError

from data.database import migrate as migrating
from data.database.connection import Connection, app_connection, loader_connection, tile_connection
from data.database.migrate import migrate
from data.errors import DatabaseUnavailable
from data.models.base import Base
from data.status import days, periods
from data.texts.folding import fold
from data.vocabulary import STATUSES
from tests.fixtures.waiting import until

VENUE = (
    "INSERT INTO venue (code, name, search_text, category, location)"
    " SELECT %s, 'Quán', '', min(code), 'none' FROM category RETURNING id"
)


@pytest.fixture
def venue(conn: Connection) -> int:
    row = conn.execute(VENUE, ("HD1",)).fetchone()
    assert row
    return int(row["id"])


BAD_ROWS = {
    "a code twice": (psycopg.errors.UniqueViolation, VENUE.replace("%s", "'HD1'")),
    "no name": (psycopg.errors.CheckViolation, "UPDATE venue SET name = '' WHERE id = {venue}"),
    "a point without its quality": (
        psycopg.errors.CheckViolation,
        "UPDATE venue SET geom = ST_SetSRID(ST_MakePoint(105.7, 20.9), 4326) WHERE id = {venue}",
    ),
    "a point in metres": (
        psycopg.errors.InvalidParameterValue,
        "UPDATE venue SET location = 'given', geom = ST_SetSRID(ST_MakePoint(580000, 2318000), 32648)"
        " WHERE id = {venue}",
    ),
    "openings that overlap": (
        psycopg.errors.ExclusionViolation,
        "INSERT INTO venue_opening (venue_id, opened_on) VALUES ({venue}, '-infinity'), ({venue}, '2021-10-01')",
    ),
    "closed before it opened": (
        psycopg.errors.CheckViolation,
        "INSERT INTO venue_opening (venue_id, opened_on, closed_on) VALUES ({venue}, '2021-10-02', '2021-10-01')",
    ),
    "an app of another kind": (
        psycopg.errors.CheckViolation,
        "INSERT INTO registration (venue_id, registered_on, app) VALUES ({venue}, '2021-10-01', 'Zalo')",
    ),
    "a venue that does not exist": (
        psycopg.errors.ForeignKeyViolation,
        "INSERT INTO registration (venue_id, registered_on) VALUES (-1, '2021-10-01')",
    ),
    "negative scans": (
        psycopg.errors.CheckViolation,
        "INSERT INTO scan_count (venue_id, day, scans) VALUES ({venue}, '2021-10-01', -1)",
    ),
    "a reason unheard of": (
        psycopg.errors.CheckViolation,
        "INSERT INTO reminder (venue_id, reminded_on, reason) VALUES ({venue}, '2021-10-01', 'ồn ào')",
    ),
    "the same reminder twice": (
        psycopg.errors.UniqueViolation,
        "INSERT INTO reminder (venue_id, reminded_on, reason)"
        " VALUES ({venue}, '2021-10-01', 'no_qr'), ({venue}, '2021-10-01', 'no_qr')",
    ),
    "a suspension that ends before it starts": (
        psycopg.errors.CheckViolation,
        "INSERT INTO suspension (venue_id, starts_on, ends_on) VALUES ({venue}, '2021-10-02', '2021-10-01')",
    ),
    "a threshold of none": (
        psycopg.errors.CheckViolation,
        "INSERT INTO policy (valid_from, reminder_threshold, scanning_window_days) VALUES ('2021-10-01', 0, 7)",
    ),
    "rows that do not add up": (
        psycopg.errors.CheckViolation,
        "INSERT INTO load (kind, file_name, file_sha256, started_at, finished_at, rows_read, rows_accepted,"
        " rows_rejected, rows_changed) VALUES ('venues', 'a.csv', '', now(), now(), 3, 1, 1, 1)",
    ),
}


@pytest.mark.parametrize("case", BAD_ROWS)
def test_a_bad_row_cannot_stand(database: str, conn: Connection, venue: int, case: str) -> None:
    error, sql = BAD_ROWS[case]
    with pytest.raises(error):
        conn.execute(sql.format(venue=venue))


def test_the_reading_role_sees_no_personal_data_and_owns_nothing(database: str) -> None:
    with app_connection() as conn:
        assert conn.execute("SELECT count(*) AS n FROM venue").fetchone() == {"n": 0}
        owned = conn.execute(
            "SELECT count(*) AS n FROM pg_class JOIN pg_roles ON pg_roles.oid = relowner WHERE rolname = current_user"
        ).fetchone()
        role = conn.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        assert owned == {"n": 0}
        assert role == {"rolsuper": False, "rolbypassrls": False, "rolcreaterole": False}
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute("SELECT * FROM venue_contact")
        conn.rollback()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE venue SET name = 'x'",
        "DELETE FROM reminder",
        "INSERT INTO policy VALUES ('2021-10-01', 1, 1)",
        "SELECT refresh_status_periods(NULL)",
        "CREATE TABLE mine (id integer)",
    ],
)
def test_the_reading_role_writes_nothing_even_in_a_writing_transaction(
    database: str, app_conn: Connection, sql: str
) -> None:
    app_conn.execute("SET TRANSACTION READ WRITE")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        app_conn.execute(sql)  # type: ignore[arg-type]


def test_tile_sessions_plan_as_measured(database: str) -> None:
    with tile_connection() as conn:
        shown = {
            name: conn.execute(f"SHOW {name}").fetchone()  # type: ignore[arg-type]
            for name in ("plan_cache_mode", "max_parallel_workers_per_gather", "jit", "transaction_read_only")
        }
    assert [next(iter(row.values())) for row in shown.values() if row] == ["force_custom_plan", "0", "off", "on"]


def test_migrating_twice_and_from_two_places_at_once_changes_nothing(fresh_database: str) -> None:
    errors: list[BaseException] = []

    def again() -> None:
        try:
            migrate(fresh_database)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=again) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    with loader_connection() as conn:
        assert conn.execute("SELECT count(*) AS n FROM ward").fetchone() == {"n": 17}
        assert conn.execute("SELECT count(*) AS n FROM policy").fetchone() == {"n": 1}


def test_who_asks_does_not_wait_behind_a_migration_that_waits_for_a_load(
    fresh_database: str,
) -> None:
    """A load holds the table for longer than a migration waits: who asks meanwhile is answered, both come through."""
    made_anew = "SELECT FROM pg_policy WHERE polname = 'caller_select' AND polrelid = 'venue'::regclass"
    waiting = "SELECT FROM pg_locks WHERE relation = 'venue'::regclass AND NOT granted"
    with (
        psycopg.connect(fresh_database, autocommit=True) as asking,
        psycopg.connect(fresh_database, autocommit=True) as watching,
        psycopg.connect(fresh_database) as load,
    ):
        asking.execute("DROP POLICY caller_select ON venue")  # what making it anew needs is the whole table
        load.execute("SELECT FROM venue")
        migration = threading.Thread(target=migrate, args=(fresh_database,))
        migration.start()
        for _ in range(2):  # it waits, gives up, and waits again
            until(lambda: watching.execute(waiting).fetchone() is not None, "the migration to wait for the load")
            asking.execute("SELECT count(*) FROM venue")  # did the migration not give up, this would wait for ever
            until(lambda: watching.execute(waiting).fetchone() is None, "the migration to give up")
        assert migration.is_alive()
        load.commit()
        migration.join(60)
        assert not migration.is_alive()
        assert asking.execute(made_anew).fetchone() is not None


def test_a_table_held_for_ever_ends_the_migration_with_a_sentence(
    fresh_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrating, "PATIENCE_SECONDS", 0.0)
    with psycopg.connect(fresh_database) as load:
        load.execute("DROP POLICY caller_select ON venue")
        with pytest.raises(migrating.TablesInUse, match="chưa có gì thay đổi"):
            migrate(fresh_database)


def test_a_fault_of_a_migration_is_told_as_what_it_is(fresh_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def uses_a_new_value(connection: sqlalchemy.Connection) -> None:
        connection.exec_driver_sql("ALTER TYPE venue_status ADD VALUE 'unheard'")
        connection.exec_driver_sql("SELECT 'unheard'::venue_status")

    monkeypatch.setattr(migrating, "_upgrade", uses_a_new_value)
    with pytest.raises(OperationalError, match="unsafe use of new value"):
        migrate(fresh_database)


def test_a_server_that_cannot_be_reached_or_ends_the_session_is_away(
    fresh_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_ended(connection: sqlalchemy.Connection) -> None:
        connection.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")

    with pytest.raises(DatabaseUnavailable):
        migrate("postgresql://127.0.0.1:1/nobody")
    monkeypatch.setattr(migrating, "_upgrade", is_ended)
    with pytest.raises(DatabaseUnavailable):
        migrate(fresh_database)


def test_a_new_status_finds_its_place_in_a_database_that_has_the_others(
    fresh_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = ("first", *STATUSES[:-1], "unheard", "unseen", STATUSES[-1])
    monkeypatch.setattr(migrating, "STATUSES", more)
    migrate(fresh_database)
    migrate(fresh_database)
    with psycopg.connect(fresh_database) as conn:
        (known,) = conn.execute("SELECT enum_range(NULL::venue_status)::text[]").fetchone() or ((),)
    assert tuple(known) == more


def _is_ours(name: str | None, kind: str, parents: Any) -> bool:
    """Schemas that models name, and the tables of models: PostGIS has some of its own."""
    if kind == "schema":
        return name in (None, "published")
    return kind != "table" or parents["schema_qualified_table_name"] in Base.metadata.tables


def test_models_and_migrations_agree(database: str) -> None:
    engine = create_engine(database.replace("postgresql://", "postgresql+psycopg://", 1))
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_schemas": True,
                "include_name": _is_ours,
                "compare_type": True,
            },
        )
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_the_day_turns_once_and_by_the_reading_role(database: str, conn: Connection) -> None:
    conn.execute("UPDATE clock SET status_day = current_day() - 1, version = 7")
    conn.commit()
    with app_connection() as reader:
        reader.execute("SET TRANSACTION READ WRITE")
        assert periods.advance(reader) is True
        assert periods.advance(reader) is False
    row = conn.execute("SELECT status_day, version FROM clock").fetchone()
    assert row == {"status_day": days.today(), "version": 8}


def test_a_status_that_time_alone_changes_is_turned_with_the_day(database: str, conn: Connection, venue: int) -> None:
    """A suspension that ended yesterday: nothing is loaded, and still the map changes."""
    yesterday = days.today() - dt.timedelta(days=1)
    conn.execute("INSERT INTO venue_opening (venue_id, opened_on) VALUES (%s, '-infinity')", (venue,))
    conn.execute(
        "INSERT INTO suspension (venue_id, starts_on, ends_on) VALUES (%s, %s, %s)", (venue, yesterday, yesterday)
    )
    periods.after_load(conn, [venue], days_changed=False)
    conn.execute("UPDATE venue SET status = 'suspended' WHERE id = %s", (venue,))
    conn.execute("UPDATE clock SET status_day = %s", (yesterday,))
    assert periods.advance(conn) is True
    assert conn.execute("SELECT status FROM venue WHERE id = %s", (venue,)).fetchone() == {"status": "unregistered"}


@given(
    st.text(
        st.characters(
            codec="utf-8", exclude_characters="\x00", exclude_categories=("Cs", "Co", "Cn"), max_codepoint=0x1EFF
        )
    )
)
def test_folding_strips_what_a_person_would_not_type(text: str) -> None:
    folded = fold(text)
    assert folded == fold(folded)
    assert "  " not in folded


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Yết  Kiêu", "yet kieu"),
        ("PHƯỜNG ĐỒNG MAI", "phuong dong mai"),
        ("Ngõ 4/12, đường Tô Hiệu\t(cũ)", "ngo 4/12, duong to hieu (cu)"),
        ("Hoà Bình", "hoa binh"),
    ],
)
def test_folding_is_the_same_in_python_and_in_sql(database: str, conn: Connection, text: str, folded: str) -> None:
    assert fold(text) == folded
    assert conn.execute("SELECT fold(%s) AS f", (text,)).fetchone() == {"f": folded}


def test_counts_of_scans_keep_their_keys_without_asking_row_by_row(database: str, conn: Connection) -> None:
    load = conn.execute(
        "INSERT INTO load (kind, file_name, file_sha256, started_at, finished_at, rows_read, rows_accepted,"
        " rows_rejected, rows_changed) VALUES ('scans', 'a', 'b', now(), now(), 0, 0, 0, 0) RETURNING id"
    ).fetchone()
    venue = conn.execute(
        "INSERT INTO venue (code, name, search_text, category, location) SELECT 'K1', 'K', 'k', code, 'none'"
        " FROM category LIMIT 1 RETURNING id"
    ).fetchone()
    assert load is not None
    assert venue is not None
    counted = "INSERT INTO scan_count (venue_id, day, scans, load_id) VALUES (%s, '2021-11-01', 3, %s)"
    for wrong in ((venue["id"] + 1, load["id"]), (venue["id"], load["id"] + 1)):
        with pytest.raises(psycopg.errors.ForeignKeyViolation), conn.transaction():
            conn.execute(counted, wrong)
    conn.execute(counted, (venue["id"], load["id"]))
    with pytest.raises(psycopg.errors.ForeignKeyViolation), conn.transaction():
        conn.execute("UPDATE scan_count SET load_id = load_id + 1")
    with pytest.raises(psycopg.errors.ForeignKeyViolation), conn.transaction():
        conn.execute("DELETE FROM load WHERE id = %s", (load["id"],))
    conn.execute("DELETE FROM venue WHERE id = %s", (venue["id"],))
    assert conn.execute("SELECT count(*) AS n FROM scan_count").fetchone() == {"n": 0}
