"""Restores a backup under a name: proved in a database beside it (``verifying``) before anything else is touched."""

import datetime as dt
import re
import shutil
import time
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from psycopg import errors, sql

from data.backup import facts, keys, server
from data.backup.errors import BackupError, NoRoom
from data.backup.verifying import Say, read_manifest, restore_into
from data.cluster import server as cluster
from data.cluster.installation import database_is_named
from data.database.connection import Connection
from data.database.migrate import MIGRATIONS
from data.project import TIMEZONE
from data.settings import get_settings
from data.texts.catalogue import t

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
        restore_into(building, path, key, manifest, store=settings.file_store)
        _end_sessions(building)
        aside = f"{name[:40]}_before_{dt.datetime.now(TIMEZONE):%Y%m%d%H%M%S}" if full else None
        _put_in_place(conn, building, name, aside=aside, there=there)
    kept = t("backup.aside", name=aside) if aside else ""
    say(t("backup.restored", name=name, tables=len(manifest["tables"]), kept=kept))
    return name


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
