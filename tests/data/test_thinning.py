from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from data.database.connection import Connection
from data.queries.filters import Filters
from data.queries.tiles import Tile, filtered_venue_tile, state, venue_tile
from data.reference.thinning import CELLS_PER_TILE, FIRST_FULL_ZOOM
from tests.callbacks.map_world import CHANGE, DAY_BEFORE, TODAY, fill, tile_of, tiles_of_district
from tests.callbacks.vector_tile import Feature, read_tile

MANY = 52_000


@pytest.fixture(scope="module")
def city(database: str) -> Iterator[Connection]:
    with psycopg.connect(database, row_factory=psycopg.rows.dict_row) as conn:
        fill(conn, MANY)
        yield conn


def drawn(city: Connection, z: int, day: Any = TODAY) -> dict[int, str]:
    now = state(city)
    found = [f for x, y in tiles_of_district(z) for f in points(venue_tile(city, Tile(z, x, y), day, now))]
    assert len(found) == len({f.properties["id"] for f in found})
    return {f.properties["id"]: f.properties["status"] for f in found}


def points(tile: bytes) -> list[Feature]:
    layer = read_tile(tile).get("venues")
    return [f for f in layer.features if f.point and all(0 <= c < 4096 for c in f.point)] if layer else []


def statuses(city: Connection, day: Any) -> dict[int, str]:
    rows = city.execute(
        "SELECT v.id, p.status::text AS status FROM venue AS v JOIN status_period AS p ON p.venue_id = v.id"
        " WHERE %s BETWEEN p.from_day AND p.to_day AND v.geom IS NOT NULL",
        (day,),
    )
    return {row["id"]: row["status"] for row in rows}


def test_a_small_district_is_never_thinned(fresh_database: str) -> None:
    with psycopg.connect(fresh_database, row_factory=psycopg.rows.dict_row) as conn:
        fill(conn, 300)
        assert state(conn).is_thinned is False
        assert conn.execute("SELECT DISTINCT min_zoom FROM venue").fetchall() == [{"min_zoom": 0}]
        # Whoever has been larger before is drawn whole again.
        conn.execute("UPDATE venue SET min_zoom = 15")
        conn.execute("SELECT refresh_min_zoom()")
        assert conn.execute("SELECT DISTINCT min_zoom FROM venue").fetchall() == [{"min_zoom": 0}]


def test_a_thinned_tile_holds_at_most_one_venue_a_cell_besides_the_violating(city: Connection) -> None:
    assert state(city).is_thinned
    for z in range(9, FIRST_FULL_ZOOM):
        for x, y in tiles_of_district(z):
            found = points(venue_tile(city, Tile(z, x, y), TODAY, state(city)))
            thinned = [f for f in found if f.properties["status"] != "violating"]
            assert len(thinned) <= CELLS_PER_TILE**2


@pytest.mark.parametrize("day", [TODAY, CHANGE, DAY_BEFORE])
def test_no_violating_venue_is_ever_left_out(city: Connection, day: Any) -> None:
    violating = {id_ for id_, status in statuses(city, day).items() if status == "violating"}
    for z in (9, 11, 13):
        assert violating <= set(drawn(city, z, day)), z
    assert len(violating) > MANY / 8


def test_what_is_drawn_stays_drawn_on_the_way_in(city: Connection) -> None:
    before: set[int] = set()
    for z in range(9, FIRST_FULL_ZOOM + 1):
        now = set(drawn(city, z))
        assert before <= now
        assert z == FIRST_FULL_ZOOM or len(now) < MANY
        before = now


@pytest.mark.parametrize("day", [TODAY, DAY_BEFORE])
def test_from_zoom_15_on_everything_is_drawn(city: Connection, day: Any) -> None:
    assert drawn(city, FIRST_FULL_ZOOM, day) == statuses(city, day)


def test_thinning_again_changes_nothing(city: Connection) -> None:
    before = city.execute("SELECT id, min_zoom FROM venue ORDER BY id").fetchall()
    city.execute("SELECT refresh_min_zoom()")
    assert city.execute("SELECT id, min_zoom FROM venue ORDER BY id").fetchall() == before


def test_a_filter_is_applied_before_thinning(city: Connection) -> None:
    """Of a rare kind every occupied cell shows one, though the unfiltered tile leaves most of them out."""
    category = city.execute("SELECT category FROM venue ORDER BY id LIMIT 1").fetchone()
    rare = Filters(TODAY, statuses=frozenset({"suspended"}), categories=frozenset({category["category"]}))  # type: ignore[index]
    z = 12
    x, y = tile_of(105.77, 20.96, z)
    kept = points(filtered_venue_tile(city, Tile(z, x, y), rare))
    everything = points(
        filtered_venue_tile(city, Tile(FIRST_FULL_ZOOM, *tile_of(105.77, 20.96, FIRST_FULL_ZOOM)), rare)
    )
    cells = {tuple(place * CELLS_PER_TILE // 4096 for place in f.point or ()) for f in kept}
    assert len(cells) == len(kept) > 0
    asked = {
        row["id"]
        for row in city.execute(
            "SELECT id FROM venue WHERE status = 'suspended' AND category = %s AND geom IS NOT NULL",
            (category["category"],),  # type: ignore[index]
        )
    }
    assert {f.properties["id"] for f in kept} <= asked
    assert everything
    assert {f.properties["id"] for f in everything} <= asked
    unfiltered = {f.properties["id"] for f in points(venue_tile(city, Tile(z, x, y), TODAY, state(city)))}
    assert len(kept) > len(asked & unfiltered)
