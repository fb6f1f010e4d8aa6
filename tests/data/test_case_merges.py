"""Two venues that are one: open cases stand at the one kept, of two for one thing the later is set aside, and back."""

from pathlib import Path

import pytest

from data.database.connection import loader_connection
from data.desk.cases import Taken
from data.status.days import today
from etl.linking import merges
from tests.data.case_invariants import broken, read
from tests.data.cases_world import (
    DAY,
    OWNER,
    PAPER,
    People,
    ground,
    open_as,
    registered,
    state,
    status,
    step_as,
    why_not,
)
from tests.etl.loading.files import REMINDERS, SUSPENSIONS, load_file, one, rows, write_csv

pytestmark = pytest.mark.usefixtures("fresh_database", "rule_holds")
KEPT, TWIN = "V1", "V2"


@pytest.fixture
def people(tmp_path: Path, fresh_database: str) -> People:
    """The two of them with enough reminders each."""
    ground(tmp_path)
    lines = [(TWIN, f"{today() - DAY * n:%d/%m/%Y}", "Chưa tạo mã QR", "UBND") for n in range(3)]
    load_file(write_csv(tmp_path / "nhac-2.csv", REMINDERS, lines))
    return People()


def venue(code: str) -> int:
    return int(one("SELECT id FROM venue WHERE code = %s", code))


def merge() -> None:
    with loader_connection() as conn:
        merges.merge(conn, venue(KEPT), venue(TWIN), "chị Lan")


def unmerge() -> None:
    with loader_connection() as conn:
        merges.unmerge(conn, venue(TWIN))


def stands_at(case: Taken) -> str:
    return str(one("SELECT v.code FROM case_file AS c JOIN venue AS v ON v.id = c.venue_id WHERE c.id = %s", case.id))


def planned(people: People, code: str, kind: str) -> Taken:
    return open_as(people.police, "visit", "plan", code, facts={"kind": kind, "day": f"{today() + DAY}"})


def test_of_two_visits_of_one_kind_the_later_is_set_aside_until_the_venues_are_parted(people: People) -> None:
    second = planned(people, TWIN, "guidance")
    step_as(people.police, second, "miss", facts={"why": "mưa"})
    first = planned(people, KEPT, "guidance")
    merge()
    # the one that is planned goes before an earlier one that is only due
    assert [(state(case), stands_at(case)) for case in (second, first)] == [("set_aside", KEPT), ("planned", KEPT)]
    told = rows("SELECT step, by_name, facts ->> 'kept' FROM case_entry WHERE case_id = %s ORDER BY id", second.id)
    assert told[-1] == ("set_aside", None, str(first.id))
    assert why_not(people.police, second, "record", facts={"outcome": "compliant"}) == "state"
    entries = one("SELECT count(*) FROM case_entry")
    unmerge()
    assert [(state(case), stands_at(case)) for case in (second, first)] == [("due", TWIN), ("planned", KEPT)]
    assert one("SELECT due_on > %s FROM case_file WHERE id = %s", today(), second.id)
    assert one("SELECT count(*) FROM case_entry") == entries + 1


def test_a_guidance_and_an_inspection_are_two_things(people: People) -> None:
    cases = [planned(people, KEPT, "guidance"), planned(people, TWIN, "inspection")]
    merge()
    assert [(state(case), stands_at(case)) for case in cases] == [("planned", KEPT)] * 2


def test_a_request_beside_one_that_has_gone_further_is_set_aside_and_what_is_signed_stays(people: People) -> None:
    asked = open_as(people.police, "suspension_request", "request", KEPT)
    agreed = open_as(people.police, "suspension_request", "request", TWIN)
    step_as(people.chair, agreed, "confirm")
    step_as(people.police, agreed, "agree", facts=OWNER)
    merge()
    assert (state(asked), state(agreed), stands_at(agreed)) == ("set_aside", "agreed", KEPT)
    assert status(KEPT) == "suspended"
    with loader_connection() as conn:
        assert [said for said in broken(read(conn)) if "two open" in said] == []
    unmerge()
    assert (state(asked), state(agreed), status(KEPT), status(TWIN)) == (
        "requested", "agreed", "violating", "suspended",
    )  # fmt: skip


@pytest.mark.parametrize("has_file", [False, True])
def test_a_decision_that_has_moved_is_lifted_where_it_stands(people: People, tmp_path: Path, has_file: bool) -> None:
    """Also where a file said so before the decision was entered."""
    paper = PAPER | {"day": f"{today()}"}
    if has_file:
        load_file(write_csv(tmp_path / "dung.csv", SUSPENSIONS, [(TWIN, f"{today():%d/%m/%Y}", "", "Chưa có mã")]))
    decision = open_as(people.police, "suspension_decision", "enter", TWIN, paper=paper)
    merge()
    assert (stands_at(decision), status(KEPT)) == (KEPT, "suspended")
    step_as(people.command, decision, "repeal", paper=paper | {"number": "13/QĐ-UBND"})
    assert (state(decision), status(KEPT)) == ("repealed", "violating")
    unmerge()
    assert status(TWIN) == "violating"


def test_the_qr_of_a_twin_ends_what_was_agreed_to(people: People, tmp_path: Path) -> None:
    agreed = open_as(people.police, "suspension_request", "request", KEPT)
    step_as(people.chair, agreed, "confirm")
    step_as(people.police, agreed, "agree", facts=OWNER)
    registered(tmp_path, TWIN, today() - 9 * DAY)
    merge()
    assert (state(agreed), status(KEPT)) == ("ended", "registered")
    unmerge()
    assert (state(agreed), status(KEPT)) == ("agreed", "suspended")
