"""Lists of the demonstration, so that every screen of publication has something to show: one of venues, published,
and a draft of bodies. Everything of them says that it is made up, as the venues on them are.

The steps are the real ones, taken as the demonstration's accounts; only the days of delivery are set back, for the
demonstration's day stands still.
"""

import argparse
import datetime as dt
from typing import Any

from data.access.caller import Caller, acting_as
from data.access.roles import ROLES
from data.database.connection import desk_connection, loader_connection
from data.desk.publications import draft
from data.settings import get_settings
from data.status.days import data_span
from data.texts.catalogue import t
from etl.publishing import steps
from proof import keys

DELIVERED_BEFORE = dt.timedelta(days=40)
EARLIER_LIST = dt.timedelta(days=14)
PERIOD = dt.timedelta(days=30)
MOST_NAMES = 20


def run(options: argparse.Namespace) -> int:
    """Make the lists, unless there is one, or the data are no demonstration; returns 0."""
    del options
    with loader_connection() as conn:
        span = data_span(conn)
        known = conn.execute("SELECT EXISTS (SELECT FROM publication) AS lists").fetchone()
        people = {row["role"]: _caller(row) for row in conn.execute("SELECT * FROM account WHERE is_demo ORDER BY id")}
    if not span.is_demo or known is None or known["lists"] or not {"culture_centre", "district_command"} <= set(people):
        return 0
    folder = get_settings().publication_keys
    if not (folder / keys.REGISTER).exists():
        keys.new_key(folder, dt.datetime.now(dt.UTC))
    centre, command = people["culture_centre"], people["district_command"]
    day = span.current_day
    _draft(centre, "bodies", day, day - PERIOD)
    number = _draft(centre, "venues", day - EARLIER_LIST)
    if not _entries(number):
        return 0
    _take(centre, number, "notify")
    _deliver(number, day)
    _decide_names(centre, number)
    _object(centre, command, number)
    if _entries(number, "notified"):
        _take(command, number, "approve")
        _take(centre, number, "publish")
        _take(centre, number, "tick", facts={"channel": "page", "place": "/cong-khai", "day": day.isoformat()})
        _claim(centre, number)
    print(t("demo.lists", count=len(_entries(number, "published"))))
    return 0


def _caller(row: dict[str, Any]) -> Caller:
    return Caller(row["id"], row["login"], row["name"], row["role"], ROLES[row["role"]].rights, wards=None)


def _draft(who: Caller, kind: str, day: dt.date, from_day: dt.date | None = None) -> int:
    with acting_as(who), desk_connection() as conn:
        return draft(conn, kind, day, from_day=from_day).id


def _take(who: Caller, case: int, step: str, **said: Any) -> None:
    with acting_as(who), desk_connection() as conn:
        steps.take(conn, case, step, **said)


def _entries(number: int, state: str | None = None, *, is_asked: bool = False) -> list[int]:
    """Open entries of the list, in its order; of those whose name seems to be a person's, with ``is_asked``."""
    with loader_connection() as conn:
        rows = conn.execute(
            "SELECT c.id FROM case_file AS c JOIN publication_entry AS e ON e.case_id = c.id"
            " WHERE e.list_id = %s AND c.closed_at IS NULL AND c.state = COALESCE(%s, c.state)"
            " AND (e.anonymous_proposed OR NOT %s) ORDER BY e.position",
            (number, state, is_asked),
        )
        return [row["id"] for row in rows]


def _deliver(number: int, day: dt.date) -> None:
    """All but one in nine: their clocks have run out."""
    with loader_connection() as conn:
        conn.execute(
            "UPDATE publication_entry SET delivered_on = %s WHERE list_id = %s AND position %% 9 > 0",
            (day - DELIVERED_BEFORE, number),
        )


def _decide_names(who: Caller, number: int) -> None:
    for case in _entries(number, "notified", is_asked=True)[:MOST_NAMES]:
        _take(who, case, "name", facts={"anonymous": True})


def _object(who: Caller, command: Caller, number: int) -> None:
    """Two object: one is refused, one waits."""
    said = {"words": t("demo.objection"), "channel": "paper"}
    for case in _entries(number, "notified")[:2]:
        _take(who, case, "object", facts=said)
    for case in _entries(number, "objected")[:1]:
        _take(command, case, "reject", facts={"why": t("demo.rejected")})


def _claim(who: Caller, number: int) -> None:
    for case in _entries(number, "published")[:1]:
        _take(who, case, "claim", facts={"words": t("demo.claim"), "channel": "paper"})
