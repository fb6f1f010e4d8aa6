"""What the machine lends: packages by apt-get where we may, disk space, and the port."""

import errno
import os
import shutil
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path

from ops.console import Ended, Problem, disk_is_full, say, watch

ADDRESS = "127.0.0.1"
MEGABYTE = 1024 * 1024
APT_OPTIONS = ["-y", "-q", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300", "-o", "Dpkg::Use-Pty=0"]
CREATE_CLUSTER_CONF = "/etc/postgresql-common/createcluster.conf"


def root_prefix() -> list[str] | None:
    """What to write before a command to run it as root: nothing, sudo, or None where we may not."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    asked = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False)
    return ["sudo", "-n"] if asked.returncode == 0 else None


def apt_install(packages: Sequence[str], purpose: str, root: Path) -> bool:
    """Install ``packages``; False where that is not possible here (no apt-get, or no right).

    Raises
    ------
    Problem
        apt-get ran and failed; the sentence says where its report is.
    """
    prefix = root_prefix()
    if shutil.which("apt-get") is None or prefix is None:
        return False
    say(f"Cài {purpose} bằng apt-get: {' '.join(packages)} …")
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C.UTF-8", "apt-get"]
    log = root / ".local" / "log" / "apt.log"
    watch("cập nhật danh sách gói", [*apt, "update", "-q"], log, cwd=root)
    install = [*apt, "install", *APT_OPTIONS, *packages]
    ended = watch(f"cài {purpose}", install, log, cwd=root)
    if ended.code != 0 and ended.says("dpkg --configure -a"):  # a run before this one was killed
        watch("sửa lần cài dở", [*prefix, "dpkg", "--configure", "-a"], log.with_name("dpkg.log"), cwd=root)
        ended = watch(f"cài {purpose}", install, log, cwd=root)
    if ended.code != 0:
        raise _apt_problem(ended, purpose, log)
    return True


def _apt_problem(ended: Ended, purpose: str, log: Path) -> Problem:
    if ended.says("No space left on device", "You don't have enough free space"):
        return disk_is_full(Path("/var"))
    if ended.says("Temporary failure resolving", "Could not resolve", "Failed to fetch", "Unable to locate"):
        return Problem(
            f"apt-get không tải được {purpose}; hãy kiểm tra kết nối mạng và danh sách nguồn gói rồi chạy lại "
            f"(báo cáo: «{log}»)."
        )
    return Problem(f"apt-get không cài được {purpose}; hãy xem «{log}», sửa lỗi rồi chạy lại.")


def keep_system_cluster_away(root: Path) -> None:
    """Debian makes and starts a system-wide cluster with each new server; ours is private, that one is not wanted."""
    prefix = root_prefix()
    if prefix is None or not Path(CREATE_CLUSTER_CONF).exists():
        return
    change = ["sed", "-i", "s/^#*create_main_cluster.*/create_main_cluster = false/", CREATE_CLUSTER_CONF]
    log = root / ".local" / "log" / "createcluster.log"
    watch("tắt cụm dùng chung của hệ thống", [*prefix, *change], log, cwd=root)


def require_space(place: Path, megabytes: int, purpose: str) -> None:
    """Raise :class:`Problem` where less than ``megabytes`` are free on the disk of ``place`` (it may not exist yet)."""
    there = next(folder for folder in (place, *place.parents) if folder.exists())
    free = shutil.disk_usage(there).free // MEGABYTE
    if free < megabytes:
        raise Problem(
            f"Đĩa của «{place}» chỉ còn {free} MB, cần ít nhất {megabytes} MB để {purpose}; "
            "hãy giải phóng chỗ rồi chạy lại (not enough disk space)."
        )


def port_of(environment: dict[str, str]) -> int:
    """``PORT``, 8050 when unset. Raises :class:`Problem` when it is none."""
    return _number(environment, "PORT", 8050, 65535)


def workers_of(environment: dict[str, str]) -> int:
    """``WORKERS``, 2 when unset. Raises :class:`Problem` when it is none."""
    return _number(environment, "WORKERS", 2, 64)


def _number(environment: dict[str, str], name: str, default: int, largest: int) -> int:
    text = environment.get(name, "").strip() or str(default)
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= largest:
        raise Problem(f"{name}=«{text}» không hợp lệ; cần một số từ 1 đến {largest}.")
    return int(text)


def require_free_port(port: int) -> None:
    """Raise :class:`Problem` when somebody listens on ``port`` of 127.0.0.1, or we may not."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except PermissionError as error:
            raise Problem(f"Không có quyền mở cổng {port}; hãy chọn cổng từ 1024: `PORT=8050 make run`.") from error
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            who = _listener(port)
            raise Problem(
                f"Cổng {port} đang bận{f' (chương trình {who})' if who else ''}; hãy dừng chương trình đó, "
                f"hoặc chọn cổng khác: `PORT={port + 1 if port < 65535 else 8050} make run` (port in use)."
            ) from error


def _listener(port: int) -> str:
    """Name and number of the program that listens on ``port``, as far as the system tells us."""
    try:
        rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    except OSError:
        return ""
    listening = "0A"
    inodes = {f"socket:[{row[9]}]" for row in rows if row[3] == listening and row[1].endswith(f":{port:04X}")}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if any(str(handle.readlink()) in inodes for handle in (process / "fd").iterdir()):
                return f"«{(process / 'comm').read_text().strip()}», số {process.name}"
        except OSError:
            continue  # ended meanwhile, or another user's
    return ""
