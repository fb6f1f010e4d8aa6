"""What ``make test`` runs, and the programs that the tests need.

The checks that come before the tests stand in ``CHECKS`` alone; ``.pre-commit-config.yaml`` names them one by one, as
``python -m ops.checks NAME``.
"""

import ctypes.util
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from data.cluster.installation import PostgresMissing, database_is_named, find_installation
from ops import audit, database
from ops.console import Problem, end, heartbeat, say
from ops.machine import apt_install

MOST_WORKERS = 2
# In the order of the folders: xdist would leave the files of few and long tests to the end, for one worker alone.
BY_FILE = ("--dist", "loadfile", "--no-loadscope-reorder", "--durations", "30")
NODE_MODULES = "tools/web/node_modules/.bin"
# Each begins with a program of the environment, or with one of those that look over scripts and styles.
CHECKS: dict[str, list[str]] = {
    "ruff-format": ["python", "-m", "ruff", "format", "--check", "."],
    "ruff": ["python", "-m", "ruff", "check", "."],
    "mypy": ["python", "-m", "mypy"],
    "import-linter": ["python", "-c", "import importlinter.cli as cli; cli.lint_imports_command()"],
    "vulture": ["python", "-m", "vulture"],
    "sqlfluff": ["python", "tools/sql_lint.py"],
    "eslint": [f"{NODE_MODULES}/eslint", "--config", "tools/web/eslint.config.mjs", "assets"],
    "tsc": [f"{NODE_MODULES}/tsc", "--project", "tools/web"],
    "stylelint": [
        f"{NODE_MODULES}/stylelint",
        "--config",
        "tools/web/stylelint.config.mjs",
        "{assets,documents}/**/*.css",
    ],
}
# What must be found on PATH, and Debian's packages for it.
TOOLS: dict[tuple[str, ...], list[str]] = {
    ("chromium", "chromium-browser", "google-chrome"): ["chromium"],
    ("pdftoppm",): ["poppler-utils"],
    ("zbarimg",): ["zbar-tools"],
    ("soffice",): ["libreoffice-writer-nogui", "libreoffice-calc-nogui"],
    ("fc-list",): ["fontconfig"],
}
FONT_FILE, FONT_PACKAGE = "LiberationSerif-Regular", "fonts-liberation"
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts", str(Path.home() / ".fonts"))


def require_tools(root: Path) -> None:
    """Install what the tests look at pages and documents with. Raises :class:`Problem` where that is not possible."""
    missing = missing_packages()
    if missing and not (apt_install(missing, "công cụ kiểm thử", root) and not missing_packages()):
        raise Problem(
            f"Kiểm thử còn cần: {', '.join(missing_packages())}; hãy cài rồi chạy lại, ví dụ trên Debian: "
            f"`sudo apt-get install {' '.join(missing)}`."
        )
    if not database_is_named():
        database.require_postgres(root)
        return
    try:
        find_installation()
    except PostgresMissing as missing_server:
        raise Problem(f"{missing_server} Kiểm thử luôn dùng một cụm riêng.\n{database.HOW_TO_INSTALL}") from None


def missing_packages() -> list[str]:
    """Debian's packages for what is not on the machine."""
    packages = [
        package
        for names, wanted in TOOLS.items()
        if not any(shutil.which(name) for name in names)
        for package in wanted
    ]
    if not any(next(Path(folder).rglob(f"{FONT_FILE}.*"), None) for folder in FONT_FOLDERS):
        packages.append(FONT_PACKAGE)
    # The program through which Playwright drives the browser is linked to it; a minimal Debian has it not.
    if sys.platform == "linux" and not ctypes.util.find_library("atomic"):
        packages.append("libatomic1")
    return packages


def run_checks(root: Path, python: Path) -> int:
    """The checks, then the tests last, so that their closing lines are the last ones; 1 when one fails."""
    checks = dict(CHECKS)
    if audit.answers():
        checks["pip-audit"] = audit.command(python)
    else:
        say(audit.NO_ANSWER)
    failed = _look_over(root, python, checks)
    workers = str(min(MOST_WORKERS, os.cpu_count() or 1))
    if run_visibly([str(python), "-m", "pytest", "-n", workers, *BY_FILE], root, "pytest") != 0:
        failed.append("pytest")
    if failed:
        say(f"Không đạt: {', '.join(failed)}.")
    return 1 if failed else 0


def _look_over(root: Path, python: Path, checks: dict[str, list[str]]) -> list[str]:
    """Which of the checks fail; several run at a time, and the words of each come whole, in order."""
    failed = []
    with ThreadPoolExecutor(MOST_WORKERS) as pool, heartbeat("kiểm tra mã nguồn"):
        running = {name: pool.submit(_listen, command, root, python) for name, command in checks.items()}
        try:
            for name, future in running.items():
                code, words, seconds = future.result()
                say(f"== {name}: {seconds:.0f} giây\n{words}".rstrip())
                if code != 0:
                    failed.append(name)
        finally:
            pool.shutdown(cancel_futures=True)
    return failed


def _listen(command: list[str], root: Path, python: Path) -> tuple[int, str, float]:
    begun = time.monotonic()
    ended = subprocess.run(
        command, cwd=root, env=_environment(python), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    return ended.returncode, ended.stdout.decode("utf-8", "replace"), time.monotonic() - begun


def _environment(python: Path) -> dict[str, str]:
    """Programs are found beside the environment's Python first: Node, too, is one of its packages."""
    return os.environ | {"PYTHONUTF8": "1", "PATH": f"{python.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}


def run_visibly(command: list[str], root: Path, name: str | None = None) -> int:
    """Run a program that speaks for itself; its exit code."""
    if name:
        say(f"== {name}")
    process = subprocess.Popen(command, cwd=root, env=os.environ | {"PYTHONUTF8": "1"})
    try:
        return process.wait()
    finally:
        end(process)  # pytest has a cluster to stop


if __name__ == "__main__":
    sys.exit(subprocess.run(CHECKS[sys.argv[1]], env=_environment(Path(sys.executable)), check=False).returncode)
