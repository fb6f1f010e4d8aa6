"""What a person decides about descriptions, and what follows from it: links, new venues, rows that wait no longer.

Decisions are kept by natural keys (``link_decision``) and outlive whatever is loaded or taken back. Doing the same
decisions twice leaves what doing them once does.
"""

from dataclasses import dataclass

import pandas as pd
from psycopg.sql import SQL, Identifier

from data.database.connection import Connection
from data.errors import UserError
from data.status import periods
from data.status.days import today
from data.texts.folding import fold
from data.texts.sentences import Sentence
from etl.linking.cases import follow
from etl.linking.links import link_decided
from etl.loading import pending, venue_tables
from etl.loading.kinds import TABLES
from etl.locating.districts import NO_WARD, district
from etl.values.categories import categorise
from etl.values.streets import street_of

NEW_CODE = "BS-{:06d}"
"""Code of a venue that a person made of a description ("bổ sung"); the register's codes have other prefixes."""


class UnusableDecision(UserError):
    """A decision names a description or a venue that is not there any more."""


@dataclass(frozen=True)
class Decision:
    """One word of a person. ``verdict``: same, different (both name a venue), new, or undo: of what was said of the
    description and ``venue``; without one, of which venue it is.
    """

    mention: int
    verdict: str
    venue: int | None = None


@dataclass(frozen=True)
class Decided:
    """What became of a batch: how many venues it touched, and why some decisions could not be kept."""

    touched: int
    refused: tuple[str, ...]


def decide(conn: Connection, decisions: list[Decision], decided_by: str | None) -> Decided:
    """Apply ``decisions`` in their order, and bring rows and statuses in step.

    One about a description or a venue that is gone meanwhile is left out and said: the others must not wait for it.
    """
    periods.lock(conn)
    refused: list[str] = []
    for decision in decisions:
        try:
            _write_decision(conn, decision, decided_by)
        except UnusableDecision as error:
            refused.append(error.said)
    descriptions = sorted({decision.mention for decision in decisions})
    link_decided(conn, descriptions)
    _unlink(conn, descriptions)
    touched = pending.follow_links(conn, descriptions)
    touched |= _made_venues(conn, descriptions)
    gone = _remove_venues_of_nobody(conn)
    periods.after_load(conn, sorted(touched - gone), days_changed=False)
    follow(conn)
    return Decided(len(touched), tuple(refused))


def _write_decision(conn: Connection, decision: Decision, decided_by: str | None) -> None:
    row = conn.execute("SELECT key FROM mention WHERE id = %s", (decision.mention,)).fetchone()
    if row is None:
        raise UnusableDecision(Sentence("review.error.no_description"))
    key = row["key"]
    code = _code_of(conn, decision.venue) if decision.venue else None
    if decision.verdict == "undo":
        conn.execute(
            "DELETE FROM link_decision WHERE mention_key = %(key)s"
            " AND CASE WHEN %(code)s::text IS NULL THEN verdict <> 'different' ELSE venue_code = %(code)s END",
            {"key": key, "code": code},
        )
        return
    if decision.verdict == "new":
        code = _make_venue(conn, decision.mention, key, decided_by)
    if code is None or decision.verdict not in ("same", "different", "new"):
        raise UnusableDecision(Sentence("review.error.no_venue_said"))
    if decision.verdict != "different":
        conn.execute(
            "DELETE FROM link_decision WHERE mention_key = %s AND venue_code <> %s AND verdict IN ('same', 'new')",
            (key, code),
        )
    conn.execute(
        """
        INSERT INTO link_decision (mention_key, venue_code, verdict, reasons, decided_by)
        SELECT %(key)s, %(code)s, %(verdict)s, COALESCE((
            SELECT c.reasons FROM link_candidate AS c JOIN venue AS v ON v.id = c.venue_id
            WHERE c.mention_id = %(mention)s AND v.code = %(code)s
        ), '[]'), %(by)s
        ON CONFLICT (mention_key, venue_code) DO UPDATE
        SET verdict = excluded.verdict, decided_by = excluded.decided_by, decided_at = excluded.decided_at
        WHERE link_decision.verdict <> excluded.verdict
        """,
        {"key": key, "code": code, "verdict": decision.verdict, "mention": decision.mention, "by": decided_by},
    )


def _code_of(conn: Connection, venue: int) -> str:
    row = conn.execute("SELECT code FROM venue WHERE id = %s", (venue,)).fetchone()
    if row is None:
        raise UnusableDecision(Sentence("review.error.no_venue"))
    return str(row["code"])


