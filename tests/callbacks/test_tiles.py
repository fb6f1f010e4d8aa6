import datetime as dt
import gzip
import time
from collections import Counter

import brotli
import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from callbacks.map import tiles
from data.database.connection import Connection
from data.queries import tiles as queries
from data.queries.tiles import UNSURE_FROM_ZOOM
from data.vocabulary import STATUSES
from tests.callbacks.map_world import CHANGE, DAY_BEFORE, TODAY, fill, tile_of, tiles_of_district
from tests.callbacks.vector_tile import Feature, read_tile

VENUES = 700


@pytest.fixture(scope="module")
def world(database: str) -> str:
    with psycopg.connect(database, row_factory=psycopg.rows.dict_row) as conn:
        fill(conn, VENUES)
    return database


@pytest.fixture
def client(world: str) -> FlaskClient:
    server = Flask(__name__)
    tiles.register(server)
    return server.test_client()


def features(client: FlaskClient, z: int, query: str = "", layer: str = "venues", within: str = "") -> list[Feature]:
    """All features of a zoom that lie in their own tile, as the map draws them: none twice, none lost between tiles."""
    found = []
    for x, y in tiles_of_district(z):
        answer = client.get(f"/tiles/{layer}/{z}/{x}/{y}.mvt{query}")
        assert answer.status_code == 200, answer.text
        assert answer.mimetype == "application/vnd.mapbox-vector-tile"
        layers = read_tile(answer.data)
        assert set(layers) <= ({layer, "unsure"} if layer == "venues" and z >= UNSURE_FROM_ZOOM else {layer})
        wanted = layers.get(within or layer)
        found += wanted.features if wanted else []
    return [f for f in found if f.point is None or all(0 <= place < 4096 for place in f.point)]


def expected(conn: Connection, day: dt.date, condition: str = "true") -> dict[int, str]:
    rows = conn.execute(
        f"""
        SELECT v.id, p.status::text AS status FROM venue AS v
        JOIN status_period AS p ON p.venue_id = v.id AND %s BETWEEN p.from_day AND p.to_day
        LEFT JOIN ward AS w ON w.id = v.ward_id
        WHERE v.geom IS NOT NULL AND {condition}
        """,  # noqa: S608  # conditions of this module
        (day,),
    )
    return {row["id"]: row["status"] for row in rows}


@pytest.mark.parametrize("z", [10, 12, 14])
@pytest.mark.parametrize("day", [TODAY, CHANGE, DAY_BEFORE])
def test_every_venue_is_drawn_once_with_its_status_of_the_day(
    client: FlaskClient, conn: Connection, z: int, day: dt.date
) -> None:
    drawn = features(client, z, f"?day={day}")
    assert len(drawn) == len({f.properties["id"] for f in drawn})
    assert {f.properties["id"]: f.properties["status"] for f in drawn} == expected(conn, day)


def test_a_tile_without_a_day_is_of_the_current_one(client: FlaskClient) -> None:
    x, y = tile_of(105.77, 20.96, 12)
    assert (
        client.get(f"/tiles/venues/12/{x}/{y}.mvt").data == client.get(f"/tiles/venues/12/{x}/{y}.mvt?day={TODAY}").data
    )


def test_a_tile_says_id_status_category_and_ward_and_nothing_else(client: FlaskClient, conn: Connection) -> None:
    drawn = {f.properties["id"]: f.properties for f in features(client, 12)}
    rows = conn.execute("SELECT v.id, v.category, w.code FROM venue AS v LEFT JOIN ward AS w ON w.id = v.ward_id")
    stored = {row["id"]: (row["category"], row["code"]) for row in rows}
    assert {frozenset(properties) for properties in drawn.values()} == {
        frozenset({"id", "status", "category", "ward"}),
        frozenset({"id", "status", "category"}),  # no ward
    }
    assert all((p["category"], p.get("ward")) == stored[id_] for id_, p in drawn.items())


@pytest.mark.parametrize(
    ("query", "condition"),
    [
        ("status=violating,reminded", "p.status IN ('violating', 'reminded')"),
        ("ward=09538", "w.code = '09538'"),
        ("ward=none", "v.ward_id IS NULL"),
        ("category=point_of_sale", "v.category IN (SELECT code FROM category WHERE is_point_of_sale)"),
        ("q=QUÁN+1", "v.search_text LIKE '%%quan%%' AND v.search_text LIKE '%%1%%'"),
        (
            "area=105.75,20.93;105.78,20.93;105.78,20.96;105.75,20.96",
            "v.geom && ST_MakeEnvelope(105.75,20.93,105.78,20.96,4326)",
        ),
    ],
)
def test_filters_of_the_page_mean_the_same_in_a_tile(
    client: FlaskClient, conn: Connection, query: str, condition: str
) -> None:
    drawn = {f.properties["id"]: f.properties["status"] for f in features(client, 16, f"?day={CHANGE}&{query}")}
    assert drawn == expected(conn, CHANGE, condition)
    assert drawn


