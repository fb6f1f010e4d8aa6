"""COPY of frames, binary and text: what comes out of PostgreSQL is what went in."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.database import staging
from data.database.connection import Connection
from data.database.staging import stage
from data.texts.folding import fold_all


def test_fixed_widths_go_in_binary(conn: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "CHUNK_ROWS", 2)
    monkeypatch.delattr(staging, "_text")  # only the binary way is left
    frame = pd.DataFrame({
        "a": np.array([1, -2, 3], dtype=np.int16),
        "b": np.array([2**31 - 1, -(2**31), 0], dtype=np.int64),
        "c": pd.to_datetime(["2021-10-01", "1999-12-31", "2000-01-01"]),
        "d": [105.784, -0.5, 1e-9],
    })  # fmt: skip
    stage(conn, "t", {"a": "smallint", "b": "integer", "c": "date", "d": "float8"}, frame)
    assert [tuple(row.values()) for row in conn.execute("SELECT * FROM t")] == [
        (1, 2**31 - 1, dt.date(2021, 10, 1), 105.784), (-2, -(2**31), dt.date(1999, 12, 31), -0.5),
        (3, 0, dt.date(2000, 1, 1), 1e-9),
    ]  # fmt: skip


def test_missing_values_become_null(conn: Connection) -> None:
    frame = pd.DataFrame({
        "a": [1.0, None], "b": ["x", None], "c": pd.to_datetime(["2021-10-01", None]), "d": [None, 2.5],
        "e": [True, False],
    })  # fmt: skip
    stage(conn, "t", {"a": "integer", "b": "text", "c": "date", "d": "float8", "e": "boolean"}, frame)
    assert [tuple(row.values()) for row in conn.execute("SELECT * FROM t")] == [
        (1, "x", dt.date(2021, 10, 1), None, True), (None, None, None, 2.5, False),
    ]  # fmt: skip


def test_an_empty_frame_makes_an_empty_table(conn: Connection) -> None:
    stage(conn, "t", {"a": "text"}, pd.DataFrame({"a": pd.Series([], dtype=object)}))
    assert conn.execute("SELECT * FROM t").fetchall() == []


# Readers take control characters out (``etl.values.cell_values.tidy``), save for white space.
_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\t\n\r\\"), max_size=20)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(st.none(), _TEXT), min_size=1, max_size=6))
def test_any_text_comes_out_as_it_went_in(conn: Connection, texts: list[str | None]) -> None:
    conn.execute("DROP TABLE IF EXISTS t")
    frame = pd.DataFrame({"n": range(len(texts)), "a": pd.Series(texts, dtype=object)})
    stage(conn, "t", {"n": "integer", "a": "text"}, frame)
    assert [row["a"] for row in conn.execute("SELECT a FROM t ORDER BY n")] == texts


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_TEXT, max_size=5))
def test_search_texts_are_what_postgresql_folds(conn: Connection, texts: list[str]) -> None:
    from data.texts.folding import fold

    assert fold_all(texts) == [fold(text) for text in texts]
