"""Real ``python -m etl load`` processes, watched by what they print and by the locks they wait for."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from data.project import ROOT

PATIENCE_SECONDS = 60
LOADER_LOCK = "SELECT pg_advisory_lock(2962, 1)"
# Locks of the test itself leave out; those of a load that waits for something remain.
_WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
_LOADERS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


def start(*arguments: object, url: str) -> "subprocess.Popen[str]":
    """The command, started; its output is read line by line."""
    return subprocess.Popen(
        [sys.executable, "-m", "etl", *map(str, arguments)],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": url},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def run(*arguments: object, url: str) -> tuple[int, str]:
    """The command, run to its end: exit code and output."""
    process = start(*arguments, url=url)
    output, _ = process.communicate(timeout=4 * PATIENCE_SECONDS)
    return process.returncode, output


def read_until(process: "subprocess.Popen[str]", words: str) -> str:
    """Lines up to and with the first that holds ``words``; fails after PATIENCE_SECONDS."""
    lines: list[str] = []
    assert process.stdout is not None
    impatience = threading.Timer(PATIENCE_SECONDS, process.kill)
    impatience.start()
    try:
        for line in process.stdout:
            lines.append(line)
            if words in line:
                return "".join(lines)
    finally:
        impatience.cancel()
    raise AssertionError(f"«{words}» was never printed:\n{''.join(lines)}")


def waits(conn: psycopg.Connection[Any]) -> bool:
    """Whether somebody in this database waits for a lock."""
    return bool(conn.execute(_WAITING).fetchone()[0])  # type: ignore[index]


def alone(conn: psycopg.Connection[Any]) -> bool:
    """Whether nobody else is connected to this database."""
    return not conn.execute(_LOADERS).fetchone()[0]  # type: ignore[index]


@contextmanager
def holding(url: str, *statements: str) -> Iterator[psycopg.Connection[Any]]:
    """A session that has run ``statements`` in a transaction, locks included, until the block ends."""
    with psycopg.connect(url) as conn:
        for statement in statements:
            conn.execute(statement)  # type: ignore[arg-type]
        yield conn
        conn.rollback()
        conn.execute("SELECT pg_advisory_unlock_all()")


def contents(folder: Path) -> set[str]:
    """Names of the files in ``folder``."""
    return {file.name for file in folder.iterdir()}
