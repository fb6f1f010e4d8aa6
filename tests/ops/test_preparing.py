"""The steps of starting, one by one: environments, packages, disk, port, and what a person sees meanwhile."""

import ast
import os
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

import pytest

from data.cluster.installation import BIN_VARIABLE, EXTENSIONS, NEEDED_PROGRAMS, find_installation, has_routing
from data.project import ROOT
from ops import console, database, environment, machine
from ops.checks import TOOLS, missing_packages, require_tools
from ops.console import Problem, plain_faults, watch
from tests.ops.places import open_checkout, ordinary_user


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A clone's folder with an empty list of requirements."""
    folder = tmp_path / "a clone"
    folder.mkdir()
    (folder / ".local").mkdir()
    (folder / "requirements.txt").write_text("# none\n")
    (folder / "requirements-dev.txt").write_text("-r requirements.txt\n")
    for name in ("requirements.lock", "requirements-dev.lock"):
        (folder / name).write_text("# none\n")
    return folder


@pytest.fixture
def quick_venv(monkeypatch: pytest.MonkeyPatch) -> None:
    """Environments without a pip of their own: made in no time; pip is found on PYTHONPATH."""
    monkeypatch.setattr(environment, "VENV_OPTIONS", ["--clear", "--without-pip"])
    monkeypatch.setenv("PYTHONPATH", sysconfig.get_path("purelib"))


