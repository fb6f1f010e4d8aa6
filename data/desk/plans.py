"""Plans of a day's visits: what a planner changes, each change on the version that they have before them.

Two planners on one plan: the second to change it is told who has changed it meanwhile, and nothing is overwritten. What
needs hours and distances stands in ``etl/plans/``; who may plan, PostgreSQL asks again (``data/sql/access.sql``).
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from psycopg.types.json import Jsonb

from data.database.connection import Connection
from data.desk import jobs
from data.desk.refusals import refusals
from data.errors import TextError
from data.texts.sentences import Sentence

JOB = "plan"
"""Kind of the job that looks for routes (``etl/worker/jobs/plan.py``)."""


class NoSuchPlan(TextError):
    """No plan has the number, or the caller may not see plans."""

    def __init__(self) -> None:
        super().__init__("plan.unknown")


class PlanChanged(TextError):
    """Somebody has changed the plan since the version that the caller has before them."""

    def __init__(self, by: str, at: dt.datetime) -> None:
        super().__init__("plan.changed", by=by, at=at)


class PlanRefused(TextError):
    """What was asked of a plan cannot be; the sentence says why."""


@dataclass(frozen=True)
class Head:
    """A plan without its teams and stops, held by the transaction that changes it."""

    id: int
    title: str
    day: dt.date
    state: str
    version: int
    seed: int
    options: dict[str, Any]
    changed_by: str
    changed_at: dt.datetime


_HEAD = "SELECT id, title, day, state, version, seed, options, changed_by, changed_at FROM visit_plan WHERE id = %s"


def hold(conn: Connection, plan: int, version: int | None, *states: str) -> Head:
    """The plan, to be changed by this transaction and by no other until it ends.

    Parameters
    ----------
    version
        That the caller has before them; None: whichever it is.
    states
        In which it may be changed so.

    Raises
    ------
    NoSuchPlan, PlanChanged, PlanRefused
    """
    row = conn.execute(f"{_HEAD} FOR UPDATE", (plan,)).fetchone()
    if row is None:
        raise NoSuchPlan
    head = Head(**row)
    if version is not None and head.version != version:
        raise PlanChanged(head.changed_by, head.changed_at)
    if head.state not in states:
        raise PlanRefused("plan.refused.state", state=Sentence(f"plan.state.{head.state}"))
    return head


def look(conn: Connection, plan: int) -> Head:
    """The plan, to be read. Raises NoSuchPlan."""
    row = conn.execute(_HEAD, (plan,)).fetchone()
    if row is None:
        raise NoSuchPlan
    return Head(**row)


def changed(conn: Connection, head: Head, *, state: str | None = None) -> int:
    """Note who has changed the plan, when, and into which state; returns its new version."""
    conn.execute(
        "UPDATE visit_plan SET version = version + 1, state = COALESCE(%s, state), changed_at = clock_timestamp(),"
        " changed_by = caller_name() WHERE id = %s",
        (state, head.id),
    )
    return head.version + 1


def insert_plan(
    conn: Connection, title: str, day: dt.date, area: dict[str, Any], seed: int, options: dict[str, Any]
) -> int:
    """A new draft; returns its number."""
    row = conn.execute(
        "INSERT INTO visit_plan (title, day, area, seed, options, created_by, changed_by)"
        " VALUES (%s, %s, %s, %s, %s, caller_name(), caller_name()) RETURNING id",
        (title, day, Jsonb(area), seed, Jsonb(options)),
    ).fetchone()
    if row is None:
        raise AssertionError("RETURNING gives a row")
    return int(row["id"])


def insert_teams(conn: Connection, plan: int, teams: Iterable[dict[str, Any]]) -> None:
    """Teams with the columns of ``plan_team``, numbered from 1 in the order given."""
    with conn.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO plan_team (plan_id, number, name, travel, start_lon, start_lat, shifts, ward_ids, members)"
            " VALUES (%(plan)s, %(number)s, %(name)s, %(travel)s, %(lon)s, %(lat)s, %(shifts)s, %(ward_ids)s,"
            " %(members)s)",
            [
                team | {"plan": plan, "number": number, "shifts": Jsonb(team["shifts"])}
                for number, team in enumerate(teams, 1)
            ],
        )


def replace_teams(conn: Connection, plan: int, teams: Iterable[dict[str, Any]]) -> None:
    """As :func:`insert_teams`, instead of those that there are; no stop is theirs any more."""
    conn.execute("DELETE FROM plan_team WHERE plan_id = %s", (plan,))
    insert_teams(conn, plan, teams)


def change_members(conn: Connection, plan: int, version: int, team: int, members: Iterable[int], why: str) -> int:
    """Other members for a team of an assigned plan: a colleague is ill, or the next shift takes over. Who left, who
    came, by whom, when and ``why`` is kept with the team. Returns the new version.

    What has been recorded stays; the routes stay the team's, and stops that somebody who left had taken are open to it.

    Raises
    ------
    NoSuchPlan, PlanChanged, NotAllowed
    PlanRefused
        The plan is not assigned, the team not the plan's, somebody cannot be in a team, nothing would change, or
        somebody leaves without a reason.
    """
    head = hold(conn, plan, version, "assigned")
    with refusals(conn, "plan.refused.", lambda key, values: PlanRefused(f"plan.refused.{key}", **values)):
        conn.execute("SELECT change_team_members(%s, %s, %s, %s)", (plan, team, list(members), why))
    return changed(conn, head)


def delete_stop(conn: Connection, stop: int) -> None:
    """Take a stop out of its plan altogether."""
    conn.execute("DELETE FROM plan_stop WHERE id = %s", (stop,))


def insert_stops(conn: Connection, plan: int, stops: Iterable[dict[str, Any]]) -> list[int]:
    """Stops to which nobody goes yet, with the columns of ``plan_stop``; returns their numbers."""
    numbers = []
    for stop in stops:
        row = conn.execute(
            "INSERT INTO plan_stop (plan_id, minutes, lon, lat, title, venues, prize)"
            " VALUES (%(plan)s, %(minutes)s, %(lon)s, %(lat)s, %(title)s, %(venues)s, %(prize)s) RETURNING id",
            stop | {"plan": plan, "venues": Jsonb(stop["venues"])},
        ).fetchone()
        if row is None:
            raise AssertionError("RETURNING gives a row")
        numbers.append(int(row["id"]))
    return numbers


def write_places(conn: Connection, places: Iterable[dict[str, Any]]) -> None:
    """Where stops stand in the routes: ``stop``, ``team``, ``shift``, ``position``, ``arrives``, ``why`` (left out)."""
    with conn.cursor() as cursor:
        cursor.executemany(
            "UPDATE plan_stop SET team_id = %(team)s, shift = %(shift)s, position = %(position)s,"
            " arrives = %(arrives)s, why_left_out = %(why)s,"
            " locked = locked AND %(team)s::bigint IS NOT NULL WHERE id = %(stop)s",
            list(places),
        )


def write_points(conn: Connection, points: Iterable[tuple[int, float, float]]) -> None:
    """Where stops lie by now: stop, longitude, latitude."""
    with conn.cursor() as cursor:
        cursor.executemany(
            "UPDATE plan_stop SET lon = %(lon)s, lat = %(lat)s WHERE id = %(stop)s",
            [{"stop": stop, "lon": lon, "lat": lat} for stop, lon, lat in points],
        )


def write_venues(conn: Connection, stop: int, venues: list[dict[str, Any]]) -> None:
    """What stands of a stop's venues."""
    conn.execute("UPDATE plan_stop SET venues = %s WHERE id = %s", (Jsonb(venues), stop))


