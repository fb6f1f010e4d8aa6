"""The page in a real browser: figures, filters, address, table, languages, and two visitors who never meet."""

import csv
import re
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect
from psycopg.rows import dict_row

from data.vocabulary import STATUSES
from tests.fixtures.browser import DESKTOP, PHONE, watched_page

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

# A view is drawn from several answers; on a busy machine they take their time.


@pytest.fixture
def violating(demo_database: str) -> dict[str, str]:
    """Some venue that violates on the current day, from the rule itself."""
    with psycopg.connect(demo_database, row_factory=dict_row) as conn:
        row = conn.execute(
            "SELECT v.code, v.name FROM venue AS v CROSS JOIN LATERAL venue_status(v.id, current_day()) AS s"
            " WHERE s.status = 'violating' AND v.geom IS NOT NULL ORDER BY v.code LIMIT 1"
        ).fetchone()
    assert row is not None
    return row


def figure(page: Page, name: str) -> Locator:
    return page.locator(f'[data-figure="{name}"] .value')


def opened(page: Page, server: str, query: str = "") -> Page:
    page.goto(f"{server}/{query}")
    expect(figure(page, "figures.venues")).to_be_visible()
    return page


def whole(text: str) -> int:
    return int(re.sub(r"\D", "", text))


def count_in_table(page: Page) -> int:
    return whole(page.locator("#table-heading").inner_text())


def open_filters(page: Page) -> None:
    """On a phone the rail is a sheet."""
    if not page.locator("#search").is_visible():
        page.locator("[data-press=rail-toggle]").click()
    expect(page.locator("#search")).to_be_visible()


def choose(page: Page, filter_id: str, value: str) -> None:
    page.locator(f"#{filter_id} label:has(input[value='{value}'])").click()


def test_figures_say_their_day_their_change_and_that_they_are_a_demonstration(browser_page: Page, server: str) -> None:
    page = opened(browser_page, server)
    expect(page.locator("#data-day")).to_contain_text("Số liệu tính đến 30/11/2021")
    expect(page.locator("#data-day")).to_contain_text("Dữ liệu minh họa")
    expect(page.locator(".figure.lead")).to_contain_text("so với 23/11/2021")
    total = whole(figure(page, "figures.venues").inner_text())
    assert sum(whole(figure(page, f"status.{code}").inner_text()) for code in STATUSES) == total > 500
    assert page.locator("h1").count() == 1
    assert page.evaluate("document.documentElement.lang") == "vi"
    duplicates = "[...document.querySelectorAll('[id]')].map(e => e.id).filter((id, i, all) => all.indexOf(id) !== i)"
    assert page.evaluate(duplicates) == []


def test_one_filter_acts_on_figures_table_and_address_alike(browser_page: Page, server: str) -> None:
    page = opened(browser_page, server)
    violating = whole(figure(page, "status.violating").inner_text())
    open_filters(page)
    choose(page, "status-filter", "violating")
    expect(page).to_have_url(re.compile(r"\?status=violating$"))
    expect(figure(page, "figures.venues")).to_have_text(f"{violating:,}".replace(",", "."))
    expect(page.locator("#table-heading")).to_have_text(re.compile(rf"\b{violating}\b"))
    expect(page.locator("#chips .chip")).to_have_text(re.compile("Vi phạm"))
    assert whole(page.locator("#status-filter label").nth(5).locator(".option-count").inner_text()) > 0


def test_wards_and_those_without_make_the_total(desktop_page: Page, server: str) -> None:
    page = opened(desktop_page, server)
    counts = page.locator("#ward-filter .option-count").all_inner_texts()
    assert len(counts) == 18
    assert sum(map(whole, counts)) == whole(figure(page, "figures.venues").inner_text())
    drawn, listed, *without = (whole(part) for part in re.findall(r"[\d.]+", page.locator("#map-count").inner_text()))
    assert drawn + sum(without) == listed == count_in_table(page)


def test_the_back_button_undoes_and_a_sent_link_restores(desktop_page: Page, server: str) -> None:
    page = opened(desktop_page, server)
    total = figure(page, "figures.venues").inner_text()
    choose(page, "status-filter", "reminded")
    expect(page).to_have_url(re.compile("status=reminded"))
    choose(page, "ward-filter", "09541")
    expect(page).to_have_url(re.compile("ward=09541"))
    expect(page.locator("#chips .chip")).to_have_count(2)
    sent, shown = page.url, figure(page, "figures.venues").inner_text()
    page.go_back()
    expect(page.locator("#chips .chip")).to_have_count(1)
    expect(page.locator("#ward-filter input:checked")).to_have_count(0)
    page.go_back()
    expect(figure(page, "figures.venues")).to_have_text(total)
    page.goto(sent)
    expect(figure(page, "figures.venues")).to_have_text(shown)
    expect(page.locator("#ward-filter input[value='09541']")).to_be_checked()
    expect(page.locator("#status-filter input[value='reminded']")).to_be_checked()


