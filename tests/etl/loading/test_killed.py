"""A load that is killed (SIGKILL) in any of its steps leaves every table as it was, and the next one gets its turn.

Each step is held by a lock on something that it must have, so that the kill falls into it and not beside it.
"""

from pathlib import Path

import psycopg
import pytest

from etl.loading.load import STEPS
from tests.etl.loading.files import REGISTRATIONS, SCANS, checksum, load_file, one, register, write_csv
from tests.etl.loading.processes import LOADER_LOCK, alone, holding, read_until, run, start, waits
from tests.fixtures.waiting import until

VENUES = 3000
ALL_STEPS = range(1, len(STEPS) + 1)

# Runs within COMMIT, after the last statement of the load.
AT_COMMIT = """
    CREATE FUNCTION hold_commit() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_advisory_xact_lock(77); RETURN NULL; END $$;
    CREATE CONSTRAINT TRIGGER hold_commit AFTER INSERT ON load DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION hold_commit();
"""
HOLD_COMMIT = "SELECT pg_advisory_lock(77)"


def no_reading(table: str) -> str:
    return f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE"


def no_writing(table: str) -> str:
    return f"LOCK TABLE {table} IN SHARE MODE"


def big_register(path: Path) -> Path:
    header = ("Mã địa điểm", "Tên địa điểm", "Phường", "Điện thoại", "Ngày hoạt động", "Kinh độ", "Vĩ độ")
    lines = (
        (f"V{i:05d}", f"Quán số {i}", "Mộ Lao", f"0912{i:06d}", "01/01/2018", f"{105.784 + i * 1e-7:.7f}", "20.982")
        for i in range(1, VENUES + 1)
    )
    return register(path, *lines, header=header)


def corrected_scans(path: Path) -> Path:
    """The week of ``filled`` moved on by a day, with other counts."""
    lines = [(f"V{i:05d}", f"{day:02d}/10/2021", 1) for i in range(1, 61) for day in range(2, 9)]
    return write_csv(path, SCANS, lines)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, database: str) -> str:
    """A database in use: 100 venues, some registered, a week of scans. No test that kills changes it."""
    folder = tmp_path_factory.mktemp("filled")
    lines = [(f"V{i:05d}", f"Quán {i}", "", "Mộ Lao", "", "105.784", "20.982") for i in range(1, 101)]
    load_file(register(folder / "so.csv", *lines))
    load_file(write_csv(
        folder / "dk.csv", REGISTRATIONS, [(f"V{i:05d}", "28/09/2021", f"Q{i}", "VNeID") for i in range(1, 61)],
    ))  # fmt: skip
    load_file(write_csv(
        folder / "quet.csv", SCANS,
        [(f"V{i:05d}", f"{day:02d}/10/2021", i % 3) for i in range(1, 61) for day in range(1, 8)],
    ))  # fmt: skip
    with psycopg.connect(database, autocommit=True) as conn:
        conn.execute(AT_COMMIT)  # type: ignore[arg-type]
    return database


@pytest.mark.parametrize(
    ("step", "held"),
    [
        (1, None),  # reading touches no table: the kill falls where the line is seen
        (2, LOADER_LOCK),
        (3, no_reading("ward")),
        (3, no_writing("venue_opening")),  # what proposals closed is opened first
        (4, no_writing("venue")),
        (4, no_writing("venue_contact")),  # venues are written, contacts are not
        (5, no_writing("status_period")),
        (5, no_writing("clock")),  # periods are written, the version of the tiles is not
        (6, HOLD_COMMIT),
    ],
)
def test_a_register_killed_in_a_step_is_not_there(tmp_path: Path, filled: str, step: int, held: str | None) -> None:
    # A correction that names 100 known venues and 2,900 new ones.
    _kill_and_compare(big_register(tmp_path / "so.csv"), filled, step, held)


@pytest.mark.parametrize(
    ("step", "held"),
    [
        (3, no_reading("venue")),
        (4, no_writing("scan_day")),
        (5, no_writing("scan_reach")),
        (5, no_writing("status_period")),
        (6, HOLD_COMMIT),
    ],
)
def test_a_correction_of_scans_killed_in_a_step_is_not_there(tmp_path: Path, filled: str, step: int, held: str) -> None:
    _kill_and_compare(corrected_scans(tmp_path / "quet.csv"), filled, step, held)


def test_the_files_that_were_killed_load_in_the_end(tmp_path: Path, filled: str) -> None:
    code, output = run("load", big_register(tmp_path / "so.csv"), corrected_scans(tmp_path / "quet.csv"), url=filled)
    assert code == 0, output
    assert one("SELECT count(*) FROM venue") == VENUES
    assert one("SELECT min(day)::text FROM scan_day") == "2021-10-02"


def test_every_step_is_killed_above() -> None:
    [marks] = [mark.args[1] for mark in test_a_register_killed_in_a_step_is_not_there.pytestmark]  # type: ignore[attr-defined]
    assert {step for step, _ in marks} == set(ALL_STEPS)


def _kill_and_compare(path: Path, url: str, step: int, held: str | None) -> None:
    before = checksum(url)
    with holding(url, *([held] if held else [])), psycopg.connect(url, autocommit=True) as watch:
        process = start("load", path, url=url)
        read_until(process, f"Bước {step}/{len(STEPS)}")
        if held:
            until(lambda: waits(watch), f"a lock in step {step}")
        process.kill()
        assert process.wait() == -9, "it had ended before it was killed"
        until(lambda: not waits(watch), "PostgreSQL to notice that the loader is gone")
    with psycopg.connect(url, autocommit=True) as watch:
        until(lambda: alone(watch), "the loader's session to end")
    assert checksum(url) == before
