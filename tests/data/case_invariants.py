"""What cases must never come to, in Python: who may take which step, and what no sequence of steps may reach.

Nothing is shared with ``data/sql``: rights are those of the order's offices, reminders are counted by the oracle of the
status rule, and rows are read as they stand.
"""

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Any

from data.database.connection import Connection
from tests.data import status_oracle as oracle
from tests.data.status_oracle import History, OracleReminder, OracleSuspension, Span

DAY = dt.timedelta(days=1)
BEGINNING = 60 * DAY
THRESHOLD = 3
POLICE, CHAIR, COMMAND, CENTRE = "police", "ward_chair", "district_command", "culture_centre"
AT_THE_DOOR = {POLICE, CHAIR, "ward_officer"}
MAY: dict[tuple[str, str], set[str]] = {
    **{("visit", step): AT_THE_DOOR for step in ("plan", "replan", "record", "miss", "waive", "withdraw")},
    **{("suspension_request", step): {POLICE} for step in ("request", "withdraw", "end", "annul")},
    **{("suspension_request", step): {CHAIR} for step in ("confirm", "decline")},
    **{("suspension_request", step): {POLICE, CHAIR} for step in ("agree", "refuse")},
    **{("suspension_decision", step): {POLICE, COMMAND} for step in ("enter", "repeal", "annul")},
    ("suspension_decision", "announce"): {POLICE, COMMAND, CENTRE},
    **{("referral", step): {POLICE} for step in ("refer", "withdraw")},
    ("referral", "answer"): {POLICE, COMMAND},
}
OF_DECISION = ("number", "day", "signer", "authority", "scope")
OF_REPEAL = ("number", "day", "signer")
BAD_OUTCOMES = {"partly", "not_compliant", "refused"}
NOBODY_MET = {"closed", "not_found"}


@dataclass(frozen=True)
class Rows:
    """All that a database holds of cases and of what decides them, and the day that it is."""

    day: dt.date
    venues: dict[int, dict[str, Any]]
    cases: dict[int, dict[str, Any]]
    entries: dict[int, list[dict[str, Any]]]
    visits: dict[int, dict[str, Any]]
    suspensions: list[dict[str, Any]]
    registrations: list[dict[str, Any]]
    reminders: list[dict[str, Any]]

    def history(self, venue: int) -> History:
        """The venue's events as the oracle of the status rule reads them; no scans are known."""
        return History(
            (Span(dt.date(2000, 1, 1)),),
            tuple(Span(r["registered_on"], r["ended_on"]) for r in self.registrations if r["venue_id"] == venue),
            reminders=tuple(
                OracleReminder(r["reminded_on"], r["reason"], r["withdrawn_on"] is not None)
                for r in self.reminders
                if r["venue_id"] == venue
            ),
            suspensions=tuple(
                OracleSuspension(s["starts_on"], s["ends_on"], s["lifted_on"], s["basis"] == "decision")
                for s in self.suspensions
                if s["venue_id"] == venue
            ),
        )

    def has_qr(self, venue: int, before: dt.date) -> bool:
        return any(
            r["venue_id"] == venue and r["registered_on"] < before and (r["ended_on"] or dt.date.max) > before
            for r in self.registrations
        )

    def counted(self, venue: int, day: dt.date) -> int:
        return oracle.counted_reminders(_world(), self.history(venue), day, day - BEGINNING)

    def status(self, venue: int, day: dt.date) -> str | None:
        return oracle.status(_world(), self.history(venue), day, day - BEGINNING)

    def has_sign(self, venue: int, typed: str) -> bool:
        """Whether anything speaks for a violation today: status, reminders, the last visit, or what is said."""
        if len(typed.strip()) >= 10 or self.counted(venue, self.day):
            return True
        if self.status(venue, self.day) in ("violating", "suspended"):
            return True
        made = [
            (visit["outcome_on"], number, visit["outcome"])
            for number, visit in self.visits.items()
            if self.cases[number]["venue_id"] == venue and visit["outcome_on"]
        ]
        return bool(made) and max(made)[2] in BAD_OUTCOMES

    def inspections(self, venue: int, day: dt.date, but: int | None) -> int:
        """Inspections of the venue, planned or made, less than a year from ``day``; the case ``but`` aside."""
        return sum(
            abs(((visit["outcome_on"] or visit["day"]) - day).days) < 365
            for number, visit in self.visits.items()
            if number != but
            and visit["kind"] == "inspection"
            and visit["outcome"] not in NOBODY_MET
            and self.cases[number]["venue_id"] == venue
            and self.cases[number]["state"] in ("planned", "recorded")
        )


