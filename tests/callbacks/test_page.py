"""The page's callbacks: what they answer, that they keep nothing of a visitor, and what an outage looks like."""

import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from dash.development.base_component import Component
from flask.testing import FlaskClient
from plotly.utils import PlotlyJSONEncoder

from callbacks import ids
from callbacks.page import answers as page
from callbacks.server import errors
from data.cluster.installation import ClusterError
from data.database import connection
from data.errors import DatabaseUnavailable
from tests.data import page_world
from tests.fixtures import accounts


@pytest.fixture(scope="module", autouse=True)
def world(database: str) -> Iterator[None]:
    with page_world.filled(database):
        yield


def words(component: Any) -> str:
    """Everything that a component would show, as JSON."""
    return json.dumps(component, cls=PlotlyJSONEncoder, ensure_ascii=False)


def no_database() -> Any:
    raise DatabaseUnavailable


@pytest.fixture
def outage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("callbacks.page.answers.app_connection", no_database)
    monkeypatch.setattr("callbacks.view.snapshot.app_connection", no_database)


def test_the_count_on_the_map_and_the_count_in_the_table_are_told_together() -> None:
    shown = page.show("?ward=09541", None)
    rows = page.table_rows({"startRow": 0, "endRow": 100, "sortModel": []}, "?ward=09541")
    assert rows["rowCount"] == len(rows["rowData"]) == shown["rows"]["count"]
    without = sum(
        row["code"] in ("HD0015", "HD0030", "HD0045", "HD0060", "HD0075", "HD0090") for row in rows["rowData"]
    )
    assert shown["map_count"].startswith(f"Trên bản đồ {rows['rowCount'] - without} / trong bảng {rows['rowCount']}")


def test_an_outage_of_the_private_cluster_is_said_in_either_language() -> None:
    for lang in ("vi", "en"):
        assert "đang dừng" in words(errors.outage(ClusterError("Cơ sở dữ liệu riêng đang dừng."), lang))
        assert "make run" in words(errors.outage(DatabaseUnavailable(), lang))


def test_two_visitors_do_not_meet() -> None:
    first = page.show("?status=violating", None)
    second = page.show("?ward=09542", None)
    again = page.show("?status=violating", None)
    assert words(first) == words(again)
    assert words(first["figures"]) != words(second["figures"])
    assert first["facts"]["statuses"] == ["violating"]
    assert second["facts"]["statuses"] == []


def test_a_broken_address_is_told_and_the_rest_shown() -> None:
    shown = page.show("?status=angry&ward=09541", None)
    assert "angry" in words(shown["notices"])
    assert shown["facts"]["wards"] == ["09541"]
    assert shown["rows"]["count"] > 0


def test_rows_left_out_by_the_last_load_are_told() -> None:
    assert "luot_quet.xlsx" in words(page.show("", None)["notices"])


def test_the_page_speaks_the_language_of_its_address() -> None:
    assert "Demonstration data" in words(page.show("?lang=en", None)["data_day"])
    assert "Dữ liệu minh họa" in words(page.show("", None)["data_day"])
    rows = page.table_rows({"startRow": 0, "endRow": 1, "sortModel": []}, "?status=violating&lang=en")
    assert rows["rowData"][0]["status_name"] == "Violating"


def test_a_venue_that_does_not_exist_is_told() -> None:
    point, notice = page.open_venue("HD9999", None, "")
    assert point is None
    assert "HD9999" in words(notice)
    point, notice = page.open_venue("HD0001", None, "")
    assert (point["code"], notice) == ("HD0001", None)


def test_one_venue_under_a_click_opens_and_several_do_not() -> None:
    point, _ = page.open_venue("HD0001", None, "")
    assert page.click({"venues": [point["id"]]}) == {"venue": "HD0001"}
    assert page.click({"venues": [point["id"], point["id"] + 1]}) is page.no_update
    assert page.click(None) is page.no_update


