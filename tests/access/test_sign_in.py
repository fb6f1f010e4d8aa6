"""Signing in as the page does it: passwords, waiting, second factor, sessions, and where the way leads."""

import datetime as dt
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from data.access.caller import COMMAND_LINE, acting_as
from data.access.roles import ROLES
from data.accounts import administering, authenticator
from data.database.connection import Connection, loader_connection
from data.texts.catalogue import t

PASSWORD = "mùa sen nở ở hồ Văn Quán"
UNIT = (
    "INSERT INTO venue (code, name, search_text, category, location)"
    " SELECT 'DV1', 'Trường', '', min(code), 'none' FROM category RETURNING code"
)
pytestmark = pytest.mark.usefixtures("fresh_database")


def invited(role: str, login: str = "lan") -> str:
    """The one-time password of a new account of the role, of the first ward or of a unit where it needs one."""
    with acting_as(COMMAND_LINE), loader_connection() as conn:
        wards = [administering.wards_to_give(conn)[0].id] if ROLES[role].scope == "wards" else []
        units = conn.execute(UNIT).fetchall() if ROLES[role].scope == "units" else []
        return administering.create(conn, login, "Nguyễn Thị Lan", role, wards, [row["code"] for row in units], "thử")


def signs_in(client: FlaskClient, password: str, login: str = "lan", **more: Any) -> Any:
    return client.post("/sign-in", data={"login": login, "password": password} | more.pop("form", {}), **more)


def with_own_password(client: FlaskClient, role: str) -> None:
    """Signed in, the first password changed to PASSWORD."""
    one_time = invited(role)
    assert signs_in(client, one_time).status_code == 303
    changed = client.post("/account/password", data={"old": one_time, "new": PASSWORD, "again": PASSWORD})
    assert changed.status_code == 303


def page(client: FlaskClient, address: str) -> Any:
    return client.get(address, headers={"Accept": "text/html"})


def test_a_one_time_password_opens_nothing_but_the_choice_of_one_s_own(client: FlaskClient) -> None:
    one_time = invited("ward_chair")
    assert page(client, "/?ward=x").headers["Location"] == "/sign-in?next=/%3Fward%3Dx"
    answer = signs_in(client, one_time, form={"next": "/?ward=x"})
    assert answer.headers["Location"] == "/?ward=x"
    assert page(client, "/").headers["Location"] == "/account/password"
    assert client.get("/tiles/venues/12/3250/1803.mvt").status_code == 401
    for new, again, said in (
        ("ngắn", "ngắn", t("access.password.short", "vi", shortest=12)),
        (PASSWORD, PASSWORD + "!", t("access.password.differ", "vi")),
        ("lan lan lan lan", "lan lan lan lan", t("access.password.guessed", "vi")),
        (one_time, one_time, t("access.password.same", "vi")),
    ):
        answer = client.post("/account/password", data={"old": one_time, "new": new, "again": again})
        assert answer.status_code == 422
        assert said in answer.text
    assert (
        client.post("/account/password", data={"old": "không", "new": PASSWORD, "again": PASSWORD}).status_code == 422
    )
    changed = client.post("/account/password", data={"old": one_time, "new": PASSWORD, "again": PASSWORD})
    assert changed.headers["Location"] == "/desk/"
    assert page(client, "/").status_code == 200


def test_wrong_is_wrong_whoever_it_is(client: FlaskClient, conn: Connection) -> None:
    invited("ward_chair")
    for login in ("lan", "không có ai", ""):
        answer = signs_in(client, "sai", login)
        assert answer.status_code == 422
        assert t("access.wrong", "vi") in answer.text
        assert "session" not in answer.headers.get("Set-Cookie", "")
    assert conn.execute("SELECT count(*) AS n FROM session WHERE address <> ''").fetchone() == {"n": 0}


def test_guessing_has_to_wait_and_does_not_lock_out_the_known_browser(client: FlaskClient, conn: Connection) -> None:
    with_own_password(client, "ward_chair")
    from app import server

    stranger = server.test_client()
    for _ in range(5):
        assert signs_in(stranger, "đoán").status_code == 422
    waiting = signs_in(stranger, PASSWORD)
    assert waiting.status_code == 429
    assert 0 < int(waiting.headers["Retry-After"]) <= 5
    assert signs_in(client, PASSWORD).status_code == 303  # at the known machine, from the same address
    conn.execute("UPDATE sign_in_attempt SET at = at - interval '6 seconds' WHERE NOT succeeded")
    assert signs_in(stranger, PASSWORD).status_code == 303