def _world() -> oracle.World:
    return oracle.World(frozenset(), (), ())


def read(conn: Connection) -> Rows:
    """All rows, as the owner reads them."""

    def table(query: str) -> list[dict[str, Any]]:
        return conn.execute(query).fetchall()  # type: ignore[call-overload, no-any-return]

    entries: dict[int, list[dict[str, Any]]] = {}
    for entry in table("SELECT * FROM case_entry ORDER BY id"):
        entries.setdefault(entry["case_id"], []).append(entry)
    [today] = table("SELECT current_day() AS day")
    return Rows(
        today["day"],
        {v["id"]: v for v in table("SELECT id, code, ward_id, status::text FROM venue")},
        {c["id"]: c for c in table("SELECT * FROM case_file")},
        entries,
        {v["case_id"]: v for v in table("SELECT * FROM visit")},
        table("SELECT * FROM suspension"),
        table("SELECT * FROM registration"),
        table("SELECT * FROM reminder"),
    )


def broken(rows: Rows) -> list[str]:
    """What is not as it must be, in words; whatever led there."""
    found = [f"two open cases: {key}" for key, count in _open(rows).items() if count > 1]
    followers = Counter(c["about"] for c in rows.cases.values() if c["about"] and c["state"] != "withdrawn")
    found += [f"visit {number} has {count} that follow" for number, count in followers.items() if count > 1]
    for case in rows.cases.values():
        found += _broken_history(case, rows.entries.get(case["id"], []))
    for row in rows.suspensions:
        found += _broken_suspension(row, rows)
    for venue in rows.venues.values():
        if (expected := rows.status(venue["id"], rows.day)) != venue["status"]:
            found.append(f"{venue['code']} is {venue['status']} and not {expected}")
    return found


def _open(rows: Rows) -> Counter[tuple[int, str, str]]:
    return Counter(
        (case["venue_id"], case["process"], rows.visits[number]["kind"] if number in rows.visits else "")
        for number, case in rows.cases.items()
        if case["closed_at"] is None
    )


def _broken_history(case: dict[str, Any], entries: list[dict[str, Any]]) -> list[str]:
    name, steps = f"case {case['id']} ({case['process']})", [entry["step"] for entry in entries]
    if not entries or entries[0]["from_state"] is not None or entries[-1]["to_state"] != case["state"]:
        return [f"{name} has no history of its own: {steps}, {case['state']}"]
    found = [f"{name} leaps: {steps}" for one, two in pairwise(entries) if one["to_state"] != two["from_state"]]
    state = case["state"]
    if state == "recorded" and steps[-1] != "record":
        found.append(f"{name} is recorded by {steps[-1]}")
    if state in ("agreed", "ended", "refused") and "confirm" not in steps:
        found.append(f"{name} is {state} without its ward")
    if state == "repealed" and not any(e["step"] == "repeal" and is_whole(e["paper"], OF_REPEAL) for e in entries):
        found.append(f"{name} is repealed without a paper")
    return found


def _broken_suspension(row: dict[str, Any], rows: Rows) -> list[str]:
    """A row of suspension that stands on no agreed request and on no decision, or ends otherwise than these say."""
    if row["case_id"] is None:
        return [] if row["load_id"] else [f"suspension {row['id']} of nothing"]
    case, entries = rows.cases[row["case_id"]], rows.entries[row["case_id"]]
    taken = {entry["step"]: entry for entry in entries}
    if case["process"] == "suspension_request":
        if row["starts_on"] <= rows.day and row["lifted_on"] is None and rows.has_qr(row["venue_id"], row["starts_on"]):
            return [f"the request {case['id']} suspends where there was a QR already"]
        return [] if {"request", "confirm", "agree"} <= set(taken) else [f"suspension of a request: {list(taken)}"]
    if case["process"] != "suspension_decision" or not is_whole(taken["enter"]["paper"], OF_DECISION):
        return [f"suspension of {case['process']} without a decision"]
    found = []
    if row["lifted_on"] and not {"repeal", "annul"} & set(taken):
        found.append(f"decision {case['id']} is lifted without a paper")
    said = taken["enter"]["facts"].get("ends_on")
    if (row["ends_on"] and f"{row['ends_on']}") != (said or None):
        found.append(f"decision {case['id']} ends on {row['ends_on']} and not on {said}")
    return found