def test_a_violating_venue_is_found_by_search_without_diacritics(
    browser_page: Page, server: str, violating: dict[str, str]
) -> None:
    page = opened(browser_page, server)
    open_filters(page)
    page.locator("#search").press_sequentially(violating["code"].lower(), delay=40)
    suggestion = page.locator("#suggestions .suggestion", has_text=violating["code"])
    expect(suggestion).to_be_visible()
    expect(page).to_have_url(re.compile(f"q={violating['code'].lower()}"))
    expect(figure(page, "figures.venues")).to_have_text("1")
    page.locator("#search").press("ArrowDown")
    expect(suggestion).to_be_focused()
    suggestion.press("Enter")
    expect(page).to_have_url(re.compile(f"venue={violating['code']}"))
    expect(page.locator("#drawer")).to_contain_text(violating["name"])
    expect(page.locator("#drawer")).to_contain_text("Vi phạm")


def test_typing_leaves_one_step_to_go_back(desktop_page: Page, server: str) -> None:
    page = opened(desktop_page, server)
    choose(page, "status-filter", "scanning")
    expect(page).to_have_url(re.compile("status=scanning"))
    page.locator("#search").press_sequentially("pho le loi", delay=120)
    expect(page).to_have_url(re.compile("q=pho%20le%20loi"))
    expect(page.locator("#search")).to_have_value("pho le loi")
    page.go_back()
    expect(page).to_have_url(re.compile(r"\?status=scanning$"))
    expect(page.locator("#search")).to_have_value("")
    page.go_back()
    expect(page).to_have_url(re.compile(r"/$"))


def test_a_table_opened_after_a_venue_marks_it(desktop_page: Page, server: str, violating: dict[str, str]) -> None:
    page = opened(desktop_page, server, f"?status=violating&venue={violating['code']}")
    expect(page.locator("#drawer-body")).to_contain_text(violating["name"])
    page.locator("#table-toggle").click()
    expect(page.locator(".ag-row-selected")).to_contain_text(violating["code"])
    page.keyboard.press("Escape")
    expect(page.locator("#drawer")).to_be_hidden()
    expect(page.locator(".ag-row-selected")).to_have_count(0)


def test_the_calendar_speaks_the_language_of_the_page(desktop_page: Page, server: str) -> None:
    for query, day in (("", "Th 2"), ("?lang=en", "Mo")):
        page = opened(desktop_page, server, query)
        page.locator("#day").click()
        expect(page.locator(".dash-datepicker-calendar-container")).to_contain_text(day)


def test_downloads_are_within_a_small_phone(browser: Browser, server: str) -> None:
    with watched_page(browser, PHONE | {"viewport": {"width": 360, "height": 640}}, []) as page:
        opened(page, server)
        page.locator("[data-press=table-toggle]").click()
        page.locator("details.exports > summary").click()
        for link in page.locator(".menu a").all():
            link.scroll_into_view_if_needed()
            expect(link).to_be_in_viewport(ratio=1)


def test_errors_are_told_in_the_language_of_the_page(desktop_page: Page, server: str) -> None:
    page = opened(desktop_page, server, "?lang=en&day=2021-12-01&status=angry&venue=HD99999999")
    notices = page.locator(".notices")
    expect(notices).to_contain_text("There are no data for 01/12/2021: they end on 30/11/2021.")
    expect(notices).to_contain_text("The filter «status» in the address has no value «angry».")
    expect(notices).to_contain_text("No venue bears the code «HD99999999».")


def test_filters_that_leave_nothing_say_so_on_the_map(browser_page: Page, server: str) -> None:
    page = opened(browser_page, server, "?status=violating&q=khongcogi")
    expect(page.locator("#chips .nothing")).to_have_text("Không có địa điểm nào khớp với bộ lọc.")
    expect(page.locator("#chips .nothing")).to_be_in_viewport(ratio=1)
    page.locator("#chips .clear").click()
    expect(page.locator("#chips")).to_be_empty()


def test_any_past_day_can_be_shown(desktop_page: Page, server: str) -> None:
    page = opened(desktop_page, server)
    scanning = figure(page, "status.scanning").inner_text()
    page.locator("#day-back").click()
    expect(page).to_have_url(re.compile(r"\?day=2021-11-29$"))
    expect(page.locator(".figure.lead .value")).to_have_text("29/11/2021")
    expect(page.locator("#day")).to_have_value("29/11/2021")
    page.locator("#day").fill("15/11/2021")
    page.locator("#day").press("Enter")
    expect(page).to_have_url(re.compile(r"\?day=2021-11-15$"))
    expect(page.locator(".figure.lead .value")).to_have_text("15/11/2021")
    page.locator("#day-latest").click()
    expect(page).to_have_url(re.compile(r"/$"))
    expect(figure(page, "status.scanning")).to_have_text(scanning)


