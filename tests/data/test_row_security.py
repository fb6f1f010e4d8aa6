"""Row-level security with the app's real role: what each kind of caller sees of every table, and for how long."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg_pool import ConnectionPool

from data.access.caller import COMMAND_LINE, Caller, acting_as
from data.access.role_check import WrongRole, require_harmless, spatial_index_serves
from data.cluster.server import OWNER, READER, SUPERUSER, Cluster
from data.database import connection
from data.database.connection import Connection, app_connection, desk_connection, probe_connection
from data.queries.tiles import Tile, state, venue_tile
from data.queries.venue import venue_history
from data.settings import get_settings
from tests.callbacks.map_world import tiles_of_district
from tests.callbacks.vector_tile import read_tile
from tests.data.owners_rights import OWNERS_FUNCTIONS, OWNERS_VIEWS
from tests.data.security_world import AT_CASES, BY_CASE, BY_LIST, BY_RIGHT, BY_VENUE, NO_RIGHT, NO_VENUE, World, fill

CALLERS = (
    "nobody",
    "administrator",
    "one ward",
    "two wards",
    "units",
    "a ward with the desk's rights",
    "district, counting",
    "district",
)


@pytest.fixture(scope="module")
def world(own_demo_database: str) -> World:
    with psycopg.connect(own_demo_database, row_factory=psycopg.rows.dict_row) as conn:
        return fill(conn)


@pytest.fixture
def owner(own_demo_database: str, world: World, conn: Connection) -> Connection:
    return conn


def count(conn: Connection, table: str) -> int:
    row = conn.execute(f"SELECT count(*) AS n FROM {table}").fetchone()  # type: ignore[arg-type]  # noqa: S608
    assert row is not None
    return int(row["n"])


def ids(conn: Connection) -> set[int]:
    return {row["id"] for row in conn.execute("SELECT id FROM venue")}


def expected(owner: Connection, world: World, caller: Caller | None, table: str) -> int:
    """Rows of ``table`` that ``caller`` may see, counted one by one of all that there are."""
    seen = world.seen_by(caller)
    rows = owner.execute(f"SELECT * FROM {table}").fetchall()  # type: ignore[arg-type]  # noqa: S608
    assert rows, f"{table} is empty: nothing would be tested"
    if table == "status_period":
        named = seen - {world.duplicate} if caller and caller.wards is not None else seen
        return sum(row["venue_id"] in named for row in rows)
    if table in ("venue_point", "reminder_check"):
        if table == "reminder_check" and not (caller and caller.rights & {"confirm", "publish", "approve"}):
            return 0
        codes = {world.venues[venue][2] for venue in seen}
        return sum(row["venue_code"] in codes for row in rows)
    if table in BY_VENUE:
        return sum(row[BY_VENUE[table]] in seen for row in rows)
    if table in BY_CASE:
        with_right = caller is not None and bool(caller.rights & AT_CASES)
        return len(owner.execute(
            f"SELECT FROM {table} AS t JOIN case_file AS c ON c.id = t.case_id WHERE c.venue_id = ANY (%s)",  # type: ignore[arg-type]
            (sorted(seen) if with_right else [],),
        ).fetchall())  # fmt: skip
    if table in BY_LIST:
        return len(rows) if caller is not None and caller.wards is None and caller.rights & AT_CASES else 0
    rights, columns = BY_RIGHT[table]
    if caller is None or not caller.rights & rights:
        return 0
    # what is at no venue is of the whole district
    own = seen | {None} if caller.wards is None else seen
    return sum(all(row[column] in own for column in columns) for row in rows)


# --- What is seen ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CALLERS)
def test_of_every_table_a_caller_sees_what_is_theirs(owner: Connection, world: World, name: str) -> None:
    caller = world.callers()[name]
    found, wanted = {}, {}
    with acting_as(caller), app_connection() as conn:
        assert ids(conn) == world.seen_by(caller)
        for table in (*BY_VENUE, "status_period", "venue_point", "reminder_check", *BY_RIGHT, *BY_CASE, *BY_LIST):
            found[table], wanted[table] = count(conn, table), expected(owner, world, caller, table)
    assert found == wanted
    assert any(found.values()) == (name not in ("nobody", "administrator"))


def test_every_table_has_a_policy_or_a_reason(owner: Connection) -> None:
    tables = {
        row["name"]: row
        for row in owner.execute(
            """
            SELECT c.relname AS name, c.relrowsecurity AS secured,
                   EXISTS (SELECT FROM pg_policy AS p WHERE p.polrelid = c.oid) AS has_policy,
                   has_any_column_privilege(%s, c.oid, 'SELECT, INSERT, UPDATE, REFERENCES') AS is_granted
            FROM pg_class AS c
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'm', 'f')
              AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.objid = c.oid AND d.deptype = 'e')
            """,
            (READER,),
        )
    }
    known = {
        *BY_VENUE,
        "status_period",
        "venue_point",
        "reminder_check",
        *BY_RIGHT,
        *BY_CASE,
        *BY_LIST,
        *NO_RIGHT,
        *NO_VENUE,
    }
    unlisted = {name for name, row in tables.items() if name not in known and not row["has_policy"]}
    assert not unlisted, "say in tests/data/security_world.py who may see it, and write its policy in access.sql"
    assert known <= set(tables)
    for name, row in tables.items():
        if name in NO_RIGHT:
            assert row["secured"], name
            assert not row["is_granted"], name
        elif name not in NO_VENUE:
            assert row["secured"], name
            assert row["has_policy"], name


def test_what_runs_with_the_owners_rights_is_listed_and_closed_to_the_public(owner: Connection) -> None:
    functions = owner.execute(
        """
        SELECT p.proname AS name, 'search_path=public, pg_temp' = ANY (p.proconfig) AS pinned,
               has_function_privilege('public', p.oid, 'EXECUTE') AS is_public,
               has_function_privilege('qr_app', p.oid, 'EXECUTE') AS is_the_apps
        FROM pg_proc AS p
        WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef
          AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.objid = p.oid AND d.deptype = 'e')
        """
    ).fetchall()
    assert {row["name"]: row["is_the_apps"] for row in functions} == {
        name: tells != "a trigger" for name, tells in OWNERS_FUNCTIONS.items()
    }
    assert [row["name"] for row in functions if row["is_public"] or not row["pinned"]] == []
    views = owner.execute(
        """
        SELECT c.relname AS name FROM pg_class AS c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'v'
          AND NOT COALESCE('security_invoker=true' = ANY (c.reloptions), false)
          AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.objid = c.oid AND d.deptype = 'e')
        """
    ).fetchall()
    assert {row["name"] for row in views} == set(OWNERS_VIEWS)


def test_doubts_are_told_of_venues_that_one_may_see_and_to_the_owner_of_all(owner: Connection, world: World) -> None:
    every = {(row["venue_id"], row["reason"]) for row in owner.execute("SELECT * FROM venue_doubt")}
    assert {"pending_link", "possible_duplicate"} <= {reason for _, reason in every}
    for caller in world.callers().values():
        seen = world.seen_by(caller)
        with acting_as(caller), app_connection() as conn:
            told = {(row["venue_id"], row["reason"]) for row in conn.execute("SELECT * FROM venue_doubt")}
        assert told == {(venue, reason) for venue, reason in every if venue in seen}


def test_a_venue_with_another_merged_into_it_is_the_same_for_its_ward_and_for_the_district(world: World) -> None:
    code = world.venues[world.kept][2]
    histories = []
    for name in ("one ward", "units", "district"):
        with acting_as(world.callers()[name]), app_connection() as conn:
            day = conn.execute("SELECT current_day() AS day").fetchone()
            assert day is not None
            histories.append(venue_history(conn, code, day["day"]))
    assert histories[0] == histories[2]
    assert histories[1] == histories[2]
    assert any(reminder.given_by == "x" for reminder in histories[0].reminders)


# --- For how long ---------------------------------------------------------------------------------------------------


@pytest.fixture
def pool_of_one(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every question of this process goes over the same connection."""

    class Small(ConnectionPool[Any]):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **(options | {"min_size": 1, "max_size": 1}))

    connection.close_pools()
    monkeypatch.setattr(connection, "ConnectionPool", Small)
    yield
    connection.close_pools()


