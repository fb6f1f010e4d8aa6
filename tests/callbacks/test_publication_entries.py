"""The forms of an entry on its case's page: by whom, what is refused beside them, and photographs."""

import io
import re
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from PIL import Image

from app import server
from data.access.caller import Caller
from data.database.connection import close_pools
from tests.data.cases_world import People, ground
from tests.data.publication_world import delivered, drafted, entries, public, taken
from tests.etl.loading.files import one, rows
from tests.fixtures import accounts
from tests.fixtures.officers import token_of


@pytest.fixture
def people(tmp_path: Path, fresh_database: str) -> People:
    ground(tmp_path)
    return People()


@pytest.fixture
def entry(people: People, signing_key: None) -> Iterator[int]:
    """The case of V1 on a list that is notified."""
    made = drafted(people)
    taken(people.centre, made.id, "notify")
    yield entries(made.id)["V1"]
    close_pools()


def as_(who: Caller) -> FlaskClient:
    return accounts.client(server, token_of(who))


def sent(client: FlaskClient, case: int, step: str, **form: object) -> tuple[int, str]:
    answer = client.post(f"/cases/{case}/{step}?lang=vi", data={"client": str(uuid.uuid4()), **form})
    return answer.status_code, answer.get_data(as_text=True)


def steps_on(client: FlaskClient, case: int) -> set[str]:
    page = client.get(f"/cases/?case={case}&lang=vi").get_data(as_text=True)
    return set(re.findall(r'data-step="(\w+)"', page))


def photograph() -> tuple[io.BytesIO, str]:
    picture = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "nhà ông A"
    Image.new("RGB", (600, 400), "white").save(picture, "JPEG", exif=exif)
    picture.seek(0)
    return picture, "cua.jpg"


def test_each_role_is_offered_its_steps_of_an_entry(people: People, entry: int) -> None:
    assert steps_on(as_(people.centre), entry) == {"deliver", "name", "object", "claim", "answer", "moderate"}
    assert steps_on(as_(people.command), entry) == {"name", "approve", "not_appropriate"}
    assert steps_on(as_(people.chair), entry) == {"deliver", "object", "claim", "answer"}


def test_a_notice_posted_at_the_door_needs_its_photograph(people: People, entry: int) -> None:
    chair = as_(people.chair)
    day = str(one("SELECT current_day()"))
    status, page = sent(chair, entry, "deliver", how="posted", day=day, note="cửa đóng")
    assert (status, "phải kèm ảnh" in page, "cửa đóng" in page) == (422, True, True)
    status, page = sent(chair, entry, "deliver", how="posted", day=day, photo=(io.BytesIO(b"no picture"), "a.jpg"))
    assert status == 422
    status, _ = sent(chair, entry, "deliver", how="posted", day=day, photo=photograph())
    assert status == 303
    assert one("SELECT delivered_on FROM publication_entry WHERE case_id = %s", entry) is not None


def test_an_objection_is_decided_and_a_published_name_corrected_by_the_page(people: People, entry: int) -> None:
    centre, command = as_(people.centre), as_(people.command)
    delivered(people.centre, entry)
    assert sent(centre, entry, "object", channel="paper", words="Quán đã có mã")[0] == 303
    assert sent(command, entry, "approve")[0] == 422
    assert sent(command, entry, "reject", why="mã của nơi khác")[0] == 303
    assert "Quán đã có mã" in command.get(f"/cases/?case={entry}&lang=vi").get_data(as_text=True)
    assert sent(command, entry, "approve")[0] == 303
    number = int(str(one("SELECT list_id FROM publication_entry WHERE case_id = %s", entry)))
    taken(people.command, number, "approve")
    taken(people.centre, number, "publish")
    assert sent(centre, entry, "correct", name="Quán Một", why="sai tên", confirmed="1")[0] == 303
    assert public() == {"Quán Một"}
    assert rows("SELECT kind FROM publication_seal ORDER BY leaf") == [("list",), ("correction",)]
    assert sent(command, entry, "withdraw", why="nhầm nơi", confirmed="1")[0] == 303
    assert public() == set()


def test_why_the_machine_has_ended_an_entry_is_said_in_words(people: People, entry: int) -> None:
    number = int(str(one("SELECT list_id FROM publication_entry WHERE case_id = %s", entry)))
    taken(people.centre, number, "discard", facts={"why": "nhầm ngày"})
    page = as_(people.centre).get(f"/cases/?case={entry}&lang=vi").get_data(as_text=True)
    assert "dự thảo bị hủy" in page
    assert "discarded" not in page
