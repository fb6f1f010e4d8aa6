"""Restores a backup into a new database and proves it, table by table, before anything else is touched."""

import datetime as dt
import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from psycopg import errors, sql
from psycopg.conninfo import conninfo_to_dict

from data.access.database_roles import LEAKPROOF
from data.backup import container, facts, keys, server
from data.backup.errors import BackupError, Changed, Different, NoRoom, NotABackup, plain_faults
from data.cluster import server as cluster
from data.cluster.installation import database_is_named
from data.database.connection import Connection, owner_url
from data.database.migrate import MIGRATIONS
from data.project import TIMEZONE
from data.settings import get_settings
from data.texts.catalogue import t

Say = Callable[[str], None]
NAME = re.compile(r"[a-z_][a-z0-9_]{0,47}")
SWAP_SECONDS = 30.0


def restore(path: Path, say: Say, *, into: str | None = None, replace: bool = False) -> str:
    """Restore the file into the database ``into`` (default: the product's own) and return its name.

    A database that has data is kept under another name, and only replaced at all when ``replace`` says so. Kept files
    are put back into the store.

    Raises
    ------
    BackupError, DatabaseUnavailable
        The database ``into`` is as it was.
    """
    settings = get_settings()
    key = keys.read_key(settings.backup_key_file) if settings.backup_key_file else None
    name = into or server.product_database()
    if not NAME.fullmatch(name):
        raise BackupError("backup.bad_name", name=name)
    say(t("backup.reading", path=path))
    manifest = read_manifest(path, key)
    with server.connected("postgres") as conn:
        _require_usable(conn, manifest)
        _require_room(manifest)
        there = server.exists(conn, name)
        full = there and _has_data(name)
        if full and not replace:
            raise BackupError("backup.has_data", name=name)
        building = f"{name[:40]}_restoring"
        say(t("backup.restoring", name=name))
        _restore_into(building, path, key, manifest, store=settings.file_store)
        _end_sessions(building)
        aside = f"{name[:40]}_before_{dt.datetime.now(TIMEZONE):%Y%m%d%H%M%S}" if full else None
        _put_in_place(conn, building, name, aside=aside, there=there)
    kept = t("backup.aside", name=aside) if aside else ""
    say(t("backup.restored", name=name, tables=len(manifest["tables"]), kept=kept))
    return name


def verify(path: Path, key: keys.Key | None, say: Say) -> None:
    """Read the file back and restore it into a second database, which is dropped. Raises :class:`BackupError`."""
    say(t("backup.verifying"))
    manifest = read_manifest(path, key)
    name = f"{manifest['database'][:40]}_verify"
    _restore_into(name, path, key, manifest, store=None)
    with server.connected("postgres") as conn:
        server.drop(conn, name)


def read_manifest(path: Path, key: keys.Key | None) -> dict[str, Any]:
    """What the file says of itself, once every byte of it has been proved.

    Raises
    ------
    KeyNeeded, WrongKey, Truncated, Changed, Damaged, NotABackup
    """
    manifest: dict[str, Any] = {}
    sizes, digests = 0, {}
    with keys.reading(path, key) as source:
        for name, content in container.members(source, path):
            if name == container.MANIFEST:
                manifest = _parsed(content.read(), path)
            elif name.startswith(container.FILES):
                digests[name.removeprefix(container.FILES)] = _digest(content)
            else:
                while piece := content.read(container.PIECE):
                    sizes += len(piece)
    if manifest.get("format") != container.FORMAT:
        raise NotABackup(path)
    if sizes != manifest["dump_bytes"] or digests != {name: f["sha256"] for name, f in manifest["files"].items()}:
        raise Changed(path)
    return manifest


def _parsed(text: bytes, path: Path) -> dict[str, Any]:
    try:
        manifest = json.loads(text)
    except ValueError as error:
        raise Changed(path) from error
    return manifest if isinstance(manifest, dict) else {}


def _digest(content: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while piece := content.read(container.PIECE):
        digest.update(piece)
    return digest.hexdigest()


def _require_usable(conn: Connection, manifest: dict[str, Any]) -> None:
    """Raise :class:`BackupError` for a backup of a newer server or of a newer version of this program."""
    theirs, ours = manifest["server_version"] // 10000, server.major_of(conn)
    if theirs > ours:
        raise BackupError("backup.newer_server", theirs=theirs, ours=ours)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    try:
        ScriptDirectory.from_config(config).get_revision(manifest["schema"])
    except CommandError as error:
        raise BackupError("backup.newer_schema", schema=manifest["schema"]) from error


def _require_room(manifest: dict[str, Any]) -> None:
    """Raise :class:`NoRoom` at once where the disk of the private cluster or of the store cannot hold it."""
    places = {_standing(get_settings().file_store): sum(file["bytes"] for file in manifest["files"].values())}
    if not database_is_named() and cluster.product_cluster().exists():
        home = cluster.product_cluster().home
        places[home] = places.get(home, 0) + manifest["database_bytes"]
    for place, needed in places.items():
        if shutil.disk_usage(place).free < needed:
            raise NoRoom(place)


def _standing(place: Path) -> Path:
    return next(folder for folder in (place, *place.parents) if folder.exists())


def _has_data(name: str) -> bool:
    with server.connected(name) as conn:
        return facts.has_data(conn)


def _restore_into(name: str, path: Path, key: keys.Key | None, manifest: dict[str, Any], *, store: Path | None) -> None:
    """Make ``name`` anew from the file and compare it; it is gone again when anything is amiss."""
    with server.connected("postgres") as conn:
        server.drop(conn, name)
        powerful, major = server.is_superuser(conn), server.major_of(conn)
        _make_roles(conn, manifest)
        owner = str(conninfo_to_dict(owner_url()).get("user") or conn.info.user)
        server.create(conn, name, owner if powerful else None)
        try:
            _read_in(name, path, key, manifest, major, powerful=powerful, store=store)
            _finish(name, manifest, powerful=powerful, owner=owner)
        except BaseException:
            server.drop(conn, name)
            raise


def _make_roles(conn: Connection, manifest: dict[str, Any]) -> None:
    """Roles that own something or have rights in the backup; new ones cannot sign in until they are told how."""
    for role, facts_of in manifest["roles"].items():
        if conn.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone():
            continue
        bypass = sql.SQL(" BYPASSRLS" if facts_of["bypassrls"] and server.is_superuser(conn) else "")
        try:
            conn.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(role)) + bypass)
        except errors.InsufficientPrivilege as error:
            raise BackupError("backup.no_role", role=role) from error


