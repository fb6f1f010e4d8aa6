"""``GET /healthz`` and ``GET /readyz``: asked of the database itself and answered within seconds.

Anybody may ask, so a process asks its database once a second at most, on one connection, however many ask it.
"""

from functools import lru_cache
from typing import Any

from alembic.config import Config
from alembic.script import ScriptDirectory
from flask import Blueprint, Flask, current_app

from callbacks.server.stated import anyone
from data.database.connection import probe_connection
from data.database.migrate import MIGRATIONS
from data.errors import NotMigrated, UserError
from data.queries.imports import HAS_WORKER
from data.queries.remembered import Recent

blueprint = Blueprint("health", __name__)
Answer = tuple[dict[str, object], int, dict[str, str]]
FRESH = {"Cache-Control": "no-store"}
SECONDS_BETWEEN_LOOKS = 1.0
SECONDS_OLD_AT_MOST = 10.0
"""While somebody finds out anew, the others are told what was found before, if it is no older."""

_STATE = "SELECT status_day, version, current_day() AS current_day, last_load FROM data_stamp()"


def register(server: Flask) -> None:
    """Add the routes to the server."""
    server.extensions["health"] = {"state": _shared(_STATE), "worker": _shared(HAS_WORKER)}
    server.register_blueprint(blueprint)


def _shared(question: str) -> Recent[dict[str, Any]]:
    return Recent(
        lambda _: _asked(question),
        UserError,
        holds=SECONDS_BETWEEN_LOOKS,
        fault_holds=SECONDS_BETWEEN_LOOKS,
        old=SECONDS_OLD_AT_MOST,
        fault_old=SECONDS_OLD_AT_MOST,
    )


def _answer(name: str) -> dict[str, Any] | Answer:
    """The row, or the answer that says why there is none."""
    shared: dict[str, Recent[dict[str, Any]]] = current_app.extensions["health"]
    try:
        return shared[name].get()
    except UserError as error:
        return {"status": "unavailable", "database": type(error).__name__, "reason": str(error)}, 503, FRESH


@blueprint.get("/healthz")
@anyone
def healthz() -> Answer:
    """Whether the app can do its work now: 200 with the day and version of the data, or 503 with what is wrong."""
    now = _answer("state")
    if isinstance(now, tuple):
        return now
    return (
        {
            "status": "ok",
            "database": "ok",
            "migration": _newest_migration(),
            "day": now["status_day"].isoformat(),
            # False for the moments between midnight and the turn of the day; for longer, nobody turns it.
            "day_is_current": now["status_day"] == now["current_day"],
            "version": now["version"],
            "last_load": now["last_load"].isoformat() if now["last_load"] else None,
        },
        200,
        FRESH,
    )


@blueprint.get("/readyz")
@anyone
def readyz() -> Answer:
    """Whether people may be sent here: migrated, the database answers, and somebody does the jobs."""
    found = _answer("worker")
    if isinstance(found, tuple):
        return found
    worker = bool(found["worker"])
    return (
        {"status": "ok" if worker else "no worker", "database": "ok", "worker": worker},
        200 if worker else 503,
        FRESH,
    )


def _asked(question: str) -> dict[str, Any]:
    """The answer of a database that is of this version. Raises DatabaseUnavailable, NotMigrated."""
    with probe_connection() as conn:
        migrated = conn.execute("SELECT version_num FROM alembic_version").fetchone()
        if migrated is None or migrated["version_num"] != _newest_migration():
            raise NotMigrated
        row = conn.execute(question).fetchone()
        if row is None:
            raise NotMigrated
        return row


@lru_cache
def _newest_migration() -> str | None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return ScriptDirectory.from_config(config).get_current_head()
