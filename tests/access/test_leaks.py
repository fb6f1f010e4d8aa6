"""The app's own checks taken away: whatever is asked, row-level security still shows nobody what is not theirs.

Everything that can be asked (``tests.access.asking``) is asked about venues of other wards, and each answer is read for
them: by name and code, by their ids in tiles, and for telephones of anybody.
"""

import gzip
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient
from psycopg.rows import dict_row

from callbacks.server.stated import Stated
from data.access.roles import ROLES
from data.database.connection import Connection
from tests.access import asking
from tests.callbacks.vector_tile import read_tile
from tests.fixtures import accounts

WARD_ROLES = ("ward_officer", "ward_chair", "managing_body")
SCREENS = {
    "culture_office": ("/", "/imports/", "/quality/", "/desk/", "/effects/"),
    "police": ("/priority/", "/inspections/"),
}
"""Screens by who may open them, and so be told of their callbacks."""
DISTRICT = (9, 406, 225)
"""A tile that holds all of it."""


@dataclass(frozen=True)
class Theirs:
    """What must not be seen: venues outside the caller's ward; ``asked`` is the one that questions name themselves."""

    ward: int
    own: str
    asked: dict[str, Any]
    names: frozenset[str]
    ids: frozenset[int]
    phones: frozenset[str]


@pytest.fixture(scope="module")
def owner(demo_database: str) -> Iterator[Connection]:
    with psycopg.connect(demo_database, row_factory=dict_row, autocommit=True) as conn:
        yield conn


@pytest.fixture(scope="module")
def theirs(owner: Connection) -> Theirs:
    ward = owner.execute(
        "SELECT ward_id FROM venue WHERE ward_id IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1"
    ).fetchone()["ward_id"]
    own = owner.execute("SELECT code, name FROM venue WHERE ward_id = %s ORDER BY code", (ward,)).fetchall()
    others = owner.execute(
        "SELECT id, code, name, ST_X(geom) AS lon, ST_Y(geom) AS lat FROM venue"
        " WHERE ward_id IS DISTINCT FROM %s AND geom IS NOT NULL ORDER BY code",
        (ward,),
    ).fetchall()
    for role in ROLES:
        accounts.sign_in(owner, role, f"leak-{role}", wards=[ward], units=[own[0]["code"]])
    # Chains have one name in several wards, and some names are the beginning of others: codes tell them apart.
    shared = "\n".join(row["name"] for row in own)
    names = {row["code"] for row in others[1:]} | {row["name"] for row in others if row["name"] not in shared}
    phones = {row["phone"] for row in owner.execute("SELECT phone FROM venue_contact WHERE phone <> ''")}
    ids = frozenset(row["id"] for row in others)
    return Theirs(ward, own[0]["code"], others[0], frozenset(names), ids, frozenset(phones))


@pytest.fixture
def unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The app lets everybody do everything; who they are is still found out."""
    monkeypatch.setattr(Stated, "is_met", lambda _stated: True)


def questions(theirs: Theirs, server: Any) -> list[asking.Asked]:
    """Everything, about the venue of another ward where it is about one."""
    asked, code = theirs.asked, theirs.asked["code"]
    values = {
        ("typed", "data"): asked["name"],
        ("venue", "data"): code,
        ("map-click", "data"): {"venues": [asked["id"]]},
        ("move", "data"): {"venue": code, "lon": asked["lon"], "lat": asked["lat"]},
        ("drawer-state", "data"): {"search": "", "venue": code, "level": "venue", "place": None},
        ("table", "getRowsRequest"): {"startRow": 0, "endRow": 500, "sortModel": []},
        ("quality-url", "search"): "?line=unlocated",
    }
    found = [thing for thing in asking.routes(server, code) if "sign" not in thing.name and "account" not in thing.name]
    for role, prefixes in SCREENS.items():
        for prefix in prefixes:
            found += asking.callbacks(accounts.client(server, f"leak-{role}"), prefix, values)
    forms = {"remind": {"reason": "no_qr"}, "refer": {"to": "UBND", "for_what": "x"}, "request_suspension": {}}
    for key, form in forms.items():
        body = {"venues": [code], "form": form, "client": str(uuid.uuid4())}
        found.append(
            asking.Asked(f"{key} preview", f"/actions/{key}/preview", "POST", body)
        )  # of which nothing is kept
    addresses = (f"/cases/?venue={code}", f"/actions/venues?q={code}", f"/inspections/search.json?q={code}")
    return found + [asking.Asked(address, address, "GET") for address in addresses]


def shown(answer: Any) -> str:
    body = gzip.decompress(answer.data) if answer.headers.get("Content-Encoding") == "gzip" else answer.data
    text: str = body.decode("utf-8", "replace")
    return json.dumps(answer.json, ensure_ascii=False) if answer.is_json else text


def leaks(client: FlaskClient, theirs: Theirs, server: Any) -> list[str]:
    found = []
    for thing in questions(theirs, server):
        text = shown(asking.ask(client, thing))
        seen = [name for name in theirs.names | theirs.phones if name in text]
        found += [f"{thing.name}: {', '.join(sorted(seen)[:3])}"] if seen else []
    z, x, y = DISTRICT
    tile = client.get(f"/tiles/venues/{z}/{x}/{y}.mvt", headers={"Accept-Encoding": "identity"})
    for layer in read_tile(tile.data).values() if tile.status_code == 200 else ():
        ids = {feature.properties.get("id") for feature in layer.features} & theirs.ids
        found += [f"tile: {len(ids)} venues"] if ids else []
    return found


@pytest.mark.parametrize("role", [*WARD_ROLES, "admin"])
def test_a_callback_without_its_check_still_leaks_nothing(role: str, unchecked: None, theirs: Theirs) -> None:
    from app import server

    assert not leaks(accounts.client(server, f"leak-{role}"), theirs, server)


def test_nobody_sees_anything_even_without_the_gate(
    unchecked: None, theirs: Theirs, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app import server

    monkeypatch.setitem(
        server.before_request_funcs,
        None,
        [function for function in server.before_request_funcs[None] if "access" not in function.__module__],
    )
    nobody = server.test_client()
    assert nobody.get("/exports/venues.csv").status_code == 200  # the gate is gone indeed
    assert not leaks(nobody, theirs, server)
    assert theirs.own not in shown(nobody.get("/exports/venues.csv"))


def test_the_questions_would_find_a_leak(theirs: Theirs) -> None:
    """Asked by somebody who may see the whole district, they find much: the test can fail."""
    from app import server

    found = leaks(accounts.client(server, "leak-culture_office"), theirs, server)
    told = " ".join(found)
    for part in ("/exports/venues.csv", "/exports/violators", "suggestions", "getRowsResponse", "drawer-body", "tile:"):
        assert part.replace(".csv", ".<kind>") in told or part in told, part


def test_nothing_is_written_without_the_right(unchecked: None, theirs: Theirs, owner: Connection) -> None:
    from app import server

    before = owner.execute("SELECT (SELECT count(*) FROM job) AS jobs, (SELECT count(*) FROM received_file) AS files")
    counts = before.fetchone()
    for role in (*WARD_ROLES, "police", "economy_office", "district_command", "admin"):
        client = accounts.client(server, f"leak-{role}")
        for thing in questions(theirs, server):
            if thing.method != "GET":
                asking.ask(client, thing)
    after = owner.execute("SELECT (SELECT count(*) FROM job) AS jobs, (SELECT count(*) FROM received_file) AS files")
    assert after.fetchone() == counts
