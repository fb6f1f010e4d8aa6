"""What a server process remembers of venues (tiles, ETags, counts) is given to none but those who see the same."""

from dataclasses import replace
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from callbacks.map import tiles
from data.access.caller import Caller, acting_as
from data.database.connection import Connection, app_connection
from data.queries.figures import CubeMemory
from data.queries.filters import Filters
from data.queries.options import options
from data.queries.scope import DISTRICT
from data.queries.tiles import state
from data.queries.violators import violators_on
from tests.callbacks.map_world import tiles_of_district
from tests.callbacks.vector_tile import read_tile
from tests.data.security_world import World, fill

FILTER = "?status=scanning,registered,unregistered,reminded,violating"


@pytest.fixture(scope="module")
def world(own_demo_database: str) -> World:
    with psycopg.connect(own_demo_database, row_factory=psycopg.rows.dict_row) as conn:
        return fill(conn)


@pytest.fixture
def owner(own_demo_database: str, world: World, conn: Connection) -> Connection:
    return conn


@pytest.fixture
def callers(world: World) -> dict[str, Caller]:
    """Everybody whom the app lets look at the map, and one who has no venue."""
    return {
        name: replace(caller, rights=caller.rights | {"view"}) for name, caller in world.callers().items() if caller
    }


@pytest.fixture
def client(world: World) -> FlaskClient:
    server = Flask(__name__)
    tiles.register(server)
    return server.test_client()


def district(client: FlaskClient, query: str = "") -> dict[str, Any]:
    """Every tile of zoom 12 by its place."""
    return {f"{x}/{y}": client.get(f"/tiles/venues/12/{x}/{y}.mvt{query}") for x, y in tiles_of_district(12)}


def drawn(answers: dict[str, Any]) -> set[int]:
    return {
        feature.properties["id"]
        for answer in answers.values()
        for layer in read_tile(answer.data).values()
        for feature in layer.features
    }


def test_a_tile_holds_the_callers_venues_whoever_had_it_made(
    client: FlaskClient, owner: Connection, world: World, callers: dict[str, Caller]
) -> None:
    rows = owner.execute("SELECT id FROM venue WHERE geom IS NOT NULL AND status IS NOT NULL").fetchall()
    on_map = {row["id"] for row in rows}
    for _ in range(2):  # made, then from the cache
        for name, caller in callers.items():
            with acting_as(caller):
                assert drawn(district(client)) == on_map & world.seen_by(caller), name
                assert drawn(district(client, FILTER)) <= on_map & world.seen_by(caller), name


def test_a_tag_answers_only_who_may_see_the_same(client: FlaskClient, callers: dict[str, Caller]) -> None:
    tags: dict[str, dict[str, str]] = {}
    for name, caller in callers.items():
        with acting_as(caller):
            answers = district(client)
        tags[name] = {place: answer.headers["ETag"] for place, answer in answers.items()}
        assert all("private" in answer.headers["Cache-Control"] for answer in answers.values())
    for name, caller in callers.items():
        for other, theirs in tags.items():
            for place, tag in theirs.items():
                with acting_as(caller):
                    answer = client.get(f"/tiles/venues/12/{place}.mvt", headers={"If-None-Match": tag})
                assert answer.status_code == (304 if caller.scope == callers[other].scope else 200), (name, other)


def test_a_scope_is_the_same_however_it_is_written(callers: dict[str, Caller]) -> None:
    two = callers["two wards"]
    assert two.wards is not None
    assert replace(two, wards=tuple(reversed(two.wards)), login="x").scope == two.scope
    assert len({caller.scope for caller in callers.values()}) == len(callers) - 1  # two see the whole district
    assert replace(two, wards=(1, 2), units=(3,)).scope != replace(two, wards=(1,), units=(2, 3)).scope


def test_cubes_options_and_lists_are_the_callers(owner: Connection, world: World, callers: dict[str, Caller]) -> None:
    memory = CubeMemory()
    status = {row["id"] for row in owner.execute("SELECT id FROM venue WHERE status IS NOT NULL")}
    wards = {row["id"]: row["code"] for row in owner.execute("SELECT id, code FROM ward")}
    for _ in range(2):
        for name, caller in callers.items():
            seen = world.seen_by(caller) & status
            with acting_as(caller), app_connection() as conn:
                day = state(conn).day
                assert sum(cell.venues for cell in memory.cube(conn, Filters(day), 1).cells) == len(seen), name
                offered = {ward.code for ward in options(conn, day).wards}
                listed, facts = violators_on(conn, day)
            if caller.wards is None:
                assert offered == set(wards.values())
            else:
                of_units = {ward for unit in caller.units if (ward := world.venues[unit][0])}
                assert offered == {wards[ward] for ward in of_units | set(caller.wards)}
                assert facts.scope != DISTRICT
            assert {row.venue_code for row in listed} <= {world.venues[venue][2] for venue in seen}
