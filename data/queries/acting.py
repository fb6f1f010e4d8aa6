"""Venues at which something is to be done, as the one who does it sees them."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from data.database.connection import Connection
from data.queries.filters import Filters, venues_sql


@dataclass(frozen=True)
class Excluded:
    """Why no case of a process can be opened at a venue: the end of the key ``case.refused.<why>``, and the open case
    that is in the way."""

    why: str
    case: int


@dataclass(frozen=True)
class Place:
    """A venue on the current day; ``status`` is None where it has closed or not yet opened.

    ``excluded`` holds, by process, what the cases that are open there do not let open besides them.
    """

    code: str
    name: str
    status: str | None
    has_qr: bool
    excluded: Mapping[str, Excluded] = field(default_factory=dict)


def places(conn: Connection, codes: list[str]) -> dict[str, Place]:
    """The venues of ``codes`` that the caller may see, by their codes."""
    rows = conn.execute(
        """
        SELECT v.code, v.name, v.status::text AS status, q.id IS NOT NULL AS has_qr, COALESCE((
            SELECT jsonb_object_agg(x.opening, jsonb_build_object('why', x.why, 'case', x.by_case) ORDER BY x.why)
            FROM excluded_at(v.id) AS x
        ), '{}') AS excluded
        FROM (SELECT current_day() AS day OFFSET 0) AS today
        CROSS JOIN venue AS v LEFT JOIN LATERAL registration_in_force(v.id, today.day) AS q ON true
        WHERE v.code = ANY(%s)
        """,
        (codes,),
    )
    return {row["code"]: _place(**row) for row in rows}


def _place(excluded: dict[str, dict[str, Any]], **row: Any) -> Place:
    return Place(**row, excluded={process: Excluded(**told) for process, told in excluded.items()})


def codes_of(conn: Connection, filters: Filters, most: int) -> list[str]:
    """Codes of the venues that ``filters`` let through, ``most`` at most, in the order of codes."""
    venues, parameters = venues_sql(filters)
    rows = conn.execute(
        f"SELECT code FROM ({venues}) AS found ORDER BY code LIMIT %(most)s",  # noqa: S608  # data.queries.filters' own
        parameters | {"most": most},
    )
    return [row["code"] for row in rows]


def case_of(conn: Connection, client: uuid.UUID) -> tuple[int, bool] | None:
    """The case of which a step was sent under the number ``client``, and whether that step opened it; None: the caller
    may see none."""
    row = conn.execute("SELECT case_id, from_state FROM case_entry WHERE client = %s", (client,)).fetchone()
    return (row["case_id"], row["from_state"] is None) if row else None


def code_of(conn: Connection, venue: int) -> str:
    """Code of the venue with the number, "" where the caller sees none."""
    row = conn.execute("SELECT code FROM venue WHERE id = %s", (venue,)).fetchone()
    return row["code"] if row else ""