def _read_in(
    name: str,
    path: Path,
    key: keys.Key | None,
    manifest: dict[str, Any],
    major: int,
    *,
    powerful: bool,
    store: Path | None,
) -> None:
    """Give the dump to pg_restore and, with ``store``, the kept files to the store."""
    options = ["--exit-on-error"] if powerful else ["--exit-on-error", "--no-owner", "--no-comments"]
    program = server.Program("pg_restore", name, options, major, stdin=subprocess.PIPE)
    try:
        with keys.reading(path, key) as source:
            for member, content in container.members(source, path):
                if member.startswith(container.DUMP):
                    while piece := content.read(container.PIECE):
                        program.input.write(piece)
                elif not program.input.closed:
                    program.input.close()
                if store is not None and member.startswith(container.FILES):
                    _put_back(store, member.removeprefix(container.FILES), content, manifest, path)
    except BrokenPipeError:
        program.end()  # says why it stopped reading
        raise
    except BaseException:
        program.kill()
        raise
    program.end()


def _put_back(store: Path, name: str, content: IO[bytes], manifest: dict[str, Any], path: Path) -> None:
    """One kept file into the store, whole or not at all; one that is there already stays."""
    place = store / name
    if not place.resolve().is_relative_to(store.resolve()):
        raise Changed(path)
    if place.is_file():
        return
    with plain_faults(store):
        store.mkdir(mode=0o700, parents=True, exist_ok=True)
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, building = tempfile.mkstemp(prefix=".keeping-", dir=store)
        try:
            digest = hashlib.sha256()
            with os.fdopen(handle, "wb") as out:
                while piece := content.read(container.PIECE):
                    digest.update(piece)
                    out.write(piece)
                out.flush()
                os.fsync(handle)
            if digest.hexdigest() != manifest["files"][name]["sha256"]:
                raise Changed(path)
            Path(building).replace(place)
        finally:
            Path(building).unlink(missing_ok=True)


def _finish(name: str, manifest: dict[str, Any], *, powerful: bool, owner: str) -> None:
    """Compare every table, then what a dump does not carry: the owner of here, the mark on ``&&``, statistics."""
    with server.connected(name) as conn:
        different = facts.differences(manifest["tables"], facts.checksums(conn))
        if different:
            raise Different(different)
        if powerful:
            for role, facts_of in manifest["roles"].items():
                if facts_of["owner"] and role != owner:
                    conn.execute(
                        sql.SQL("REASSIGN OWNED BY {} TO {}").format(sql.Identifier(role), sql.Identifier(owner))
                    )
            conn.execute(LEAKPROOF)
        conn.execute("ANALYZE")


def _end_sessions(name: str) -> None:
    """Whoever was signed in when the backup was made signs in again: some have signed out since, or were sent away."""
    with server.connected(name) as conn:
        if conn.execute("SELECT to_regclass('public.session') AS there").fetchone() == {"there": None}:
            return  # a backup from before there were accounts
        conn.execute("UPDATE session SET ended_at = clock_timestamp(), end_reason = 'replaced' WHERE ended_at IS NULL")


def _put_in_place(conn: Connection, building: str, name: str, *, aside: str | None, there: bool) -> None:
    """Give the restored database its name; the one before gets the name ``aside``, or goes when it held nothing."""
    if there and aside is None:
        server.drop(conn, name)
    elif aside is not None:
        conn.execute(sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS false").format(sql.Identifier(name)))
        try:
            _rename(conn, name, aside)
        finally:
            left = aside if server.exists(conn, aside) else name
            conn.execute(sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS true").format(sql.Identifier(left)))
    _rename(conn, building, name)


def _rename(conn: Connection, old: str, new: str) -> None:
    """Rename a database; whatever is connected to it is sent away, and may come back under the new name."""
    deadline = time.monotonic() + SWAP_SECONDS
    while True:
        conn.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()",
            (old,),
        )
        try:
            conn.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(old), sql.Identifier(new)))
        except errors.ObjectInUse:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return