def test_wards_carry_the_counts_of_the_day(client: FlaskClient, conn: Connection) -> None:
    for day in (TODAY, DAY_BEFORE):
        drawn = {f.properties["code"]: f.properties for f in features(client, 10, f"?day={day}", "wards")}
        rows = conn.execute(
            "SELECT w.code, p.status::text AS status, count(*)"
            " FROM status_period AS p JOIN ward AS w ON w.id = p.ward_id"
            " WHERE %s BETWEEN p.from_day AND p.to_day GROUP BY 1, 2",
            (day,),
        ).fetchall()
        assert len(drawn) == 17
        for code, properties in drawn.items():
            counts = {row["status"]: row["count"] for row in rows if row["code"] == code}
            assert {status: properties[status] for status in STATUSES} == {s: counts.get(s, 0) for s in STATUSES}
            assert properties["total"] == sum(counts.values())
            assert properties["compliant"] == counts.get("scanning", 0)
            assert properties["area_km2"] > 0
    names = conn.execute("SELECT code, name FROM ward").fetchall()
    assert {code: p["name"] for code, p in drawn.items()} == {row["code"]: row["name"] for row in names}


def test_the_name_of_a_ward_stands_inside_it(client: FlaskClient, conn: Connection) -> None:
    answer = client.get("/tiles/wards.geojson")
    collection = answer.get_json(force=True)
    assert (collection["day"], collection["thinned"]) == (TODAY.isoformat(), False)
    assert len(collection["features"]) == 17
    for feature in collection["features"]:
        row = conn.execute(
            "SELECT ST_Contains(geom, ST_SetSRID(ST_Point(%s, %s), 4326)) AS inside, name FROM ward WHERE code = %s",
            (*feature["geometry"]["coordinates"], feature["properties"]["code"]),
        ).fetchone()
        assert row == {"inside": True, "name": feature["properties"]["name"]}
        assert feature["properties"]["approximate"] is True


def test_an_unchanged_tile_is_answered_without_asking_for_it(
    client: FlaskClient, conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    x, y = tile_of(105.77, 20.96, 12)
    address = f"/tiles/venues/12/{x}/{y}.mvt?day={TODAY}&v=1"
    first = client.get(address)
    # A cache that is empty: only the ETag may save the question.
    client.application.extensions["tiles"] = tiles.TileMemory(tiles.TileClock(), tiles.TileCache())
    with monkeypatch.context() as patched:
        patched.setattr(queries, "venue_tile", lambda *_: pytest.fail("the database was asked for the tile"))
        again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]

    conn.execute("UPDATE clock SET version = version + 1")
    conn.commit()
    client.application.extensions["tiles"] = tiles.TileMemory(tiles.TileClock(), tiles.TileCache())
    changed = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != first.headers["ETag"]


def test_a_change_reaches_the_tiles_within_a_second_and_a_half(
    client: FlaskClient, conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    before = client.get("/tiles/wards.geojson").headers["ETag"]
    conn.execute("UPDATE clock SET version = version + 1")
    conn.commit()
    now[0] += 1.5
    assert client.get("/tiles/wards.geojson").headers["ETag"] != before


def test_days_and_filters_have_tiles_of_their_own(client: FlaskClient) -> None:
    x, y = tile_of(105.77, 20.96, 12)
    queries_ = (
        "",
        f"?day={CHANGE}",
        f"?day={DAY_BEFORE}",
        "?status=violating",
        "?ward=09538",
        "?category=point_of_sale",
    )
    etags = Counter(client.get(f"/tiles/venues/12/{x}/{y}.mvt{query}").headers["ETag"] for query in queries_)
    assert set(etags.values()) == {1}
    assert len(etags) == len(queries_)


def test_a_tile_is_compressed_as_the_browser_can_read_it(client: FlaskClient) -> None:
    x, y = tile_of(105.77, 20.96, 12)
    address = f"/tiles/venues/12/{x}/{y}.mvt"
    plain = client.get(address)
    assert "Content-Encoding" not in plain.headers
    packed = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert (packed.headers["Content-Encoding"], gzip.decompress(packed.data)) == ("gzip", plain.data)
    smallest = client.get(address, headers={"Accept-Encoding": "gzip, deflate, br"})
    assert brotli.decompress(smallest.data) == plain.data or gzip.decompress(smallest.data) == plain.data
    assert len(smallest.data) < len(plain.data) / 2
    assert "Accept-Encoding" in smallest.headers["Vary"]


@pytest.mark.parametrize(
    "address",
    [
        "/tiles/venues/12/4096/1803.mvt",
        "/tiles/venues/12/0/4096.mvt",
        "/tiles/venues/23/0/0.mvt",
        "/tiles/venues/-1/0/0.mvt",
        "/tiles/venues/12/1.5/0.mvt",
        "/tiles/venues/12/99999999999999999999/0.mvt",
        "/tiles/venues/१२/0/0.mvt",
        "/tiles/streets/12/3251/1803.mvt",
        "/tiles/venue_contact/12/3251/1803.mvt",
        "/tiles/venues/12/3251/1803.png",
        "/tiles/",
        "/tiles/venues/12/3251/../../../etc/passwd",
    ],
)
def test_an_address_without_a_tile_is_a_sentence(client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 404
    if address != "/tiles/":
        assert answer.text.startswith("Không có ô bản đồ")
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("day=30-11-2021", "Ngày «30-11-2021»"),
        ("day=2021-02-30", "Ngày «2021-02-30»"),
        ("day=2999-01-01", "chưa tới"),
        ("day=2021-12-02", "số liệu chỉ có đến hết ngày"),
        ("day=1999-01-01", "số liệu bắt đầu từ ngày 01/11/2021"),
        ("status=guilty", "Bộ lọc «status»"),
        ("ward=';DROP TABLE venue;--", "Bộ lọc «ward»"),
        ("area=1,2;3", "Vùng chọn"),
    ],
)
def test_a_query_that_cannot_be_read_is_a_sentence(client: FlaskClient, query: str, sentence: str) -> None:
    answer = client.get(f"/tiles/venues/12/3251/1803.mvt?{query}")
    assert answer.status_code == 400
    assert sentence in answer.text


