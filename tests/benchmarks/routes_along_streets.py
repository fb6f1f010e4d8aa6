"""The same days as ``routes.py`` draws, along the streets of a made town, as the worker does it: from the begin of the
job to the routes written.

The town is a grid of some 29,000 streets from corner to corner, a third of them one-way. ``python -m tests.benchmarks
--only routes``
"""

import random
import time
from collections.abc import Iterator
from typing import Any

import pytest

from data.access.caller import COMMAND_LINE, acting_as
from data.cluster.server import OWNER, READER, Cluster
from data.database.connection import close_pools, loader_connection
from data.database.migrate import migrate
from data.desk import jobs, plans
from data.desk.jobs import Job
from data.settings import get_settings
from data.status.days import today
from etl.plans.day import read
from etl.plans.distances import by_streets
from etl.worker.jobs import plan as job_of_plans
from planning.routes import solve
from tests.benchmarks.results import Result, at_least, at_most
from tests.benchmarks.routes import CORNER, GOAL, KM, LONG_SECONDS, SECONDS, SIDE_KM, STOPS, TEAMS, WORLDS, world
from tests.fixtures import run

ACROSS = 121
"""So many corners each way."""
ONE_WAY = 1 / 3
DATABASE = "bench_streets"
Street = tuple[int, bool, int, int, float, float, float, float]


def measure() -> list[Result]:
    """The worst of some made days; a minute of the same search, and the same seed again, on the first."""
    cluster = run.cluster()
    cluster.start()
    cluster.create_database(DATABASE)
    migrate(cluster.url(OWNER, DATABASE))
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DATABASE_URL", cluster.url(OWNER, DATABASE))
        environment.setenv("APP_DATABASE_URL", cluster.url(READER, DATABASE))
        get_settings.cache_clear()
        found = list(_measured(_lay(cluster)))
        close_pools()
    get_settings.cache_clear()
    return found


def _measured(streets: int) -> Iterator[Result]:
    where = f"along {streets:,} streets"
    seconds, processor, found = [], [], []
    for seed in WORLDS:
        job = _asked(seed)
        began, worked = time.perf_counter(), time.process_time()
        found.append(_work(job))
        seconds.append(time.perf_counter() - began)
        processor.append(time.process_time() - worked)
    yield at_most(STOPS, f"a plan for {TEAMS} teams {where}, the whole job", max(seconds), "s", SECONDS)
    yield Result(STOPS, f"of it the worker's processor, {where}", max(processor), "s")
    job = _asked(WORLDS[0])
    with loader_connection() as conn:
        day = read(conn, plans.look(conn, job.payload["plan"]), by_streets(conn))
        stops, teams = [placed.stop for placed in day.placed.values()], list(day.teams)
        began = time.perf_counter()
        day.distances_of([*(stop.point for stop in stops), *(team.start for team in teams)], teams[0].travel)
        yield Result(STOPS, f"of it all distances {where}", time.perf_counter() - began, "s")
        end = time.monotonic() + LONG_SECONDS
        long = solve(
            stops, teams, seed=WORLDS[0], distances_of=day.distances_of, tries=10**7,
            tell=lambda _best, _share: time.monotonic() < end,
        )  # fmt: skip
    yield at_least(
        STOPS, f"priority against a minute of the same search, {where}", found[0]["prize"] / long.prize, GOAL
    )
    again = _work(job)
    same = all(again[name] == found[0][name] for name in ("prize", "metres", "visited"))
    yield at_least(STOPS, f"the same seed gives the same plan, {where}", float(same), 1)


def _streets() -> list[Street]:
    """Number of a street, one-way or not, numbers of its ends, and their points: corners a little off the grid."""
    chance, step = random.Random(1), SIDE_KM / (ACROSS - 1)
    lon, lat = CORNER

    def off(number: int) -> float:
        return (number + chance.uniform(-0.2, 0.2)) * step

    corners = {(x, y): (lon + off(x) * KM, lat + off(y) / 111.3) for x in range(ACROSS) for y in range(ACROSS)}
    pairs = [((x, y), to) for x, y in corners for to in ((x + 1, y), (x, y + 1)) if to in corners]
    streets = []
    for number, pair in enumerate(pairs, 1):
        begins, ends = pair if chance.random() < 0.5 else pair[::-1]
        ids = (begins[0] * ACROSS + begins[1] + 1, ends[0] * ACROSS + ends[1] + 1)
        streets.append((number, chance.random() < ONE_WAY, *ids, *corners[begins], *corners[ends]))
    return streets


def _lay(cluster: Cluster) -> int:
    """Write the network; returns how many streets it has."""
    streets = _streets()
    with loader_connection() as conn, conn.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE made (id int, oneway bool, source int, target int,"
            " a float8, b float8, x float8, y float8)"
        )
        with cursor.copy("COPY made FROM STDIN") as copy:
            for street in streets:
                copy.write_row(street)
        cursor.execute(
            "INSERT INTO street_segment (id, oneway, foot_only, source, target, metres, geom)"
            " SELECT id, oneway, false, source, target, ST_Length(geom::geography), geom FROM (SELECT *,"
            " ST_SetSRID(ST_MakeLine(ST_Point(a, b), ST_Point(x, y)), 4326) AS geom FROM made) AS drawn"
        )
    cluster.sql("VACUUM (ANALYZE)", database=DATABASE)
    return len(streets)


def _asked(seed: int) -> Job:
    """A draft of the day's stops and teams, and the job that looks for its routes."""
    stops, teams = world(seed)
    hours = [[{"from": f"{s.begins:%H:%M}", "to": f"{s.ends:%H:%M}"} for s in team.shifts] for team in teams]
    with acting_as(COMMAND_LINE), loader_connection() as conn:
        plan = plans.insert_plan(conn, "bench", today(), {}, seed, {})
        plans.insert_teams(conn, plan, [
            {"name": team.name, "travel": team.travel, "lon": team.lon, "lat": team.lat, "shifts": shifts,
             "ward_ids": None, "members": []}
            for team, shifts in zip(teams, hours, strict=True)
        ])  # fmt: skip
        numbers = plans.insert_stops(conn, plan, [
            {"minutes": stop.minutes, "lon": stop.lon, "lat": stop.lat, "title": f"{stop.id}", "prize": stop.prize,
             "venues": [{"code": f"B{stop.id}", "kind": "guidance"}]}
            for stop in stops
        ])  # fmt: skip
        for number, stop in zip(numbers, stops, strict=True):
            plans.write_hours(conn, number, stop.minutes, stop.opens, None)
        job = jobs.job(conn, plans.ask_routes(conn, plan, 1, only_rest=False))
    if job is None:
        raise AssertionError("a job that was asked for is there")
    return job


def _work(job: Job) -> dict[str, Any]:
    with acting_as(COMMAND_LINE):
        return job_of_plans.run(job, lambda _step, _text: None)
