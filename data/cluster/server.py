"""A private PostgreSQL cluster: made, started, repaired and stopped without a system service, a port or a password.

It listens on a Unix socket only and lets in the running user, the server's own user and root, by peer. Standard
library only, so that it can be started before any virtual environment exists. ``python -m data.cluster start|stop|
status|url`` is its command line; every error is a :class:`data.cluster.installation.ClusterError` with one Vietnamese
sentence.
"""

import fcntl
import os
import re
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from data import locks
from data.access.database_roles import LEAKPROOF, OWNER, PUBLIC_READER, READER, ROUTING, SUPERUSER
from data.cluster import files
from data.cluster.installation import (
    Account,
    ClusterError,
    Installation,
    call,
    find_installation,
    server_account,
    system_locale,
)
from data.cluster.place import PORT, find_home, make_socket_folder, no_space, plain_faults
from data.project import ROOT

DATABASE = "qr"
LOCK_SECONDS = 300
READY_SECONDS = 300
ANNOUNCE_SECONDS = 3
SHUTDOWN_SECONDS = 60

Say = Callable[[str], None]

EXTENSIONS_SQL = f"""
CREATE EXTENSION IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS btree_gist;
{ROUTING};
{LEAKPROOF};
"""
ROLE_SQL = """
SELECT format('CREATE ROLE %I LOGIN', :'role') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \\gexec
"""
PUBLIC_ROLE_SQL = """
SELECT format('CREATE ROLE %I NOLOGIN', :'role') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \\gexec
"""
MEMBER_SQL = 'GRANT :"reader" TO :"owner"; GRANT :"public" TO :"owner", :"reader";'
# One after the other: a copy that somebody began who was killed goes on, and only then can be seen.
DATABASE_SQL = """
SELECT pg_advisory_lock(:space, :number) \\g /dev/null
SELECT format('CREATE DATABASE %I OWNER %I TEMPLATE %I STRATEGY file_copy', :'name', :'owner', :'template')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \\gexec
"""
DROP_SQL = 'DROP DATABASE IF EXISTS :"name" WITH (FORCE);'


