"""What holds for every load of every test of the loader, whatever the test is about."""

import pytest

from etl.loading import load
from tests.etl.rows_in import every_row_is_somewhere


@pytest.fixture(autouse=True)
def _no_row_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """After each load in this process: rows read = written, or waiting, or rejected; each is looked for by itself."""
    as_it_is = load._load

    def counted(conn, source, options, progress, again=None):  # type: ignore[no-untyped-def]
        outcome = as_it_is(conn, source, options, progress, again)
        every_row_is_somewhere(conn, source, outcome)
        return outcome

    monkeypatch.setattr(load, "_load", counted)