def fail_half_way(caller: Caller | None) -> None:
    with acting_as(caller), app_connection() as conn:
        assert count(conn, "venue")
        raise RuntimeError


def test_no_setting_outlives_its_transaction(pool_of_one: None, world: World) -> None:
    callers, processes = world.callers(), set()

    def look(name: str) -> None:
        with acting_as(callers[name]), app_connection() as conn:
            processes.add(conn.info.backend_pid)
            assert ids(conn) == world.seen_by(callers[name]), name

    for name in (*CALLERS, *reversed(CALLERS)):
        look(name)
        with acting_as(None), app_connection() as conn:
            assert ids(conn) == set()
            assert conn.execute("SELECT current_setting('app.wards', true) AS w").fetchone() in ({"w": ""}, {"w": None})
        with (
            pytest.raises(psycopg.errors.DivisionByZero),
            acting_as(callers["district"]),
            app_connection() as conn,
        ):
            conn.execute("SELECT 1 / 0")
        look("nobody")
        with pytest.raises(RuntimeError):
            fail_half_way(callers["district"])
        look(name)
        with acting_as(callers["two wards"]), app_connection() as conn:
            conn.rollback()
            assert ids(conn) == set()  # told with the transaction that has ended
            conn.commit()
    assert len(processes) == 1


