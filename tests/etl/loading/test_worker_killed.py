"""A worker that is killed (SIGKILL) at any step of a job leaves nothing half, and the next worker does the job."""

from pathlib import Path

import psycopg
import pytest

from data.database.connection import loader_connection
from etl.loading.load import STEPS as LOAD_STEPS
from etl.undo.undo import STEPS as UNDO_STEPS
from tests.etl.loading.desk import ask, ended, file_row, job, receive, worker
from tests.etl.loading.files import REGISTRATIONS, checksum, load_file, one, register, rows, venues, write_csv
from tests.etl.loading.processes import LOADER_LOCK, alone, holding, start, waits
from tests.etl.loading.test_killed import AT_COMMIT, HOLD_COMMIT, no_reading, no_writing
from tests.etl.loading.whole_database import whole
from tests.fixtures.waiting import until

VENUES = 400
# Runs when the later of the two files is loaded again, and not when the earlier one's rows are brought back.
WHEN_LOADED_AGAIN = """
    CREATE FUNCTION hold_loading() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_advisory_xact_lock(78); RETURN NEW; END $$;
    CREATE TRIGGER hold_loading BEFORE INSERT ON registration FOR EACH ROW WHEN (new.load_id = 3)
    EXECUTE FUNCTION hold_loading();
"""
HOLD_LOADING_AGAIN = "SELECT pg_advisory_lock(78)"


def registrations(path: Path, first: int, last: int) -> Path:
    lines = [(f"V{i:03d}", "28/09/2021", f"Q{i}", "VNeID") for i in range(first, last + 1)]
    return write_csv(path, REGISTRATIONS, lines)


@pytest.fixture
def filled(tmp_path: Path, fresh_database: str) -> str:
    """A register, and registrations of which the newer file corrects the older."""
    load_file(venues(tmp_path / "so.csv", VENUES))
    load_file(registrations(tmp_path / "dk.csv", 1, 60))
    load_file(registrations(tmp_path / "dk.csv", 21, 80))
    with psycopg.connect(fresh_database, autocommit=True) as conn:
        conn.execute(AT_COMMIT.replace("AFTER INSERT ON", "AFTER INSERT OR UPDATE ON"))  # type: ignore[arg-type]
        conn.execute(WHEN_LOADED_AGAIN)  # type: ignore[arg-type]
    return fresh_database


def big_register(path: Path) -> Path:
    lines = [
        (f"V{i:03d}", f"Quán số {i}", "", "Mộ Lao", "", f"{105.784 + i * 1e-7:.7f}", "20.982")
        for i in range(1, 2 * VENUES + 1)
    ]
    return register(path, *lines)


@pytest.mark.parametrize(
    ("step", "held"),
    [
        (2, LOADER_LOCK),
        (3, no_reading("ward")),
        (4, no_writing("venue")),
        (5, no_writing("status_period")),
        (6, HOLD_COMMIT),
    ],
)
def test_a_load_killed_at_a_step_is_done_by_the_next_worker(tmp_path: Path, filled: str, step: int, held: str) -> None:
    number = receive(big_register(tmp_path / "so-lon.csv"))
    before = checksum(filled)
    asked = ask("load", file=number)
    _kill_at(filled, asked, step, held)
    assert checksum(filled) == before
    assert (job(asked).state, file_row(number)["state"]) == ("running", "received")
    with worker(filled):
        done = ended(asked)
    assert done.state == "done", done.error
    assert done.steps == len(LOAD_STEPS)
    assert one("SELECT count(*) FROM venue") == 2 * VENUES
    assert file_row(number)["load_id"] == one("SELECT max(id) FROM load")
    assert one("SELECT count(*) FROM load") == 4


@pytest.mark.parametrize(
    ("step", "held"),
    [
        (2, LOADER_LOCK),
        (3, no_writing("registration")),
        (4, HOLD_LOADING_AGAIN),
        (5, no_writing("clock")),
        (6, HOLD_COMMIT),
    ],
)
def test_an_undo_killed_at_a_step_is_done_by_the_next_worker(filled: str, step: int, held: str) -> None:
    before = checksum(filled)
    asked = ask("undo", load=2)
    _kill_at(filled, asked, step, held)
    assert checksum(filled) == before
    assert job(asked).state == "running"
    with worker(filled):
        done = ended(asked)
    assert done.state == "done", done.error
    assert done.steps == len(UNDO_STEPS)
    assert rows("SELECT id FROM load WHERE undone_at IS NULL ORDER BY id") == [(1,), (3,)]
    assert one("SELECT count(*) FROM registration WHERE load_id = 3") == 60
    assert one("SELECT count(*) FROM registration") == 60


def test_a_job_that_takes_its_worker_along_each_time_is_given_up(tmp_path: Path, filled: str) -> None:
    number = receive(big_register(tmp_path / "so-lon.csv"))
    asked, other = ask("load", file=number), ask("undo_check", load=3)
    for _ in range(3):
        _kill_at(filled, asked, 2, LOADER_LOCK)
    with worker(filled):
        assert "nhiều lần" in str(ended(asked).error)
        assert ended(other).state == "done"


def test_a_load_by_the_worker_and_one_at_the_terminal_both_land(tmp_path: Path, filled: str) -> None:
    number = receive(big_register(tmp_path / "so-lon.csv"))
    with worker(filled):
        process = start("load", registrations(tmp_path / "dk-moi.csv", 81, 200), url=filled)
        asked = ask("load", file=number)
        output, _ = process.communicate(timeout=120)
        assert process.returncode == 0, output
        assert ended(asked).state == "done"
    assert one("SELECT count(*) FROM venue") == 2 * VENUES
    assert one("SELECT count(*) FROM registration") == 60 + 120


def test_a_checked_file_changes_nothing(tmp_path: Path, filled: str) -> None:
    with loader_connection() as conn:
        before = whole(conn)
    number = receive(big_register(tmp_path / "so-lon.csv"))
    with worker(filled):
        checked = ended(ask("check", file=number))
    assert checked.state == "done", checked.error
    assert checked.result["rows"]["new"] == VENUES
    with loader_connection() as conn:
        assert whole(conn) == before


def _kill_at(url: str, asked: int, step: int, held: str) -> None:
    """Start a worker and kill it once the job is in ``step`` and waits for what is ``held``."""
    with holding(url, held), psycopg.connect(url, autocommit=True) as watch:
        process = start("work", url=url)
        until(lambda: job(asked).step == step and waits(watch), f"a lock in step {step}")
        process.kill()
        assert process.wait() == -9
        until(lambda: not waits(watch), "PostgreSQL to notice that the worker is gone")
    with psycopg.connect(url, autocommit=True) as watch:
        until(lambda: alone(watch), "the worker's sessions to end")
