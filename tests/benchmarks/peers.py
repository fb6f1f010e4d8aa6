"""The servers that answer tiles side by side: ours, tipg, and the naive route. Each with two processes."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict

from data.project import ROOT
from tests.benchmarks import machine
from tests.fixtures import accounts, run
from tests.fixtures.server import free_port, serving

PROCESSES = 2
START_SECONDS = 60


@dataclass(frozen=True)
class Peer:
    """A server to be asked; ``tile`` is the address of a tile with {z}, {x}, {y}."""

    name: str
    tile: str


@contextmanager
def ours(owner: str, reader: str, *, counts_requests: bool = False) -> Iterator[Peer]:
    """Our gunicorn, as ``make run`` starts it; whoever sends the run's token is signed in.

    ``counts_requests``: with the bounds of how often one account may ask, which a single measuring client would meet.
    """
    with psycopg.connect(owner) as conn:
        accounts.sign_in(conn, accounts.ROLE, accounts.token())
    environment = {"DATABASE_URL": owner, "APP_DATABASE_URL": reader, "WORKERS": str(PROCESSES)}
    with serving(environment | {"RATE_LIMITS": str(int(counts_requests))}) as address:
        yield Peer("ours", address + "/tiles/venues/{z}/{x}/{y}.mvt")


@contextmanager
def naive(owner: str) -> Iterator[Peer]:
    """``naive_tiles.py`` under gunicorn."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "-w", str(PROCESSES), "--threads", "4", "-b", f"127.0.0.1:{port}"]
    address = f"http://127.0.0.1:{port}/{{z}}/{{x}}/{{y}}"
    with _process([*command, "tests.benchmarks.naive_tiles:app"], owner, address.format(z=12, x=3251, y=1805)):
        yield Peer("naive route", address)


@contextmanager
def tipg(owner: str, *, whole_tiles: bool = False) -> Iterator[Peer]:
    """tipg under uvicorn, in its own environment; the same attributes.

    As it comes, it cuts a tile off at 10,000 features; with ``whole_tiles`` it sends all of them.
    """
    port = free_port()
    python = ROOT / ".local" / "bench-venv" / "bin" / "python"
    command = [str(python), "-m", "uvicorn", "tipg.main:app", "--workers", str(PROCESSES), "--port", str(port)]
    collection = f"http://127.0.0.1:{port}/collections/public.venue"
    tile = collection + "/tiles/WebMercatorQuad/{z}/{x}/{y}?properties=id,status,category,ward_id"
    limit = {"TIPG_MAX_FEATURES_PER_TILE": str(10**9)} if whole_tiles else {}
    with _process([*command, "--log-level", "warning"], _host_first(owner), tile.format(z=12, x=3251, y=1805), limit):
        yield Peer("tipg, whole tiles" if whole_tiles else "tipg", tile)


def _host_first(url: str) -> str:
    """The URL with its socket's folder in the place of the host, where tipg wants one."""
    parts = conninfo_to_dict(url)
    return f"postgresql://{parts['user']}@{quote(str(parts['host']), safe='')}:{parts['port']}/{parts['dbname']}"


@contextmanager
def _process(
    command: list[str], database_url: str, ready: str, settings: dict[str, str] | None = None
) -> Iterator[None]:
    log = run.files() / f"peer-{free_port()}.log"
    with log.open("w") as out:
        environment = os.environ | {"DATABASE_URL": database_url} | (settings or {})
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out)
    try:
        _wait(ready, process, log.read_text)
        yield
    finally:
        process.terminate()
        process.wait(20)


def _wait(url: str, process: subprocess.Popen[bytes], log: object) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=30):  # noqa: S310 - our own http address
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise RuntimeError(f"{url} does not answer: {log() if callable(log) else ''}")


def largest_worker_mib(peer: Peer) -> float:
    """Largest memory, in MiB, that a process listening for ``peer`` has had."""
    port = urlsplit(peer.tile).port
    found = subprocess.run(["pgrep", "-f", "gunicorn.*app:server"], capture_output=True, text=True, check=False).stdout
    mine = [int(process) for process in found.split() if _serves(int(process), port)]
    return max(machine.peak_memory_mib(process) for process in mine)


def _serves(process: int, port: int | None) -> bool:
    environment = Path(f"/proc/{process}/environ").read_bytes().split(b"\0")
    return f"PORT={port}".encode() in environment
