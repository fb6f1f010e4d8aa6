"""Links that show one view: to whoever has one, as long as it stands, and no more than its maker may see."""

import random
import re
from collections.abc import Iterator

import psycopg
import pytest
from flask.testing import FlaskClient

from app import server
from callbacks.sharing.links import LEAST
from callbacks.sharing.small import hidden
from data.access.caller import Caller
from data.database.connection import close_pools, loader_connection
from tests.fixtures import accounts
from tests.fixtures.officers import officer, token_of, ward_id


@pytest.fixture(scope="module", autouse=True)
def database(own_demo_database: str) -> Iterator[None]:
    del own_demo_database
    yield
    close_pools()


def client_of(who: Caller) -> FlaskClient:
    return accounts.client(server, token_of(who))


def made(client: FlaskClient, asked: str = "", days: int = 7) -> str:
    page = client.post("/sharing/links", data={"filter": asked, "days": days}).get_data(as_text=True)
    found = re.search(r'value="http[^"]*(/xem/[A-Za-z0-9_-]{43})"', page)
    assert found
    return found[1]


def seen(address: str) -> tuple[int, str]:
    """What nobody, without a session, sees there."""
    answer = server.test_client().get(address)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    return answer.status_code, answer.get_data(as_text=True)


def test_a_link_shows_figures_of_its_makers_scope_and_nobody_by_name() -> None:
    chair = client_of(officer("lk.truong", "Mộ Lao", role="ward_chair"))
    office = client_of(officer("lk.vanhoa", role="culture_office"))
    with loader_connection() as conn:
        names = [str(row["name"]) for row in conn.execute("SELECT name FROM venue")]
        rows = conn.execute(
            "SELECT w.name, count(*) AS n FROM venue AS v JOIN ward AS w ON w.id = v.ward_id"
            " WHERE v.status IS NOT NULL GROUP BY 1"
        )
        counts = {str(row["name"]): int(row["n"]) for row in rows}
    status, page = seen(made(chair))
    assert status == 200
    assert f"<td>{counts['Mộ Lao']}</td>" in page
    assert "Văn Quán" not in page
    status, page = seen(made(office, "status=violating&day=1999-01-01&venue=HD000001"))
    assert status == 200
    assert "Văn Quán" in page
    assert not [name for name in names if len(name) > 8 and name in page]
    assert "dưới 5" in page


def test_a_link_that_expired_or_was_revoked_or_whose_maker_may_no_more_opens_nothing() -> None:
    who = officer("lk.thu", "Mộ Lao", role="ward_chair")
    client = client_of(who)
    expired, revoked, disabled = made(client), made(client), made(client)
    with loader_connection() as conn:
        conn.execute(
            "UPDATE shared_link SET made_at = made_at - interval '9 days',"
            " expires_at = clock_timestamp() - interval '1 second'"
            " WHERE id = (SELECT max(id) - 2 FROM shared_link)"
        )
        row = conn.execute("SELECT max(id) - 1 AS id FROM shared_link").fetchone()
    assert row
    assert (
        client_of(officer("lk.khac", "Văn Quán", role="ward_chair"))
        .post(f"/sharing/links/{row['id']}/revoke")
        .status_code
        == 303
    )
    assert seen(revoked)[0] == 200, "another's link is not theirs to end"
    assert client.post(f"/sharing/links/{row['id']}/revoke").status_code == 303
    assert [seen(one)[0] for one in (expired, revoked, disabled, "/xem/" + "x" * 43, "/xem/x")] == [
        410,
        410,
        200,
        410,
        410,
    ]
    with loader_connection() as conn:
        conn.execute("UPDATE account SET disabled_at = clock_timestamp() WHERE login = 'lk.thu'")
    assert seen(disabled)[0] == 410
    with loader_connection() as conn:
        conn.execute("UPDATE account SET disabled_at = NULL, role = 'ward_officer' WHERE login = 'lk.thu'")
    assert seen(disabled)[0] == 410, "an officer may not export"
    with loader_connection() as conn:
        conn.execute("UPDATE account SET role = 'ward_chair' WHERE login = 'lk.thu'")
        conn.execute("DELETE FROM account_ward WHERE account_id = (SELECT id FROM account WHERE login = 'lk.thu')")
    assert seen(disabled)[0] == 410, "without wards there is nothing to see"
    with loader_connection() as conn:
        row = conn.execute("SELECT opened, hash FROM shared_link ORDER BY id DESC LIMIT 1").fetchone()
        audited = conn.execute("SELECT count(*) AS n FROM audit_entry WHERE action = 'link.open'").fetchone()
    assert row
    assert row["opened"] == 3
    assert disabled.rpartition("/")[2].encode() not in bytes(row["hash"])
    assert audited
    assert audited["n"] >= 4


def test_a_link_lasts_thirty_days_at_most(own_demo_database: str) -> None:
    client = client_of(officer("lk.dai", "Mộ Lao", role="ward_chair"))
    made(client, days=4000)
    with psycopg.connect(own_demo_database) as conn:
        row = conn.execute(
            "SELECT expires_at - made_at < interval '8 days' FROM shared_link ORDER BY id DESC"
        ).fetchone()
    assert row == (True,)
    assert client_of(officer("lk.cb", "Mộ Lao")).post("/sharing/links", data={}).status_code == 403


def test_a_link_never_shows_a_ward_that_its_maker_was_given_later() -> None:
    who = officer("lk.chuyen", "Mộ Lao", role="ward_chair")
    address = made(client_of(who))
    assert "Mộ Lao" in seen(address)[1]
    for ward in ("Phú La", "Mộ Lao"):  # moved, then back
        with loader_connection() as conn:
            conn.execute(
                "UPDATE account_ward SET ward_id = %s WHERE account_id = (SELECT id FROM account WHERE login = %s)",
                (ward_id(ward), who.login),
            )
        wards = seen(address)[1].partition("<thead>")[2]
        assert ("Phú La" in wards, "Mộ Lao" in wards) == (False, ward == "Mộ Lao")


def test_a_link_can_not_point_at_one_venue() -> None:
    client = client_of(officer("lk.hep", "Mộ Lao", role="ward_chair"))
    for asked in ("q=Quán", "area=105.7,20.9;105.8,20.9;105.8,21.0", "located=no_point"):
        answer = client.post("/sharing/links", data={"filter": asked, "days": 7})
        assert answer.status_code == 422
        assert "/xem/" not in answer.get_data(as_text=True)


def test_no_small_number_follows_from_the_others() -> None:
    assert hidden([[9, 2, 11], [8, 7, 15], [17, 9, 26]], 5) == {(0, 0), (0, 1), (1, 0), (1, 1)}
    assert hidden([[9, 0, 9], [8, 7, 15], [17, 7, 24]], 5) == set()
    chance = random.Random(7)
    for _ in range(300):
        inner = [[chance.choice((0, 0, 1, 3, 4, 6, 12, 60)) for _ in range(6)] for _ in range(chance.randint(1, 9))]
        rows = [*inner, [sum(column) for column in zip(*inner, strict=True)]]
        table = [[*row, sum(row)] for row in rows]
        places = hidden(table, LEAST)
        lines = [[(r, c) for c in range(7)] for r in range(len(table))]
        lines += [[(r, c) for r in range(len(table))] for c in range(7)]
        for line in lines:
            not_told = [place for place in line if place in places]
            assert len(not_told) != 1, table
            if not_told and line[-1] not in places:
                assert sum(table[r][c] for r, c in not_told) >= LEAST, table
        assert all((r, c) in places for r, row in enumerate(table) for c, value in enumerate(row) if 0 < value < LEAST)
