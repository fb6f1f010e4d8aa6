"""Slips: what a token opens and what not, what is said by it, and how guesses are bounded."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from data.access.caller import Caller, acting_as
from data.audit.notes import NOBODY
from data.database.connection import desk_connection, loader_connection
from data.desk import slips
from data.desk.cases import StepRefused, Taken
from data.desk.publications import new_token
from data.desk.slips import File, SlipRefused, Step
from data.errors import NotAllowed
from data.status.days import today
from tests.data.cases_world import DAY, People, registered
from tests.data.publication_world import delivered, drafted, entries, published, taken
from tests.etl.loading.files import one, rows

pytestmark = pytest.mark.usefixtures("fresh_database", "rule_holds", "signing_key")

HOME, ELSEWHERE = "203.0.113.7", "198.51.100.9"
WRONG = "0000-0000-0000-0000-0000"
PHOTO = "a" * 64


def holder(address: str = HOME) -> Caller:
    """Somebody without an account, who asks from ``address``."""
    return Caller(None, "", "", NOBODY, frozenset(), address=address)


def slip(people: People, case: int) -> str:
    with acting_as(people.centre), desk_connection() as conn:
        return new_token(conn, case)


def opened(token: str, address: str = HOME) -> File:
    with acting_as(holder(address)), desk_connection() as conn:
        return slips.open_file(conn, token, address)


def why(token: str, address: str = HOME) -> str:
    with pytest.raises(SlipRefused) as refused:
        opened(token, address)
    assert str(refused.value)
    return refused.value.why


def said(token: str, step: Step, client: uuid.UUID | None = None, **facts: str) -> Taken:
    with acting_as(holder()), desk_connection() as conn:
        return slips.say(conn, token, HOME, step, facts, client or uuid.uuid4())


def not_said(token: str, step: Step, **facts: str) -> str:
    with pytest.raises(StepRefused) as refused:
        said(token, step, **facts)
    assert str(refused.value)
    return refused.value.why


def notified(people: People) -> tuple[int, dict[str, int]]:
    made = drafted(people)
    taken(people.centre, made.id, "notify")
    return made.id, entries(made.id)


def test_a_slip_opens_the_file_of_its_entry_and_no_other(people: People) -> None:
    _, named = notified(people)
    delivered(people.centre, named["V1"])
    mine, other = slip(people, named["V1"]), slip(people, named["V5"])
    file = opened(f" {slips.grouped(mine).lower().replace('0', 'o').replace('1', 'l')} ")
    assert (file.name, file.address, file.state) == ("Quán 1", "Số 1 phố Trần Phú", "notified")
    assert [(each.reason, each.office, each.source) for each in file.reminders] == [("no_qr", "ward", "book")] * 3
    assert file.deadline == one("SELECT publication_deadline(%s)", named["V1"])
    assert file.steps == ("answer", "claim", "object")
    assert "Quán 5" not in str(file)
    assert opened(other).name == "Quán 5"
    assert set(rows("SELECT case_id, opened FROM publication_token")) == {(named["V1"], 1), (named["V5"], 1)}
    told = rows(
        "SELECT subject, address, role, login, after ->> 'case_id' FROM audit_entry"
        " WHERE action = 'slip.opened' ORDER BY id"
    )
    assert told == [(code, HOME, NOBODY, "", f"{named[code]}") for code in ("V1", "V5")]


def test_no_token_lies_in_any_table(people: People) -> None:
    _, named = notified(people)
    token = slip(people, named["V1"])
    opened(token)
    said(token, "object", words="Quán đã có mã")
    tables = rows(
        "SELECT table_schema, table_name FROM information_schema.tables WHERE table_type = 'BASE TABLE'"
        " AND table_schema IN ('public', 'published')"
    )
    assert ("public", "publication_token") in tables
    for schema, table in tables:
        found = one(f"SELECT count(*) FROM {schema}.{table} AS x WHERE x::text LIKE %s", f"%{token}%")  # noqa: S608
        assert found == 0, table


def test_guesses_are_bounded_by_network_and_recorded(people: People) -> None:
    _, named = notified(people)
    token = slip(people, named["V1"])
    opened(token, ELSEWHERE)
    assert [why(WRONG) for _ in range(20)] == ["unknown"] * 20
    assert why(WRONG) == why(token) == "often"
    assert opened(token, ELSEWHERE).name == "Quán 1"
    assert why("") == "often"
    assert rows("SELECT subject, address, after FROM audit_entry WHERE action = 'slip.refused'") == [
        ("", HOME, {"attempts": 1})
    ]
    assert one("SELECT sum(untold) FROM refused_sign_in WHERE action = 'slip.refused'") == 22
    with loader_connection() as conn:
        conn.execute(
            "INSERT INTO sign_in_attempt (login, source)"
            " SELECT '', 'slip 10.0.0.' || n FROM generate_series(1, 500) AS n"
        )
    assert why(token, "192.0.2.1") == "often"
    assert opened(token, ELSEWHERE).name == "Quán 1", "who has opened one is kept out by nobody else's guesses"


def test_a_token_ends_with_its_entry_with_a_newer_one_and_with_its_list(people: People, tmp_path: Path) -> None:
    list_id, named = published(people)
    first = slip(people, named["V1"])
    second = slip(people, named["V1"])
    assert why(first) == "newer"
    assert opened(second).slug
    with loader_connection() as conn:
        conn.execute("UPDATE publication SET expires_on = %s WHERE list_id = %s", (today() - 30 * DAY, list_id))
    assert opened(second).state == "published"
    with loader_connection() as conn:
        conn.execute("UPDATE publication SET expires_on = %s WHERE list_id = %s", (today() - 31 * DAY, list_id))
    assert why(second) == "expired"
    with loader_connection() as conn:
        conn.execute("UPDATE publication SET expires_on = %s WHERE list_id = %s", (today() + DAY, list_id))
    registered(tmp_path, "V1", today())
    with pytest.raises(SlipRefused, match="đã thực hiện"):
        opened(second)
    assert not_opened_to_say(second) == "closed"


def not_opened_to_say(token: str) -> str:
    with pytest.raises(SlipRefused) as refused:
        said(token, "answer", words="vẫn còn đây")
    return refused.value.why


def test_what_is_said_by_slip_is_a_step_of_the_owners_and_once(people: People) -> None:
    _, named = notified(people)
    token, other = slip(people, named["V1"]), slip(people, named["V5"])
    assert not_said(token, "object") == "no_words"
    assert not_said(token, "object", words="x" * 2001) == "long_words"
    assert not_said(token, "claim", photo="tệp.jpg") == "malformed"
    assert not_said(token, "claim", words="đã dán", channel="officer") == "malformed"
    once = uuid.uuid4()
    assert said(token, "object", once, words="Quán đã có mã").state == "objected"
    assert said(token, "object", once, words="Quán đã có mã").state == "objected"
    with pytest.raises(StepRefused):
        said(other, "object", once, words="số của người khác")
    assert rows("SELECT by_name, login, facts ->> 'channel' FROM case_entry WHERE step = 'object'") == [
        ("Chủ địa điểm, bằng phiếu", "", "slip")
    ]
    assert not_said(token, "claim", words="đã dán mã") == "state"
    assert said(token, "answer", words="Lời của quán").state == "objected"
    file = opened(token)
    assert (file.deadline, file.still, file.steps) == (None, ("objection",), ("answer",))
    assert [(each.step, each.words) for each in file.said] == [("object", "Quán đã có mã"), ("answer", "Lời của quán")]


def test_one_objection_is_decided_before_the_name_is_published_and_one_since(people: People) -> None:
    _, named = notified(people)
    case = named["V1"]
    token = slip(people, case)
    said(token, "claim", photo=PHOTO, qr="QR-V1")
    taken(people.chair, case, "refuse", facts={"why": "chưa thấy mã"})
    said(token, "object", words="Mã dán ở cửa sau")
    taken(people.command, case, "reject", facts={"why": "không có mã"})
    assert not_said(token, "object", words="lần nữa") == "objected_before"
    assert opened(token).steps == ("answer", "claim")
    assert [each.words for each in opened(token).said][-1] == "không có mã"


def test_what_is_said_of_a_published_name_shows_at_once_without_a_new_seal(people: People) -> None:
    list_id, named = published(people)
    version = one("SELECT version FROM publication WHERE list_id = %s", list_id)
    assert said(slip(people, named["V1"]), "object", words="sai").state == "contested"
    assert said(slip(people, named["V5"]), "claim", photo=PHOTO).state == "pending"
    assert rows("SELECT name, state FROM published.entry ORDER BY 1") == [
        ("Quán 1", "contested"),
        ("Quán 5", "pending"),
    ]
    assert one("SELECT version FROM publication WHERE list_id = %s", list_id) == version


def test_a_day_takes_twenty_messages(people: People) -> None:
    _, named = notified(people)
    token = slip(people, named["V1"])
    for place in range(20):
        said(token, "answer", words=f"Lời thứ {place}")
    assert not_said(token, "answer", words="nữa") == "slip_often"


def test_the_right_of_slips_is_nobodys(people: People) -> None:
    _, named = notified(people)
    with pytest.raises(StepRefused):
        taken(people.chair, named["V1"], "object", facts={"words": "giả làm chủ", "channel": "slip"})
    token = slip(people, named["V1"])
    with acting_as(holder()), desk_connection() as conn:
        slips.say(conn, token, HOME, "answer", {"words": "lời của quán"}, uuid.uuid4())
        kept = conn.execute("SELECT caller_may('slip') AS slip, current_setting('app.name') AS name").fetchone()
        assert kept == {"slip": False, "name": ""}
    for call in ("slip_take(1, 'answer', '{}', NULL)", "slip_file(1)", "slip_look('', '')"):
        with pytest.raises(NotAllowed), acting_as(holder()), desk_connection() as conn, slips.refusing_steps(conn):
            conn.execute(f"SELECT {call}")  # type: ignore[arg-type]


def test_nothing_is_a_wrong_token_as_any_and_two_who_send_at_once_send_one_thing(people: People) -> None:
    _, named = notified(people)
    token = slip(people, named["V1"])
    with acting_as(holder()), desk_connection() as conn:
        row = conn.execute(
            "SELECT slip_open(NULL, NULL) AS open, slip_say(NULL, NULL, NULL, NULL, NULL) AS say"
        ).fetchone()
    assert row == {"open": {"refused": "unknown"}, "say": {"refused": "unknown"}}
    once = uuid.uuid4()
    with ThreadPoolExecutor(4) as together:
        states = list(together.map(lambda _: said(token, "object", once, words="Quán đã có mã").state, range(4)))
    assert states == ["objected"] * 4
    assert one("SELECT count(*) FROM case_entry WHERE step = 'object'") == 1
