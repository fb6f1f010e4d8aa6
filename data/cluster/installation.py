"""The machine's PostgreSQL: which installation serves, under which account it runs, and how its programs are called.

Standard library only: it works before any virtual environment exists.
"""

import os
import pwd
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from data.errors import DatabaseUnavailable

OLDEST_MAJOR = 15
EXTENSIONS = ("postgis", "btree_gist")
ROUTING_EXTENSION = "pgrouting"
"""Distances along streets; without it they are straight lines."""
BIN_VARIABLE = "POSTGRES_BIN"
NEEDED_PROGRAMS = ("initdb", "pg_ctl", "postgres", "psql")
# Debian and its children, the PostgreSQL project's RPMs, Homebrew on both processors, Postgres.app.
INSTALL_PATTERNS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)


class ClusterError(DatabaseUnavailable):
    """The private cluster cannot serve; ``str()`` is one Vietnamese sentence that says what to do."""

    def __init__(self, sentence: str) -> None:
        Exception.__init__(self, sentence)

    def sentence(self, lang: str) -> str:
        del lang
        return str(self)


class PostgresMissing(ClusterError):
    """No PostgreSQL that is new enough and has PostGIS."""


@dataclass(frozen=True)
class Installation:
    """One PostgreSQL: the folder of its programs and its major version."""

    bin: Path
    major: int

    def program(self, name: str) -> str:
        """Path of one of its programs."""
        return str(self.bin / name)


@dataclass(frozen=True)
class Account:
    """The operating system's user that the server runs as."""

    name: str
    uid: int
    gid: int

    @property
    def is_own(self) -> bool:
        """Whether this process already runs as that user."""
        return self.uid == os.geteuid()


def database_is_named() -> bool:
    """Whether the environment names a database, itself or in a file; else the private cluster serves."""
    return bool(os.environ.get("DATABASE_URL") or os.environ.get("DATABASE_URL_FILE"))


def find_installation(major: int | None = None) -> Installation:
    """The newest installation that is new enough and has PostGIS, or the one of ``major`` that wrote a cluster.

    Only the folder in ``POSTGRES_BIN`` is asked when that variable is set.

    Raises
    ------
    PostgresMissing
        The sentence says what was found instead.
    """
    found = {folder: _major(folder) for folder in program_folders()}
    usable = [Installation(folder, version) for folder, version in found.items() if version >= OLDEST_MAJOR]
    complete = [each for each in usable if not _missing_extensions(each)]
    if major is not None:
        complete = [each for each in complete if each.major == major]
    if complete:
        return max(complete, key=lambda each: each.major)
    raise PostgresMissing(_what_is_missing(found, usable, major))


def _what_is_missing(found: dict[Path, int], usable: list[Installation], major: int | None) -> str:
    if major is not None and any(not _missing_extensions(each) for each in usable):
        return (
            f"Cụm cơ sở dữ liệu được tạo bằng PostgreSQL {major}, nhưng máy không còn phiên bản này; "
            f"hãy cài lại PostgreSQL {major} kèm PostGIS rồi chạy lại."
        )
    if usable:
        lacking = ", ".join(_missing_extensions(usable[-1]))
        return f"PostgreSQL {usable[-1].major} trên máy còn thiếu phần mở rộng {lacking}; hãy cài thêm rồi chạy lại."
    if any(found.values()):
        return (
            f"PostgreSQL trên máy là phiên bản {max(found.values())}, cần phiên bản {OLDEST_MAJOR} trở lên kèm PostGIS."
        )
    return f"Máy chưa có PostgreSQL {OLDEST_MAJOR} trở lên kèm PostGIS."


def program_folders() -> list[Path]:
    """Where PostgreSQL's programs may lie, of every version; those of ``POSTGRES_BIN`` alone when that is set."""
    if named := os.environ.get(BIN_VARIABLE):
        return [Path(named)]
    folders = [folder for pattern in INSTALL_PATTERNS for folder in Path("/").glob(pattern.lstrip("/"))]
    if pg_config := shutil.which("pg_config"):
        answer = subprocess.run([pg_config, "--bindir"], capture_output=True, text=True, check=False).stdout.strip()
        folders += [Path(answer)] if answer else []
    if initdb := shutil.which("initdb"):
        folders.append(Path(initdb).resolve().parent)
    return list(dict.fromkeys(folders))


