"""What is checked before the tests: ``python -m tools.checks`` all of it, ``python -m tools.checks NAME`` one.

``CHECKS`` is the one list: ``make test`` runs it, and ``.pre-commit-config.yaml`` names its checks one by one.
"""

import hashlib
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from data.project import ROOT
from ops import audit
from ops.console import Problem, heartbeat, say, warn, watch

AT_ONCE = 2
WEB = ROOT / "tools" / "web"
NODE_MODULES = "tools/web/node_modules/.bin"
STYLES = "{assets,documents,proof}/**/*.css"
# Each begins with a program of the environment, or with one of those that look over scripts and styles.
CHECKS: dict[str, list[str]] = {
    "ruff-format": ["python", "-m", "ruff", "format", "--check", "."],
    "ruff": ["python", "-m", "ruff", "check", "."],
    "mypy": ["python", "-m", "mypy"],
    "import-linter": ["python", "-c", "import importlinter.cli as cli; cli.lint_imports_command()"],
    "vulture": ["python", "-m", "vulture"],
    "sqlfluff": ["python", "-m", "tools.sql_lint"],
    "eslint": [f"{NODE_MODULES}/eslint", "--config", "tools/web/eslint.config.mjs", "assets", "proof"],
    "tsc": [f"{NODE_MODULES}/tsc", "--project", "tools/web"],
    "stylelint": [f"{NODE_MODULES}/stylelint", "--config", "tools/web/stylelint.config.mjs", STYLES],
}


def main(names: list[str]) -> int:
    """Run the checks of these names, or all of them and, where the index answers, the audit of libraries.

    0: all is well, 1: a check fails, 2: one cannot run here, and a sentence says why.
    """
    checks = {name: CHECKS[name] for name in names or CHECKS}
    try:
        if any(command[0].startswith(NODE_MODULES) for command in checks.values()):
            install_web(WEB)
    except Problem as problem:
        warn(str(problem))
        return 2
    if not names and audit.answers():
        checks["pip-audit"] = audit.command(Path(sys.executable))
    elif not names:
        say(audit.NO_ANSWER)
    failed = run(checks)
    if failed:
        say(f"Không đạt: {', '.join(failed)}.")
    return 1 if failed else 0


def run(checks: dict[str, list[str]]) -> list[str]:
    """Which of the checks fail; several run at a time, and the words of each come whole, in order."""
    failed = []
    with ThreadPoolExecutor(AT_ONCE) as pool, heartbeat("kiểm tra mã nguồn"):
        running = {name: pool.submit(_listen, command) for name, command in checks.items()}
        try:
            for name, future in running.items():
                code, words, seconds = future.result()
                say(f"== {name}: {seconds:.0f} giây\n{words}".rstrip())
                if code != 0:
                    failed.append(name)
        finally:
            pool.shutdown(cancel_futures=True)
    return failed


def install_web(folder: Path) -> None:
    """What looks over scripts and styles, by the Node of the environment; nothing when it is there.

    Raises
    ------
    Problem
    """
    stamp = folder / "node_modules" / ".installed"  # npm begins by clearing the folder
    wanted = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    say("Cài công cụ kiểm tra kịch bản và kiểu trang (npm) …")
    log = ROOT / ".local" / "log" / "npm.log"
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--logs-max=0"]
    ended = watch("cài công cụ npm", command, log, cwd=folder, environment=_environment())
    if ended.code != 0:
        why = "không kết nối được mạng" if ended.says("npm error network") else ended.report.rpartition("\n")[2]
        raise Problem(f"Không cài được công cụ kiểm tra kịch bản: {why}; hãy xem «{log}» rồi chạy lại.")
    stamp.write_text(wanted)


def _listen(command: list[str]) -> tuple[int, str, float]:
    begun = time.monotonic()
    ended = subprocess.run(
        command, cwd=ROOT, env=_environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    return ended.returncode, ended.stdout.decode("utf-8", "replace"), time.monotonic() - begun


def _environment() -> dict[str, str]:
    """Programs are found beside this Python first: Node, too, is one of the environment's packages."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return os.environ | {"PYTHONUTF8": "1", "PATH": path}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
