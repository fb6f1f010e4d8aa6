"""The virtual environments: made once, filled from locked requirements, made anew when one was left half done."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from ops.console import Ended, Problem, disk_is_full, heartbeat, plain_faults, say, watch
from ops.machine import apt_install, require_space

SPACE_NEEDED_MB = 2500
VENV_OPTIONS = ["--clear"]


def environment_for(root: Path, requirements: str, folder: str = ".venv") -> Path:
    """Python of the virtual environment ``folder`` with the lock of ``requirements`` installed; nothing is done when it
    has them.

    Raises
    ------
    Problem
    """
    venv = root / folder
    python = venv / "bin" / "python"
    stamp = venv / f".installed-{requirements}"
    unfinished = root / ".local" / f"{venv.name}.unfinished"  # outside, so that clearing the environment keeps it
    wanted = _fingerprint(root, requirements)
    with plain_faults(venv):
        if stamp.exists() and stamp.read_text() == wanted and _works(python):
            return python
        require_space(root, SPACE_NEEDED_MB, "cài thư viện Python")
        if unfinished.exists() or not _works(python):
            unfinished.touch()
            _create(root, venv)
        unfinished.touch()
        _install(root, python, requirements, stamp.name)
        for file, text in _covered(root, requirements).items():
            (venv / f".installed-{file}").write_text(text)
        unfinished.unlink()
    return python


def lock_of(requirements: str) -> str:
    """The file that holds every library that ``requirements`` come to, with its version and the hashes of its files."""
    return str(Path(requirements).with_suffix(".lock"))


def _create(root: Path, venv: Path) -> None:
    _require_venv_module(root)
    say(f"Tạo môi trường Python {sys.version_info[0]}.{sys.version_info[1]} trong «{venv}» …")
    command = [sys.executable, "-m", "venv", *VENV_OPTIONS, str(venv)]
    ended = watch("tạo môi trường Python", command, root / ".local" / "log" / "venv.log", cwd=root)
    if ended.code != 0:
        raise _problem(ended, venv, "Không tạo được môi trường Python")


def _require_venv_module(root: Path) -> None:
    """Debian ships venv and ensurepip apart from Python."""
    if _has_venv():
        return
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    if apt_install([version], "python3-venv", root) and _has_venv():
        return
    raise Problem(
        f"Python ở đây thiếu mô-đun venv; hãy cài rồi chạy lại: `sudo apt-get install {version}` (Debian, Ubuntu), "
        "`sudo dnf install python3` (Fedora), `brew install python` (macOS)."
    )


def _has_venv() -> bool:
    command = [sys.executable, "-c", "import ensurepip, venv"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _install(root: Path, python: Path, requirements: str, name: str) -> None:
    say(f"Cài thư viện Python ({requirements}); lần đầu có thể mất vài phút …")
    log = root / ".local" / "log" / f"pip{name}.log"
    command = [str(python), "-m", "pip", "install", "--progress-bar", "off", "--disable-pip-version-check"]
    command += ["--require-hashes", "-r", lock_of(requirements)]
    ended = watch("cài thư viện Python", command, log, cwd=root)
    if ended.code != 0:
        raise _problem(ended, log, "Không cài được thư viện Python")


def _problem(ended: Ended, place: Path, what: str) -> Problem:
    if ended.says("No space left on device", "Errno 28"):
        return disk_is_full(place)
    if ended.says("Failed to establish a new connection", "name resolution", "ReadTimeout"):
        return Problem(f"{what}: không kết nối được mạng; hãy kiểm tra mạng rồi chạy lại (báo cáo: «{place}»).")
    return Problem(f"{what}: {ended.report.splitlines()[-1] if ended.report else ended.code} (báo cáo: «{place}»).")


def _works(python: Path) -> bool:
    """Whether the environment's Python starts and is of our version; a removed one leaves a dead link."""
    if not os.access(python, os.X_OK):
        return False
    command = [str(python), "-c", "import sys, pip; print(sys.version_info[:2])"]
    with heartbeat("kiểm tra môi trường Python"):
        answer = subprocess.run(command, capture_output=True, text=True, check=False)
    return answer.stdout.strip() == str(sys.version_info[:2])


def _fingerprint(root: Path, requirements: str) -> str:
    """Of the lock, and of the Python version."""
    text = (root / lock_of(requirements)).read_text("utf-8")
    return hashlib.sha256(f"{sys.version_info[:2]}{text}".encode()).hexdigest()


def _included(root: Path, requirements: str) -> list[str]:
    lines = (root / requirements).read_text("utf-8").splitlines()
    nested = [line.split(maxsplit=1)[1].strip() for line in lines if line.startswith("-r ")]
    return [requirements, *(name for each in nested for name in _included(root, each))]


def _covered(root: Path, requirements: str) -> dict[str, str]:
    """Requirements that are satisfied now, those included too, with their fingerprints."""
    return {name: _fingerprint(root, name) for name in _included(root, requirements)}
