"""What a deployment is made of, held to the code: files that nothing here can start are checked for what they say."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from data.project import ROOT
from data.settings import SECRETS, Settings

DEPLOY = ROOT / "ops" / "deploy"
UNITS = sorted(path.name for path in DEPLOY.glob("ha-dong-qr*"))
KNOWN = {name.upper() for name in Settings.model_fields} | {f"{name.upper()}_FILE" for name in SECRETS}
# Each key that we use, and what Compose's specification takes there.
SERVICE_KEYS: dict[str, tuple[type, ...]] = {
    "image": (str,),
    "build": (str,),
    "restart": (str,),
    "init": (bool,),
    "read_only": (bool,),
    "tmpfs": (list,),
    "cap_drop": (list,),
    "cap_add": (list,),
    "security_opt": (list,),
    "networks": (list,),
    "volumes": (list,),
    "shm_size": (str,),
    "command": (list,),
    "environment": (dict,),
    "secrets": (list,),
    "stop_grace_period": (str,),
    "healthcheck": (dict,),
    "depends_on": (dict,),
    "profiles": (list,),
    "ports": (list,),
}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
    return found


def test_compose_says_only_what_compose_knows(compose: dict[str, Any]) -> None:
    assert set(compose) <= {"name", "services", "networks", "volumes", "secrets", "x-app"}
    for name, service in compose["services"].items():
        for key, value in service.items():
            assert isinstance(value, SERVICE_KEYS[key]), (name, key)
        for variable, value in service.get("environment", {}).items():
            assert isinstance(value, str), (name, variable)
        for other, how in service.get("depends_on", {}).items():
            assert other in compose["services"]
            assert how["condition"] in ("service_healthy", "service_completed_successfully")
            if how["condition"] == "service_healthy":
                assert "healthcheck" in compose["services"][other]


def test_whatever_a_service_names_is_there(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert set(service.get("networks", [])) <= set(compose["networks"]), name
        assert set(service.get("secrets", [])) <= set(compose["secrets"]), name
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source in compose["volumes"] or (ROOT / source).exists(), (name, source)
        for variable, value in service.get("environment", {}).items():
            if value.startswith("/run/secrets/"):
                assert value.removeprefix("/run/secrets/") in service["secrets"], (name, variable)


def test_the_apps_variables_are_settings_and_its_secrets_come_by_file(compose: dict[str, Any]) -> None:
    for name in ("app", "migrate", "backup"):
        for variable, value in compose["services"][name]["environment"].items():
            assert variable in KNOWN, (name, variable)
            if variable.removesuffix("_FILE").lower() in SECRETS:
                assert variable.endswith("_FILE"), f"{name}: a secret stands in the file: {variable}"
            elif not value.startswith("/run/"):
                Settings.__pydantic_validator__.validate_assignment(Settings(), variable.lower(), value)


def test_only_the_proxy_is_open_and_only_to_what_it_needs(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    assert "inside" not in services["proxy"]["networks"], "the proxy does not reach the database"
    assert services["database"]["networks"] == ["inside"]
    assert compose["networks"]["inside"]["internal"] is True
    for name in ("app", "migrate", "backup", "proxy"):
        assert services[name]["cap_drop"] == ["ALL"]
        assert services[name]["read_only"] is True
    assert [service["cap_add"] for service in services.values() if "cap_add" in service] == [["NET_BIND_SERVICE"]]
    assert "backups:/data/backups:ro" in services["app"]["volumes"], "the page tells the age of the newest backup"
    for name, service in services.items():
        assert ":" in service["image"] or "build" in service, f"{name}: no version"


def test_the_image_has_every_package_of_the_app() -> None:
    text = (ROOT / "Dockerfile").read_text("utf-8")
    copied = set(re.findall(r"^COPY (\w+(?:\.py)?) ", text, re.MULTILINE))
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "tools"}
    assert copied >= packages | {"assets", "app.py"}
    ignored = (ROOT / ".dockerignore").read_text("utf-8").split()
    assert {"secrets", "backups", ".local", ".git"} <= set(ignored)
    assert not copied & set(ignored)
    assert "USER qr" in text
    major = re.search(r"postgresql-client-(\d+)", text)
    assert major
    database = (DEPLOY / "database" / "Dockerfile").read_text("utf-8")
    assert f"FROM postgis/postgis:{major[1]}-" in database
    assert f"postgresql-{major[1]}-pgrouting" in database


def test_the_secrets_that_compose_wants_are_made_once(compose: dict[str, Any], tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    folder.mkdir(mode=0o755)
    command = ["sh", str(DEPLOY / "make_secrets.sh"), str(folder)]
    subprocess.run(command, check=True, capture_output=True)
    assert {path.name for path in folder.iterdir()} == set(compose["secrets"])
    assert folder.stat().st_mode & 0o077 == 0
    before = {path.name: path.read_text() for path in folder.iterdir()}
    assert len(set(before.values())) == len(before)
    assert before["owner_password"].strip() in before["database_url"]
    subprocess.run(command, check=True, capture_output=True)
    assert {path.name: path.read_text() for path in folder.iterdir()} == before
    assert "@database/" in before["database_url"]
    elsewhere = [*command[:2], str(tmp_path / "elsewhere")]
    subprocess.run(elsewhere, check=True, capture_output=True, env=os.environ | {"DATABASE_HOST": "127.0.0.1"})
    for name in ("database_url", "app_database_url", "backup_database_url"):
        assert "@127.0.0.1/" in (tmp_path / "elsewhere" / name).read_text()


def test_the_roles_passwords_stand_in_no_list_of_processes(tmp_path: Path) -> None:
    psql = tmp_path / "psql"
    psql.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/asked\n')
    psql.chmod(0o755)
    environment = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}", "SECRETS": str(tmp_path)}
    environment |= {"POSTGRES_USER": "postgres", "POSTGRES_DB": "qr"}
    command = ["sh", str(DEPLOY / "database_roles.sh")]
    assert subprocess.run(command, env=environment, capture_output=True, check=False).returncode != 0
    assert not (tmp_path / "asked").exists(), "roles without passwords"
    for name in ("owner_password", "app_password"):
        (tmp_path / name).write_text("mat-khau-rieng\n")
    subprocess.run(command, env=environment, capture_output=True, check=True)
    assert "-U postgres" in (tmp_path / "asked").read_text()
    assert "mat-khau-rieng" not in (tmp_path / "asked").read_text()


@pytest.mark.parametrize("name", UNITS)
def test_systemd_takes_the_units(name: str, tmp_path: Path) -> None:
    verifier = shutil.which("systemd-analyze")
    assert verifier, "no systemd-analyze on PATH; `make test` installs it where it may"
    for unit in UNITS:
        text = (DEPLOY / unit).read_text("utf-8").replace("/opt/ha-dong-qr", str(ROOT))
        (tmp_path / unit).write_text(text)
    environment = os.environ | {"SYSTEMD_UNIT_PATH": f"{tmp_path}:"}
    result = subprocess.run(
        [verifier, "verify", "--recursive-errors=no", str(tmp_path / name)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    said = [line for line in result.stderr.splitlines() if name.partition(".")[0] in line]
    assert result.returncode == 0, result.stderr
    assert said == []


@pytest.mark.parametrize("name", [unit for unit in UNITS if unit.endswith(".service")])
def test_the_units_variables_are_settings_and_what_they_run_exists(name: str) -> None:
    text = (DEPLOY / name).read_text("utf-8")
    assigned = [pair for line in re.findall(r"^Environment=(.*)$", text, re.MULTILINE) for pair in line.split()]
    credentials = set(re.findall(r"^LoadCredential=(\w+):", text, re.MULTILINE))
    assert assigned
    for pair in assigned:
        variable, value = pair.split("=", 1)
        assert variable in KNOWN, pair
        if value.startswith("%d/"):
            assert value.removeprefix("%d/") in credentials
    for module in re.findall(r"python -m ([\w.]+)", text):
        parts = ROOT / module.replace(".", "/")
        assert module == "gunicorn" or (parts / "__main__.py").exists(), module


def test_the_page_outlasts_a_database_that_is_away_and_finds_the_backups() -> None:
    page, backup = ((DEPLOY / f"ha-dong-qr{name}.service").read_text("utf-8") for name in ("", "-backup"))
    assert re.search(r"^Restart=always$", page, re.MULTILINE)
    assert re.search(r"^StartLimitIntervalSec=0$", page.partition("[Service]")[0], re.MULTILINE)
    folders = [re.findall(r"^Environment=.*\bBACKUP_FOLDER=(\S+)", text, re.MULTILINE) for text in (page, backup)]
    assert folders[0] == folders[1] == re.findall(r"^ReadWritePaths=(.*)$", backup, re.MULTILINE)
