"""Plans that are out: what was visited stays, members and stops change, venues comply, close or move meanwhile."""

from pathlib import Path

import psycopg
import pytest
from psycopg.types.json import Jsonb

from data.access.caller import Caller, acting_as
from data.database.connection import app_connection, desk_connection, loader_connection
from data.desk import plans
from data.desk.plans import PlanRefused
from data.queries import plans as queries
from data.queries.team_members import turnover
from data.status.days import today
from etl.plans import changes, visits
from etl.worker.jobs import plan as job_of_plans
from tests.data import plan_world as world
from tests.data.cases_world import registered, step_as
from tests.data.plan_world import (
    POLICE,
    assign,
    change,
    draft,
    seen,
    solve,
    stop_of,
    team,
)
from tests.etl.loading.files import one
from tests.fixtures.officers import officer
from tests.fixtures.routes import known

pytestmark = pytest.mark.usefixtures("fresh_database")


@pytest.fixture(autouse=True)
def ground(tmp_path: Path, fresh_database: str) -> None:
    world.ground(tmp_path)


def test_what_is_done_stays_and_the_rest_is_planned_anew() -> None:
    plan = draft()
    solve(plan)
    assign(plan)
    route = max((r for r in _routes(plan)), key=len)
    done = route[0]
    step_as(POLICE, done.venues[0].case or 0, "record", facts={"outcome": "made_on_spot"})
    with pytest.raises(PlanRefused, match="đã có kết quả"):
        change(changes.move_stop, plan, done.id, None)
    solve(plan, rest=True)
    now = next(stop for stop in seen(plan).stops if stop.id == done.id)
    assert (now.team_id, now.shift, now.position) == (done.team_id, done.shift, 1)
    assert now.venues[0].outcome == "made_on_spot"
    left = next(stop for stop in seen(plan).stops if stop.team_id and stop.id != done.id)
    step_as(POLICE, left.venues[0].case or 0, "miss", facts={"why": "đóng cửa buổi sáng"})
    target = next((each.id, shift) for each in seen(plan).teams for shift in (1, 0) if each.id != left.team_id)
    change(changes.hand_over, plan, (left.team_id, left.shift), target)
    now = next(stop for stop in seen(plan).stops if stop.id == left.id)
    assert (now.team_id, now.shift, now.venues[0].state, now.venues[0].case) == (
        *target,
        "planned",
        left.venues[0].case,
    )
    change(visits.close_plan, plan)
    assert one("SELECT count(*) FROM case_file WHERE state = 'due'") == 6
    assert one("SELECT count(*) FROM case_file WHERE state = 'planned'") == 0


def test_members_of_an_assigned_plan_change_by_its_one_way_and_what_was_recorded_stays() -> None:
    sick, well = (
        known(officer("om", role="police", name="Anh Ốm")),
        known(officer("khoe", role="police", name="Anh Khỏe")),
    )
    members = (sick.account_id or 0,)
    plan = draft(team(members=members))
    with pytest.raises(PlanRefused, match="nháp"):
        change(plans.change_members, plan, seen(plan).teams[0].id, [well.account_id], "ốm")
    solve(plan)
    assign(plan)
    mine = next(each for each in seen(plan).teams if each.members)
    stops = [stop for stop in seen(plan).stops if stop.team_id == mine.id]
    step_as(sick, stops[0].venues[0].case or 0, "record", facts={"outcome": "compliant"})
    claim = {"stop": stops[1].id, "mine": True}
    with acting_as(sick), desk_connection() as conn:
        conn.execute(
            "SELECT field_record(gen_random_uuid(), 'stop_claim', NULL, NULL, NULL, now(), now(), %s, NULL)",
            (Jsonb(claim),),
        )
    with acting_as(POLICE), app_connection() as conn:
        told = turnover(conn, plan, mine.id, [well.account_id or 0])
    assert told
    assert ([(each.name, each.recorded, each.holds) for each in told.gone], told.open) == (
        [("Anh Ốm", 1, 1)], len(stops) - 1,
    )  # fmt: skip
    assert [(each.name, each.sees, each.elsewhere) for each in told.come] == [("Anh Khỏe", len(stops), None)]
    for wrong, why in (([well.account_id], " "), ([999999], "ốm"), ([sick.account_id], "ốm")):
        with pytest.raises(PlanRefused):
            change(plans.change_members, plan, mine.id, wrong, why)
    change(plans.change_members, plan, mine.id, [well.account_id], "Anh Ốm nghỉ ốm")
    now = next(each for each in seen(plan).teams if each.id == mine.id)
    [turned] = now.turnover
    assert (now.members, turned["gone"], turned["come"], turned["why"], turned["by"]) == (
        (well.account_id,), ["Anh Ốm"], ["Anh Khỏe"], "Anh Ốm nghỉ ốm", POLICE.name,
    )  # fmt: skip
    assert (seen(plan).version, stop_of(plan, stops[0].venues[0].code).venues[0].outcome) == (4, "compliant")
    assert [_on_phone(each) for each in (sick, well)] == [[], [(stop.id, None) for stop in stops]]
    # a record that was made without a network before is taken when it arrives
    step_as(sick, stops[1].venues[0].case or 0, "record", facts={"outcome": "made_on_spot"})
    chair = officer("chi", "Mộ Lao", role="ward_chair")
    sql = "SELECT change_team_members(%s, %s, '{}', 'x')"
    with acting_as(chair), desk_connection() as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute(sql, (plan, mine.id))
    with acting_as(POLICE), desk_connection() as conn:  # nor past the function
        assert conn.execute("UPDATE plan_team SET members = '{}'").rowcount == 0
        assert conn.execute("DELETE FROM plan_team").rowcount == 0
    change(visits.close_plan, plan)
    with acting_as(POLICE), desk_connection() as conn, pytest.raises(psycopg.Error, match="members_closed"):
        conn.execute(sql, (plan, mine.id))


