"""Days that steps of cases say: of the calendar, not far off, and what stands on one and the same first day."""

from pathlib import Path

import pytest
from psycopg.types.json import Jsonb

from data.database.connection import loader_connection
from data.desk import cases as desk
from data.status.days import today
from etl.undo.undo import undo
from tests.data.cases_world import (
    DAY,
    OWNER,
    PAPER,
    People,
    open_as,
    registered,
    state,
    step_as,
    why_not,
)
from tests.etl.loading.files import one, rows

pytestmark = pytest.mark.usefixtures("fresh_database", "rule_holds")


def test_a_decision_whose_hour_is_said_to_come_is_announced_from_now(people: People) -> None:
    said = {"issued_at": f"{today() + 300 * DAY}T00:00:00+07:00"}
    case = open_as(people.police, "suspension_decision", "enter", paper=PAPER | {"day": f"{today()}"}, facts=said)
    assert one("SELECT due_at < clock_timestamp() + interval '6 hours' FROM case_file WHERE id = %s", case.id)


def test_an_inspection_on_another_day_than_planned_is_no_second_one_in_a_year(people: People) -> None:
    first = open_as(people.police, "visit", "plan", "V4", facts={"kind": "inspection"})
    step_as(people.police, first, "record", facts={"outcome": "compliant"})
    far = {"kind": "inspection", "day": f"{today() + 366 * DAY}"}
    second = open_as(people.police, "visit", "plan", "V4", facts=far | {"sign": "x"})
    assert why_not(people.police, second, "record", facts={"outcome": "compliant"}) == "yearly"
    step_as(people.police, second, "replan", facts=far | {"sign": "dân báo không dán mã ở cửa"})
    assert step_as(people.police, second, "record", facts={"outcome": "compliant"}).state == "recorded"


@pytest.mark.parametrize("day", ["today", "infinity", "1/12/2021", "-infinity"])
def test_a_day_is_one_of_the_calendar(people: People, day: str) -> None:
    assert why_not(people.police, "suspension_decision", "enter", paper=PAPER | {"day": day}) == "malformed"
    assert why_not(people.police, "visit", "plan", "V4", facts={"kind": "guidance", "day": day}) == "malformed"
    moment = {"issued_at": f"{day}T10:00"}
    paper = PAPER | {"day": f"{today()}"}
    assert why_not(people.police, "suspension_decision", "enter", facts=moment, paper=paper) == "malformed"


def test_days_that_are_far_off_are_asked_about(people: People) -> None:
    paper = PAPER | {"day": f"{today()}"}
    assert why_not(people.police, "visit", "plan", "V4", facts={"kind": "guidance", "day": "9999-12-31"}) == "far"
    case = open_as(people.police, "suspension_decision", "enter", paper=paper)
    late = {"lifted_on": f"{today() + 31 * DAY}"}
    assert why_not(people.police, case, "repeal", facts=late, paper=paper) == "lifted_late"
    for day in (today() - DAY, today() + DAY):
        said = {"medium": "loa phường", "day": f"{day}"}
        assert why_not(people.centre, case, "announce", facts=said) == "announced"


def test_a_registration_before_the_first_day_ends_a_request_too(people: People, tmp_path: Path) -> None:
    case = open_as(people.police, "suspension_request", "request")
    step_as(people.chair, case, "confirm")
    assert why_not(people.police, case, "agree", facts={"owner": "Chủ cơ sở"}) == "no_owner"  # has not signed
    step_as(people.police, case, "agree", facts=OWNER | {"starts_on": f"{today() + 5 * DAY}"})
    load = registered(tmp_path, "V1", today())
    later = (
        "SELECT p.status FROM status_period AS p JOIN venue AS v ON v.id = venue_id WHERE code = 'V1' AND to_day > %s"
    )
    assert (state(case), one(later, today() + 90 * DAY)) == ("ended", "registered")
    undo(load, None, lambda _step, _text: None, dry_run=False)
    assert (state(case), one(later, today() + 90 * DAY)) == ("agreed", "suspended")


def test_a_request_does_not_take_the_place_of_a_decision_of_the_same_first_day(people: People) -> None:
    first = {"starts_on": f"{today() + 5 * DAY}"}
    asked = open_as(people.police, "suspension_request", "request")
    step_as(people.chair, asked, "confirm")
    decided = open_as(people.police, "suspension_decision", "enter", paper=PAPER | {"day": f"{today()}"}, facts=first)
    assert why_not(people.police, asked, "agree", facts=OWNER | first) == "already_suspended"
    with loader_connection() as conn:  # as a load may bring both to one venue, by merging two
        conn.execute("UPDATE case_file SET state = 'agreed', facts = %s WHERE id = %s", (Jsonb(first), asked.id))
        desk.write(conn)
    assert rows("SELECT case_id, basis FROM suspension") == [(decided.id, "decision")]
    other = open_as(people.police, "suspension_decision", "enter", "V5", paper=PAPER | {"day": f"{today()}"},
                    facts=first | {"same_paper": True})  # fmt: skip
    step_as(
        people.police, other, "repeal", paper=PAPER | {"day": f"{today()}"}, facts={"lifted_on": first["starts_on"]}
    )
    with loader_connection() as conn:
        conn.execute("UPDATE case_file SET venue_code = 'V1' WHERE id = %s", (other.id,))
        desk.write(conn)
    assert rows("SELECT case_id, lifted_on FROM suspension WHERE case_id = %s", decided.id) == [(decided.id, None)]
