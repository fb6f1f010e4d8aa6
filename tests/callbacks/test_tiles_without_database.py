import time
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from callbacks.map import tiles
from callbacks.server import health
from data.cluster.server import Cluster
from data.database.connection import Connection
from data.errors import DatabaseUnavailable
from tests.callbacks.map_world import TODAY, fill
from tests.fixtures.databases import CLOSE, OPEN

TILE = "/tiles/venues/12/3251/1803.mvt"


@pytest.fixture
def client(fresh_database: str, conn: Connection) -> FlaskClient:
    fill(conn, 50)
    server = Flask(__name__)
    tiles.register(server)
    health.register(server)
    return server.test_client()


def test_health_tells_the_day_and_version_of_the_data(client: FlaskClient, conn: Connection) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    told = answer.get_json()
    version = conn.execute("SELECT version FROM clock").fetchone()
    assert (told["status"], told["day"], told["version"]) == ("ok", TODAY.isoformat(), version["version"])  # type: ignore[index]
    assert told["day_is_current"] is True


def test_health_tells_of_a_day_that_nobody_turned(client: FlaskClient, conn: Connection) -> None:
    conn.execute("UPDATE clock SET status_day = status_day - 1")
    conn.commit()
    assert client.get("/healthz").get_json()["day_is_current"] is False


def test_health_tells_of_a_database_of_another_version(client: FlaskClient, conn: Connection) -> None:
    conn.execute("UPDATE alembic_version SET version_num = '0000'")
    conn.commit()
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert "python -m data migrate" in answer.get_json()["reason"]


def test_health_asks_the_database_once_a_second_however_many_ask_it(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, asked = [100.0], []
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    probe = health.probe_connection

    def counted() -> Any:
        asked.append(now[0])
        return probe()

    monkeypatch.setattr(health, "probe_connection", counted)
    for moment in (100.0, 100.0, 100.9, 101.0, 101.5, 102.1):
        now[0] = moment
        assert client.get("/healthz").status_code == 200
    assert asked == [100.0, 101.0, 102.1]

    def away() -> Any:
        asked.append(now[0])
        raise DatabaseUnavailable

    monkeypatch.setattr(health, "probe_connection", away)
    for moment in (103.5, 103.6, 104.6):
        now[0] = moment
        assert client.get("/healthz").status_code == 503
    assert asked[3:] == [103.5, 104.6]


def test_a_database_that_goes_away_is_said_and_its_return_noticed(
    client: FlaskClient, conn: Connection, test_cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    name = conn.info.dbname
    before = client.get(TILE)
    assert before.status_code == 200

    test_cluster.sql(CLOSE, name=name)
    now[0] += 5
    for address in (TILE, "/tiles/wards.geojson", "/tiles/nearby.json?lon=105.77&lat=20.96", "/healthz"):
        answer = client.get(address)
        assert answer.status_code == 503, address
        assert "Không kết nối được cơ sở dữ liệu" in (answer.get_json()["reason"] if answer.is_json else answer.text)
        assert answer.headers["Cache-Control"] == "no-store"

    test_cluster.sql(OPEN, name=name)
    now[0] += health.SECONDS_BETWEEN_LOOKS
    for address in (TILE, "/healthz"):
        assert client.get(address).status_code == 200, address
    assert client.get(TILE).data == before.data