@pytest.mark.usefixtures("outage")
def test_an_outage_is_told_and_asked_about_again_soon() -> None:
    _, moment, notice, interval = page.open_page("/", "")
    assert moment is None
    assert interval == 3_000
    assert "Không kết nối được cơ sở dữ liệu" in words(notice)
    _, notice, interval = page.beat(1, None, None, "?lang=en")
    assert "out of reach" in words(notice)
    assert interval == 3_000


def test_after_an_outage_everything_is_asked_again() -> None:
    _, before, _, _ = page.open_page("/", "")
    assert page.beat(1, before, None, "")[0] is page.no_update
    after, notice, interval = page.beat(2, before, "an outage stands on the page", "")
    assert after["turn"] == before["turn"] + 1
    assert (notice, interval) == (None, 30_000)


def test_new_data_are_noticed(database: str) -> None:
    _, before, _, _ = page.open_page("/", "")
    with psycopg.connect(database) as conn:
        conn.execute("UPDATE clock SET version = version + 1")
    after, _, _ = page.beat(1, before, None, "")
    assert after["version"] == before["version"] + 1


@pytest.fixture
def client() -> FlaskClient:
    from app import server

    return accounts.client(server)


def test_no_callback_speaks_of_a_component_that_cannot_be_there() -> None:
    from app import app

    client = accounts.client(app.server)
    assert client.get("/_dash-dependencies").status_code == 200  # lays out and validates
    assert app.config.suppress_callback_exceptions is False

    def walk(component: Any) -> Iterator[str]:
        if isinstance(component, Component):
            if isinstance(getattr(component, "id", None), str):
                yield component.id
            yield from walk(getattr(component, "children", None))
        elif isinstance(component, list | tuple):
            for child in component:
                yield from walk(child)

    present = list(walk(app.validation_layout))
    named = {
        part["id"]
        for callback in app.callback_map.values()
        for part in [*callback["inputs"], *callback["state"]]
        if isinstance(part["id"], str)
    }
    assert named <= set(present)
    assert len(present) == len(set(present))
    assert ids.MAP in present


def test_an_error_inside_is_not_shown_outside(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object) -> None:
        raise RuntimeError("the password is hunter2")

    monkeypatch.setattr("callbacks.exports.data_span", broken)
    answer = client.get("/exports/venues.csv")
    assert answer.status_code == 500
    assert "hunter2" not in answer.get_data(as_text=True)
    assert "nhật ký" in answer.get_data(as_text=True)


@pytest.mark.usefixtures("outage")
def test_a_file_during_an_outage_is_a_503(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("callbacks.exports.app_connection", no_database)
    answer = client.get("/exports/venues.csv")
    assert answer.status_code == 503
    assert "Không kết nối được cơ sở dữ liệu" in answer.get_data(as_text=True)


@pytest.mark.parametrize("address", ["/", "/exports/venues.csv", "/no/such/page", "/statuses.css"])
def test_every_answer_carries_the_headers(client: FlaskClient, address: str) -> None:
    headers = client.get(address).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe-eval" not in policy
    assert "'unsafe-inline'" not in policy.split("style-src")[0]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize(("address", "lang"), [("/", "vi"), ("/?lang=en", "en"), ("/?lang=%22%3E%3Cscript%3E", "vi")])
def test_the_document_is_in_the_language_of_its_address(client: FlaskClient, address: str, lang: str) -> None:
    text = client.get(address).get_data(as_text=True)
    assert f'<html lang="{lang}">' in text
    assert "<script>" not in text.split("<footer>")[0]
    assert "//cdn" not in text
    assert "unpkg" not in text


def test_connections_are_given_back() -> None:
    for _ in range(12):  # more than the pool holds
        page.show("", None)
    with connection.app_connection() as conn:
        assert conn.execute("SELECT 1 AS one").fetchone() == {"one": 1}
