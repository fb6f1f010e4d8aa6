"""Venues at whose doors something is recorded, and what holds whatever a test does."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.database.connection import loader_connection
from data.status import periods
from tests.etl.loading.files import LA_KHE, load_file, register, venues


@pytest.fixture
def doors(tmp_path: Path, fresh_database: str) -> None:
    load_file(venues(tmp_path / "so.csv", 5))
    load_file(register(tmp_path / "khe.csv", ("K1", "Quán Khê", "Số 1 phố Lê Trọng Tấn", "La Khê", "Quán ăn", *LA_KHE)))


@pytest.fixture
def statuses_hold(doors: None) -> Iterator[None]:
    """Whatever a test does, the periods are those of the rule, and the status is that of the day."""
    yield
    with loader_connection() as conn:
        assert periods.check(conn) == []
        assert (
            conn.execute(
                "SELECT v.code FROM venue AS v LEFT JOIN LATERAL venue_status(v.id, current_day()) AS s ON true"
                " WHERE v.status IS DISTINCT FROM s.status"
            ).fetchall()
            == []
        )
