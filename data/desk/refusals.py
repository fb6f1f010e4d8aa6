"""What functions of the database refuse, told as errors of ours."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from data.database.connection import Connection
from data.errors import NotAllowed, TextError

REFUSED = "QR001"
"""State of the error by which a function refuses: its message is the key of a text, its detail the values as JSON."""


@contextmanager
def refusals(conn: Connection, prefix: str, refused: Callable[[str, dict[str, Any]], TextError]) -> Iterator[None]:
    """Run the block so that nothing of it is kept where it is refused, and the transaction goes on.

    ``refused`` makes the error of the key without ``prefix`` and of its values; without the right at all it is
    NotAllowed.
    """
    try:
        with conn.transaction():
            yield
    except psycopg.errors.InsufficientPrivilege as error:
        raise NotAllowed from error
    except psycopg.Error as error:
        if error.sqlstate != REFUSED:
            raise
        why = (error.diag.message_primary or "").removeprefix(prefix)
        raise refused(why, json.loads(error.diag.message_detail or "{}")) from error
