"""How long a person waits at most, as the pages are told it: bounds of what can be felt, for every screen there is."""

import json
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from callbacks import ids
from callbacks.server import office
from data.errors import DatabaseUnavailable
from tests.access import asking
from tests.fixtures import accounts

# A page that is in order asks whether anything changed; one that waits for the worker follows it as it goes.
SELDOM_MS, FOLLOWING_MS = 30_000, 1_500
# While the database is away: soon enough that its return is noticed, seldom enough that many pages are no burden.
AGAIN_MS = (1_000, 5_000)
VENUE = "HD000001"


@pytest.fixture(scope="module")
def client(demo_database: str) -> FlaskClient:
    """Somebody of the culture office, whose session is known whatever becomes of the database meanwhile."""
    from app import server

    return accounts.client(server)


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> None:
    """No callback gets a connection; who asks is still found out."""

    def no_database() -> Any:
        raise DatabaseUnavailable

    for name, module in list(sys.modules.items()):
        if name.startswith("callbacks.") and not name.startswith("callbacks.access"):
            for connection in ("app_connection", "desk_connection", "loader_connection"):
                if hasattr(module, connection):
                    monkeypatch.setattr(module, connection, no_database)


def parts(node: Any) -> Iterator[dict[str, Any]]:
    """Every object within JSON."""
    if isinstance(node, dict):
        yield node
        for inner in node.values():
            yield from parts(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from parts(inner)


def told_intervals(answer: dict[str, Any]) -> dict[str, int]:
    """What a callback's answer sets the pulses to, by their ids."""
    changed = (answer.get("response") or {}) | (answer.get("sideUpdate") or {})
    return {name: values["interval"] for name, values in changed.items() if "interval" in values}


def screens(client: FlaskClient) -> list[str]:
    """The screens that are Dash apps and that the caller may open."""
    return [prefix for prefix, _, _ in office.SCREENS if client.get(f"{prefix}_dash-layout").status_code == 200]


def test_every_pulse_of_every_screen_beats_often_enough(client: FlaskClient) -> None:
    found = {}
    for prefix in screens(client):
        for part in parts(client.get(f"{prefix}_dash-layout").json):
            if part.get("type") == "Interval":
                found[part["props"]["id"]] = part["props"]
    assert {ids.PULSE, ids.MOVE_PULSE} < set(found)
    for name, pulse in found.items():
        bound = FOLLOWING_MS if pulse.get("disabled") else SELDOM_MS  # one that waits to be let follows the worker
        assert 500 <= pulse["interval"] <= bound, name


@pytest.mark.usefixtures("away")
def test_while_the_database_is_away_every_screen_tries_again_soon(client: FlaskClient) -> None:
    values = {("venue", "data"): VENUE, ("typed", "data"): "Quán"}
    asked, told = 0, {}
    for prefix in screens(client):
        for thing in asking.callbacks(client, prefix, values):
            answer = asking.ask(client, thing)
            if answer.status_code == 200 and answer.is_json:
                asked += 1
                for pulse, interval in told_intervals(answer.json).items():
                    told.setdefault(pulse, {})[thing.name] = interval
    assert asked > 10
    assert {"pulse", "imports-pulse"} <= {name.split("@")[0] for name in told}
    slow = {
        name: by
        for name, by in told.items()
        if not all(AGAIN_MS[0] <= interval <= AGAIN_MS[1] for interval in by.values())
    }
    assert not slow, json.dumps(slow, indent=1)


def test_a_callback_that_fails_on_its_way_has_the_page_try_again_soon(client: FlaskClient, away: None) -> None:
    """It says so by the pulse of the page (``callbacks.server.errors.report``)."""
    values = {("venue", "data"): VENUE}
    told = [
        told_intervals(asking.ask(client, thing).json or {}).get(ids.PULSE)
        for thing in asking.callbacks(client, "/", values)
        if ids.OPEN_VENUE in thing.name
    ]
    assert told
    assert all(interval is not None and AGAIN_MS[0] <= interval <= AGAIN_MS[1] for interval in told), told
