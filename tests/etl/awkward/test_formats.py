"""Every awkward format and encoding is read, with the same texts, or refused as stated."""

from pathlib import Path

import pytest

from etl.errors import UnusableFile
from etl.validation.read import read
from tests.etl.awkward.case import Case
from tests.etl.awkward.formats import CASES, NAMES
from tests.etl.reading.files import TODAY, table_of


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_it_is_read_or_refused_as_stated(case: Case, tmp_path: Path) -> None:
    assert (case.rows is None) != (case.refused is None)
    path = case.make(tmp_path)
    if case.refused is not None:
        with pytest.raises(UnusableFile) as caught:
            read(path, case.kind, today=TODAY)
        assert case.refused in str(caught.value)
        assert path.name in str(caught.value)
        return
    table = table_of(path)
    assert (table.kind, len(table.frame), table.rejects, table.doubts) == (case.kind, case.rows, [], ())
    if case.kind == "venues" and case.rows == len(NAMES):
        assert table.frame["name"].tolist() == NAMES
    if case.kind == "reminders":
        assert [f"{day:%Y-%m-%d}" for day in table.frame["reminded_on"]] == ["2021-10-04", "2021-10-05"]
    if "merged" in case.name:
        assert table.frame["ward"].tolist() == ["Hà Cầu", "Hà Cầu"]
