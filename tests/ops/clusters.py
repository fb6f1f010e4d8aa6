"""Migrated clusters of a test's own, which it may stop and kill; the settings of the process point to one."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from data.cluster.place import find_home
from data.cluster.server import OWNER, READER, Cluster
from data.database.connection import close_pools
from data.database.migrate import migrate
from data.settings import get_settings
from tests.ops.places import open_folder


@contextmanager
def migrated_cluster(name: str, *, durable: bool = False) -> Iterator[tuple[Cluster, Path]]:
    """A cluster and the open folder that it lies in, called ``name``.

    ``durable``: it keeps what it confirms, whatever happens to it; the tests' own cluster does not.
    """
    with open_folder(name) as folder:
        cluster = Cluster(find_home(folder), folder / ".local" / "database.env", durable=durable)
        try:
            cluster.start()
            migrate(cluster.url(OWNER))
            yield cluster, folder
        finally:
            cluster.destroy()


@contextmanager
def settings_of(cluster: Cluster, **others: str) -> Iterator[None]:
    """This process, and what it starts, uses the cluster."""
    urls = {"DATABASE_URL": cluster.url(OWNER), "APP_DATABASE_URL": cluster.url(READER)}
    with pytest.MonkeyPatch.context() as environment:
        for variable, value in (urls | others).items():
            environment.setenv(variable, value)
        get_settings.cache_clear()
        try:
            yield
        finally:
            close_pools()
    get_settings.cache_clear()
