"""What the worker does is recorded as done by the person who asked, from where they asked."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from data.access.caller import COMMAND_LINE, acting_as
from data.database.connection import desk_connection, loader_connection
from data.desk import jobs
from data.desk.jobs import Job
from tests.etl.loading.desk import ended, receive, worker
from tests.etl.loading.files import load_file, venues

LAN = replace(
    COMMAND_LINE, account_id=7, login="lan", name="chị Lan", role="culture_office", address="10.0.0.7", request_id="r-1"
)


def ask(kind: str, **payload: Any) -> Job:
    with acting_as(LAN), desk_connection() as conn:
        number = jobs.ask(conn, kind, payload, LAN.name)
    return ended(number)


def entries(since: int) -> list[dict[str, Any]]:
    with loader_connection() as conn:
        return conn.execute("SELECT * FROM audit_entry WHERE id > %s ORDER BY id", (since,)).fetchall()


def test_jobs_are_recorded_as_their_askers(tmp_path: Path, fresh_database: str) -> None:
    load_file(venues(tmp_path / "so.csv", 3))
    number = receive(venues(tmp_path / "so-moi.csv", 5))
    since = entries(0)[-1]["id"]
    with worker(fresh_database):
        assert ask("read", file=number).state == "done"
        assert ask("load", file=number).state == "done"
        assert ask("move", venue="V001", lon=105.7801, lat=20.9801).state == "done"
        assert ask("move", venue="nowhere", lon=105.78, lat=20.98).state == "failed"
    mine = [entry for entry in entries(since) if entry["login"] == "lan"]
    assert {(entry["role"], entry["account_id"], entry["address"], entry["request_id"]) for entry in mine} == {
        ("culture_office", 7, "10.0.0.7", "r-1")
    }
    actions = [entry["action"] for entry in mine]
    # Each job asked and ended, what it wrote in between; the failed one as the others.
    assert actions.count("job.insert") >= 4
    assert sum(entry["action"] == "job.update" and entry["after"]["state"] == "failed" for entry in mine) == 1
    (loaded,) = (entry for entry in mine if entry["action"] == "load.insert")
    assert (loaded["after"]["rows_accepted"], loaded["after"]["loaded_by"]) == (5, "chị Lan")
    (moved,) = (entry for entry in mine if entry["action"] == "venue_point.insert")
    assert moved["subject"] == "V001"
    assert [entry["login"] for entry in entries(since) if entry["action"].startswith("job.update")].count("lan") >= 4
