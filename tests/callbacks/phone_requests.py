"""What a phone asks for and sends, as tests do it in its place."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from data.access.caller import Caller
from tests.etl.loading.files import LA_KHE, load_file, register, venues
from tests.fixtures.officers import now, token_of


def client_of_two_wards(folder: Path) -> FlaskClient:
    """A client of the page, on twelve venues in Mộ Lao (V001, …) and one in La Khê (K1), loaded from ``folder``."""
    from app import server

    load_file(venues(folder / "so.csv", 12))
    load_file(register(folder / "khe.csv", ("K1", "Quán Khê", "Số 1 phố Lê Trọng Tấn", "La Khê", "Quán ăn", *LA_KHE)))
    return server.test_client()


@contextmanager
def signed_in(client: FlaskClient, who: Caller | None) -> Iterator[None]:
    """The client is ``who``; None: nobody."""
    client.delete_cookie("session")
    if who:
        client.set_cookie("session", token_of(who))
    yield


def sent(kind: str = "reminder", venue: str | None = None, **said: Any) -> dict[str, Any]:
    event = {"id": str(uuid.uuid4()), "kind": kind, "happened_at": now().isoformat(), "venue": venue}
    event |= {"clock_is_doubtful": False}
    return event | ({"reason": "no_qr"} if kind == "reminder" else {}) | said


def post(client: FlaskClient, who: Caller, *events: dict[str, Any], login: str | None = None) -> Any:
    body = {"login": login or who.login, "sent_at": now().isoformat(), "events": list(events)}
    with signed_in(client, who):
        return client.post("/field/events", json=body)


def answers(client: FlaskClient, who: Caller, *events: dict[str, Any]) -> list[dict[str, Any]]:
    response = post(client, who, *events)
    assert response.status_code == 200, response.text
    told: list[dict[str, Any]] = response.json["answers"]
    return told


def taken(client: FlaskClient, who: Caller, **headers: str) -> Any:
    with signed_in(client, who):
        return client.get("/field/venues.json", headers=headers)
