"""``python -m data verify-audit`` finds what was changed, removed, inserted or reordered behind its back."""

import datetime as dt
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.__main__ import main
from data.audit.chain import FIRST_PREVIOUS, Chain, Entry, canonical, expectation, faults, hash_of, read
from data.cluster.server import Cluster
from data.database.connection import Connection, loader_connection

# What may stand in a text of PostgreSQL: every character but NUL and halves of pairs.
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
ENTRIES_IN_ALL = 30


@pytest.fixture
def filled(fresh_database: str, conn: Connection) -> str:
    """Name of a database with some entries."""
    for number in range(10):
        conn.execute("SELECT audit('export.venues', 'export', %s, NULL, '{\"rows\": 3}')", (f"venues-{number}.csv",))
    conn.commit()
    return str(conn.info.dbname)


def last_id(conn: Connection) -> int:
    row = conn.execute("SELECT max(id) AS id FROM audit_entry").fetchone()
    conn.commit()
    assert row
    return int(row["id"])


def verify(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    capsys.readouterr()
    code = main(["verify-audit", *arguments])
    return code, capsys.readouterr().out


def tamper(cluster: Cluster, name: str, statement: str) -> None:
    """As a superuser, to whom no trigger is an obstacle."""
    cluster.sql(
        "ALTER TABLE audit_entry DISABLE TRIGGER audit_only_grows;"
        f"{statement};ALTER TABLE audit_entry ENABLE ALWAYS TRIGGER audit_only_grows;",
        database=name,
    )


SWAPPED = "UPDATE audit_entry SET id = CASE id WHEN 8 THEN 12 ELSE 8 END WHERE id IN (8, 12)"
TAMPERED = {
    "a changed word": ("UPDATE audit_entry SET login = 'ai' WHERE id = 9", "Mục 9 không khớp mã băm"),
    "a changed moment": ("UPDATE audit_entry SET at = at + interval '1 microsecond' WHERE id = 9", "Mục 9 không khớp"),
    "a changed picture": ("UPDATE audit_entry SET after = '{\"rows\": 30}' WHERE id = 20", "Mục 20 không khớp"),
    "a word moved to its neighbour": (
        "UPDATE audit_entry SET login = login || role, role = '' WHERE id = 9",
        "Mục 9 không khớp",
    ),
    "nothing for an empty picture": ("UPDATE audit_entry SET before = 'null' WHERE id = 20", "Mục 20 không khớp"),
    "one removed": ("DELETE FROM audit_entry WHERE id = 9", "Thiếu mục 9: đã bị xóa"),
    "several removed": ("DELETE FROM audit_entry WHERE id BETWEEN 9 AND 12", "Thiếu các mục từ 9 đến 12"),
    "the first removed": ("DELETE FROM audit_entry WHERE id = 1", "Thiếu mục 1: đã bị xóa"),
    "one inserted at the end": (
        "INSERT INTO audit_entry SELECT id + 1, at, account_id, login, role, address, request_id, action, subject_kind,"
        " subject, before, after, hash, sha256('x') FROM audit_entry ORDER BY id DESC LIMIT 1",
        "không khớp mã băm của nó",
    ),
    "one inserted for one removed, its hash made anew": (
        "UPDATE audit_entry AS e SET action = 'y', hash = sha256(previous_hash || convert_to(audit_canonical("
        "(SELECT y FROM (SELECT id, at, account_id, login, role, address, request_id, 'y'::text, subject_kind, subject,"
        " before, after, previous_hash, hash FROM audit_entry WHERE id = 9) AS y (id, at, account_id, login, role,"
        " address, request_id, action, subject_kind, subject, before, after, previous_hash, hash))::text::audit_entry),"
        " 'UTF8')) WHERE id = 9",
        "Mục 10 không nối tiếp mục 9",
    ),
    "two swapped": (
        "ALTER TABLE audit_entry DROP CONSTRAINT audit_entry_pkey;" + SWAPPED,
        "Mục 8 không khớp",
    ),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_what_was_done_behind_its_back_is_found(
    filled: str, test_cluster: Cluster, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    statement, said = TAMPERED[name]
    assert verify(capsys)[0] == 0
    tamper(test_cluster, filled, statement)
    code, out = verify(capsys)
    assert code == 1
    assert said in out


def test_what_is_cut_off_at_the_end_is_found_by_what_was_kept_elsewhere(
    filled: str, conn: Connection, test_cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out = verify(capsys)
    assert code == 0
    last = last_id(conn)
    assert re.search(rf"Nhật ký có {last} mục, từ \d\d:\d\d .+ đến .+\nNhật ký nguyên vẹn\.", out)
    (kept,) = re.findall(r"\d+:[0-9a-f]{64}", out)
    assert verify(capsys, "--expect", kept)[0] == 0
    tamper(test_cluster, filled, f"DELETE FROM audit_entry WHERE id > {last - 2}")  # noqa: S608
    assert verify(capsys)[0] == 0
    code, out = verify(capsys, "--expect", kept)
    assert (code, f"Không còn mục {last}" in out) == (1, True)
    # Written anew from there, as somebody could who does not know that it is kept elsewhere.
    with loader_connection() as conn:
        for _ in range(3):
            conn.execute("SELECT audit('x', 'venue', 'HD1')")
    assert verify(capsys)[0] == 0
    code, out = verify(capsys, "--expect", kept)
    assert (code, f"Mục {last} không phải là mục" in out) == (1, True)


def test_a_recorder_that_was_switched_off_is_said(
    filled: str, test_cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    test_cluster.sql("ALTER TABLE policy DISABLE TRIGGER audit_update", database=filled)
    code, out = verify(capsys)
    assert (code, "«audit_update» của bảng policy" in out) == (1, True)


def test_an_expectation_that_cannot_be_read_is_said(filled: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify-audit", "--expect", "12:abc"]) == 2
    assert "12:abc" in capsys.readouterr().err


def test_an_empty_chain_is_no_fault(
    fresh_database: str, conn: Connection, test_cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    tamper(test_cluster, conn.info.dbname, "TRUNCATE audit_entry")
    code, out = verify(capsys)
    assert (code, out) == (0, "Nhật ký chưa có mục nào.\n")


@settings(deadline=None)
@given(login=TEXTS, subject=TEXTS, word=TEXTS)
def test_postgresql_and_the_verifier_write_the_same_text(database: str, login: str, subject: str, word: str) -> None:
    with loader_connection() as conn:
        conn.execute("SELECT set_config('app.login', %s, true), set_config('app.role', 'x', true)", (login,))
        conn.execute(
            "SELECT audit('x', 'venue', %s, NULL, jsonb_build_object(%s::text, %s::text, 'n', 1.50))",
            (subject, word, word),
        )
    with loader_connection() as conn:
        *_, entry = read(conn)
        row = conn.execute(
            "SELECT audit_canonical(e) AS text FROM audit_entry AS e ORDER BY id DESC LIMIT 1"
        ).fetchone()
    assert row
    assert (entry.login, entry.subject) == (login, subject)
    assert canonical(entry) == row["text"]
    assert hash_of(entry) == entry.hash


# --- Any tampering, without a database -------------------------------------------------------------------------------


def chain_of(count: int, start: int = 1) -> list[Entry]:
    entries: list[Entry] = []
    previous = FIRST_PREVIOUS
    begin = dt.datetime(2021, 11, 1, tzinfo=dt.UTC)
    for number in range(start, start + count):
        at = begin + dt.timedelta(seconds=number)
        entry = Entry(
            number, at, None, "lan", "police", "", "", "x", "venue", f"HD{number % 3}", None, '{"n": 1}', previous, b""
        )
        entry = replace(entry, hash=hash_of(entry))
        previous = entry.hash
        entries.append(entry)
    return entries


WHOLE = chain_of(ENTRIES_IN_ALL)


def found(entries: list[Entry], *expected: str) -> list[str]:
    return [fault.kind for fault in faults(entries, Chain(), map(expectation, expected))]


def kept_of(entry: Entry) -> str:
    return f"{entry.id}:{entry.hash.hex()}"


def test_a_whole_chain_has_no_fault() -> None:
    assert found(WHOLE, kept_of(WHOLE[3]), kept_of(WHOLE[-1])) == []


PLACES = st.integers(0, ENTRIES_IN_ALL - 1)
CHANGES = {
    "login": TEXTS.filter(lambda text: text != "lan"),
    "action": TEXTS.filter(lambda text: text != "x"),
    "before": TEXTS,
    "account_id": st.integers(0, 9),
    "previous_hash": st.binary(min_size=32, max_size=32),
    "hash": st.binary(min_size=32, max_size=32),
    "at": st.datetimes(timezones=st.just(dt.UTC), min_value=dt.datetime(2000, 1, 1)),
}


@given(data=st.data(), place=PLACES, field=st.sampled_from(sorted(CHANGES)))
def test_any_change_of_any_field_is_found(data: st.DataObject, place: int, field: str) -> None:
    changed = replace(WHOLE[place], **{field: data.draw(CHANGES[field])})
    entries = [*WHOLE[:place], changed, *WHOLE[place + 1 :]]
    assert "changed" in found(entries) or changed == WHOLE[place]


@given(place=PLACES, login=TEXTS.filter(lambda text: text != "lan"))
def test_a_change_with_its_hash_made_anew_is_found_at_the_next_or_by_what_was_kept(place: int, login: str) -> None:
    changed = replace(WHOLE[place], login=login)
    changed = replace(changed, hash=hash_of(changed))
    entries = [*WHOLE[:place], changed, *WHOLE[place + 1 :]]
    assert found(entries, kept_of(WHOLE[place]))[-2:] == (
        ["not_expected"] if place == ENTRIES_IN_ALL - 1 else ["not_expected", "unlinked"]
    )


@given(removed=st.sets(PLACES, min_size=1))
def test_any_removal_is_found(removed: set[int]) -> None:
    entries = [entry for place, entry in enumerate(WHOLE) if place not in removed]
    assert found(entries, kept_of(WHOLE[-1]))


@given(order=st.permutations(range(ENTRIES_IN_ALL)))
def test_any_other_order_is_found(order: list[int]) -> None:
    """The entries keep what they say and are given other numbers."""
    entries = [replace(WHOLE[place], id=number) for number, place in enumerate(order, start=1)]
    assert bool(found(entries)) == (order != sorted(order))


@given(place=PLACES, subject=TEXTS)
def test_an_inserted_entry_is_found_however_the_later_ones_are_numbered(place: int, subject: str) -> None:
    new = replace(WHOLE[place], subject=f"+{subject}", previous_hash=WHOLE[place - 1].hash if place else FIRST_PREVIOUS)
    new = replace(new, hash=hash_of(new))
    later = [replace(entry, id=entry.id + 1) for entry in WHOLE[place:]]
    assert found([*WHOLE[:place], new, *later])
