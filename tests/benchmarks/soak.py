"""``python -m tests.benchmarks.soak --minutes 60``: people use the page for an hour; does any process grow?

Growth is the slope of a line through the second half of the samples: the first half fills caches and pools.
"""

import argparse
import asyncio
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

from data.cluster.files import command_of
from data.cluster.server import OWNER
from data.database.migrate import migrate
from tests.benchmarks import districts, machine, peers, users
from tests.benchmarks.__main__ import TEMPLATE
from tests.fixtures import run

SAMPLE_SECONDS = 15.0
LEAST_MINUTES = 20
MOST_GROWTH = 0.05
"""Of its own size in an hour: what a process may grow by before it counts as growing."""


def main() -> int:
    """0: no process grows and nothing failed; 1 otherwise."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.soak")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--venues", type=int, default=30_000)
    chosen = parser.parse_args()
    run.begin()
    try:
        return _soak(chosen.minutes, chosen.people, chosen.venues)
    finally:
        run.end()


def _soak(minutes: float, people: int, venues: int) -> int:
    cluster = run.cluster()
    cluster.start()
    cluster.create_database(TEMPLATE)
    migrate(cluster.url(OWNER, TEMPLATE))
    district, _, _ = districts.build(cluster, TEMPLATE, venues, 30)
    with peers.ours(district.owner, district.reader, counts_requests=True) as server:
        address = server.tile.split("/tiles/")[0]
        with users.signed_in(district.owner, address, people) as crowd, Samples(urlsplit(address).port) as samples:
            tally = asyncio.run(users.browse(address, crowd, 60 * minutes))
    print(", ".join(machine.describe().values()))
    for result in users.told(venues, people, minutes, tally):
        print(f"{result.measure}: {result.value:,.4g} {result.unit}")
    return 1 if samples.report() or tally.faults else 0


class Samples:
    """The memory of the page's processes, looked at every few seconds while the block runs."""

    def __init__(self, port: int | None) -> None:
        self._port = port
        self._enough = threading.Event()
        self._found: dict[int, list[tuple[float, float]]] = {}
        self._names: dict[int, str] = {}
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Samples":
        self._thread.start()
        return self

    def __exit__(self, *_faults: object) -> None:
        self._enough.set()
        self._thread.join()

    def report(self) -> list[str]:
        """Print a line for each process; those that grow."""
        growing = []
        for process, samples in sorted(self._found.items()):
            first, last, most = samples[0][1], samples[-1][1], max(size for _, size in samples)
            growth = slope(samples[len(samples) // 2 :]) * 3600
            line = f"{self._names[process]} {process}: {first:.0f} → {last:.0f} MiB, at most {most:.0f}"
            print(f"{line}; second half {growth:+.1f} MiB an hour")
            if growth > MOST_GROWTH * last:
                growing.append(line)
        if self._found and max(len(samples) for samples in self._found.values()) * SAMPLE_SECONDS < 60 * LEAST_MINUTES:
            print(f"too short to tell: caches and pools fill for the first {LEAST_MINUTES} minutes")
            return []
        print("memory grows" if growing else "memory does not grow")
        return growing

    def _watch(self) -> None:
        while not self._enough.wait(SAMPLE_SECONDS):
            for process in _processes(self._port):
                if (size := _resident_mib(process)) is not None:
                    self._found.setdefault(process, []).append((time.monotonic(), size))
                    self._names.setdefault(process, "worker of jobs" if "etl" in command_of(process) else "page")


def slope(samples: list[tuple[float, float]]) -> float:
    """MiB a second, by least squares; 0 of fewer than two samples."""
    if len(samples) < 2:
        return 0.0
    mean_at = sum(at for at, _ in samples) / len(samples)
    mean_size = sum(size for _, size in samples) / len(samples)
    spread = sum((at - mean_at) ** 2 for at, _ in samples)
    return sum((at - mean_at) * (size - mean_size) for at, size in samples) / spread if spread else 0.0


def _processes(port: int | None) -> list[int]:
    """Of the page on that port: gunicorn's and the worker of jobs."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        command = command_of(int(folder.name))
        if ("gunicorn" in command or "etl work" in command) and _is_of(folder, port):
            found.append(int(folder.name))
    return found


def _is_of(folder: Path, port: int | None) -> bool:
    try:
        return f"PORT={port}".encode() in (folder / "environ").read_bytes().split(b"\0")
    except OSError:
        return False


def _resident_mib(process: int) -> float | None:
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return None
    return pages * 4096 / 2**20


if __name__ == "__main__":
    sys.exit(main())
