"""How many venues a plan has to choose from, before it is made (``etl.plans.making.create_plan`` chooses)."""

from collections import Counter

from data.database.connection import Connection
from data.queries.filters import Filters
from data.queries.priority import ranked


def by_ward(conn: Connection, filters: Filters, kind: str) -> dict[int, int]:
    """Venues to which a visit of the kind may be made, by id of their ward (0: none), without those planned already.

    ``filters.day`` is today: a plan for a later day is made of what is so by now.
    """
    found = ranked(conn, filters, filters.day, free=True)
    return dict(Counter(each.ward_id or 0 for each in found if kind != "inspection" or each.kind == kind))