def test_a_role_that_publishes_needs_a_code_each_taken_once(client: FlaskClient, conn: Connection) -> None:
    with_own_password(client, "culture_centre")
    assert page(client, "/").headers["Location"] == "/account/authenticator"
    offered = page(client, "/account/authenticator")
    key = conn.execute("SELECT authenticator_key AS key FROM account WHERE login = 'lan'").fetchone()["key"]
    assert key in offered.text
    assert client.post("/account/authenticator", data={"code": "000000"}).status_code == 422
    code = authenticator.code_now(key)
    before = client.get_cookie("session")
    assert client.post("/account/authenticator", data={"code": code}).headers["Location"] == "/desk/"
    assert page(client, "/?status=violating").status_code == 200
    assert client.get("/account/authenticator").status_code == 403  # a stolen session must not replace it

    from app import server

    other = server.test_client()
    other.set_cookie("session", before.value if before else "")
    assert other.get("/account/").status_code == 401  # the token from before the code stands for nothing
    signs_in(other, PASSWORD)
    assert page(other, "/").headers["Location"] == "/account/code"
    assert other.post("/account/code", data={"code": code}).status_code == 422  # taken before
    later = authenticator.pyotp.TOTP(key).at(int(time.time()) + authenticator.SECONDS)
    assert other.post("/account/code?next=/field/", data={"code": later}).headers["Location"] == "/field/"
    assert page(other, "/?status=violating").status_code == 200


def test_a_first_authenticator_takes_a_sign_in_of_just_now(client: FlaskClient, conn: Connection) -> None:
    with_own_password(client, "culture_centre")
    conn.execute("UPDATE session SET began_at = began_at - interval '11 minutes'")
    asked = page(client, "/account/authenticator?lang=en")
    assert asked.headers["Location"] == "/sign-in?again=1&next=/account/authenticator?lang%3Den&lang=en"
    assert t("access.again", "en") in page(client, asked.headers["Location"]).text
    assert client.post("/account/authenticator", data={"code": "000000"}).headers["Location"].startswith("/sign-in")
    assert signs_in(client, PASSWORD, form={"next": "/account/authenticator"}).status_code == 303
    assert page(client, "/account/authenticator").status_code == 200


def test_guessing_codes_does_not_lock_out_the_known_browser(client: FlaskClient, conn: Connection) -> None:
    with_own_password(client, "culture_centre")
    page(client, "/account/authenticator")
    key = conn.execute("SELECT authenticator_key AS key FROM account WHERE login = 'lan'").fetchone()["key"]
    client.post("/account/authenticator", data={"code": authenticator.code_now(key)})
    from app import server

    thief = server.test_client()  # who has the password, at the same address
    signs_in(thief, PASSWORD)
    assert [thief.post("/account/code", data={"code": "000000"}).status_code for _ in range(6)] == [422] * 5 + [429]
    signs_in(client, PASSWORD)
    later = authenticator.pyotp.TOTP(key).at(int(time.time()) + authenticator.SECONDS)
    let_in = client.post("/account/code?next=//other.example/", data={"code": later})
    assert (let_in.status_code, let_in.headers["Location"]) == (303, "/account/start")


def test_a_session_ends_by_signing_out_by_idleness_by_age_and_by_the_administrator(
    client: FlaskClient, conn: Connection
) -> None:
    with_own_password(client, "ward_chair")
    for ending in (
        "UPDATE session SET seen_at = seen_at - interval '61 minutes'",
        "UPDATE session SET began_at = began_at - interval '13 hours'",
        "UPDATE account SET disabled_at = clock_timestamp() WHERE login = 'lan'",
        "UPDATE session SET ended_at = clock_timestamp(), end_reason = 'administrator'",
    ):
        assert page(client, "/").status_code == 200
        conn.execute(ending)
        assert page(client, "/").status_code == 303, ending
        assert client.get("/tiles/wards.geojson").status_code == 401, ending
        conn.execute("UPDATE account SET disabled_at = NULL")
        assert signs_in(client, PASSWORD).status_code == 303
    token = client.get_cookie("session")
    assert token is not None
    assert client.post("/sign-out").headers["Location"] == "/sign-in?left=1"
    client.set_cookie("session", token.value)
    assert page(client, "/").status_code == 303


