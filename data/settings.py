"""Every setting of the product, typed, read from the environment (and ``.local/database.env``), in this one place."""

import os
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from data.cluster.installation import database_is_named
from data.errors import TextError
from data.project import ROOT


class Settings(BaseSettings):
    """Settings of one process. A variable of the environment wins over ``.local/database.env``.

    ``DATABASE_URL`` is the role that owns, migrates and loads; ``APP_DATABASE_URL`` the role the app reads with.
    """

    model_config = SettingsConfigDict(env_file=ROOT / ".local" / "database.env", extra="ignore", env_ignore_empty=True)

    database_url: str | None = Field(default=None, description="role that migrates and loads; unset: private cluster")
    app_database_url: str | None = Field(default=None, description="PostGIS, role that the app reads with")
    bind_address: str = Field(
        default="127.0.0.1", description="address that the page listens on; 0.0.0.0 for every one, behind a proxy"
    )
    trusted_proxies: int = Field(
        default=0, ge=0, le=4, description="proxies in front whose X-Forwarded-* headers are believed"
    )
    log_format: Literal["plain", "json"] = Field(
        default="plain", description="lines on stderr; json: one object a line"
    )
    metrics_token: SecretStr | None = Field(
        default=None, description="whoever shows it may read /metrics; unset: only this machine may"
    )
    port: int = Field(default=8050, ge=1, le=65535, description="port of the page")
    workers: int = Field(default=2, ge=1, le=64, description="gunicorn workers; each may open 32 connections")
    oidc_issuer: str | None = Field(
        default=None,
        pattern=r"^(https://[^/]|http://(127\.0\.0\.1|localhost)[:/])",
        description="address of the office's OpenID Connect provider; with a client, people may sign in by it",
    )
    oidc_client_id: str | None = Field(default=None, description="what the provider calls this product")
    oidc_client_secret: SecretStr | None = Field(
        default=None, description="the provider's secret for this product; unset: PKCE alone proves it"
    )
    oidc_name: str = Field(default="OpenID Connect", description="the provider's name on the button")
    rate_limits: bool = Field(
        default=True, description="bound how often one account or address asks; 0: only where nobody else can ask"
    )
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
    publication_keys: Path = Field(
        default=ROOT / ".local" / "keys",
        description="folder of the keys that sign published lists (`python -m proof keys new`); its owner's alone",
    )
    public_address: str | None = Field(
        default=None,
        pattern=r"^https?://[^/?#\s]+$",
        description="address of the page as the public reaches it, for papers; unset: as whoever makes a paper does",
    )
    smtp_host: str | None = Field(default=None, description="mail server; unset: nothing is sent by e-mail")
    smtp_port: int = Field(default=587, ge=1, le=65535, description="port of the mail server")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="how the line to the mail server is protected; none: only on this machine"
    )
    smtp_user: str | None = Field(default=None, description="account at the mail server; unset: no sign-in there")
    smtp_password: SecretStr | None = Field(default=None, description="its password")
    smtp_from: str | None = Field(
        default=None,
        pattern=r"^[^@\s<>]+@[^@\s<>]+$",
        description="address that mail comes from; needed with SMTP_HOST",
    )
    basemap_url: str | None = Field(
        default=None, description="tiles of a basemap, {z}/{x}/{y} in the address; optional"
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """A database named in the environment stands alone: the reading role in the file is another database's."""
        files = _SecretFiles(settings_cls)
        if database_is_named():
            return init_settings, env_settings, files
        return init_settings, env_settings, files, dotenv_settings

    @property
    def has_oidc(self) -> bool:
        """Whether people may sign in by OpenID Connect."""
        return bool(self.oidc_issuer and self.oidc_client_id)

    @property
    def has_mail(self) -> bool:
        """Whether anything can be sent by e-mail."""
        return bool(self.smtp_host and self.smtp_from)

    @property
    def bind(self) -> str:
        """Address and port as gunicorn takes them."""
        host = f"[{self.bind_address}]" if ":" in self.bind_address else self.bind_address
        return f"{host}:{self.port}"


SECRETS = (
    "database_url",
    "app_database_url",
    "backup_database_url",
    "metrics_token",
    "oidc_client_secret",
    "smtp_password",
)
"""Settings that may stand in a file instead, which ``<NAME>_FILE`` names: what docker and systemd hand to a service."""


class BadSecretFile(TextError):
    """A variable names a file that cannot be used."""


class _SecretFiles(PydanticBaseSettingsSource):
    """Secrets from files; a variable that says the secret itself as well is a mistake, and said."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        del field
        variable = f"{field_name.upper()}_FILE"
        named = os.environ.get(variable)
        if not named or field_name not in SECRETS:
            return None, field_name, False
        if os.environ.get(field_name.upper()):
            raise BadSecretFile("error.secret.twice", name=field_name.upper(), variable=variable)
        try:
            text = Path(named).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise BadSecretFile("error.secret.unreadable", variable=variable, file=named) from error
        if not text:
            raise BadSecretFile("error.secret.empty", variable=variable, file=named)
        return text, field_name, False

    def __call__(self) -> dict[str, Any]:
        found = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in found.items() if value is not None}


@lru_cache
def get_settings() -> Settings:
    """Settings as the process found them at its first question; tests clear the cache."""
    return Settings()
