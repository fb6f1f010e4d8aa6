"""A draft with two teams over venues with reminders, for tests of plans."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

from data.access.caller import Caller, acting_as
from data.database.connection import app_connection, desk_connection, loader_connection
from data.desk import jobs, plans
from data.queries import plans as queries
from data.queries.filters import Filters
from data.status.days import today
from etl.plans import visits
from etl.plans.making import PlanAsked, TeamAsked, create_plan
from etl.worker.jobs import Progress
from etl.worker.jobs import plan as job_of_plans
from tests.etl.loading.files import LA_KHE, MO_LAO, REMINDERS, load_file, register, write_csv
from tests.fixtures.officers import officer

TOMORROW = today() + dt.timedelta(days=1)
MORNING, AFTERNOON = (dt.time(8), dt.time(11, 30)), (dt.time(13, 30), dt.time(17))
POLICE = officer("an", role="police", name="Công an An")
OTHER = officer("binh", role="police", name="Công an Bình")


def team(name: str = "Tổ 1", **said: Any) -> TeamAsked:
    lon, lat = map(float, MO_LAO)
    return TeamAsked(**{
        "name": name, "travel": "motorbike", "lon": lon, "lat": lat, "shifts": (MORNING, AFTERNOON), **said
    })  # fmt: skip


def ground(folder: Path, venues: int = 8) -> None:
    """V1, V2, … around Mộ Lao, some 150 m apart, each reminded three times; the last but one in La Khê; the last has no
    point."""
    lon, lat = map(float, MO_LAO)
    places = [
        (
            f"V{n}",
            f"Quán {n}",
            f"Số {n} phố Trần Phú",
            "Mộ Lao",
            "Quán ăn",
            lon + 0.0015 * (n % 4),
            lat - 0.0015 * (n // 4),
        )
        for n in range(1, venues - 1)
    ]
    places.append((f"V{venues - 1}", "Quán La Khê", "Số 5 phố Lê Trọng Tấn", "La Khê", "Quán ăn", *LA_KHE))
    places.append((f"V{venues}", "Quán không điểm", "ngõ không tên", "Mộ Lao", "Quán ăn", "", ""))
    load_file(register(folder / "so.csv", *places))
    reminded = [
        (f"V{n}", f"{today() - dt.timedelta(days=20 - day):%d/%m/%Y}", "Chưa tạo mã QR", "UBND")
        for n in range(1, venues + 1)
        for day in range(3)
    ]
    load_file(write_csv(folder / "nhac.csv", REMINDERS, reminded))


def asked(*teams: TeamAsked, **said: Any) -> PlanAsked:
    return PlanAsked(**{
        "title": "Mộ Lao", "day": TOMORROW, "filters": Filters(today()), "teams": teams or (team(), team("Tổ 2")),
        "kind": "inspection", "count": 50, **said,
    })  # fmt: skip


def draft(*teams: TeamAsked, **said: Any) -> int:
    with acting_as(POLICE), desk_connection() as conn:
        return create_plan(conn, asked(*teams, **said))


def seen(plan: int, who: Caller = POLICE) -> queries.Plan:
    with acting_as(who), app_connection() as conn:
        found = queries.plan(conn, plan)
    assert found
    return found


def solve(plan: int, *, rest: bool = False) -> dict[str, Any]:
    """Ask for routes and let the worker find them; returns the job's result."""
    with acting_as(POLICE), desk_connection() as conn:
        number = plans.ask_routes(conn, plan, seen(plan).version, only_rest=rest)
    return work(number)


def work(number: int, progress: Progress = lambda _step, _text: None) -> dict[str, Any]:
    with loader_connection() as conn:
        job = jobs.job(conn, number)
    assert job
    with acting_as(job.asker):
        return job_of_plans.run(job, progress)


def stop_of(plan: int, code: str) -> queries.Stop:
    return next(stop for stop in seen(plan).stops if code in [venue.code for venue in stop.venues])


def change(what: Callable[..., int], plan: int, *said: object, who: Caller = POLICE, version: int | None = None) -> int:
    with acting_as(who), desk_connection() as conn:
        return what(conn, plan, seen(plan).version if version is None else version, *said)


def assign(plan: int, who: Caller = POLICE) -> list[str]:
    with acting_as(who), desk_connection() as conn:
        return [refused.code for refused in visits.assign(conn, plan, seen(plan).version)]
