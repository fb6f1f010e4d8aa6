"""Killed without warning (``kill -9``) while people work: what was confirmed is there, and all comes back alone.

Who confirms is the page itself: files are sent to it over HTTP, and count as confirmed when it has answered that the
last piece is kept. The supervisor here stands for systemd or the container's restart policy: it begins again whatever
has ended, and does nothing else.
"""

import base64
import hashlib
import http.client
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

from data.cluster.files import command_of
from data.cluster.server import OWNER, Cluster
from data.project import ROOT
from data.settings import get_settings
from etl.store import files as store
from tests.fixtures import accounts
from tests.fixtures.server import free_port
from tests.fixtures.waiting import until
from tests.ops.clusters import migrated_cluster, settings_of

SENDERS = 4
WRITERS = 3
ROUNDS = 2
# Files between one kill and the next, and how many more are under way meanwhile: all together fewer than the page takes
# in a minute (``data.desk.imports.MOST_NEW_A_MINUTE``), or the rest of the minute is refusals.
A_ROUND, AHEAD = 9, 6
LONG = 900
TUS = {"Tus-Resumable": "1.0.0"}
FAULTS = (OSError, http.client.HTTPException)


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """A migrated database that keeps what it confirms (tests' own cluster does not), and may be killed."""
    with (
        migrated_cluster("killed", durable=True) as (made, folder),
        settings_of(made, FILE_STORE=str(folder / "store")),
    ):
        with psycopg.connect(made.url(OWNER)) as conn:
            accounts.sign_in(conn, accounts.ROLE, accounts.token())
        yield made


