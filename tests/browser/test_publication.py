"""Lists from the draft to the page and off it, by the page and the real roles; days pass in the database."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from data.access.caller import Caller
from data.cluster.server import OWNER, READER
from data.database.connection import loader_connection
from data.settings import get_settings
from data.status.days import today
from proof import keys
from tests.data.cases_world import DAY, People, ground
from tests.data.publication_world import delivered, entries, public, taken
from tests.etl.loading.files import MO_LAO, REMINDERS, load_file, one, register, rows, write_csv
from tests.fixtures.browser import DESKTOP, PHONE, picture, watched_page
from tests.fixtures.officers import token_of
from tests.fixtures.server import serving

pytestmark = pytest.mark.browser
UPHELD, PERSON = "V6", "V7"


@pytest.fixture(scope="module")
def site(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page over venues of two wards, of which four violate, with the office's key."""
    folder = tmp_path_factory.mktemp("so")
    keys.new_key(folder / "keys", dt.datetime.now(dt.UTC) - dt.timedelta(seconds=5))
    ground(folder)
    more = [(UPHELD, "Quán 6", "Số 6 phố Trần Phú"), (PERSON, "Hộ kinh doanh Trần Văn Bình", "Số 7 phố Trần Phú")]
    load_file(register(folder / "them.csv", *((*place, "Mộ Lao", "Quán ăn", *MO_LAO) for place in more)))
    told = [(code, f"{today() - DAY * n:%d/%m/%Y}", "Chưa tạo mã QR", "UBND") for code, *_ in more for n in (8, 7, 6)]
    load_file(write_csv(folder / "nhac-them.csv", REMINDERS, told))
    urls = {"DATABASE_URL": database, "APP_DATABASE_URL": database.replace(f"//{OWNER}@", f"//{READER}@")}
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PUBLICATION_KEYS", str(folder / "keys"))
        get_settings.cache_clear()
        with serving(urls) as address:
            yield address
    get_settings.cache_clear()


@pytest.fixture
def page_of(browser: Browser, site: str) -> Iterator[Callable[..., Page]]:
    """A page for a caller on a screen of either size."""
    with ExitStack() as pages:

        def of(who: Caller, device: dict[str, Any] = DESKTOP) -> Page:
            page = pages.enter_context(watched_page(browser, device, [r"422"]))
            page.context.add_cookies([{"name": "session", "value": token_of(who), "url": site}])
            return page

        yield of


def step(page: Page, name: str, /, **said: str) -> Locator:
    """Fill in the form of a step and send it; returns the form."""
    part = page.locator(f"#step-{name}")
    if part.get_attribute("open") is None:
        part.locator("summary").click()
    form = part.locator("form")
    for field, value in said.items():
        element = form.locator(f"[name={field}]")
        if element.evaluate("e => e.tagName") == "SELECT":
            element.select_option(value)
        else:
            element.fill(value)
    if form.locator("[name=confirmed]").count():
        form.locator("[name=confirmed]").check()
    form.locator("button").click()
    page.wait_for_load_state()
    return form


def number_of(page: Page) -> int:
    return int(page.url.split("list=")[1].split("&")[0])


def days_pass(who: Caller, cases: list[int]) -> None:
    """Each notice has been delivered, and its clock has run out."""
    for case in cases:
        delivered(who, case)
    with loader_connection() as conn:
        conn.execute("UPDATE case_file SET due_on = publication_deadline(id) WHERE id = ANY (%s)", (cases,))


