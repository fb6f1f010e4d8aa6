"""Venues without coordinates: what their addresses say of where they are, and what a person has decided."""

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.database.connection import loader_connection
from data.desk.jobs import job as job_of
from data.errors import OutsideDistrict, UnknownVenue
from etl.locating import apply_hand_points, relocate
from etl.undo.undo import undo
from etl.worker.jobs import move
from tests.etl.loading.files import LA_KHE, MO_LAO, load_file, one, register, rows

# A straight street through Mộ Lao: a step of 0.00001 degrees (about a metre) a house number, odd numbers to the north.
LON, LAT = 105.7840, 20.9820
STREET = "phố Thử Nghiệm"
LOCATED = (
    "SELECT code, location, round(ST_X(geom)::numeric, 5)::float AS lon, round(ST_Y(geom)::numeric, 5)::float AS lat"
    " FROM venue ORDER BY code"
)


@pytest.fixture(autouse=True)
def _database(fresh_database: str) -> None:
    del fresh_database


def house(number: int, suffix: str = "", ward: str = "Mộ Lao", alley: str = "") -> tuple[object, ...]:
    """A venue with coordinates at a number of the street."""
    north = LAT + (0.0002 if number % 2 else 0.0)
    place = f"Số {number}{suffix} {alley}{STREET}"
    return (f"R{number}{suffix}{alley}", "Quán", place, ward, "", f"{LON + number * 1e-5:.6f}", f"{north:.6f}")


def without(code: str, address: str, ward: str | None = "Mộ Lao") -> tuple[object, ...]:
    return (code, "Quán", address, ward, "", None, None)


def where(code: str) -> tuple[Any, ...]:
    return next(row[1:] for row in rows(LOCATED) if row[0] == code)


HOUSES = [house(number) for number in (2, 10, 20, 40, 1, 11, 21, 41)]


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        (f"Số 20 {STREET}", ("exact", LON + 0.0002, LAT)),
        (f"20 {STREET.upper()}, P. Mộ Lao", ("exact", LON + 0.0002, LAT)),
        (f"Tầng 2, số 20 {STREET}", ("exact", LON + 0.0002, LAT)),
        (f"Số 20B {STREET}", ("interpolated", LON + 0.0002, LAT)),  # a number with another letter is another house
        (f"Số 30 {STREET}", ("interpolated", LON + 0.0003, LAT)),
        (f"Số 31 {STREET}", ("interpolated", LON + 0.00031, LAT + 0.0002)),  # on its own side
        (f"Số 52 {STREET}", ("street", LON + 0.00041, LAT + 0.0002)),  # beyond the last known number, but near it
        (f"{STREET}", ("street", LON + 0.00011, LAT + 0.0002)),
        (f"Số 3 ngõ 30 {STREET}", ("street", LON + 0.0003, LAT)),  # where its alley leaves the street
        ("Số 5 phố Không Ai Biết", ("ward", None, None)),
        ("", ("ward", None, None)),
    ],
)
def test_each_address_is_located_as_surely_as_it_can_be(tmp_path: Path, address: str, wanted: tuple[Any, ...]) -> None:
    load_file(register(tmp_path / "so.csv", *HOUSES, without("A", address)))
    location, lon, lat = where("A")
    assert location == wanted[0]
    assert (lon, lat) == (wanted[1] and round(wanted[1], 5), wanted[2] and round(wanted[2], 5))


def test_an_alley_has_numbers_of_its_own(tmp_path: Path) -> None:
    alley = "ngõ 30 "
    in_alley = [
        ("I1", "Quán", f"Số 2 {alley}{STREET}", "Mộ Lao", "", "105.784300", "20.981000"),
        ("I2", "Quán", f"Số 6 {alley}{STREET}", "Mộ Lao", "", "105.784300", "20.980600"),
    ]
    load_file(register(tmp_path / "so.csv", *HOUSES, *in_alley, without("A", f"4 ngõ 30, {STREET}")))
    assert where("A") == ("interpolated", 105.7843, 20.9808)


