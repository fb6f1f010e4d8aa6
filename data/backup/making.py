"""Makes a backup while the product is in use: one snapshot for dump and checksums, then read back to prove it."""

import datetime as dt
import fcntl
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import psycopg

from data import locks
from data.backup import container, facts, keys, server, verifying
from data.backup.errors import BackupError, plain_faults
from data.cluster.installation import EXTENSIONS
from data.project import TIMEZONE
from data.settings import get_settings
from data.texts.catalogue import t

Say = Callable[[str], None]
NAME = "qr-{moment:%Y%m%d-%H%M%S}.tar"
PATTERN = "qr-[0-9]*-[0-9]*.tar*"
PARTIAL = ".partial"
# Not pgRouting: a backup has to be restored where there is none, too (data.access.database_roles).
_DUMP = ["--format=custom", "--compress=4", "--lock-wait-timeout=60s", *(f"--extension={name}" for name in EXTENSIONS)]
RECEIVING = "receiving"
"""Folder of the store with files that are still being sent: they are no kept files yet."""


def make(say: Say, *, verify: bool = True) -> Path:
    """Make a backup in ``BACKUP_FOLDER`` and remove those beyond ``BACKUP_KEEP``; returns its path.

    Raises
    ------
    BackupError, DatabaseUnavailable, NotMigrated
        Nothing is left of it then.
    """
    settings = get_settings()
    key = keys.read_key(settings.backup_key_file) if settings.backup_key_file else None
    if verify and key is not None and not key.identities:
        raise BackupError("backup.only_public_key")
    folder = settings.backup_folder
    with plain_faults(folder), _folder(folder), _alone():
        path = folder / (NAME.format(moment=dt.datetime.now(TIMEZONE)) + (keys.ENDING if key else ""))
        building = folder / f".{path.name}{PARTIAL}"
        try:
            handle = os.open(building, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                manifest = _write(file, key, say)
                file.flush()
                os.fsync(handle)
            if verify:
                verifying.verify(building, key, say)
            building.rename(path)
            _sync(folder)
        finally:
            building.unlink(missing_ok=True)
    say(_told(path, manifest, verified=verify))
    _remove_old(folder, settings.backup_keep, say)
    return path


@contextmanager
def _folder(folder: Path) -> Iterator[None]:
    """The folder, private, for this backup alone; what a killed one left is removed."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise _busy() from error
        for leaving in folder.glob(f".qr-*{PARTIAL}"):
            leaving.unlink()
        yield


@contextmanager
def _alone() -> Iterator[None]:
    """One backup of a database at a time, wherever it is written."""
    with server.connected() as conn:
        row = conn.execute("SELECT pg_try_advisory_lock(%s, %s) AS taken", locks.BACKUP).fetchone()
        if not row or not row["taken"]:
            raise _busy()
        try:
            yield
        finally:  # the server ends a session a moment after it was closed, and the next backup must not meet this one
            with suppress(psycopg.Error):  # a session that broke holds no lock
                conn.execute("SELECT pg_advisory_unlock(%s, %s)", locks.BACKUP)


def _busy() -> BackupError:
    return BackupError("backup.busy")


def _write(file: IO[bytes], key: keys.Key | None, say: Say) -> dict[str, Any]:
    with server.connected(autocommit=False) as conn, keys.writing(file, key) as out:
        conn.rollback()
        conn.isolation_level, conn.read_only = psycopg.IsolationLevel.REPEATABLE_READ, True
        row = conn.execute(
            "SELECT pg_export_snapshot() AS snapshot, current_database() AS database,"
            " pg_database_size(current_database()) AS bytes"
        ).fetchone()
        if row is None:
            raise AssertionError("a SELECT without FROM gives a row")
        writer = container.Writer(out)
        manifest: dict[str, Any] = {
            "made_at": dt.datetime.now(TIMEZONE).isoformat(timespec="seconds"),
            "database": row["database"],
            "database_bytes": row["bytes"],
            "server_version": conn.info.server_version,
            "schema": facts.schema_version(conn),
            "roles": facts.roles(conn),
        }
        say(t("backup.dumping", database=row["database"]))
        manifest["dump_bytes"] = _dump(writer, row["database"], row["snapshot"], server.major_of(conn))
        say(t("backup.summing"))
        manifest["tables"] = facts.checksums(conn)
        manifest["files"], manifest["missing_files"] = _files(writer, facts.named_files(conn))
        writer.finish(manifest)
    return manifest


def _dump(writer: container.Writer, database: str, snapshot: str, major: int) -> int:
    program = server.Program(
        "pg_dump", database, [*_DUMP, f"--snapshot={snapshot}"], major, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL
    )
    try:
        with program.output as output:
            size = writer.dump(output)
    except BaseException:
        program.kill()
        raise
    program.end()
    return size


def _files(writer: container.Writer, named: set[str]) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """Copy the kept files whose names begin with one of ``named``; and those of ``named`` that the store has not."""
    store = get_settings().file_store
    found: dict[str, dict[str, Any]] = {}
    seen: set[str] = set()
    for path in sorted(store.rglob("*")) if named and store.is_dir() else ():
        name = path.relative_to(store).as_posix()
        if path.name[:64] not in named or name.startswith(RECEIVING) or not path.is_file():
            continue
        try:
            found[name] = writer.file(name, path)
        except FileNotFoundError:
            continue  # forgotten since the snapshot was taken
        seen.add(path.name[:64])
    return found, sorted(named - seen)


def _told(path: Path, manifest: dict[str, Any], *, verified: bool) -> str:
    missing = len(manifest["missing_files"])
    return t(
        "backup.made",
        path=path,
        megabytes=f"{path.stat().st_size / 1e6:.1f}",
        tables=str(len(manifest["tables"])),
        rows=str(sum(table["rows"] for table in manifest["tables"].values())),
        files=str(len(manifest["files"])),
        proved=t("backup.verified" if verified else "backup.not_verified"),
        lost=t("backup.lost", files=str(missing)) if missing else "",
    )


def _remove_old(folder: Path, keep: int, say: Say) -> None:
    """Names tell the time, so they tell the order too."""
    for path in sorted(folder.glob(PATTERN), key=lambda path: path.name)[:-keep]:
        with plain_faults(path):
            path.unlink()
        say(t("backup.old_removed", name=path.name, keep=keep))


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def age_of_newest(folder: Path, at: dt.datetime) -> dt.timedelta | None:
    """How long ago the newest backup was written; None: there is none."""
    moments = [path.stat().st_mtime for path in folder.glob(PATTERN)]
    return at - dt.datetime.fromtimestamp(max(moments), at.tzinfo) if moments else None
