"""Signing in by the office's provider in a browser, and what a page does whose session lacks something."""

from collections.abc import Iterator

import psycopg
import pytest
from playwright.sync_api import Page, expect

from data.access.caller import COMMAND_LINE, acting_as
from data.accounts import administering
from data.cluster.server import OWNER, READER, Cluster
from data.database.connection import loader_connection
from data.texts.catalogue import t
from tests.fixtures.browser import picture
from tests.fixtures.provider import CLIENT_ID, CLIENT_SECRET, Provider, providing
from tests.fixtures.server import serving

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

NAME, LOGIN = "Cổng Hà Nội", "truong.trungtam"


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with providing() as provider:
        yield provider


@pytest.fixture(scope="module")
def with_provider(demo_database: str, test_cluster: Cluster, demo_copy: str, provider: Provider) -> Iterator[str]:
    """Address of the page as an office with a provider has it; of its chief an address is written."""
    with acting_as(COMMAND_LINE), loader_connection() as conn:
        administering.create(conn, LOGIN, "Lê Hoa", "culture_centre", [], [], "thử")
        administering.name_identity(conn, administering.account(conn, LOGIN).id, "hoa@hadong.example")
    settings = {
        "DATABASE_URL": test_cluster.url(OWNER, demo_copy),
        "APP_DATABASE_URL": test_cluster.url(READER, demo_copy),
        "OIDC_ISSUER": provider.issuer,
        "OIDC_CLIENT_ID": CLIENT_ID,
        "OIDC_CLIENT_SECRET": CLIENT_SECRET,
        "OIDC_NAME": NAME,
    }
    with serving(settings) as address:
        yield address


@pytest.mark.console_errors(r"401")
def test_by_the_button_to_the_work_by_a_missing_code_to_its_page_and_out_by_the_provider(
    desktop_page: Page, with_provider: str, provider: Provider, demo_database: str
) -> None:
    page = desktop_page
    page.context.clear_cookies()
    provider.person = {"sub": "7", "email": "hoa@hadong.example", "email_verified": False, "amr": ["mfa"]}
    page.goto(f"{with_provider}/")
    page.get_by_role("link", name=t("access.oidc.go", "vi", name=NAME)).click()
    expect(page.get_by_role("alert")).to_have_text(t("access.oidc.unknown", "vi", name=NAME))
    picture(page, "sign-in-oidc")
    provider.person["email_verified"] = True
    page.get_by_role("link", name=t("access.oidc.go", "vi", name=NAME)).click()
    page.get_by_role("link", name=t("desk.map", "vi")).click()
    expect(page.locator("#map canvas").first).to_be_visible()
    with psycopg.connect(demo_database) as conn:  # as an administrator's reset would leave an open page
        conn.execute(
            "UPDATE account SET authenticator_key = 'JBSWY3DPEHPK3PXP', authenticator_since = now() WHERE login = %s",
            (LOGIN,),
        )
        conn.execute("UPDATE session SET second_factor_at = NULL WHERE began_by = 'oidc'")
    page.evaluate("void fetch('/tiles/wards.geojson')")  # whatever asks next
    page.wait_for_url("**/account/code")
    expect(page.get_by_role("heading", name=t("access.code.title", "vi"))).to_be_visible()
    page.goto(f"{with_provider}/field/")  # the phone's screen leads on by itself, too, and from there back to it
    page.wait_for_url("**/account/code?next=%2Ffield%2F")
    with page.expect_request("**/sign-in/oidc/left**"):  # by way of the provider, which has ended its own session
        page.get_by_role("button", name=t("access.sign_out", "vi")).click()
    expect(page.get_by_role("link", name=t("access.oidc.go", "vi", name=NAME))).to_be_visible()
    assert provider.left == ["7"]