def _unlink(conn: Connection, descriptions: list[int]) -> None:
    """Links that no decision bears any more, or that one speaks against."""
    conn.execute(
        """
        DELETE FROM link AS l USING mention AS m
        WHERE m.id = l.mention_id AND m.id = ANY(%s)
          AND (
            l.linked_by = 'person' AND NOT EXISTS (
                SELECT FROM link_decision AS d JOIN venue AS v ON v.code = d.venue_code
                WHERE d.mention_key = m.key AND v.id = l.venue_id AND d.verdict IN ('same', 'new')
            )
            OR EXISTS (
                SELECT FROM link_decision AS d JOIN venue AS v ON v.code = d.venue_code
                WHERE d.mention_key = m.key AND v.id = l.venue_id AND d.verdict = 'different'
            )
          )
        """,
        (descriptions,),
    )


def _make_venue(conn: Connection, mention: int, key: str, decided_by: str | None) -> str:
    """The venue of a description that means none of the register, made once; returns its code, which is never used
    again where the decision is taken back.
    """
    known = conn.execute("SELECT code FROM decided_venue WHERE mention_key = %s", (key,)).fetchone()
    if known:
        return str(known["code"])
    row = conn.execute(
        "SELECT m.name, m.address, m.ward_named, m.category, nextval('decided_venue_number') AS number"
        " FROM mention AS m WHERE m.id = %s",
        (mention,),
    ).fetchone()
    if row is None:
        raise AssertionError("the description was read before")
    code = NEW_CODE.format(row["number"])
    said = {name: row[name] for name in ("name", "address", "ward_named", "category")}
    conn.execute(
        "INSERT INTO decided_venue (code, mention_key, name, address, ward_named, category, decided_by)"
        " VALUES (%(code)s, %(key)s, %(name)s, %(address)s, %(ward_named)s, %(category)s, %(by)s)",
        said | {"code": code, "key": key, "by": decided_by},
    )
    wards = district(conn, today())
    ward = int(wards.named(pd.Series([row["ward_named"]], dtype=object))[0])
    category, _ = categorise(pd.Series([row["category"]], dtype=object))
    search_text = fold(f"{code} {row['name']} {row['address']}")
    venue_tables.make(
        conn,
        said
        | {
            "code": code,
            "street": street_of(row["address"]),
            "search_text": search_text,
            "category": category[0],
            "ward_id": None if ward == NO_WARD else ward,
            "location": "none",
            "outside_ward": False,
        },
    )
    return code


def _made_venues(conn: Connection, descriptions: list[int]) -> set[int]:
    """Venues made of ``descriptions``: they have a status as soon as they are there."""
    rows = conn.execute(
        "SELECT v.id FROM mention AS m JOIN decided_venue AS d ON d.mention_key = m.key"
        " JOIN venue AS v ON v.code = d.code WHERE m.id = ANY(%s)",
        (descriptions,),
    )
    return {row["id"] for row in rows}


def _remove_venues_of_nobody(conn: Connection) -> set[int]:
    """Venues made by a decision that was taken back, unless something else has been loaded on them; returns them."""
    unused = SQL(" AND ").join(
        SQL("NOT EXISTS (SELECT FROM {} AS t WHERE t.venue_id = v.id)").format(Identifier(table.name))
        for table in TABLES.values()
    )
    query = SQL(
        "SELECT v.id, v.code FROM decided_venue AS d JOIN venue AS v USING (code) WHERE {} AND NOT EXISTS"
        " (SELECT FROM link_decision AS l WHERE l.venue_code = d.code AND l.verdict IN ('same', 'new'))"
        " AND NOT EXISTS (SELECT FROM venue AS m WHERE m.merged_into = v.id)"
    ).format(unused)
    rows = conn.execute(query).fetchall()
    codes = [row["code"] for row in rows]
    conn.execute("DELETE FROM decided_venue WHERE code = ANY(%s)", (codes,))
    conn.execute("DELETE FROM venue WHERE id = ANY(%s)", ([row["id"] for row in rows],))
    conn.execute("DELETE FROM link_decision WHERE venue_code = ANY(%s)", (codes,))
    conn.execute("DELETE FROM merge_decision WHERE duplicate_code = ANY(%s) OR kept_code = ANY(%s)", (codes, codes))
    conn.execute("DELETE FROM venue_point WHERE venue_code = ANY(%s)", (codes,))
    return {row["id"] for row in rows}
