"""The server that is backed up or restored to: how it is reached with all rights, and its programs."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg import errors, sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import dict_row

from data.access.database_roles import SUPERUSER
from data.backup import facts
from data.backup.errors import BackupError, NoRoom
from data.cluster import server as cluster
from data.cluster.installation import clean_environment, database_is_named, program_folders
from data.database.connection import CONNECT_SECONDS, Connection, owner_url, start_private_cluster
from data.errors import DatabaseUnavailable
from data.settings import get_settings
from data.texts.sentences import Sentence

LAST_LINES = 4000


def admin_url(database: str | None = None) -> str:
    """Where to connect with all rights; ``database`` instead of the product's own when it is given.

    ``BACKUP_DATABASE_URL`` where it is set; else the private cluster's superuser, or the role of ``DATABASE_URL``.
    """
    if url := get_settings().backup_database_url:
        found = url
    elif database_is_named() or not cluster.product_cluster().exists():
        found = owner_url()
    else:
        start_private_cluster()
        found = cluster.product_cluster().url(SUPERUSER)
    return make_conninfo(found, dbname=database) if database else make_conninfo(found)


def product_database() -> str:
    """Name of the database that the page shows."""
    return str(conninfo_to_dict(admin_url()).get("dbname") or cluster.DATABASE)


@contextmanager
def connected(database: str | None = None, *, autocommit: bool = True) -> Iterator[Connection]:
    """A session with all rights. Raises :class:`DatabaseUnavailable`."""
    try:
        conn = psycopg.connect(
            admin_url(database),
            row_factory=dict_row,
            autocommit=autocommit,
            options=facts.SESSION,
            connect_timeout=CONNECT_SECONDS,
        )
    except psycopg.OperationalError as error:
        raise DatabaseUnavailable from error
    with conn:
        yield conn


def major_of(conn: Connection) -> int:
    """The server's major version."""
    return conn.info.server_version // 10000


def is_superuser(conn: Connection) -> bool:
    """Whether the session may do everything."""
    return bool(conn.info.parameter_status("is_superuser") == "on")


def exists(conn: Connection, name: str) -> bool:
    """Whether the server has a database of that name."""
    return conn.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone() is not None


def drop(conn: Connection, name: str) -> None:
    """Remove a database and end whatever is connected to it."""
    conn.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def create(conn: Connection, name: str, owner: str | None) -> None:
    """Make an empty database. Raises :class:`BackupError`."""
    owned = sql.SQL(" OWNER {}").format(sql.Identifier(owner)) if owner else sql.SQL("")
    try:
        conn.execute(
            sql.SQL("CREATE DATABASE {}{} TEMPLATE template0 ENCODING 'UTF8'").format(sql.Identifier(name), owned)
        )
    except errors.InsufficientPrivilege as error:
        raise BackupError("backup.may_not_create", role=conn.info.user) from error
    except errors.DiskFull as error:
        raise NoRoom(Sentence("backup.server")) from error


class Program:
    """``pg_dump`` or ``pg_restore`` at work; its words are kept, and passwords never stand on its command line."""

    def __init__(self, name: str, database: str, options: list[str], server_major: int, **streams: Any) -> None:
        parts = {key: str(value) for key, value in conninfo_to_dict(admin_url(database)).items()}
        password = parts.pop("password", None)
        environment = clean_environment() | ({"PGPASSWORD": password} if password else {})
        self.name = name
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - closed by end
        command = [find_program(name, server_major), *options, "-d", make_conninfo(**parts)]
        self.process = subprocess.Popen(command, env=environment, stderr=self._said, cwd="/", **streams)

    @property
    def output(self) -> IO[bytes]:
        """What it writes."""
        if self.process.stdout is None:
            raise AssertionError("begun without a pipe")
        return self.process.stdout

    @property
    def input(self) -> IO[bytes]:
        """What it reads."""
        if self.process.stdin is None:
            raise AssertionError("begun without a pipe")
        return self.process.stdin

    def end(self) -> None:
        """Wait for it; raises :class:`BackupError` with its own last words when it failed."""
        code = self.process.wait()
        self._said.seek(max(self._said.seek(0, os.SEEK_END) - LAST_LINES, 0))
        words = self._said.read().decode("utf-8", "replace").strip()
        self._said.close()
        if code == 0:
            return
        if "row-level security" in words:
            raise facts.not_everything()
        if "No space left on device" in words or "could not extend file" in words:
            raise NoRoom(Sentence("backup.server"))
        faults = [line for line in words.splitlines() if "error:" in line or "ERROR" in line]
        raise BackupError("backup.program", name=self.name, fault=(faults or words.splitlines() or [str(code)])[0])

    def kill(self) -> None:
        """End it at once."""
        self.process.kill()
        self.process.wait()
        self._said.close()


def find_program(name: str, server_major: int) -> str:
    """Path of PostgreSQL's program ``name`` of the server's major version, else of the next newer one.

    Raises
    ------
    BackupError
        The machine has none that is new enough.
    """
    found: dict[int, str] = {}
    for folder in [*program_folders(), *filter(None, [_folder_on_path(name)])]:
        if os.access(folder / name, os.X_OK):
            answer = subprocess.run([folder / name, "--version"], capture_output=True, text=True, check=False).stdout
            digits = "".join(sign if sign.isdigit() else " " for sign in answer).split()
            if digits:
                found.setdefault(int(digits[0]), str(folder / name))
    usable = [major for major in found if major >= server_major]
    if not usable:
        raise BackupError("backup.no_program", name=name, major=server_major)
    return found[min(usable)]


def _folder_on_path(name: str) -> Path | None:
    path = shutil.which(name)
    return Path(path).parent if path else None