def test_a_street_goes_on_in_the_next_ward_but_its_middle_is_in_the_own(tmp_path: Path) -> None:
    """Numbers run through; a street that is only known in another ward says nothing of this one."""
    load_file(register(
        tmp_path / "so.csv", *HOUSES, without("A", f"Số 30 {STREET}", "La Khê"), without("B", STREET, "La Khê"),
        without("C", f"Số 30 {STREET}", "Phường Không Có"),
    ))  # fmt: skip
    assert where("A") == ("ward", None, None)  # 30 lies kilometres outside La Khê: another street of that name
    assert where("B") == ("ward", None, None)
    assert where("C")[0] == "interpolated"  # without a ward, a number between two neighbours is all there is


def test_a_street_that_ships_is_known_without_a_venue_on_it(tmp_path: Path) -> None:
    load_file(register(tmp_path / "so.csv", without("A", "Số 5 phố Bà Triệu", "Nguyễn Trãi")))
    location, lon, lat = where("A")
    assert location == "street"
    assert one(
        "SELECT ST_Contains(w.geom, v.geom) FROM venue AS v JOIN ward AS w ON w.id = v.ward_id WHERE v.code = 'A'"
    ), (lon, lat)


def test_a_point_outside_its_ward_locates_nobody(tmp_path: Path) -> None:
    wrong = ("W", "Quán", f"Số 20 {STREET}", "Mộ Lao", "", *LA_KHE)
    load_file(register(tmp_path / "so.csv", wrong, without("A", f"Số 20 {STREET}")))
    assert where("A") == ("ward", None, None)


def test_coordinates_that_come_later_replace_a_located_point_and_never_the_other_way(tmp_path: Path) -> None:
    load_file(register(tmp_path / "1.csv", *HOUSES, without("A", f"Số 30 {STREET}")))
    load_file(register(tmp_path / "2.csv", ("A", "Quán", f"Số 30 {STREET}", "Mộ Lao", "", *MO_LAO)))
    assert where("A") == ("given", 105.784, 20.982)
    load_file(register(tmp_path / "3.csv", ("A", "Quán"), header=("Mã địa điểm", "Tên địa điểm")))
    assert where("A") == ("given", 105.784, 20.982)
    assert one("SELECT source_location FROM venue WHERE code = 'A'") is None


def test_a_new_neighbour_locates_venues_of_earlier_files(tmp_path: Path) -> None:
    load_file(register(tmp_path / "1.csv", without("A", f"Số 30 {STREET}"), without("B", "Số 9 phố Khác")))
    assert where("A") == ("ward", None, None)
    second = load_file(register(tmp_path / "2.csv", *HOUSES))
    assert where("A") == ("interpolated", round(LON + 0.0003, 5), LAT)
    assert (second.changes.new, second.changes.changed) == (len(HOUSES), 0)
    assert where("B") == ("ward", None, None)


def test_the_register_loaded_again_changes_nothing(tmp_path: Path) -> None:
    some = [*HOUSES, without("A", f"Số 30 {STREET}"), without("B", ""), without("C", STREET)]
    load_file(register(tmp_path / "1.csv", *some))
    before = rows("SELECT * FROM venue ORDER BY id")
    again = load_file(register(tmp_path / "2.csv", *some))
    assert (again.changes.new, again.changes.changed) == (0, 0)
    assert rows("SELECT * FROM venue ORDER BY id") == before
    # A file that says nothing of places leaves them, too.
    codes = [(row[0], row[1]) for row in some]
    again = load_file(register(tmp_path / "3.csv", *codes, header=("Mã địa điểm", "Tên địa điểm")))
    assert again.changes.changed == 0
    assert rows("SELECT * FROM venue ORDER BY id") == before


