"""Duplicates within the register: which venues may be one, which a person has merged, and un-merging them.

A merge moves no event: they stay on the venue that they were loaded on, ``venue.merged_into`` says in which venue it
stands, and the status rule reads the events of both through ``venue_member``. ``merge_decision`` is what people said,
by code; ``merged_into`` follows from it, so that it can be brought in step after a load or after one is taken back.
"""

import pandas as pd

from data.database.connection import Connection
from data.database.staging import stage
from data.desk import jobs
from data.errors import UserError
from data.status import periods
from data.texts.sentences import Sentence
from etl.linking import engine
from etl.linking.cases import follow
from etl.linking.links import register, taught_weights

_STAGED = {
    "first_id": "integer",
    "second_id": "integer",
    "probability": "float8",
    "forbidden": "boolean",
    "doubtful": "boolean",
    "reasons": "text",
}


DUPLICATES = "duplicates"
"""Job of the worker: look through the register for venues that may be one."""


class UnusableMerge(UserError):
    """The venues named cannot be merged or told apart."""


def find_duplicates(conn: Connection) -> int:
    """Ask the engine for pairs of the register that may be one and replace ``duplicate_candidate``; returns how many.

    Pairs below the lower bound are not kept: nobody is asked about them.
    """
    found = engine.duplicates(register(conn), taught_weights(conn))
    found = found[found["probability"] >= engine.LOWER]
    rows = pd.DataFrame(
        {
            "first_id": found[["first", "second"]].min(axis=1),
            "second_id": found[["first", "second"]].max(axis=1),
            "probability": found["probability"],
            "forbidden": found["forbidden"],
            "doubtful": True,
            "reasons": found["reasons"],
        }
    )
    conn.execute("DELETE FROM duplicate_candidate")
    stage(conn, "found", _STAGED, rows)
    conn.execute(
        "INSERT INTO duplicate_candidate (first_id, second_id, probability, forbidden, doubtful, reasons)"
        " SELECT first_id, second_id, probability, forbidden, doubtful, reasons::jsonb FROM found"
    )
    conn.execute("DROP TABLE found")
    return len(rows)


def merge(conn: Connection, keep: int, duplicate: int, decided_by: str | None) -> int:
    """``duplicate`` stands in ``keep`` from now on; returns how many venues' statuses that touched.

    Raises
    ------
    UnusableMerge
        One of them does not exist, both are one, or ``keep`` already stands in ``duplicate``.
    """
    periods.lock(conn)
    kept_code, duplicate_code = _codes(conn, keep, duplicate)
    if keep == duplicate or _stands_in(conn, kept_code, duplicate_code):
        raise UnusableMerge(Sentence("review.error.in_the_other"))
    conn.execute(
        "DELETE FROM merge_decision WHERE duplicate_code = %s AND verdict = 'merged' AND kept_code <> %s",
        (duplicate_code, kept_code),
    )
    _say(conn, duplicate_code, kept_code, "merged", decided_by)
    return _after(conn)


def keep_apart(conn: Connection, first: int, second: int, decided_by: str | None) -> int:
    """A person says that the two are two venues; where they were merged, they are not any more."""
    periods.lock(conn)
    codes = _codes(conn, first, second)
    _say(conn, codes[1], codes[0], "different", decided_by)
    return _after(conn)


def unmerge(conn: Connection, duplicate: int) -> int:
    """What was said of ``duplicate`` and the venue it stands in is forgotten; both are venues of their own again."""
    periods.lock(conn)
    conn.execute(
        "DELETE FROM merge_decision AS d USING venue AS v"
        " WHERE v.id = %s AND d.duplicate_code = v.code AND d.verdict = 'merged'",
        (duplicate,),
    )
    return _after(conn)


def forget(conn: Connection, first: int, second: int) -> int:
    """What was said of the two is taken back: they may be asked about again."""
    periods.lock(conn)
    codes = _codes(conn, first, second)
    conn.execute(
        "DELETE FROM merge_decision WHERE (kept_code, duplicate_code) IN ((%s, %s), (%s, %s))", (*codes, *codes[::-1])
    )
    return _after(conn)


