"""Reads a backup back, restores it into a new database and proves it there, table by table."""

import hashlib
import json
import os
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from psycopg import errors, sql
from psycopg.conninfo import conninfo_to_dict

from data.access.database_roles import LEAKPROOF, ROUTING
from data.backup import container, facts, keys, server
from data.backup.errors import BackupError, Changed, Different, NotABackup, plain_faults
from data.database.connection import Connection, owner_url
from data.texts.catalogue import t

Say = Callable[[str], None]


def verify(path: Path, key: keys.Key | None, say: Say) -> None:
    """Read the file back and restore it into a second database, which is dropped. Raises :class:`BackupError`."""
    say(t("backup.verifying"))
    manifest = read_manifest(path, key)
    name = f"{manifest['database'][:40]}_verify"
    restore_into(name, path, key, manifest, store=None)
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


def restore_into(name: str, path: Path, key: keys.Key | None, manifest: dict[str, Any], *, store: Path | None) -> None:
    """Make ``name`` anew from the file and compare it; it is gone again when anything is amiss.

    ``manifest`` is what :func:`read_manifest` gave; kept files are put back into ``store``, where one is named.

    Raises
    ------
    BackupError, DatabaseUnavailable
    """
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
    """Compare every table, then what a dump does not carry: the owner of here, the mark on ``&&``, pgRouting,
    statistics."""
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
            conn.execute(ROUTING)
        conn.execute("ANALYZE")