def _silent(_sentence: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Cluster:
    """One private cluster in the folder ``home``.

    Attributes
    ----------
    home
        Folder of the data, the log and the lock.
    env_file
        Where ``DATABASE_URL`` and ``APP_DATABASE_URL`` are written for ``data.settings``; None: nowhere.
    durable
        False for throw-away clusters of tests: faster, and lost with the machine.
    """

    home: Path
    env_file: Path | None = None
    durable: bool = True

    @property
    def data(self) -> Path:
        """PostgreSQL's data directory."""
        return self.home / "data"

    @property
    def log(self) -> Path:
        """The server's log."""
        return self.home / "server.log"

    def exists(self) -> bool:
        """Whether a whole cluster has been made (it may stand still)."""
        return (self.data / "PG_VERSION").exists()

    def url(self, role: str = OWNER, database: str = DATABASE) -> str:
        """libpq URL over the socket. Raises :class:`ClusterError` when the server does not run."""
        folder = self._live_socket()
        if folder is None:
            raise ClusterError("Cơ sở dữ liệu riêng đang dừng; hãy chạy `make run`.")
        return f"postgresql://{role}@/{database}?host={quote(str(folder), safe='')}&port={PORT}"

    def is_serving(self) -> bool:
        """Whether the server runs and takes connections on its socket."""
        folder = self._live_socket()
        if folder is None:
            return False
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(5)
            try:
                probe.connect(str(folder / f".s.PGSQL.{PORT}"))
            except OSError:
                return False
        return True

    def was_killed(self) -> bool:
        """Whether the server is gone without having ended: one that is stopped takes its postmaster.pid along."""
        return bool(self._pid_lines()) and self._server_pid() is None

    def start(self, say: Say = _silent) -> None:
        """Serve: make the cluster where there is none, clean up after a crash, wait for another start.

        Safe to call from several processes at once, and on a cluster that already serves. Roles, the database and
        its extensions are there afterwards, and ``env_file`` is written.

        Raises
        ------
        ClusterError, PostgresMissing
        """
        with plain_faults(self.home), self._locked(say) as lock:
            if not (self.is_serving() and self._is_described()):
                self._bring_up(say, lock)

    def start_if_killed(self, say: Say = _silent) -> bool:
        """As :meth:`start` where :meth:`was_killed`; False, and nothing done, where somebody started or stopped it.

        Raises
        ------
        ClusterError, PostgresMissing
        """
        with plain_faults(self.home), self._locked(say) as lock:
            if not self.was_killed():
                return False
            self._bring_up(say, lock)
            return True

    def stop(self) -> bool:
        """Stop the server, data stay; False when it did not run. Raises :class:`ClusterError` when it will not stop."""
        with plain_faults(self.home):
            if not self.home.is_dir() or not self._server_pid():
                return False
            installation, account = find_installation(self._made_by()), server_account(self.data)
            command = [installation.program("pg_ctl"), "stop", "-D", str(self.data), "-m", "fast", "-w"]
            result = call([*command, "-t", str(SHUTDOWN_SECONDS)], account)
            if result.returncode != 0 and self._server_pid():
                raise ClusterError(
                    f"Không dừng được cơ sở dữ liệu sau {SHUTDOWN_SECONDS} giây; hãy xem tệp «{self.log}» rồi thử lại."
                )
            return True

    def destroy(self) -> None:
        """Stop the server and remove every file of the cluster, the data included."""
        folder = self._live_socket()
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)

    def create_database(self, name: str, template: str | None = None) -> None:
        """Make database ``name`` of :data:`OWNER` with its extensions, or a copy of ``template``; kept when it exists.

        Raises
        ------
        ClusterError
        """
        space, number = map(str, locks.CLUSTER_DATABASE)
        self.sql(DATABASE_SQL, space=space, number=number, name=name, owner=OWNER, template=template or "template0")
        # CREATE DATABASE copies a template whole, the mark on the function included.
        if template is None:
            self.sql(EXTENSIONS_SQL, database=name)

    def drop_database(self, name: str) -> None:
        """Remove database ``name`` and end whatever is connected to it."""
        self.sql(DROP_SQL, name=name)

    def sql(self, script: str, *, database: str = "postgres", **variables: str) -> str:
        """Run ``script`` with psql (``:'name'``: a variable) as the superuser and give its unaligned output.

        Raises
        ------
        ClusterError
        """
        psql = find_installation(self._made_by()).program("psql")
        url = self.url(SUPERUSER, database)
        named = [part for name, value in variables.items() for part in ("-v", f"{name}={value}")]
        result = call([psql, "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", *named, "-d", url], stdin=script)
        if result.returncode != 0:
            raise ClusterError(
                f"Không chuẩn bị được cơ sở dữ liệu «{database}»: {_last_fault(result.stdout)}; "
                f"hãy xem tệp «{self.log}» rồi chạy lại."
            )
        return result.stdout.strip()

    def _made_by(self) -> int | None:
        try:
            return int((self.data / "PG_VERSION").read_text().strip())
        except (FileNotFoundError, ValueError):
            return None

    def _is_described(self) -> bool:
        try:
            return self.env_file is not None and self.url() in self.env_file.read_text()
        except FileNotFoundError:
            return False

    def _bring_up(self, say: Say, lock: int) -> None:
        installation, account = find_installation(self._made_by()), server_account(self.data)
        if not self.exists():
            self._build(installation, account, say, lock)
        if not self._server_pid():
            say(f"Khởi động PostgreSQL {installation.major} riêng trong «{self.home}» …")
            self._launch(installation, account)
        self._wait_until_ready(installation)
        for role in (OWNER, READER):
            self.sql(ROLE_SQL, role=role)
        self.sql(PUBLIC_ROLE_SQL, role=PUBLIC_READER)
        self.sql(MEMBER_SQL, owner=OWNER, reader=READER, public=PUBLIC_READER)
        if self.env_file is not None:
            self.create_database(DATABASE)
            files.write_atomically(self.env_file, f"DATABASE_URL={self.url()}\nAPP_DATABASE_URL={self.url(READER)}\n")

    def _build(self, installation: Installation, account: Account, say: Say, lock: int) -> None:
        """Make the cluster under another name first: a half-made one is never taken for a whole one."""
        say(f"Tạo cụm cơ sở dữ liệu riêng trong «{self.home}» …")
        building = self.home / "data.new"
        shutil.rmtree(building, ignore_errors=True)
        shutil.rmtree(self.data, ignore_errors=True)  # without PG_VERSION there is no data in it
        command = [installation.program("initdb"), "-D", str(building), "-U", SUPERUSER, "--auth=peer"]
        command += ["--encoding=UTF8", f"--locale={system_locale()}"] + ([] if self.durable else ["--no-sync"])
        # An initdb that outlives us, killed as we may be, keeps the lock: nobody builds beside it.
        result = call(command, account, keep_open=lock)
        if result.returncode != 0:
            raise ClusterError(
                no_space(result.stdout, self.home) or f"Không tạo được cụm cơ sở dữ liệu: {_last_fault(result.stdout)}."
            )
        building.rename(self.data)

    def _launch(self, installation: Installation, account: Account) -> None:
        socket_folder = make_socket_folder(self.data, account)
        # Of a server that is gone, see _server_pid. PostgreSQL believes the number alone, also of a zombie.
        for leaving in (self.data / "postmaster.pid", socket_folder / f".s.PGSQL.{PORT}.lock"):
            leaving.unlink(missing_ok=True)
        files.configure(self.data, account, socket_folder, self.durable)
        files.trim_log(self.log)
        command = [installation.program("pg_ctl"), "start", "-D", str(self.data), "-l", str(self.log), "-w"]
        for attempt in range(5):
            logged = self.log.stat().st_size if self.log.exists() else 0
            result = call([*command, "-t", str(READY_SECONDS)], account)
            if result.returncode == 0 or self._server_pid():
                return
            with self.log.open("rb") as lines:
                lines.seek(logged)
                report = result.stdout + lines.read().decode("utf-8", "replace")
            if "shared memory block" not in report:
                break
            time.sleep(1 + attempt)  # children of a killed server take a moment to notice
        raise ClusterError(
            no_space(report, self.home)
            or f"PostgreSQL không khởi động được: {_last_fault(report)}; hãy xem tệp «{self.log}» rồi chạy lại."
        )

    def _wait_until_ready(self, installation: Installation) -> None:
        """A server that recovers after a crash runs, and refuses for a while."""
        deadline = time.monotonic() + READY_SECONDS
        answer = ""
        while time.monotonic() < deadline and self._server_pid():  # whoever stops it meanwhile wants it stopped
            if self.is_serving():
                url = self.url(SUPERUSER, "postgres")
                result = call([installation.program("psql"), "-X", "-q", "-A", "-t", "-c", "SELECT 1", "-d", url])
                if result.returncode == 0:
                    return
                answer = result.stdout
                if not re.search(r"starting up|recovery|shutting down|Connection refused|No such file", answer):
                    break
            time.sleep(0.2)
        if not self._server_pid():
            raise ClusterError(
                f"Cơ sở dữ liệu đã dừng trong lúc khởi động; hãy xem tệp «{self.log}» rồi chạy `make run` nếu cần dùng."
            )
        raise ClusterError(f"Cơ sở dữ liệu không nhận kết nối: {_last_fault(answer)}; hãy xem tệp «{self.log}».")

    def _server_pid(self) -> int | None:
        """Process of the running server; a number in postmaster.pid that another program bears now does not count."""
        lines = self._pid_lines()
        if not lines or not lines[0].strip().isdigit():
            return None
        pid = int(lines[0])
        command = files.command_of(pid)
        return pid if "postgres" in command and str(self.data) in command else None

    def _live_socket(self) -> Path | None:
        lines = self._pid_lines()
        return Path(lines[4].strip()) if len(lines) > 4 and lines[4].strip() and self._server_pid() else None

    def _pid_lines(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except (FileNotFoundError, PermissionError):
            return []

    @contextmanager
    def _locked(self, say: Say) -> Iterator[int]:
        """One start at a time; the others wait and say so."""
        self.home.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.home / "lock", os.O_CREAT | os.O_RDONLY, 0o644)
        try:
            begun, told = time.monotonic(), False
            while True:
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    waited = time.monotonic() - begun
                    if waited > LOCK_SECONDS:
                        raise ClusterError("Một lần khởi động khác vẫn chưa xong; hãy đợi nó hoặc dừng nó.") from None
                    if waited > ANNOUNCE_SECONDS and not told:
                        say("Một lần khởi động khác đang chuẩn bị cơ sở dữ liệu, đang đợi …")
                        told = True
                    time.sleep(0.1)
            yield handle
        finally:
            os.close(handle)


def product_cluster(root: Path = ROOT) -> Cluster:
    """The cluster of the clone in ``root``. Raises :class:`ClusterError` where no folder for it can be made."""
    return Cluster(find_home(root), root / ".local" / "database.env")


def ensure_started() -> bool:
    """Start the clone's cluster when it exists and stands still; False when there is none. Cheap when it serves.

    Raises
    ------
    ClusterError
    """
    cluster = product_cluster()
    if not cluster.exists():
        return False
    cluster.start()
    return True


def _last_fault(report: str) -> str:
    """The line of PostgreSQL's own report that says most."""
    lines = [line.strip() for line in report.splitlines() if line.strip()]
    faults = [line for line in lines if re.search(r"FATAL|PANIC|ERROR|error:", line)]
    return (faults or lines or ["không có thông báo"])[-1].rstrip(".")
