"""What holds for every test that starts the product as a person does."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.backup import keys
from data.cluster.server import SUPERUSER, Cluster
from data.settings import get_settings


@pytest.fixture(autouse=True)
def interrupts_reach_what_is_started() -> Iterator[None]:
    """Tests that run in the background ignore interrupts, and would hand that down."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def backup_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, test_cluster: Cluster, demo_database: str) -> Path:
    """Where backups of the demonstration go, as whoever may back up."""
    name = demo_database.partition("?")[0].rpartition("/")[2]
    monkeypatch.setenv("BACKUP_FOLDER", str(tmp_path / "backups"))
    monkeypatch.setenv("BACKUP_DATABASE_URL", test_cluster.url(SUPERUSER, name))
    get_settings.cache_clear()
    return tmp_path / "backups"


@pytest.fixture
def backup_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, backup_folder: Path) -> Path:
    """A key, given to what makes and restores backups."""
    path = tmp_path / "khóa.txt"
    keys.write_new_key(path)
    monkeypatch.setenv("BACKUP_KEY_FILE", str(path))
    get_settings.cache_clear()
    return path


@pytest.fixture
def elsewhere(test_cluster: Cluster) -> Iterator[str]:
    """Name for a restored database; it and what was put aside for it are gone afterwards."""
    name = f"noi_khac_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"  # the workers share the cluster
    yield name
    like = f"SELECT datname FROM pg_database WHERE datname LIKE '{name}%';"  # noqa: S608
    for left in test_cluster.sql(like).split():
        test_cluster.drop_database(left)
