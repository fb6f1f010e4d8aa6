"""Backups of a database that is in use: restored elsewhere, compared, and refused when anything is amiss with them."""

import shutil
import subprocess
import sys
import tarfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, nullcontext
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from data.__main__ import main as data_command
from data.backup import facts, keys, making, restoring, server, verifying
from data.backup.__main__ import main
from data.backup.errors import (
    BackupError,
    KeyNeeded,
    WrongKey,
)
from data.cluster.server import OWNER, READER, SUPERUSER, Cluster
from data.project import ROOT
from data.settings import get_settings
from tests.ops.backups import made, require_same, silent

# No file may grow beyond 50 kB, which ends as on a full disk.
SMALL_DISK = """
import resource, signal, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
from data.backup.__main__ import main
sys.exit(main(["make"]))
"""


@pytest.fixture
def writing(demo_database: str) -> Iterator[Callable[[], int]]:
    """A load of small transactions that goes on during the test; asked, it says how many are done."""
    done, enough = [0], threading.Event()

    def write() -> None:
        with psycopg.connect(demo_database, autocommit=True) as conn:
            while not enough.is_set():
                with conn.transaction():  # a venue and its opening belong together
                    row = conn.execute(
                        "INSERT INTO venue (code, name, search_text, category, location)"
                        " SELECT 'LOAD' || %s || '-' || pg_backend_pid(), 'x', 'x', min(code), 'none' FROM category"
                        " RETURNING id",
                        (done[0],),
                    ).fetchone()
                    assert row is not None
                    conn.execute("INSERT INTO venue_opening (venue_id, opened_on) VALUES (%s, '2021-01-01')", row)
                done[0] += 1

    thread = threading.Thread(target=write)
    thread.start()
    yield lambda: done[0]
    enough.set()
    thread.join()
    with psycopg.connect(demo_database) as conn:
        conn.execute("DELETE FROM venue WHERE code LIKE 'LOAD%'")


