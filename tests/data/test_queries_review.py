"""What waits for a person's decision: which descriptions and pairs, with which candidates, in which order."""

from typing import Any

import pytest

from data.database.connection import Connection
from data.queries import review
from tests.fixtures.databases import DISTRICT, tell_session

NAMES = ("ca", "chè", "phở", "bún", "xôi")


@pytest.fixture
def world(fresh_database: str, conn: Connection) -> Connection:
    """Five venues V1 to V5 and five descriptions with a waiting row each, the first named "ca"; no candidates yet."""
    tell_session(conn, DISTRICT)
    load = conn.execute(
        "INSERT INTO load (kind, file_name, file_sha256, as_of, is_demo, started_at, finished_at, rows_read,"
        " rows_accepted, rows_rejected, rows_changed)"
        " VALUES ('reminders', 'nhac.xlsx', 'abc', '2021-11-30', true, now(), now(), 5, 5, 0, 0) RETURNING id"
    ).fetchone()
    assert load
    for number, name in enumerate(NAMES, start=1):
        conn.execute(
            "INSERT INTO venue (code, name, search_text, category, ward_id, location)"
            " SELECT %s, %s, '', 'cafe', min(id), 'none' FROM ward",
            (f"V{number}", f"Quán {name}"),
        )
        conn.execute(
            "WITH told AS (INSERT INTO mention (key, name, load_id) VALUES (%(name)s, %(name)s, %(load)s) RETURNING id)"
            " INSERT INTO pending_row (load_id, kind, mention_id, natural_key, cells)"
            " SELECT %(load)s, 'reminders', id, %(name)s, '{}' FROM told",
            {"name": name, "load": load["id"]},
        )
    return conn


def candidate(conn: Connection, name: str, code: str, probability: float, *, doubtful: bool = True) -> None:
    conn.execute(
        "INSERT INTO link_candidate (mention_id, venue_id, probability, forbidden, doubtful, reasons)"
        " SELECT m.id, v.id, %s, false, %s, '[]' FROM mention AS m, venue AS v WHERE m.name = %s AND v.code = %s",
        (probability, doubtful, name, code),
    )


def decided(conn: Connection, name: str, code: str, verdict: str) -> None:
    conn.execute(
        "INSERT INTO link_decision (mention_key, venue_code, verdict, reasons) VALUES (%s, %s, %s, '[]')",
        (name, code, verdict),
    )


def waiting(conn: Connection, **options: Any) -> list[str]:
    return [found.name for found in review.described(conn, options.get("limit", 9), options.get("without", []))]


def test_the_likeliest_come_first_and_what_resembles_nothing_last_the_newest_of_equals_first(world: Connection) -> None:
    candidate(world, "ca", "V1", 0.5)
    candidate(world, "chè", "V2", 0.9)
    candidate(world, "chè", "V3", 0.4)
    candidate(world, "phở", "V3", 0.5)
    candidate(world, "bún", "V4", 0.95, doubtful=False)  # below what is asked about: as if there were none
    assert waiting(world) == ["chè", "phở", "ca", "xôi", "bún"]
    assert waiting(world, limit=2) == ["chè", "phở"]
    first = review.described(world, 1, [])[0]
    assert waiting(world, without=[first.mention]) == ["phở", "ca", "xôi", "bún"]
    assert [place.code for place in first.candidates] == ["V2", "V3"]
    assert (first.rows, first.kinds, first.files) == (1, ("reminders",), ("nhac.xlsx",))


def test_what_a_person_refused_is_offered_no_more_and_decides_no_order(world: Connection) -> None:
    candidate(world, "ca", "V1", 0.9)
    candidate(world, "ca", "V2", 0.3)
    candidate(world, "chè", "V3", 0.5)
    decided(world, "ca", "V1", "different")
    decided(world, "chè", "V1", "different")  # of another venue: says nothing of V3
    assert waiting(world)[:2] == ["chè", "ca"]
    places = {found.name: [place.code for place in found.candidates] for found in review.described(world, 9, [])}
    assert (places["ca"], places["chè"]) == (["V2"], ["V3"])


def test_what_is_linked_decided_or_has_no_row_waits_no_more(world: Connection) -> None:
    world.execute(
        "INSERT INTO link (mention_id, venue_id, linked_by) SELECT m.id, v.id, 'person' FROM mention AS m, venue AS v"
        " WHERE m.name = 'ca' AND v.code = 'V1'"
    )
    decided(world, "chè", "V1", "different")  # of everything that resembles it, and nothing else does
    world.execute("DELETE FROM pending_row WHERE natural_key = 'phở'")
    assert waiting(world) == ["xôi", "bún"]


def test_pairs_come_the_likeliest_first_without_what_is_decided_forbidden_or_merged(world: Connection) -> None:
    for first, second, probability, forbidden, doubtful in (
        ("V1", "V2", 0.6, False, True),
        ("V1", "V3", 0.8, False, True),
        ("V2", "V3", 0.9, True, True),
        ("V3", "V4", 0.95, False, False),
        ("V4", "V5", 0.7, False, True),
        ("V1", "V5", 0.65, False, True),
    ):
        world.execute(
            "INSERT INTO duplicate_candidate (first_id, second_id, probability, forbidden, doubtful, reasons)"
            " SELECT a.id, b.id, %s, %s, %s, '[]' FROM venue AS a, venue AS b WHERE a.code = %s AND b.code = %s",
            (probability, forbidden, doubtful, first, second),
        )

    def pairs(without: list[tuple[int, int]] | None = None) -> list[tuple[str, str]]:
        return [(pair.first.code, pair.second.code) for pair in review.twins(world, 9, without or [])]

    assert pairs() == [("V1", "V3"), ("V4", "V5"), ("V1", "V5"), ("V1", "V2")]
    told = review.twins(world, 1, [])[0]
    assert pairs([(told.first.venue, told.second.venue)])[0] == ("V4", "V5")
    world.execute("INSERT INTO merge_decision (duplicate_code, kept_code, verdict) VALUES ('V3', 'V1', 'different')")
    world.execute("UPDATE venue SET merged_into = (SELECT id FROM venue WHERE code = 'V2') WHERE code = 'V4'")
    assert pairs() == [("V1", "V5"), ("V1", "V2")]