def is_whole(paper: dict[str, Any] | None, needed: tuple[str, ...]) -> bool:
    """Whether the paper says all that is needed."""
    return all(str((paper or {}).get(name) or "").strip() for name in needed)


@dataclass(frozen=True)
class Step:
    """A step that somebody took in wards (None: the district) at a venue; ``case`` is None where it opened one."""

    process: str
    step: str
    login: str
    role: str
    wards: tuple[int, ...] | None
    venue: int
    case: int | None
    facts: dict[str, Any]
    paper: dict[str, Any] | None


def forbidden(step: Step, before: Rows) -> list[str]:
    """Why the step ought not to have been taken, as things stood ``before``."""
    found = []
    if step.role not in MAY.get((step.process, step.step), set()):
        found.append(f"{step.role} took {step.process} {step.step}")
    if step.wards is not None and before.venues[step.venue]["ward_id"] not in step.wards:
        found.append(f"{step.role} took {step.step} in another ward")
    if step.step in ("request", "confirm", "agree") and before.counted(step.venue, before.day) < THRESHOLD:
        found.append(f"{step.step} below the threshold")
    if step.step == "agree" and not (str(step.facts.get("owner") or "").strip() and step.facts.get("signed") is True):
        found.append("nobody agreed")
    if step.step == "enter":
        if not is_whole(step.paper, OF_DECISION):
            found.append("a decision without its paper")
        elif before.counted(step.venue, dt.date.fromisoformat((step.paper or {})["day"])) < THRESHOLD:
            found.append("a decision below the threshold")
    if step.step == "repeal" and not is_whole(step.paper, OF_REPEAL):
        found.append("a repeal without its paper")
    return found + _forbidden_visit(step, before) + _forbidden_withdrawal(step, before)


def _forbidden_withdrawal(step: Step, before: Rows) -> list[str]:
    if (step.process, step.step) != ("visit", "withdraw") or step.case is None:
        return []
    recorded = [entry for entry in before.entries[step.case] if entry["step"] == "record"][-1]
    said, days = step.facts.get("day") or f"{before.day}", (before.visits[step.case]["outcome_on"], recorded["day"])
    found = []
    if step.role != CHAIR and (recorded["login"] != step.login or said not in map(str, days)):
        found.append("an outcome withdrawn by another than its author, or later")
    following = [number for number, visit in before.visits.items() if visit["follows"] == step.case]
    if any(entry["by_name"] for number in following for entry in before.entries[number]):
        found.append("an outcome withdrawn from which somebody has gone on")
    return found


def _forbidden_visit(step: Step, before: Rows) -> list[str]:
    if step.process != "visit":
        return []
    known = before.visits.get(step.case) if step.case else None
    kind = step.facts.get("kind") or (known["kind"] if known else None)
    if step.step not in ("plan", "replan"):
        return ["a ward took a step of an inspection"] if kind == "inspection" and step.role != POLICE else []
    if kind != "inspection":
        return []
    found = [] if step.role == POLICE else ["a ward planned an inspection"]
    day = dt.date.fromisoformat(step.facts["day"]) if step.facts.get("day") else before.day
    if before.has_sign(step.venue, step.facts.get("sign") or ""):
        return found
    if step.facts.get("drawn"):
        found.append("an inspection drawn without a sign")
    if before.inspections(step.venue, day, step.case):
        found.append("a second inspection in a year without a sign")
    return found


def inspected_twice(rows: Rows) -> list[str]:
    """Pairs of inspections made within a year of which the later rests on no sign, its own or of what it follows."""
    made = [
        (visit["outcome_on"], number)
        for number, visit in rows.visits.items()
        if visit["kind"] == "inspection" and visit["outcome"] and visit["outcome"] not in NOBODY_MET
    ]
    return [
        f"inspection {two} after {one} without a sign"
        for (_, one), (_, two) in combinations(sorted(made, key=lambda pair: pair[1]), 2)
        if rows.cases[one]["venue_id"] == rows.cases[two]["venue_id"] and not _rests_on_a_sign(two, rows)
    ]


def _rests_on_a_sign(number: int, rows: Rows) -> bool:
    visit = rows.visits[number]
    if visit["sign"] or visit["follows"] is None:
        return bool(visit["sign"])
    followed = rows.visits[visit["follows"]]
    return followed["outcome"] in BAD_OUTCOMES or _rests_on_a_sign(visit["follows"], rows)
