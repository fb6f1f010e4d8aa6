"""Cases: the chain from a reminder to a suspension that is lifted, each step by whom it belongs to, no other way."""

import threading
import uuid
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest

from data.access.caller import Caller, acting_as
from data.database.connection import app_connection, desk_connection, loader_connection
from data.desk import cases as desk
from data.desk.jobs import open_jobs
from data.errors import NotAllowed
from data.locks import LOADER
from data.queries.acting import Excluded, places
from data.queries.cases import case_lines
from data.status import periods
from data.status.days import today
from etl.undo.undo import undo
from etl.worker.jobs import cases as job_of_cases
from tests.data.cases_world import (
    DAY,
    OWNER,
    PAPER,
    People,
    open_as,
    registered,
    state,
    status,
    step_as,
    why_not,
)
from tests.etl.loading.files import MO_LAO, SUSPENSIONS, load_file, one, register, rows, write_csv
from tests.fixtures.officers import officer
from tests.fixtures.waiting import until

pytestmark = pytest.mark.usefixtures("fresh_database", "rule_holds")


def test_a_request_is_confirmed_by_the_ward_agreed_to_and_ended_by_the_registration(
    people: People, tmp_path: Path
) -> None:
    case = open_as(people.police, "suspension_request", "request", facts={"reason": "chưa có mã"})
    assert (case.state, status()) == ("requested", "violating")
    assert step_as(people.chair, case, "confirm").state == "confirmed"
    assert step_as(people.police, case, "agree", facts=OWNER).state == "agreed"
    assert status() == "suspended"
    load = registered(tmp_path, "V1", today())
    assert (state(case), status()) == ("ended", "registered")
    assert rows("SELECT step, by_name FROM case_entry ORDER BY id")[-1] == ("answered", None)
    # what came with the file goes with it
    undo(load, None, lambda _step, _text: None, dry_run=False)
    assert (state(case), status()) == ("agreed", "suspended")


def test_a_request_that_a_file_has_withdrawn_is_the_wards_again_without_that_file(
    people: People, tmp_path: Path
) -> None:
    case = open_as(people.police, "suspension_request", "request")
    step_as(people.chair, case, "confirm")
    load = registered(tmp_path, "V1", today())
    assert state(case) == "withdrawn"
    undo(load, None, lambda _step, _text: None, dry_run=False)
    assert state(case) == "requested"
    step_as(people.police, case, "withdraw", facts={"why": "nhầm địa điểm"})
    undo(registered(tmp_path, "V1", today()), None, lambda _step, _text: None, dry_run=False)
    assert state(case) == "withdrawn"  # by a person's hand


def test_a_decision_stays_until_its_paper_is_repealed(people: People, tmp_path: Path) -> None:
    paper = PAPER | {"day": f"{today()}"}
    case = open_as(people.police, "suspension_decision", "enter", paper=paper)
    assert status() == "suspended"
    registered(tmp_path, "V1", today())
    assert (state(case), status()) == ("lift_due", "suspended")
    assert why_not(people.police, case, "repeal") == "paper.number"
    with pytest.raises(NotAllowed):
        step_as(people.chair, case, "repeal", paper=paper)
    step_as(people.centre, case, "announce", facts={"medium": "loa phường"})
    step_as(people.command, case, "repeal", paper=paper | {"number": "13/QĐ-UBND"})
    assert (state(case), status()) == ("repealed", "registered")


def test_a_referral_is_answered(people: People) -> None:
    case = open_as(people.police, "referral", "refer", facts={"to": "UBND quận", "for_what": "xử phạt"})
    assert why_not(people.police, case, "answer", paper=PAPER | {"day": f"{today()}"}) == "no_answer"
    paper = PAPER | {"day": f"{today()}"}
    assert step_as(people.police, case, "answer", facts={"answer": "đã phạt"}, paper=paper).state == "answered"
    assert why_not(people.police, "referral", "refer", "V3", facts={"to": "UBND", "for_what": "x"}) == "no_ground"


