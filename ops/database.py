"""PostgreSQL for the product: installed where missing and allowed, started, migrated, filled with the demonstration."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

from data.cluster.installation import Installation, PostgresMissing, database_is_named, find_installation, has_routing
from data.cluster.server import product_cluster
from ops.console import Problem, disk_is_full, heartbeat, plain_faults, say, watch
from ops.machine import apt_install, keep_system_cluster_away, require_space

DEMO_SPACE_MB = 1500
DEMO_VENUES, DEMO_DAYS = 30_000, 60
UNUSABLE = 2
REJECTS_SUFFIX = ".loi.xlsx"

HOW_TO_INSTALL = """Hãy cài PostgreSQL 15 trở lên kèm PostGIS bằng một trong các cách sau rồi chạy lại `make run`:
  Debian, Ubuntu:  sudo apt-get install postgresql postgresql-postgis postgresql-pgrouting
  Fedora:          sudo dnf install postgresql-server postgresql-contrib postgis
  macOS:           brew install postgresql@17 postgis
  Container:       docker run -d -e POSTGRES_PASSWORD=mat-khau -p 127.0.0.1:5432:5432 postgis/postgis:16-3.4
                   rồi DATABASE_URL=postgresql://postgres:mat-khau@127.0.0.1/postgres make run"""


def start_database(root: Path) -> None:
    """Have a database: the one of ``DATABASE_URL``, else the private cluster, started.

    Raises
    ------
    Problem, ClusterError
    """
    if database_is_named():
        say("Dùng cơ sở dữ liệu trong DATABASE_URL; không khởi động cụm riêng.")
        return
    cluster = product_cluster(root)
    if not cluster.exists():
        require_postgres(root)
        cluster = product_cluster(root)  # the packages bring the user «postgres», whose it is to be
        require_space(cluster.home, DEMO_SPACE_MB, "tạo cơ sở dữ liệu")
    with heartbeat("chuẩn bị cơ sở dữ liệu"):
        cluster.start(say)


def stop_database(root: Path) -> None:
    """Stop the private cluster, data stay."""
    cluster = product_cluster(root)
    with heartbeat("dừng cơ sở dữ liệu"):
        stopped = cluster.stop()
    say("Đã dừng cơ sở dữ liệu; dữ liệu được giữ nguyên." if stopped else "Cơ sở dữ liệu không chạy.")


def require_postgres(root: Path) -> None:
    """Have a PostgreSQL with PostGIS, and with pgRouting where it can be had.

    Raises :class:`Problem` with the commands where we may not install PostgreSQL.
    """
    try:
        installation = find_installation()
    except PostgresMissing as missing:
        say(str(missing))
        if not _install_postgres(root):
            raise Problem(f"{missing}\n{HOW_TO_INSTALL}") from missing
        installation = find_installation()
    if not has_routing(installation):
        _install_routing(installation, root)


def _install_routing(installation: Installation, root: Path) -> None:
    """Distances along streets; nothing stops for want of them."""
    try:
        installed = apt_install([f"postgresql-{installation.major}-pgrouting"], "pgRouting", root)
    except Problem as problem:
        say(str(problem))
        installed = False
    if not installed:
        say("Chưa có pgRouting: khoảng cách giữa các địa điểm được tính theo đường thẳng.")


def _install_postgres(root: Path) -> bool:
    if not shutil.which("pg_createcluster"):
        if not apt_install(["postgresql-common"], "công cụ PostgreSQL", root):
            return False
        keep_system_cluster_away(root)
    return apt_install(["postgresql", "postgresql-postgis"], "PostgreSQL và PostGIS", root)


def migrate(root: Path, python: Path) -> None:
    """Schema, policy and the shipped wards. Raises :class:`Problem` with the migration's own sentence."""
    _module(root, python, "chuẩn bị bảng", ["data", "migrate"])


def load_demo(root: Path, python: Path) -> bool:
    """Fill an empty database with the demonstration, from files and through the loader; go on where that was cut off.
    Whether anything was loaded.

    Raises
    ------
    Problem
    """
    loading = root / ".local" / "demo-loading"
    state = json.loads(_module(root, python, "xem dữ liệu đã có", ["ops.demo_state"]))
    if state["loads"] and not (loading.exists() and state["only_demo"]):
        loading.unlink(missing_ok=True)
        return False
    require_space(root, DEMO_SPACE_MB, "tạo và nạp dữ liệu minh họa")
    files = _demo_files(root, python)
    with plain_faults(loading):
        loading.touch()
    say("Nạp dữ liệu minh họa qua ETL …")
    _module(root, python, "nạp dữ liệu minh họa", ["etl", "load", *map(str, files)], echo=True)
    loading.unlink()
    return True


def first_accounts(root: Path, python: Path) -> None:
    """Have somebody who can sign in: demonstration accounts beside demonstration data, else one administrator.

    What the command says is shown and kept in no log: passwords of this clone alone.

    Raises
    ------
    Problem
    """
    command = [str(python), "-m", "data", "users", "first"]
    with heartbeat("chuẩn bị tài khoản"):
        ended = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise Problem((ended.stderr.strip() or "Không chuẩn bị được tài khoản.").splitlines()[-1])
    print(ended.stdout, end="", flush=True)


def demo_papers(root: Path, python: Path) -> None:
    """Lists to be published and reports of the demonstration, by its accounts. Raises :class:`Problem`."""
    _module(root, python, "lập danh sách công khai minh họa", ["etl", "demo_lists"], echo=True)
    _module(root, python, "lập báo cáo tuần minh họa", ["documents", "demo_reports"], echo=True)


def _demo_files(root: Path, python: Path) -> list[Path]:
    folder = root / ".local" / "demo"
    if not folder.exists():
        venues = os.environ.get("DEMO_VENUES") or str(DEMO_VENUES)
        days = os.environ.get("DEMO_DAYS") or str(DEMO_DAYS)
        say(f"Tạo các tệp dữ liệu minh họa: {venues} địa điểm, {days} ngày …")
        building = folder.with_name("demo.new")
        with plain_faults(building):
            shutil.rmtree(building, ignore_errors=True)
            command = ["etl", "demo", "--venues", venues, "--days", days, "--out", str(building)]
            _module(root, python, "tạo dữ liệu minh họa", command, echo=True)
            building.rename(folder)
    # Beside them lie the lists of rejected rows that an earlier attempt wrote.
    files = (path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    return sorted(path for path in files if not path.name.endswith(REJECTS_SUFFIX))


def _module(root: Path, python: Path, label: str, arguments: list[str], *, echo: bool = False) -> str:
    """Run ``python -m …`` of ours and give its last lines; its own sentence becomes the :class:`Problem`."""
    log = root / ".local" / "log" / f"{'-'.join(arguments[:2]).replace('.', '-')}.log"
    ended = watch(label, [str(python), "-m", *arguments], log, cwd=root, echo=echo)
    if ended.code == 0:
        return ended.report
    if ended.says("No space left on device", "DiskFull", "Errno 28"):
        raise disk_is_full(root)
    if ended.code == UNUSABLE and "Traceback" not in ended.report:
        raise Problem(ended.report.splitlines()[-1])
    fault = re.sub(r"\s+", " ", ended.report.splitlines()[-1])[:200] if ended.report else f"mã {ended.code}"
    raise Problem(f"Bước «{label}» dừng vì lỗi: {fault}; hãy xem «{log}» rồi chạy lại.")