SOME = [
    *HOUSES, house(20, alley="ngõ 4 "), house(22, alley="ngõ 4 "),
    ("X", "Quán", f"Số 30 {STREET}", "Mộ Lao", "", *MO_LAO),
    *(without(f"A{n}", f"Số {n} {STREET}") for n in (20, 25, 30, 52, 300)), without("B", f"21 ngõ 4 {STREET}"),
    without("C", STREET), without("D", ""), without("E", f"Số 25 {STREET}", None),
]  # fmt: skip


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(SOME), cut=st.integers(1, len(SOME) - 1))
def test_neither_the_order_of_rows_nor_of_files_matters(
    tmp_path: Path, order: list[Sequence[object]], cut: int
) -> None:
    with loader_connection() as conn:
        conn.execute("TRUNCATE venue, load CASCADE")
    load_file(register(tmp_path / f"{random.random()}.csv", *SOME))
    wanted = rows(LOCATED)
    with loader_connection() as conn:
        conn.execute("TRUNCATE venue, load CASCADE")
    load_file(register(tmp_path / f"{random.random()}.csv", *order[:cut]))
    load_file(register(tmp_path / f"{random.random()}.csv", *order[cut:]))
    assert rows(LOCATED) == wanted
    with loader_connection() as conn:
        assert relocate(conn) == set()


# --- Moved by hand ---------------------------------------------------------------------------------------------------


def moved(venue: str, lon: float | None = None, lat: float | None = None) -> dict[str, Any]:
    """The job done as the worker does it."""
    payload = {"venue": venue, "back": True} if lon is None else {"venue": venue, "lon": lon, "lat": lat}
    with loader_connection() as conn:
        row = conn.execute(
            "INSERT INTO job (kind, payload, asked_by) VALUES ('move', %s, 'chị Lan') RETURNING id",
            (json.dumps(payload),),
        ).fetchone()
    with loader_connection() as conn:
        asked = job_of(conn, row["id"] if row else 0)
    assert asked
    return move.run(asked, lambda _step, _text: None)


def test_a_point_moved_by_hand_survives_every_load_and_comes_back(tmp_path: Path) -> None:
    file = register(tmp_path / "1.csv", *HOUSES, without("A", f"Số 30 {STREET}"), without("B", f"Số 32A {STREET}"))
    load_file(file)
    version = one("SELECT version FROM clock")
    result = moved("R40", 105.7850, 20.9825)
    assert (result["location"], result["outside_ward"]) == ("hand", False)
    assert one("SELECT version FROM clock") > version
    assert where("R40") == ("hand", 105.785, 20.9825)
    assert where("A")[1] > LON + 0.0004  # its neighbour has moved, and it with it
    there = rows("SELECT * FROM venue ORDER BY id")
    again = load_file(register(tmp_path / "2.csv", *HOUSES, without("A", f"Số 30 {STREET}")))
    assert again.changes.changed == 0
    assert rows("SELECT * FROM venue ORDER BY id") == there
    # The file corrects its coordinates: the person's point stays, and what the file says is what it goes back to.
    corrected = load_file(register(tmp_path / "3.csv", ("R40", "Quán", f"Số 40 {STREET}", "Mộ Lao", "", *MO_LAO)))
    assert corrected.changes.changed == 1
    assert where("R40") == ("hand", 105.785, 20.9825)
    assert moved("R40")["location"] == "given"
    assert where("R40") == ("given", 105.784, 20.982)
    assert one("SELECT count(*) FROM venue_point") == 0


def test_a_located_venue_moved_by_hand_goes_back_to_what_its_address_says(tmp_path: Path) -> None:
    load_file(register(tmp_path / "1.csv", *HOUSES, without("A", f"Số 30 {STREET}"), without("B", "")))
    before = rows("SELECT * FROM venue ORDER BY id")
    for code in ("A", "B"):
        moved(code, 105.7851, 20.9826)
        assert where(code) == ("hand", 105.7851, 20.9826)
    assert rows("SELECT venue_code, moved_by, previous_location FROM venue_point ORDER BY 1") == [
        ("A", "chị Lan", "interpolated"), ("B", "chị Lan", "ward"),
    ]  # fmt: skip
    for code in ("A", "B"):
        moved(code)
    assert rows("SELECT * FROM venue ORDER BY id") == before


