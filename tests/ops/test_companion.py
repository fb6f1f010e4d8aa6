"""The worker lives and dies with the page, however the page dies."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from data.project import ROOT
from tests.fixtures import run
from tests.fixtures.server import free_port
from tests.fixtures.waiting import PATIENCE_SECONDS, until

# Prints a line and lives until its standard input closes.
LIVING = "import os, sys; print('alive', os.getpid(), flush=True); sys.stdin.read()"
KEEPER = f"""
import sys, time
from ops.companion import Companion
companion = Companion([sys.executable, "-c", {LIVING!r}])
companion.start()
sys.stdin.readline()
companion.stop()
"""


@pytest.fixture
def keeper() -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", KEEPER], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    yield process
    process.kill()
    process.communicate()


def companion_of(process: "subprocess.Popen[str]") -> int:
    """Number of the companion that has just begun."""
    assert process.stdout
    return int(process.stdout.readline().split()[1])


def lives(number: int) -> bool:
    """Whether the process is there and no zombie."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_it_ends_with_its_keeper(keeper: "subprocess.Popen[str]") -> None:
    number = companion_of(keeper)
    assert keeper.stdin
    keeper.stdin.write("\n")
    keeper.stdin.flush()
    assert keeper.wait(PATIENCE_SECONDS) == 0
    assert not lives(number)


def test_it_is_no_orphan_of_a_keeper_that_is_killed(keeper: "subprocess.Popen[str]") -> None:
    number = companion_of(keeper)
    keeper.kill()
    until(lambda: not lives(number), "the companion to end")


def test_it_is_begun_anew_when_it_dies(keeper: "subprocess.Popen[str]") -> None:
    first = companion_of(keeper)
    os.kill(first, signal.SIGKILL)
    second = companion_of(keeper)
    assert second != first
    assert lives(second)


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_the_page_has_its_worker_and_takes_it_along(fresh_database: str, end: int) -> None:
    # A database of its own: the page of another test may have its worker in the shared one, and a second one waits.
    log = run.files() / f"companion-{end}.log"
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--config", "ops/gunicorn_conf.py", "app:server"],
            cwd=ROOT, env=os.environ | {"PORT": str(free_port())}, stdout=out, stderr=out,
        )  # fmt: skip
    try:
        until(lambda: "worker: ready" in log.read_text(), "the worker to be ready")
        children = [int(number) for number in _children(process.pid)]
        [worker] = [number for number in children if b"--attached" in Path(f"/proc/{number}/cmdline").read_bytes()]
    finally:
        process.send_signal(end)
        process.wait(PATIENCE_SECONDS)
    until(lambda: not lives(worker), "the worker to end")


def _children(parent: int) -> list[str]:
    found: list[str] = []
    for thread in Path(f"/proc/{parent}/task").iterdir():
        found += (thread / "children").read_text().split()
    return found
