"""Random sequences of steps by anybody, between registrations, withdrawals and turning days, reach nothing forbidden.

The steps are asked of the database's own functions as the app's role, so that no check of the app stands before them.
What is forbidden is said in ``case_invariants.py``; faults planted in the SQL are found by it.
"""

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from data.access.caller import Caller, acting_as
from data.database.connection import Connection, tell_caller
from data.desk import cases as desk
from data.desk.refusals import REFUSED
from data.status import periods
from data.status.days import today
from tests.data.case_invariants import DAY, MAY, Rows, Step, broken, forbidden, inspected_twice, read
from tests.data.cases_world import ground
from tests.data.test_status_rule import mutated
from tests.fixtures.officers import officer

DAYS = 15
NEVER_REMINDED = "V4"
OUTCOMES = (
    "compliant",
    "compliant",
    "compliant",
    "made_on_spot",
    "partly",
    "not_compliant",
    "closed",
    "refused",
    "not_found",
)
SYSTEM = ("follow", "answered", "resume", "expire", "set_aside", "take_up", "lapse")
OPENING = {
    ("visit", "plan"),
    ("suspension_request", "request"),
    ("suspension_decision", "enter"),
    ("referral", "refer"),
}


@pytest.fixture(scope="module")
def people(database: str, tmp_path_factory: pytest.TempPathFactory) -> list[Caller]:
    ground(tmp_path_factory.mktemp("so"))
    return [
        officer("an", role="police"),
        officer("binh", role="police"),
        officer("chi", "Mộ Lao", role="ward_chair"),
        officer("khe", "La Khê", role="ward_chair"),
        officer("lan", "Mộ Lao"),
        officer("huy", role="district_command"),
        officer("van", role="culture_centre"),
        officer("kinh", role="economy_office"),
        officer("thu", role="culture_office"),
    ]


@pytest.fixture
def conn(database: str, people: list[Caller]) -> Iterator[Connection]:
    """The owner's connection; the day stands where a test puts it, and nothing of the test remains."""
    with psycopg.connect(database, row_factory=dict_row) as conn:
        conn.execute("CREATE TABLE test_day (day date)")
        conn.execute("GRANT SELECT ON test_day TO PUBLIC")
        conn.execute("INSERT INTO test_day VALUES (%s)", (today() - DAYS * DAY,))
        conn.execute(
            "CREATE OR REPLACE FUNCTION today() RETURNS date LANGUAGE sql STABLE PARALLEL SAFE"
            " AS $$ SELECT day FROM test_day $$"
        )
        periods.rebuild(conn)
        yield conn
        conn.rollback()


