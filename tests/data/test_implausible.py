"""Reminders that are hard to believe: one table of checks; the ward's chair decides, and nothing else does."""

import datetime as dt
import uuid
from pathlib import Path

import psycopg
import pytest
from psycopg.types.json import Jsonb

from data.access.caller import Caller, acting_as
from data.database.connection import desk_connection, loader_connection
from data.status.days import today
from etl.undo.undo import undo
from tests.data.cases_world import DAY, People, status
from tests.data.publication_world import drafted
from tests.etl.loading.files import MO_LAO, REMINDERS, load_file, register, rows, write_csv

pytestmark = pytest.mark.usefixtures("fresh_database", "rule_holds")
SAID = "Đã gặp chủ quán, hướng dẫn tạo mã và hẹn ngày quay lại"
RECORDED = """
    INSERT INTO field_event (id, account_id, login, recorded_by, may_confirm, kind, venue_code, venue_id, ward_id,
                             reason, happened_at, skew_seconds, day, payload, state, reminder_id)
    SELECT %(id)s, %(account)s, %(login)s, r.given_by, false, 'reminder', v.code, v.id, v.ward_id, r.reason,
           %(at)s, 0, r.reminded_on, %(payload)s, 'applied', r.id
    FROM reminder AS r JOIN venue AS v ON v.id = r.venue_id WHERE r.id = %(reminder)s"""


def found() -> set[tuple[str, str]]:
    return {(str(code), str(check)) for code, check in rows("SELECT venue_code, of_check FROM implausible_reminder")}


def doubted() -> set[str]:
    named = "SELECT v.code FROM venue_doubt AS d JOIN venue AS v ON v.id = d.venue_id WHERE d.reason = 'implausible'"
    return {str(code) for (code,) in rows(named)}


def recorded(reminder: int, at: dt.datetime, account: int = 7, note: str = "") -> None:
    """As if an officer had recorded this reminder at the door."""
    said = {"id": uuid.uuid4(), "account": account, "login": f"officer{account}", "at": at, "reminder": reminder}
    with loader_connection() as conn:
        conn.execute(RECORDED, said | {"payload": Jsonb({"note": note} if note else {})})


def written(sql: str, *values: object) -> None:
    with loader_connection() as conn:
        conn.execute(sql, values)


def decided(who: Caller, of: tuple[object, ...], *, is_true: bool, why: str = "") -> bool:
    asked = "SELECT reminder_check_decide(%s, %s, %s, %s, %s, %s) AS decided"
    with acting_as(who), desk_connection() as conn:
        row = conn.execute(asked, (*of, is_true, why)).fetchone()
    return bool(row and row["decided"])


def waiting(who: Caller) -> list[tuple[object, ...]]:
    with acting_as(who), desk_connection() as conn:
        return [
            (row["venue_code"], row["reminded_on"], row["reason"], row["given_by"])
            for row in conn.execute("SELECT * FROM reminder_checks_open()")
        ]


def street(folder: Path, venues: int, reminded: int) -> int:
    """A street of so many venues in Mộ Lao, so many of them in one book on one day; and two more reminders each."""
    places = [(f"T{n}", f"Quán T{n}", f"Số {n} phố Văn Phú", "Mộ Lao", "Quán ăn", *MO_LAO) for n in range(venues)]
    load_file(register(folder / "pho.csv", *places))
    day = today() - 9 * DAY
    lines = [(f"T{n}", f"{day:%d/%m/%Y}", "Chưa tạo mã QR", "Tổ 3") for n in range(reminded)]
    other = [("T0", f"{day + n * DAY:%d/%m/%Y}", "Chưa tạo mã QR", "Tổ 3") for n in (1, 2)]
    outcome = load_file(write_csv(folder / "pho-nhac.csv", REMINDERS, lines + other))
    assert outcome.load_id
    return outcome.load_id


def test_a_whole_street_on_one_day_in_a_book(people: People, tmp_path: Path) -> None:
    street(tmp_path, 20, 14)
    assert found() == set()
    street(tmp_path, 20, 15)
    assert found() == {("T0", "street")}
    street(tmp_path, 31, 15)
    assert found() == set(), "not half of the street"
    written("UPDATE policy SET publication = %s", Jsonb({"checks": {"street_share": 0.4}}))
    assert found() == {("T0", "street")}


