"""``plan`` {plan, version, rest}: look for the routes of a plan; until they are written it stays as it was.

What is best so far is told in the job's result, for the map. A planner who has seen enough ends the search and keeps
the best (``data.desk.plans.cancel_routes``). A plan that was changed meanwhile is not overwritten.
"""

import datetime as dt
import time
from typing import Any

from psycopg.types.json import Jsonb

from data.database.connection import Connection, loader_connection
from data.desk import plans
from data.desk.jobs import Job
from data.queries.shadow import shadow_rows
from data.queries.street_network import serves
from data.texts.sentences import Sentence
from etl.plans import day as days
from etl.plans import solving
from etl.plans.day import Day
from etl.plans.distances import by_streets
from etl.worker.jobs import Progress, done, number_in
from planning.routes import Routes

STEPS = 3
CHANGEABLE = ("draft", "assigned")
SECONDS_BETWEEN_TELLING = 0.7


def run(job: Job, progress: Progress) -> dict[str, Any]:
    """Returns the totals of the routes, as ``etl.plans.solving.as_json``, and the plan's new ``version``.

    Raises
    ------
    NoSuchPlan, PlanChanged, PlanRefused, Unplannable, UnusablePayload
    """
    plan, version = number_in(job, "plan"), number_in(job, "version")
    progress(1, Sentence("job.doing.plan.reading"))
    with loader_connection(autocommit=True) as aside:
        with loader_connection() as conn:
            day = days.read(conn, plans.hold(conn, plan, version, *CHANGEABLE), by_streets(aside))
        tasks = solving.tasks_of(day, dt.datetime.now(dt.UTC))
        progress(2, Sentence("job.doing.plan.solving", stops=len(tasks[0])))
        news, began = _News(aside, job, plan), time.monotonic()
        routes = solving.routes_for(day, tasks, only_rest=job.payload.get("rest") is True, tell=news.tell)
        seconds = round(time.monotonic() - began, 1)
        progress(3, Sentence("job.doing.plan.writing"))
        with loader_connection() as conn:
            head = plans.hold(conn, plan, version, *CHANGEABLE)
            solving.write(conn, day, routes)
            found = solving.as_json(routes)
            how = {
                "distances": "streets" if serves(aside) else "straight",
                "search_seconds": seconds,
                "was_ended": news.was_ended,
                "shadow": _in_shadow(conn, day),
            }
            plans.write_solved(conn, plan, found | how)
            return done(conn, job, found | {"version": plans.changed(conn, head)})


def _in_shadow(conn: Connection, day: Day) -> dict[str, Any]:
    """In which order the model would have put the venues: logged, and used by nothing."""
    codes = [venue["code"] for placed in day.placed.values() for venue in placed.venues]
    ids = [row["id"] for row in conn.execute("SELECT id FROM venue WHERE code = ANY (%s) ORDER BY code", (codes,))]
    rows = shadow_rows(conn, ids, day.head.day)
    if all(row["found"] is None for row in rows):
        return {"day": f"{day.head.day}", "order": None}
    from planning.shadow import shadow_order  # scikit-learn takes a second and a half, and nothing else needs it

    return {"day": f"{day.head.day}", "order": shadow_order(rows, day.head.day)}


class _News:
    """Tells the page of the best so far, and hears of it when that is enough."""

    def __init__(self, conn: Connection, job: Job, plan: int) -> None:
        self._conn, self._job, self._plan, self._told_at = conn, job, plan, 0.0
        self.was_ended = False

    def tell(self, best: Routes, share: float) -> bool:
        """Whether to go on."""
        if time.monotonic() - self._told_at < SECONDS_BETWEEN_TELLING:
            return True
        self._told_at = time.monotonic()
        self._conn.execute(
            "UPDATE job SET result = result || %s WHERE id = %s",
            (Jsonb({"best": solving.as_json(best), "share": round(share, 2)}), self._job.id),
        )
        row = self._conn.execute(
            "SELECT options -> 'enough' = to_jsonb(%s::bigint) AS is_enough FROM visit_plan WHERE id = %s",
            (self._job.id, self._plan),
        ).fetchone()
        self.was_ended = row is None or row["is_enough"] is True
        return not self.was_ended
