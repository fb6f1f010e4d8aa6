"""Plans of a day: from venues to stops, routes and visits, and what may go wrong while they are out."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import geopandas
import psycopg
import pytest
from psycopg.types.json import Jsonb
from shapely.geometry import LineString

from data.access.caller import Caller, acting_as
from data.database.connection import app_connection, desk_connection, loader_connection
from data.desk import plans
from data.desk.plans import NoSuchPlan, PlanChanged, PlanRefused
from data.errors import UnknownVenue
from data.queries import plans as queries
from data.queries.filters import Filters
from data.queries.team_members import turnover
from data.status.days import today
from etl.plans import changes, visits
from etl.plans.hours import timetables
from etl.plans.making import TeamAsked, change_teams, create_plan
from etl.worker.jobs import plan as job_of_plans
from planning.places import Unplannable
from tests.data import plan_world as world
from tests.data.cases_world import registered, step_as
from tests.data.plan_world import AFTERNOON, MORNING, OTHER, POLICE, TOMORROW, draft, seen, solve, team
from tests.etl.loading.desk import ended, worker
from tests.etl.loading.desk import job as desk_job
from tests.etl.loading.files import MO_LAO, load_file, one
from tests.etl.loading.street_files import write
from tests.fixtures.officers import officer, ward_id
from tests.fixtures.routes import known
from tests.fixtures.waiting import until

pytestmark = pytest.mark.usefixtures("fresh_database")


@pytest.fixture(autouse=True)
def ground(tmp_path: Path, fresh_database: str) -> None:
    world.ground(tmp_path)


def stop_of(plan: int, code: str) -> queries.Stop:
    return next(stop for stop in seen(plan).stops if code in [venue.code for venue in stop.venues])


def change(what: Callable[..., int], plan: int, *said: object, who: Caller = POLICE, version: int | None = None) -> int:
    with acting_as(who), desk_connection() as conn:
        return what(conn, plan, seen(plan).version if version is None else version, *said)


def assign(plan: int, who: Caller = POLICE) -> list[str]:
    with acting_as(who), desk_connection() as conn:
        return [refused.code for refused in visits.assign(conn, plan, seen(plan).version)]


def test_a_plan_becomes_routes_and_visits(tmp_path: Path) -> None:
    plan = draft()
    before = seen(plan)
    assert (before.state, before.version, len(before.teams), len(before.stops)) == ("draft", 1, 2, 8)
    found = solve(plan)
    after = seen(plan)
    assert (after.version, found["version"], found["visited"]) == (2, 2, 7)
    assert stop_of(plan, "V8").why_left_out == "not_located"
    routes = [
        [stop for stop in after.stops if (stop.team_id, stop.shift) == (each["team"], each["shift"])]
        for each in found["routes"]
    ]
    assert [[stop.id for stop in route] for route in routes] == [each["stops"] for each in found["routes"]]
    for route in routes:
        assert [stop.position for stop in route] == list(range(1, len(route) + 1))
        assert all(MORNING[0] <= stop.arrives < AFTERNOON[1] for stop in route if stop.arrives)
    with acting_as(POLICE), app_connection() as conn:
        hours = timetables(conn, plan)
    assert sum(route.metres for route in hours.values()) == found["metres"]
    assert assign(plan) == []
    assert seen(plan).state == "assigned"
    assert (
        one("SELECT count(*) FROM visit AS x JOIN plan_stop AS s ON s.id = x.stop_id WHERE x.day = %s", TOMORROW) == 7
    )
    with acting_as(POLICE), app_connection() as conn:
        [line] = queries.plans(conn)
    assert (line.teams, line.stops, line.visits, line.done, line.changed_by) == (2, 8, 7, 0, "Công an An")


def test_a_worker_that_is_killed_as_it_searches_leaves_the_plan_and_another_finds_the_routes(
    fresh_database: str,
) -> None:
    plan = draft()
    with acting_as(POLICE), desk_connection() as conn:
        job = plans.ask_routes(conn, plan, 1, only_rest=False)
    with worker(fresh_database) as process, loader_connection() as busy:
        busy.execute("SELECT FROM plan_stop FOR UPDATE")  # the routes are found, and not written yet
        until(lambda: desk_job(job).step == 3, "the routes to be found")
        process.kill()
        process.wait()
    assert (seen(plan).version, seen(plan).job, {stop.team_id for stop in seen(plan).stops}) == (1, job, {None})
    with worker(fresh_database):
        assert ended(job).state == "done"
    assert (seen(plan).version, seen(plan).job) == (2, None)


def test_the_same_plan_asked_again_has_the_same_routes() -> None:
    plan = draft()
    first = solve(plan)["routes"]
    assert solve(plan)["routes"] == first


def test_with_a_network_the_ways_go_along_its_streets(tmp_path: Path) -> None:
    plan = draft()
    straight = solve(plan)["metres"]
    lon, lat = map(float, MO_LAO)
    street = LineString([(lon, lat), (lon + 0.01, lat + 0.01), (lon + 0.005, lat - 0.002)])  # a long way round
    frame = geopandas.GeoDataFrame({"highway": ["residential"]}, geometry=[street], crs=4326)
    load_file(write(frame, tmp_path / "duong.gpkg"))
    assert solve(plan)["metres"] != straight
    assert seen(plan).solved["distances"] == "streets"
    with acting_as(POLICE), app_connection() as conn:
        assert sum(route.metres for route in timetables(conn, plan).values()) == seen(plan).solved["metres"]


@pytest.mark.parametrize(
    ("teams", "why"),
    [
        ((team(shifts=((dt.time(11), dt.time(8)),)),), "về lúc 08:00"),
        ((team(shifts=(MORNING, (dt.time(11), dt.time(12)))),), "trùng giờ"),
        ((team(shifts=()),), "chưa có buổi nào"),
        ((team(lon=106.7, lat=10.8),), "ngoài quận"),
    ],
)
def test_teams_that_cannot_go_are_told(teams: tuple[TeamAsked, ...], why: str) -> None:
    with pytest.raises(Unplannable, match=why):
        draft(*teams)
    assert one("SELECT count(*) FROM visit_plan") == 0


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"filters": Filters(today(), query="không có quán này")}, "Không có địa điểm"),
        ({"teams": ()}, "Chưa có tổ"),
        ({"day": today() - dt.timedelta(days=1)}, "đã qua"),
        ({"count": 5000}, "nhiều nhất 2.000"),
        ({"drawn_percent": 50}, "ngẫu nhiên"),
        ({"minutes": 0}, "phút"),
    ],
)
def test_what_cannot_be_planned_is_told(said: dict[str, object], why: str) -> None:
    with acting_as(POLICE), desk_connection() as conn, pytest.raises(Unplannable, match=why):
        create_plan(conn, replace(world.asked(), **said))  # type: ignore[arg-type]


def test_the_most_urgent_are_planned_and_a_venue_can_be_added() -> None:
    plan = draft(count=5, title="  ")
    assert (seen(plan).title, len(seen(plan).stops)) == (f"Kế hoạch ngày {TOMORROW:%d/%m/%Y}", 5)
    assert all(stop.venues[0].reasons and stop.prize > 0 for stop in seen(plan).stops)
    solve(plan)
    inside = {venue.code for stop in seen(plan).stops for venue in stop.venues}
    outside = next(f"V{n}" for n in range(1, 8) if f"V{n}" not in inside)
    change(changes.add_venue, plan, outside)
    assert stop_of(plan, outside).position
    with pytest.raises(PlanRefused, match="đã có"):
        change(changes.add_venue, plan, outside)
    with pytest.raises(UnknownVenue):
        change(changes.add_venue, plan, "V99")


def test_a_stop_is_moved_locked_and_taken_off_and_the_hours_follow() -> None:
    plan = draft(team(), team("Tổ 2", ward_ids=(ward_id("La Khê"),)))
    solve(plan)
    first, second = seen(plan).teams
    assert {stop.team_id for stop in seen(plan).stops if stop.ward == "Mộ Lao"} == {first.id, None}
    moved = stop_of(plan, "V1")
    change(changes.move_stop, plan, moved.id, first.id, 1, 1)
    now = stop_of(plan, "V1")
    assert (now.team_id, now.shift, now.position) == (first.id, 1, 1)
    assert now.arrives
    assert now.arrives >= AFTERNOON[0]
    with pytest.raises(PlanRefused, match="không phụ trách"):
        change(changes.move_stop, plan, moved.id, second.id, 0, 1)
    change(
        lambda conn, number, version, stop: plans.lock_stop(conn, number, version, stop, locked=True), plan, moved.id
    )
    solve(plan)
    now = stop_of(plan, "V1")
    assert (now.team_id, now.shift, now.locked) == (first.id, 1, True)
    change(changes.move_stop, plan, moved.id, None)
    assert (stop_of(plan, "V1").why_left_out, stop_of(plan, "V1").locked) == ("taken_off", False)
    solve(plan)
    assert stop_of(plan, "V1").team_id is None  # what a person took off stays off


def test_two_planners_on_one_plan_are_told_and_lose_nothing() -> None:
    plan = draft()
    solve(plan)
    version, stop = seen(plan).version, stop_of(plan, "V1")
    change(changes.move_stop, plan, stop.id, None, version=version)
    with pytest.raises(PlanChanged, match="Công an An"):
        change(changes.remove_stop, plan, stop.id, who=OTHER, version=version)
    assert stop_of(plan, "V1").why_left_out == "taken_off"
    with pytest.raises(NoSuchPlan):
        change(changes.remove_stop, 10**6, stop.id, version=1)


def test_routes_found_for_a_plan_that_was_changed_meanwhile_are_not_written() -> None:
    plan = draft()
    with acting_as(POLICE), desk_connection() as conn:
        job = plans.ask_routes(conn, plan, 1, only_rest=False)
        assert plans.ask_routes(conn, plan, 1, only_rest=False) == job
    change(changes.remove_stop, plan, stop_of(plan, "V2").id, who=OTHER)
    with pytest.raises(PlanChanged, match="Công an Bình"):
        world.work(job)
    assert {stop.team_id for stop in seen(plan).stops} == {None}


def test_a_search_that_is_ended_keeps_the_best() -> None:
    plan = draft()
    with acting_as(POLICE), desk_connection() as conn:
        job = plans.ask_routes(conn, plan, 1, only_rest=False)
    with acting_as(POLICE), desk_connection() as conn:
        plans.cancel_routes(conn, plan)
    found = world.work(job)
    assert found["visited"] > 0
    assert (seen(plan).solved["was_ended"], seen(plan).solved["distances"]) == (True, "straight")
    with acting_as(POLICE), app_connection() as conn:
        told = queries.progress(conn, job)
    assert told
    assert (told.state, told.share, told.best["visited"]) == ("done", 1.0, found["visited"])


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


def test_what_the_database_refuses_is_told_and_left_out() -> None:
    plan, other = draft(), draft()
    solve(plan)
    assign(plan)
    solve(other)
    assert "two_teams" in stop_of(other, "V1").flags
    assert len(assign(other)) == 7
    stop = stop_of(other, "V1")
    assert (stop.team_id, stop.why_left_out) == (None, "refused")
    assert stop.venues[0].refused["key"] == "case.refused.already_planned"


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


def test_only_who_plans_asks_for_routes_and_sees_how_far_they_are() -> None:
    plan = draft()
    with acting_as(POLICE), desk_connection() as conn:
        number = plans.ask_routes(conn, plan, 1, only_rest=False)
    with acting_as(POLICE), app_connection() as conn:
        assert queries.progress(conn, number)
    office = officer("kho", role="culture_office")  # stands at the desk, where other work is asked for
    with acting_as(office), app_connection() as conn:
        assert queries.progress(conn, number) is None
    with acting_as(office), desk_connection() as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute("INSERT INTO job (kind, payload) VALUES ('plan', '{}')")


def test_only_who_plans_sees_or_writes_plans() -> None:
    plan = draft()
    for who in (officer("chi", "Mộ Lao", role="ward_chair"), officer("van", role="culture_centre")):
        with acting_as(who), app_connection() as conn:
            assert (queries.plan(conn, plan), queries.plans(conn)) == (None, [])
        with acting_as(who), desk_connection() as conn, pytest.raises(NoSuchPlan):
            plans.delete_plan(conn, plan, 1)
        with acting_as(who), desk_connection() as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
            create_plan(conn, world.asked(kind="guidance"))
        with acting_as(who), desk_connection() as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute("INSERT INTO job (kind) VALUES ('plan')")
        with acting_as(who), desk_connection() as conn:
            assert conn.execute("DELETE FROM plan_stop").rowcount == 0
    with acting_as(POLICE), desk_connection() as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute("INSERT INTO job (kind) VALUES ('move')")


def test_other_teams_begin_without_routes_and_a_draft_can_be_thrown_away() -> None:
    plan = draft()
    solve(plan)
    change(change_teams, plan, [team("Tổ mới")])
    assert [each.name for each in seen(plan).teams] == ["Tổ mới"]
    assert {stop.team_id for stop in seen(plan).stops} == {None}
    with acting_as(POLICE), desk_connection() as conn:
        plans.delete_plan(conn, plan, seen(plan).version)
    assert one("SELECT count(*) FROM plan_stop") == 0


def _on_phone(who: Caller) -> list[tuple[int, str | None]]:
    with acting_as(who), app_connection() as conn:
        told = conn.execute("SELECT field_route() AS told").fetchone()
    assert told
    return [(stop["id"], stop["holder"]) for each in told["told"]["routes"] for stop in each["stops"]]


def _routes(plan: int) -> list[list[queries.Stop]]:
    stops = seen(plan).stops
    keys = dict.fromkeys((stop.team_id, stop.shift) for stop in stops if stop.team_id)
    return [[stop for stop in stops if (stop.team_id, stop.shift) == key] for key in keys]
