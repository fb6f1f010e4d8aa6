"""The visits of an assigned plan: opened where a team goes, given up where none goes any more.

A venue has one planned visit at a time, and no second inspection in a year without a sign of violation: PostgreSQL
refuses it (``data/sql/case_rules.sql``), and the venue then stands in the plan with the reason, visited by nobody.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from data.database.connection import Connection
from data.desk import plans
from data.desk.cases import StepRefused, open_case, take_step
from data.desk.plans import PlanRefused
from data.texts.catalogue import t
from data.texts.sentences import as_json
from etl.plans import day as days
from etl.plans.day import Day, Placed


@dataclass(frozen=True)
class Refused:
    """A venue that may not be visited so, and the sentence that says why."""

    code: str
    stop: int
    said: str


def assign(conn: Connection, plan: int, version: int) -> tuple[Refused, ...]:
    """Give the plan to its teams: each venue on a route has its visit from now on.

    Returns the venues that the database refuses; they are left out of the routes, which are timed anew.

    Raises
    ------
    NoSuchPlan, PlanChanged, PlanRefused
    """
    head = plans.hold(conn, plan, version, "draft")
    day = days.read(conn, head)
    going = [placed for placed in day.placed.values() if placed.team is not None]
    if not going:
        raise PlanRefused("plan.refused.nothing_to_assign")
    refused = open_visits(conn, day, going)
    plans.changed(conn, head, state="assigned")
    return refused


def close_plan(conn: Connection, plan: int, version: int) -> int:
    """The day is over: visits that nobody has made are due on the next working day, outside the plan.

    Returns the new version. Raises as :func:`assign`.
    """
    head = plans.hold(conn, plan, version, "assigned")
    for case in _planned(conn, [placed.stop.id for placed in days.read(conn, head).placed.values()]):
        take_step(conn, case["case_id"], "miss", facts={"why": t("plan.missed.closed", day=head.day)})
    return plans.changed(conn, head, state="closed")


def open_visits(conn: Connection, day: Day, going: Iterable[Placed]) -> tuple[Refused, ...]:
    """Open the visits of stops to which a team goes, where they have none or nobody came; stops and routes that change
    are written.
    """
    refused: list[Refused] = []
    going = list(going)
    venues = {placed.stop.id: [dict(venue) for venue in placed.venues] for placed in going}
    wanted = [
        (venue["code"], placed.stop.id, venue)
        for placed in going
        for venue in venues[placed.stop.id]
        if not venue.get("case") or venue["case"] in placed.missed
    ]
    # by code: two plans that have venues in common wait for each other, and not each for the other
    for code, stop, venue in sorted(wanted, key=lambda each: each[0]):
        said = {name: venue[name] for name in ("kind", "drawn", "reasons") if venue.get(name) is not None}
        try:
            opened = open_case(conn, "visit", "plan", code, facts=said | {"day": f"{day.head.day}", "stop": stop})
        except StepRefused as error:
            venue["refused"] = as_json(error.said)
            refused.append(Refused(code, stop, error.said))
        else:
            venue["case"] = opened.id
            venue.pop("refused", None)
    for stop in {stop for _, stop, _ in wanted}:
        plans.write_venues(conn, stop, venues[stop])
    off = {stop: "refused" for stop, found in venues.items() if not any(venue.get("case") for venue in found)}
    if off:
        order = {key: [stop for stop in stops if stop not in off] for key, stops in day.order.items()}
        days.write(conn, day, order, off)
    return tuple(refused)


def give_up(conn: Connection, day: Day, stops: Sequence[int], why: str, *, is_due: bool = False) -> None:
    """Visits of ``stops`` that are planned are so no more, for the reason ``why``.

    A visit that was due by a rule before it was planned is due again; with ``is_due`` each of them is, since somebody
    still has to go. One that has been made stays with its stop: nobody makes it again.
    """
    for case in _planned(conn, stops):
        step = "miss" if is_due or case["follows"] is not None else "waive"
        take_step(conn, case["case_id"], step, facts={"why": why})
    made = _made(conn, [venue["case"] for stop in stops for venue in day.placed[stop].venues if venue.get("case")])
    for stop in stops:
        venues: list[dict[str, Any]] = [dict(venue) for venue in day.placed[stop].venues]
        for venue in venues:
            if venue.get("case") not in made:
                venue.pop("case", None)
        plans.write_venues(conn, stop, venues)


def _made(conn: Connection, cases: list[int]) -> set[int]:
    found = conn.execute("SELECT id FROM case_file WHERE id = ANY (%s) AND state = 'recorded'", (cases,))
    return {row["id"] for row in found}


def _planned(conn: Connection, stops: Sequence[int]) -> list[dict[str, Any]]:
    return conn.execute(
        "SELECT x.case_id, x.follows FROM visit AS x JOIN case_file AS c ON c.id = x.case_id"
        " WHERE x.stop_id = ANY (%s) AND c.state = 'planned' ORDER BY c.venue_code",
        (list(stops),),
    ).fetchall()
