"""Steps of lists and entries as the page takes them: with the seals that they ask for, in one transaction."""

import uuid
from typing import Any

from data.database.connection import Connection
from data.desk.cases import Taken, take_step
from etl.publishing import sealing

SECONDS_OF_A_LONG_STEP = 120
"""A list of thousands of names is approved or published in one statement."""


def take(
    conn: Connection,
    case: int,
    step: str,
    *,
    facts: dict[str, Any] | None = None,
    paper: dict[str, Any] | None = None,
    client: uuid.UUID | None = None,
) -> Taken:
    """Take a step of a list or an entry and sign what follows; where that cannot be signed, nothing has happened.

    Parameters and errors are those of :func:`data.desk.cases.take_step` and :func:`etl.publishing.sealing.seal`.
    """
    conn.execute(f"SET LOCAL statement_timeout = '{SECONDS_OF_A_LONG_STEP}s'")
    before = _versions(conn, case)
    taken = take_step(conn, case, step, facts=facts, paper=paper, client=client)
    for number, version in _versions(conn, case).items():
        if version != before.get(number):
            sealing.seal(conn, number)
    return taken


def _versions(conn: Connection, case: int) -> dict[int, int]:
    """The list that the case is, or is an entry of, with its version, where it was published; of other cases none."""
    rows = conn.execute(
        "SELECT list_id, version FROM publication WHERE published_at IS NOT NULL AND list_id IN ("
        " SELECT %(case)s UNION SELECT e.list_id FROM publication_entry AS e WHERE e.case_id = %(case)s)",
        {"case": case},
    )
    return {row["list_id"]: row["version"] for row in rows}