def test_made_while_a_load_writes_and_restored_elsewhere_every_table_is_the_same(
    backup_folder: Path,
    elsewhere: str,
    writing: Callable[[], int],
    test_cluster: Cluster,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = writing()
    path = made(verify=True)
    assert writing() > before, "nothing was written meanwhile: the test shows nothing"
    assert path.stat().st_mode & 0o777 == 0o600
    assert backup_folder.stat().st_mode & 0o777 == 0o700
    assert restoring.restore(path, silent, into=elsewhere) == elsewhere
    manifest = verifying.read_manifest(path, None)
    require_same(path, elsewhere)
    assert manifest["tables"]["public.scan_count"]["rows"] > 1000
    with psycopg.connect(test_cluster.url(SUPERUSER, elsewhere)) as conn:
        whole = conn.execute(
            "SELECT count(*) = count(o.venue_id), count(*) > 0"
            " FROM venue v LEFT JOIN venue_opening o ON o.venue_id = v.id WHERE v.code LIKE 'LOAD%'"
        ).fetchone()
        assert whole is not None
        assert whole[0], "half of a transaction is in the backup"
        marked = conn.execute(
            "SELECT proleakproof FROM pg_proc WHERE oid = 'geometry_overlaps(geometry, geometry)'::regprocedure"
        ).fetchone()
        assert marked == (True,)
        routing = "SELECT installed_version = default_version FROM pg_available_extensions WHERE name = 'pgrouting'"
        assert conn.execute(routing).fetchone() in {None, (True,)}
        owners = conn.execute(
            "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public' AND tablename = ANY(%s)",
            (["venue", "load", "scan_count"],),
        ).fetchall()
        assert owners == [(OWNER,)]


def test_the_app_reads_it_and_the_rule_check_passes(
    backup_folder: Path, elsewhere: str, test_cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    restoring.restore(made(), silent, into=elsewhere)
    monkeypatch.setenv("DATABASE_URL", test_cluster.url(OWNER, elsewhere))
    monkeypatch.setenv("APP_DATABASE_URL", test_cluster.url(READER, elsewhere))
    get_settings.cache_clear()
    assert data_command(["migrate"]) == 0
    assert data_command(["check"]) == 0
    assert data_command(["status"]) == 0
    assert data_command(["verify-audit"]) == 0
    with (
        psycopg.connect(test_cluster.url(READER, elsewhere)) as conn,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        conn.execute("SELECT * FROM venue_contact")


def test_kept_files_are_in_it_and_come_back(
    backup_folder: Path, elsewhere: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = made()
    manifest = verifying.read_manifest(path, None)
    assert manifest["files"]
    assert manifest["missing_files"] == []
    store = get_settings().file_store
    monkeypatch.setenv("FILE_STORE", str(tmp_path / "another store"))
    get_settings.cache_clear()
    restoring.restore(path, silent, into=elsewhere)
    for name in manifest["files"]:
        assert (tmp_path / "another store" / name).read_bytes() == (store / name).read_bytes()


def test_a_kept_file_that_is_lost_is_told(
    backup_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FILE_STORE", str(tmp_path / "empty"))
    get_settings.cache_clear()
    assert main(["make", "--no-verify"]) == 0
    assert "kho tệp thiếu" in capsys.readouterr().out


def test_an_encrypted_one_is_opened_by_its_key_alone(
    backup_folder: Path, backup_key: Path, elsewhere: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = made(verify=True)
    assert path.name.endswith(".tar.age")
    assert keys.is_encrypted(path)
    assert b"manifest" not in path.read_bytes()
    restoring.restore(path, silent, into=elsewhere)
    require_same(path, elsewhere, keys.read_key(backup_key))
    other = tmp_path / "other"
    keys.write_new_key(other)
    with pytest.raises(WrongKey):
        verifying.read_manifest(path, keys.read_key(other))
    with pytest.raises(KeyNeeded):
        verifying.read_manifest(path, None)
    monkeypatch.delenv("BACKUP_KEY_FILE")
    get_settings.cache_clear()
    with pytest.raises(KeyNeeded):
        restoring.restore(path, silent, into=elsewhere, replace=True)


def test_a_public_key_alone_makes_backups_that_are_proved_elsewhere(
    backup_folder: Path, backup_key: Path, elsewhere: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    public = tmp_path / "public"
    public.write_text(next(line.split()[-1] for line in backup_key.read_text().splitlines() if "public" in line))
    monkeypatch.setenv("BACKUP_KEY_FILE", str(public))
    get_settings.cache_clear()
    with pytest.raises(BackupError, match="VERIFY=0"):
        made(verify=True)
    path = made()
    monkeypatch.setenv("BACKUP_KEY_FILE", str(backup_key))
    get_settings.cache_clear()
    restoring.restore(path, silent, into=elsewhere)


def test_data_are_overwritten_only_when_asked_and_kept_aside(
    backup_folder: Path, elsewhere: str, test_cluster: Cluster
) -> None:
    path = made()
    restoring.restore(path, silent, into=elsewhere)
    with psycopg.connect(test_cluster.url(SUPERUSER, elsewhere)) as conn:
        conn.execute("UPDATE venue SET name = 'changed'")
    with pytest.raises(BackupError, match="REPLACE=1"):
        restoring.restore(path, silent, into=elsewhere)
    # Somebody is connected meanwhile, as the page is.
    with psycopg.connect(test_cluster.url(OWNER, elsewhere), autocommit=True):
        restoring.restore(path, silent, into=elsewhere, replace=True)
    require_same(path, elsewhere)
    aside = test_cluster.sql(f"SELECT datname FROM pg_database WHERE datname LIKE '{elsewhere}_before%';")  # noqa: S608
    assert test_cluster.sql("SELECT DISTINCT name FROM venue;", database=aside) == "changed"


def test_a_migrated_database_without_data_is_no_obstacle(
    backup_folder: Path, elsewhere: str, test_cluster: Cluster, migrated_template: str
) -> None:
    path = made()
    test_cluster.create_database(elsewhere, migrated_template)
    test_cluster.sql("TRUNCATE account, sign_in_attempt CASCADE;", database=elsewhere)  # the fixtures' own
    restoring.restore(path, silent, into=elsewhere)
    require_same(path, elsewhere)


def test_a_checksum_sees_a_changed_a_doubled_and_a_missing_row(demo_database: str, backup_folder: Path) -> None:
    with psycopg.connect(demo_database, row_factory=psycopg.rows.dict_row) as conn:
        before = facts.checksums(conn)
        for change in (
            "UPDATE venue SET name = name || ' ' WHERE id = (SELECT min(id) FROM venue)",
            "INSERT INTO scan_day SELECT day + 10000, load_id FROM scan_day LIMIT 1",
            "DELETE FROM scan_day WHERE ctid = (SELECT min(ctid) FROM scan_day)",
        ):
            conn.execute("SAVEPOINT here")
            conn.execute(sql.SQL(change))  # type: ignore[arg-type]
            assert facts.differences(before, facts.checksums(conn))
            conn.execute("ROLLBACK TO here")
        conn.execute("CREATE TEMP TABLE moved AS SELECT * FROM scan_day")
        conn.execute("DELETE FROM scan_day")
        conn.execute("INSERT INTO scan_day SELECT * FROM moved ORDER BY day DESC")
        assert not facts.differences(before, facts.checksums(conn)), "the order of rows does not matter"
        conn.rollback()


def test_a_role_from_which_rows_are_hidden_makes_no_backup(
    backup_folder: Path, fresh_database: str, test_cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = fresh_database.partition("?")[0].rpartition("/")[2]
    with psycopg.connect(fresh_database) as conn:
        conn.execute("ALTER TABLE venue ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    test_cluster.sql("CREATE ROLE weak LOGIN; GRANT qr_owner TO weak;")
    monkeypatch.setenv("BACKUP_DATABASE_URL", test_cluster.url(SUPERUSER, name) + "&options=-crole%3Dweak")
    get_settings.cache_clear()
    try:
        with pytest.raises(BackupError, match="BYPASSRLS"):
            made()
        assert list(backup_folder.glob("*.tar*")) == []
    finally:
        test_cluster.sql("DROP ROLE weak;")


def test_a_full_disk_is_said_and_leaves_nothing(
    backup_folder: Path, backup_key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for encrypted in (True, False):
        if not encrypted:
            monkeypatch.delenv("BACKUP_KEY_FILE")
        command = [sys.executable, "-c", SMALL_DISK]
        result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert result.returncode == 2, result.stderr
        assert "Hết dung lượng đĩa" in result.stderr
        assert [path.name for path in backup_folder.iterdir()] == [".lock"]


def test_old_ones_are_removed_and_strangers_stay(backup_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BACKUP_KEEP", "2")
    get_settings.cache_clear()
    backup_folder.mkdir(mode=0o700)
    for name in ("qr-20200101-000000.tar", "qr-20200102-000000.tar.age", "qr-20200103-000000.tar", "notes.txt"):
        (backup_folder / name).touch()
    (backup_folder / ".qr-20200101-000000.tar.partial").touch()  # of one that was killed
    path = made()
    assert {each.name for each in backup_folder.iterdir()} == {
        path.name,
        "qr-20200103-000000.tar",
        "notes.txt",
        ".lock",
    }


def test_two_at_once_do_not_meet(backup_folder: Path) -> None:
    with making._alone(), pytest.raises(BackupError, match="đang chạy"):
        made()
    path = made()
    with making._folder(backup_folder), pytest.raises(BackupError, match="đang chạy"):
        made()
    assert list(backup_folder.glob("*.tar")) == [path]


def test_the_next_one_does_not_meet_the_session_of_one_that_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    with ExitStack() as open_sessions:
        connected = server.connected
        monkeypatch.setattr(server, "connected", lambda: nullcontext(open_sessions.enter_context(connected())))
        for _ in range(2):
            with making._alone():
                pass


def test_it_is_a_tar_that_other_programs_read(backup_folder: Path, tmp_path: Path) -> None:
    path = made()
    with tarfile.open(path) as archive:
        names = archive.getnames()
        archive.extractall(tmp_path / "out", filter="data")
    assert names[-2:] == ["manifest.json", "sha256"]
    dump = tmp_path / "dump"
    with dump.open("wb") as out:
        for part in sorted((tmp_path / "out" / "database").iterdir()):
            out.write(part.read_bytes())
    listed = subprocess.run(
        [shutil.which("pg_restore") or "", "--list", dump], capture_output=True, text=True, check=True
    )
    assert "TABLE DATA public venue " in listed.stdout
    assert "EXTENSION - postgis" in listed.stdout
    assert "pgrouting" not in listed.stdout, "it is restored where there is no pgRouting, too"