def test_a_page_that_beats_by_itself_keeps_no_session_and_a_person_does(client: FlaskClient, conn: Connection) -> None:
    with_own_password(client, "ward_chair")
    beats = (["pulse.n_intervals"], ["move-pulse.n_intervals", "moment.data"])
    deeds = (["scope.data"], ["pulse.n_intervals", "venue.data"], [])

    def minutes_after(ask: Callable[[], Any]) -> int:
        conn.execute("UPDATE session SET seen_at = clock_timestamp() - interval '30 minutes'")
        ask()
        row = conn.execute("SELECT clock_timestamp() - max(seen_at) AS idle FROM session").fetchone()
        assert row
        return int(row["idle"].total_seconds() // 60)

    for changed, minutes in [*((beat, 30) for beat in beats), *((deed, 0) for deed in deeds)]:
        body = {"output": "moment.data", "inputs": [], "changedPropIds": changed}
        assert minutes_after(lambda body=body: client.post("/_dash-update-component", json=body)) == minutes, changed
    assert minutes_after(lambda: page(client, "/")) == 0
    assert minutes_after(lambda: client.get("/tiles/wards.geojson")) == 0


def test_a_new_password_ends_the_other_sessions(client: FlaskClient) -> None:
    with_own_password(client, "ward_chair")
    from app import server

    other = server.test_client()
    assert signs_in(other, PASSWORD).status_code == 303
    new = PASSWORD + " mùa hạ"
    assert client.post("/account/password", data={"old": PASSWORD, "new": new, "again": new}).status_code == 303
    assert page(client, "/").status_code == 200
    assert page(other, "/").status_code == 303


def test_the_page_of_signing_in_leads_to_itself_in_the_other_language(client: FlaskClient) -> None:
    for here, other in (
        ("/sign-in", "/sign-in?lang=en"),
        ("/sign-in?lang=en&next=/quality/", "/sign-in?next=/quality/&amp;lang=vi"),
    ):
        assert f'class="language" href="{other}"' in page(client, here).text


def test_an_expired_one_time_password_is_told_apart_only_by_who_knows_it(client: FlaskClient, conn: Connection) -> None:
    one_time = invited("ward_chair")
    conn.execute("UPDATE account SET one_time_until = %s", (dt.datetime.now(dt.UTC) - dt.timedelta(hours=1),))
    assert t("access.wrong", "vi") in signs_in(client, "sai").text
    assert t("access.expired", "vi") in signs_in(client, one_time).text


@pytest.mark.parametrize(
    "wanted", ["https://elsewhere.vn/", "//elsewhere.vn/", "/\\elsewhere.vn", "javascript:alert(1)"]
)
def test_the_way_back_leads_to_no_other_site(client: FlaskClient, wanted: str) -> None:
    one_time = invited("ward_chair")
    assert signs_in(client, one_time, form={"next": wanted}).headers["Location"] == "/account/start"


def test_another_site_s_page_sends_nothing(client: FlaskClient) -> None:
    one_time = invited("ward_chair")
    for headers in ({"Origin": "https://elsewhere.vn"}, {"Sec-Fetch-Site": "cross-site"}):
        assert signs_in(client, one_time, headers=headers).status_code == 403


def test_cookies_are_out_of_reach(client: FlaskClient) -> None:
    one_time = invited("ward_chair")
    cookies = signs_in(client, one_time, base_url="https://127.0.0.1").headers.getlist("Set-Cookie")
    assert len(cookies) == 2
    for cookie in cookies:
        assert {"HttpOnly", "Secure"} <= {part.strip() for part in cookie.split(";")}
        assert "SameSite=" in cookie
    session = next(cookie for cookie in cookies if cookie.startswith("session="))
    assert "Expires" not in session


@pytest.mark.parametrize("role", ROLES)
def test_each_role_begins_where_its_work_is(client: FlaskClient, conn: Connection, role: str) -> None:
    one_time = invited(role)
    conn.execute("UPDATE account SET one_time_until = NULL, authenticator_since = clock_timestamp()")
    front = page(client, "/?lang=en").headers["Location"]
    begins = signs_in(client, one_time, form={"next": parse_qs(urlsplit(front).query)["next"][0]}).headers["Location"]
    conn.execute("UPDATE session SET second_factor_at = clock_timestamp()")
    start = page(client, begins).headers["Location"]
    assert start == ROLES[role].start + ("&" if "?" in ROLES[role].start else "?") + "lang=en"
    assert page(client, start).status_code == 200


def test_an_administrator_sees_no_venues(client: FlaskClient, conn: Connection) -> None:
    one_time = invited("admin")
    signs_in(client, one_time)
    conn.execute("UPDATE account SET one_time_until = NULL, authenticator_since = clock_timestamp()")
    conn.execute("UPDATE session SET second_factor_at = clock_timestamp()")
    assert page(client, "/").headers["Location"] == "/accounts/"
    assert page(client, "/exports/venues.csv").status_code == 403
    accounts_page = page(client, "/accounts/").text
    assert 'href="/audit/"' in accounts_page
    assert 'href="/account/"' in accounts_page
