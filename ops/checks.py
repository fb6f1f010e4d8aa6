"""What ``make test`` runs, and the programs that the tests need."""

import ctypes.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from data.cluster.installation import PostgresMissing, database_is_named, find_installation
from ops import database
from ops.console import Problem, end, say
from ops.machine import apt_install

MOST_WORKERS = 2
# In the order of the folders: xdist would leave the files of few and long tests to the end, for one worker alone.
BY_FILE = ("--dist", "loadfile", "--no-loadscope-reorder", "--durations", "30")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# The same without a window or what belongs to one: a page costs a third of the processor time. Debian's package too.
LIGHT_BROWSER = "chromium-headless-shell"
# What must be found on PATH, and Debian's packages for it.
TOOLS: dict[tuple[str, ...], list[str]] = {
    BROWSERS: ["chromium"],
    ("pdftoppm",): ["poppler-utils"],
    ("zbarimg",): ["zbar-tools"],
    ("soffice",): ["libreoffice-writer-nogui", "libreoffice-calc-nogui"],
    ("fc-list",): ["fontconfig"],
    ("java",): ["default-jre-headless"],
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
    _lighten_browser(root)
    if not database_is_named():
        database.require_postgres(root)
        return
    try:
        find_installation()
    except PostgresMissing as missing_server:
        raise Problem(f"{missing_server} Kiểm thử luôn dùng một cụm riêng.\n{database.HOW_TO_INSTALL}") from None


def _lighten_browser(root: Path) -> None:
    """Get the light browser where it is to be had; elsewhere the whole one does its work."""
    if shutil.which(LIGHT_BROWSER):
        return
    try:
        apt_install([LIGHT_BROWSER], "trình duyệt gọn cho kiểm thử", root)
    except Problem as problem:
        say(f"{problem} Kiểm thử dùng trình duyệt đầy đủ, chậm hơn (the whole browser is used).")


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
    workers = str(min(MOST_WORKERS, os.cpu_count() or 1))
    checks = {
        "kiểm tra mã nguồn": [str(python), "-m", "tools.checks"],
        "kiểm thử (pytest)": [str(python), "-m", "pytest", "-n", workers, *BY_FILE],
    }
    failed = [name for name, command in checks.items() if run_visibly(command, root, name) != 0]
    if failed:
        say(f"Không đạt: {', '.join(failed)}.")
    return 1 if failed else 0


def run_visibly(command: list[str], root: Path, name: str | None = None) -> int:
    """Run a program that speaks for itself; its exit code."""
    if name:
        say(f"== {name}")
    process = subprocess.Popen(command, cwd=root, env=os.environ | {"PYTHONUTF8": "1"})
    try:
        return process.wait()
    finally:
        end(process)  # pytest has a cluster to stop