def test_what_is_forbidden_is_refused(people: People) -> None:
    assert why_not(people.police, "suspension_request", "request", "V2") == "below_threshold"
    assert why_not(people.police, "suspension_decision", "enter", "V2", paper=PAPER | {"day": f"{today()}"}) == (
        "below_threshold"
    )
    with pytest.raises(NotAllowed):
        open_as(people.chair, "suspension_request", "request")
    case = open_as(people.police, "suspension_request", "request")
    assert why_not(people.police, case, "agree", facts=OWNER) == "state"
    assert why_not(people.other, case, "confirm") == "not_yours"
    with pytest.raises(NotAllowed):
        step_as(people.police, case, "confirm")
    assert why_not(people.police, "suspension_request", "request") == "already_open"
    step_as(people.chair, case, "confirm")
    assert why_not(people.police, case, "agree") == "no_owner"
    with pytest.raises(NotAllowed):
        step_as(people.police, case, "answered")
    future = PAPER | {"day": f"{today() + DAY}"}
    assert why_not(people.police, "suspension_decision", "enter", paper=future) == "paper.future"


def test_what_is_open_at_a_venue_is_told_with_what_is_due_and_forbids_what_the_rule_refuses(people: People) -> None:
    paper = PAPER | {"day": f"{today()}"}
    asked = {"to": "UBND quận", "for_what": "xử phạt"}
    chain = (
        ("visit", "plan", {"facts": {"kind": "inspection", "day": f"{today() + DAY}"}}, "record"),
        ("referral", "refer", {"facts": asked}, "answer"),
        ("suspension_request", "request", {}, "confirm"),
        ("suspension_decision", "enter", {"paper": paper}, "announce"),
    )
    opened = {
        process: open_as(people.police, process, step, **said).id  # type: ignore[arg-type]
        for process, step, said, _ in chain
    }

    def told(who: Caller) -> tuple[dict[str, str | None], dict[str, Excluded]]:
        with acting_as(who), app_connection() as conn:
            lines = case_lines(conn, venue="V1")
            assert all(line.since == today() and (line.due_on or line.due_at) for line in lines)
            at = places(conn, ["V1"]).get("V1")
        return {line.process: line.next_step for line in lines}, dict(at.excluded) if at else {}

    next_steps, excluded = told(people.police)
    assert next_steps == {process: step for process, _, _, step in chain}
    assert {process: one.why for process, one in excluded.items()} == {
        process: why_not(people.police, process, step, **said) for process, step, said, _ in chain
    }
    assert excluded["referral"].case == opened["referral"]
    assert told(people.chair) == (next_steps, excluded)
    assert told(people.other) == told(officer("kt", role="economy_office")) == ({}, {})
    step_as(people.police, opened["referral"], "withdraw", facts={"why": "ghi nhầm"})
    assert "referral" not in told(people.police)[1]


def test_the_database_refuses_whoever_writes_past_its_functions(people: People) -> None:
    statements: tuple[LiteralString, ...] = (
        "INSERT INTO suspension (venue_id, starts_on) SELECT id, current_day() FROM venue WHERE code = 'V4'",
        "INSERT INTO case_file (process, state, venue_code) VALUES ('visit', 'planned', 'V1')",
        "UPDATE case_file SET state = 'agreed'",
        "SELECT case_write()",
        "SELECT case_take(c, 'agree', '{}', NULL, NULL, true) FROM case_file AS c",
    )
    for statement in statements:
        with acting_as(people.police), desk_connection() as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute(statement)


def test_an_inspection_a_year_without_a_sign(people: People) -> None:
    asked = {"kind": "inspection"}
    first = open_as(people.police, "visit", "plan", "V4", facts=asked)
    step_as(people.police, first, "record", facts={"outcome": "compliant"})
    assert why_not(people.police, "visit", "plan", "V4", facts=asked) == "yearly"
    assert why_not(people.police, "visit", "plan", "V4", facts=asked | {"drawn": True}) == "drawn_without_sign"
    open_as(people.police, "visit", "plan", "V4", facts=asked | {"sign": "dân báo không dán mã ở cửa"})
    assert why_not(people.chair, "visit", "plan", "V3", facts=asked) == "not_police"
    open_as(people.chair, "visit", "plan", "V3", facts={"kind": "guidance"})
    assert why_not(people.police, "visit", "plan", "V3", facts=asked) == "already_planned"