def test_what_lies_at_a_place_is_listed_whole(client: FlaskClient, conn: Connection) -> None:
    lon, lat = 105.75, 20.95
    conn.execute(
        """
        UPDATE venue SET geom = ST_Project(ST_SetSRID(ST_Point(%s, %s), 4326)::geography, metres, 1)::geometry
        FROM (VALUES ('HD101', 0), ('HD102', 0), ('HD103', 9), ('HD104', 14.5), ('HD105', 15.5)) AS near (code, metres)
        WHERE venue.code = near.code
        """,
        (lon, lat),
    )
    conn.commit()
    ids = {row["code"]: row["id"] for row in conn.execute("SELECT code, id FROM venue")}
    near = [ids[f"HD{number}"] for number in (101, 102, 103, 104)]
    place = f"/tiles/nearby.json?lon={lon}&lat={lat}"
    answer = client.get(place).get_json()
    assert (answer["venues"], answer["total"]) == (near, 4)
    assert [line["code"] for line in answer["fan"]] == ["HD101", "HD102", "HD103", "HD104"]
    assert {line["status"] for line in answer["fan"]} <= set(STATUSES)
    assert client.get(f"{place}&metres=1").get_json()["total"] == 4  # never less than 15 m
    assert client.get(f"{place}&metres=16").get_json()["venues"] == [*near, ids["HD105"]]
    status = STATUSES[103 % len(STATUSES)]
    assert client.get(f"{place}&status={status}").get_json() == {"venues": [ids["HD103"]], "total": 1, "fan": []}
    assert client.get("/tiles/nearby.json?lon=0&lat=0").get_json() == {"venues": [], "total": 0, "fan": []}


@pytest.mark.parametrize("query", ["", "lon=1", "lon=x&lat=1", "lon=nan&lat=1", "lon=1&lat=91", "lon=inf&lat=0"])
def test_a_place_that_cannot_be_read_is_a_sentence(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/tiles/nearby.json?{query}")
    assert answer.status_code == 400
    assert "trong địa chỉ không đọc được" in answer.text


def test_the_cache_stays_within_its_bound() -> None:
    cache = tiles.TileCache(most_bytes=2 * (40 + tiles.KEY_BYTES))
    made: list[str] = []

    def get(key: str, size: int = 40) -> bytes:
        def make() -> tiles.Body:
            made.append(key)
            return tiles.Body(b"x" * size, "")

        return cache.get(key, make).content

    for key in ("a", "b", "a", "c", "a", "b"):  # "c" pushes "b" out, which was unused for longest
        assert get(key) == b"x" * 40
    assert made == ["a", "b", "c", "b"]
    assert len(get("large", 1000)) == 1000  # answered, but not kept
    assert get("large", 1000)
    assert made.count("large") == 2


@pytest.mark.parametrize("query", ["", f"?day={DAY_BEFORE}", "?status=violating,reminded,scanning"])
def test_estimated_points_are_a_layer_of_their_own_from_zoom_thirteen(
    client: FlaskClient, world: str, query: str
) -> None:
    with psycopg.connect(world, row_factory=psycopg.rows.dict_row) as conn:
        conn.execute(
            "UPDATE venue SET location = 'street', source_location = 'none' WHERE geom IS NOT NULL AND id % 9 = 0"
        )
        conn.execute("UPDATE clock SET version = version + 1")
    drawn = {venue.properties["id"] for venue in features(client, 13, query)}
    assert drawn
    unsure = {feature.properties["id"]: feature.properties for feature in features(client, 13, query, within="unsure")}
    assert set(unsure) == {number for number in drawn if number % 9 == 0}
    assert {properties["location"] for properties in unsure.values()} == {"street"}
    assert all(set(venue.properties) <= {"id", "status", "category", "ward"} for venue in features(client, 13, query))
    assert features(client, 12, query, within="unsure") == []
