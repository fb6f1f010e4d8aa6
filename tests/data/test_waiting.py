"""What waits for whom: each kind with its days, by right, role and ward, and late in working days."""

import uuid
from dataclasses import replace
from pathlib import Path

import pytest

from data.access.caller import Caller, acting_as
from data.access.roles import ROLES
from data.database.connection import app_connection, loader_connection
from data.queries.waiting import KINDS, Waiting, counts, waiting
from data.status.days import today
from tests.data.cases_world import PAPER, People, ground, open_as, step_as
from tests.data.publication_world import delivered, drafted, entries, taken
from tests.etl.loading.files import one
from tests.fixtures.officers import officer, tell

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(scope="module")
def people(database: str, tmp_path_factory: pytest.TempPathFactory) -> People:
    ground(tmp_path_factory.mktemp("so"))
    return People()


def found(who: Caller) -> dict[str, Waiting]:
    """What waits, by kind, of which anything does."""
    with acting_as(who), app_connection() as conn:
        return {one.kind.key: one for one in waiting(conn, who) if one.count}


def counted(who: Caller) -> dict[str, int]:
    with acting_as(who), app_connection() as conn:
        return {address: number for address, number in counts(conn, who).items() if number}


def test_each_step_of_a_chain_waits_for_whom_it_is_for_and_for_nobody_of_another_ward(people: People) -> None:
    assert {one.title for one in found(people.police)["unplanned"].lines} == {"Quán 1", "Quán 5"}
    case = open_as(people.police, "suspension_request", "request")
    assert found(people.chair)["confirm"].lines[0].address == f"/cases/?case={case.id}"
    assert "confirm" not in found(people.other)
    assert "agree" not in found(people.police)
    assert counted(people.chair) == {"/cases/": 1}
    step_as(people.chair, case, "confirm")
    assert "confirm" not in found(people.chair)
    [line] = found(people.police)["agree"].lines
    assert (line.title, line.said, line.since, line.late) == ("Quán 1", "case.state.confirmed", today(), 0)
    step_as(people.police, case, "refuse", facts={"why": "không đồng ý"})
    assert "agree" not in found(people.police)


def test_what_is_overdue_is_told_in_working_days_and_stands_first(people: People) -> None:
    for code in ("V1", "V5"):
        open_as(people.police, "visit", "plan", code, facts={"kind": "guidance", "day": f"{today()}"})
    assert found(people.police)["visits"].count == 2
    assert "unplanned" not in found(people.police)
    with loader_connection() as conn:
        conn.execute("UPDATE case_file SET due_on = current_day() - 14 WHERE venue_code = 'V5' AND process = 'visit'")
        row = conn.execute("SELECT working_days_between(current_day() - 14, current_day()) AS days").fetchone()
    assert row
    visits = found(people.police)["visits"]
    assert (visits.count, visits.late) == (2, 1)
    assert [(line.title, line.late) for line in visits.lines] == [("Quán 5", row["days"]), ("Quán 1", 0)]
    assert row["days"] >= 8


def test_a_decision_waits_hours_for_its_announcement_and_then_for_its_repeal(people: People, tmp_path: Path) -> None:
    paper = PAPER | {"day": f"{today()}"}
    case = open_as(people.command, "suspension_decision", "enter", "V1", paper=paper)
    [line] = found(people.centre)["announce"].lines
    assert (line.due_at is not None, line.late) == (True, 0)
    with loader_connection() as conn:
        conn.execute("UPDATE case_file SET due_at = clock_timestamp() - interval '1 hour' WHERE id = %s", (case.id,))
    assert found(people.centre)["announce"].late == 1
    step_as(people.centre, case, "announce", facts={"medium": "loa phát thanh"})
    assert "announce" not in found(people.centre)
    assert found(people.centre)["announce_again"].count == 1
    for _ in range(2):
        step_as(people.centre, case, "announce", facts={"medium": "loa phát thanh"})
    assert "announce_again" not in found(people.centre)
    assert "lift" not in found(people.command)


