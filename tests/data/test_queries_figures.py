"""The figures of the page against the rule, venue by venue, and that all of them add up."""

import datetime as dt
from collections import Counter
from dataclasses import replace

import pytest

from data.database.connection import Connection
from data.queries.figures import (
    CELLS_OF_A_KEY,
    Cube,
    CubeMemory,
    count_by,
    cube,
    figures,
    location_counts,
    totals,
    ward_figures,
    week_before,
)
from data.queries.filters import Filters
from data.vocabulary import STATUSES
from tests.data import page_world
from tests.data.page_world import FIRST, TODAY, Fact

DAYS = [FIRST, dt.date(2021, 11, 5), dt.date(2021, 11, 19), dt.date(2021, 11, 26), TODAY]


@pytest.fixture
def world(conn: Connection) -> Connection:
    page_world.fill(conn)
    return conn


def expected(facts: list[Fact]) -> tuple[int, int, int, int, Counter[str]]:
    return (
        len(facts),
        sum(fact.has_qr for fact in facts),
        sum(fact.has_scans for fact in facts),
        sum(not fact.has_point for fact in facts),
        Counter(fact.status for fact in facts),
    )


def found(counted: Cube, filters: Filters) -> tuple[int, int, int, int, Counter[str]]:
    sums = totals(counted.select(filters))
    return sums.venues, sums.with_qr, sums.with_scans, sums.no_point, sums.by_status


def test_figures_of_each_day_are_those_of_the_rule(world: Connection) -> None:
    for day in DAYS:
        assert found(cube(world, Filters(day)), Filters(day)) == expected(page_world.facts(world, day)), day


def test_every_status_occurs_so_that_none_is_counted_by_luck(world: Connection) -> None:
    statuses = {fact.status for day in DAYS for fact in page_world.facts(world, day)}
    assert statuses == set(STATUSES), "one more history in _history() of tests/data/page_world.py, and in HISTORIES"


@pytest.mark.parametrize(
    ("filters", "passes"),
    [
        (
            Filters(TODAY, statuses=frozenset({"violating", "reminded"})),
            lambda f: f.status in ("violating", "reminded"),
        ),
        (Filters(TODAY, categories=frozenset({"point_of_sale"})), lambda f: f.category in ("grocery", "pharmacy")),
        (Filters(TODAY, categories=frozenset({"cafe"})), lambda f: f.category == "cafe"),
        (Filters(TODAY, wards=frozenset({"none"})), lambda f: f.ward is None),
        (Filters(TODAY, wards=frozenset({"09541"})), lambda f: f.ward == "Mộ Lao"),
        (Filters(TODAY, located="no_point"), lambda f: not f.has_point),
        (Filters(TODAY, located="no_ward"), lambda f: f.ward is None),
        (Filters(TODAY, located="outside_ward"), lambda f: f.outside_ward),
        (Filters(TODAY, query="LE LOI"), lambda f: int(f.code[2:]) % 4 == 1),
        (Filters(TODAY, query="hương giang"), lambda f: f.name.startswith("Tạp hóa")),
    ],
)
def test_each_filter_leaves_what_it_says(world, filters, passes) -> None:  # type: ignore[no-untyped-def]
    facts = [fact for fact in page_world.facts(world, TODAY) if passes(fact)]
    assert facts
    assert found(cube(world, filters), filters) == expected(facts)


def test_wards_and_those_without_one_make_the_districts_total(world: Connection) -> None:
    counted = cube(world, Filters(TODAY))
    by_ward = count_by(counted.select(Filters(TODAY)), "ward")
    assert sum(by_ward.values()) == len(page_world.facts(world, TODAY))
    assert by_ward["none"] == sum(fact.ward is None for fact in page_world.facts(world, TODAY)) > 0