def apply(conn: Connection) -> set[int]:
    """Bring ``venue.merged_into`` in step with the decisions; returns the venues whose statuses that touches.

    A duplicate of a duplicate stands in the last one kept. Decisions about venues that are not there have to wait.
    """
    rows = conn.execute(
        """
        WITH RECURSIVE step AS (
            SELECT a.id, b.id AS kept, 1 AS depth
            FROM merge_decision AS d
            JOIN venue AS a ON a.code = d.duplicate_code
            JOIN venue AS b ON b.code = d.kept_code
            WHERE d.verdict = 'merged'
        ), chain AS (
            SELECT id, kept, depth FROM step
            UNION ALL
            SELECT c.id, s.kept, c.depth + 1 FROM chain AS c JOIN step AS s ON s.id = c.kept WHERE c.depth < 100
        ), wanted AS (
            SELECT DISTINCT ON (id) id, kept FROM chain ORDER BY id, depth DESC
        ), differing AS (
            SELECT v.id, v.merged_into AS was, w.kept
            FROM venue AS v LEFT JOIN wanted AS w USING (id)
            WHERE v.merged_into IS DISTINCT FROM w.kept
              AND (v.merged_into IS NOT NULL OR w.kept IS NOT NULL)
        )
        UPDATE venue AS v SET merged_into = d.kept FROM differing AS d WHERE d.id = v.id
        RETURNING v.id, d.was, d.kept
        """
    ).fetchall()
    return {venue for row in rows for venue in (row["id"], row["was"], row["kept"]) if venue is not None}


def _after(conn: Connection) -> int:
    touched = apply(conn)
    periods.after_load(conn, sorted(touched), days_changed=False)
    follow(conn)
    ask_for_duplicates(conn)
    return len(touched)


def ask_for_duplicates(conn: Connection) -> None:
    """Have the worker look through the register as it is now (:func:`find_duplicates`)."""
    if not any(job.kind == DUPLICATES and job.state == "queued" for job in jobs.open_jobs(conn)):
        jobs.ask(conn, DUPLICATES, {}, None)


def _codes(conn: Connection, first: int, second: int) -> tuple[str, str]:
    rows = conn.execute("SELECT id, code FROM venue WHERE id = ANY(%s)", ([first, second],)).fetchall()
    codes = {row["id"]: row["code"] for row in rows}
    if first == second or len(codes) < 2:
        raise UnusableMerge(Sentence("review.error.no_pair"))
    return codes[first], codes[second]


def _stands_in(conn: Connection, code: str, other: str) -> bool:
    """Whether ``code`` stands in ``other``, directly or through others."""
    row = conn.execute(
        """
        WITH RECURSIVE chain AS (
            SELECT kept_code AS code FROM merge_decision WHERE duplicate_code = %s AND verdict = 'merged'
            UNION
            SELECT d.kept_code FROM chain AS c JOIN merge_decision AS d ON d.duplicate_code = c.code
            WHERE d.verdict = 'merged'
        )
        SELECT EXISTS (SELECT FROM chain WHERE code = %s) AS stands
        """,
        (code, other),
    ).fetchone()
    return bool(row and row["stands"])


def _say(conn: Connection, duplicate: str, kept: str, verdict: str, decided_by: str | None) -> None:
    """Keep the newest word about the two, whichever way round the last one named them."""
    conn.execute("DELETE FROM merge_decision WHERE (duplicate_code, kept_code) = (%s, %s)", (kept, duplicate))
    conn.execute(
        "INSERT INTO merge_decision AS old (duplicate_code, kept_code, verdict, decided_by) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT (duplicate_code, kept_code) DO UPDATE SET verdict = excluded.verdict,"
        " decided_by = excluded.decided_by, decided_at = excluded.decided_at WHERE old.verdict <> excluded.verdict",
        (duplicate, kept, verdict, decided_by),
    )