def test_a_setting_that_is_no_number_shows_nothing(world: World, app_conn: Connection) -> None:
    for wards in ("ALL", "all,1", "1;2", "null"):
        app_conn.execute("SELECT set_config('app.wards', %s, true)", (wards,))
        with pytest.raises(psycopg.errors.InvalidTextRepresentation):
            app_conn.execute("SELECT count(*) FROM venue")
        app_conn.rollback()


# --- Contacts -------------------------------------------------------------------------------------------------------


def test_contacts_are_given_one_at_a_time_to_those_who_may(owner: Connection, world: World) -> None:
    stored = {row["venue_id"]: row["phone"] for row in owner.execute("SELECT venue_id, phone FROM venue_contact")}
    for name, caller in world.callers().items():
        seen = world.seen_by(caller) - ({world.duplicate} if caller and caller.wards is not None else set())
        with acting_as(caller), desk_connection() as conn:
            for venue in (*world.venues, -1):
                found = conn.execute("SELECT owner_name, phone FROM contact_of(%s)", (venue,)).fetchall()
                may = caller is not None and "contacts" in caller.rights and venue in seen and venue in stored
                if venue != world.duplicate:
                    assert [row["phone"] for row in found] == ([stored[venue]] if may else []), (name, venue)


@pytest.mark.parametrize("table", NO_RIGHT)
def test_what_is_personal_cannot_be_read_from_its_table(world: World, table: str) -> None:
    with (
        pytest.raises(psycopg.errors.InsufficientPrivilege),
        acting_as(COMMAND_LINE),
        app_connection() as conn,
    ):
        count(conn, table)


