"""What goes wrong between the steps of a list: keys, clocks, two people, another policy, a venue that is gone."""

import datetime as dt
import shutil
import threading
from pathlib import Path

import psycopg
import pytest

from data.access.caller import acting_as
from data.database.connection import desk_connection, loader_connection
from data.desk.cases import StepRefused, refusing_steps
from data.desk.publications import draft
from data.errors import NotAllowed, UserError
from data.settings import get_settings
from data.status.days import today
from etl.publishing.ticking import Ticker
from etl.undo.undo import undo
from proof import keys
from tests.data.cases_world import DAY, People, step_as, why_not
from tests.data.publication_world import delivered, drafted, entries, public, published, taken
from tests.etl.loading.files import MO_LAO, REMINDERS, load_file, one, register, rows, write_csv

pytestmark = pytest.mark.usefixtures("fresh_database", "rule_holds", "signing_key")


def _approved(people: People) -> int:
    made = drafted(people)
    taken(people.centre, made.id, "notify")
    for case in entries(made.id).values():
        delivered(people.centre, case)
    taken(people.command, made.id, "approve")
    return made.id


def test_without_a_key_that_can_be_used_nothing_is_published_and_nothing_is_half(people: People) -> None:
    number = _approved(people)
    folder: Path = get_settings().publication_keys
    [private] = folder.glob("*.pem")
    private.chmod(0o644)
    with pytest.raises(keys.KeyFileOpen):
        taken(people.centre, number, "publish")
    private.chmod(0o600)
    private.rename(folder / "kept")
    with pytest.raises(keys.KeyFileMissing):
        taken(people.centre, number, "publish")
    (folder / "kept").rename(private)
    shutil.copy(private, folder / "own")
    private.write_bytes(_of_another(folder))
    with pytest.raises(keys.KeyFileOfAnother):
        taken(people.centre, number, "publish")
    assert rows("SELECT state FROM case_file WHERE id = %s", number) == [("approved",)]
    assert (public(), rows("SELECT * FROM publication_seal")) == (set(), [])
    shutil.copy(folder / "own", private)
    private.chmod(0o600)
    taken(people.centre, number, "publish")
    assert public() == {"Quán 1", "Quán 5"}


def _of_another(folder: Path) -> bytes:
    other = folder / "other"
    keys.new_key(other, dt.datetime.now(dt.UTC))
    [private] = other.glob("*.pem")
    return private.read_bytes()


