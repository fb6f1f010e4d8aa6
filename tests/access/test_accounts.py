"""The administrator's work: at the screen and by command."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient
from psycopg import errors

from data.accounts.administering import MOST_UNITS, wards_to_give
from data.cluster.server import OWNER, READER
from data.database.connection import Connection
from data.project import ROOT
from data.texts.catalogue import t
from tests.fixtures import accounts

pytestmark = pytest.mark.usefixtures("fresh_database")


@pytest.fixture
def admin(conn: Connection) -> FlaskClient:
    accounts.sign_in(conn, "admin", "admin-token")
    from app import server

    return accounts.client(server, "admin-token")


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "data", "users", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


def one(conn: Connection, query: str, *values: Any) -> Any:
    row = conn.execute(query, values).fetchone()
    return next(iter(row.values())) if row else None


def test_an_account_is_made_changed_disabled_and_opened_again(admin: FlaskClient, conn: Connection) -> None:
    wards = [ward.id for ward in wards_to_give(conn)][:3]
    form = {"login": "Binh", "name": "Trần Bình", "role": "ward_chair", "ward": wards[:2]}
    made = admin.post("/accounts/", data=form)
    assert made.status_code == 200
    assert t("accounts.handed", "vi", login="binh", days=7) in made.text
    number = one(conn, "SELECT id FROM account WHERE login = 'binh'")
    places = "SELECT array_agg(ward_id ORDER BY ward_id) FROM account_ward WHERE account_id = %s"
    assert one(conn, places, number) == sorted(wards[:2])
    shown = admin.get("/accounts/").text.partition(t("accounts.new"))[0]
    ticked = re.findall(r'name="ward" value="(\d+)" checked', shown)
    assert sorted(map(int, ticked)) == sorted(wards[:2]), "who saves without a change takes no ward away"
    assert t("accounts.awaits") in shown
    changed = admin.post(f"/accounts/{number}/change", data={"role": "ward_officer", "ward": wards[2:]})
    assert changed.status_code == 303
    assert one(conn, places, number) == wards[2:]
    before = one(conn, "SELECT password_hash FROM account WHERE id = %s", number)
    assert admin.post(f"/accounts/{number}/reset").status_code == 200
    assert one(conn, "SELECT password_hash FROM account WHERE id = %s", number) != before
    admin.post(f"/accounts/{number}/disable")
    assert one(conn, "SELECT disabled_at IS NOT NULL FROM account WHERE id = %s", number)
    admin.post(f"/accounts/{number}/enable")
    assert one(conn, "SELECT disabled_at IS NULL FROM account WHERE id = %s", number)


def test_what_was_done_is_said_in_the_language_of_the_page(admin: FlaskClient, conn: Connection) -> None:
    admin.post("/accounts/", data={"login": "binh", "name": "Trần Bình", "role": "police"})
    number = one(conn, "SELECT id FROM account WHERE login = 'binh'")
    for query, address in (("", "/accounts/?done=binh"), ("?lang=en", "/accounts/?done=binh&lang=en")):
        assert admin.post(f"/accounts/{number}/disable{query}").headers["Location"] == address


def test_wards_of_another_vintage_are_shown_and_stay_unless_they_are_taken_away(
    admin: FlaskClient, conn: Connection
) -> None:
    given = [ward.id for ward in wards_to_give(conn)][:2]
    old = one(conn, "SELECT id FROM ward WHERE valid_to < (SELECT max(valid_to) FROM ward) ORDER BY id LIMIT 1")
    number = accounts.sign_in(conn, "ward_chair", "chair", wards=[old, given[0]])
    places = "SELECT array_agg(ward_id ORDER BY ward_id) FROM account_ward WHERE account_id = %s"
    # a form of before the ward's outline was replaced, and the command: neither names it
    admin.post(f"/accounts/{number}/change", data={"role": "ward_chair", "ward": given[1]})
    assert one(conn, places, number) == sorted([old, given[1]])
    login, code = one(conn, "SELECT login FROM account WHERE id = %s", number), "SELECT code FROM ward WHERE id = %s"
    assert command("change", login, "--role", "ward_officer", "--ward", one(conn, code, given[0])).returncode == 0
    assert one(conn, places, number) == sorted([old, given[0]])
    shown = admin.get("/accounts/").text
    assert re.search(rf'name="ward" value="{old}" checked', shown)
    offered = next(
        text for text in re.findall(r'name="offered" value="([\d,]+)"', shown) if str(old) in text.split(",")
    )
    admin.post(f"/accounts/{number}/change", data={"role": "ward_officer", "ward": given[0], "offered": offered})
    assert one(conn, places, number) == [given[0]]


def test_unknown_and_too_many_units_are_refused_by_name(admin: FlaskClient, conn: Connection) -> None:
    conn.execute(
        "INSERT INTO venue (code, name, search_text, category, location)"
        " SELECT 'HD' || n, 'Quán', 'quan', (SELECT min(code) FROM category), 'none' FROM generate_series(1, %s) AS n",
        (MOST_UNITS + 1,),
    )
    many = " ".join(f"HD{n}" for n in range(1, MOST_UNITS + 2))
    form = {"login": "cho", "name": "Chợ", "role": "managing_body"}
    answer = admin.post("/accounts/", data=form | {"units": many})
    assert answer.status_code == 400
    assert t("access.account.many_units", "vi", count=MOST_UNITS + 1, most=MOST_UNITS) in answer.text
    answer = admin.post("/accounts/", data=form | {"units": "HD1, HDX2; HD3 HDX1"})
    assert answer.status_code == 400
    assert t("access.account.no_venue", "vi", count=2, codes="HDX2, HDX1") in answer.text
    assert one(conn, "SELECT count(*) FROM account WHERE login = 'cho'") == 0
    assert admin.post("/accounts/", data=form | {"units": "HD1 HD2"}).status_code == 200
    number = one(conn, "SELECT id FROM account WHERE login = 'cho'")
    # taken back with its load, a unit stays the account's
    conn.execute("DELETE FROM venue WHERE code = 'HD2'")
    assert admin.post(f"/accounts/{number}/change", data={"role": "managing_body", "units": "HD2"}).status_code == 303
    refused = admin.post(f"/accounts/{number}/change", data={"role": "managing_body", "units": "HD2 HD9999"})
    assert t("access.account.no_venue", "vi", count=1, codes="HD9999") in refused.text
    assert one(conn, "SELECT array_agg(venue_code) FROM account_unit WHERE account_id = %s", number) == ["HD2"]


def test_what_cannot_be_is_said(admin: FlaskClient, conn: Connection) -> None:
    own = one(conn, "SELECT id FROM account WHERE role = 'admin'")
    for form, key in (
        ({"login": "x y", "name": "A", "role": "police"}, "access.account.login"),
        ({"login": "binh", "name": " ", "role": "police"}, "access.account.nameless"),
        ({"login": "binh", "name": "A", "role": "ward_chair"}, "access.account.wards"),
        ({"login": "binh", "name": "A", "role": "managing_body"}, "access.account.units"),
    ):
        answer = admin.post("/accounts/", data=form)
        assert answer.status_code == 400
        assert t(key, "vi") in answer.text
    offered = re.search(r'name="ward" value="(\d+)"', admin.get("/accounts/").text)
    assert offered
    tried = {"login": "x y", "name": "A", "role": "ward_officer", "ward": (ward := offered[1]), "units": "HD1 HD2"}
    answer = admin.post("/accounts/", data=tried)
    assert f'name="ward" value="{ward}" checked' in answer.text
    assert ">HD1 HD2</textarea>" in answer.text
    assert t("access.account.own", "vi") in admin.post(f"/accounts/{own}/disable").text
    assert admin.post("/accounts/999/reset").status_code == 400
    assert admin.post("/accounts/1/nonsense").status_code == 400


def test_the_database_asks_again_who_administers(conn: Connection, fresh_database: str) -> None:
    """As the app's role: without the right no account is seen or changed, and secrets are not read by anybody."""
    number = accounts.sign_in(conn, "admin", "other")
    with psycopg.connect(fresh_database.replace(f"//{OWNER}@", f"//{READER}@"), autocommit=True) as app:
        assert app.execute("SELECT count(id) FROM account").fetchone() == (0,)
        assert app.execute("UPDATE account SET role = 'police'").rowcount == 0
        for secret in (
            "SELECT password_hash FROM account",
            "SELECT authenticator_key FROM account",
            "SELECT token_hash FROM session",
            "SELECT * FROM sign_in_attempt",
            f"SELECT set_password({number}, 'x', NULL)",
            f"SELECT forget_authenticator({number})",
            f"SELECT end_sessions({number}, 'disabled')",
        ):
            with pytest.raises(errors.InsufficientPrivilege):
                app.execute(secret)
        with pytest.raises(errors.InsufficientPrivilege):
            app.execute("INSERT INTO account (login, name, role) VALUES ('x1', 'X', 'admin')")


