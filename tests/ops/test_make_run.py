"""``make run`` in fresh clones: the first time, the second, interrupted, killed, and where it may not."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from data.cluster.server import Cluster
from tests.fixtures.server import free_port
from tests.ops.clones import SMALL_DEMO, Clone, base_python, clean_environment
from tests.ops.places import open_folder, ordinary_user

SOON = "0.02"  # seconds between signs of life, where every step is to give one: none is over sooner
LONG = 1200  # seconds, on a machine that is busy with other things
STEPS = (
    "tạo môi trường Python",
    "cài thư viện Python",
    "chuẩn bị cơ sở dữ liệu",
    "chuẩn bị bảng",
    "xem dữ liệu đã có",
    "tạo dữ liệu minh họa",
    "nạp dữ liệu minh họa",
    "chuẩn bị tài khoản",
    "mở trang",
)
READY = r"Bản đồ: http://127\.0\.0\.1:"


@pytest.fixture
def bare_clone() -> Iterator[Clone]:
    """As git leaves it."""
    yield from _clone(bare=True)


@pytest.fixture
def clone() -> Iterator[Clone]:
    """With an environment, for what comes after it."""
    yield from _clone(bare=False)


def _clone(*, bare: bool) -> Iterator[Clone]:
    with open_folder("bản sao của tôi (2)") as folder:
        made = Clone(folder, bare=bare)
        yield made
        made.clean_up()


def health(port: int) -> dict[str, object]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10) as answer:
        found: dict[str, object] = json.load(answer)
    return found


def beat_soon(clone: Clone) -> None:
    """Let the clone give its signs of life so often that a step without one is seen on any machine."""
    console = clone.folder / "ops" / "console.py"
    text, changed = re.subn(r"^HEARTBEAT_SECONDS = 3$", f"HEARTBEAT_SECONDS = {SOON}", console.read_text(), flags=re.M)
    assert changed == 1
    console.write_text(text)


def listening_addresses(port: int) -> set[str]:
    rows = [line.split() for file in ("tcp", "tcp6") for line in Path(f"/proc/net/{file}").read_text().splitlines()[1:]]
    return {row[1].split(":")[0] for row in rows if row[3] == "0A" and row[1].endswith(f":{port:04X}")}


def one_sentence(output: str) -> str:
    """What was said last, make's own line apart; never a stack trace."""
    assert "Traceback" not in output, output
    lines = [line for line in output.splitlines() if line.strip() and not line.startswith("make:")]
    return lines[-1]


@pytest.mark.timeout(LONG)
def test_first_run_second_run_and_stop(bare_clone: Clone) -> None:
    port = free_port()
    environment = SMALL_DEMO | {"PORT": str(port), "GUNICORN_CMD_ARGS": "--bind 0.0.0.0:1"}
    beat_soon(bare_clone)
    first = bare_clone.start(**environment)
    first.wait_for(READY)
    assert health(port)["status"] == "ok"
    assert listening_addresses(port) == {"0100007F"}, "127.0.0.1 alone"
    for step in ("Tạo môi trường Python", "Tạo cụm", "Khởi động PostgreSQL", "minh họa", "Mở trang"):
        first.wait_for(step)
    for step in STEPS:
        assert re.search(rf"… {step}: \d+ giây", first.output), f"no sign of life while: {step}"
    first.end()
    assert "make stop" in one_sentence(first.output)
    assert bare_clone.cluster().is_serving(), "the database outlives the page"
    loads = bare_clone.cluster().sql("SELECT count(*) > 0 AND bool_and(is_demo) FROM load;", database="qr")
    assert loads == "t"

    second = bare_clone.start(**environment)
    second.wait_for(READY)
    assert health(port)["status"] == "ok"
    for made in ("Tạo", "Cài", "Nạp"):
        assert made not in second.output
    second.end()

    assert "Đã dừng cơ sở dữ liệu" in bare_clone.call("stop").stdout
    assert not bare_clone.cluster().is_serving()
    assert "không chạy" in bare_clone.call("stop").stdout