def test_a_malformed_link_is_explained_and_the_rest_works(desktop_page: Page, server: str) -> None:
    page = opened(desktop_page, server, "?status=angry&ward=09541&day=2099-01-01&venue=HD99999999")
    notices = page.locator(".notices")
    expect(notices).to_contain_text("angry")
    expect(notices).to_contain_text("01/01/2099")
    expect(notices).to_contain_text("HD99999999")
    expect(page.locator("#chips .chip")).to_have_text(re.compile("Mộ Lao"))
    choose(page, "status-filter", "violating")
    expect(page).to_have_url(re.compile("status=violating"))
    expect(notices).not_to_contain_text("angry")


def test_what_has_no_ward_or_point_is_counted_and_reachable(desktop_page: Page, server: str) -> None:
    page = opened(desktop_page, server)
    row = page.locator("#unlocated button", has_text="Chưa định vị")
    count = whole(row.locator(".option-count").inner_text())
    assert count > 0
    row.click()
    expect(page).to_have_url(re.compile("located=no_point"))
    expect(page.locator("#table-heading")).to_have_text(re.compile(rf"\b{count}\b"))
    expect(page.locator("#map-count")).to_contain_text(f"Trên bản đồ 0 / trong bảng {count}")


def test_the_table_lists_sorts_and_opens_by_keyboard(desktop_page: Page, server: str) -> None:
    page = opened(desktop_page, server, "?status=violating")
    page.locator("#table-toggle").click()
    first = page.locator(".ag-row[row-index='0']")
    expect(first).to_contain_text("Vi phạm")
    page.locator(".ag-header-cell[col-id='code']").click()
    page.locator(".ag-header-cell[col-id='code']").click()
    expect(page.locator(".ag-header-cell[col-id='code']")).to_have_attribute("aria-sort", "descending")
    codes = page.locator(".ag-row .cell-code")
    expect(codes.first).not_to_have_text("…")
    expect(codes.filter(has_text=re.compile("^…$"))).to_have_count(0)
    shown = [
        text for _, text in sorted(
            (int(cell.locator("xpath=..").get_attribute("row-index") or 0), cell.inner_text()) for cell in codes.all()
        )
    ]  # fmt: skip
    assert shown == sorted(shown, reverse=True)
    upper, lower = (page.locator(f".ag-row[row-index='{row}'] .cell-code").inner_text() for row in (0, 1))
    page.locator(f".ag-row[row-id='{upper}'] .cell-name").click()
    expect(page).to_have_url(re.compile(f"venue={upper}"))
    expect(page.locator("#drawer-body")).to_contain_text(upper)
    page.keyboard.press("ArrowDown")  # what opens beside the table leaves the keyboard in it
    page.keyboard.press("Space")
    expect(page).to_have_url(re.compile(f"venue={lower}"))
    expect(page.locator(".ag-row-selected")).to_contain_text(lower)
    expect(page.locator("#drawer-body")).to_contain_text(lower)
    page.keyboard.press("Escape")
    expect(page.locator("#drawer")).to_be_hidden()
    expect(page.locator(".ag-row[row-index='1'] .ag-cell:focus")).to_be_visible()


def test_a_late_answer_does_not_undo_a_newer_choice(desktop_page: Page, server: str) -> None:
    page = opened(desktop_page, server, "?status=violating")
    page.locator("#table-toggle").click()
    first, second = (page.locator(f".ag-row[row-index='{row}'] .cell-name") for row in (0, 1))
    expect(second).not_to_be_empty()
    held: list[Route] = []

    def hold(route: Route) -> None:
        if "scrollTo" in (route.request.post_data or ""):
            held.append(route)
        else:
            route.fallback()

    page.route(re.compile("_dash-update-component"), hold)
    first.click()
    expect(page).to_have_url(re.compile("venue="))
    expect(page.locator("#drawer-body")).to_contain_text(first.inner_text())
    second.click()
    expect(page.locator("#drawer-body")).to_contain_text(second.inner_text())
    chosen = page.url
    assert held
    for route in held:
        route.fallback()
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)
    assert page.url == chosen
    expect(page.locator(".ag-row-selected")).to_contain_text(second.inner_text())


