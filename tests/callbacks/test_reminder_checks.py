"""The ward's chair says of reminders that are hard to believe whether they were given; until then nobody is drafted."""

import re
from html import unescape
from pathlib import Path

import pytest

from app import server
from data.database.connection import close_pools
from data.status.days import today
from tests.data.cases_world import DAY, People
from tests.data.publication_world import drafted, entries
from tests.etl.loading.files import MO_LAO, REMINDERS, load_file, one, register, rows, write_csv
from tests.fixtures import accounts
from tests.fixtures.officers import token_of

STREET = 16


@pytest.fixture
def people(tmp_path: Path, fresh_database: str) -> People:
    """A whole street that a book has on one day, for the third time."""
    places = [(f"V{n}", f"Quán {n}", f"Số {n} phố Trần Phú", "Mộ Lao", "Quán ăn", *MO_LAO) for n in range(STREET)]
    load_file(register(tmp_path / "so.csv", *places))
    told = [
        (f"V{n}", f"{today() - DAY * back:%d/%m/%Y}", "Chưa tạo mã QR", "Tổ dân phố 5" if back == 3 else f"Tổ {n}")
        for n in range(STREET)
        for back in (3, 5, 9)
    ]
    load_file(write_csv(tmp_path / "nhac.csv", REMINDERS, told))
    return People()


def test_a_whole_street_on_one_day_waits_for_the_chair_who_answers_one_by_one(people: People) -> None:
    made = drafted(people)
    assert {state for (state,) in rows("SELECT state FROM case_file WHERE process = 'publication'")} == {"held_back"}
    assert len(entries(made.id)) == STREET
    chair = accounts.client(server, token_of(people.chair))
    page = unescape(chair.get("/cases/reminders?lang=vi").get_data(as_text=True))
    assert page.count("cả một con đường") == STREET
    keys = re.findall(r'name="key" value="([^"]+)"', page)
    first, second = (next(key for key in keys if key.startswith(f"V{n}|")) for n in (1, 2))
    assert chair.post("/cases/reminders", data={"key": first, "verdict": "false"}).status_code == 422
    assert (
        chair.post("/cases/reminders", data={"key": first, "verdict": "false", "why": "không đến"}).status_code == 303
    )
    assert chair.post("/cases/reminders", data={"key": second, "verdict": "true"}).status_code == 303
    assert chair.post("/cases/reminders", data={"key": second, "verdict": "true"}).status_code == 409
    assert one("SELECT status::text FROM venue WHERE code = 'V1'") == "reminded"
    assert one("SELECT status::text FROM venue WHERE code = 'V2'") == "violating"
    assert rows("SELECT venue_id FROM venue_doubt JOIN venue ON venue.id = venue_id WHERE code IN ('V1', 'V2')") == []
    other = accounts.client(server, token_of(people.other))
    assert "V3|" not in other.get("/cases/reminders?lang=vi").get_data(as_text=True)
    desk = chair.get("/desk/?lang=vi")
    assert desk.status_code == 200
    close_pools()