@dataclass
class Chain:
    """A random sequence: what it may draw from, and what was drawn."""

    conn: Connection
    people: list[Caller]
    draw: random.Random
    taken: int = 0
    refused: int = 0
    sent: list[uuid.UUID] = field(default_factory=list)
    rows: Rows | None = None

    def go(self) -> list[str]:
        """One thing happens; what it breaks, in words."""
        before = self.rows or read(self.conn)
        what = self.draw.choices(
            (self.take, self.remind, self.withdraw, self.register, self.take_back, self.turn),
            (82, 6, 2, 3, 4, 3),
        )[0]
        refused = self.refused
        problems: list[str] = what(before)
        if (
            self.refused > refused and self.draw.random() < 0.9
        ):  # nothing is written; looked at now and then all the same
            self.rows = before
            return problems
        self.rows = read(self.conn)
        return problems + broken(self.rows) + inspected_twice(self.rows)

    def take(self, before: Rows) -> list[str]:
        """A step, as somebody asks it of the database's functions; mostly one that may come next."""
        case = self._case(before)
        process, step = self._which(case)
        who = self._who(process, step)
        facts, paper = self._facts(step, before), self._paper(before)
        venue = case["venue_id"] if case else self._venue(before, step)
        client = self.draw.choice(self.sent) if self.sent and self.draw.random() < 0.05 else uuid.uuid4()
        if not self._asked(who, case, process, step, before.venues[venue]["code"], facts, paper, client):
            self.refused += 1
            return []
        row = self.conn.execute("SELECT count(*) AS entries FROM case_entry").fetchone()
        assert row
        if client in self.sent:
            known = sum(map(len, before.entries.values()))
            return [] if row["entries"] == known else ["sent twice, taken twice"]
        self.sent.append(client)
        self.taken += 1
        number = case["id"] if case else self._taken_up(before, process, venue)
        return forbidden(Step(process, step, who.login, who.role, who.wards, venue, number, facts, paper), before)

    def _case(self, before: Rows) -> dict[str, Any] | None:
        """Mostly an open one; None: one is to be opened."""
        known = list(before.cases.values())
        still_open = [case for case in known if case["closed_at"] is None]
        if not known or self.draw.random() < 0.3:
            return None
        return self.draw.choice(still_open if still_open and self.draw.random() < 0.9 else known)

    def _venue(self, before: Rows, step: str) -> int:
        """Mostly one that violates; for a visit, mostly the one that nobody reminds."""
        fits = [
            venue["id"]
            for venue in before.venues.values()
            if (venue["code"] == NEVER_REMINDED if step == "plan" else venue["status"] == "violating")
        ]
        return self.draw.choice(fits if fits and self.draw.random() < 0.6 else list(before.venues))

    def _taken_up(self, before: Rows, process: str, venue: int) -> int | None:
        """The visit that was due there, which planning takes up."""
        due = [c["id"] for c in before.cases.values() if c["venue_id"] == venue and c["state"] == "due"]
        return due[0] if due and process == "visit" else None

    def _which(self, case: dict[str, Any] | None) -> tuple[str, str]:
        if case is None:
            return self.draw.choice((*sorted(OPENING), ("visit", "plan")))
        of_process = sorted(
            {step for process, step in MAY if process == case["process"]} - {"request", "enter", "refer"}
        )
        if self.draw.random() < 0.15:
            return case["process"], self.draw.choice((*of_process, "enter", "request", *SYSTEM))
        fits = {"requested": "confirm", "confirmed": "agree", "planned": "record", "due": "plan", "lift_due": "repeal"}
        fits["recorded"] = "withdraw"
        likely = fits.get(case["state"])
        if likely == "confirm" and self.draw.random() < 0.3:
            likely = "agree"
        return case["process"], likely if likely and self.draw.random() < 0.6 else self.draw.choice(of_process)

    def _who(self, process: str, step: str) -> Caller:
        able = [who for who in self.people if who.role in MAY.get((process, step), ())]
        return self.draw.choice(able if able and self.draw.random() < 0.75 else self.people)

    def _asked(
        self,
        who: Caller,
        case: dict[str, Any] | None,
        process: str,
        step: str,
        code: str,
        facts: dict[str, Any],
        paper: dict[str, Any] | None,
        client: uuid.UUID,
    ) -> bool:
        """Whether the database takes it, asked as the app's role with what it is told of the caller."""
        said = (Jsonb(facts), None if paper is None else Jsonb(paper), client)
        try:
            with self.conn.transaction(), acting_as(who):
                tell_caller(self.conn)
                self.conn.execute("SET LOCAL ROLE qr_app")
                if case:
                    self.conn.execute("SELECT case_step(%s, %s, %s, %s, %s)", (case["id"], step, *said))
                else:
                    self.conn.execute("SELECT case_open(%s, %s, %s, %s, %s, %s)", (process, step, code, *said))
        except (psycopg.errors.InsufficientPrivilege, psycopg.DataError, psycopg.IntegrityError):
            return False
        except psycopg.Error as error:
            if error.sqlstate != REFUSED:
                raise
            return False
        finally:
            self.conn.execute("RESET ROLE")
        return True

    def _day(self, before: Rows, reach: int = 6) -> str:
        return f"{before.day + DAY * self.draw.randint(-reach, reach)}"

    def _facts(self, step: str, before: Rows) -> dict[str, Any]:
        """What is said of a step: mostly what it asks, sometimes too little, or what is another step's to say."""
        pick = self.draw.choice
        asked: dict[str, dict[str, Any]] = {
            "plan": {
                "kind": pick(("guidance", "inspection", "inspection")),
                "day": f"{before.day + DAY * pick((0, 1, 5, 370))}",
            },
            "replan": {"day": self._day(before, 3)},
            "record": {"outcome": pick(OUTCOMES), "words": "…"},
            "agree": {"owner": "Chủ cơ sở", "signed": True, "starts_on": f"{before.day + DAY * pick((0, 0, 0, 2))}"},
            "announce": {"medium": "loa phường"},
            "request": {"reason": "đã nhắc"},
            "confirm": {},
            "refer": {"to": "UBND quận", "for_what": "xử phạt"},
            "answer": {"answer": "đã phạt"},
        }
        facts = asked.get(step, {"why": "ghi nhầm"})
        if step == "plan" and self.draw.random() < 0.3:
            facts |= pick(({"sign": "dân báo không treo mã"}, {"sign": "x"}, {"drawn": True}))
        if step in ("agree", "enter") and self.draw.random() < 0.3:
            facts |= {"ends_on": self._day(before)}
        if self.draw.random() < 0.15:
            name = pick(("starts_on", "ends_on", "lifted_on", "registered_on", "day", "owner", "kind", "same_paper"))
            facts |= {name: pick((self._day(before), "", True, "inspection"))}
        if facts and self.draw.random() < 0.05:
            facts = {}
        return {name: value for name, value in facts.items() if step not in ("enter", "repeal") or name != "why"}

    def _paper(self, before: Rows) -> dict[str, Any] | None:
        number = f"{self.draw.randint(1, 99)}/QĐ-UBND"
        day = before.day - DAY * self.draw.choice((0, 0, 1, 3, -1))
        paper = {"number": number, "day": f"{day}", "signer": "A", "authority": "UBND quận", "scope": "toàn bộ"}
        if self.draw.random() < 0.25:
            paper[self.draw.choice(list(paper))] = self.draw.choice(("", " ", "?"))
        return paper if self.draw.random() < 0.85 else None

    def remind(self, before: Rows) -> list[str]:
        venue = self.draw.choice([venue["id"] for venue in before.venues.values() if venue["code"] != NEVER_REMINDED])
        for back in range(self.draw.randint(1, 3)):
            self.conn.execute(
                "INSERT INTO reminder (venue_id, reminded_on, reason) VALUES (%s, %s, 'no_qr') ON CONFLICT DO NOTHING",
                (venue, before.day - DAY * back),
            )
        return self._follows({venue})

    def withdraw(self, before: Rows) -> list[str]:
        row = self.draw.choice(before.reminders)
        self.conn.execute("UPDATE reminder SET withdrawn_on = current_day() WHERE id = %s", (row["id"],))
        return self._follows({row["venue_id"]})

    def register(self, before: Rows) -> list[str]:
        """As a load does, whose rows come in before what follows from them."""
        venue, day = self.draw.choice(list(before.venues)), before.day - DAY * self.draw.randint(0, 2)
        self.conn.execute(
            "INSERT INTO registration (venue_id, registered_on) VALUES (%s, %s) ON CONFLICT DO NOTHING", (venue, day)
        )
        return self._follows({venue})

    def take_back(self, before: Rows) -> list[str]:
        """As undoing the load of a registration does."""
        if not before.registrations:
            return []
        row = self.draw.choice(before.registrations)
        aside = desk.set_aside(self.conn)
        self.conn.execute("DELETE FROM registration WHERE id = %s", (row["id"],))
        return self._follows({row["venue_id"]} | aside)

    def _follows(self, venues: set[int]) -> list[str]:
        for venue in sorted(venues | desk.put_again(self.conn)):
            self.conn.execute("SELECT field_refresh(%s)", (venue,))
        desk.settle(self.conn)
        return []

    def turn(self, before: Rows) -> list[str]:
        if before.day < today():
            self.conn.execute("UPDATE test_day SET day = day + 1")
            periods.advance(self.conn)
        return []


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_sequence_reaches_what_is_forbidden(conn: Connection, people: list[Caller], seed: int) -> None:
    chain = Chain(conn, people, random.Random(seed))
    for number in range(400):
        assert chain.go() == [], f"seed {seed}, step {number}"
    rows = read(conn)
    reached = {(rows.cases[case]["process"], entry["step"]) for case, told in rows.entries.items() for entry in told}
    assert chain.taken > 20
    assert chain.refused > 60
    assert len(reached) > 10, reached
    assert periods.check(conn) == []