def test_accounts_by_command(fresh_database: str, conn: Connection) -> None:
    made = command("add", "hoa", "--name", "Lê Hoa", "--role", "police")
    assert made.returncode == 0
    assert "mật khẩu dùng một lần" in made.stdout
    assert "hoa,Lê Hoa,police" in command("list").stdout
    refused = command("add", "hoa", "--name", "Lê Hoa", "--role", "ward_chair", "--ward", "không có")
    assert (refused.returncode, refused.stderr.strip()) == (2, t("access.account.no_ward", "vi", ward="không có"))
    assert command("disable", "hoa").returncode == 0
    assert one(conn, "SELECT disabled_at IS NOT NULL FROM account WHERE login = 'hoa'")
    assert command("add", "chi", "--name", "Chi", "--role", "admin").returncode == 0
    refused = command("disable", "chi")
    assert (refused.returncode, refused.stderr.strip()) == (2, t("access.account.last", "vi"))
    assert command("code", "hoa").returncode == 2  # of no demonstration account
    assert command("reset", "nobody").returncode == 2


def test_wards_move_by_a_table_and_never_without(fresh_database: str, conn: Connection, tmp_path: Path) -> None:
    old = conn.execute("SELECT id, vintage, code FROM ward ORDER BY vintage, code LIMIT 1").fetchone()
    conn.execute(
        "INSERT INTO ward (vintage, code, name, valid_from, boundary_source, geom)"
        " SELECT '2031', code, name || ' mới', '2031-01-01', 'official', geom FROM ward WHERE id = %s",
        (old["id"],),
    )
    number = accounts.sign_in(conn, "ward_chair", "chair", wards=[old["id"]])
    table = tmp_path / "bang.csv"
    table.write_text(f"old_vintage,old_code,new_vintage,new_code\n{old['vintage']},{old['code']},2031,{old['code']}\n")
    assert "1 tài khoản" in command("move", str(table)).stdout
    now = "SELECT w.vintage FROM account_ward AS a JOIN ward AS w ON w.id = a.ward_id WHERE a.account_id = %s"
    assert one(conn, now, number) == "2031"
    table.write_text("old,new\n1,2\n")
    assert command("move", str(table)).returncode == 2


def test_the_first_account_of_an_empty_database_is_one_administrator(
    fresh_database: str, conn: Connection, tmp_path: Path
) -> None:
    conn.execute("TRUNCATE session, account_ward, account_unit, account CASCADE")
    first = command("first", "--demo-file", str(tmp_path / "demo.json"))
    assert "quantri" in first.stdout
    assert [row["role"] for row in conn.execute("SELECT role FROM account")] == ["admin"]
    assert command("first", "--demo-file", str(tmp_path / "demo.json")).stdout == ""  # said once
    assert not (tmp_path / "demo.json").exists()
