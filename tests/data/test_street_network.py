"""Distances along streets against those of a small grid counted by hand, and without pgRouting."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyproj
import pytest
from shapely.geometry import LineString

from data.access.caller import acting_as
from data.cluster.server import Cluster
from data.database.connection import Connection, app_connection
from data.queries import street_network
from data.queries.street_network import Matrix, straight_metres, travel_matrix
from data.reference.travel import DETOUR, KMH
from tests.etl.loading.files import load_file
from tests.etl.loading.street_files import at, line, streets, write
from tests.fixtures.databases import DISTRICT

_degrees = pyproj.Transformer.from_crs(32648, 4326, always_xy=True)


def place(east: float, north: float, off: float = 0.0) -> tuple[float, float]:
    """Longitude and latitude of a place of the grid (blocks of 200 m), ``off`` metres to its north."""
    x, y = at(east, north)
    lon, lat = _degrees.transform(x, y + off)
    return float(lon), float(lat)


@pytest.fixture(scope="module")
def network(database: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A grid of three streets each way (the southern one-way to the east), an alley for people on foot across a
    block, and a one-way street that leads away and ends.
    """
    alley = (line((0, 1), (1, 2)), {"name": "Ngõ", "highway": "footway"})
    away = (line((2, 2), (3, 2)), {"name": "Đi mãi", "oneway": "yes", "highway": "residential"})
    frame = streets(alley, away)
    frame["highway"] = frame["highway"].fillna("residential")
    load_file(write(frame, tmp_path_factory.mktemp("streets") / "duong.gpkg"))
    return database


@pytest.fixture
def reader(network: str) -> Iterator[Connection]:
    """The app's own connection, of somebody who is signed in."""
    with acting_as(DISTRICT), app_connection() as conn:
        yield conn


def matrix(conn: Connection, *points: tuple[float, float], travel: str = "motorbike") -> Matrix:
    found = travel_matrix(conn, points, travel)  # type: ignore[arg-type]
    assert found is not None
    return found


def metres(found: Matrix) -> list[list[int]]:
    return [[round(value, -1) for value in row] for row in found.metres.tolist()]  # type: ignore[misc]


def test_along_the_streets_and_round_a_one_way_street(reader: Connection) -> None:
    corners = (place(0, 0), place(2, 0), place(0, 2))
    found = matrix(reader, *corners)
    assert metres(found) == [[0, 400, 400], [800, 0, 800], [400, 800, 0]]
    assert found.seconds == pytest.approx(found.metres / (KMH["motorbike"] / 3.6))
    assert (found.on_streets, found.off_network, found.unreachable, found.far) == (6, 0, 0, 0)
    assert metres(matrix(reader, *corners, travel="foot")) == [[0, 400, 400], [400, 0, 800], [400, 800, 0]]


def test_an_alley_is_for_people_on_foot(reader: Connection) -> None:
    ends = (place(0, 1), place(1, 2))
    assert metres(matrix(reader, *ends)) == [[0, 400], [400, 0]]
    assert metres(matrix(reader, *ends, travel="foot")) == [[0, 280], [280, 0]]


def test_points_between_junctions_beside_the_street_and_at_the_same_place(reader: Connection) -> None:
    first, second = place(0.25, 1), place(1.75, 1, off=40)
    found = matrix(reader, first, second, first)
    way = 300 + 40 * DETOUR
    assert found.metres == pytest.approx(np.array([[0, way, 0], [way, 0, way], [0, way, 0]]), abs=1)
    # Both on one one-way street: forth along it, back round the block.
    found = matrix(reader, place(0.25, 0), place(0.75, 0))
    assert found.metres == pytest.approx(np.array([[0, 100], [50 + 200 + 200 + 200 + 50, 0]]), abs=1)
    # Nearer to each other than to the street: straight.
    found = matrix(reader, place(0.5, 1, off=80), place(0.55, 1, off=80))
    assert found.metres[0, 1] == pytest.approx(10 * DETOUR, abs=0.1)
    assert found.on_streets == 0


def test_where_no_way_leads_and_where_no_street_is_the_line_is_straight_and_counted(reader: Connection) -> None:
    end, corner, far = place(3, 2), place(1, 1), place(6, 2)
    found = matrix(reader, end, corner, far)
    straight = straight_metres(*np.array([end, corner, far]).T) * DETOUR
    assert (found.off_network, found.unreachable, found.on_streets) == (1, 1, 1)
    assert found.metres[1, 0] == pytest.approx(200 + 400, abs=1)
    assert found.metres[0, 1] == pytest.approx(straight[0, 1])
    assert found.metres[2] == pytest.approx(straight[2])
    assert straight[0, 1] == pytest.approx(np.hypot(400, 200) * DETOUR, rel=0.002)


def test_of_many_points_far_pairs_are_straight_and_at_least_so_far(
    reader: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(street_network, "ALL_PAIRS", 2)
    monkeypatch.setattr(street_network, "FAR_M", 500.0)
    found = matrix(reader, place(0, 0), place(2, 0), place(2, 2))
    assert metres(found) == [[0, 400, 760], [540, 0, 400], [760, 400, 0]]
    assert (found.on_streets, found.far, found.unreachable) == (3, 3, 0)


def test_all_points_are_asked_for_in_several_questions(reader: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    places = [place(east, north) for east in (0, 0.4, 1, 1.7, 2) for north in (0, 1, 2)]
    at_once = matrix(reader, *places)
    monkeypatch.setattr(street_network, "_AT_ONCE", 4)
    assert np.array_equal(matrix(reader, *places).metres, at_once.metres)
    assert at_once.on_streets == 15 * 14


def test_without_a_network_or_without_points_there_is_none(fresh_database: str, conn: Connection) -> None:
    assert travel_matrix(conn, [place(0, 0), place(1, 1)], "foot") is None
    assert travel_matrix(conn, [], "foot") is None


def test_without_pgrouting_there_is_none_and_files_load_all_the_same(
    test_cluster: Cluster, fresh_database: str, conn: Connection, tmp_path: Path
) -> None:
    name = conn.info.dbname
    test_cluster.sql("DROP EXTENSION IF EXISTS pgrouting;", database=name)
    assert load_file(write(streets(), tmp_path / "a.gpkg")).accepted == 6
    assert travel_matrix(conn, [place(0, 0), place(1, 1)], "foot") is None


def test_what_is_drawn_as_points_on_a_line_is_a_street_like_any_other(
    fresh_database: str, conn: Connection, tmp_path: Path
) -> None:
    """A ring: a street that begins and ends at one junction."""
    ring = LineString([at(0, 0), at(1, 0), at(1, 1), at(0, 1), at(0, 0)])
    frame = streets((ring, {"name": "Vòng"}), (line((0, 0), (-1, 0)), {"name": "Lối vào"}))[6:]
    load_file(write(frame, tmp_path / "a.gpkg"))
    found = matrix(conn, place(-1, 0), place(1, 1), place(0.5, 0))
    assert metres(found) == [[0, 600, 300], [600, 0, 300], [300, 300, 0]]
