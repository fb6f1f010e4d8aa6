"""Rows of the table, suggestions, and what a click or a search leaves: in order, whole, and none twice."""

import datetime as dt

import pytest

from data.database.connection import Connection
from data.errors import UnknownVenue
from data.queries.exports import export_rows
from data.queries.filters import Filters
from data.queries.freshness import freshness
from data.queries.options import options
from data.queries.search import suggestions
from data.queries.selection import code_of, matching_ids, venue_point
from data.queries.table import page, place_of
from data.queries.unlocated import unmatched_wards
from data.vocabulary import BY_URGENCY, STATUS_FACTS
from tests.data import page_world
from tests.data.page_world import FIRST, TODAY


@pytest.fixture
def world(conn: Connection) -> Connection:
    page_world.fill(conn)
    return conn


def test_pages_hold_every_venue_once(world: Connection) -> None:
    codes = [row.code for start in range(0, 120, 20) for row in page(world, Filters(TODAY), start, start + 20)]
    assert len(codes) == len(set(codes)) == page_world.VENUES


def test_rows_are_those_of_the_rule(world: Connection) -> None:
    rows = {row.code: row for row in page(world, Filters(TODAY), 0, 200)}
    for fact in page_world.facts(world, TODAY):
        row = rows[fact.code]
        assert (row.status, row.counted_reminders) == (fact.status, fact.counted_reminders)
        assert (row.ward, row.has_point) == (fact.ward, fact.has_point)
        assert (row.last_scan is not None) == (int(fact.code[2:]) % page_world.HISTORIES in (0, 1))


def test_what_is_said_of_a_status_holds_of_its_venues(world: Connection) -> None:
    for fact in page_world.facts(world, TODAY):
        said = STATUS_FACTS[fact.status]
        assert said.is_reminded in (None, fact.counted_reminders > 0), fact
        assert not said.is_compliant or (fact.has_qr and fact.has_scans), fact


def test_what_needs_action_comes_first(world: Connection) -> None:
    statuses = [row.status for row in page(world, Filters(TODAY), 0, 200)]
    assert statuses == sorted(statuses, key=BY_URGENCY.index)


@pytest.mark.parametrize("column", ["code", "name", "address", "ward", "category", "status"])
def test_each_column_sorts_both_ways_and_keeps_all(world: Connection, column: str) -> None:
    up = [row.code for row in page(world, Filters(TODAY), 0, 200, ((column, "asc"),))]
    down = [row.code for row in page(world, Filters(TODAY), 0, 200, ((column, "desc"),))]
    assert sorted(up) == sorted(down)
    assert up != down


def test_names_sort_as_a_vietnamese_reader_expects(world: Connection) -> None:
    world.execute("UPDATE venue SET name = 'Đồng Xanh' WHERE code = 'HD0001'")
    world.execute("UPDATE venue SET name = 'Dung Hòa' WHERE code = 'HD0002'")
    world.execute("UPDATE venue SET name = 'Em Bé' WHERE code = 'HD0003'")
    names = [row.name for row in page(world, Filters(TODAY), 0, 200, (("name", "asc"),))]
    assert names.index("Dung Hòa") < names.index("Đồng Xanh") < names.index("Em Bé")


def test_a_column_that_is_not_there_is_no_way_in(world: Connection) -> None:
    sort = (("name; DROP TABLE venue", "asc"), ("code", "desc; SELECT 1"))
    assert [row.code for row in page(world, Filters(TODAY), 0, 2, sort)] == ["HD0001", "HD0002"]


@pytest.mark.parametrize("sort", [(("name", "asc"),), (("ward", "desc"),), (("status", "asc"), ("code", "asc"))])
def test_the_place_of_a_venue_is_where_its_row_stands(world: Connection, sort: tuple[tuple[str, str], ...]) -> None:
    rows = page(world, Filters(TODAY), 0, 200, sort)
    for index in (0, 37, len(rows) - 1):
        assert place_of(world, Filters(TODAY), rows[index].code, sort) == index
    assert place_of(world, Filters(TODAY, wards=frozenset({"none"})), "HD0001", sort) is None


