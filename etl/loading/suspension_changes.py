"""Which suspensions end, begin or come back by a load, or by taking one back, without anybody's step: the registration
that came ends an agreed request and makes a decision due to be repealed, and without it both are as before
(``data/sql/case_suspensions.sql``).
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any, LiteralString

from data.database.connection import Connection
from etl.loading.status_changes import MOST_NAMED

SIDES = ("ended", "begun", "repeal_due", "repeal_not_due", "withdrawn")
_MOVES = {
    ("agreed", "ended"): "ended",
    ("in_force", "expired"): "ended",
    ("lift_due", "expired"): "ended",
    ("ended", "agreed"): "begun",
    ("in_force", "lift_due"): "repeal_due",
    ("lift_due", "in_force"): "repeal_not_due",
    ("requested", "withdrawn"): "withdrawn",
    ("confirmed", "withdrawn"): "withdrawn",
}
"""What the move of a case from one state to another comes to, as one of SIDES."""

_SUSPENDED_TODAY: LiteralString = """
    SELECT v.code, v.name FROM status_period AS p JOIN venue AS v ON v.id = p.venue_id
    WHERE p.status = 'suspended' AND p.from_day <= today() AND p.to_day >= today()"""

Names = dict[str, str]
"""Venues: name by code."""


@dataclass(frozen=True)
class Stood:
    """Suspensions before something: the venues suspended on the ``day`` that was the current one, and on the day of the
    calendar, for the first real load moves the one to the other; and the state of each case by its number.
    """

    day: str
    suspended: Names
    suspended_today: Names
    states: dict[int, str]


def note(conn: Connection) -> Stood:
    """How suspensions stand, to be compared with later (:func:`compare`)."""
    row = conn.execute("SELECT current_day()::text AS day, current_day() = today() AS is_today").fetchone()
    if row is None:
        raise AssertionError("a SELECT without FROM gives one row")
    suspended = _names(conn, "SELECT v.code, v.name FROM venue AS v WHERE v.status = 'suspended'")
    on_calendar = suspended if row["is_today"] else _names(conn, _SUSPENDED_TODAY)
    return Stood(row["day"], suspended, on_calendar, {case: state for case, (state, _, _) in _cases(conn).items()})


def compare(conn: Connection, before: Stood) -> dict[str, Any]:
    """What has become of them: {side: {count, venues: [{code, name}]}}, by venue, at most MOST_NAMED named.

    ``ended``: the venue is suspended no more, or what had been agreed to for a later day is off. ``begun``: it is
    suspended (again). ``repeal_due``: a decision stays, but its repeal is due; ``repeal_not_due``: no longer.
    ``withdrawn``: a request that nobody had agreed to yet. Sides of no venue are left out.
    """
    after = note(conn)
    is_one_day = before.day == after.day
    was = before.suspended if is_one_day else before.suspended_today
    now = after.suspended if is_one_day else after.suspended_today
    sides: dict[str, Names] = defaultdict(dict)
    for case, (state, code, name) in _cases(conn).items():
        side = _MOVES.get((before.states.get(case, ""), state))
        if side and not (side == "ended" and code in now):  # by a decision beside it
            sides[side][code] = name
    sides["ended"] |= {code: was[code] for code in was.keys() - now.keys()}
    sides["begun"] |= {code: now[code] for code in now.keys() - was.keys()}
    return {side: _named(sides[side]) for side in SIDES if sides[side]}


def _named(venues: Names) -> dict[str, Any]:
    named = [{"code": code, "name": venues[code]} for code in sorted(venues)]
    return {"count": len(named), "venues": named[:MOST_NAMED]}


def _names(conn: Connection, query: LiteralString) -> Names:
    return {row["code"]: row["name"] for row in conn.execute(query)}


def _cases(conn: Connection) -> dict[int, tuple[str, str, str]]:
    """State, and code and name of the venue, of each case of a suspension."""
    rows = conn.execute(
        "SELECT c.id, c.state, COALESCE(v.code, c.venue_code) AS code, COALESCE(v.name, '') AS name"
        " FROM case_file AS c LEFT JOIN venue AS v ON v.id = c.venue_id WHERE c.process LIKE 'suspension%'"
    )
    return {row["id"]: (row["state"], row["code"], row["name"]) for row in rows}