def test_a_list_of_venues_goes_through_every_step(page_of: Callable[..., Page], site: str) -> None:
    people = People()
    centre, command = page_of(people.centre), page_of(people.command, PHONE)
    centre.goto(f"{site}/publication/")
    step(centre, "venues", day=f"{today()}")
    made = number_of(centre)
    expect(centre.locator(".pub-entries tbody tr")).to_have_count(4)
    picture(centre, "publication-draft")
    step(centre, "notify")
    expect(centre.locator(".case-now")).to_contain_text("đã thông báo")
    named = entries(made)

    command.goto(f"{site}/publication/?list={made}&view=approve&ready=no")
    expect(command.locator(f"[data-case='{named['V1']}'] .pub-why")).to_contain_text("Chưa ghi việc giao")
    picture(command, "publication-not-ready")
    failed = step(command, "approve").locator(".failed")
    expect(failed).to_contain_text("Chưa có tên nào phê duyệt được")
    days_pass(people.centre, list(named.values()))
    taken(people.chair, named["V1"], "object", facts={"words": "đã có mã", "channel": "officer"})
    taken(people.command, named["V1"], "reject", facts={"why": "mã của nơi khác"})
    taken(people.chair, named[UPHELD], "object", facts={"words": "nhắc nhầm nơi", "channel": "officer"})
    command.goto(f"{site}/cases/?case={named[UPHELD]}")
    step(command, "uphold", why="đúng là nhầm")
    expect(command.locator(".case-now")).to_contain_text("phản đối đúng")
    with loader_connection() as conn:
        conn.execute("UPDATE publication_pause SET from_day = from_day - 30, to_day = to_day - 30")
        conn.execute("UPDATE case_file SET due_on = publication_deadline(id) WHERE id = %s", (named["V1"],))
    command.goto(f"{site}/publication/?list={made}&view=approve&ready=no")
    expect(command.locator(".pub-entries tbody tr")).to_have_count(1)
    expect(command.locator(".pub-why")).to_contain_text("hãy quyết định ghi tên")
    command.goto(f"{site}/cases/?case={named[PERSON]}")
    step(command, "name", anonymous="true")
    command.goto(f"{site}/publication/?list={made}&view=approve")
    expect(command.locator(".pub-why .ready")).to_have_count(3)
    picture(command, "publication-approve")
    step(command, "approve")
    expect(command.locator(".case-now")).to_contain_text("đã phê duyệt")

    centre.goto(f"{site}/publication/?list={made}&view=channels")
    form = step(centre, "schedule", publish_at="2021-10-01T08:00")
    expect(form.locator(".failed")).to_contain_text("Giờ công khai phải ở sau lúc này")
    expect(form.locator("[name=publish_at]")).to_have_value("2021-10-01T08:00")
    [private] = get_settings().publication_keys.glob("*.pem")
    private.rename(private.with_suffix(".kept"))
    form = step(centre, "publish")
    expect(form.locator(".failed")).to_be_visible()
    picture(centre, "publication-no-key")
    assert (public(), one("SELECT state FROM case_file WHERE id = %s", made)) == (set(), "approved")
    private.with_suffix(".kept").rename(private)
    step(centre, "publish")
    expect(centre.locator(".case-now")).to_contain_text("đang công khai")
    assert len(public()) == 3
    assert "Hộ kinh doanh" not in str(public())
    step(centre, "tick", channel="board", place="Nhà văn hóa phường")
    step(centre, "number", number="12/TB", signer="Nguyễn Văn A", authority="Trung tâm Văn hóa", document="list")
    expect(centre.locator(".case-facts")).to_contain_text("12/TB")

    taken(people.chair, named["V1"], "claim", facts={"words": "đã dán", "channel": "officer"})
    taken(people.chair, named["V1"], "refuse", facts={"why": "chưa thấy mã"})
    centre.goto(f"{site}/cases/?case={named['V1']}")
    step(centre, "correct", name="Quán Một", why="sai tên")
    centre.goto(f"{site}/publication/?list={made}&view=channels")
    expect(centre.locator(".pub-mend.open")).to_have_count(1)
    picture(centre, "publication-channels")
    leaf = str(one("SELECT max(leaf) FROM publication_seal"))
    step(centre, "tick", channel="board", correction=leaf)
    expect(centre.locator(".pub-mend.open")).to_have_count(0)
    centre.goto(f"{site}/publication/?list={made}&view=versions&lang=en")
    expect(centre.locator(".pub-differences .changed")).to_contain_text("Changed: Quán Một")
    picture(centre, "publication-versions")
    command.goto(f"{site}/publication/?list={made}&lang=vi")
    step(command, "withdraw", why="căn cứ đã thay đổi")
    expect(command.locator(".case-now")).to_contain_text("đã rút")
    assert public() == set()
    assert rows("SELECT kind FROM published.seal WHERE stands") == []
    command.goto(f"{site}/publication/")
    picture(command, "publication-board")


def test_a_list_of_bodies_goes_the_same_way(page_of: Callable[..., Page], site: str) -> None:
    people = People()
    centre, command = page_of(people.centre, PHONE), page_of(people.command)
    centre.goto(f"{site}/publication/")
    form = step(centre, "bodies", from_day=f"{today()}", day=f"{today() - DAY}")
    expect(form.locator(".failed")).to_contain_text("Kỳ phải có ngày đầu")
    step(centre, "bodies", from_day=f"{today() - 2 * DAY}", day=f"{today()}")
    made = number_of(centre)
    picture(centre, "publication-bodies")
    step(centre, "notify")
    days_pass(
        people.centre,
        [int(str(case)) for (case,) in rows("SELECT case_id FROM publication_entry WHERE list_id = %s", made)],
    )
    command.goto(f"{site}/publication/?list={made}&view=approve")
    step(command, "approve")
    picture(command, "publication-approved")
    centre.reload()
    step(centre, "publish")
    assert "Mộ Lao" in " ".join(public())
    picture(centre, "publication-published")
    step(centre, "withdraw", why="thu hồi")
    assert public() == set()
    command.goto(f"{site}/publication/?lang=en")
    picture(command, "publication-board-en")
