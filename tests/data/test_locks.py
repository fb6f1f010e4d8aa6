"""The register of advisory locks: nothing but ``data.locks`` has their numbers, and no two are one."""

import re

from data import locks
from data.database.connection import Connection
from data.database.constants import CONSTANTS
from data.project import ROOT

PRODUCT = ("app.py", "callbacks", "data", "documents", "etl", "layers", "ops", "planning", "proof")
LITERAL = re.compile(r"advisory\w*\(\s*(?:\d|hashtext)|classid\s*=\s*\d|\(\s*296\d\s*,|[A-Z_]*LOCK[A-Z_]*\s*=\s*\(\d")


def test_no_number_of_a_lock_stands_anywhere_else() -> None:
    files = [
        file
        for place in PRODUCT
        for file in ([ROOT / place] if place.endswith(".py") else (ROOT / place).rglob("*.*"))
        if file.suffix in (".py", ".sql", ".sh") and file != ROOT / "data" / "locks.py"
    ]
    assert len(files) > 300
    assert not [file for file in files if LITERAL.search(file.read_text("utf-8"))]


def test_the_reader_of_literals_finds_one() -> None:
    for text in (
        "SELECT pg_advisory_lock(2962, 4)",
        "PERFORM pg_try_advisory_xact_lock( 1)",
        "pg_advisory_xact_lock(hashtext('undo'), %s)",
        "WORKER_LOCK = (2962, 2)",
        "AND classid = 2962",
    ):
        assert LITERAL.search(text), text
    assert not LITERAL.search("pg_advisory_xact_lock(lock_space(), loader_lock())")


def test_no_two_locks_are_one() -> None:
    register = [value for value in vars(locks).values() if isinstance(value, locks.Lock)]
    spaces = [value for name, value in vars(locks).items() if name.endswith("SPACE")]
    assert len(register) == len(set(register)) > 5
    assert len(set(spaces)) == len(spaces) > 5
    assert {lock.space for lock in register} == {locks.SPACE}


def test_sql_has_the_numbers_of_python(database: str, conn: Connection) -> None:
    for name, number in CONSTANTS.items():
        assert conn.execute(f"SELECT {name}() AS number").fetchone() == {"number": number}