def test_a_load_taken_back_leaves_points_where_people_moved_them(tmp_path: Path) -> None:
    exact = ("R40", "Quán", f"Số 40 {STREET}", "Mộ Lao", "", "105.7844123456789", "20.9821234567891")
    houses = [row for row in HOUSES if row[0] != "R40"]
    load_file(register(tmp_path / "1.csv", *houses, exact, without("A", f"Số 30 {STREET}")))
    renamed = [(row[0], "Quán mới", *row[2:]) for row in houses]
    second = load_file(register(tmp_path / "2.csv", *renamed, without("A", f"Số 28 {STREET}")))
    moved("R40", 105.7850, 20.9825)
    there = rows("SELECT code, geom::text, source_geom::text, location FROM venue WHERE code = 'R40'")
    third = load_file(register(tmp_path / "3.csv", ("R40", "Quán", f"Số 40 {STREET}", "Mộ Lao", "", *MO_LAO)))
    undo(third.load_id, None, lambda _step, _text: None)
    assert rows("SELECT code, geom::text, source_geom::text, location FROM venue WHERE code = 'R40'") == there
    undo(second.load_id, None, lambda _step, _text: None)
    assert rows("SELECT code, geom::text, source_geom::text, location FROM venue WHERE code = 'R40'") == there
    with loader_connection() as conn:
        assert relocate(conn) == set()  # its neighbour stands where it does without the second load, too


def test_a_move_after_a_load_that_is_taken_back_stays(tmp_path: Path) -> None:
    load_file(register(tmp_path / "1.csv", *HOUSES))
    second = load_file(register(tmp_path / "2.csv", *((row[0], "Quán mới", *row[2:]) for row in HOUSES)))
    moved("R40", 105.7850, 20.9825)
    undo(second.load_id, None, lambda _step, _text: None)
    assert one("SELECT name FROM venue WHERE code = 'R40'") == "Quán"
    assert where("R40") == ("hand", 105.785, 20.9825)


def test_a_point_outside_its_ward_is_marked_and_one_outside_the_district_refused(tmp_path: Path) -> None:
    load_file(register(tmp_path / "1.csv", *HOUSES, ("N", "Quán", "", None, "", *MO_LAO)))
    assert moved("R2", *map(float, LA_KHE))["outside_ward"] is True
    assert one("SELECT w.name FROM venue AS v JOIN ward AS w ON w.id = v.ward_id WHERE v.code = 'R2'") == "Mộ Lao"
    moved("N", *map(float, LA_KHE))  # its ward was read off its point, and follows it
    assert one("SELECT w.name FROM venue AS v JOIN ward AS w ON w.id = v.ward_id WHERE v.code = 'N'") == "La Khê"
    assert load_file(register(tmp_path / "2.csv", ("N", "Quán", "", None, "", *MO_LAO))).changes.changed == 0
    with pytest.raises(OutsideDistrict):
        moved("R2", 105.9, 21.1)
    with pytest.raises(UnknownVenue):
        moved("không có", 105.784, 20.982)


def test_hand_points_are_put_on_again_after_rows_were_put_back(tmp_path: Path) -> None:
    load_file(register(tmp_path / "1.csv", *HOUSES))
    before = rows("SELECT * FROM venue ORDER BY id")
    moved("R2", 105.7850, 20.9825)
    after = rows("SELECT * FROM venue ORDER BY id")
    with loader_connection() as conn:  # as taking back a load does, with the row of before the move
        conn.execute(
            "UPDATE venue SET geom = source_geom, location = source_location, source_geom = NULL,"
            " source_location = NULL WHERE code = 'R2'"
        )
    assert rows("SELECT * FROM venue ORDER BY id") == before
    for _ in range(2):
        with loader_connection() as conn:
            apply_hand_points(conn)
        assert rows("SELECT * FROM venue ORDER BY id") == after
    with loader_connection() as conn:
        conn.execute("DELETE FROM venue")
    load_file(register(tmp_path / "2.csv", *HOUSES))
    assert where("R2") == ("hand", 105.785, 20.9825)
