"""Signing in by the office's OpenID Connect provider, which answers over HTTP (``tests/fixtures/provider.py``)."""

import html
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from authlib.integrations.requests_client import OAuth2Session
from flask.testing import FlaskClient
from joserfc.jwk import RSAKey

from callbacks.access import browser
from callbacks.access import provider as way
from data.access.caller import COMMAND_LINE, acting_as
from data.accounts import administering, authenticator
from data.database.connection import Connection, loader_connection
from data.settings import get_settings
from data.texts.catalogue import t
from tests.access.test_accounts import command
from tests.fixtures import accounts as signed_in
from tests.fixtures.provider import CLIENT_ID, CLIENT_SECRET, Provider, providing


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    with providing() as provider:
        yield provider


@pytest.fixture
def provider(database: str, running: Provider, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    """The settings name it; it says nothing wrong until a test lets it."""
    running.instead, running.key = {}, running.shown
    for name, value in (("ISSUER", running.issuer), ("CLIENT_ID", CLIENT_ID), ("CLIENT_SECRET", CLIENT_SECRET)):
        monkeypatch.setenv(f"OIDC_{name}", value)
    monkeypatch.setenv("OIDC_NAME", "Cổng Hà Nội")
    get_settings.cache_clear()
    yield running
    get_settings.cache_clear()


def named(login: str, role: str = "culture_office") -> int:
    """A new account with an address of its login; nobody has signed in with it."""
    with acting_as(COMMAND_LINE), loader_connection() as conn:
        administering.create(conn, login, "Nguyễn Thị Lan", role, [], [], "thử")
        number = administering.account(conn, login).id
        administering.name_identity(conn, number, f"{login}@hadong.example")
    return number


def person(login: str, **more: Any) -> dict[str, Any]:
    return {"sub": f"number of {login}", "email": f"{login}@hadong.example", "email_verified": True} | more


def at_provider(client: FlaskClient, query: str = "") -> str:
    """Where the provider sends the browser back to."""
    begun = client.get(f"/sign-in/oidc{query}")
    assert begun.status_code == 303
    location: str = requests.get(begun.headers["Location"], allow_redirects=False, timeout=30).headers["Location"]
    return location


def goes(client: FlaskClient, query: str = "") -> Any:
    """The whole way, up to the answer to who comes back."""
    return client.get(at_provider(client, query))


def page(client: FlaskClient, address: str) -> Any:
    return client.get(address, headers={"Accept": "text/html"})


def said(answer: Any, client: FlaskClient, problem: str) -> None:
    """The way ended at the page of signing in, with the sentence; and nobody is signed in."""
    assert answer.status_code == 303
    shown = page(client, answer.headers["Location"])
    assert t(f"access.oidc.{problem}", "vi", name="Cổng Hà Nội") in shown.text
    assert 'name="password"' in shown.text
    assert client.get("/tiles/wards.geojson").status_code == 401


def test_without_a_provider_nothing_of_it_shows(database: str) -> None:
    from app import server

    client = server.test_client()
    assert client.get("/sign-in/oidc").status_code == 404
    assert client.get("/sign-in/oidc/done").status_code == 404
    assert client.get("/sign-in/oidc/left").status_code == 404
    assert "oidc" not in client.get("/sign-in").text


def test_whom_an_administrator_has_named_is_bound_and_let_in(
    client: FlaskClient, provider: Provider, conn: Connection
) -> None:
    number = named("binh")
    assert "/sign-in/oidc?next=/quality/" in page(client, "/sign-in?next=/quality/").text
    provider.person = person("binh", email="Binh@HaDong.example")
    answer = goes(client, "?next=/quality/")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/quality/")
    assert page(client, "/quality/").status_code == 200  # no password of one's own is asked of who needs none
    bound = conn.execute("SELECT * FROM account_identity WHERE account_id = %s", (number,)).fetchone()
    assert (bound["issuer"], bound["subject"]) == (provider.issuer, "number of binh")
    session = conn.execute("SELECT began_by, second_factor_at FROM session WHERE account_id = %s", (number,)).fetchone()
    assert session == {"began_by": "oidc", "second_factor_at": None}
    entry = conn.execute(
        "SELECT login, after FROM audit_entry WHERE action = 'session.insert' AND account_id = %s", (number,)
    ).fetchone()
    assert (entry["login"], entry["after"]["began_by"]) == ("binh", "oidc")
    client.post("/sign-out")
    provider.person = {"sub": "number of binh"}  # bound: the address may change, or go
    assert goes(client, "?next=//elsewhere.vn/").headers["Location"] == "/account/start"


def test_an_address_that_passes_to_another_person_does_not_pass_on_the_account(
    client: FlaskClient, provider: Provider, conn: Connection
) -> None:
    named("chi")
    provider.person = person("chi")
    goes(client)
    client.post("/sign-out")
    provider.person = person("chi", sub="somebody else")
    said(goes(client), client, "unknown")
    assert command("identity", "chi", "--email", "chi@hadong.example").returncode == 0
    goes(client)
    assert page(client, "/quality/").status_code == 200  # named anew, by an administrator
    assert command("identity", "chi", "--none").returncode == 0
    assert client.get("/tiles/wards.geojson").status_code == 401  # its sessions have ended
    said(goes(client), client, "unknown")


@pytest.mark.parametrize(
    "claims",
    [{"email_verified": False}, {"email_verified": "true"}, {"email": "ai@hadong.example"}, {"email": ""}],
    ids=str,
)
def test_who_is_not_named_or_not_vouched_for_has_no_account(
    claims: dict[str, Any], client: FlaskClient, provider: Provider, conn: Connection
) -> None:
    login = f"dung{time.monotonic_ns()}"
    number = named(login)
    before = conn.execute("SELECT count(*) AS n FROM account").fetchone()
    conn.execute("DELETE FROM refused_sign_in")  # the last one may be less than a minute ago: it would only be counted
    provider.person = person(login, **claims)
    said(goes(client), client, "unknown")
    assert conn.execute("SELECT count(*) AS n FROM account").fetchone() == before
    assert conn.execute("SELECT subject FROM account_identity WHERE account_id = %s", (number,)).fetchone() == {
        "subject": None
    }
    entry = conn.execute("SELECT action, after FROM audit_entry ORDER BY id DESC LIMIT 1").fetchone()
    assert entry == {"action": "sign_in.refused", "after": {"attempts": 1}}


def test_a_disabled_account_is_refused(client: FlaskClient, provider: Provider, conn: Connection) -> None:
    number = named("em")
    provider.person = person("em")
    goes(client)
    client.post("/sign-out")
    conn.execute("UPDATE account SET disabled_at = now() WHERE id = %s", (number,))
    said(goes(client), client, "unknown")
    named("giang")
    conn.execute("UPDATE account SET disabled_at = now() WHERE login = 'giang'")
    provider.person = person("giang")
    said(goes(client), client, "unknown")  # not bound while it is disabled
    assert conn.execute("SELECT subject FROM account_identity WHERE email LIKE 'giang@%'").fetchone() == {
        "subject": None
    }


def test_what_does_not_prove_it_is_refused(client: FlaskClient, provider: Provider) -> None:
    named("hoa")
    provider.person = person("hoa")
    back = at_provider(client)
    state = parse_qs(urlsplit(back).query)["state"][0]
    said(client.get(back.replace(state, "another")), client, "refused")
    said(client.get(back), client, "refused")  # the browser has forgotten its way
    from app import server

    said(server.test_client().get(at_provider(client)), client, "refused")  # another browser
    said(client.get("/sign-in/oidc/done?error=access_denied"), client, "refused")
    for wrong in (
        {"nonce": "another"},
        {"iss": "https://elsewhere.vn"},
        {"aud": "another client"},
        {"exp": int(time.time()) - 3600},
        {"sub": "another than userinfo's"},
    ):
        provider.instead = wrong
        said(goes(client), client, "refused")
    provider.instead, provider.key = {}, RSAKey.generate_key(2048, {"kid": "first"}, auto_kid=False)
    said(goes(client), client, "refused")


@pytest.mark.usefixtures("provider")
def test_while_the_provider_is_away_a_password_still_opens(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OIDC_ISSUER", "http://127.0.0.1:9")
    get_settings.cache_clear()
    answer = client.get("/sign-in/oidc?next=/quality/&lang=en")
    assert answer.headers["Location"] == "/sign-in?oidc=away&next=/quality/&lang=en"
    client.delete_cookie("lang")  # it would be remembered
    said(client.get("/sign-in/oidc"), client, "away")


def way_out(client: FlaskClient, query: str = "") -> str | None:
    """Where the page after signing out leads to."""
    left = client.post(f"/sign-out{query}")
    found = re.search(r'href="([^"]*)" data-way-out', page(client, left.headers["Location"]).text)
    return html.unescape(found[1]) if found else None


def test_signing_out_ends_the_providers_session_too(client: FlaskClient, provider: Provider) -> None:
    named("phuong")
    provider.person, provider.left = person("phuong"), []
    cookie = next(line for line in goes(client).headers.getlist("Set-Cookie") if line.startswith("came_by="))
    assert {"HttpOnly", "SameSite=Strict", "Path=/sign-in"} <= {part.strip() for part in cookie.split(";")}
    out = way_out(client, "?lang=en")
    assert out is not None
    back = requests.get(out, allow_redirects=False, timeout=30).headers["Location"]
    assert provider.left == ["number of phuong"]
    assert back == "http://localhost/sign-in/oidc/left?state=en"
    assert client.get(back).headers["Location"] == "/sign-in?left=1&lang=en"
    assert "data-way-out" not in page(client, "/sign-in?left=1").text  # once
    assert client.get("/tiles/wards.geojson").status_code == 401


@pytest.mark.parametrize("end", [None, "http://elsewhere.vn/end", 7])
def test_a_provider_that_names_no_way_out_is_not_left(
    end: object, client: FlaskClient, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(way, "_metadata", lambda: {"issuer": "https://sso.vn", "end_session_endpoint": end})
    client.set_cookie("came_by", "a token", path="/sign-in")
    assert way_out(client) is None


def test_a_way_out_is_for_whom_the_provider_let_in(
    client: FlaskClient, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert way_out(client) is None
    named("quynh")
    provider.person = person("quynh")
    monkeypatch.setattr(browser, "LONGEST_COOKIE", 10)
    goes(client)
    out = way_out(client)  # too long to be kept: the provider asks by itself
    assert out is not None
    assert set(parse_qs(urlsplit(out).query)) == {"client_id", "post_logout_redirect_uri", "state"}
    goes(client)
    monkeypatch.setattr(way, "_known", lru_cache(maxsize=1)(way._Known))
    monkeypatch.setenv("OIDC_ISSUER", "http://127.0.0.1:9")
    get_settings.cache_clear()
    assert way_out(client) is None  # it is away


def test_a_reset_releases_who_was_bound(client: FlaskClient, provider: Provider, conn: Connection) -> None:
    number = named("nga")
    provider.person = person("nga")
    goes(client)
    assert page(client, "/quality/").status_code == 200
    signed_in.sign_in(conn, "admin", "reset-token")
    admin = signed_in.client(client.application, "reset-token")
    assert t("accounts.email.reset", "vi") in admin.get("/accounts/").text
    assert admin.post(f"/accounts/{number}/reset").status_code == 200
    said(goes(client), client, "unknown")


def test_nobody_waits_for_a_provider_that_has_just_not_answered(
    client: FlaskClient, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else each who presses again would hold a place of the worker for as long as our patience lasts."""
    asked: list[object] = []

    def slow(*address: object, **_options: object) -> requests.Response:
        asked.append(address)
        time.sleep(0.3)
        raise requests.ConnectTimeout

    monkeypatch.setattr(way, "_known", lru_cache(maxsize=1)(way._Known))
    later = [0]
    clock = SimpleNamespace(monotonic=lambda: time.monotonic() + later[0], time=time.time)
    monkeypatch.setattr(way, "time", clock)
    monkeypatch.setattr(way, "AWAY_SECONDS", 3600)
    with monkeypatch.context() as away:
        away.setattr(requests, "get", slow)
        with ThreadPoolExecutor(8) as together:
            answers = list(together.map(lambda _: client.application.test_client().get("/sign-in/oidc"), range(8)))
        assert {answer.headers["Location"] for answer in answers} == {"/sign-in?oidc=away&next=/account/start"}
        assert len(asked) == 1
    said(client.get("/sign-in/oidc"), client, "away")  # it answers by now, and is not asked yet
    later[0] = 3600
    back = at_provider(client)
    monkeypatch.setattr(OAuth2Session, "fetch_token", slow)
    said(client.get(back), client, "away")
    said(client.get("/sign-in/oidc"), client, "away")
    assert len(asked) == 2


def test_a_second_factor_is_the_providers_or_our_own(client: FlaskClient, provider: Provider, conn: Connection) -> None:
    named("khanh", "admin")
    provider.person = person("khanh", amr=["pwd", "mfa"])
    goes(client)
    assert page(client, "/accounts/").status_code == 200
    client.post("/sign-out")
    provider.person = person("khanh", amr=["pwd"])
    goes(client)
    assert page(client, "/accounts/").headers["Location"] == "/account/authenticator"
    goes(client, "?next=/account/authenticator")
    page(client, "/account/authenticator")
    key = conn.execute("SELECT authenticator_key AS key FROM account WHERE login = 'khanh'").fetchone()["key"]
    assert client.post("/account/authenticator", data={"code": authenticator.code_now(key)}).status_code == 303
    assert page(client, "/accounts/").status_code == 200
    client.post("/sign-out")
    goes(client)
    assert page(client, "/accounts/").headers["Location"] == "/account/code"


def test_a_first_authenticator_is_for_whom_the_provider_has_just_asked(client: FlaskClient, provider: Provider) -> None:
    """It may answer at once, from a session of its own: whoever finds the browser open is not asked who they are."""
    named("oanh", "admin")
    for silent in ({}, {"auth_time": int(time.time()) - 3600}):
        provider.person = person("oanh", **silent)
        goes(client)
        again = page(client, "/account/authenticator")
        assert (again.status_code, again.headers["Location"]) == (
            303,
            "/sign-in?again=1&next=/account/authenticator",
        )
    assert goes(client, "?next=/account/authenticator").headers["Location"] == "/account/authenticator"
    assert page(client, "/account/authenticator").status_code == 200


def test_the_administrator_names_and_clears_at_the_screen(provider: Provider, conn: Connection) -> None:
    own = signed_in.sign_in(conn, "admin", "admin-token")
    first, second = named("lien"), named("minh")
    from app import server

    admin = signed_in.client(server, "admin-token")
    assert 'value="lien@hadong.example"' in admin.get("/accounts/").text
    for number, email, key in (
        (first, "không phải", "access.account.email"),
        (first, "minh@hadong.example", "access.account.email_taken"),
        (own, "admin@hadong.example", "access.account.own"),
    ):
        answer = admin.post(f"/accounts/{number}/identity", data={"email": email})
        assert answer.status_code == 400
        assert t(key, "vi", email=email) in answer.text
    assert admin.post(f"/accounts/{second}/identity", data={"email": "\0"}).status_code == 303
    assert admin.post(f"/accounts/{first}/identity", data={"email": " Minh@hadong.example "}).status_code == 303
    rows = conn.execute("SELECT account_id, email FROM account_identity WHERE account_id IN (%s, %s)", (first, second))
    assert rows.fetchall() == [{"account_id": first, "email": "minh@hadong.example"}]


@pytest.mark.usefixtures("provider")
def test_the_cookie_of_the_way_is_out_of_reach(client: FlaskClient) -> None:
    cookie = client.get("/sign-in/oidc?next=/?q=" + "ở" * 600, base_url="https://127.0.0.1").headers["Set-Cookie"]
    assert "next=%2Faccount%2Fstart&" in cookie  # as long as that no browser would keep it
    assert {"HttpOnly", "Secure", "SameSite=Lax", "Path=/sign-in/oidc"} <= {part.strip() for part in cookie.split(";")}
