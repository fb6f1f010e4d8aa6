"""Awkward files as the offices send them: each is read and loaded, or refused, as it states."""

import datetime as dt
import importlib
import pkgutil
from pathlib import Path

import pytest

from etl.errors import UnusableFile
from etl.loading.load import Options, load
from etl.validation.read import read
from etl.validation.table import SourceTable
from tests.etl import awkward
from tests.etl.awkward.case import REGISTER, Case
from tests.etl.english import is_english
from tests.etl.loading.files import load_file, one, register

TODAY = dt.date(2021, 12, 1)
CASES: list[Case] = [
    case
    for module in pkgutil.iter_modules(awkward.__path__)
    if not module.name.startswith("test_")
    for case in getattr(importlib.import_module(f"{awkward.__name__}.{module.name}"), "CASES", ())
]


def test_each_case_has_a_name_of_its_own_and_says_what_it_imitates() -> None:
    assert len({case.name for case in CASES}) == len(CASES) >= 40
    assert all(case.imitates for case in CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_awkward_files_are_read_or_refused_as_stated(tmp_path: Path, case: Case) -> None:
    path = case.make(tmp_path)
    if case.refused is not None:
        with pytest.raises(UnusableFile, match=case.refused) as caught:
            read(path, today=TODAY)
        assert is_english(caught.value.sentence("en"))
        return
    table = read(path, today=TODAY)
    assert isinstance(table, SourceTable)
    assert (table.kind, len(table.frame)) == (case.kind, case.rows)
    assert table.rows_read == len(table.frame) + len(table.rejects)


@pytest.mark.usefixtures("fresh_database")
def test_awkward_files_are_loaded(tmp_path: Path) -> None:
    """One database for all: of a file that is not refused, every row read is written or waits for its venue."""
    venues = [
        (code, f"Quán {code}", "Số 1 phố Trần Phú", "Mộ Lao", "Quán ăn", "105.784", "20.982")
        for code in (*REGISTER, "0100", "0101")
    ]
    load_file(register(tmp_path / "so dia diem.csv", *venues))
    for number, case in enumerate(CASES):
        folder = tmp_path / str(number)
        folder.mkdir()
        path = case.make(folder)
        if case.refused is not None:
            continue
        outcome = load(read(path), Options(), lambda _step, _text: None)
        assert outcome.accepted == case.rows, (case.name, [reject.message for reject in outcome.rejects])
    assert one("SELECT count(*) FROM scan_count") > 0
    assert one("SELECT count(*) FROM pending_row") > 0
