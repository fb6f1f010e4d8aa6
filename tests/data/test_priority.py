"""The priority of visits: a number that a person can reckon, for whom it may be reckoned, by which weights."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from data.access.caller import COMMAND_LINE, Caller, acting_as
from data.database.connection import app_connection, desk_connection, loader_connection
from data.desk import weights
from data.errors import NotAllowed
from data.queries.filters import Filters
from data.queries.priority import Candidate, Part, draw_random, of_venues, ranked
from data.status import periods
from data.status.days import today
from tests.data.cases_world import DAY, People, ground, open_as, step_as
from tests.data.priority_world import scan
from tests.etl.loading.files import one, rows
from tests.fixtures.officers import officer

pytestmark = pytest.mark.usefixtures("fresh_database")
DEFAULT = {"status": 40, "days": 10, "people": 15, "risk": 10, "unseen": 10, "sure": 5, "token": 10}


@pytest.fixture
def people(tmp_path: Path, fresh_database: str) -> People:
    ground(tmp_path)
    return People()


def first(who: Caller = COMMAND_LINE, **options: object) -> dict[str, Candidate]:
    """The ranking of today, by code."""
    with acting_as(who), app_connection() as conn:
        return {one.code: one for one in ranked(conn, Filters(today()), today(), **options)}  # type: ignore[arg-type]


def at(code: str, who: Caller = COMMAND_LINE, day: dt.date | None = None) -> Candidate:
    with acting_as(who), app_connection() as conn:
        return of_venues(conn, [code], day or today())[code]


def points(found: Candidate) -> dict[str, float]:
    return {part.part: part.points for part in found.parts}


def visited(people: People, code: str, outcome: str, kind: str = "guidance") -> None:
    case = open_as(people.police, "visit", "plan", code, facts={"kind": kind, "day": f"{today()}"})
    step_as(people.police, case, "record", facts={"outcome": outcome, "day": f"{today()}"})


def test_the_number_is_the_one_that_a_person_reckons(people: People) -> None:
    """V1: violating (1 x 40); since its third reminder 18 days ago, which is its 19th day (0.63 x 10); nobody has ever
    scanned (0); an eatery (0.6 x 10); last seen 18 days ago (0.30 x 10); sure (1 x 5)."""
    found = first()
    expected = {"status": 40, "days": 6.3, "people": 0, "risk": 6, "unseen": 3, "sure": 5, "token": 0}
    assert points(found["V1"]) == expected
    assert found["V1"].number == 60.3
    assert found["V1"].parts[1] == Part("days", 6.3, 0.63, 19)
    # V3: reminded once, 20 days ago; V4: unregistered since ever, never seen
    assert points(found["V3"]) == {
        "status": 20,
        "days": 7,
        "people": 0,
        "risk": 6,
        "unseen": 3.3,
        "sure": 5,
        "token": 0,
    }
    assert points(found["V4"]) == {
        "status": 12,
        "days": 10,
        "people": 0,
        "risk": 6,
        "unseen": 10,
        "sure": 5,
        "token": 0,
    }
    assert list(found) == ["V1", "V5", "V4", "V3", "V2"]
    assert [reason["part"] for reason in found["V1"].reasons] == ["status", "days", "risk", "sure", "unseen"]


def test_less_sure_data_lower_it(people: People) -> None:
    with loader_connection() as conn:
        conn.execute("UPDATE venue SET location = 'street' WHERE code = 'V1'")
    assert at("V1").number == 57.8


def test_a_ward_ranks_its_own_by_the_same_numbers(people: People) -> None:
    whole, ward, other = first(people.police), first(people.chair), first(people.other)
    assert set(ward) == {"V1", "V2", "V3", "V4"}
    assert set(other) == {"V5"}
    assert {code: one.number for code, one in {**ward, **other}.items()} == {
        code: v.number for code, v in whole.items()
    }
    with acting_as(people.chair), app_connection() as conn:
        assert of_venues(conn, ["V5"], today()) == {}
    assert first(officer("ai", role="ward_chair")) == {}


def test_what_a_visit_is_for(people: People) -> None:
    """An inspection where reminders were of no use; guidance else, and always for whoever does not inspect."""
    assert {code: one.kind for code, one in first(people.police).items()} == {
        "V1": "inspection", "V5": "inspection", "V2": "guidance", "V3": "guidance", "V4": "guidance",
    }  # fmt: skip
    assert {(one.kind, one.why_no_inspection) for one in first(people.chair).values()} == {("guidance", "not_police")}
    visited(people, "V4", "not_found", "inspection")
    assert at("V4", people.police).why_no_inspection is None
    visited(people, "V4", "compliant", "inspection")
    found = at("V4", people.police)
    assert (found.why_no_inspection, found.last_inspection, found.sign) == ("yearly", today(), None)
    visited(people, "V2", "partly")
    found = first(people.police)["V2"]
    assert (found.sign, found.kind, found.due_on is not None) == ("reminded", "guidance", True)
    signs = rows("SELECT code, sign_of_violation(id, current_day()) FROM venue ORDER BY code")
    assert [(code, at(str(code)).sign) for code, _ in signs] == signs


def test_after_a_clean_visit_nobody_goes_there_until_its_interval_is_over(people: People) -> None:
    visited(people, "V3", "compliant")
    found = at("V3")
    assert found.number == 0
    assert round(sum(part.points for part in found.parts), 2) == 0
    assert found.parts[-1].known == f"{today() + DAY * 60}"
    assert "V3" not in first()
    assert at("V3", day=today() + DAY * 59).number == 0
    assert at("V3", day=today() + DAY * 60).number > 0
    # an outcome that is not clean gives no rest
    visited(people, "V4", "refused")
    assert at("V4").number > 0


def test_a_visit_that_is_planned_is_said_and_left_out_where_free_ones_are_sought(people: People) -> None:
    open_as(people.police, "visit", "plan", "V2", facts={"kind": "guidance", "day": f"{today() + DAY}"})
    assert first()["V2"].planned_on == today() + DAY
    assert set(first(free=True)) == {"V1", "V3", "V4", "V5"}


def test_weights_change_the_order_and_are_recorded(people: People, tmp_path: Path) -> None:
    before = first()
    assert list(first(weights={"status": 0})) == ["V4", "V3", "V2", "V1", "V5"]
    with acting_as(people.command), desk_connection() as conn:
        weights.set_weights(conn, DEFAULT | {"status": 0}, 2, two_person=True)
        in_force = weights.in_force(conn)
    assert (in_force.weights["status"], in_force.inspections_a_year, in_force.two_person) == (0, 2, True)
    assert in_force.by == people.command.name
    assert list(first()) == ["V4", "V3", "V2", "V1", "V5"]
    assert rows("SELECT reminder_threshold, scanning_window_days FROM policy") == [(3, 7), (3, 7)]
    assert (
        one("SELECT count(*) FROM audit_entry WHERE subject_kind = 'policy' AND login = %s", people.command.login) == 1
    )
    with loader_connection() as conn:
        assert periods.check(conn) == []
    # the two officers bind the police, who may not do without them
    for ask in (weights.go_back, lambda conn: weights.set_weights(conn, DEFAULT, 3, two_person=True)):
        with acting_as(people.police), desk_connection() as conn, pytest.raises(weights.WeightsRefused) as refused:
            ask(conn)
        assert refused.value.why == "approve"
    with acting_as(people.command), desk_connection() as conn:
        assert weights.go_back(conn)
        assert weights.in_force(conn).weights == DEFAULT
        assert not weights.in_force(conn).two_person
    assert first() == before


def test_what_may_not_be_set_is_refused(people: People) -> None:
    asked: list[tuple[dict[str, object], int, str]] = [
        ({"status": 101}, 1, "bounds"),
        ({"status": -1}, 1, "bounds"),
        ({"status": 0.5}, 1, "bounds"),
        ({"status": "40"}, 1, "bounds"),
        ({"inspector": 5}, 1, "unknown"),
        (dict.fromkeys(DEFAULT, 0), 1, "nothing"),
        (dict(DEFAULT), 0, "inspections"),
    ]
    for given, inspections, why in asked:
        with acting_as(people.command), desk_connection() as conn, pytest.raises(weights.WeightsRefused) as refused:
            weights.set_weights(conn, given, inspections, two_person=False)  # type: ignore[arg-type]
        assert (given, refused.value.why) == (given, why)
        assert str(refused.value)
    assert one("SELECT count(*) FROM policy") == 1
    only = dict.fromkeys(DEFAULT, 0) | {"status": 5}
    with acting_as(people.command), desk_connection() as conn:
        weights.set_weights(conn, only, 1, two_person=False)
    # the rest stays as it is in force: then there would be nothing
    with acting_as(people.command), desk_connection() as conn, pytest.raises(weights.WeightsRefused, match="lớn hơn 0"):
        weights.set_weights(conn, {"status": 0}, 1, two_person=False)


def test_who_may_not_weigh_is_refused_by_the_database(people: People) -> None:
    with acting_as(people.chair), desk_connection() as conn:
        with pytest.raises(NotAllowed):
            weights.set_weights(conn, DEFAULT, 1, two_person=False)
        with pytest.raises(NotAllowed):
            weights.go_back(conn)
        assert not rows("SELECT FROM policy WHERE priority IS NOT NULL")
    with acting_as(people.command), desk_connection() as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute("UPDATE policy SET priority = NULL")


@pytest.fixture
def scanned(people: People, tmp_path: Path) -> People:
    scan(tmp_path)
    return people


def test_token_compliance_is_a_reason_for_guidance_and_never_a_status(scanned: People) -> None:
    found = first(scanned.police)
    tokens = {code: one.token.sign for code, one in found.items() if one.token}
    assert tokens == {"RARE": "sparse", "FELL": "few"}
    few = found["FELL"]
    assert (few.status, few.kind, few.sign) == ("scanning", "guidance", None)
    assert few.token is not None
    assert (few.token.recent, few.token.expected) == (14, 280)
    # status 0, days 0, 20 people at most: of its Mondays to Fridays 10 had 20 and 10 had 1, the lower middle one is 1
    assert points(few) == {"status": 0, "days": 0, "people": 0.15, "risk": 6, "unseen": 10, "sure": 5, "token": 10}
    # who complies without such a sign is no place to go to
    assert {code for code in found if code.startswith(("N", "SMALL"))} == set()
    assert at("N0").parts[-1] == Part("rest", -24.0, 1.0, "compliant")
    # of who was never scanned, what is usual for the category
    assert (at("V1").people_of, at("V1").parts[2].known) == ("category", 20)
    with acting_as(scanned.other), app_connection() as conn:
        assert conn.execute("SELECT FROM venue_habits(current_day())").fetchall() == []
    with acting_as(scanned.chair), app_connection() as conn:
        assert len(conn.execute("SELECT FROM venue_habits(current_day())").fetchall()) == 6
    # who neither goes there nor weighs is told nothing of it
    for role in ("economy_office", "culture_office", "culture_centre"):
        who = officer("kt", role=role)
        assert at("FELL", who).token is None
        assert not {"FELL", "RARE"} & set(first(who))


def test_a_share_is_drawn_and_without_a_sign_for_guidance_only(people: People) -> None:
    base = at("V1", people.police)
    many = [
        replace(base, code=f"C{n:03d}", number=float(200 - n), sign="violating" if n % 2 else None) for n in range(200)
    ]
    chosen = draw_random(many, 100, 0.08, seed=7)
    assert (len(chosen), sum(one.drawn for one in chosen)) == (100, 8)
    assert [one.code for one in chosen[:92]] == [one.code for one in many[:92]]
    assert all(one.kind == ("inspection" if one.sign else "guidance") for one in chosen if one.drawn)
    assert chosen == draw_random(list(reversed(many)), 100, 0.08, seed=7)
    assert chosen != draw_random(many, 100, 0.08, seed=8)
    assert not any(one.drawn for one in draw_random(many, 100, 0, seed=7))
    assert len(draw_random(many[:3], 100, 0.1, seed=7)) == 3
    with pytest.raises(ValueError, match=r"0\.2"):
        draw_random(many, 100, 0.2, seed=7)