@dataclass
class Site:
    """The page under a supervisor."""

    port: int
    log: Path
    process: "subprocess.Popen[bytes] | None" = None
    ending: threading.Event = field(default_factory=threading.Event)

    def keep_running(self) -> None:
        """Begin it again whenever it ends."""
        command = [sys.executable, "-m", "gunicorn", "--config", "ops/gunicorn_conf.py", "app:server"]
        while not self.ending.is_set():
            with self.log.open("ab") as out:
                environment = os.environ | {"PORT": str(self.port)}
                self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out)
            self.process.wait()
            self.ending.wait(0.5)

    def workers(self) -> list[int]:
        """Gunicorn's workers."""
        return [pid for pid in children(self.master()) if "gunicorn" in command_of(pid)]

    def companion(self) -> list[int]:
        """The process that does the jobs."""
        return [pid for pid in children(self.master()) if "etl work" in command_of(pid)]

    def master(self) -> int:
        """Gunicorn's master."""
        assert self.process
        return self.process.pid

    def is_well(self) -> bool:
        """Whether /healthz says so."""
        try:
            return self.ask("GET", "/healthz")[0] == 200
        except FAULTS:
            return False

    def is_back(self, doomed: list[int]) -> bool:
        """Whether it is well and does jobs without the ``doomed``; workers outlive a killed master for a moment."""
        return self.master() not in doomed and self.is_well() and bool(self.companion())

    def ask(self, method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b"") -> tuple[int, str]:
        """Status and the address of what was made."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            signed_in = {"Cookie": f"session={accounts.token()}"}
            connection.request(method, path, body, signed_in | (headers or {}))
            answer = connection.getresponse()
            answer.read()
            return answer.status, answer.headers.get("Location", "")
        finally:
            connection.close()


def children(parent: int) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1]) == parent:
                found.append(int(folder.name))
        except OSError:
            continue
    return found


@contextmanager
def supervised(folder: Path) -> Iterator[Site]:
    site = Site(free_port(), folder / "gunicorn.log")
    thread = threading.Thread(target=site.keep_running, daemon=True)
    thread.start()
    try:
        until(site.is_well, "the page to answer")
        yield site
    finally:
        site.ending.set()
        if site.process:
            site.process.terminate()
        thread.join(30)


class Load:
    """People who send files to the page, and programs that write to the database, until the block ends."""

    def __init__(self, site: Site) -> None:
        self.files: set[str] = set()
        self.rows: set[str] = set()
        self._site = site
        self._wanted = 0
        self._enough = threading.Event()
        self._threads = [threading.Thread(target=self._send, args=(number,)) for number in range(SENDERS)]
        self._threads += [threading.Thread(target=self._write, args=(number,)) for number in range(WRITERS)]

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_faults: object) -> None:
        self._enough.set()
        for thread in self._threads:
            thread.join(60)

    def wait_for_more(self, rows: int = 50) -> None:
        """Until another round of files and so many more rows have been confirmed; both go on meanwhile."""
        self._wanted += A_ROUND
        had = len(self.rows)
        until(lambda: len(self.files) >= self._wanted and len(self.rows) >= had + rows, "work to be confirmed")

    def _send(self, sender: int) -> None:
        number = 0
        while not self._enough.is_set():
            if len(self.files) >= self._wanted + AHEAD:
                time.sleep(0.01)
                continue
            number += 1
            text = f"Mã địa điểm,Tên địa điểm\nHD{sender}{number:05},Quán {sender}-{number}\n".encode()
            name = base64.b64encode(f"so-{sender}-{number}.csv".encode()).decode()
            try:
                size = {"Upload-Length": str(len(text)), "Upload-Metadata": f"filename {name}"}
                code, address = self._site.ask("POST", "/imports/uploads", TUS | size)
                if code != 201:
                    continue
                piece = {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
                code, _ = self._site.ask("PATCH", address, TUS | piece, text)
            except FAULTS:
                time.sleep(0.05)
                continue
            if code == 204:
                self.files.add(hashlib.sha256(text).hexdigest())

    def _write(self, writer: int) -> None:
        number = 0
        while not self._enough.is_set():
            try:
                with psycopg.connect(get_settings().database_url or "", autocommit=True, connect_timeout=5) as conn:
                    while not self._enough.is_set():
                        number += 1
                        code = f"KILL-{writer}-{number}"
                        conn.execute(
                            "INSERT INTO venue (code, name, search_text, category, location)"
                            " SELECT %s, 'x', 'x', min(code), 'none' FROM category",
                            (code,),
                        )
                        self.rows.add(code)
            except psycopg.Error:
                time.sleep(0.05)


def kill(*pids: int) -> None:
    for pid in pids:
        os.kill(pid, signal.SIGKILL)


def postmaster(cluster: Cluster) -> int:
    return int((cluster.data / "postmaster.pid").read_text().splitlines()[0])


def require_all(load: Load, site: Site) -> None:
    """Everything that was confirmed is there, whole, and what it asked for is done."""
    assert len(load.files) > 20
    assert len(load.rows) > 100
    with psycopg.connect(get_settings().database_url or "", autocommit=True) as conn:
        rows = {row[0] for row in conn.execute("SELECT code FROM venue WHERE code LIKE 'KILL-%'")}
        assert load.rows <= rows, f"lost: {sorted(load.rows - rows)[:5]}"
        received = {row[0] for row in conn.execute("SELECT sha256 FROM received_file WHERE state <> 'receiving'")}
        assert load.files <= received, f"lost: {len(load.files - received)} files"

        def open_jobs() -> int:
            found = conn.execute("SELECT count(*) FROM job WHERE state IN ('queued', 'running')").fetchone()
            return int(found[0]) if found else 0

        until(lambda: not open_jobs(), "the jobs to be done")
        failed = conn.execute("SELECT kind, error FROM job WHERE state = 'failed'").fetchall()
        assert failed == []
    for sha256 in load.files:
        kept = store.path_of(sha256, "so.csv").read_bytes()
        assert hashlib.sha256(kept).hexdigest() == sha256
    assert site.is_well()


@pytest.mark.timeout(LONG)
def test_a_killed_database_has_lost_nothing_that_it_confirmed(cluster: Cluster, tmp_path: Path) -> None:
    with supervised(tmp_path) as site:
        with Load(site) as load:
            for _ in range(ROUNDS):
                load.wait_for_more()
                kill(postmaster(cluster))
                until(cluster.was_killed, "the server to be gone")
                cluster.start()
                until(site.is_well, "the page to be well again")
            load.wait_for_more()
        require_all(load, site)


@pytest.mark.timeout(LONG)
def test_a_killed_page_has_lost_nothing_that_it_confirmed(cluster: Cluster, tmp_path: Path) -> None:
    with supervised(tmp_path) as site:
        with Load(site) as load:
            for victims in (site.workers, site.companion, lambda: [site.master()]):
                load.wait_for_more()
                doomed = victims()
                assert doomed
                kill(*doomed)
                until(lambda doomed=doomed: not any(map(command_of, doomed)), "them to be gone")  # type: ignore[misc]
                until(lambda doomed=doomed: site.is_back(doomed), "the page to be well again")  # type: ignore[misc]
            load.wait_for_more()
        require_all(load, site)
