"""The series by differences against a count of each day, and the streets and wards against the venues themselves."""

import datetime as dt
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from data.database.connection import Connection
from data.queries.figures import cube, totals, week_before
from data.queries.filters import Filters
from data.queries.streets import worst_streets
from data.queries.trend import series
from data.queries.ward import ranking, ward
from data.status import periods
from data.vocabulary import STATUSES
from tests.data import page_world
from tests.data.page_world import FIRST, TODAY
from tests.data.status_oracle import World
from tests.data.worlds import ALL_DAYS, store, worlds

FILTERS = [
    Filters(TODAY),
    Filters(TODAY, statuses=frozenset({"violating", "scanning"})),
    Filters(TODAY, wards=frozenset({"none"})),
    Filters(TODAY, categories=frozenset({"point_of_sale"})),
    Filters(TODAY, query="le loi"),
    Filters(TODAY, located="no_point"),
]


@pytest.fixture
def district(conn: Connection) -> Connection:
    page_world.fill(conn)
    return conn


def counted(conn: Connection, filters: Filters) -> dict[str, int]:
    """Venues by status on the filters' day, from the figures of the page."""
    by_status = totals(cube(conn, filters).select(filters)).by_status
    return {status: by_status[status] for status in STATUSES if not filters.statuses or status in filters.statuses}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(worlds())
def test_the_series_is_the_count_of_every_day(conn: Connection, world: World) -> None:
    with conn.transaction(force_rollback=True):
        store(conn, world)
        periods.rebuild(conn)
        found = series(conn, Filters(TODAY), ALL_DAYS[0], ALL_DAYS[-1])
        assert found.days == ALL_DAYS
        for day in ALL_DAYS:
            assert found.on(day) == counted(conn, Filters(day)), day


@pytest.mark.parametrize("filters", FILTERS, ids=lambda filters: filters.to_query_string() or "all")
def test_the_series_obeys_the_filters(district: Connection, filters: Filters) -> None:
    found = series(district, filters, FIRST, TODAY)
    for day in found.days[::4]:
        assert found.on(day) == counted(district, replace(filters, day=day)), day


def test_a_stretch_may_be_one_day_and_begin_before_anything_happened(district: Connection) -> None:
    assert series(district, Filters(TODAY), TODAY, TODAY).on(TODAY) == counted(district, Filters(TODAY))
    year = series(district, Filters(TODAY), TODAY - dt.timedelta(days=364), TODAY)
    assert len(year.days) == 365
    assert sum(year.on(year.first).values()) == page_world.VENUES
    with pytest.raises(ValueError, match="has no day"):
        series(district, Filters(TODAY), TODAY, FIRST)


@pytest.mark.parametrize("limit", [1, 2, 8])
def test_streets_add_up_to_all_venues(district: Connection, limit: int) -> None:
    district.execute(
        "UPDATE venue SET street = substr(address, position(' Đ' IN address) + 1) WHERE address ~ ' Đường'"
    )
    district.execute("UPDATE venue SET street = 'Phố Lê Lợi' WHERE address LIKE '%%Lê Lợi'")
    found = worst_streets(district, Filters(TODAY), limit)
    now = totals(cube(district, Filters(TODAY)).select(Filters(TODAY)))
    assert sum(street.venues for street in found.worst) + found.other_venues == now.venues
    assert sum(street.violating for street in found.worst) + found.other_violating == now.by_status["violating"]
    assert [s.violating for s in found.worst] == sorted((s.violating for s in found.worst), reverse=True)
    assert all(street.violating for street in found.worst)
    assert len(found.worst) <= limit


def test_streets_count_violations_whatever_status_is_filtered(district: Connection) -> None:
    scanning = Filters(TODAY, statuses=frozenset({"scanning"}))
    assert worst_streets(district, scanning) == worst_streets(district, Filters(TODAY))


@pytest.mark.parametrize("filters", FILTERS, ids=lambda filters: filters.to_query_string() or "all")
def test_wards_add_up_to_the_district(district: Connection, filters: Filters) -> None:
    now = cube(district, filters)
    rows = ranking(now, None, filters)
    shown = totals(now.select(filters))
    assert sum(row.venues for row in rows) == shown.venues
    assert sum(row.no_point for row in rows) == shown.no_point
    every = totals(now.select(filters.without("statuses")))
    assert sum(row.compliant for row in rows) == every.by_status["scanning"]
    assert sum(row.violating for row in rows) == every.by_status["violating"]
    assert all(row.share_change is None for row in rows)
    assert [row.code for row in rows if row.code == "none"] == [row.code for row in rows][-1:] * (
        "none" in Counter(row.code for row in rows)
    )


def test_wards_are_ranked_by_share_and_compared_with_a_week_before(district: Connection) -> None:
    today = Filters(TODAY)
    earlier = week_before(today, FIRST)
    assert earlier is not None
    rows = ranking(cube(district, today), cube(district, earlier), today)
    shares = [row.share for row in rows if row.code != "none"]
    assert shares == sorted(shares, key=lambda share: share or 0)
    for row in rows:
        one = Filters(earlier.day, wards=frozenset({row.code}))
        before = counted(district, one)
        assert row.share is not None
        assert row.share_change == pytest.approx(row.share - before["scanning"] / sum(before.values()))


def test_a_ward_tells_its_area_and_people(conn: Connection) -> None:
    row = conn.execute("SELECT code, name FROM ward WHERE name = 'Mộ Lao'").fetchone()
    assert row is not None
    found = ward(conn, row["code"])
    assert found is not None
    assert (found.name, found.area_km2 is not None, (found.population or 0) > 1000) == ("Mộ Lao", True, True)
    assert ward(conn, "none") is None
