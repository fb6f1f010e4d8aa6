"""The audit on a real PostGIS: what is recorded of each table, by whom it may be written, and what it holds."""

import datetime as dt
import itertools
import threading
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from data.access.caller import COMMAND_LINE, Caller, acting_as
from data.audit.notes import note
from data.database.connection import Connection, app_connection, desk_connection, loader_connection
from data.desk import jobs
from data.texts.catalogue import texts
from tests.fixtures import accounts

CLERK = Caller(7, "lan", "Lan", "culture_office", frozenset(("load",)), None, (), "10.0.0.7", "r-1")
AUDITOR = replace(CLERK, login="an", role="admin", rights=frozenset(("audit",)), wards=())
SEVERAL = 40

LOAD = (
    "INSERT INTO load (kind, file_name, file_sha256, started_at, finished_at, rows_read, rows_accepted, rows_rejected,"
    " rows_changed) VALUES ('reminders', 'nhac.xlsx', 'abc', now(), now(), 0, 0, 0, 0) RETURNING id"
)


def entries(conn: Connection, since: int = 0) -> list[dict[str, Any]]:
    return conn.execute("SELECT * FROM audit_entry WHERE id > %s ORDER BY id", (since,)).fetchall()


def last_id(conn: Connection) -> int:
    row = conn.execute("SELECT COALESCE(max(id), 0) AS id FROM audit_entry").fetchone()
    assert row
    return int(row["id"])


ACCOUNT = "INSERT INTO account (login, name, role, password_hash) VALUES ('binh', 'Bình', 'police', 'argon')"

# Of each table: a row written, changed and removed; the kind and name of the subject; what changed.
WRITES: dict[str, tuple[str, str, str, str, str]] = {
    "account": (
        ACCOUNT,
        "UPDATE account SET password_hash = 'other', authenticator_step = 5 WHERE login = 'binh'",
        "account", "binh", "password_hash",
    ),
    "session": (
        "INSERT INTO session (token_hash, account_id) SELECT 'abc', max(id) FROM account",
        "UPDATE session SET ended_at = now(), end_reason = 'administrator' WHERE token_hash = 'abc'",
        "account", accounts.LOGIN, "ended_at",
    ),
    "job": (
        "INSERT INTO job (kind, payload) VALUES ('read', '{\"file\": 1}')",
        "UPDATE job SET state = 'failed', error = 'Hỏng.'",
        "job", "*", "state",
    ),
    "received_file": (
        "INSERT INTO received_file (file_name, bytes) VALUES ('a.xlsx', 5)",
        "UPDATE received_file SET state = 'discarded', received_bytes = 3, preview = '{\"x\": 1}'",
        "file", "*", "state",
    ),
    "column_mapping": (
        "INSERT INTO column_mapping (layout_key, kind) VALUES ('ma|ten', 'venues')",
        "UPDATE column_mapping SET kind = 'scans'",
        "mapping", "ma|ten", "kind",
    ),
    "load": (LOAD.removesuffix(" RETURNING id"), "UPDATE load SET undone_at = now()", "load", "*", "undone_at"),
    "refused_file": (
        "INSERT INTO refused_file (file_name, sentence) VALUES ('a.xlsx', 'Không đọc được.')",
        "UPDATE refused_file SET settled_at = now()",
        "file", "a.xlsx", "settled_at",
    ),
    "link_decision": (
        "INSERT INTO link_decision (mention_key, venue_code, verdict) VALUES ('k|0912345678', 'HD1', 'same')",
        "UPDATE link_decision SET verdict = 'different'",
        "venue", "HD1", "verdict",
    ),
    "decided_venue": (
        "INSERT INTO decided_venue (code, mention_key, name, address) VALUES ('BS-1', 'k', 'Quán', 'Số 1')",
        "UPDATE decided_venue SET address = 'Số 2'",
        "venue", "BS-1", "address",
    ),
    "merge_decision": (
        "INSERT INTO merge_decision (duplicate_code, kept_code, verdict) VALUES ('HD1', 'HD2', 'merged')",
        "UPDATE merge_decision SET verdict = 'different'",
        "venue", "HD1", "verdict",
    ),
    "venue_point": (
        "INSERT INTO venue_point (venue_code, geom, previous_location)"
        " VALUES ('HD1', ST_SetSRID(ST_Point(105.77, 20.97), 4326), 'none')",
        "UPDATE venue_point SET geom = ST_SetSRID(ST_Point(105.78, 20.97), 4326)",
        "venue", "HD1", "geom",
    ),
    "policy": (
        "INSERT INTO policy VALUES ('2021-12-01', 4, 7)",
        "UPDATE policy SET reminder_threshold = 5 WHERE valid_from = '2021-12-01'",
        "policy", "2021-12-01", "reminder_threshold",
    ),
    "ward": (
        "INSERT INTO ward (vintage, code, name, valid_from, boundary_source, geom)"
        " SELECT 'x', 'x', 'X', valid_from, boundary_source, geom FROM ward LIMIT 1",
        "UPDATE ward SET geom = ST_Multi(ST_Buffer(geom, -0.0001)) WHERE code = 'x'",
        "ward", "x", "geom",
    ),
    "registration": (
        "INSERT INTO registration (venue_id, registered_on) SELECT id, '2021-10-01' FROM venue",
        "UPDATE registration SET ended_on = '2021-11-01'",
        "venue", "HD1", "ended_on",
    ),
    "reminder": (
        "INSERT INTO reminder (venue_id, reminded_on, reason) SELECT id, '2021-10-01', 'no_qr' FROM venue",
        "UPDATE reminder SET withdrawn_on = '2021-10-02'",
        "venue", "HD1", "withdrawn_on",
    ),
    "suspension": (
        "INSERT INTO suspension (venue_id, starts_on) SELECT id, '2021-10-01' FROM venue",
        "UPDATE suspension SET lifted_on = '2021-11-01'",
        "venue", "HD1", "lifted_on",
    ),
}  # fmt: skip