FAULTS = {
    "the owner agrees before the ward has confirmed": (
        "case_steps.sql",
        "('suspension_request', 'agree', 'confirmed', 'agreed'",
        "('suspension_request', 'agree', 'requested', 'agreed'",
    ),
    "two reminders are enough": (
        "case_rules.sql",
        "WHEN s.counted_reminders < s.reminder_threshold THEN",
        "WHEN s.counted_reminders < 2 THEN",
    ),
    "a decision is repealed without a paper": (
        "cases.sql",
        "WHERE btrim(COALESCE(p_paper ->> n.name, '')) = '' LIMIT 1",
        "WHERE btrim(COALESCE(p_paper ->> n.name, '')) = 'x' LIMIT 1",
    ),
    "any ward takes the steps of a case": (
        "cases.sql",
        "IF taken.id IS NULL OR NOT field_in_wards(taken.ward_id) THEN",
        "IF taken.id IS NULL THEN",
    ),
    "anybody of the ward withdraws an outcome": (
        "visit_withdrawals.sql",
        """THEN '{"why": "withdraw.author"}'""",
        "THEN NULL",
    ),
    "a second inspection needs no sign": (
        "case_rules.sql",
        "FROM inspections_of(c.venue_id, p_day, c.id)) >= p_most",
        "FROM inspections_of(c.venue_id, p_day, c.id)) > p_most + 1",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(conn: Connection, people: list[Caller], fault: str) -> None:
    conn.execute(mutated(*FAULTS[fault]))  # type: ignore[arg-type]
    for seed in range(20):
        with conn.transaction(force_rollback=True):
            chain = Chain(conn, people, random.Random(seed))
            if any(chain.go() for _ in range(120)):
                return
    pytest.fail(f"not found: {fault}")