@pytest.fixture
def fake_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Path]:
    """Writes programs into the only folder on PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))

    def write(name: str, script: str) -> Path:
        program = folder / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        return program

    write("env", 'while [ "${1#*=}" != "$1" ]; do export "$1"; shift; done; exec "$@"')
    return write


def test_the_first_file_is_readable_to_an_old_python() -> None:
    ast.parse((ROOT / "ops" / "start.py").read_text("utf-8"), feature_version=(3, 4))


def test_starting_imports_nothing_but_the_standard_library() -> None:
    script = (
        "import sys; sys.path.insert(0, '.'); import ops.commands; print(*{name.split('.')[0] for name in sys.modules})"
    )
    command = [sys.executable, "-I", "-S", "-c", script]
    loaded = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    foreign = set(loaded) - set(sys.stdlib_module_names) - {"ops", "data", "__main__"}
    # The standard library's own, under a name that the machine has part in; zoneinfo asks for it.
    assert not {name for name in foreign if not name.startswith("_sysconfigdata_")}


@pytest.mark.usefixtures("quick_venv")
def test_an_environment_is_made_once(root: Path, capfd: pytest.CaptureFixture[str]) -> None:
    python = environment.environment_for(root, "requirements.txt")
    assert python.exists()
    assert "Tạo môi trường Python" in capfd.readouterr().out
    assert environment.environment_for(root, "requirements.txt") == python
    assert capfd.readouterr().out == ""

    (root / "requirements.lock").write_text("# changed\n")
    environment.environment_for(root, "requirements.txt")
    assert "Cài thư viện" in capfd.readouterr().out

    environment.environment_for(root, "requirements-dev.txt")
    capfd.readouterr()
    environment.environment_for(root, "requirements.txt")
    assert capfd.readouterr().out == "", "the tests' requirements include these"

    marker = root / ".venv" / "marker"
    marker.touch()
    (root / ".local" / ".venv.unfinished").touch()  # killed while pip wrote
    (root / "requirements.lock").write_text("# changed again\n")
    environment.environment_for(root, "requirements.txt")
    assert not marker.exists(), "a half-made environment is made anew"

    link = root / ".venv" / "bin" / "python"
    link.unlink()
    link.symlink_to("/nonexistent/python")  # the machine's Python was replaced
    environment.environment_for(root, "requirements.txt")
    assert "Tạo môi trường Python" in capfd.readouterr().out


@pytest.mark.usefixtures("quick_venv")
def test_a_library_that_cannot_be_had_is_named(root: Path) -> None:
    (root / "requirements.lock").write_text(f"{root / 'no-such-package-1.0-py3-none-any.whl'}\n")
    with pytest.raises(Problem, match="Không cài được thư viện Python") as caught:
        environment.environment_for(root, "requirements.txt")
    assert "\n" not in str(caught.value)
    (root / "requirements.lock").write_text("# mended\n")
    assert environment.environment_for(root, "requirements.txt").exists()


@pytest.mark.usefixtures("quick_venv")
def test_without_venv_debians_package_is_installed(
    root: Path, fake_path: Callable[[str, str], Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "ensurepip.py").write_text("raise ImportError('not installed')\n")
    monkeypatch.setenv("PYTHONPATH", f"{hidden}{os.pathsep}{sysconfig.get_path('purelib')}")
    monkeypatch.setattr(machine, "root_prefix", lambda: None)
    with pytest.raises(Problem, match=r"thiếu mô-đun venv.*apt-get install python3\.\d+-venv"):
        environment.environment_for(root, "requirements.txt")

    fake_path(
        "apt-get", f'echo "$@" >> "{tmp_path}/calls"; case "$1" in install) /bin/rm "{hidden}/ensurepip.py";; esac'
    )
    monkeypatch.setattr(machine, "root_prefix", list)
    assert environment.environment_for(root, "requirements.txt").exists()
    calls = (tmp_path / "calls").read_text()
    assert "update" in calls
    assert f"python3.{sys.version_info[1]}-venv" in calls


def test_postgres_is_installed_without_a_cluster_of_the_system(
    root: Path, fake_path: Callable[[str, str], Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    real = find_installation().bin
    later = tmp_path / "later"
    configuration = tmp_path / "createcluster.conf"
    monkeypatch.setenv(BIN_VARIABLE, str(later))
    monkeypatch.setattr(machine, "CREATE_CLUSTER_CONF", str(configuration))
    monkeypatch.setattr(machine, "root_prefix", list)
    fake_path("sed", 'exec /bin/sed "$@"')
    fake_path(
        "apt-get",
        f'echo "$@" >> "{tmp_path}/calls"\n'
        f'case "$*" in *postgresql-common*) echo "#create_main_cluster = true" > "{configuration}";; esac\n'
        f'case "$*" in *postgresql-postgis*) /bin/cp "{configuration}" "{tmp_path}/seen"\n'
        f'/bin/ln -s "{real}" "{later}";; esac',
    )
    database.require_postgres(root)
    assert (tmp_path / "seen").read_text() == "create_main_cluster = false\n"
    database.require_postgres(root)
    assert (tmp_path / "calls").read_text().count("install -y") == 2, "nothing is installed twice"


@pytest.mark.parametrize("is_to_be_had", [True, False])
def test_pgrouting_is_installed_where_it_can_be_had_and_nothing_stops_for_want_of_it(
    is_to_be_had: bool,
    root: Path,
    fake_path: Callable[[str, str], Path],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    shared = tmp_path / "share" / "extension"
    shared.mkdir(parents=True)
    for name in EXTENSIONS:
        (shared / f"{name}.control").touch()
    programs = tmp_path / "programs"
    programs.mkdir()
    answers = {"postgres": "postgres (PostgreSQL) 16.1", "pg_config": str(shared.parent)}
    for name in (*NEEDED_PROGRAMS, "pg_config"):
        (programs / name).write_text(f"#!/bin/sh\necho '{answers.get(name, '')}'\n")
        (programs / name).chmod(0o755)
    monkeypatch.setenv(BIN_VARIABLE, str(programs))
    monkeypatch.setattr(machine, "root_prefix", list)
    installs = f": > '{shared}/pgrouting.control'" if is_to_be_had else "echo 'E: Unable to locate package'; exit 100"
    fake_path("apt-get", f'case "$*" in *install*postgresql-16-pgrouting*) {installs};; esac')
    database.require_postgres(root)
    assert has_routing(find_installation()) is is_to_be_had
    assert ("theo đường thẳng" in "".join(capsys.readouterr())) is not is_to_be_had


def test_an_install_that_was_killed_is_mended(
    root: Path, fake_path: Callable[[str, str], Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(machine, "root_prefix", list)
    fake_path("dpkg", f'echo "$@" > "{tmp_path}/mended"')
    fake_path(
        "apt-get",
        f'[ "$1" = update ] || [ -e "{tmp_path}/mended" ] || '
        "{ echo 'E: dpkg was interrupted, you must manually run dpkg --configure -a'; exit 100; }",
    )
    assert machine.apt_install(["some-package"], "gói thử", root) is True
    assert (tmp_path / "mended").read_text() == "--configure -a\n"


@pytest.mark.parametrize(
    ("report", "sentence"),
    [
        ("E: You don't have enough free space in /var/cache/apt/archives/.", "Hết dung lượng đĩa"),
        ("Temporary failure resolving 'deb.debian.org'", "kiểm tra kết nối mạng"),
        ("something else", "apt-get không cài được gói thử"),
    ],
)
def test_a_failed_install_says_why(
    root: Path,
    fake_path: Callable[[str, str], Path],
    monkeypatch: pytest.MonkeyPatch,
    report: str,
    sentence: str,
) -> None:
    monkeypatch.setattr(machine, "root_prefix", list)
    fake_path("apt-get", f'echo "{report}"; exit 100')
    with pytest.raises(Problem, match=sentence):
        machine.apt_install(["some-package"], "gói thử", root)


def test_sudo_is_used_only_where_it_asks_nothing(
    fake_path: Callable[[str, str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine.os, "geteuid", lambda: 1000)
    assert machine.root_prefix() is None
    sudo = fake_path("sudo", "exit 1")
    assert machine.root_prefix() is None
    sudo.write_text("#!/bin/sh\nexit 0\n")
    assert machine.root_prefix() == ["sudo", "-n"]


def test_missing_tools_of_the_tests_are_named(
    root: Path, fake_path: Callable[[str, str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "root_prefix", lambda: None)
    with pytest.raises(Problem, match="chromium, poppler-utils, zbar-tools, libreoffice-writer-nogui"):
        require_tools(root)
    for names in TOOLS:
        fake_path(names[-1], "exit 0")
    assert missing_packages() == []


def test_where_there_is_no_light_browser_the_whole_one_serves(
    root: Path,
    fake_path: Callable[[str, str], Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(machine, "root_prefix", list)
    for names in TOOLS:
        fake_path(names[-1], "exit 0")
    apt = fake_path("apt-get", "echo 'E: Unable to locate package chromium-headless-shell'; exit 100")
    require_tools(root)
    assert "Kiểm thử dùng trình duyệt đầy đủ" in capsys.readouterr().out
    fake_path("chromium-headless-shell", "exit 0")
    apt.unlink()
    require_tools(root)
    assert capsys.readouterr().out == ""


def test_too_little_space_is_said_in_megabytes(tmp_path: Path) -> None:
    machine.require_space(tmp_path / "not" / "yet", 1, "thử")
    with pytest.raises(Problem, match=r"chỉ còn \d+ MB, cần ít nhất 999999999999 MB"):
        machine.require_space(tmp_path, 999_999_999_999, "thử")


def test_a_disk_that_fills_up_meanwhile_is_named() -> None:
    with pytest.raises(Problem, match="Hết dung lượng đĩa"), plain_faults(Path("/here")):
        Path("/dev/full").write_text("x")


def test_a_step_that_fails_gives_its_own_sentence(root: Path) -> None:
    (root / "etl").mkdir()
    program = root / "etl" / "__main__.py"
    python = Path(sys.executable)

    def run() -> None:
        database._module(root, python, "nạp thử", ["etl", "load"])

    program.write_text("import sys; print('Tệp «a.xlsx» không dùng được.', file=sys.stderr); sys.exit(2)")
    with pytest.raises(Problem, match=r"^Tệp «a.xlsx» không dùng được\.$"):
        run()
    program.write_text("1 / 0")
    with pytest.raises(Problem, match="Bước «nạp thử» dừng vì lỗi: ZeroDivisionError") as caught:
        run()
    assert "\n" not in str(caught.value)
    program.write_text("raise OSError(28, 'No space left on device')")
    with pytest.raises(Problem, match="Hết dung lượng đĩa"):
        run()


def test_a_silent_program_is_reported_and_a_speaking_one_heard(
    root: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console, "HEARTBEAT_SECONDS", 0.1)
    log, heard = root / ".local" / "log" / "x.log", root / "heard"
    beats: list[str] = []

    def hear(line: str) -> None:
        beats.append(line)
        if len(beats) > 1 and "đang làm" in line:
            heard.touch()

    script = (
        "import pathlib, sys, time; print('đang làm')\n"
        "while not pathlib.Path(sys.argv[1]).exists(): time.sleep(0.01)\n"
        "print('xong'); raise SystemExit(3)"
    )
    with monkeypatch.context() as listening:
        listening.setattr(console, "say", hear)
        ended = watch("việc lâu", [sys.executable, "-c", script, str(heard)], log, cwd=root)
    assert ended.code == 3
    assert all(beat.startswith("  … việc lâu: ") for beat in beats)
    assert log.read_text("utf-8") == "đang làm\nxong\n"
    watch("việc lâu", [sys.executable, "-c", script, str(heard)], log, cwd=root, echo=True)
    assert "  xong" in capfd.readouterr().out.splitlines()


def test_a_program_does_not_outlive_an_interrupt(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[str]] = []
    real = subprocess.Popen

    def start(*arguments: object, **options: object) -> subprocess.Popen[str]:
        started.append(real(*arguments, **options))  # type: ignore[call-overload]
        return started[-1]

    def interrupt(*_arguments: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(console.subprocess, "Popen", start)
    monkeypatch.setattr(console, "_follow", interrupt)
    monkeypatch.setattr(console, "PATIENCE_SECONDS", 0.5)
    with pytest.raises(KeyboardInterrupt):
        watch("việc lâu", [sys.executable, "-c", "import time; time.sleep(60)"], root / "log", cwd=root)
    assert started[0].poll() is not None


def test_a_low_port_without_the_right_is_explained() -> None:
    low = int(Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text())
    if low == 0:  # the machine lets everybody listen anywhere
        machine.require_free_port(81)
        return
    script = "from ops.machine import require_free_port; require_free_port(81)"
    options = ordinary_user() if os.geteuid() == 0 else {}
    command = ["/usr/bin/env", "python3", "-c", script]
    with open_checkout() as checkout:
        result = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False, **options)
    assert "Không có quyền mở cổng 81" in result.stderr