@pytest.mark.parametrize("table", WRITES)
def test_every_write_of_every_table_is_recorded(venue: int, conn: Connection, table: str) -> None:
    insert, update, kind, subject, changed = WRITES[table]
    begin = last_id(conn)
    delete = f"DELETE FROM {table} WHERE {changed} IS NOT NULL AND ctid = (SELECT max(ctid) FROM {table})"  # noqa: S608
    for statement in (insert, update, delete):
        with acting_as(CLERK), loader_connection() as writing:
            writing.execute(statement)
    conn.commit()
    found = entries(conn, begin)
    assert [entry["action"] for entry in found] == [f"{table}.{event}" for event in ("insert", "update", "delete")]
    for entry in found:
        assert (entry["login"], entry["role"], entry["account_id"]) == ("lan", "culture_office", 7)
        assert (entry["address"], entry["request_id"]) == ("10.0.0.7", "r-1")
        assert entry["subject_kind"] == kind
        assert entry["subject"] == (subject if subject != "*" else found[0]["subject"])
    insertion, change, deletion = found
    assert insertion["before"] is None
    assert deletion["after"] is None
    if changed == "password_hash":
        assert change["before"] | change["after"] == {"id": change["after"]["id"], "password_hash": "***"}
    else:
        assert change["before"].get(changed) != change["after"][changed]
    assert not any(secret in str(found) for secret in ("0912345678", "argon", "other", "token_hash"))


def test_wards_and_units_of_an_account_are_recorded(fresh_database: str, conn: Connection) -> None:
    begin = last_id(conn)
    conn.commit()
    with acting_as(AUDITOR), loader_connection() as writing:
        writing.execute(ACCOUNT)
        for table, column, value in (("account_ward", "ward_id", "1"), ("account_unit", "venue_code", "'HD1'")):
            writing.execute(f"INSERT INTO {table} (account_id, {column}) SELECT max(id), {value} FROM account")  # noqa: S608
    with acting_as(AUDITOR), loader_connection() as writing:
        writing.execute("DELETE FROM account_ward")
        writing.execute(
            "INSERT INTO account_ward (account_id, ward_id)"
            " SELECT max(id), w FROM account, (VALUES (1), (2)) AS x (w) GROUP BY w"
        )
    told = [(entry["action"], entry["subject"], entry["login"]) for entry in entries(conn, begin)]
    # The ward that was taken and given again in one transaction is as it was.
    assert told == [
        ("account.insert", "binh", "an"),
        ("account_ward.insert", "binh", "an"),
        ("account_unit.insert", "binh", "an"),
        ("account_ward.insert", "binh", "an"),
    ]


def test_each_column_that_the_audit_tells_of_has_a_name(fresh_database: str, conn: Connection) -> None:
    told = conn.execute(
        "SELECT a.name AS thing, c.column_name AS field FROM audited_tables() AS a"
        " JOIN information_schema.columns AS c ON c.table_schema = 'public' AND c.table_name = a.name"
        " WHERE c.column_name <> ALL (string_to_array(a.omitted, ','))"
    ).fetchall()
    assert len(told) > 100
    known = texts()["vi"]
    assert [row for row in told if f"audit.field.{row['field']}" not in known] == []


