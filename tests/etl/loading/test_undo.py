"""Taking a load back: whatever was loaded before and after, the database is as if the file had never come."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from data.database.connection import Connection, loader_connection
from data.database.staging import dropping_temporary_tables
from etl.errors import UnusableFile
from etl.loading.load import Options, load_within, prepare
from etl.loading.options import read_as
from etl.store import files as store
from etl.undo.undo import undo_within
from tests.etl.loading.sequences import (
    COMPLETED_DESCRIPTION,
    MERGED_PLACES,
    REGISTER_COMES_LATE,
    STREETS_REPLACED,
    File,
    sequences,
)
from tests.etl.loading.whole_database import whole

# What people had said before: it holds for venues and descriptions that come later, and must not be lost.
SAYINGS = {
    "merged": "INSERT INTO merge_decision (duplicate_code, kept_code, verdict) VALUES ('V2', 'V1', 'merged')",
    "merged place": "INSERT INTO merge_decision (duplicate_code, kept_code, verdict) VALUES ('V8', 'V7', 'merged')",
    "same": "INSERT INTO link_decision (mention_key, venue_code, verdict) VALUES ('qr:A2', 'V3', 'same')",
    "different": "INSERT INTO link_decision (mention_key, venue_code, verdict) VALUES ('qr:A0', 'V7', 'different')",
}
sayings = st.lists(st.sampled_from(sorted(SAYINGS)), unique=True)


def say(conn: Connection, said: list[str]) -> None:
    """Lay down decisions of people, ``decided_at`` alike in both histories."""
    for name in said:
        conn.execute(SAYINGS[name])  # type: ignore[arg-type]


def silent(_step: int, _text: str) -> None:
    """Progress that nobody looks at."""


def load_into(conn: Connection, path: Path, file: File) -> int | None:
    """Load a file within the transaction; the number of the load, None where nothing of it was loaded."""
    source = read_as(path, Options())
    store.keep_source(source)
    try:
        with dropping_temporary_tables(conn), conn.transaction():
            outcome = load_within(conn, source, Options(replace=file.replace), silent)
    except UnusableFile:
        return None
    return None if outcome.loaded_before else outcome.load_id


def written(files: list[File], folder: Path) -> list[Path]:
    """Each file in a folder of its own, for several bear one name."""
    paths = []
    for number, file in enumerate(files):
        place = folder / str(number)
        place.mkdir(exist_ok=True)
        paths.append(file.write(place))
    return paths


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, database: str) -> Path:
    return tmp_path_factory.mktemp("sequences")


@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate],  # one example takes seconds: shrinking it would take an hour
)
@example(files=MERGED_PLACES, chosen=1, said=["merged place"])
@example(files=COMPLETED_DESCRIPTION, chosen=3, said=[])
@example(files=COMPLETED_DESCRIPTION[:3], chosen=2, said=["different"])
@example(files=REGISTER_COMES_LATE, chosen=2, said=[])
@example(files=REGISTER_COMES_LATE, chosen=3, said=[])
@example(files=STREETS_REPLACED, chosen=0, said=[])
@example(files=STREETS_REPLACED, chosen=2, said=[])
@given(files=sequences, chosen=st.integers(0, 9), said=sayings)
def test_a_sequence_with_a_load_taken_back_is_the_sequence_without_it(
    folder: Path, files: list[File], chosen: int, said: list[str]
) -> None:
    paths = written(files, folder)
    with loader_connection() as conn:
        prepare(conn, silent)
        say(conn, said)
        loads = [load_into(conn, path, file) for path, file in zip(paths, files, strict=True)]
        loaded = [number for number, load in enumerate(loads) if load]
        taken = loaded[chosen % len(loaded)]
        undo_within(conn, loads[taken] or 0, "chị Lan", silent)
        after = whole(conn)
        conn.rollback()
    with loader_connection() as conn:
        prepare(conn, silent)
        say(conn, said)
        for number in loaded:
            if number != taken:
                load_into(conn, paths[number], files[number])
        without = whole(conn)
        conn.rollback()
    assert after == without
