"""Every setting of the product, typed, read from the environment (and ``.local/database.env``), in this one place."""

import os
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import Field
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
TIMEZONE = ZoneInfo("Asia/Ho_Chi_Minh")


class Settings(BaseSettings):
    """Settings of one process. A variable of the environment wins over ``.local/database.env``.

    ``DATABASE_URL`` is the role that owns, migrates and loads; ``APP_DATABASE_URL`` the role the app reads with.
    """

    model_config = SettingsConfigDict(env_file=ROOT / ".local" / "database.env", extra="ignore", env_ignore_empty=True)

    database_url: str | None = Field(default=None, description="role that migrates and loads; unset: private cluster")
    app_database_url: str | None = Field(default=None, description="PostGIS, role that the app reads with")
    port: int = Field(default=8050, ge=1, le=65535, description="port of the page")
    workers: int = Field(default=2, ge=1, le=64, description="gunicorn workers")
    idle_minutes: int = Field(default=60, ge=5, le=720, description="minutes without a request that end a session")
    demo: bool = Field(default=True, description="load demonstration data when the database is empty")
    file_store: Path = Field(
        default=ROOT / ".local" / "files", description="where every loaded file is kept, by its SHA-256"
    )
    import_folder: Path | None = Field(
        default=None, description="files dropped here are loaded as they come; unset: no folder is watched"
    )
    backup_folder: Path = Field(default=ROOT / "backups", description="where `make backup` writes")
    backup_keep: int = Field(default=14, ge=1, le=3650, description="how many backups are kept; older ones are removed")
    backup_key_file: Path | None = Field(
        default=None, description="key file of age that encrypts backups; unset: they are not encrypted"
    )
    backup_database_url: str | None = Field(
        default=None,
        description="role that backs up and restores (SUPERUSER, or BYPASSRLS and CREATEDB);"
        " unset: the private cluster's superuser, else DATABASE_URL",
    )
    basemap_url: str | None = Field(
        default=None, description="tiles of a basemap, {z}/{x}/{y} in the address; optional"
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the library's signature
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """A database named in the environment stands alone: the reading role in the file is another database's."""
        if os.environ.get("DATABASE_URL"):
            return init_settings, env_settings
        return init_settings, env_settings, dotenv_settings


@lru_cache
def get_settings() -> Settings:
    """Settings as the process found them at its first question; tests clear the cache."""
    return Settings()