def test_each_table_that_is_audited_has_its_triggers(fresh_database: str, conn: Connection) -> None:
    audited = {
        row["name"] for row in conn.execute("SELECT name FROM audited_tables() WHERE to_regclass(name) IS NOT NULL")
    }
    assert set(WRITES) <= audited
    rows = conn.execute(
        "SELECT tgrelid::regclass::text AS name, count(*) AS n FROM pg_trigger"
        " WHERE tgfoid = 'audit_row'::regproc GROUP BY 1"
    )
    assert {row["name"]: row["n"] for row in rows} == dict.fromkeys(audited, 4)


def test_rows_of_a_load_are_in_its_own_entry(venue: int, conn: Connection) -> None:
    begin = last_id(conn)
    with acting_as(CLERK), loader_connection() as writing:
        load = writing.execute(LOAD).fetchone()
        assert load
        writing.execute(
            "INSERT INTO reminder (venue_id, reminded_on, reason, load_id) VALUES (%s, '2021-10-01', 'no_qr', %s)",
            (venue, load["id"]),
        )
        writing.execute("UPDATE load SET rows_read = 1, rows_accepted = 1 WHERE id = %s", (load["id"],))
    (entry,) = entries(conn, begin)
    assert (entry["action"], entry["after"]["rows_read"]) == ("load.insert", 1)


def test_progress_and_pieces_are_not_recorded(venue: int, conn: Connection) -> None:
    with loader_connection() as writing:
        writing.execute("INSERT INTO job (kind) VALUES ('read')")
        writing.execute("INSERT INTO received_file (file_name, bytes) VALUES ('a.xlsx', 5)")
    begin = last_id(conn)
    conn.commit()
    with loader_connection() as writing:
        writing.execute("UPDATE job SET state = 'running', step = 1, progress = 'Đọc tệp'")
        writing.execute("UPDATE received_file SET received_bytes = 4")
        writing.execute("UPDATE received_file SET state = 'read', preview = '{\"rows\": [\"0912345678\"]}'")
    assert entries(conn, begin) == []


def test_a_job_is_done_as_the_person_who_asked(fresh_database: str, conn: Connection) -> None:
    with acting_as(CLERK), desk_connection() as desk:
        number = jobs.ask(desk, "read", {"file": 1}, "Lan")
    job = jobs.job(conn, number)
    assert job
    asker = job.asker
    assert (asker.account_id, asker.login, asker.role) == (7, "lan", "culture_office")
    assert (asker.address, asker.request_id, asker.name) == ("10.0.0.7", "r-1", "Lan")


def test_a_note_stands_at_once_and_says_who(fresh_database: str, conn: Connection) -> None:
    begin = last_id(conn)
    conn.commit()
    with acting_as(CLERK):
        note("export.venues", "export", "venues.csv", after={"rows": 3})
        note("sign_in.refused", "account", "lan\0", caller=replace(CLERK, account_id=None, role="nobody"))
    first, second = entries(conn, begin)
    assert (first["action"], first["login"], first["after"]) == ("export.venues", "lan", {"rows": 3})
    assert (second["subject"], second["role"]) == ("lan", "nobody")


FORBIDDEN = (
    "INSERT INTO audit_entry SELECT * FROM audit_entry LIMIT 1",
    "UPDATE audit_entry SET login = 'ai'",
    "DELETE FROM audit_entry",
    "TRUNCATE audit_entry",
    "INSERT INTO audit_pending (transaction, login, role, address, request_id, subject_kind, subject)"
    " VALUES (1, '', '', '', '', '', '')",
    "SELECT FROM audit_pending",
    "ALTER TABLE audit_entry DISABLE TRIGGER ALL",
    "SET session_replication_role = replica",
)


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_app_may_only_append(fresh_database: str, statement: str) -> None:
    with acting_as(AUDITOR), pytest.raises(psycopg.errors.InsufficientPrivilege), desk_connection() as desk:
        desk.execute(statement)


@pytest.mark.parametrize("statement", FORBIDDEN[1:4])
def test_not_even_the_owner_may_change_an_entry(fresh_database: str, statement: str) -> None:
    refused = pytest.raises(psycopg.errors.InsufficientPrivilege, match="only grows")
    with acting_as(COMMAND_LINE), refused, loader_connection() as conn:
        conn.execute(statement)


def test_only_who_may_audit_reads_it(fresh_database: str) -> None:
    def seen() -> int:
        with app_connection() as conn:
            row = conn.execute("SELECT count(*) AS n FROM audit_entry").fetchone()
            assert row
            return int(row["n"])

    with acting_as(None):
        assert seen() == 0
    with acting_as(CLERK):
        assert seen() == 0
    with acting_as(AUDITOR):
        assert seen() > 0


