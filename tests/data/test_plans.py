"""Plans of a day: from venues to stops, routes and visits, and what may go wrong while they are out."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import geopandas
import psycopg
import pytest
from shapely.geometry import LineString

from data.access.caller import acting_as
from data.database.connection import app_connection, desk_connection, loader_connection
from data.desk import plans
from data.desk.plans import NoSuchPlan, PlanChanged, PlanRefused
from data.errors import UnknownVenue
from data.queries import plans as queries
from data.queries.filters import Filters
from data.status.days import today
from etl.plans import changes
from etl.plans.hours import timetables
from etl.plans.making import TeamAsked, change_teams, create_plan
from planning.places import Unplannable
from tests.data import plan_world as world
from tests.data.plan_world import (
    AFTERNOON,
    MORNING,
    OTHER,
    POLICE,
    TOMORROW,
    assign,
    change,
    draft,
    seen,
    solve,
    stop_of,
    team,
)
from tests.etl.loading.desk import ended, worker
from tests.etl.loading.desk import job as desk_job
from tests.etl.loading.files import MO_LAO, load_file, one
from tests.etl.loading.street_files import write
from tests.fixtures.officers import officer, ward_id
from tests.fixtures.waiting import until

pytestmark = pytest.mark.usefixtures("fresh_database")


@pytest.fixture(autouse=True)
def ground(tmp_path: Path, fresh_database: str) -> None:
    world.ground(tmp_path)


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
