"""Suggestions while a person types: venues by code, name or address, with and without diacritics."""

from dataclasses import dataclass

from data.database.connection import Connection
from data.queries.filters import Filters, venues_sql
from data.texts.folding import fold

SHORTEST = 2


@dataclass(frozen=True)
class Suggestion:
    """A venue that may be meant."""

    code: str
    name: str
    address: str
    ward_name: str | None
    status: str


def suggestions(conn: Connection, filters: Filters, limit: int = 8) -> list[Suggestion]:
    """Venues of ``filters.day`` whose code, name or address hold all words of ``filters.query``; other filters count.

    An exact code comes first, then codes and names that begin with the text, then the rest by name. Less than two
    letters suggest nothing.
    """
    text = fold(filters.query)
    if len(text) < SHORTEST:
        return []
    venues, parameters = venues_sql(filters)
    rows = conn.execute(
        f"""
        SELECT code, name, address, ward_name, status FROM ({venues}) AS found
        ORDER BY fold(code) <> %(text)s, NOT starts_with(fold(code), %(text)s), NOT starts_with(fold(name), %(text)s),
                 fold(name), code
        LIMIT %(limit)s
        """,  # noqa: S608  # the text in braces is data.queries.filters' own
        parameters | {"text": text, "limit": limit},
    ).fetchall()
    return [Suggestion(**row) for row in rows]
