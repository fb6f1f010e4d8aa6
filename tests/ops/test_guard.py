"""The private cluster's server killed under ``make run``: it comes back by itself; stopped on purpose it does not."""

import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from data.cluster.server import Cluster
from ops.guard import SECONDS_BETWEEN_LOOKS
from tests.fixtures.server import free_port
from tests.ops.clones import Clone, clean_environment
from tests.ops.places import open_folder
from tests.ops.test_make_run import READY

LONG = 1200
PATIENCE_SECONDS = 60


@pytest.fixture
def clone() -> Iterator[Clone]:
    with open_folder("trông coi") as folder:
        made = Clone(folder, bare=False)
        yield made
        made.clean_up()


def is_well(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10) as answer:
            return bool(json.load(answer)["status"] == "ok")
    except (urllib.error.URLError, OSError):
        return False


def kill_server(cluster: Cluster) -> None:
    os.kill(int((cluster.data / "postmaster.pid").read_text().splitlines()[0]), signal.SIGKILL)


@pytest.mark.timeout(LONG)
def test_killed_it_comes_back_and_stopped_it_stays_stopped(clone: Clone) -> None:
    port = free_port()
    page = clone.start(DEMO="0", PORT=str(port))
    page.wait_for(READY)
    kill_server(clone.cluster())
    end = time.monotonic() + PATIENCE_SECONDS
    while not (clone.cluster().is_serving() and is_well(port)):
        assert time.monotonic() < end, page.output
        time.sleep(0.2)
    assert clone.call("stop").returncode == 0
    time.sleep(3 * SECONDS_BETWEEN_LOOKS)
    assert not clone.cluster().is_serving()
    assert not clone.cluster().was_killed()
    write = "import data.database.connection as connection\nwith connection.loader_connection(): pass"
    written = subprocess.run(
        [clone.folder / ".venv" / "bin" / "python", "-c", write],
        cwd=clone.folder,
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert "DatabaseUnavailable" in written.stderr
    assert not clone.cluster().is_serving(), "a write of the page started it again"
    page.end()