# --- Writing --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "may"),
    [("nobody", False), ("one ward", False), ("units", False), ("district, counting", False), ("district", True)],
)
@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO job (kind) VALUES ('read') RETURNING id",
        "INSERT INTO received_file (file_name, bytes) VALUES ('c.csv', 1) RETURNING id",
        "INSERT INTO column_mapping (layout_key, kind) VALUES (gen_random_uuid()::text, 'venues')",
        "UPDATE received_file SET state = 'discarded'",
    ],
)
def test_only_the_desk_writes_what_the_desk_writes(world: World, name: str, sql: str, may: bool) -> None:
    with acting_as(world.callers()[name]), desk_connection() as conn:
        if may or sql.startswith("UPDATE"):
            assert bool(conn.execute(sql).rowcount) == may  # type: ignore[arg-type]
        else:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                conn.execute(sql)  # type: ignore[arg-type]
        conn.rollback()


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO job (kind, state) VALUES ('read', 'done')",
        "INSERT INTO job (kind, asked_as) VALUES ('read', '{\"login\": \"lan\"}')",
        "UPDATE job SET state = 'done'",
        "UPDATE received_file SET report = '{}'",
        "DELETE FROM received_file",
    ],
)
def test_nobody_at_the_page_says_who_asked_or_how_it_ended(world: World, sql: str) -> None:
    with (
        pytest.raises(psycopg.errors.InsufficientPrivilege),
        acting_as(world.callers()["district"]),
        desk_connection() as conn,
    ):
        conn.execute(sql)  # type: ignore[arg-type]


# --- Tiles -----------------------------------------------------------------------------------------------------------


def drawn(tile: bytes) -> set[int]:
    return {f.properties["id"] for layer in read_tile(tile).values() for f in layer.features}


def test_a_tile_finds_its_venues_by_the_index_and_is_right_without_it(
    test_cluster: Cluster, own_demo_database: str, world: World
) -> None:
    name = psycopg.conninfo.conninfo_to_dict(own_demo_database)["dbname"]
    plan = "EXPLAIN SELECT id FROM venue WHERE geom && ST_MakeEnvelope(105.77, 20.96, 105.78, 20.97, 4326)"
    mark = "ALTER FUNCTION geometry_overlaps(geometry, geometry) {} LEAKPROOF"
    made = []
    for marked in (True, False):
        test_cluster.sql(mark.format("" if marked else "NOT"), database=str(name))
        connection.close_pools()
        with acting_as(world.callers()["one ward"]), app_connection() as conn:
            assert spatial_index_serves(conn) == marked
            conn.execute("SET LOCAL enable_seqscan = off")
            steps = "\n".join(row["QUERY PLAN"] for row in conn.execute(plan))
            assert ("Index Cond: (geom &&" in steps) == marked
            now = state(conn)
            made.append([drawn(venue_tile(conn, Tile(12, x, y), now.day, now)) for x, y in tiles_of_district(12)])
    test_cluster.sql(mark.format(""), database=str(name))
    assert made[0] == made[1]
    assert any(made[0])


# --- The role itself ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("role", "fault"), [(SUPERUSER, "superuser"), (OWNER, "sở hữu bảng"), (READER, None)])
def test_a_role_above_the_policies_is_named(
    test_cluster: Cluster, own_demo_database: str, role: str, fault: str | None
) -> None:
    name = str(psycopg.conninfo.conninfo_to_dict(own_demo_database)["dbname"])
    with psycopg.connect(test_cluster.url(role, name)) as conn:
        if fault is None:
            require_harmless(conn)
        else:
            with pytest.raises(WrongRole, match=fault):
                require_harmless(conn)


def test_nothing_is_read_as_a_role_above_the_policies(
    own_demo_database: str, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APP_DATABASE_URL", own_demo_database)
    monkeypatch.setattr(connection, "CONNECT_SECONDS", 1)
    get_settings.cache_clear()
    connection.close_pools()
    try:
        for connect in (app_connection, desk_connection, probe_connection):
            with pytest.raises(WrongRole, match=OWNER), acting_as(COMMAND_LINE), connect() as conn:
                count(conn, "venue")
    finally:
        monkeypatch.undo()
        get_settings.cache_clear()
        connection.close_pools()
