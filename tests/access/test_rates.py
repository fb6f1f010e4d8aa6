"""Who asks too often is told so, alone, and only until the minute is over."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from psycopg.rows import dict_row

from callbacks import ids
from callbacks.access import rates
from data.access.network import network
from data.project import ROOT
from data.settings import get_settings
from data.texts.catalogue import t
from tests.access import asking
from tests.fixtures import accounts


@pytest.fixture
def server(demo_database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The app, counting from nothing, in a minute that does not end during the test."""
    from app import server

    monkeypatch.setenv("RATE_LIMITS", "1")
    get_settings.cache_clear()
    monkeypatch.setattr(rates, "_counted", rates.Counts(None))
    monkeypatch.setattr(rates, "MINUTE", 10**9)
    with psycopg.connect(demo_database, row_factory=dict_row) as conn:
        accounts.sign_in(conn, "district_command", "rates-other")
    yield server
    get_settings.cache_clear()


def bounded(monkeypatch: pytest.MonkeyPatch, kind: rates.Kind, most: int) -> None:
    monkeypatch.setitem(rates.A_MINUTE, kind, most)


def said(answer: Any, lang: str = "vi") -> str:
    seconds = int(answer.headers["Retry-After"])
    assert 0 < seconds <= rates.MINUTE
    return t("error.too_many", lang, seconds=seconds)


