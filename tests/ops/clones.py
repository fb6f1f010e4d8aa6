"""Fresh clones of the product in awkward places, and ``make`` run in them as a person would.

A clone gets an empty lock and finds the libraries of this environment by ``PYTHONPATH``: the steps are
the real ones, without downloading a gigabyte for each test.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import threading
import time
from pathlib import Path

from data.cluster.place import find_home
from data.cluster.server import Cluster
from data.project import ROOT

LEFT_OUT = shutil.ignore_patterns(".git", ".venv", ".local", ".*_cache", "__pycache__", "node_modules", "*.woff2")
WAIT_SECONDS = 400
SMALL_DEMO = {"DEMO_VENUES": "120", "DEMO_DAYS": "10"}


class Clone:
    """A copy of the product in ``folder``; bare, or with an environment that took no time to make."""

    def __init__(self, folder: Path, *, bare: bool) -> None:
        self.folder = folder
        self._started: list[Start] = []
        shutil.copytree(ROOT, folder, ignore=LEFT_OUT, dirs_exist_ok=True)
        (folder / "requirements.lock").write_text("# found by PYTHONPATH\n")
        if not bare:
            subprocess.run([base_python(), "-m", "venv", "--without-pip", folder / ".venv"], check=True)

    def cluster(self) -> Cluster:
        """The clone's private cluster (it may not have been made yet)."""
        return Cluster(find_home(self.folder), self.folder / ".local" / "database.env")

    def start(self, **environment: str) -> "Start":
        """Begin ``make run``."""
        self._started.append(Start(["make", "-s", "run", f"PYTHON={base_python()}"], self.folder, environment))
        return self._started[-1]

    def clean_up(self) -> None:
        """End whatever was started and still runs, the cluster included."""
        for started in self._started:
            started.end(signal.SIGKILL)
        self.cluster().destroy()

    def call(self, *targets: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run ``make`` to its end."""
        return subprocess.run(
            ["make", "-s", *targets, f"PYTHON={base_python()}"],
            cwd=self.folder,
            env=clean_environment() | environment,
            capture_output=True,
            text=True,
            timeout=WAIT_SECONDS,
            check=False,
        )


class Start:
    """A running ``make run``, its lines as they come."""

    def __init__(self, command: list[str], folder: Path, environment: dict[str, str]) -> None:
        self.lines: list[tuple[float, str]] = []
        self.begun = time.monotonic()
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            env=clean_environment() | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,  # so that an interrupt reaches all of it, as from a terminal
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append((time.monotonic() - self.begun, line.rstrip()))

    @property
    def output(self) -> str:
        """Everything said so far."""
        return "\n".join(line for _, line in list(self.lines))

    def wait_for(self, pattern: str) -> float:
        """Seconds after the start at which a line with ``pattern`` came."""
        deadline = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline:
            for moment, line in list(self.lines):
                if re.search(pattern, line):
                    return moment
            assert self.process.poll() is None or self._reader.is_alive(), (
                f"it ended without «{pattern}»:\n{self.output}"
            )
            time.sleep(0.01)
        raise AssertionError(f"no «{pattern}» in {WAIT_SECONDS} s:\n{self.output}")

    def end(self, how: int = signal.SIGINT) -> int:
        """Send ``how`` to all of it, as the terminal does, and give make's exit code."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, how)
        code = self.process.wait(WAIT_SECONDS)
        self._reader.join(WAIT_SECONDS)
        return code


def base_python() -> str:
    """The Python that this environment was made from, as the machine's own."""
    return str(Path(sys.base_prefix) / "bin" / f"python{sys.version_info[0]}.{sys.version_info[1]}")


def clean_environment() -> dict[str, str]:
    """This process's environment without what names a database or a page, and with this environment's libraries."""
    dropped = ("DATABASE_URL", "APP_DATABASE_URL", "PORT", "WORKERS", "DEMO", "VIRTUAL_ENV", "MAKEFLAGS", "MAKELEVEL")
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    return kept | {"PYTHONPATH": sysconfig.get_path("purelib")}
