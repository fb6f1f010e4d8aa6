"""``GET /healthz``: whether the app can do its work now, asked of the database itself and answered within seconds."""

from functools import lru_cache

from alembic.config import Config
from alembic.script import ScriptDirectory
from flask import Blueprint, Flask

from callbacks.access.stated import anyone
from data.connection import probe_connection
from data.errors import NotMigrated, UserError
from data.settings import ROOT

blueprint = Blueprint("health", __name__)


def register(server: Flask) -> None:
    """Add the route to the server."""
    server.register_blueprint(blueprint)


@blueprint.get("/healthz")
@anyone
def healthz() -> tuple[dict[str, object], int, dict[str, str]]:
    """200 with the day and version of the data, or 503 with what is wrong; never from a cache."""
    fresh = {"Cache-Control": "no-store"}
    try:
        with probe_connection() as conn:
            migrated = conn.execute("SELECT version_num FROM alembic_version").fetchone()
            if migrated is None or migrated["version_num"] != _newest_migration():
                raise NotMigrated
            now = conn.execute(
                "SELECT status_day, version, current_day() AS current_day,"
                " (SELECT max(finished_at) FROM load WHERE undone_at IS NULL) AS last_load FROM clock"
            ).fetchone()
            if now is None:
                raise NotMigrated
    except UserError as error:
        return {"status": "unavailable", "database": type(error).__name__, "reason": str(error)}, 503, fresh
    return (
        {
            "status": "ok",
            "database": "ok",
            "migration": migrated["version_num"],
            "day": now["status_day"].isoformat(),
            # False for the moments between midnight and the turn of the day; for longer, nobody turns it.
            "day_is_current": now["status_day"] == now["current_day"],
            "version": now["version"],
            "last_load": now["last_load"].isoformat() if now["last_load"] else None,
        },
        200,
        fresh,
    )


@lru_cache
def _newest_migration() -> str | None:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "data" / "migrations"))
    return ScriptDirectory.from_config(config).get_current_head()