def test_a_rollback_leaves_no_gap(fresh_database: str, conn: Connection) -> None:
    begin = last_id(conn)
    conn.commit()
    for ends_well in (True, False, False, True):
        with acting_as(CLERK), desk_connection() as desk:
            desk.execute("SELECT audit('x', 'venue', 'HD1')")
            if not ends_well:
                desk.rollback()
    with desk_connection() as desk:
        desk.execute("SELECT audit('x', 'venue', 'HD1')")
        desk.execute("SAVEPOINT half")
        desk.execute("SELECT audit('never', 'venue', 'HD1')")
        desk.execute("ROLLBACK TO half")
    found = entries(conn, begin)
    assert [(entry["id"], entry["action"]) for entry in found] == [(begin + n, "x") for n in (1, 2, 3)]


def test_writes_that_cancel_out_are_no_entry(venue: int, conn: Connection) -> None:
    begin = last_id(conn)
    with loader_connection() as writing:
        writing.execute(WRITES["reminder"][0])
        writing.execute("DELETE FROM reminder")
        writing.execute("UPDATE policy SET reminder_threshold = 4")
        writing.execute("UPDATE policy SET reminder_threshold = 3")
    assert entries(conn, begin) == []


def test_concurrent_writers_make_one_chain(fresh_database: str, conn: Connection) -> None:
    begin = last_id(conn)
    conn.commit()
    failed: list[Exception] = []

    def write(name: str) -> None:
        try:
            with psycopg.connect(fresh_database, row_factory=dict_row) as own:
                for number in range(SEVERAL):
                    for _ in range(3):
                        own.execute("SELECT audit('x', 'venue', %s)", (f"{name}-{number}",))
                    own.rollback() if number % 5 == 4 else own.commit()
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=write, args=(name,)) for name in "abcdef"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    found = entries(conn, begin)
    assert [entry["id"] for entry in found] == list(range(begin + 1, begin + 1 + 6 * 3 * SEVERAL * 4 // 5))
    assert all(one["hash"] == other["previous_hash"] for one, other in itertools.pairwise(found))
    assert all(one["at"] <= other["at"] for one, other in itertools.pairwise(found))


@pytest.mark.timeout(60)
def test_a_long_load_keeps_nobody_waiting(venue: int, conn: Connection) -> None:
    with psycopg.connect(venue_url(conn)) as loading:
        loading.execute(LOAD)
        loading.execute("UPDATE policy SET reminder_threshold = 4")
        with acting_as(CLERK):
            note("sign_in", "account", "lan")  # did it wait for the load, it would wait for ever
        signed_in = last_id(conn)
        conn.commit()
        loading.commit()
    after = [entry["action"] for entry in entries(conn, signed_in)]
    assert after == ["load.insert", "policy.update"]  # in the order of the commits


def venue_url(conn: Connection) -> str:
    return f"host={conn.info.host} port={conn.info.port} user={conn.info.user} dbname={conn.info.dbname}"


def test_a_transaction_of_another_isolation_is_refused(fresh_database: str) -> None:
    with psycopg.connect(fresh_database) as conn:
        conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        conn.execute("SELECT audit('x', 'venue', 'HD1')")
        with pytest.raises(psycopg.errors.InvalidTransactionState):
            conn.commit()


def test_the_moment_is_that_of_the_commit(fresh_database: str, conn: Connection) -> None:
    with psycopg.connect(fresh_database) as writing:
        writing.execute("SELECT audit('x', 'venue', 'HD1')")
        before = dt.datetime.now(dt.UTC)
        writing.commit()
        after = dt.datetime.now(dt.UTC)
    assert before <= entries(conn)[-1]["at"] <= after


def test_each_look_at_a_contact_is_recorded(venue: int, conn: Connection) -> None:
    with loader_connection() as writing:
        writing.execute(
            "INSERT INTO venue_contact (venue_id, owner_name, phone) VALUES (%s, 'Bà Tư', '0912345678')", (venue,)
        )
    begin = last_id(conn)
    conn.commit()
    looks = "SELECT owner_name FROM contact_of(%s)"
    for rights, found in ((frozenset(("contacts",)), [{"owner_name": "Bà Tư"}]), (frozenset(("view",)), [])):
        with acting_as(replace(CLERK, rights=rights)), desk_connection() as desk:
            assert desk.execute(looks, (venue,)).fetchall() == found
    with (
        acting_as(replace(CLERK, rights=frozenset(("contacts",)))),
        pytest.raises(psycopg.errors.ReadOnlySqlTransaction),
        app_connection() as reading,
    ):
        reading.execute(looks, (venue,))
    (entry,) = entries(conn, begin)
    assert (entry["action"], entry["subject"], entry["login"]) == ("contact.read", "HD1", "lan")
    assert "Bà Tư" not in str(entry)
