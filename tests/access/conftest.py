"""What the tests of access share: a browser in which nobody has signed in, and what an administrator does in SQL."""

from collections.abc import Iterator

import psycopg
import pytest
from flask.testing import FlaskClient
from psycopg.rows import dict_row

from data.database.connection import Connection
from tests.fixtures.databases import asked_for


@pytest.fixture
def conn(request: pytest.FixtureRequest) -> Iterator[Connection]:
    """The owner's connection to the database that the test asks for; the app sees each statement at once."""
    with psycopg.connect(asked_for(request), row_factory=dict_row, autocommit=True) as conn:
        yield conn


@pytest.fixture
def client(request: pytest.FixtureRequest) -> FlaskClient:
    """A client of the app on the database that the test asks for, without a session."""
    asked_for(request)
    from app import server

    return server.test_client()