def test_the_file_holds_what_the_table_counts(desktop_page: Page, server: str, tmp_path: Path) -> None:
    page = opened(desktop_page, server, "?status=violating,reminded&category=point_of_sale")
    count = count_in_table(page)
    assert count > 0
    page.locator(".exports summary").click()
    with page.expect_download() as waiting:
        page.locator(".exports a[data-format=csv]").click()
    file = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(file)
    assert len(list(csv.DictReader(file.open(encoding="utf-8-sig")))) == count


def test_a_drawn_area_is_counted_listed_and_exported(desktop_page: Page, server: str) -> None:
    area = "105.76000,20.95000;105.79000,20.95000;105.79000,20.98000;105.76000,20.98000"
    page = opened(desktop_page, server, f"?area={area}")
    panel = page.locator("#area-panel")
    expect(panel).to_be_visible()
    count = count_in_table(page)
    expect(panel).to_contain_text(f"Vùng đã vẽ: {count} địa điểm")
    assert sum(map(whole, panel.locator(".option-count").all_inner_texts())) == count > 0
    address = panel.locator("a", has_text="CSV").get_attribute("href")
    answer = page.request.get(f"{server}{address}")
    assert len(list(csv.DictReader(answer.body().decode("utf-8-sig").splitlines()))) == count
    panel.get_by_text("Bỏ vùng").click()
    expect(page).to_have_url(re.compile(r"/$"))
    expect(panel).to_be_hidden()


def test_the_other_language_keeps_the_view(browser_page: Page, server: str) -> None:
    page = opened(browser_page, server, "?status=violating")
    shown = figure(page, "figures.venues").inner_text()
    page.locator("#language").click()
    expect(page.locator("#data-day")).to_contain_text("Data as of 30/11/2021")
    expect(page).to_have_url(re.compile("status=violating&lang=en"))
    expect(page.locator("#chips .chip")).to_have_text(re.compile("Violating"))
    expect(figure(page, "figures.venues")).to_have_text(shown.replace(".", ","))
    assert page.evaluate("document.documentElement.lang") == "en"
    page.locator("#language").click()
    expect(page.locator("#data-day")).to_contain_text("Số liệu tính đến")


def test_two_visitors_do_not_meet(browser: Browser, desktop_page: Page, server: str) -> None:
    page = opened(desktop_page, server)
    total = figure(page, "figures.venues").inner_text()
    with watched_page(browser, DESKTOP, []) as other:
        opened(other, server, "?status=violating&lang=en")
        choose(other, "ward-filter", "09541")
        expect(other).to_have_url(re.compile("ward=09541"))
        expect(other.locator("#chips .chip")).to_have_count(2)
        choose(page, "measure", "density")
        expect(page).to_have_url(re.compile(r"\?measure=density$"))
        expect(figure(page, "figures.venues")).to_have_text(total)
        expect(page.locator("#chips .chip")).to_have_count(0)


def test_fingers_have_room_on_a_phone(phone_page: Page, server: str) -> None:
    page = opened(phone_page, server)
    page.locator("[data-press=rail-toggle]").click()
    expect(page.locator("#search")).to_be_visible()
    small = page.evaluate(
        """() => [...document.querySelectorAll('.phone-bar button, #rail .options label, #rail button, #search')]
            .filter(e => e.offsetParent).map(e => [e.textContent.trim() || e.id, e.getBoundingClientRect().height])
            .filter(([, height]) => height < 44)"""
    )
    assert small == []
    width = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert width[0] <= width[1]
    page.locator("[data-press=table-toggle]").click()
    expect(page.locator("#table-heading")).to_be_visible()
    expect(page.locator("#search")).to_be_hidden()


def test_keyboard_reaches_the_table_instead_of_the_map(desktop_page: Page, server: str) -> None:
    page = opened(desktop_page, server)
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    focused = page.evaluate("document.activeElement.closest('#table-panel') !== null")
    assert focused


def test_a_printed_page_carries_the_map(desktop_page: Page, server: str) -> None:
    page = opened(desktop_page, server)
    page.wait_for_selector("#map canvas")
    page.wait_for_function(
        """async () => {
            const map = await (await window.hadong.map.module).current();
            if (!map?.loaded()) return false;
            window.dispatchEvent(new Event("beforeprint"));
            return document.querySelector(".printed-map") !== null;
        }"""
    )
    colours = page.evaluate(
        """() => {
            const copy = document.querySelector(".printed-map");
            const pixels = new Uint32Array(
                copy.getContext("2d").getImageData(0, 0, copy.width, copy.height).data.buffer);
            window.dispatchEvent(new Event("afterprint"));
            return new Set(pixels).size;
        }"""
    )
    assert colours > 20
    expect(page.locator(".printed-map")).to_have_count(0)
