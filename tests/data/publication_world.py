"""The people of publication, its keys, and a list that goes through its steps; days are today's."""

import datetime as dt
from typing import Any

from data.access.caller import Caller, acting_as
from data.database.connection import desk_connection, loader_connection
from data.desk.cases import Taken
from data.desk.publications import draft
from data.status.days import today
from etl.publishing import steps
from tests.data.cases_world import DAY, People
from tests.etl.loading.files import rows


def drafted(people: People, kind: str = "venues", from_day: dt.date | None = None) -> Taken:
    with acting_as(people.centre), desk_connection() as conn:
        return draft(conn, kind, today(), from_day=from_day)


def taken(who: Caller, case: int, step: str, **said: Any) -> Taken:
    """A step, and the seal that it asks for, in one transaction: as the page does it."""
    with acting_as(who), desk_connection() as conn:
        return steps.take(conn, case, step, **said)


def entries(list_id: int) -> dict[str, int]:
    """The entries of a list: case by venue."""
    found = rows(
        "SELECT c.venue_code, c.id FROM publication_entry AS e JOIN case_file AS c ON c.id = e.case_id"
        " WHERE e.list_id = %s",
        list_id,
    )
    return {str(code): int(str(case)) for code, case in found}


def delivered(who: Caller, case: int) -> None:
    """The notice has been handed over, so long ago that its clock has run out."""
    facts = {"day": f"{today()}", "how": "hand", "to": "người bán hàng", "signed": True}
    taken(who, case, "deliver", facts=facts)
    with loader_connection() as conn:
        conn.execute("UPDATE publication_entry SET delivered_on = %s WHERE case_id = %s", (today() - 30 * DAY, case))


def published(people: People) -> tuple[int, dict[str, int]]:
    """A list of V1 and V5 that is public; returns it with its entries."""
    made = drafted(people)
    taken(people.centre, made.id, "notify")
    named = entries(made.id)
    for case in named.values():
        delivered(people.centre, case)
    taken(people.command, made.id, "approve")
    taken(people.centre, made.id, "publish")
    return made.id, named


def public() -> set[str]:
    """Names on the public page."""
    return {str(name) for (name,) in rows("SELECT name FROM published.entry")}
