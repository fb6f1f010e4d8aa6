"""The real server against a database that stops, hangs and comes back; and whom it serves."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from callbacks.server.health import SECONDS_BETWEEN_LOOKS
from data.cluster.files import command_of
from data.cluster.server import OWNER, READER, Cluster
from data.project import ROOT
from tests.fixtures.server import free_port, serving
from tests.fixtures.waiting import until
from tests.ops.clusters import migrated_cluster

ANSWER_SECONDS = 10
EVERY_ADDRESS = "0.0.0.0"  # noqa: S104 - what the test is about
ASKING = 200  # more than the threads of both workers


@pytest.fixture(scope="module")
def own_cluster() -> Iterator[Cluster]:
    """A migrated database in a cluster that this module may stop."""
    with migrated_cluster("serving") as (cluster, _folder):
        yield cluster


@pytest.fixture(scope="module")
def address(own_cluster: Cluster) -> Iterator[str]:
    """The server on that database."""
    urls = {"DATABASE_URL": own_cluster.url(OWNER), "APP_DATABASE_URL": own_cluster.url(READER)}
    with serving(urls) as found:
        yield found


def health(address: str) -> tuple[int, dict[str, Any]]:
    """Status code and answer of /healthz; no answer within the time is a failure."""
    try:
        with urllib.request.urlopen(f"{address}/healthz", timeout=ANSWER_SECONDS) as answer:  # noqa: S310
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def recovered(address: str) -> None:
    """Return once /healthz is well again."""
    until(lambda: health(address)[0] == 200, "the page to be well after the database came back")


def test_stopped_and_started_again_the_app_recovers_by_itself(own_cluster: Cluster, address: str) -> None:
    assert health(address)[0] == 200
    own_cluster.stop()
    time.sleep(SECONDS_BETWEEN_LOOKS)  # what a process found out before it tells for so long
    try:
        code, answer = health(address)
        assert code == 503
        assert answer["status"] != "ok"
    finally:
        own_cluster.start()
    recovered(address)


def test_a_hung_database_does_not_hang_the_health_check(own_cluster: Cluster, address: str) -> None:
    recovered(address)  # of two processes one may still tell of a moment ago
    processes = [int(folder.name) for folder in Path("/proc").glob("[0-9]*")]
    stuck = [pid for pid in processes if _belongs(pid, own_cluster)]
    for pid in stuck:
        os.kill(pid, signal.SIGSTOP)
    try:
        with ThreadPoolExecutor(ASKING) as many:  # people go on asking for tiles meanwhile
            waiting = [many.submit(_ask, f"{address}/tiles/wards/10/812/450.mvt") for _ in range(ASKING)]
            time.sleep(SECONDS_BETWEEN_LOOKS)
            for _ in range(3):
                code, answer = health(address)
                assert code == 503
                assert answer["status"] != "ok"
            for pid in stuck:
                os.kill(pid, signal.SIGCONT)
            assert {wait.result(60) for wait in waiting} <= {401, 503}
    finally:
        for pid in stuck:
            os.kill(pid, signal.SIGCONT)
    recovered(address)


def _belongs(pid: int, cluster: Cluster) -> bool:
    """Whether the process is the cluster's server or one of its children."""
    server = int((cluster.data / "postmaster.pid").read_text().splitlines()[0])
    try:
        parent = int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
    except OSError:
        return False
    return pid == server or (parent == server and "postgres" in command_of(pid))


def _ask(url: str) -> int:
    """As somebody with a session that the database has to be asked for, and does not know."""
    request = urllib.request.Request(url, headers={"Cookie": "session=unknown"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            code: int = answer.status
            return code
    except urllib.error.HTTPError as error:
        return error.code


@pytest.mark.parametrize("option", [["--bind", "0.0.0.0:{port}"], ["--bind", "unix:/tmp/qr-open.sock"]])
def test_no_option_opens_the_page_to_others(own_cluster: Cluster, option: list[str]) -> None:
    port = free_port()
    options = [part.format(port=port) for part in option]
    result = subprocess.run(
        [sys.executable, "-m", "gunicorn", "--config", "ops/gunicorn_conf.py", *options, "app:server"],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": own_cluster.url(), "PORT": str(port)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode != 0
    assert "chỉ phục vụ trên 127.0.0.1" in result.stderr


def test_a_setting_opens_the_page_and_whoever_comes_has_to_sign_in(own_cluster: Cluster) -> None:
    urls = {"DATABASE_URL": own_cluster.url(OWNER), "APP_DATABASE_URL": own_cluster.url(READER)}
    with serving(urls | {"BIND_ADDRESS": EVERY_ADDRESS}) as address:
        port = int(address.rpartition(":")[2])
        other = f"http://127.0.0.2:{port}"  # another address of this machine
        assert health(other)[0] == 200
        request = urllib.request.Request(f"{other}/", headers={"Accept": "text/html"})  # noqa: S310
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            assert "/sign-in" in answer.url
        assert _ask(f"{other}/tiles/wards/10/812/450.mvt") == 401
