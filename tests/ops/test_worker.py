"""The worker against a database that is restarted: it comes back by itself, and the job is done."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from data.cluster.server import OWNER, Cluster
from tests.etl.loading.desk import ask, ended, job, receive, worker
from tests.etl.loading.files import one, venues
from tests.etl.loading.processes import LOADER_LOCK, read_until
from tests.fixtures.waiting import until
from tests.ops.clusters import migrated_cluster, settings_of


@pytest.fixture
def own_cluster() -> Iterator[Cluster]:
    """A migrated database in a cluster that this module may stop; the settings point to it."""
    with migrated_cluster("working") as (cluster, _folder), settings_of(cluster):
        yield cluster


def test_a_restarted_database_has_its_worker_back(tmp_path: Path, own_cluster: Cluster) -> None:
    number = receive(venues(tmp_path / "so.csv", 5))
    with worker(own_cluster.url(OWNER)) as process:
        read_until(process, "ready")
        holder = psycopg.connect(own_cluster.url(OWNER))
        holder.execute(LOADER_LOCK)
        asked = ask("load", file=number)
        until(lambda: job(asked).step == 2, "the job to wait for its turn")
        own_cluster.stop()
        read_until(process, "no database")
        own_cluster.start()
        done = ended(asked)
    assert done.state == "done", done.error
    assert one("SELECT count(*) FROM venue") == 5
    assert one("SELECT count(*) FROM load") == 1
