"""Filters keep one meaning between the address bar and SQL."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import UnknownFilter
from data.queries.filters import LOCATED, Filters, venues_sql
from data.vocabulary import STATUSES

TODAY = dt.date(2021, 11, 30)
codes = st.frozensets(st.from_regex(r"[A-Za-z0-9_.\-]{1,8}", fullmatch=True), max_size=3)
corners = st.tuples(st.integers(10_500_000, 10_600_000), st.integers(2_000_000, 2_100_000)).map(
    lambda pair: (pair[0] / 1e5, pair[1] / 1e5)
)

filters = st.builds(
    Filters,
    day=st.dates(dt.date(2021, 1, 1), dt.date(2026, 1, 1)),
    statuses=st.frozensets(st.sampled_from(STATUSES)),
    wards=codes,
    categories=codes,
    query=st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=30).map(str.strip),
    area=st.none() | st.lists(corners, min_size=3, max_size=8).map(tuple),
    located=st.none() | st.sampled_from(LOCATED),
    venue=st.none() | st.from_regex(r"[A-Za-z0-9]{1,8}", fullmatch=True),
)


@given(filters)
def test_an_address_restores_the_filters(original: Filters) -> None:
    assert Filters.from_query_string("?" + original.to_query_string(), TODAY) == original


@pytest.mark.parametrize(
    "address",
    [
        "day=hôm qua",
        "day=2021-13-01",
        "status=naughty",
        "ward='; DROP TABLE venue; --",
        "area=1,2;3,4",
        "area=1,2;3,4;x,5",
        "area=500,2;3,4;5,6",
        "located=somewhere",
    ],
)
def test_what_cannot_be_read_is_said_in_a_sentence(address: str) -> None:
    with pytest.raises(UnknownFilter, match="địa chỉ"):
        Filters.from_query_string(address, TODAY)


def test_what_nobody_types_leaves_the_search() -> None:
    assert Filters.from_query_string("q=%00le%00%0a%07loi%1b", TODAY).query == "le loi"


@pytest.mark.parametrize("address", ["day=hôm qua", "status=naughty", "area=1,2", "located=somewhere"])
def test_what_cannot_be_read_is_said_in_either_language(address: str) -> None:
    with pytest.raises(UnknownFilter) as caught:
        Filters.from_query_string(address, TODAY)
    assert "in the address" in caught.value.sentence("en")
    assert caught.value.sentence("vi") == str(caught.value)


@given(filters)
def test_values_never_reach_the_statement(chosen: Filters) -> None:
    sql, parameters = venues_sql(chosen)
    assert set(parameters) >= {"day"}
    other = replace(chosen, query=" ".join("khác" for _ in chosen.query.split()))
    assert venues_sql(other)[0] == sql
