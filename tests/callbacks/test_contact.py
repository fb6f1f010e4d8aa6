"""Owner and telephone: one venue at a time, for those who need them, each reading recorded."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from data.database.connection import Connection
from data.texts.catalogue import t
from tests.fixtures import accounts


@pytest.fixture(scope="module")
def owner(demo_database: str) -> Iterator[Connection]:
    with psycopg.connect(demo_database, row_factory=dict_row, autocommit=True) as conn:
        yield conn


@pytest.fixture(scope="module")
def venues(owner: Connection) -> list[dict[str, Any]]:
    """A venue with a telephone in each of two wards; of the first there is a chair."""
    found = owner.execute(
        "SELECT DISTINCT ON (v.ward_id) v.ward_id, v.code, c.owner_name, c.phone FROM venue AS v"
        " JOIN venue_contact AS c ON c.venue_id = v.id WHERE c.phone <> '' AND v.ward_id IS NOT NULL"
        " ORDER BY v.ward_id, v.code LIMIT 2"
    ).fetchall()
    accounts.sign_in(owner, "ward_chair", "contact-chair", wards=[found[0]["ward_id"]])
    return found


def test_a_chair_reads_the_contact_of_an_own_venue_and_it_is_recorded(
    venues: list[dict[str, Any]], owner: Connection
) -> None:
    from app import server

    chair, (own, other) = accounts.client(server, "contact-chair"), venues
    answer = chair.post(f"/venues/{own['code']}/contact")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json == {"text": t("contact.text", "vi", owner=own["owner_name"] or "–"), "phone": own["phone"]}
    row = owner.execute("SELECT login, action FROM audit_entry ORDER BY id DESC LIMIT 1").fetchone()
    assert row == {"login": "thu.ward_chair", "action": "contact.read"}
    told = chair.post(f"/venues/{other['code']}/contact")
    assert told.status_code == 404
    assert other["phone"] not in told.text


def test_who_does_not_need_it_is_refused(venues: list[dict[str, Any]]) -> None:
    from app import server

    clerk = accounts.client(server)
    assert clerk.post(f"/venues/{venues[0]['code']}/contact").status_code == 403
