"""The commands behind make: ``run``, ``test``, ``bench``, ``stop``, ``backup``, ``restore``, ``lock``."""

import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from data.cluster.installation import ClusterError
from ops import audit, checks, database
from ops.console import HEARTBEAT_SECONDS, Problem, plain_faults, say, warn
from ops.environment import environment_for
from ops.machine import port_of, require_free_port, workers_of

ROOT = Path(__file__).resolve().parent.parent
UNUSABLE = 2
FALSE_WORDS = ("0", "false", "no", "off")


def run_command(arguments: list[str]) -> int:
    """Run one command; 0: done, 1: a check failed, 2: a sentence on stderr says what to do."""
    commands: dict[str, Callable[[], int]] = {
        "run": run,
        "test": test,
        "bench": bench,
        "stop": stop,
        "backup": backup,
        "restore": restore,
        "audit-dependencies": audit_dependencies,
        "lock": renew_locks,
    }
    if len(arguments) != 1 or arguments[0] not in commands:
        warn("Cách dùng: make run | make test | make bench | make stop | make backup | make restore FILE=…")
        return UNUSABLE
    try:
        with plain_faults(ROOT):
            return commands[arguments[0]]()
    except (Problem, ClusterError) as problem:
        warn(str(problem))
        return UNUSABLE


def run() -> int:
    """Everything from a fresh clone to a served page; becomes gunicorn in the end."""
    port, _workers = port_of(dict(os.environ)), workers_of(dict(os.environ))
    require_free_port(port)  # before the long work
    with _alone() as lock:
        python = environment_for(ROOT, "requirements.txt")
        database.start_database(ROOT)
        database.migrate(ROOT, python)
        is_new_demo = not _is_false("DEMO", "1") and database.load_demo(ROOT, python)
        database.first_accounts(ROOT, python)
        if is_new_demo:
            database.demo_papers(ROOT, python)
        require_free_port(port)
        say("Mở trang …")
        os.environ.pop("GUNICORN_CMD_ARGS", None)  # it would win over our settings
        os.chdir(ROOT)
        # It keeps the lock until the page answers: a run that waits must not find the port free for a moment more.
        subprocess.Popen([sys.executable, "-m", "ops.await_page", str(port)], pass_fds=[lock])
    os.execv(python, [str(python), "-m", "gunicorn", "--config", "ops/gunicorn_conf.py", "app:server"])  # noqa: S606


def test() -> int:
    """All checks and tests, the browser's included; 1 when one fails."""
    with _alone():
        checks.require_tools(ROOT)
        python = environment_for(ROOT, "requirements-dev.txt")
    return checks.run_checks(ROOT, python)


def bench() -> int:
    """The measurements, as a table and in ``.local/bench.json``."""
    with _alone():
        checks.require_tools(ROOT)
        python = environment_for(ROOT, "requirements-dev.txt")
        environment_for(ROOT, "requirements-bench.txt", ".local/bench-venv")
    return checks.run_visibly([str(python), "-m", "tests.benchmarks"], ROOT)


def stop() -> int:
    """Stop the private cluster."""
    database.stop_database(ROOT)
    return 0


def backup() -> int:
    """One file in ``BACKUP_FOLDER``, proved by restoring it (``VERIFY=0``: not); see ``data.backup``."""
    options = ["--no-verify"] if _is_false("VERIFY", "1") else []
    return _backup_module("make", *options)


def restore() -> int:
    """The backup ``FILE`` into the database ``INTO``; over data that are there only with ``REPLACE=1``."""
    file = os.environ.get("FILE", "").strip()
    if not file:
        raise Problem("Hãy nói tệp sao lưu nào: `make restore FILE=backups/qr-….tar`.")
    options = [str(Path(file).absolute())]
    if into := os.environ.get("INTO", "").strip():
        options += ["--into", into]
    if not _is_false("REPLACE", "0"):
        options.append("--replace")
    return _backup_module("restore", *options)


def audit_dependencies() -> int:
    """Known vulnerabilities of the pinned libraries; 1 when there is one."""
    with _alone():
        python = environment_for(ROOT, "requirements-dev.txt")
    if not audit.answers():
        raise Problem(audit.NO_ANSWER)
    return checks.run_visibly(audit.command(python), ROOT)


def renew_locks() -> int:
    """The locks of libraries, after a change to what is written by hand; ``UPGRADE=1``: the newest of everything."""
    with _alone():
        python = environment_for(ROOT, "requirements-dev.txt")
    options = [] if _is_false("UPGRADE", "0") else ["--upgrade"]
    return checks.run_visibly([str(python), "-m", "tools.lock", *options], ROOT)


def _backup_module(*arguments: str) -> int:
    with _alone():
        python = environment_for(ROOT, "requirements.txt")
        database.start_database(ROOT)
    return checks.run_visibly([str(python), "-m", "data.backup", *arguments], ROOT)


def _is_false(name: str, default: str) -> bool:
    return (os.environ.get(name, "").strip() or default).lower() in FALSE_WORDS


@contextmanager
def _alone() -> Iterator[int]:
    """One preparation at a time in a clone: two at once would write over each other's environment.

    Yields the lock's file descriptor; a child that inherits it keeps the lock for as long as it runs.
    """
    local = ROOT / ".local"
    with plain_faults(local):
        local.mkdir(exist_ok=True)
        handle = os.open(local / "run.lock", os.O_CREAT | os.O_RDWR, 0o644)
    try:
        told = 0.0
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() - told > HEARTBEAT_SECONDS:
                    say("Một lần `make` khác đang chuẩn bị trong thư mục này, đang đợi …")
                    told = time.monotonic()
                time.sleep(0.2)
        yield handle
    finally:
        os.close(handle)