def test_an_outcome_that_needs_it_has_one_follow_up_on_a_working_day(people: People) -> None:
    visit = open_as(people.police, "visit", "plan", facts={"kind": "inspection"})
    number = uuid.uuid4()
    said = {"outcome": "partly", "words": "sẽ treo lại"}
    answers = {step_as(people.police, visit, "record", facts=said, client=number).state for _ in range(3)}
    assert answers == {"recorded"}
    due = rows(
        "SELECT c.due_on, is_working_day(c.due_on), v.follows FROM case_file AS c"
        " JOIN visit AS v ON v.case_id = c.id WHERE c.state = 'due'"
    )
    assert [(day > today(), works, follows) for day, works, follows in due] == [(True, True, visit.id)]
    again = open_as(people.police, "visit", "plan", facts={"kind": "inspection"})  # takes up what is due
    assert one("SELECT count(*) FROM case_file WHERE process = 'visit'") == 2
    step_as(people.police, again, "waive", facts={"why": "đã nộp ảnh mã mới"})
    assert one("SELECT count(*) FROM case_file WHERE closed_at IS NULL") == 0


def test_nobody_is_to_come_again_where_there_is_no_venue_any_more(people: People, tmp_path: Path) -> None:
    place = ("V9", "Quán 9", "Số 9 phố Trần Phú", "Mộ Lao", "Quán ăn", *MO_LAO)
    load = load_file(register(tmp_path / "moi.csv", place)).load_id
    case = open_as(people.police, "visit", "plan", "V9", facts={"kind": "guidance"})
    undo(load, None, lambda _step, _text: None, dry_run=False)
    step_as(people.police, case, "record", facts={"outcome": "partly"})
    assert rows("SELECT state FROM case_file") == [("recorded",)]


def test_whom_the_lot_chose_stays_chosen_on_whichever_day_somebody_goes(people: People) -> None:
    case = open_as(people.police, "visit", "plan", facts={"kind": "guidance", "drawn": True})
    step_as(people.police, case, "replan", facts={"day": f"{today() + DAY}"})
    assert one("SELECT drawn FROM visit")
    step_as(people.chair, case, "miss", facts={"why": "mưa to"})
    open_as(people.police, "visit", "plan", facts={"kind": "guidance"})
    assert rows("SELECT drawn FROM visit") == [(True,)]


def test_two_who_plan_one_visit_plan_it_once(people: People) -> None:
    results: list[object] = []

    def plan() -> None:
        try:
            results.append(open_as(people.police, "visit", "plan", facts={"kind": "inspection"}).state)
        except Exception as error:  # told below
            results.append(getattr(error, "why", error))

    threads = [threading.Thread(target=plan) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, results)) == ["already_planned"] * 3 + ["planned"]


def test_two_who_enter_one_number_at_once_enter_it_for_one_venue(people: People) -> None:
    paper, told = PAPER | {"day": f"{today()}"}, []

    def enter() -> None:
        told.append(why_not(people.command, "suspension_decision", "enter", "V5", paper=paper))

    other = threading.Thread(target=enter)
    with acting_as(people.police), desk_connection() as conn:
        desk.open_case(conn, "suspension_decision", "enter", "V1", paper=paper)
        other.start()
        until(lambda: one("SELECT count(*) FROM pg_locks WHERE NOT granted") == 1, "the other to wait for the number")
    other.join()
    assert told == ["number_used"]


def test_a_step_beside_a_load_is_taken_at_once_and_written_by_the_worker(people: People) -> None:
    case = open_as(people.police, "suspension_request", "request")
    step_as(people.chair, case, "confirm")
    with loader_connection() as load:
        load.execute("SELECT pg_advisory_xact_lock(%s, %s)", LOADER)
        assert step_as(people.police, case, "agree", facts=OWNER).state == "agreed"
        assert status() == "violating"
    assert one("SELECT count(*) FROM job WHERE kind = 'cases' AND state = 'queued'") == 1
    with loader_connection() as conn:
        [job] = [job for job in open_jobs(conn) if job.kind == "cases"]
    job_of_cases.run(job, lambda _step, _text: None)
    assert status() == "suspended"


