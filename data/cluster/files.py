"""Configuration and other small files of the private cluster, and what the system says of a process."""

import os
import pwd
import stat
import subprocess
import tempfile
from pathlib import Path

from data.access.database_roles import OWNER, READER, SUPERUSER
from data.cluster.installation import Account

MEGABYTE = 1024 * 1024
LONGEST_LOG = 5 * MEGABYTE
SHARED_MEMORY_NEEDED = 256 * MEGABYTE
IDENT_MAP = "qr"


def configure(data: Path, account: Account, socket_folder: Path, durable: bool) -> None:
    """Write the whole configuration of the cluster in ``data``; anew at each start, so that our changes arrive."""
    settings = _settings(socket_folder) | ({} if durable else _THROW_AWAY)
    lines = "".join(f"{name} = '{_quoted(value)}'\n" for name, value in settings.items())
    names = dict.fromkeys([_running_user(), account.name, "root"])
    ident = "".join(f'{IDENT_MAP} "{name}" {role}\n' for name in names for role in (SUPERUSER, OWNER, READER))
    write_atomically(data / "postgresql.conf", lines, account)
    write_atomically(data / "pg_hba.conf", f"local all all peer map={IDENT_MAP}\n", account)
    write_atomically(data / "pg_ident.conf", ident, account)


# Lost when the machine stops, and twice as fast for it.
_THROW_AWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "128MB",
    "max_connections": "200",
}


def _settings(socket_folder: Path) -> dict[str, str]:
    """For two cores and a disk without moving parts; everything else is PostgreSQL's own default."""
    memory = _memory() // MEGABYTE
    return {
        "listen_addresses": "",
        "unix_socket_directories": str(socket_folder),
        "unix_socket_permissions": "0700",
        "port": "5432",
        "max_connections": "80",
        "shared_buffers": f"{min(max(memory // 8, 64), 1024)}MB",
        "effective_cache_size": f"{max(memory // 2, 256)}MB",
        "work_mem": "32MB",
        "maintenance_work_mem": f"{min(max(memory // 16, 64), 512)}MB",
        "dynamic_shared_memory_type": _dynamic_memory(),
        "max_wal_size": "2GB",
        "min_wal_size": "128MB",
        "checkpoint_timeout": "15min",
        "wal_compression": "on",
        "random_page_cost": "1.1",
        "timezone": "Asia/Ho_Chi_Minh",
        "log_timezone": "Asia/Ho_Chi_Minh",
        "lc_messages": "C",
        "log_line_prefix": "%m [%p] %u@%d ",
        "log_checkpoints": "off",
        "log_lock_waits": "on",
        "tcp_keepalives_idle": "60",
    }


def _memory() -> int:
    """Bytes of memory that this process may use: the machine's, or what a container grants."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        granted = Path("/sys/fs/cgroup/memory.max").read_text().strip()
    except OSError:
        return total
    return min(total, int(granted)) if granted.isdigit() else total


def _dynamic_memory() -> str:
    """Parallel queries die in the 64 MB of /dev/shm that containers grant; files do not."""
    place = Path("/dev/shm")  # noqa: S108 - asked for its size and mode only
    try:
        space, open_to_all = os.statvfs(place), place.stat().st_mode & stat.S_IWOTH
    except OSError:
        return "posix" if os.uname().sysname == "Darwin" else "mmap"
    return "posix" if open_to_all and space.f_frsize * space.f_blocks >= SHARED_MEMORY_NEEDED else "mmap"


def _running_user() -> str:
    return pwd.getpwuid(os.geteuid()).pw_name


def _quoted(value: str) -> str:
    return value.replace("'", "''")


def write_atomically(path: Path, text: str, account: Account | None = None) -> None:
    """Replace ``path`` whole or not at all; it belongs to ``account`` afterwards when one is given."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(text)
            if account is not None and not account.is_own:
                os.fchown(out.fileno(), account.uid, account.gid)
            os.fchmod(out.fileno(), 0o600 if account else 0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def trim_log(log: Path) -> None:
    """Put a long log aside, over the one put aside before."""
    if log.exists() and log.stat().st_size > LONGEST_LOG:
        log.replace(log.with_suffix(".old.log"))


def command_of(pid: int) -> str:
    """The command line of a process, "" when there is none of that number."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
    except OSError:
        pass
    if Path("/proc/self").exists():
        return ""
    command = ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
