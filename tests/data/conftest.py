"""Who asks in these tests where one says nothing else: a caller who sees the whole district and may do everything."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.database.connection import loader_connection
from data.status import periods
from tests.data.cases_world import People, ground

VENUE = (
    "INSERT INTO venue (code, name, search_text, category, location, ward_id)"
    " SELECT %s, 'Quán', '', min(code), 'none', %s FROM category RETURNING id"
)


@pytest.fixture(autouse=True)
def _somebody_asks(as_district: None) -> None:
    """The app's role sees nothing on nobody's behalf."""


@pytest.fixture
def venue(fresh_database: str) -> int:
    """A venue of the first ward in a database of the test's own: its id."""
    with loader_connection() as conn:
        row = conn.execute(VENUE, ("HD1", 1)).fetchone()
        assert row
        return int(row["id"])


@pytest.fixture
def people(tmp_path: Path, fresh_database: str) -> People:
    """Who takes steps of cases, over venues with reminders."""
    ground(tmp_path)
    return People()


@pytest.fixture
def rule_holds(people: People) -> Iterator[None]:
    """Whatever a test does, the periods are those of the rule."""
    yield
    with loader_connection() as conn:
        assert periods.check(conn) == []
