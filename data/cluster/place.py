"""Where a private cluster lies: its folder, its socket's folder, and the faults of the file system as sentences."""

import errno
import hashlib
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from data.cluster.installation import Account, ClusterError, call, server_account

SYSTEM_HOMES = Path("/var/lib/ha-dong-qr")
PORT = 5432  # only a part of the socket's name
LONGEST_SOCKET_PATH = 107


def find_home(root: Path, name: str = "cluster") -> Path:
    """Folder of a cluster: ``.local/<name>`` of the clone, or under /var/lib where the server's user cannot reach that.

    An existing cluster keeps its place. The folder exists afterwards and belongs to the server's user.

    Raises
    ------
    ClusterError
    """
    local = root.resolve() / ".local" / name
    if os.geteuid() != 0:
        return local
    remote = SYSTEM_HOMES / f"{name}-{hashlib.sha256(os.fsencode(local)).hexdigest()[:12]}"
    if (remote / "data" / "PG_VERSION").exists():
        return remote
    with plain_faults(local):
        local.mkdir(parents=True, exist_ok=True)
        account = server_account(local / "data")
        if _give(local, account):
            return local
        remote.mkdir(parents=True, exist_ok=True)
        _give(remote, account)
        return remote


def make_socket_folder(data: Path, account: Account) -> Path:
    """A short folder that only the server's user may enter; the same one at each start, so that URLs stay good."""
    name = f"qr-{hashlib.sha256(str(data).encode()).hexdigest()[:10]}"
    for parent in dict.fromkeys(["/tmp", tempfile.gettempdir(), "/var/tmp"]):  # noqa: S108 - private folder within
        for suffix in ("", "-2", "-3"):
            folder = Path(parent) / f"{name}{suffix}"
            if len(os.fsencode(folder / f".s.PGSQL.{PORT}")) <= LONGEST_SOCKET_PATH and _claim(folder, account):
                return folder
    raise ClusterError("Không tạo được thư mục ngắn cho ổ cắm của PostgreSQL trong /tmp; hãy kiểm tra quyền ghi /tmp.")


def _give(folder: Path, account: Account) -> bool:
    """Hand ``folder`` to ``account``; whether it can then write there (each folder above has to let it through)."""
    with suppress(PermissionError):
        os.chown(folder, account.uid, account.gid)
    reachable = call(["/bin/sh", "-c", '[ -w "$1" ] && [ -x "$1" ]', "sh", str(folder)], account)
    return reachable.returncode == 0


def _claim(folder: Path, account: Account) -> bool:
    """Make ``folder`` private to ``account``; False where somebody else's folder or link bears the name."""
    try:
        folder.mkdir(mode=0o700)
        os.chown(folder, account.uid, account.gid)
    except FileExistsError:
        pass
    except OSError:
        return False
    found = folder.lstat()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == account.uid and not stat.S_IMODE(found.st_mode) & 0o077


@contextmanager
def plain_faults(place: Path) -> Iterator[None]:
    """Faults of the file system as one sentence."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise ClusterError(disk_is_full(place)) from error
        raise ClusterError(
            f"Không ghi được vào «{error.filename or place}» ({error.strerror}); "
            "hãy cho người dùng hiện tại quyền ghi hoặc chuyển bản sao sang thư mục khác, rồi chạy lại."
        ) from error


def disk_is_full(place: Path) -> str:
    return f"Hết dung lượng đĩa ở «{place}» (no space left on device); hãy giải phóng chỗ rồi chạy lại."


def no_space(report: str, place: Path) -> str | None:
    return disk_is_full(place) if "No space left on device" in report else None
