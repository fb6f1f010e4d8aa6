"""What the browser's tests compare the page with."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg.rows import dict_row

from data.database.connection import Connection


@pytest.fixture
def rule(demo_database: str) -> Iterator[Connection]:
    with psycopg.connect(demo_database, row_factory=dict_row) as conn:
        yield conn