def test_proposals_follow_ups_and_passwords_wait(people: People) -> None:
    lan = officer("lan", "Mộ Lao")
    tell(lan, "proposal_new", payload={"name": "Quán Mới"}, id=uuid.uuid4())
    for who in (people.chair, officer("vh", role="culture_office")):
        assert [line.title for line in found(who)["proposals"].lines] == ["Quán Mới"]
        assert counted(who)["/field/proposals"] == 1
    assert "proposals" not in found(people.other)
    visit = open_as(people.police, "visit", "plan", "V2", facts={"kind": "inspection", "day": f"{today()}"})
    step_as(people.police, visit, "record", facts={"outcome": "not_compliant"})
    [line] = found(people.police)["follow_ups"].lines
    assert (line.title, line.due_on and line.due_on > today()) == ("Quán 2", True)
    assert "follow_ups" not in found(people.chair)  # an inspection is not a ward's
    with loader_connection() as conn:
        conn.execute(
            "INSERT INTO account (login, name, role, one_time_until)"
            " VALUES ('moi', 'Người mới', 'police', now() + interval '1 day')"
        )
    assert [line.title for line in found(officer("qt", role="admin"))["passwords"].lines] == ["Người mới"]


def test_a_managing_body_is_told_of_its_own_units_alone(people: People) -> None:
    unit = one("SELECT id FROM venue WHERE code = 'V4'")
    body = replace(officer("cq", role="managing_body"), wards=(), units=(unit,))
    assert [(line.title, line.said, line.address) for line in found(body)["own_units"].lines] == [
        ("Quán 4", "status.unregistered", "/?venue=V4")
    ]
    assert "own_units" not in found(people.police)


@pytest.mark.parametrize("role", sorted(ROLES))
def test_every_role_can_be_told_what_waits(people: People, role: str) -> None:
    who = officer(f"w.{role}", *([] if ROLES[role].scope == "district" else ["Mộ Lao"]), role=role)
    with acting_as(who), app_connection() as conn:
        mine = {one.kind.key for one in waiting(conn, who)}
    assert mine == {kind.key for kind in KINDS if kind.is_for(who)}


def test_a_list_waits_for_each_of_those_who_carry_it_on(people: People, signing_key: None) -> None:
    made = drafted(people)
    assert found(people.centre)["publication_notify"].lines[0].address == f"/publication/?list={made.id}"
    taken(people.centre, made.id, "notify")
    named = entries(made.id)
    assert "Quán 5" in {line.title for line in found(people.other)["publication_deliver"].lines}
    assert "Quán 5" not in {
        line.title
        for kind in found(people.chair).values()
        if kind.kind.key == "publication_deliver"
        for line in kind.lines
    }
    assert found(people.centre)["publication_deliver"].count == len(named)
    for case in named.values():
        delivered(people.centre, case)
    assert "publication_ready" not in found(people.command)  # the clock's day is on the case, and runs
    with loader_connection() as conn:
        conn.execute("UPDATE case_file SET due_on = publication_deadline(id) WHERE process = 'publication'")
    assert found(people.command)["publication_ready"].count == len(named)
    taken(people.command, made.id, "approve")
    assert found(people.centre)["publication_publish"].count == 1
    taken(people.centre, made.id, "publish")
    assert found(people.centre)["publication_channels"].count == 1
    taken(people.centre, made.id, "tick", facts={"channel": "board"})
    assert "publication_channels" not in found(people.centre)
    taken(people.centre, named["V5"], "correct", facts={"name": "Quán Năm", "why": "sai tên"})
    assert found(people.centre)["publication_channels"].count == 1
    leaf = str(one("SELECT max(leaf) FROM publication_seal"))
    taken(people.centre, made.id, "tick", facts={"channel": "board", "correction": leaf})
    assert "publication_channels" not in found(people.centre)
    taken(people.other, named["V5"], "object", facts={"words": "sai rồi", "channel": "officer"})
    assert [line.title for line in found(people.command)["publication_objections"].lines] == ["Quán Năm"]
    taken(people.command, named["V5"], "reject", facts={"why": "nhắc đủ"})
    taken(people.centre, named["V5"], "claim", facts={"words": "đã dán mã", "channel": "officer"})
    assert {line.title for line in found(people.other)["publication_claims"].lines} == {"Quán Năm"}