def test_a_list_ignores_its_own_filter_and_no_other(world: Connection) -> None:
    filters = Filters(TODAY, statuses=frozenset({"violating"}), wards=frozenset({"09541"}))
    counted = cube(world, filters)
    facts = page_world.facts(world, TODAY)
    in_ward = Counter(fact.status for fact in facts if fact.ward == "Mộ Lao")
    assert count_by(counted.select(filters, ignoring="statuses"), "status") == in_ward
    violating = sum(fact.status == "violating" for fact in facts)
    assert sum(count_by(counted.select(filters, ignoring="wards"), "ward").values()) == violating


def test_what_has_no_place_is_always_counted(world: Connection) -> None:
    facts = page_world.facts(world, TODAY)
    assert location_counts(cube(world, Filters(TODAY)), Filters(TODAY, located="no_point")) == {
        "no_ward": sum(fact.ward is None for fact in facts),
        "no_point": sum(not fact.has_point for fact in facts),
        "outside_ward": sum(fact.outside_ward for fact in facts),
    }


def test_ward_colours_ignore_the_filter_on_status(world: Connection) -> None:
    filters = Filters(TODAY, statuses=frozenset({"violating"}))
    of_ward = ward_figures(cube(world, filters), filters)["09541"]
    facts = [fact for fact in page_world.facts(world, TODAY) if fact.ward == "Mộ Lao"]
    assert of_ward == {
        "total": len(facts),
        "compliant": sum(fact.status == "scanning" for fact in facts),
        "violating": sum(fact.status == "violating" for fact in facts),
    }


def test_the_week_before_is_compared_with_only_where_it_is_known(world: Connection) -> None:
    filters = Filters(TODAY)
    earlier = week_before(filters, FIRST)
    assert earlier == replace(filters, day=dt.date(2021, 11, 23))
    told = figures(filters, cube(world, filters), cube(world, earlier))
    assert told.before is not None
    assert told.before.by_status == Counter(fact.status for fact in page_world.facts(world, dt.date(2021, 11, 23)))
    assert week_before(Filters(dt.date(2021, 11, 7)), FIRST) is None
    assert week_before(Filters(dt.date(2021, 11, 8)), FIRST) is not None
    assert figures(filters, cube(world, filters), None).before is None


def test_an_area_counts_what_lies_in_it(world: Connection) -> None:
    area = ((105.7695, 20.9695), (105.7722, 20.9695), (105.7722, 20.9730), (105.7695, 20.9730))
    filters = Filters(TODAY, area=area)
    inside = [
        row["code"]
        for row in world.execute(
            "SELECT code FROM venue WHERE ST_X(geom) BETWEEN 105.7695 AND 105.7722"
            " AND ST_Y(geom) BETWEEN 20.9695 AND 20.9730"
        )
    ]
    assert 0 < len(inside) < page_world.VENUES
    assert totals(cube(world, filters).select(filters)).venues == len(inside)


def test_cubes_are_kept_for_one_version_of_the_data_only(world: Connection) -> None:
    memory = CubeMemory(most_cells=2 * (len(cube(world, Filters(TODAY)).cells) + CELLS_OF_A_KEY))
    first = memory.cube(world, Filters(TODAY), version=1)
    assert memory.cube(world, Filters(TODAY, statuses=frozenset({"violating"})), version=1) is first
    world.execute("DELETE FROM status_period WHERE venue_id = (SELECT min(id) FROM venue)")
    fresh = memory.cube(world, Filters(TODAY), version=2)
    assert totals(fresh.cells).venues == totals(first.cells).venues - 1
    assert memory.cube(world, Filters(FIRST), version=2) is not fresh
    assert memory.cube(world, Filters(TODAY), version=1) is not first  # the oldest went to make room


def test_searches_that_find_nothing_do_not_fill_the_memory(world: Connection) -> None:
    memory = CubeMemory(most_cells=2 * CELLS_OF_A_KEY)
    nothing = [memory.cube(world, Filters(TODAY, query=f"không có {number}"), version=1) for number in range(3)]
    assert not any(found.cells for found in nothing)
    again = [memory.cube(world, Filters(TODAY, query=f"không có {number}"), version=1) for number in (2, 0)]
    assert again[0] is nothing[2]
    assert again[1] is not nothing[0]
