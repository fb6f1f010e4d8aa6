"""Random histories of venues between the steps of lists: nobody is public who does not violate at that minute, and
nobody is missing who was published and has violated ever since.

Each of 300 venues has a history of its own: loads and their undoing, merges and their parting, other wards, reminders
at the door and their withdrawal, another policy, steps by everybody. What is expected is kept in Python, and the rule
is asked anew of every venue.
"""

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from data.access.caller import Caller, acting_as
from data.database.connection import desk_connection, loader_connection
from data.desk.cases import StepRefused
from data.desk.publications import draft
from data.errors import UserError
from data.status import periods
from data.status.days import today
from etl.linking import merges
from etl.undo.undo import undo
from tests.data.cases_world import DAY, People
from tests.data.publication_world import taken
from tests.etl.loading.files import LA_KHE, MO_LAO, REGISTRATIONS, REMINDERS, load_file, register, rows, write_csv
from tests.fixtures.officers import tell

VENUES = 300
STANDING = ("published", "contested", "pending")
WALKED = (
    "object", "claim", "uphold", "reject", "take_off", "refuse", "accept", "withdraw", "correct", "not_appropriate",
    "answer",
)  # fmt: skip
SAID = {"why": "lý do", "words": "lời của quán", "channel": "officer", "name": "Quán khác"}


@pytest.fixture
def people(tmp_path: Path, fresh_database: str) -> People:
    """Venues of two wards, four in five of which have three reminders."""
    places = [
        (
            f"V{n}",
            f"Quán {n}",
            f"Số {n} phố Trần Phú",
            *(("La Khê", "Quán ăn", *LA_KHE) if n % 2 else ("Mộ Lao", "Quán ăn", *MO_LAO)),
        )
        for n in range(VENUES)
    ]
    load_file(register(tmp_path / "so.csv", *places))
    told = [
        (f"V{n}", f"{today() - DAY * (30 - k):%d/%m/%Y}", "Chưa tạo mã QR", f"Tổ {n}")
        for n in range(VENUES)
        for k in range(3 if n % 5 else 2)
    ]
    load_file(write_csv(tmp_path / "nhac.csv", REMINDERS, told))
    return People()