def write_hours(conn: Connection, stop: int, minutes: int, opens: dt.time | None, closes: dt.time | None) -> None:
    """How long a visit takes, and when the place is open."""
    conn.execute(
        "UPDATE plan_stop SET minutes = %s, opens = %s, closes = %s WHERE id = %s", (minutes, opens, closes, stop)
    )


def write_solved(conn: Connection, plan: int, solved: dict[str, Any]) -> None:
    """How the plan's routes were found."""
    conn.execute("UPDATE visit_plan SET solved = %s WHERE id = %s", (Jsonb(solved), plan))


def lock_stop(conn: Connection, plan: int, version: int, stop: int, *, locked: bool) -> int:
    """Hold a stop to its team and half-day, or let it go; returns the new version. Raises as :func:`hold`."""
    head = hold(conn, plan, version, "draft", "assigned")
    row = conn.execute(
        "UPDATE plan_stop SET locked = %s WHERE id = %s AND plan_id = %s RETURNING team_id", (locked, stop, plan)
    ).fetchone()
    if row is None:
        raise PlanRefused("plan.refused.no_stop")
    if locked and row["team_id"] is None:
        raise PlanRefused("plan.refused.lock_off")
    return changed(conn, head)


def delete_plan(conn: Connection, plan: int, version: int) -> None:
    """Throw a draft away. Raises as :func:`hold`; what was assigned stays on record."""
    hold(conn, plan, version, "draft")
    conn.execute("DELETE FROM visit_plan WHERE id = %s", (plan,))


def ask_routes(conn: Connection, plan: int, version: int, *, only_rest: bool) -> int:
    """Ask the worker for routes; returns the job's number, that of the open one where there is one.

    ``only_rest``: begin from the routes that are there. Locked stops stay with their team and half-day, and stops that
    have been visited stay where they are, either way. Raises as :func:`hold`.
    """
    hold(conn, plan, version, "draft", "assigned")
    for job in jobs.open_jobs(conn):
        if job.kind == JOB and job.payload.get("plan") == plan:
            return job.id
    asked_by = conn.execute("SELECT caller_name() AS name").fetchone()
    payload = {"plan": plan, "version": version, "rest": only_rest}
    return jobs.ask(conn, JOB, payload, asked_by["name"] if asked_by else None)


def cancel_routes(conn: Connection, plan: int) -> None:
    """Tell the job that looks for the plan's routes to keep the best it has; where none does, nothing happens."""
    open_job = next((job for job in jobs.open_jobs(conn) if job.kind == JOB and job.payload.get("plan") == plan), None)
    if open_job:
        conn.execute(
            "UPDATE visit_plan SET options = options || %s WHERE id = %s", (Jsonb({"enough": open_job.id}), plan)
        )