def _major(folder: Path) -> int:
    """Major version of the server in ``folder``; 0 where it has no whole server."""
    if not all(os.access(folder / name, os.X_OK) for name in NEEDED_PROGRAMS):
        return 0
    answer = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False).stdout
    version = re.search(r"\d+", answer)
    return int(version[0]) if version else 0


def has_routing(installation: Installation) -> bool:
    """Whether the installation has pgRouting, which the product does without where it must."""
    return not _without_control_file(installation, (ROUTING_EXTENSION,))


def _missing_extensions(installation: Installation) -> list[str]:
    return _without_control_file(installation, EXTENSIONS)


def _without_control_file(installation: Installation, extensions: Sequence[str]) -> list[str]:
    folders = [
        installation.bin.parent / "share" / "extension",
        installation.bin.parent / "share" / "postgresql" / "extension",
        Path(f"/usr/share/postgresql/{installation.major}/extension"),
        Path("/usr/share/pgsql/extension"),
    ]
    pg_config = installation.bin / "pg_config"
    if pg_config.exists():
        answer = subprocess.run([pg_config, "--sharedir"], capture_output=True, text=True, check=False).stdout.strip()
        folders = [Path(answer) / "extension"] if answer else folders
    return [name for name in extensions if not any((folder / f"{name}.control").exists() for folder in folders)]


def server_account(data: Path) -> Account:
    """Who the server runs as: the running user; under root the owner of ``data``, else ``postgres``, else ``nobody``.

    PostgreSQL refuses to run as root, and whoever made the cluster has to go on serving it.

    Raises
    ------
    ClusterError
        The cluster belongs to another user, or there is no unprivileged user at all.
    """
    owner = _owner(data)
    if os.geteuid() != 0:
        if owner is not None and owner.uid != os.geteuid():
            raise ClusterError(
                f"Cụm cơ sở dữ liệu trong «{data}» thuộc về người dùng «{owner.name}»; "
                "hãy chạy bằng người dùng đã chạy lần đầu, hoặc chạy với sudo."
            )
        return _running_account()
    if owner is not None and owner.uid != 0:
        return owner
    for name in ("postgres", "nobody"):
        try:
            return _account(pwd.getpwnam(name))
        except KeyError:
            continue
    raise ClusterError(
        "PostgreSQL không chạy được dưới quyền root và máy không có người dùng «postgres»; "
        "hãy tạo bằng lệnh `useradd --system postgres` rồi chạy lại."
    )


def _running_account() -> Account:
    try:
        return _account(pwd.getpwuid(os.geteuid()))
    except KeyError:
        raise ClusterError(
            f"Người dùng số {os.geteuid()} không có tên trong máy nên PostgreSQL không nhận; "
            "hãy thêm người dùng đó vào /etc/passwd rồi chạy lại."
        ) from None


def _account(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _owner(path: Path) -> Account | None:
    try:
        uid = path.stat().st_uid
    except (FileNotFoundError, PermissionError):
        return None
    try:
        return _account(pwd.getpwuid(uid))
    except KeyError:
        return Account(str(uid), uid, uid)


def clean_environment() -> dict[str, str]:
    """The environment without libpq's variables, which would lead the programs elsewhere; messages in English."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return kept | {"LC_ALL": "C"}


def call(
    command: list[str], account: Account | None = None, stdin: str = "", keep_open: int | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a program, as ``account`` where that is another user, and give its output back (both streams in ``stdout``).

    The descriptor ``keep_open`` stays open in the program, even when this process ends before it.

    Raises
    ------
    ClusterError
        This process has no right to act as the account.
    """
    foreign = account if account is not None and not account.is_own else None
    try:
        return subprocess.run(
            command,
            input=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
            cwd="/",  # the account may not enter the folder we stand in
            env=clean_environment(),
            user=foreign.uid if foreign else None,
            group=foreign.gid if foreign else None,
            extra_groups=[] if foreign else None,
            pass_fds=() if keep_open is None else (keep_open,),
        )
    except PermissionError as error:
        who = f" dưới tên người dùng «{foreign.name}»" if foreign else ""
        raise ClusterError(f"Không có quyền chạy {Path(command[0]).name}{who}: {error.strerror}.") from error


def system_locale() -> str:
    """A locale that knows the letter case of Vietnamese and exists everywhere on the platform."""
    return "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
