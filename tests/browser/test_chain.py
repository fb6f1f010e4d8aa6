"""The chain by the page alone: a suspension agreed to, printed, and ended by a registration; another by decision,
announced, and lifted by paper; a referral that is answered.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from data.access.caller import Caller
from data.cluster.server import OWNER, READER
from data.database.connection import loader_connection
from data.status.days import today
from tests.data.cases_world import PAPER, People, ground, open_as, registered, status
from tests.etl.loading.files import one
from tests.fixtures.browser import DESKTOP, PHONE, watched_page
from tests.fixtures.officers import officer, tell, token_of
from tests.fixtures.routes import assigned, known
from tests.fixtures.server import serving

pytestmark = pytest.mark.browser


@pytest.fixture
def served(fresh_database: str, tmp_path: Path) -> Iterator[str]:
    ground(tmp_path)
    reader = fresh_database.replace(f"//{OWNER}@", f"//{READER}@")
    with serving({"DATABASE_URL": fresh_database, "APP_DATABASE_URL": reader}) as address:
        yield address


@pytest.fixture
def page_of(browser: Browser, served: str) -> Iterator[Callable[[Caller, str], Page]]:
    """An address as a caller sees it."""
    with ExitStack() as pages:
        known: dict[str, Page] = {}

        def of(who: Caller, address: str) -> Page:
            if who.login not in known:
                known[who.login] = pages.enter_context(watched_page(browser, DESKTOP, []))
                cookie = {"name": "session", "value": token_of(who), "url": served}
                known[who.login].context.add_cookies([cookie])  # type: ignore[list-item]
            known[who.login].goto(f"{served}{address}")
            return known[who.login]

        yield of


def act(page: Page, action: str, **filled: str) -> None:
    """Open the action of the drawer, fill its form and do it."""
    page.locator(f"#drawer [data-action='{action}']").click()
    dialog = page.locator(".action-dialog")
    for name, value in filled.items():
        dialog.locator(f"[name={name}]").fill(value)
    dialog.locator(".action-go").click()
    expect(dialog.locator(".action-list.done h4")).to_have_text("Đã ghi: 1")
    dialog.get_by_role("button", name="Đóng").click()


def take(page: Page, step: str, **filled: str) -> Locator:
    """Take a step on the page of a case; returns where its state stands."""
    block = page.locator(f"#step-{step}")
    if block.get_attribute("open") is None:
        block.locator("summary").click()
    for name, value in filled.items():
        field = block.locator(f"[name={name}]")
        if field.evaluate("field => field.localName") == "select":
            field.select_option(index=1)
        else:
            field.fill(value)
    for tick in block.locator("input[type=checkbox][required]").all():
        tick.check()
    block.locator("form button").click()
    return page.locator(".case-now strong")


def case_of(process: str) -> str:
    number = one("SELECT max(id) FROM case_file WHERE process = %s", process)
    return f"/cases/?case={number}"


@pytest.mark.timeout(600)
def test_the_chain(page_of: Callable[[Caller, str], Page], tmp_path: Path) -> None:
    people, day = People(), f"{today()}"

    act(page_of(people.police, "/?venue=V1"), "request_suspension", reason="đã nhắc ba lần")
    desk = page_of(people.chair, "/desk/")
    desk.locator("main a", has_text="Quán 1").first.click()
    expect(take(desk, "confirm")).to_have_text("phường đã xác nhận")
    page = page_of(people.police, case_of("suspension_request"))
    expect(take(page, "agree", owner="Ông Bình")).to_have_text("cơ sở đồng ý tạm dừng")
    assert status("V1") == "suspended"
    address = page.locator("a[href*='suspension-request'], a[href*='suspension_request']").first.get_attribute("href")
    printed = page.request.get(f"{page.url.split('/cases')[0]}{address}")
    assert printed.headers["content-type"] == "application/pdf"
    assert printed.body().startswith(b"%PDF")
    registered(tmp_path, "V1", today())
    page.reload()
    expect(page.locator(".case-now strong")).to_have_text("đã hết tạm dừng")
    assert status("V1") == "registered"
    expect(page_of(people.chair, "/desk/").locator("main")).to_contain_text("đã hết tạm dừng")

    paper = {name: value for name, value in PAPER.items() if name != "scope"}
    act(page_of(people.police, "/?venue=V5"), "enter_decision", **paper, scope="toàn bộ cơ sở", day=day)
    assert status("V5") == "suspended"
    page = page_of(people.centre, case_of("suspension_decision"))
    expect(take(page, "announce", medium="loa phường")).to_have_text("đang có hiệu lực")
    registered(tmp_path, "V5", today(), "ma5.csv")
    page = page_of(people.command, case_of("suspension_decision"))
    expect(page.locator(".case-now strong")).to_have_text("cần bãi bỏ")
    assert status("V5") == "suspended"
    repealed = take(page, "repeal", number="13/QĐ-UBND", day=day, signer="Nguyễn Văn A")
    expect(repealed).to_have_text("đã bãi bỏ")
    assert status("V5") == "registered"


@pytest.mark.timeout(600)
def test_a_referral_is_answered(page_of: Callable[[Caller, str], Page]) -> None:
    people, day = People(), f"{today()}"
    act(page_of(people.police, "/?venue=V1"), "refer", to="UBND quận Hà Đông", for_what="xử phạt")
    page = page_of(people.police, case_of("referral"))
    answer = take(page, "answer", answer="đã xử phạt", number="7/QĐ-XP", day=day, signer="Nguyễn Văn A")
    expect(answer).to_have_text("đã được trả lời")


LONG = "CôngtyTráchnhiệmhữuhạn" * 5
"""A word that no line of a phone holds."""
NAMES = (
    "UPDATE venue SET name = %(long)s, address = %(long)s",
    "UPDATE load SET file_name = %(long)s || '.csv', loaded_by = %(long)s",
    "UPDATE account SET name = %(long)s",
    "UPDATE visit_plan SET title = %(long)s, changed_by = %(long)s",
    "UPDATE plan_team SET name = %(long)s",
)


@pytest.mark.timeout(600)
def test_no_page_is_wider_than_a_phone_however_long_the_words_in_it(browser: Browser, served: str) -> None:
    people = People()
    case = open_as(people.police, "referral", "refer", facts={"to": LONG, "for_what": LONG}).id
    assigned(known(people.police), [], "V2")
    tell(people.chair, "proposal_new", payload={"name": LONG, "address": LONG})
    pages = {
        people.police: (
            "desk/",
            "cases/",
            f"cases/?case={case}",
            "cases/?venue=V1",
            "inspections/",
            "inspections/?plan=1",
        ),
        people.chair: ("field/proposals", "account/", "field/"),
        people.command: ("priority/", "effects/"),
        officer("thu.loc", role="culture_office"): ("imports/",),
        officer("quan.tri", role="admin"): ("accounts/",),
    }
    tokens = {who: token_of(who) for who in pages}
    with loader_connection() as conn:
        for rename in NAMES:
            conn.execute(rename, {"long": LONG})
    wide = []
    for who, addresses in pages.items():
        with watched_page(browser, PHONE, []) as page:
            page.context.add_cookies([{"name": "session", "value": tokens[who], "url": served}])
            for address in addresses:
                page.goto(f"{served}/{address}", wait_until="networkidle")
                page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
                if page.evaluate("document.documentElement.scrollWidth") > PHONE["viewport"]["width"]:
                    wide.append(address)
    assert wide == []
