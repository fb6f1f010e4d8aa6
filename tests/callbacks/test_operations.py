"""What whoever runs the server asks: ready?, the counts, and which request a line of the log is about."""

import json
import logging
from collections.abc import Iterator

import psycopg
import pytest
from flask.testing import FlaskClient

from app import create_app, server
from callbacks.server import request_log
from callbacks.server.stated import anyone
from data import logs
from data.database.connection import Connection
from data.settings import get_settings
from tests.fixtures import accounts

WORKER_LOCK = "SELECT pg_advisory_lock(2962, 2)"


@pytest.fixture
def client(demo_database: str) -> Iterator[FlaskClient]:
    with accounts.client(server) as made:
        yield made


@pytest.fixture
def stranger(demo_database: str) -> Iterator[FlaskClient]:
    with server.test_client() as made:
        yield made


def settings(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    get_settings.cache_clear()


def test_ready_when_somebody_does_the_jobs(own_demo_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server.extensions["health"]["worker"], "holds", 0)
    stranger = server.test_client()  # of a database that no other test's worker is at
    answer = stranger.get("/readyz")
    assert (answer.status_code, answer.get_json()["worker"]) == (503, False)
    with psycopg.connect(own_demo_database) as conn:
        conn.execute(WORKER_LOCK)
        answer = stranger.get("/readyz")
        assert (answer.status_code, answer.get_json()["status"]) == (200, "ok")
    assert stranger.get("/healthz").status_code == 200, "the page can be looked at all the same"


def test_every_answer_has_a_number_of_ours(stranger: FlaskClient) -> None:
    numbers = {stranger.get(path).headers[request_log.HEADER] for path in ("/healthz", "/nowhere", "/tiles/x", "/")}
    assert len(numbers) == 4
    assert (
        stranger.get("/healthz", headers={request_log.HEADER: "chosen-by-a-client"}).headers[request_log.HEADER]
        != "chosen-by-a-client"
    )


def test_the_proxys_number_is_taken_where_there_is_a_proxy(
    stranger: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings(monkeypatch, TRUSTED_PROXIES="1")
    for given, taken in (("abcdef0123456789", True), ("x" * 65, False), ('a"b\tcdefgh', False), ("short", False)):
        answer = stranger.get("/healthz", headers={request_log.HEADER: given})
        assert (answer.headers[request_log.HEADER] == given) is taken


@pytest.mark.parametrize("path", ["dash/deps/nothing.js", "nothing/nothing.js", "dash/../../app.py"])
@pytest.mark.parametrize("prefix", ["/", "/audit/"])
def test_an_unknown_file_of_a_library_is_not_found(stranger: FlaskClient, prefix: str, path: str) -> None:
    answer = stranger.get(f"{prefix}_dash-component-suites/{path}?lang=en")
    assert answer.status_code == 404
    assert "registered" not in answer.text


def test_the_page_of_a_fault_shows_the_number(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(server.view_functions, "health.healthz", _failing)
    answer = client.get("/healthz?lang=en")
    assert answer.status_code == 500
    number = answer.headers[request_log.HEADER]
    assert f"<code>{number}</code>" in answer.text
    assert "Number of the request" in answer.text
    assert "Nguyễn" not in answer.text


@anyone
def _failing() -> None:
    raise ValueError("Nguyễn Văn A")


def test_in_json_each_request_is_a_line_without_what_was_asked(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    settings(monkeypatch, LOG_FORMAT="json")
    with caplog.at_level(logging.INFO):
        client.get("/tiles/wards/10/812/450.mvt?q=Nguyen+Van+A&phone=0912345678")
    lines = [logs.JsonLines("page").format(each) for each in caplog.records if each.name == request_log.log.name]
    line = json.loads(lines[0])
    assert (line["method"], line["status"]) == ("GET", 200)
    assert line["route"].startswith("/tiles/<")
    assert "Nguyen" not in lines[0]
    assert "0912345678" not in lines[0]


def figures(text: str) -> dict[str, float]:
    pairs = (line.rsplit(" ", 1) for line in text.splitlines() if line and not line.startswith("#"))
    return {name: float(value) for name, value in pairs}


def test_metrics_count_requests_jobs_loads_and_connections(client: FlaskClient, conn: Connection) -> None:
    before = figures(client.get("/metrics").text)
    client.get("/tiles/wards/10/812/450.mvt?q=abc")
    after = figures(client.get("/metrics").text)
    assert after["qr_database_up"] == 1
    row = conn.execute("SELECT count(*) AS queued FROM job WHERE state = 'queued'").fetchone()
    assert row == {"queued": after["qr_jobs_queued"]}
    assert after["qr_last_load_age_seconds"] > 0
    tiles = [
        name for name in after if name.startswith("qr_requests_total") and "/tiles/" in name and 'status="200"' in name
    ]
    assert sum(after[name] for name in tiles) == sum(before.get(name, 0) for name in tiles) + 1
    assert any(name.startswith("qr_database_connections") for name in after)
    assert "abc" not in client.get("/metrics").text


def test_callbacks_are_told_apart_by_output_and_strangers_words_are_none(client: FlaskClient) -> None:
    client.post("/_dash-update-component", json={"output": "Nguyễn Văn A 0912345678", "inputs": []})
    text = client.get("/metrics").text
    assert 'qr_callback_seconds_count{output="other"}' in text
    assert "Nguyễn" not in text
    assert len(server.extensions["callback_outputs"]) > 10


def test_metrics_are_for_this_machine_or_for_a_token(stranger: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = {"REMOTE_ADDR": "10.1.2.3"}
    assert stranger.get("/metrics").status_code == 200
    assert stranger.get("/metrics", environ_base=elsewhere).status_code == 403
    assert stranger.get("/metrics", headers={"X-Forwarded-For": "10.1.2.3"}).status_code == 403
    settings(monkeypatch, METRICS_TOKEN="a-long-token")
    shown = {"Authorization": "Bearer a-long-token"}
    assert stranger.get("/metrics", environ_base=elsewhere, headers=shown).status_code == 200
    for wrong in ("Bearer ", "Bearer a-long-toke", "a", ""):
        assert stranger.get("/metrics", environ_base=elsewhere, headers={"Authorization": wrong}).status_code == 403


def test_behind_a_known_proxy_the_browsers_address_and_scheme_count(
    demo_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings(monkeypatch, TRUSTED_PROXIES="1")
    behind = create_app().server.test_client()
    forwarded = {"X-Forwarded-For": "6.6.6.6, 10.1.2.3", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "qr.example"}
    assert behind.get("/metrics", headers=forwarded).status_code == 403
    named = behind.get("/metrics", headers=forwarded | {"X-Forwarded-For": "127.0.0.1, 10.1.2.3"})
    assert named.status_code == 403, "what a client writes in front is not believed"
