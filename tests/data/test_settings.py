"""Settings: typed, secrets from files too, and told in one table."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from data.cluster.installation import database_is_named
from data.settings import SECRETS, BadSecretFile, Settings


@pytest.mark.parametrize("name", SECRETS)
def test_every_secret_may_stand_in_a_file(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "secret"
    file.write_text("postgresql://a:b@c/d\n")
    monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv(f"{name.upper()}_FILE", str(file))
    found = getattr(Settings(), name)
    assert (found if isinstance(found, str) else found.get_secret_value()) == "postgresql://a:b@c/d"


def test_a_database_named_in_a_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL")
    assert not database_is_named()
    monkeypatch.setenv("DATABASE_URL_FILE", str(tmp_path / "url"))
    assert database_is_named()


def test_a_file_that_cannot_be_used_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("METRICS_TOKEN", raising=False)
    monkeypatch.setenv("METRICS_TOKEN_FILE", str(tmp_path / "none"))
    with pytest.raises(BadSecretFile, match="không đọc được"):
        Settings()
    (tmp_path / "none").write_text(" \n")
    with pytest.raises(BadSecretFile, match="trống"):
        Settings()
    (tmp_path / "none").write_text("a")
    monkeypatch.setenv("METRICS_TOKEN", "b")
    with pytest.raises(BadSecretFile, match="một trong hai"):
        Settings()


def test_only_secrets_are_read_from_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "port").write_text("9999")
    monkeypatch.setenv("PORT_FILE", str(tmp_path / "port"))
    monkeypatch.delenv("PORT", raising=False)
    assert Settings().port == 8050


def test_a_secret_is_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("METRICS_TOKEN", "very-secret")
    assert "very-secret" not in repr(Settings())


@pytest.mark.parametrize(
    ("issuer", "is_taken"),
    [
        ("https://id.hanoi.example/realms/cb", True),
        ("http://127.0.0.1:9000", True),
        ("http://id.hanoi.example", False),
        ("http://localhost.example", False),
    ],
)
def test_a_provider_is_asked_by_tls_alone(issuer: str, is_taken: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OIDC_ISSUER", issuer)
    if is_taken:
        assert Settings().oidc_issuer == issuer
        return
    with pytest.raises(ValidationError):
        Settings()


@pytest.mark.parametrize(("address", "bind"), [("127.0.0.1", "127.0.0.1:80"), ("::", "[::]:80")])
def test_the_address_as_gunicorn_takes_it(address: str, bind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIND_ADDRESS", address)
    monkeypatch.setenv("PORT", "80")
    assert Settings().bind == bind