def test_pages_scripts_and_callbacks_are_told_each_in_their_way(server: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    bounded(monkeypatch, "any", 3)
    client = accounts.client(server)
    beat = next(thing for thing in asking.callbacks(client, "/") if f"{ids.MOMENT}.data" in thing.name)
    assert asking.ask(client, beat).status_code == 200
    assert client.get("/review/wards").status_code == 200
    shown = client.get("/account/", headers={"Accept": "text/html"})
    assert shown.status_code == 429
    assert said(shown) in shown.text
    english = client.get("/account/?lang=en", headers={"Accept": "text/html"})
    assert said(english, "en") in english.text
    client.delete_cookie("lang")  # it would be remembered
    script = client.get("/review/wards")
    assert (script.status_code, script.json) == (429, {"error": "too_many", "sentence": said(script)})
    callback = asking.ask(client, beat)
    assert callback.status_code == 200
    assert t("error.too_many", "vi", seconds=1).split(";")[0] in json.dumps(callback.json, ensure_ascii=False)


def test_only_who_asks_too_often_waits_and_tiles_never_do(server: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    bounded(monkeypatch, "any", 1)
    client, other, stranger = accounts.client(server), accounts.client(server, "rates-other"), server.test_client()
    assert client.get("/account/").status_code == 200
    assert client.get("/account/").status_code == 429
    assert other.get("/account/").status_code == 200
    assert stranger.get("/sign-in").status_code == 200
    assert stranger.get("/sign-in").status_code == 429  # of the same address, and of nobody
    assert stranger.post("/sign-out").status_code == 303
    for address in ("/tiles/venues/12/3250/1803.mvt", "/statuses.css", "/assets/favicon.svg", "/field/", "/healthz"):
        for _ in range(3):
            assert client.get(address).status_code in (200, 204), address


@pytest.mark.parametrize(
    ("kind", "method", "address"),
    [
        ("document", "GET", "/exports/venues.csv"),
        ("document", "GET", "/exports/violators.csv"),
        ("document", "GET", "/exports/poster.svg"),
        ("document", "GET", "/imports/files/" + "0" * 64),
        ("upload", "POST", "/imports/uploads"),
        ("photo", "POST", "/field/photos"),
    ],
)
def test_what_is_dear_has_a_bound_of_its_own(
    kind: rates.Kind, method: str, address: str, server: Flask, monkeypatch: pytest.MonkeyPatch, demo_database: str
) -> None:
    with psycopg.connect(demo_database, row_factory=dict_row) as conn:
        accounts.sign_in(conn, "police", "rates-police")
    client = accounts.client(server, "rates-police" if kind == "photo" else None)
    headers = {"Tus-Resumable": "1.0.0", "Sec-Fetch-Site": "same-origin"}
    assert client.open(address, method=method, headers=headers).status_code != 429
    bounded(monkeypatch, kind, 1)
    refused = client.open(address, method=method, headers=headers)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= rates.MINUTE
    assert client.get("/account/").status_code == 200


def test_a_search_is_counted_for_itself(server: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    bounded(monkeypatch, "search", 1)
    client = accounts.client(server)
    typed = {(ids.TYPED, "data"): "phở"}
    suggest = next(thing for thing in asking.callbacks(client, "/", typed) if f"{ids.SUGGESTIONS}." in thing.name)
    refusal = t("error.too_many", "vi", seconds=1).split(";")[0]
    answers = [json.dumps(asking.ask(client, suggest).json, ensure_ascii=False) for _ in range(2)]
    assert [refusal in answer for answer in answers] == [False, True]


def test_what_is_refused_is_counted_by_address_and_shuts_out_nobody_who_is_known(
    server: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    bounded(monkeypatch, "refused", 2)
    script, client = server.test_client(), accounts.client(server)
    script.set_cookie("session", "of nobody")
    tile = "/tiles/venues/12/3250/1803.mvt"
    foreign = script.post("/imports/uploads", headers={"Sec-Fetch-Site": "cross-site"})
    assert [foreign.status_code, script.get("/review/wards").status_code] == [403, 401]
    for address in ("/review/wards", tile):
        refused = script.get(address)
        assert refused.status_code == 429
        said(refused)
    assert script.post("/imports/uploads", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 429
    assert {client.get(address).status_code for address in ("/account/", "/review/wards", tile)} <= {200, 204}
    person = script.get("/", headers={"Accept": "text/html"})
    assert (person.status_code, person.headers["Location"][:8]) == (303, "/sign-in")


def test_who_is_known_is_counted_when_refused(server: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    bounded(monkeypatch, "any", 1)
    client = accounts.client(server)
    assert [client.get("/accounts/").status_code for _ in range(2)] == [403, 429]


def test_workers_count_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "asked.sqlite"
    here = rates.Counts(file)
    assert [here.one_more("any", "account 1", 7) for _ in range(2)] == [1, 2]
    worker = (
        "import pathlib, sys; from callbacks.access.rates import Counts;"
        " print(Counts(pathlib.Path(sys.argv[1])).one_more('any', 'account 1', 7))"
    )
    command = [sys.executable, "-c", worker, str(file)]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "3"
    monkeypatch.setattr(os, "getpid", lambda: 1)  # forked: the connection of before is not used
    assert here.one_more("any", "account 1", 7) == 4
    assert here.one_more("any", "account 2", 7) == here.one_more("search", "account 1", 7) == 1
    assert [here.one_more("any", "account 1", minute) for minute in (8, 8)] == [1, 2]
    with sqlite3.connect(file) as conn:
        assert conn.execute("SELECT DISTINCT minute FROM asked").fetchall() == [(8,)]


def test_where_they_cannot_each_worker_counts_for_itself(tmp_path: Path) -> None:
    counts = rates.Counts(tmp_path / "missing" / "asked.sqlite")
    assert [counts.one_more("any", "account 1", 7) for _ in range(2)] == [1, 2]
    (tmp_path / "missing").mkdir()
    assert [counts.one_more("any", "account 1", 7) for _ in range(2)] == [1, 2]


def test_switched_off_nothing_is_counted(server: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    bounded(monkeypatch, "any", 1)
    monkeypatch.setenv("RATE_LIMITS", "0")
    get_settings.cache_clear()
    client = accounts.client(server)
    assert {client.get("/account/").status_code for _ in range(3)} == {200}


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.113.0.7", "203.113.0.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("::ffff:203.113.0.7", "203.113.0.7"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_who_holds_a_network_of_ipv6_is_counted_as_one(address: str, counted: str) -> None:
    assert network(address) == counted