def test_a_stop_taken_off_an_assigned_plan_is_visited_by_nobody() -> None:
    plan = draft()
    solve(plan)
    assign(plan)
    stop = stop_of(plan, "V3")
    change(changes.move_stop, plan, stop.id, None)
    assert one("SELECT state FROM case_file WHERE id = %s", stop.venues[0].case) == "waived"
    change(changes.move_stop, plan, stop.id, stop.team_id)
    again = stop_of(plan, "V3").venues[0]
    assert (again.case != stop.venues[0].case, again.state) == (True, "planned")


def test_what_was_visited_of_a_stop_that_is_taken_off_stays_visited_and_is_not_visited_again() -> None:
    with loader_connection() as conn:
        conn.execute("UPDATE venue AS v SET geom = a.geom, address = a.address FROM venue AS a"
                     " WHERE a.code = 'V1' AND v.code = 'V2'")  # fmt: skip
    plan = draft()
    solve(plan)
    assign(plan)
    stop = stop_of(plan, "V1")
    made, left = stop.venues
    step_as(POLICE, made.case or 0, "record", facts={"outcome": "compliant"})
    change(changes.move_stop, plan, stop.id, None)
    assert one("SELECT state FROM case_file WHERE id = %s", left.case) == "waived"
    assert stop_of(plan, "V1").venues[0].outcome == "compliant"
    change(changes.move_stop, plan, stop.id, stop.team_id)
    assert [(venue.case == made.case, venue.state) for venue in stop_of(plan, "V1").venues] == [
        (True, "recorded"),
        (False, "planned"),
    ]


def test_a_visit_that_is_made_while_routes_are_looked_for_stays_where_it_was_made() -> None:
    plan = draft()
    solve(plan)
    assign(plan)
    made = next(stop for stop in seen(plan).stops if stop.team_id)
    with loader_connection() as conn:
        conn.execute("UPDATE plan_stop SET minutes = 480 WHERE id = %s", (made.id,))  # the routes will have no room
    with acting_as(POLICE), desk_connection() as conn:
        job = plans.ask_routes(conn, plan, seen(plan).version, only_rest=False)

    def visit(step: int, _said: object) -> None:
        if step == job_of_plans.STEPS:
            step_as(POLICE, made.venues[0].case or 0, "record", facts={"outcome": "compliant"})

    world.work(job, visit)
    now = next(stop for stop in seen(plan).stops if stop.id == made.id)
    assert (now.team_id, now.shift, now.venues[0].outcome) == (made.team_id, made.shift, "compliant")


def test_a_venue_that_complies_closes_or_moves_while_teams_are_out_is_flagged(tmp_path: Path) -> None:
    plan = draft()
    solve(plan)
    assign(plan)
    registered(tmp_path, "V1", today())
    with loader_connection() as conn:
        conn.execute("UPDATE venue SET geom = ST_Translate(geom, 0.002, 0) WHERE code = 'V2'")
        conn.execute("UPDATE venue SET status = NULL WHERE code = 'V3'")
        conn.execute("UPDATE venue SET status = 'scanning' WHERE code = 'V4'")
    flags = {code: set(stop_of(plan, code).flags) for code in ("V1", "V2", "V3", "V4", "V5")}
    assert flags == {"V1": set(), "V2": {"moved"}, "V3": {"closed"}, "V4": {"complies"}, "V5": set()}
    solve(plan, rest=True)  # goes to where it is by now
    assert stop_of(plan, "V2").flags == set()


def _on_phone(who: Caller) -> list[tuple[int, str | None]]:
    with acting_as(who), app_connection() as conn:
        told = conn.execute("SELECT field_route() AS told").fetchone()
    assert told
    return [(stop["id"], stop["holder"]) for each in told["told"]["routes"] for stop in each["stops"]]


def _routes(plan: int) -> list[list[queries.Stop]]:
    stops = seen(plan).stops
    keys = dict.fromkeys((stop.team_id, stop.shift) for stop in stops if stop.team_id)
    return [[stop for stop in stops if (stop.team_id, stop.shift) == key] for key in keys]
