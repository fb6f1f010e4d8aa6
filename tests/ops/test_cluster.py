"""The private cluster: made, repaired and refused as a person would meet it, with real servers."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from data.cluster import installation
from data.cluster import place as cluster_place
from data.cluster.__main__ import main
from data.cluster.files import command_of
from data.cluster.installation import Account, ClusterError, PostgresMissing, find_installation, server_account
from data.cluster.place import find_home, make_socket_folder, plain_faults
from data.cluster.server import OWNER, READER, Cluster
from data.project import ROOT
from tests.ops.places import open_checkout, open_folder, ordinary_user

START = """
import sys
from pathlib import Path
from data.cluster.server import Cluster
Cluster(Path(sys.argv[1]), Path(sys.argv[2])).start(lambda line: print(line, flush=True))
"""


@pytest.fixture
def place() -> Iterator[Callable[..., Cluster]]:
    """Makes clusters in folders of their own; all are gone afterwards."""
    with ExitStack() as stack:

        def make(name: str = "bản sao của tôi (2)", *, durable: bool = False) -> Cluster:
            folder = stack.enter_context(open_folder(name))
            cluster = Cluster(find_home(folder), folder / ".local" / "database.env", durable=durable)
            stack.callback(cluster.destroy)
            return cluster

        yield make


@pytest.fixture(scope="module")
def standing() -> Iterator[Cluster]:
    """One cluster with a row in it, for the tests that break and restart it."""
    with open_folder("a folder") as folder:
        cluster = Cluster(find_home(folder), folder / ".local" / "database.env")
        cluster.start()
        with psycopg.connect(cluster.url()) as conn:
            conn.execute("CREATE TABLE kept AS SELECT 1 AS number")
        yield cluster
        cluster.destroy()


def server_pid(cluster: Cluster) -> int:
    return int((cluster.data / "postmaster.pid").read_text().splitlines()[0])


def kill(pid: int) -> None:
    """Kill without a chance to clean up, and wait until it is gone (a zombie is)."""
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 20
    while command_of(pid):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def kept(cluster: Cluster) -> int:
    with psycopg.connect(cluster.url()) as conn:
        row = conn.execute("SELECT number FROM kept").fetchone()
    assert row is not None
    number: int = row[0]
    return number


def start_in_background(cluster: Cluster) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", START, str(cluster.home), str(cluster.env_file)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def test_a_path_with_blanks_and_diacritics_serves_both_roles_on_a_socket_only(place: Callable[..., Cluster]) -> None:
    cluster = place(durable=True)
    cluster.start()
    assert cluster.env_file is not None
    urls = dict(line.split("=", 1) for line in cluster.env_file.read_text().splitlines())
    assert urls == {"DATABASE_URL": cluster.url(OWNER), "APP_DATABASE_URL": cluster.url(READER)}
    for url, role in ((urls["DATABASE_URL"], OWNER), (urls["APP_DATABASE_URL"], READER)):
        with psycopg.connect(url) as conn:
            facts = conn.execute(
                "SELECT current_user, current_setting('listen_addresses'), current_setting('fsync'),"
                " current_setting('server_encoding'), current_setting('timezone'),"
                " (SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user)"
            ).fetchone()
        assert facts == (role, "", "on", "UTF8", "Asia/Ho_Chi_Minh", False)
    assert cluster.sql("SELECT DISTINCT type || ' ' || auth_method FROM pg_hba_file_rules;") == "local peer"
    extensions = cluster.sql("SELECT string_agg(extname, ' ' ORDER BY extname) FROM pg_extension;", database="qr")
    routing = "pgrouting " if installation.has_routing(find_installation()) else ""
    assert extensions == f"btree_gist {routing}plpgsql postgis"
    marked = "SELECT proleakproof FROM pg_proc WHERE oid = 'geometry_overlaps(geometry, geometry)'::regprocedure;"
    assert cluster.sql(marked, database="qr") == "t"


def test_another_user_of_the_machine_is_kept_out(standing: Cluster) -> None:
    standing.start()
    socket_folder = Path((standing.data / "postmaster.pid").read_text().splitlines()[4])
    assert socket_folder.stat().st_mode & 0o077 == 0
    assert standing.data.stat().st_mode & 0o077 == 0


def test_start_and_stop_twice_change_nothing(standing: Cluster) -> None:
    standing.start()
    before = server_pid(standing)
    standing.start()
    assert server_pid(standing) == before
    assert standing.stop() is True
    assert standing.stop() is False
    assert not standing.is_serving()
    with pytest.raises(ClusterError, match="đang dừng"):
        standing.url()
    standing.start()
    assert kept(standing) == 1


def test_urls_stay_the_same_over_a_restart_so_that_pools_recover(standing: Cluster) -> None:
    standing.start()
    before = standing.url()
    standing.stop()
    standing.start()
    assert standing.url() == before


def test_a_killed_server_is_started_again_with_its_data(standing: Cluster) -> None:
    standing.start()
    kill(server_pid(standing))
    assert (standing.data / "postmaster.pid").exists()
    standing.start()
    assert kept(standing) == 1


def test_unasked_only_a_killed_server_is_started_again(standing: Cluster) -> None:
    standing.start()
    assert not standing.start_if_killed()
    standing.stop()
    assert not standing.start_if_killed()
    assert not standing.is_serving()
    standing.start()
    kill(server_pid(standing))
    assert standing.start_if_killed()
    assert kept(standing) == 1


def test_what_was_stopped_while_somebody_waited_to_start_it_again_stays_stopped(standing: Cluster) -> None:
    standing.start()
    kill(server_pid(standing))
    assert standing.was_killed()
    with ThreadPoolExecutor() as waiting:
        with standing._locked(print):
            started = waiting.submit(standing.start_if_killed)
            time.sleep(0.3)  # it waits for the lock by now, or finds what follows: both must leave it stopped
            (standing.data / "postmaster.pid").unlink()  # as a start and a stop of somebody else leave it
        assert started.result(60) is False
    assert not standing.is_serving()


def test_a_server_stopped_under_a_start_is_not_waited_for(standing: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    standing.stop()
    monkeypatch.setattr(Cluster, "_launch", lambda *_: None)  # launched, and stopped at once
    with pytest.raises(ClusterError, match="đã dừng trong lúc khởi động"):
        standing.start()


def test_a_pid_that_another_program_bears_now_does_not_count(standing: Cluster) -> None:
    standing.start()
    pid_file = standing.data / "postmaster.pid"
    written = pid_file.read_text()
    kill(int(written.splitlines()[0]))
    other = subprocess.Popen(["sleep", "60"])
    try:
        pid_file.write_text("\n".join([str(other.pid), *written.splitlines()[1:]]) + "\n")
        assert not standing.is_serving()
        standing.start()
        assert server_pid(standing) != other.pid
        assert kept(standing) == 1
        assert other.poll() is None, "the other program was harmed"
    finally:
        other.kill()
        other.wait()


def test_an_unreadable_pid_file_does_not_stop_the_start(standing: Cluster) -> None:
    standing.stop()
    (standing.data / "postmaster.pid").write_text("")
    standing.start()
    assert kept(standing) == 1


def test_a_cluster_killed_while_it_was_made_is_made_anew(place: Callable[..., Cluster]) -> None:
    cluster = place()
    process = start_in_background(cluster)
    deadline = time.monotonic() + 60
    while not (cluster.home / "data.new" / "PG_VERSION").exists():
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.001)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    cluster.start()
    assert cluster.is_serving()
    assert not (cluster.home / "data.new").exists()


def test_leavings_without_a_cluster_in_them_are_replaced(place: Callable[..., Cluster]) -> None:
    cluster = place()
    for name in ("data", "data.new"):
        (cluster.home / name / "base").mkdir(parents=True)
    cluster.start()
    assert cluster.is_serving()


def test_a_server_without_its_database_gets_it_at_the_next_start(standing: Cluster) -> None:
    standing.start()
    assert standing.env_file is not None
    standing.env_file.unlink()
    standing.create_database("copy", "qr")
    standing.sql("ALTER DATABASE qr RENAME TO half;")
    standing.start()
    assert standing.sql("SELECT count(*) FROM pg_extension WHERE extname = 'postgis';", database="qr") == "1"
    standing.drop_database("qr")
    standing.sql("ALTER DATABASE half RENAME TO qr;")


def test_two_starts_at_once_make_one_server(place: Callable[..., Cluster]) -> None:
    cluster = place()
    both = [start_in_background(cluster), start_in_background(cluster)]
    outputs = [process.communicate(timeout=120)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], outputs
    assert sum("Tạo cụm" in output for output in outputs) == 1
    assert kept_servers(cluster) == 1


def kept_servers(cluster: Cluster) -> int:
    commands = [command_of(int(process.name)) for process in Path("/proc").glob("[0-9]*")]
    return sum(f"postgres -D {cluster.data}" in command for command in commands)


def test_a_clone_deeper_than_a_socket_may_lie_still_serves(place: Callable[..., Cluster]) -> None:
    cluster = place("/".join(["một-thư-mục-rất-sâu"] * 8))
    assert len(os.fsencode(cluster.data)) > cluster_place.LONGEST_SOCKET_PATH
    cluster.start()
    with psycopg.connect(cluster.url()) as conn:
        assert conn.execute("SELECT 1").fetchone() == (1,)


def test_a_socket_folder_that_others_may_enter_is_not_taken() -> None:
    account = Account("me", os.geteuid(), os.getegid())
    data = Path("/nowhere") / str(os.getpid())
    first = make_socket_folder(data, account)
    try:
        assert make_socket_folder(data, account) == first
        first.chmod(0o777)
        second = make_socket_folder(data, account)
        assert second != first
        second.rmdir()
    finally:
        first.rmdir()


def test_where_no_short_folder_can_be_made_a_sentence_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_place, "LONGEST_SOCKET_PATH", 10)
    with pytest.raises(ClusterError, match="Không tạo được thư mục ngắn"):
        make_socket_folder(Path("/nowhere"), Account("me", os.geteuid(), os.getegid()))


def test_the_cluster_of_a_clone_that_the_servers_user_cannot_reach_lies_elsewhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with open_folder("var") as elsewhere, open_folder("home") as home:
        monkeypatch.setattr(cluster_place, "SYSTEM_HOMES", elsewhere)
        home.chmod(0o700)
        found = find_home(home)
        if os.geteuid() != 0:  # whoever is not root serves from the own clone
            assert found == home / ".local" / "cluster"
            return
        assert found.parent == elsewhere
        cluster = Cluster(found, durable=False)
        try:
            cluster.start()
            home.chmod(0o755)
            assert find_home(home) == found, "an existing cluster keeps its place"
        finally:
            cluster.destroy()


def test_a_clone_that_cannot_be_written_to_gets_one_sentence() -> None:
    with open_folder("read only") as folder, open_checkout() as checkout:
        folder.chmod(0o555)
        command = ["/usr/bin/env", "python3", "-c", START, str(folder / "home"), str(folder / "env")]
        result = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False, **ordinary_user())
        assert "ClusterError: Không ghi được vào" in result.stderr


def test_a_full_disk_is_named() -> None:
    with pytest.raises(ClusterError, match="Hết dung lượng đĩa"), plain_faults(Path("/here")):
        Path("/dev/full").write_text("x")


def test_initdb_on_a_full_disk_leaves_nothing_and_is_named(
    place: Callable[..., Cluster], monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster = place()
    real = find_installation()
    with open_folder("bin") as folder:
        for program in real.bin.iterdir():
            (folder / program.name).symlink_to(program)
        (folder / "initdb").unlink()
        (folder / "initdb").write_text("#!/bin/sh\necho 'initdb: error: write: No space left on device' >&2\nexit 1\n")
        (folder / "initdb").chmod(0o755)
        monkeypatch.setenv(installation.BIN_VARIABLE, str(folder))
        with pytest.raises(ClusterError, match="Hết dung lượng đĩa"):
            cluster.start()
    monkeypatch.delenv(installation.BIN_VARIABLE)
    cluster.start()
    assert cluster.is_serving()


def test_a_server_that_will_not_start_says_why(standing: Cluster) -> None:
    standing.stop()
    control = standing.data / "global" / "pg_control"
    content = control.read_bytes()
    control.write_bytes(b"\0" * len(content))
    with pytest.raises(ClusterError, match="không khởi động được") as caught:
        standing.start()
    assert "\n" not in str(caught.value)
    assert "Traceback" not in str(caught.value)
    control.write_bytes(content)
    standing.start()
    assert kept(standing) == 1


def test_a_machine_without_postgres_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(installation.BIN_VARIABLE, str(tmp_path))
    with pytest.raises(PostgresMissing, match="Máy chưa có PostgreSQL 15 trở lên kèm PostGIS"):
        find_installation()


def test_an_old_postgres_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in installation.NEEDED_PROGRAMS:
        (tmp_path / name).write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 13.4'\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv(installation.BIN_VARIABLE, str(tmp_path))
    with pytest.raises(PostgresMissing, match="phiên bản 13, cần phiên bản 15"):
        find_installation()


def test_a_postgres_without_an_extension_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "share" / "extension").mkdir(parents=True)
    (tmp_path / "share" / "extension" / "postgis.control").touch()
    (tmp_path / "bin").mkdir()
    answers = {"postgres": "postgres (PostgreSQL) 16.1", "pg_config": str(tmp_path / "share")}
    for name in (*installation.NEEDED_PROGRAMS, "pg_config"):
        (tmp_path / "bin" / name).write_text(f"#!/bin/sh\necho '{answers.get(name, '')}'\n")
        (tmp_path / "bin" / name).chmod(0o755)
    monkeypatch.setenv(installation.BIN_VARIABLE, str(tmp_path / "bin"))
    with pytest.raises(PostgresMissing, match="PostgreSQL 16 trên máy còn thiếu phần mở rộng btree_gist"):
        find_installation()


def test_a_cluster_of_a_removed_version_is_named() -> None:
    with pytest.raises(PostgresMissing, match="được tạo bằng PostgreSQL 9"):
        find_installation(9)


def test_root_serves_the_cluster_as_the_user_who_made_it(tmp_path: Path) -> None:
    account = server_account(tmp_path / "data")
    if os.geteuid() == 0:
        assert account.uid != 0
        (tmp_path / "data").mkdir()
        os.chown(tmp_path / "data", 65533, 65533)
        assert server_account(tmp_path / "data").uid == 65533
    else:
        assert account.uid == os.geteuid()
        with pytest.raises(ClusterError, match="thuộc về người dùng «root»"):
            server_account(Path("/etc"))


def test_an_unknown_command_explains_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["restart"]) == 2
    assert "start|stop|status|url" in capsys.readouterr().err
