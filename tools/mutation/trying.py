"""The tests are run once as they are, watched; then once for each fault, with the tests that run the faulty line.

Each run is a child of this process, which has the libraries loaded and the run's cluster up: a fault takes seconds.
"""

import ast
import importlib
import json
import os
import signal
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import coverage
import pytest

from tests.fixtures import run
from tools.mutation.mutants import Mutant, changed
from tools.mutation.plugin import Chosen, Watched

LIBRARIES = (
    "pandas",
    "geopandas",
    "dash",
    "plotly.graph_objects",
    "docx",
    "typst",
    "openpyxl",
    "hypothesis",
    "psycopg_pool",
)
QUIET = ["-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", "--no-header", "-W", "ignore"]
# Files of tests are taken, the quickest first, as far as this reaches; each costs what its database takes to be made.
MOST_SECONDS, SECONDS_A_FILE = 25.0, 3.0
HANGS_AFTER = 300
KILLED, SURVIVED, HUNG, NOT_RUN = "killed", "survived", "hung", "no test runs it"


@dataclass(frozen=True)
class Runs:
    """Which tests run which line of a file (``lines[file][line]``), and how long each takes."""

    lines: dict[str, dict[int, list[str]]]
    seconds: dict[str, float]

    def tests_of(self, root: Path, mutant: Mutant, folders: list[str]) -> list[str]:
        """Tests of ``folders`` that run the line of the fault, the quickest first.

        For a line that is run as tests are collected: all of the first folder, and all that run anything of the file.
        """
        of_file = self.lines.get(mutant.file, {})
        first, last = _statement((root / mutant.file).read_text(encoding="utf-8"), mutant.line)
        names = {name for line in range(first, last + 1) for name in of_file.get(line, ()) if name}
        if not names and any("" in of_file.get(line, ()) for line in range(first, last + 1)):
            names = {name for tests in of_file.values() for name in tests if name}
            names |= {name for name in self.seconds if name.startswith(f"{folders[0]}/")}
        near = tuple(f"{folder}/" for folder in folders)
        by_file: dict[str, list[str]] = defaultdict(list)
        for name in names & self.seconds.keys():
            if name.startswith(near) and self.seconds[name] <= MOST_SECONDS:
                by_file[name.split("::")[0]].append(name)
        chosen: list[str] = []
        spent = 0.0
        for tests in sorted(by_file.values(), key=self._cost):
            spent += SECONDS_A_FILE + self._cost(tests)
            if chosen and spent > MOST_SECONDS:
                break
            chosen += sorted(tests, key=lambda name: (self.seconds[name], name))
        return chosen

    def _cost(self, tests: list[str]) -> float:
        return sum(self.seconds[name] for name in tests)


def load_libraries() -> None:
    """Once, for all children."""
    for name in LIBRARIES:
        importlib.import_module(name)


def watch(files: list[str], tests: list[str], out: Path) -> None:
    """Run the tests as they are, for :func:`watched`. Tests that fail so are left out of all that follows."""

    def watched_run() -> int:
        data = str(out / "coverage")
        watcher = coverage.Coverage(data_file=data, include=files, config_file=False, messages=False)
        watcher.start()
        watched = Watched(watcher)
        code = pytest.main([argument for argument in QUIET if argument != "-x"] + tests, plugins=[watched])
        watcher.stop()
        found = watcher.get_data()
        lines = {
            str(Path(file).relative_to(Path.cwd())): found.contexts_by_lineno(file) for file in found.measured_files()
        }
        seconds = {name: taken for name, taken in watched.seconds.items() if name not in watched.failed}
        (out / "runs.json").write_text(json.dumps({"lines": lines, "seconds": seconds, "code": int(code)}))
        return 0

    _in_child(watched_run, out / "watch.log", 7200)


def watched(out: Path) -> Runs:
    """What the last :func:`watch` found."""
    said = json.loads((out / "runs.json").read_text())
    lines = {file: {int(line): names for line, names in of.items()} for file, of in said["lines"].items()}
    return Runs(lines, said["seconds"])


def attempt(mutant: Mutant, tests: list[str], log: Path) -> str:
    """What became of one fault: killed, survived, hung (which a developer notices too) or not run by any test."""
    if not tests:
        return NOT_RUN
    path = Path(mutant.file)
    source = path.read_text(encoding="utf-8")
    path.write_text(changed(source, mutant), encoding="utf-8")
    try:
        files = list(dict.fromkeys(name.split("::")[0] for name in tests))
        code = _in_child(lambda: int(pytest.main(QUIET + files, plugins=[Chosen(tests)])), log, HANGS_AFTER)
    finally:
        path.write_text(source, encoding="utf-8")
    if code is None:
        return HUNG
    return SURVIVED if code == 0 else KILLED


def forget_databases() -> None:
    """Drop what a child made and did not come to drop."""
    cluster = run.cluster()
    made = cluster.sql("SELECT datname FROM pg_database WHERE datname ~ '_(main|m[0-9]+)_[0-9]+$';")
    for name in made.split():
        cluster.drop_database(name)


def _in_child(work: Callable[[], int], log: Path, seconds: float) -> int | None:
    """Exit code of ``work`` done in a child; None where it had to be ended."""
    child = os.fork()
    if not child:
        os.setpgid(0, 0)
        out = os.open(log, os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
        os.dup2(out, 1)
        os.dup2(out, 2)
        code = 99
        try:
            code = work()
        finally:
            os._exit(code)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.05)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


def _statement(source: str, line: int) -> tuple[int, int]:
    """First and last line of the innermost statement at ``line``; of one with a body, its head."""
    found = (1, 1)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or node.lineno):
            body = getattr(node, "body", None)
            last = body[0].lineno - 1 if body else node.end_lineno or node.lineno
            if line <= max(last, node.lineno) and node.lineno >= found[0]:
                found = (node.lineno, max(last, node.lineno))
    return found
