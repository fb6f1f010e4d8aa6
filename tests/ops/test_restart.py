"""The page restarted while people ask: nobody is turned away, neither at a reload nor at a new version's start."""

import http.client
import os
import selectors
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from gunicorn.config import Config
from gunicorn.sock import TCPSocket

from data.cluster.server import OWNER, READER, Cluster
from data.project import ROOT
from ops.page_worker import PageWorker
from tests.ops.test_kill import children

ASKING = 4
PATIENCE_SECONDS = 120
LONG = 900
# What systemd does for a unit with a socket: the descriptor is number 3, and the variables name this very process.
AS_SYSTEMD = 'LISTEN_PID=$$ LISTEN_FDS=1 exec "$0" -m gunicorn --config ops/gunicorn_conf.py app:server'


@pytest.fixture
def urls(test_cluster: Cluster, demo_copy: str) -> dict[str, str]:
    return {"DATABASE_URL": test_cluster.url(OWNER, demo_copy), "APP_DATABASE_URL": test_cluster.url(READER, demo_copy)}


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    """The socket as systemd holds it: it stays while the page goes and comes."""
    with socket.create_server(("127.0.0.1", 0), backlog=512) as made:
        yield made


def begin(listening: socket.socket, urls: dict[str, str], log: Path) -> "subprocess.Popen[bytes]":
    port = listening.getsockname()[1]

    def hand_over() -> None:
        os.dup2(listening.fileno(), 3, inheritable=True)

    with log.open("ab") as out:
        return subprocess.Popen(
            ["/bin/sh", "-c", AS_SYSTEMD, sys.executable],
            cwd=ROOT,
            env=os.environ | urls | {"PORT": str(port)},
            stdout=out,
            stderr=out,
            preexec_fn=hand_over,
            close_fds=False,
        )


class Asking:
    """People who ask for a page again and again; what they were not given."""

    def __init__(self, port: int) -> None:
        self.answers = 0
        self.faults: list[str] = []
        self._port = port
        self._enough = threading.Event()
        self._threads = [threading.Thread(target=self._ask) for _ in range(ASKING)]

    def _ask(self) -> None:
        while not self._enough.is_set():
            connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE_SECONDS)
            try:
                connection.request("GET", "/sign-in", headers={"Connection": "close"})
                answer = connection.getresponse()
                answer.read()
                if answer.status == 200:
                    self.answers += 1
                else:
                    self.faults.append(f"status {answer.status}")
            except (OSError, http.client.HTTPException) as error:
                self.faults.append(repr(error))
            finally:
                connection.close()

    def wait_for_more(self, number: int = 40) -> None:
        """Until so many more have been answered."""
        wanted, end = self.answers + number, time.monotonic() + PATIENCE_SECONDS
        while self.answers < wanted:
            assert time.monotonic() < end, self.faults
            time.sleep(0.05)

    def __enter__(self) -> "Asking":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_faults: object) -> None:
        self._enough.set()
        for thread in self._threads:
            thread.join(PATIENCE_SECONDS)


@contextmanager
def ended(process: "subprocess.Popen[bytes]") -> Iterator[None]:
    try:
        yield
    finally:
        process.terminate()
        process.wait(60)


@pytest.mark.timeout(LONG)
def test_a_reload_turns_nobody_away(listening: socket.socket, urls: dict[str, str], tmp_path: Path) -> None:
    page = begin(listening, urls, tmp_path / "log")
    with ended(page), Asking(listening.getsockname()[1]) as people:
        people.wait_for_more()
        before = set(children(page.pid))
        page.send_signal(signal.SIGHUP)
        people.wait_for_more()
        end = time.monotonic() + PATIENCE_SECONDS
        while len(before & set(children(page.pid))) > 1:  # what does the jobs goes on
            assert time.monotonic() < end, "the old workers stay"
            time.sleep(0.1)
        people.wait_for_more()
    assert people.faults == []


@pytest.mark.timeout(LONG)
def test_a_new_version_takes_over_the_socket(listening: socket.socket, urls: dict[str, str], tmp_path: Path) -> None:
    old = begin(listening, urls, tmp_path / "log")
    with Asking(listening.getsockname()[1]) as people:
        people.wait_for_more()
        old.terminate()
        assert old.wait(60) == 0
        new = begin(listening, urls, tmp_path / "log")
        with ended(new):
            people.wait_for_more()
            people.__exit__()
    assert people.faults == []


@pytest.mark.parametrize("held_by_another", [True, False], ids=["reload", "end"])
def test_a_worker_that_ends_refuses_whom_nobody_would_answer(held_by_another: bool, listening: socket.socket) -> None:
    address, master = listening.getsockname(), listening.dup()
    worker = PageWorker(0, 0, [TCPSocket(address, Config(), None, fd=listening.detach())], None, 30, Config(), None)
    worker.poller = selectors.DefaultSelector()
    with master, worker.poller:
        worker.set_accept_enabled(True)
        if not held_by_another:
            master.close()
        socket.create_connection(address, timeout=PATIENCE_SECONDS).close()
        worker.alive = False
        worker.set_accept_enabled(False)
        if held_by_another:
            socket.create_connection(address, timeout=PATIENCE_SECONDS).close()
        else:
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(address, timeout=PATIENCE_SECONDS)
    worker.tmp.close()
