"""A disk that is full: the store's, or the server's. It is said in a sentence, and nothing is half there."""

import errno
import os
import resource
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from data.desk.jobs import Job
from data.project import ROOT
from data.settings import get_settings
from etl.loading.load import LoadFailed
from etl.store import files
from etl.undo.undo import UndoFailed, undo
from etl.worker.jobs import check
from tests.etl.loading.desk import ask, ended, file_row, receive, worker
from tests.etl.loading.files import checksum, load_file, one, register, venues
from tests.etl.loading.processes import contents

SMALL = 4096

# What PostgreSQL says when it cannot write; here it says so of a table of ours.
FULL = """
    CREATE FUNCTION disk_is_full() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$;
    CREATE TRIGGER disk_is_full BEFORE INSERT OR UPDATE OR DELETE ON venue FOR EACH STATEMENT
    EXECUTE FUNCTION disk_is_full();
"""


@pytest.fixture
def empty_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "store"
    monkeypatch.setenv("FILE_STORE", str(place))
    get_settings.cache_clear()
    return place


def _no_big_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (SMALL, SMALL))


def test_a_file_that_the_store_cannot_take_is_not_loaded(
    tmp_path: Path, fresh_database: str, empty_store: Path
) -> None:
    before = checksum(fresh_database)
    path = venues(tmp_path / "so.csv", 200)
    assert path.stat().st_size > SMALL
    result = subprocess.run(
        [sys.executable, "-m", "etl", "load", str(path)],
        cwd=ROOT, env=os.environ.copy(), capture_output=True, text=True, preexec_fn=_no_big_files, check=False,
    )  # fmt: skip
    assert result.returncode == 2, result.stderr
    assert "ổ đĩa của kho tệp đã đầy. Không có gì của tệp được nạp." in result.stderr
    assert contents(empty_store) == set()
    assert one("SELECT count(*) FROM venue") == 0
    with psycopg.connect(fresh_database) as conn:
        conn.execute("DELETE FROM refused_file")
    assert checksum(fresh_database) == before
    assert load_file(path).accepted == 200


@pytest.mark.usefixtures("fresh_database")
def test_a_list_of_rejects_that_the_store_cannot_take_fails_the_check_and_not_the_file(
    tmp_path: Path, empty_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = receive(
        register(tmp_path / "so.csv", ("V1", "Quán", "", "Mộ Lao", "", "", ""), ("V2", "", "", "", "", "", ""))
    )

    def full(*_arguments: object, **_options: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files, "_copy", full)
    job = Job(1, "check", {"file": number}, "running", 0, 0, "", {}, None, None, None, None, None)  # type: ignore[arg-type]
    with pytest.raises(files.StoreFailed, match="ổ đĩa của kho tệp đã đầy"):
        check.run(job, lambda _step, _text: None)
    assert file_row(number)["state"] == "received"
    assert [name for name in contents(empty_store) if name.startswith(".")] == []


def test_a_server_whose_disk_is_full_keeps_nothing(tmp_path: Path, fresh_database: str) -> None:
    first = load_file(venues(tmp_path / "so.csv", 5)).load_id
    with psycopg.connect(fresh_database, autocommit=True) as conn:
        conn.execute(FULL)  # type: ignore[arg-type]
    before = checksum(fresh_database)
    path = venues(tmp_path / "so-moi.csv", 10)
    with pytest.raises(LoadFailed, match="ổ đĩa của máy chủ đã đầy"):
        load_file(path)
    with pytest.raises(UndoFailed, match="ổ đĩa của máy chủ đã đầy"):
        undo(first, None, lambda _step, _text: None)
    number = receive(path)
    with worker(fresh_database):
        for kind in ("check", "load"):
            failed = ended(ask(kind, file=number))
            assert (failed.state, "ổ đĩa của máy chủ đã đầy" in str(failed.error)) == ("failed", True)
        assert file_row(number)["state"] == "received"
        with psycopg.connect(fresh_database, autocommit=True) as conn:
            conn.execute("DELETE FROM refused_file")
            assert checksum(fresh_database) == before
            conn.execute("DROP TRIGGER disk_is_full ON venue")
        assert ended(ask("load", file=number)).state == "done"
    assert one("SELECT count(*) FROM venue") == 10