@pytest.mark.timeout(LONG)
def test_killed_in_every_phase_the_next_run_goes_on(bare_clone: Clone) -> None:
    environment = SMALL_DEMO | {"PORT": str(free_port())}
    phases = ["Tạo môi trường Python", "Cài thư viện", "Tạo cụm", "Khởi động PostgreSQL", "Tạo các tệp", "Nạp dữ liệu"]
    for phase in phases:
        run = bare_clone.start(**environment)
        run.wait_for(phase)
        time.sleep(0.3)  # into the step
        run.end(signal.SIGKILL)
    run = bare_clone.start(**environment)
    run.wait_for(READY)
    loads = "SELECT count(DISTINCT kind) FROM load WHERE is_demo;"
    assert bare_clone.cluster().sql(loads, database="qr") == "5"
    run.end(signal.SIGKILL)  # while it serves
    again = bare_clone.start(**environment)
    again.wait_for(READY)
    again.end()


def test_an_interrupt_while_preparing_is_one_sentence_and_exit_130(bare_clone: Clone) -> None:
    command = [base_python(), "ops/start.py", "run"]
    process = subprocess.Popen(
        command,
        cwd=bare_clone.folder,
        env=clean_environment() | {"PORT": str(free_port())},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert "Tạo môi trường Python" in process.stdout.readline()
    time.sleep(0.5)  # into the step
    os.killpg(process.pid, signal.SIGINT)
    output = process.communicate(timeout=60)[0]
    assert process.returncode == 130, output
    assert one_sentence(output).startswith("Đã dừng theo yêu cầu")


def test_a_taken_port_is_named_before_the_long_work(bare_clone: Clone) -> None:
    with closing(socket.socket()) as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        result = bare_clone.call("run", PORT=str(port))
    assert result.returncode == 2
    sentence = one_sentence(result.stderr)
    assert sentence.startswith(f"Cổng {port} đang bận (chương trình «")
    assert f"số {os.getpid()})" in sentence
    assert not (bare_clone.folder / ".venv").exists()


@pytest.mark.parametrize(
    ("name", "value"), [("PORT", "tám nghìn"), ("PORT", "70000"), ("PORT", "-1"), ("WORKERS", "0"), ("WORKERS", "²")]
)
def test_a_setting_that_is_no_number_is_named(clone: Clone, name: str, value: str) -> None:
    result = clone.call("run", **{name: value})
    assert result.returncode == 2
    assert one_sentence(result.stderr).startswith(f"{name}=«{value}» không hợp lệ")


def test_a_clone_that_cannot_be_written_to_gets_one_sentence(clone: Clone) -> None:
    clone.folder.chmod(0o555)
    result = subprocess.run(
        ["/usr/bin/env", "python3", "ops/start.py", "run"],
        cwd=clone.folder,
        env=clean_environment() | {"PORT": str(free_port()), "HOME": "/"},
        capture_output=True,
        text=True,
        check=False,
        **ordinary_user(),
    )
    clone.folder.chmod(0o755)
    assert result.returncode == 2, result.stderr
    assert one_sentence(result.stderr).startswith("Không ghi được vào «")


def test_an_ordinary_user_gets_a_cluster_in_the_own_clone(clone: Clone) -> None:
    """With the system's Python, for the folders of this one may be closed to others."""
    (clone.folder / ".local").mkdir()
    user = ordinary_user()
    if user:
        os.chown(clone.folder / ".local", user["user"], user["group"])
    script = "from pathlib import Path; from ops import database as d; d.{step}_database(Path.cwd())"
    for step, said in (("start", "Tạo cụm"), ("start", ""), ("stop", "Đã dừng cơ sở dữ liệu")):
        result = subprocess.run(
            ["/usr/bin/env", "python3", "-c", script.format(step=step)],
            cwd=clone.folder,
            env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/"},
            capture_output=True,
            text=True,
            check=False,
            **user,
        )
        assert result.returncode == 0, result.stderr
        assert said in result.stdout
    assert (clone.folder / ".local" / "cluster" / "data" / "PG_VERSION").exists()


def test_with_a_database_of_ones_own_no_cluster_is_made(clone: Clone, fresh_database: str) -> None:
    port = free_port()
    run = clone.start(DATABASE_URL=fresh_database, DEMO="0", PORT=str(port))
    run.wait_for(READY)
    assert health(port)["status"] == "ok"
    run.end()
    assert not (clone.folder / ".local" / "database.env").exists()
    assert not clone.cluster().exists()


def test_a_database_that_does_not_answer_is_one_sentence(clone: Clone) -> None:
    result = clone.call("run", DATABASE_URL="postgresql://nobody@/none?host=/nonexistent", PORT=str(free_port()))
    assert result.returncode == 2
    assert one_sentence(result.stderr).startswith("Không kết nối được cơ sở dữ liệu")


def test_two_runs_at_once_prepare_one_after_the_other(clone: Clone) -> None:
    environment = {"DEMO": "0", "PORT": str(free_port())}
    runs = [clone.start(**environment), clone.start(**environment)]
    deadline = time.monotonic() + 120
    while all(run.process.poll() is None for run in runs) and time.monotonic() < deadline:
        time.sleep(0.1)
    winner, loser = sorted(runs, key=lambda run: run.process.poll() is not None)
    winner.wait_for(READY)
    loser.end()
    assert re.search(r"Cổng \d+ đang bận", loser.output), loser.output
    winner.end()


def test_without_postgres_and_without_the_right_to_install_the_commands_are_shown(clone: Clone, tmp_path: Path) -> None:
    for name in ("sh", "env", "make"):
        (tmp_path / name).symlink_to(shutil.which(name) or "")
    nothing = tmp_path / "no-postgres"
    nothing.mkdir()
    result = clone.call("run", PATH=str(tmp_path), POSTGRES_BIN=str(nothing), PORT=str(free_port()))
    assert result.returncode == 2
    assert "Traceback" not in result.stderr
    assert "Máy chưa có PostgreSQL 15 trở lên kèm PostGIS" in result.stderr
    for command in ("apt-get install postgresql", "dnf install", "brew install", "docker run"):
        assert command in result.stderr
    run = clone.start(DEMO="0", PORT=str(free_port()))  # and once it is there
    run.wait_for(READY)
    run.end()


def test_a_machine_without_python_or_with_an_old_one_is_told(clone: Clone) -> None:
    missing = subprocess.run(
        ["make", "-s", "run", "PYTHON=python-of-nowhere"], cwd=clone.folder, capture_output=True, text=True, check=False
    )
    assert missing.returncode != 0
    assert "Máy chưa có python-of-nowhere; hãy cài Python 3.11" in missing.stderr
    script = (
        "import runpy, sys; sys.version_info = (3, 8, 1); sys.argv = ['ops/start.py', 'run'];"
        " runpy.run_path('ops/start.py', run_name='__main__')"
    )
    old = subprocess.run([base_python(), "-c", script], cwd=clone.folder, capture_output=True, text=True, check=False)
    assert old.returncode == 2
    assert one_sentence(old.stderr).startswith("Cần Python 3.11 trở lên, nhưng `python3` ở đây là 3.8")


def test_a_cluster_of_the_clone_is_found_by_every_command(clone: Clone) -> None:
    cluster: Cluster = clone.cluster()
    cluster.start()
    status = subprocess.run(
        [base_python(), "-m", "data.cluster", "status"],
        cwd=clone.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert status.returncode == 0
    assert "đang chạy" in status.stdout
    assert clone.call("stop").returncode == 0
    stopped = subprocess.run(
        [base_python(), "-m", "data.cluster", "status"],
        cwd=clone.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert stopped.returncode == 1