@dataclass
class World:
    """What has happened, and what must therefore be public: entries by their case, with the venue named."""

    people: People
    folder: Path
    draw: random.Random
    expected: dict[int, str] = field(default_factory=dict)
    loads: list[int] = field(default_factory=list)
    happened: dict[str, int] = field(default_factory=dict)
    number: int = 0

    def deeds(self) -> list[Callable[[], object]]:
        """What happens, in a random order."""
        often: dict[Callable[[], object], int] = {
            self.draft: 5, self.walk: 24, self.approve: 8, self.publish: 10, self.register: 10, self.undo: 6,
            self.merge: 5, self.part: 4, self.remind: 6, self.withdraw: 6, self.move: 5, self.policy: 3,
        }  # fmt: skip
        found = [deed for deed, times in often.items() for _ in range(times)]
        self.draw.shuffle(found)
        return [self.draft, *found]

    def go(self, deed: Callable[[], object]) -> None:
        """One thing happens; then what is public is what must be."""
        try:
            deed()
        except UserError:
            return
        name = deed.__name__
        self.happened[name] = self.happened.get(name, 0) + 1
        self.check(name)

    def check(self, deed: str) -> None:
        violating = {str(code) for (code,) in rows(
            "SELECT v.code FROM venue AS v CROSS JOIN LATERAL venue_status(v.id, current_day()) AS s"
            " WHERE s.status = 'violating' AND v.merged_into IS NULL"
        )}  # fmt: skip
        states = {int(case): (str(code), str(state)) for case, code, state in rows(
            "SELECT id, venue_code, state FROM case_file WHERE process = 'publication'"
        )}  # fmt: skip
        self.expected |= {
            case: code for case, (code, state) in states.items() if state in STANDING and deed == "publish"
        }
        self.expected = {case: code for case, code in self.expected.items() if code in violating}
        public = {int(case): str(code) for case, code in rows(
            "SELECT c.id, c.venue_code FROM published.entry AS p JOIN publication_entry AS e USING (slug)"
            " JOIN case_file AS c ON c.id = e.case_id"
        )}  # fmt: skip
        assert {code for code in public.values() if code not in violating} == set(), deed
        assert public == self.expected, deed
        assert (
            rows("SELECT slug FROM published.address JOIN published.entry USING (slug) WHERE gone_at IS NOT NULL") == []
        )

    # --- steps ---

    def draft(self) -> None:
        with acting_as(self.people.centre), desk_connection() as conn:
            made = draft(conn, "venues", today() - DAY * self.draw.choice((0, 0, 0, 3)))
        taken(self.people.centre, made.id, "notify")
        with loader_connection() as conn:  # notices were delivered long ago, but of some
            conn.execute(
                "UPDATE publication_entry SET delivered_on = %s WHERE list_id = %s AND position %% 7 > 0",
                (today() - 40 * DAY, made.id),
            )

    def walk(self) -> None:
        """Steps of somebody at some entries, of those that their states allow."""
        known = rows("SELECT id, state FROM case_file WHERE process = 'publication' AND closed_at IS NULL ORDER BY id")
        for case, state in self.draw.sample(known, min(len(known), 8)):
            may = rows(
                "SELECT step, facts, 'publish' = ANY (rights) FROM allowed_steps()"
                " WHERE process = 'publication' AND from_state = %s AND step = ANY (%s) ORDER BY step",
                state,
                list(WALKED),
            )
            if not may:
                continue
            step, facts, is_the_centres = self.draw.choice(may)
            who = self.people.centre if is_the_centres else self.people.command
            try:
                taken(who, int(case), step, facts={key: SAID[key] for key in facts if key in SAID})
            except StepRefused:
                continue
            if step in ("uphold", "take_off", "accept", "withdraw"):
                self.expected.pop(int(case), None)

    def approve(self) -> None:
        self._of_lists(self.people.command, "approve", "notified", "approved", "published")

    def publish(self) -> None:
        self._of_lists(self.people.centre, "publish", "approved", "published")

    def _of_lists(self, who: Caller, step: str, *states: str) -> None:
        """Of every list in one of the states, as far as it may be."""
        lists = rows(
            "SELECT id FROM case_file WHERE process = 'publication_list' AND state = ANY (%s) ORDER BY id", list(states)
        )
        for (number,) in lists:
            with suppress(StepRefused):
                taken(who, int(number), step)

    # --- what happens meanwhile ---

    def register(self) -> None:
        self.number += 1
        day = today() - DAY * self.draw.randrange(0, 40)
        lines = [
            (f"V{n}", f"{day:%d/%m/%Y}", f"QR-{self.number}-{n}", "Bluezone")
            for n in self.draw.sample(range(VENUES), 8)
        ]
        outcome = load_file(write_csv(self.folder / f"ma{self.number}.csv", REGISTRATIONS, lines))
        if outcome.load_id:
            self.loads.append(outcome.load_id)

    def undo(self) -> None:
        if self.loads:
            undo(self.loads.pop(self.draw.randrange(len(self.loads))), None, lambda _step, _text: None, dry_run=False)

    def merge(self) -> None:
        kept, gone = self.draw.sample(range(1, VENUES + 1), 2)
        with loader_connection() as conn:
            periods.lock(conn)
            merges.merge(conn, kept, gone, "x")

    def part(self) -> None:
        known = rows("SELECT id FROM venue WHERE merged_into IS NOT NULL ORDER BY id")
        if known:
            with loader_connection() as conn:
                periods.lock(conn)
                merges.unmerge(conn, int(self.draw.choice(known)[0]))

    def remind(self) -> None:
        """Those that have two reminders get their third at the door."""
        for n in self.draw.sample(range(0, VENUES, 5), 6):
            answer = tell(self._chair(n), venue=f"V{n}")
            # refused: its venue was merged into one of another ward
            assert answer["state"] in ("applied", "duplicate", "conflict", "refused")

    def withdraw(self) -> None:
        """A reminder was recorded by mistake: of a venue that is named, where there is one."""
        known = rows(
            "SELECT f.id, v.code FROM field_event AS f JOIN venue AS v ON v.id = f.venue_id"
            " LEFT JOIN case_file AS c ON c.venue_id = v.id AND c.process = 'publication' AND c.state = 'published'"
            " WHERE f.kind = 'reminder' AND f.state = 'applied' AND f.withdrawn_on IS NULL ORDER BY c.id IS NULL, f.seq"
        )
        if known:
            record, code = known[0]
            tell(self._chair(int(code[1:])), "withdrawal", about=record, payload={"why": "ghi nhầm"})

    def _chair(self, number: int) -> Caller:
        [[ward]] = rows("SELECT ward_id FROM venue WHERE code = %s", f"V{number}")
        return self.people.chair if ward in (self.people.chair.wards or ()) else self.people.other

    def move(self) -> None:
        """A newer register says another ward and point of some venues."""
        self.number += 1
        places = [
            (
                f"V{n}",
                f"Quán {n}",
                f"Số {n} phố Trần Phú",
                *self.draw.choice((("La Khê", "Quán ăn", *LA_KHE), ("Mộ Lao", "Quán ăn", *MO_LAO))),
            )
            for n in self.draw.sample(range(VENUES), 8)
        ]
        load_file(register(self.folder / f"so{self.number}.csv", *places))

    def policy(self) -> None:
        with loader_connection() as conn:
            periods.lock(conn)
            conn.execute(
                "UPDATE policy SET reminder_threshold = %s, publication = %s",
                (self.draw.choice((3, 2)), '{"notice_days": 5}'),
            )
            periods.rebuild(conn)
            conn.execute("SELECT publication_settle()")


@pytest.mark.usefixtures("fresh_database", "signing_key")
def test_who_is_public_violates_and_who_violates_on_is_not_missing(people: People, tmp_path: Path) -> None:
    world = World(people, tmp_path, random.Random(20211201))
    for deed in world.deeds():
        world.go(deed)
    assert {
        "draft",
        "walk",
        "approve",
        "publish",
        "register",
        "undo",
        "merge",
        "part",
        "remind",
        "move",
        "policy",
    } <= set(world.happened)
    assert (
        len({code for (code,) in rows("SELECT venue_code FROM case_file WHERE process = 'publication'")}) > VENUES / 2
    )
    assert rows("SELECT count(*) FROM published.address")[0][0] > VENUES / 3
    states = {str(state) for (state,) in rows("SELECT DISTINCT state FROM case_file WHERE process = 'publication'")}
    assert {"complied", "ceased", "published"} <= states
