"""``python -m data`` as tools and people use it."""

import csv
import datetime as dt
import io

import pytest

from data.__main__ import main
from data.database.connection import Connection
from data.status.days import today
from tests.data.test_status_rule import EDGES
from tests.data.worlds import BEGINNING, store


@pytest.fixture
def world(fresh_database: str, conn: Connection) -> Connection:
    """One venue that violates, stored for good."""
    store(conn, EDGES["the third reminder a day before the registration"][0])
    conn.commit()
    return conn


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_status_by_ward_and_by_venue(world: Connection, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rebuild"]) == 0
    capsys.readouterr()
    day = (BEGINNING + dt.timedelta(days=8)).isoformat()
    assert main(["status", "--as-of", day]) == 0
    assert rows(capsys.readouterr().out) == [{"ward_code": "none", "ward": "", "status": "violating", "venues": "1"}]
    assert main(["status", "--as-of", day, "--venues"]) == 0
    assert rows(capsys.readouterr().out) == [
        {"code": "V0", "ward_code": "none", "status": "violating", "counted_reminders": "3", "last_scan": ""}
    ]


def test_check_fails_until_the_periods_are_rebuilt(world: Connection, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 1
    assert "V0" in capsys.readouterr().out
    assert main(["rebuild"]) == 0
    assert main(["check"]) == 0


def test_a_day_to_come_is_refused_in_a_sentence(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    tomorrow = today() + dt.timedelta(days=1)
    assert main(["status", "--as-of", tomorrow.isoformat()]) == 2
    assert f"{tomorrow:%d/%m/%Y} chưa tới" in capsys.readouterr().err


def test_a_day_that_is_none_is_refused(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(["status", "--as-of", "30/02/2021"])
    assert exit_.value.code == 2
    assert "không phải là ngày" in capsys.readouterr().err


def test_a_database_that_does_not_answer_is_said(
    database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:9/none")
    from data.settings import get_settings

    get_settings.cache_clear()
    assert main(["rebuild"]) == 2
    assert "Không kết nối được cơ sở dữ liệu" in capsys.readouterr().err