def test_forty_doors_in_ten_minutes_by_one_account(people: People, tmp_path: Path) -> None:
    written("UPDATE policy SET publication = %s", Jsonb({"checks": {"burst_doors": 4}}))
    noon = dt.datetime(2021, 10, 1, 12, tzinfo=dt.UTC)
    ids = [int(str(r)) for (r,) in rows("SELECT min(r.id) FROM reminder AS r GROUP BY r.venue_id ORDER BY 1")]
    for n, one in enumerate(ids):  # V1, V2, V3, V5
        recorded(one, noon + n * dt.timedelta(minutes=3, seconds=20))
    assert found() == {("V1", "burst"), ("V5", "burst")}, "10 minutes to the second"
    written("UPDATE field_event SET happened_at = happened_at + interval '1 s' WHERE venue_code = 'V5'")
    assert found() == set()
    written("UPDATE field_event SET happened_at = happened_at - interval '2 s', account_id = 8 WHERE venue_code = 'V5'")
    assert found() == set(), "of two accounts"


def test_a_reminder_while_closed_or_suspended(people: People) -> None:
    since = today() - 20 * DAY
    written(
        "UPDATE venue_opening SET opened_on = %s WHERE venue_id = (SELECT id FROM venue WHERE code = 'V1')", since + DAY
    )
    written(
        "INSERT INTO suspension (venue_id, starts_on, lifted_on, basis) SELECT id, %s, %s, 'decision' FROM venue"
        " WHERE code = 'V5'", since + DAY, since + 4 * DAY,
    )  # fmt: skip
    written("SELECT refresh_status_periods(array_agg(id)) FROM venue")
    assert found() == {("V1", "closed"), ("V5", "suspended")}
    days = rows("SELECT reminded_on FROM implausible_reminder WHERE of_check = 'suspended'")
    assert days == [(since + 2 * DAY,)], "of the day on which it was suspended a reminder is what led to it"


def test_the_same_words_of_two_officers(people: People) -> None:
    noon = dt.datetime(2021, 10, 1, 12, tzinfo=dt.UTC)
    [(first,), (other,)] = rows(
        "SELECT min(r.id) FROM reminder AS r JOIN venue AS v ON v.id = r.venue_id WHERE v.code IN ('V1', 'V5')"
        " GROUP BY v.id ORDER BY 1"
    )
    recorded(int(str(first)), noon, 7, SAID)
    recorded(int(str(other)), noon + dt.timedelta(hours=3), 7, SAID)
    assert found() == set(), "of one officer"
    written("UPDATE field_event SET account_id = 8, login = 'officer8' WHERE venue_code = 'V5'")
    assert found() == {("V1", "note"), ("V5", "note")}
    written("UPDATE field_event SET payload = %s", Jsonb({"note": "đã nhắc"}))
    assert found() == set(), "short words are everybody's"


def test_the_chair_confirms_and_nobody_else(people: People, tmp_path: Path) -> None:
    street(tmp_path, 20, 15)
    assert doubted() == {"T0"}
    left = drafted(people)
    held = rows("SELECT state, missing FROM case_file JOIN publication_entry ON case_id = id WHERE venue_code = 'T0'")
    assert held == [("held_back", ["doubt.implausible"])], left
    assert [waiting(people.other), waiting(people.centre)] == [[], []]
    [one] = waiting(people.chair)
    assert not decided(people.other, one, is_true=True), "not of her ward"
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        decided(people.centre, one, is_true=True)
    assert decided(people.chair, one, is_true=True)
    assert doubted() == set()
    assert waiting(people.chair) == []
    assert not decided(people.chair, one, is_true=False, why="nhầm"), "decided"
    assert rows("SELECT count(*) FROM audit_entry WHERE action LIKE 'reminder_check%%'") == [(1,)]


def test_what_is_wrong_counts_no_more_whatever_is_loaded(people: People, tmp_path: Path) -> None:
    book = street(tmp_path, 20, 15)
    [one] = waiting(people.chair)
    with pytest.raises(psycopg.errors.CheckViolation):
        decided(people.chair, one, is_true=False, why=" ")
    assert status("T0") == "violating"
    assert decided(people.chair, one, is_true=False, why="chép cả phố")
    assert status("T0") == "reminded"
    undo(book, None, lambda _step, _text: None, dry_run=False)
    assert status("T0") == "unregistered"
    street(tmp_path, 21, 15)
    assert status("T0") == "reminded"
    assert rows("SELECT count(*) FROM reminder WHERE withdrawn_on = current_day()") == [(1,)]