def test_two_at_once_publish_once(people: People) -> None:
    number = _approved(people)
    told: list[str] = []

    def publish() -> None:
        try:
            taken(people.centre, number, "publish")
            told.append("published")
        except UserError as error:
            told.append(getattr(error, "why", type(error).__name__))

    both = [threading.Thread(target=publish) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert sorted(told) == ["none_approved", "published"]
    assert one("SELECT count(*) FROM publication_seal") == 1


def test_a_draft_keeps_the_policy_of_its_day(people: People) -> None:
    made = drafted(people)
    case = entries(made.id)["V1"]
    with loader_connection() as conn:
        conn.execute('UPDATE policy SET publication = \'{"notice_days": 1, "title_venues": "Khác"}\'')
    taken(people.centre, made.id, "notify")
    taken(people.centre, case, "deliver", facts={"day": f"{today()}", "how": "hand"})
    assert one("SELECT publication_deadline(%s)", case) == one("SELECT add_working_days(%s, 10)", today())
    assert "Khác" not in str(one("SELECT title FROM publication"))


def test_a_venue_that_goes_with_its_load_leaves_the_list(people: People, tmp_path: Path) -> None:
    load = load_file(
        register(tmp_path / "moi.csv", ("V9", "Quán 9", "Số 9 phố Trần Phú", "Mộ Lao", "Quán ăn", *MO_LAO))
    )
    told = [("V9", f"{today() - DAY * n:%d/%m/%Y}", "Chưa tạo mã QR", "UBND") for n in (5, 6, 7)]
    load_file(write_csv(tmp_path / "nhac9.csv", REMINDERS, told))
    made = drafted(people)
    assert set(entries(made.id)) == {"V1", "V5", "V9"}
    taken(people.centre, made.id, "notify")
    assert load.load_id
    undo(load.load_id, None, lambda _step, _text: None, dry_run=False)
    assert rows("SELECT state, facts ->> 'why' FROM case_file WHERE venue_code = 'V9' AND process = 'publication'") == [
        ("ceased", "gone")
    ]


def test_a_list_of_nobody_can_be_drafted_and_not_sent(people: People) -> None:
    with acting_as(people.centre), desk_connection() as conn:
        made = draft(conn, "venues", today() - 200 * DAY)
    assert entries(made.id) == {}
    assert why_not(people.centre, made.id, "notify") == "empty_list"
    with pytest.raises(StepRefused), acting_as(people.centre), desk_connection() as conn:
        draft(conn, "venues", today() + DAY)


def test_a_clock_that_was_set_back_signs_nothing(people: People) -> None:
    _, named = published(people)
    with loader_connection() as conn:
        conn.execute("UPDATE publication_seal SET sealed_at = sealed_at + interval '1 hour'")
    with pytest.raises(StepRefused) as refused:
        taken(people.centre, named["V1"], "correct", facts={"name": "Quán Một", "why": "sai tên"})
    assert refused.value.why == "clock_back"
    assert public() == {"Quán 1", "Quán 5"}


def test_a_list_goes_out_at_the_hour_that_was_set(people: People) -> None:
    number = _approved(people)
    assert why_not(people.centre, number, "schedule", facts={"publish_at": "2021-10-01T08:00+07:00"}) == "publish_at"
    taken(people.centre, number, "schedule", facts={"publish_at": f"{today() + DAY}T08:00:00+07:00"})
    ticker = Ticker()
    ticker.look()
    assert public() == set()
    with loader_connection() as conn:
        conn.execute("UPDATE publication SET publish_at = clock_timestamp() - interval '1 minute'")
    ticker.look()
    assert public() == {"Quán 1", "Quán 5"}


def test_the_database_alone_refuses_who_may_not(people: People) -> None:
    made = drafted(people)
    named = entries(made.id)
    for who, case, step in (
        (people.chair, made.id, "notify"),
        (people.centre, made.id, "approve"),
        (people.command, made.id, "notify"),
        (people.police, named["V1"], "drop"),
        (people.other, named["V1"], "drop"),
        (people.centre, named["V1"], "approve"),
        (people.centre, named["V1"], "publish"),
        (people.centre, named["V1"], "comply"),
    ):
        with pytest.raises((NotAllowed, StepRefused)):
            step_as(who, case, step)
    sealed = "SELECT publication_seal(%s, 1, 0, '{}', '', '', '', now(), '[]')"  # of what is not published
    with acting_as(people.command), desk_connection() as conn, pytest.raises(StepRefused), refusing_steps(conn):
        conn.execute(sealed, (made.id,))
    for table in ("published.entry", "publication_entry", "publication", "publication_seal"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), acting_as(people.centre), desk_connection() as conn:
            conn.execute(f"DELETE FROM {table}")  # type: ignore[arg-type]  # noqa: S608


def test_who_drafted_or_recorded_decides_nothing(people: People) -> None:
    made = drafted(people)
    case = entries(made.id)["V1"]
    taken(people.centre, made.id, "notify")
    taken(people.centre, case, "object", facts={"words": "sai rồi", "channel": "paper"})
    with loader_connection() as conn:  # they have another role by now
        conn.execute("UPDATE publication SET drafted_login = %s", (people.command.login,))
    assert why_not(people.command, case, "reject", facts={"why": "x"}) == "drafter"
    with loader_connection() as conn:
        conn.execute("UPDATE publication SET drafted_login = 'van'")
        conn.execute(
            "UPDATE publication_entry SET facts = jsonb_set(facts, '{reminders,0,login}', to_jsonb(%s::text))",
            (people.command.login,),
        )
    assert why_not(people.command, case, "reject", facts={"why": "x"}) == "recorder"
