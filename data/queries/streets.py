"""The streets with most violating venues."""

from dataclasses import dataclass

from data.database.connection import Connection
from data.queries.filters import Filters, venues_sql


@dataclass(frozen=True)
class Street:
    """A street as the sources name it (None: the address names none), its venues and how many of them violate."""

    name: str | None
    venues: int
    violating: int


@dataclass(frozen=True)
class Streets:
    """The streets with most violations, and the venues of all others, so that both together are all venues."""

    worst: tuple[Street, ...]
    other_streets: int
    other_venues: int
    other_violating: int


def worst_streets(conn: Connection, filters: Filters, limit: int = 8) -> Streets:
    """Streets of the venues that ``filters`` let through, most violations first; only streets that have any.

    The filter on status is left aside: what is counted are violations among all venues of a street. Venues whose
    address names no street are one entry, without a name.
    """
    venues, parameters = venues_sql(filters.without("statuses"))
    rows = conn.execute(
        f"""
        SELECT street AS name, count(*) AS venues, count(*) FILTER (WHERE status = 'violating') AS violating
        FROM ({venues}) AS found
        GROUP BY street
        ORDER BY violating DESC, venues DESC, street COLLATE "vi-x-icu"
        """,  # noqa: S608  # data.queries.filters' own
        parameters,
    ).fetchall()
    streets = [Street(**row) for row in rows]
    worst = tuple(street for street in streets[:limit] if street.violating)
    others = streets[len(worst) :]
    return Streets(
        worst,
        sum(street.name is not None for street in others),
        sum(street.venues for street in others),
        sum(street.violating for street in others),
    )
