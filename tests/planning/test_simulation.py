"""Simulated histories: the same by the same seed, lawful as outcomes, and a real database reads them as its own."""

from pathlib import Path

import numpy as np
import pytest

from data.database.connection import Connection
from data.queries.shadow import shadow_rows
from data.status import periods
from planning.__main__ import main
from planning.harness.population import WorkingDays, visits_of
from planning.harness.scoring import known, schedule_of, score
from planning.harness.simulation import DAY, History, simulate
from planning.shadow import shadow_order
from tests.benchmarks.visits import write


@pytest.fixture(scope="module")
def history() -> History:
    return simulate(11)


def test_the_same_seed_gives_the_same_history(history: History) -> None:
    again = simulate(11)
    assert again.outcomes == history.outcomes
    for name in ("registrations", "scans", "reminders", "visits"):
        assert getattr(again, name).equals(getattr(history, name))
    assert simulate(12).outcomes != history.outcomes


def test_the_office_knows_nothing_of_the_scored_weeks(history: History) -> None:
    for name in ("registrations", "scans", "reminders", "visits"):
        assert getattr(history, name)["day"].max() <= history.eve
    assert min(one.day for one in history.outcomes) > history.eve


def test_outcomes_are_lawful_and_not_all_alike(history: History) -> None:
    calendar = WorkingDays()
    assert all(calendar.has(one.day) for one in history.outcomes)
    assert all(one.since is None or one.since <= one.day for one in history.outcomes)
    assert len({one.venue for one in history.outcomes}) == len(history.outcomes) > 100
    assert 0.3 < np.mean([one.found for one in history.outcomes]) < 0.7


def test_reminders_know_something_and_the_oracle_all() -> None:
    gains: dict[str, list[float]] = {}
    for seed in range(8):
        visits = visits_of(simulate(seed).outcomes, WorkingDays())
        for name in set(known(visits)) - {"random", "history"}:
            gained = score(name, visits, schedule_of(name, visits, seed), seed).days_earlier
            gains.setdefault(name, []).append(gained)
    means = {name: np.mean(values) for name, values in gains.items()}
    assert means["oracle"] > 2 > means["most_reminders"] > means["nearest"]


@pytest.mark.usefixtures("fresh_database")
def test_a_database_reads_the_history_as_its_own(conn: Connection, history: History) -> None:
    ids = write(conn, history)
    assert periods.check(conn) == []
    statuses = {row["status"] for row in conn.execute("SELECT DISTINCT status::text AS status FROM venue")}
    assert statuses == {"scanning", "registered", "unregistered", "reminded", "violating"}
    planned = [ids[one.venue] for one in history.outcomes]
    rows = shadow_rows(conn, planned, history.eve + DAY)
    assert len(rows) == len(planned) + len(history.visits)
    assert sorted(shadow_order(rows, history.eve + DAY) or []) == sorted(planned)


def test_what_is_simulated_can_be_scored(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "--seed", "3", "--out", str(tmp_path / "made")]) == 0
    made = {name: str(tmp_path / "made" / f"{name}.csv") for name in ("order", "outcomes")}
    assert main(["score", made["order"], made["outcomes"], "--lang", "en"]) == 0
    assert "Most reminders first" in capsys.readouterr().out


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    assert main(["simulate", "--out", str(tmp_path / "file" / "made"), "--lang", "en"]) == 2
    assert "Nothing can be written" in capsys.readouterr().err
