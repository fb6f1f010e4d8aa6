"""Who asks in these tests where one says nothing else: a caller who sees the whole district and may do everything."""

import pytest

from data.database.connection import loader_connection

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