@pytest.mark.parametrize("typed", ["hd0004", "HD0004", "Tạp hóa Hương Giang 4", "tap hoa huong giang 4", "TAP  HOA 4"])
def test_a_venue_is_suggested_by_code_or_name_with_and_without_diacritics(world: Connection, typed: str) -> None:
    assert "HD0004" in [suggestion.code for suggestion in suggestions(world, Filters(TODAY, query=typed), limit=50)]


def test_the_exact_code_comes_first(world: Connection) -> None:
    world.execute("UPDATE venue SET name = 'A hd0004', search_text = search_text || ' hd0004' WHERE code = 'HD0001'")
    assert suggestions(world, Filters(TODAY, query="HD0004"))[0].code == "HD0004"


@pytest.mark.parametrize("typed", ["", "a", "%", "khong co gi nhu the", "'; DROP TABLE venue; --"])
def test_too_little_or_nothing_suggests_nothing(world: Connection, typed: str) -> None:
    assert suggestions(world, Filters(TODAY, query=typed)) == []


def test_a_fragment_of_sql_in_a_name_is_a_name(world: Connection) -> None:
    assert [s.name for s in suggestions(world, Filters(TODAY, query="DROP TABLE venue"))] == [page_world.SQL_FRAGMENT]


def test_a_venue_is_found_by_its_code_or_not_at_all(world: Connection) -> None:
    point = venue_point(world, "HD0001")
    assert (point.code, point.lon, point.lat) == ("HD0001", pytest.approx(105.7704), pytest.approx(20.97))
    assert venue_point(world, "HD0015").lon is None
    assert code_of(world, point.id) == "HD0001"
    assert code_of(world, -1) is None
    with pytest.raises(UnknownVenue):
        venue_point(world, "HD9999")


def test_a_search_leaves_on_the_map_what_has_a_point(world: Connection) -> None:
    assert matching_ids(world, Filters(TODAY, statuses=frozenset({"violating"}))) is None
    found = matching_ids(world, Filters(TODAY, query="phuc loc"))
    expected = [
        row["id"]
        for row in world.execute("SELECT id FROM venue WHERE name LIKE 'Nhà thuốc%' AND geom IS NOT NULL ORDER BY id")
    ]
    assert found == expected
    assert matching_ids(world, Filters(TODAY, located="no_point")) == []


def test_a_file_holds_the_rows_of_the_table(world: Connection) -> None:
    for filters in (Filters(TODAY), Filters(dt.date(2021, 11, 12), statuses=frozenset({"reminded"}))):
        table = {row.code: row for row in page(world, filters, 0, 200)}
        rows = list(export_rows(world, filters))
        assert [row.code for row in rows] == sorted(table)
        for row in rows:
            assert (row.status, row.counted_reminders, row.last_scan) == (
                table[row.code].status,
                table[row.code].counted_reminders,
                table[row.code].last_scan,
            )


def test_names_of_wards_that_match_none_are_told(world: Connection) -> None:
    (unmatched,) = unmatched_wards(world, Filters(TODAY))
    assert (unmatched.name, unmatched.venues) == ("Phú Lã", page_world.VENUES // 11)


def test_options_are_the_wards_in_force_by_name(world: Connection) -> None:
    names = [ward.name for ward in options(world, TODAY).wards]
    assert len(names) == 17
    assert names.index("Dương Nội") < names.index("Đồng Mai") < names.index("Hà Cầu")


def test_how_old_the_data_are(world: Connection) -> None:
    told = freshness(world)
    assert (told.day, told.as_of, told.first_day, told.is_demo) == (TODAY, TODAY, FIRST, True)
    assert not told.is_stale
    assert told.last_load is not None
    assert (told.last_load.file_name, told.last_load.rows_rejected) == ("luot_quet.xlsx", 2)


def test_data_older_than_a_day_are_stale(world: Connection) -> None:
    world.execute("UPDATE load SET is_demo = false")
    told = freshness(world)
    assert told.day == told.today
    assert told.is_stale