def test_a_step_taken_while_a_load_settles_the_case_stands(people: People) -> None:
    case = open_as(people.police, "suspension_request", "request")
    step_as(people.chair, case, "confirm")
    step = threading.Thread(
        target=step_as, args=(people.police, case, "refuse"), kwargs={"facts": {"why": "chủ cơ sở không đồng ý"}}
    )
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    with loader_connection() as load:
        load.execute("SELECT pg_advisory_xact_lock(%s, %s)", LOADER)
        load.execute(
            "INSERT INTO registration (venue_id, registered_on) SELECT id, %s FROM venue WHERE code = 'V1'", (today(),)
        )
        step.start()
        until(lambda: one(waiting) == 1, "the step to have been taken, and to wait for the load")
        venue = one("SELECT id FROM venue WHERE code = 'V1'")
        periods.after_load(load, [int(str(venue))], days_changed=False)
        desk.settle(load)
    step.join()
    assert state(case) == "refused"
    assert rows("SELECT from_state, to_state FROM case_entry ORDER BY id")[-1] == ("confirmed", "refused")


def test_files_feed_the_same_table_and_cases_stand_whatever_files_say(people: People, tmp_path: Path) -> None:
    case = open_as(people.police, "suspension_decision", "enter", paper=PAPER | {"day": f"{today()}"})
    file = write_csv(tmp_path / "dung.csv", SUSPENSIONS, [
        ("V1", f"{today():%d/%m/%Y}", f"{today() + 3 * DAY:%d/%m/%Y}", "khác"), ("V4", f"{today():%d/%m/%Y}", "", ""),
    ])  # fmt: skip
    load = load_file(file).load_id
    assert (status("V1"), status("V4")) == ("suspended", "suspended")
    assert one("SELECT ends_on FROM suspension WHERE case_id = %s", case.id) is None
    undo(load, None, lambda _step, _text: None, dry_run=False)
    assert (status("V1"), status("V4")) == ("suspended", "unregistered")


def test_a_step_says_nothing_that_belongs_to_another(people: People) -> None:
    case = open_as(people.police, "suspension_decision", "enter", paper=PAPER | {"day": f"{today()}"})
    for fact in ("lifted_on", "ends_on", "starts_on"):
        said = {"medium": "loa phường", fact: f"{today()}"}
        assert why_not(people.centre, case, "announce", facts=said) == "malformed"
    assert (state(case), status()) == ("in_force", "suspended")


def test_a_ward_does_not_turn_an_inspection_into_guidance(people: People) -> None:
    visit = open_as(people.police, "visit", "plan", facts={"kind": "inspection"})
    assert why_not(people.chair, visit, "replan", facts={"kind": "guidance"}) == "not_police"
    step_as(people.police, visit, "record", facts={"outcome": "refused"})
    guided = open_as(people.chair, "visit", "plan", facts={"kind": "guidance"})  # beside what is due to the police
    step_as(people.chair, guided, "miss", facts={"why": "mưa"})
    assert open_as(people.chair, "visit", "plan", facts={"kind": "guidance"}).id == guided.id
    step_as(people.chair, guided, "record", facts={"outcome": "partly"})
    asked = {"kind": "guidance", "drawn": True}
    assert why_not(people.chair, "visit", "plan", "V4", facts=asked) == "malformed"  # said by who plans a day
    assert rows(
        "SELECT c.state, v.kind FROM case_file AS c JOIN visit AS v ON v.case_id = c.id WHERE state = 'due'"
    ) == [("due", "inspection")]


def test_a_decision_is_annulled_by_who_entered_it_the_same_day_or_by_the_command(people: People) -> None:
    case = open_as(people.police, "suspension_decision", "enter", paper=PAPER | {"day": f"{today()}"})
    mistake = {"why": "nhập nhầm"}
    assert why_not(officer("binh", role="police"), case, "annul", facts=mistake) == "annul"
    with loader_connection() as conn:
        conn.execute("UPDATE case_entry SET day = day - 1")
    assert why_not(people.police, case, "annul", facts=mistake) == "annul"
    assert step_as(people.command, case, "annul", facts=mistake).state == "annulled"


def test_what_is_written_beside_a_suspension_is_not_in_the_audit(people: People) -> None:
    case = open_as(people.police, "suspension_request", "request", facts={"reason": "chủ quán hẹn 0912 345 678"})
    step_as(people.chair, case, "confirm")
    step_as(people.police, case, "agree", facts=OWNER | {"note": "gặp con trai chủ quán"})
    told = "SELECT count(*) FROM audit_entry AS a WHERE a.action LIKE %s AND concat(a.subject, a.before, a.after) ~ %s"
    assert one(told, "suspension.insert", "starts_on") == 1
    assert one(told, "%", "0912|chủ quán|Chủ cơ sở") == 0
