"""Quantities as Vietnamese write them, and a column of them: what cannot be read rejects its row."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from etl.recognition import columns
from etl.recognition.columns import COLUMNS, Column
from etl.validation.cells import UnknownType, require_types
from etl.validation.read import read
from etl.validation.table import SourceTable
from etl.values.measures import measure_text, measures
from tests.etl.reading.files import TODAY, csv_file, workbook

HEADINGS = {"Mã": "code", "Tên": "name", "Diện tích (m²)": "floor_area", "Ngày hoạt động": "opened_on"}


@pytest.fixture
def floor_area(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The register has a column of a quantity."""
    kept = (columns.columns_of, columns.reject_columns, columns.column)
    monkeypatch.setitem(COLUMNS, "venues", (*COLUMNS["venues"], Column("floor_area", "measure")))
    for function in kept:
        function.cache_clear()
    yield
    for function in kept:
        function.cache_clear()


def register(path: Path) -> SourceTable:
    table = read(path, "venues", today=TODAY, columns=HEADINGS)
    assert isinstance(table, SourceTable)
    return table


@pytest.mark.parametrize(
    ("written", "quantity"),
    [
        ("1.200", 1200.0),
        ("1.234,5", 1234.5),
        ("1.234.567,25", 1234567.25),
        ("1 200,5", 1200.5),
        ("1\u00a0200", 1200.0),
        ("12,5", 12.5),
        ("1,200", 1.2),
        ("12.5", 12.5),
        ("12.50", 12.5),
        ("0.125", 0.125),
        ("1234.567", 1234.567),
        ("45", 45.0),
        (" 45 ", 45.0),
        ("0", 0.0),
        (45, 45.0),
        (1.2, 1.2),
        (1.234, 1.234),
        (1200.0, 1200.0),
        (1e20, 1e20),
        (np.float64(12.5), 12.5),
        (np.int64(12), 12.0),
    ],
)
def test_a_quantity(written: object, quantity: float) -> None:
    found, faulty = measures(pd.Series([written], dtype=object))
    assert found.tolist() == [quantity]
    assert not faulty[0]


@pytest.mark.parametrize(
    "written",
    [
        *("rộng", "45 m2", "1.2.3", "12.34.567", "1,234.5", "1,234,567", "-5", "+5", "1e3", "５", "12 5", ",5", "5,"),
        *("9" * 400, -5, float("inf"), True, TODAY),
    ],
)
def test_what_is_no_quantity(written: object) -> None:
    found, faulty = measures(pd.Series([written], dtype=object))
    assert np.isnan(found[0])
    assert faulty[0]


def test_a_cell_without_a_quantity_is_no_fault() -> None:
    found, faulty = measures(pd.Series([None, "", "-", "…", float("nan")], dtype=object))
    assert np.isnan(found).all()
    assert not faulty.any()
    assert [len(part) for part in measures(pd.Series([], dtype=object))] == [0, 0]


@pytest.mark.parametrize("cell", ["1.200", "12,5", 1.2, 1.234, 1200.0, 45, 0.5])
def test_a_quantity_that_is_written_out_is_read_as_the_same(cell: Any) -> None:
    cells = pd.Series([cell, measure_text(cell)], dtype=object)
    first, again = measures(cells)[0]
    assert first == again


def test_a_column_of_quantities_is_read_and_what_is_none_rejects_its_row(floor_area: None, tmp_path: Path) -> None:
    rows = [
        list(HEADINGS),
        ["A", "Quán", "1.200", None],
        ["B", "Quán", 12.5, None],
        ["C", "Quán", None, None],
        ["D", "Quán", "rộng", None],
        ["E", "Quán", 1.234, "hôm qua"],
        [None, "Quán", 1.234, None],
        ["G", "Quán", "1.234,5", None],
    ]
    table = register(workbook(tmp_path / "so.xlsx", rows))
    assert table.frame["floor_area"].dtype == "float64"
    assert table.frame["code"].tolist() == ["A", "B", "C", "G"]
    assert table.frame["floor_area"].fillna(-1).tolist() == [1200.0, 12.5, -1.0, 1234.5]
    assert [(reject.row, reject.column) for reject in table.rejects] == [
        (5, "Diện tích (m²)"),
        (6, "Ngày hoạt động"),
        (7, "Mã"),
    ]
    assert "cần số từ 0 trở lên" in table.rejects[0].message
    at = columns.reject_columns("venues").index("floor_area")
    assert [reject.cells[at] for reject in table.rejects] == ["rộng", "1,234", "1,234"]


def test_a_register_without_the_column_has_none(floor_area: None, tmp_path: Path) -> None:
    table = register(csv_file(tmp_path / "so.csv", "Mã,Tên\nA,Quán\n"))
    assert table.frame["floor_area"].dtype == "float64"
    assert table.frame["floor_area"].isna().all()


def test_a_column_of_a_type_that_nothing_reads_is_refused_at_once() -> None:
    with pytest.raises(UnknownType, match="'volume' of the column 'tank'"):
        require_types([Column("code", "code"), Column("tank", "volume")])
