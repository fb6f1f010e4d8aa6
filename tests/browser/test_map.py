"""The map in a real browser: what it draws is what the rule says, and all of it can be reached and drawn around."""

import datetime as dt
import re

import pytest
from playwright.sync_api import Page, Response, expect

from callbacks.map.tiles import MOST_FANNED_OUT
from data.database.connection import Connection
from layers.map_style import MEASURES, NOT_KNOWN
from tests.browser.map_page import STATE, TODAY, by_rule, drawn, eventually, middle, on_map, opened, place_on_screen

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def test_the_map_draws_every_venue_with_the_status_of_the_rule(
    browser_page: Page, server: str, rule: Connection
) -> None:
    page = opened(browser_page, server)
    eventually(lambda: drawn(page), by_rule(rule))
    # The count that the page writes is the count that is drawn.
    shown = re.search(r"Trên bản đồ ([\d.]+)", page.locator("#map-count").text_content() or "")
    assert shown
    assert int(shown[1].replace(".", "")) == len(drawn(page))


def test_a_past_day_has_the_statuses_of_that_day(desktop_page: Page, server: str, rule: Connection) -> None:
    day = dt.date(2021, 11, 15)
    page = opened(desktop_page, server, f"?day={day}")
    eventually(lambda: drawn(page), by_rule(rule, day))
    assert by_rule(rule, day) != by_rule(rule)


def test_a_filter_is_answered_without_a_request_for_tiles(desktop_page: Page, server: str, rule: Connection) -> None:
    page = opened(desktop_page, server)
    eventually(lambda: drawn(page), by_rule(rule))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.locator("#status-filter label:has(input[value='violating'])").click()
    eventually(lambda: drawn(page), by_rule(rule, condition="s.status = 'violating'"))
    page.locator("details:has(#category-filter) > summary").click()
    page.locator("#category-filter label:has(input[value='point_of_sale'])").click()
    point_of_sale = "v.category IN (SELECT code FROM category WHERE is_point_of_sale)"
    eventually(lambda: drawn(page), by_rule(rule, condition=f"s.status = 'violating' AND {point_of_sale}"))
    assert not [url for url in asked if ".mvt" in url]


def test_a_search_and_an_area_leave_what_they_find(desktop_page: Page, server: str, rule: Connection) -> None:
    page = opened(desktop_page, server, "?q=quan%20cafe&area=105.74,20.94;105.79,20.94;105.79,20.98;105.74,20.98")
    words = "v.search_text LIKE '%%quan%%' AND v.search_text LIKE '%%cafe%%'"
    box = "v.geom && ST_MakeEnvelope(105.74, 20.94, 105.79, 20.98, 4326)"
    eventually(lambda: drawn(page), by_rule(rule, condition=f"{words} AND {box}"))


def test_names_of_wards_are_whole_and_in_our_letters(desktop_page: Page, server: str, rule: Connection) -> None:
    page = opened(desktop_page, server)
    names = {row["name"] for row in rule.execute("SELECT name FROM ward")}
    written = "(map) => map.queryRenderedFeatures({layers: ['ward-name']}).map((f) => f.properties.name)"
    eventually(lambda: len(on_map(page, written)) >= 10, True)
    labels = on_map(page, written)
    assert len(labels) == len(set(labels)), "a name stands twice"
    assert set(labels) <= names
    # MapLibre draws each letter once; one drawn before its face was there would stay in another font.
    assert page.evaluate("document.fonts.check(\"600 16px 'Be Vietnam Pro'\", 'ữộằĐ')")
    fonts = "performance.getEntriesByType('resource').filter((r) => /vietnamese-600/.test(r.name)).length"
    assert page.evaluate(fonts) == 1


def test_the_colour_of_a_ward_is_the_class_of_its_share(desktop_page: Page, server: str, rule: Connection) -> None:
    page = opened(desktop_page, server, "?measure=violating")
    rows = rule.execute(
        "SELECT w.code, avg((p.status = 'violating')::int)::float8 AS share FROM ward AS w"
        " JOIN status_period AS p ON p.ward_id = w.id AND %s BETWEEN p.from_day AND p.to_day GROUP BY w.code",
        (TODAY,),
    )
    key = MEASURES["violating"]
    wanted = {row["code"]: key["colours"][sum(row["share"] >= b for b in key["bounds"])] for row in rows}
    eventually(lambda: on_map(page, STATE, list(wanted)), wanted)
    assert len(set(wanted.values())) > 1


def test_a_ward_without_a_venue_in_the_view_has_no_class(desktop_page: Page, server: str, rule: Connection) -> None:
    page = opened(desktop_page, server, "?measure=violating&q=khongcogi")
    codes = [row["code"] for row in rule.execute("SELECT code FROM ward").fetchall()]
    eventually(lambda: set(on_map(page, STATE, codes).values()), {NOT_KNOWN})


def test_boundaries_that_are_approximate_are_said_to_be(browser_page: Page, server: str) -> None:
    page = opened(browser_page, server)
    expect(page.locator(".map-notes")).to_contain_text("Ranh giới phường là gần đúng")


def test_a_click_finds_every_venue_within_fifteen_metres(desktop_page: Page, server: str, rule: Connection) -> None:
    crowded = rule.execute(
        "SELECT v.id, v.code, ST_X(v.geom) AS lon, ST_Y(v.geom) AS lat, array_agg(o.id) AS near FROM venue AS v"
        " JOIN venue AS o ON ST_DWithin(v.geom::geography, o.geom::geography, 15) AND o.status IS NOT NULL"
        " WHERE v.status IS NOT NULL GROUP BY v.id ORDER BY count(*) DESC, v.id LIMIT 1"
    ).fetchone()
    assert crowded
    page = opened(desktop_page, server)
    on_map(page, "(map, center) => map.jumpTo({center, zoom: 18})", [crowded["lon"], crowded["lat"]])
    eventually(lambda: crowded["id"] in drawn(page), True)
    with page.expect_response(lambda answer: "/tiles/nearby.json" in answer.url) as asked:
        page.mouse.click(*place_on_screen(page, crowded["lon"], crowded["lat"]))
    assert set(asked.value.json()["venues"]) >= {crowded["id"]}
    reached = rule.execute("SELECT ST_X(geom) AS lon, ST_Y(geom) AS lat FROM venue WHERE id = %s", (crowded["id"],))
    assert reached.fetchone()
    assert set(asked.value.json()["venues"]) == set(crowded["near"])
    if 1 < len(crowded["near"]) <= MOST_FANNED_OUT:
        expect(page.locator(".fan .fan-venue")).to_have_count(len(crowded["near"]))
    else:
        expect(page.locator("#drawer")).to_be_visible()


def test_a_click_beside_venues_opens_the_ward(desktop_page: Page, server: str, rule: Connection) -> None:
    page = opened(desktop_page, server)
    find = """(map) => {
      const layers = map.getStyle().layers.filter((l) => l.metadata?.status).map((l) => l.id);
      const { clientWidth, clientHeight } = map.getContainer();
      for (let x = 60; x < clientWidth - 120; x += 9) for (let y = 60; y < clientHeight - 60; y += 9) {
        const around = [[x - 7, y - 7], [x + 7, y + 7]];
        const [ward] = map.queryRenderedFeatures([x, y], { layers: ["ward-fill"] });
        if (ward && !map.queryRenderedFeatures(around, { layers }).length) return [x, y, ward.properties.code];
      }
    }"""
    eventually(lambda: bool(on_map(page, find)), True)
    x, y, code = on_map(page, find)
    box = page.locator("#map").bounding_box()
    assert box
    page.mouse.click(box["x"] + x, box["y"] + y)
    expect(page).to_have_url(re.compile(f"ward={code}"))
    eventually(lambda: drawn(page).items() <= by_rule(rule, condition=f"w.code = '{code}'").items(), True)


def test_the_keyboard_picks_what_is_in_the_middle(desktop_page: Page, server: str, rule: Connection) -> None:
    venue = rule.execute(
        "SELECT id, ST_X(geom) AS lon, ST_Y(geom) AS lat FROM venue WHERE status = 'violating' AND geom IS NOT NULL"
        " ORDER BY id LIMIT 1"
    ).fetchone()
    assert venue
    page = opened(desktop_page, server)
    on_map(page, "(map, center) => map.jumpTo({center, zoom: 18})", [venue["lon"], venue["lat"]])
    eventually(lambda: venue["id"] in drawn(page), True)
    canvas = page.locator("#map canvas")
    canvas.focus()
    assert "Enter" in (canvas.get_attribute("aria-label") or "")
    before = on_map(page, "(map) => map.getCenter().lng")
    page.keyboard.press("ArrowRight")
    eventually(lambda: on_map(page, "(map) => map.getCenter().lng") > before, True)
    on_map(page, "(map, center) => map.jumpTo({center})", [venue["lon"], venue["lat"]])
    with page.expect_response(lambda answer: "/tiles/nearby.json" in answer.url) as asked:
        page.keyboard.press("Enter")
    assert venue["id"] in asked.value.json()["venues"]


def area_of(page: Page) -> list[tuple[float, float]]:
    area = re.search(r"area=([^&]*)", page.url)
    corners = area[1].split(";") if area else []
    return [(float(lon), float(lat)) for lon, lat in (corner.split(",") for corner in corners)]


def test_a_box_is_dragged(desktop_page: Page, server: str, rule: Connection) -> None:
    page = opened(desktop_page, server)
    x, y = middle(page)
    page.locator(".map-button-box").click()
    expect(page.locator(".map-hint")).to_contain_text("Kéo trên bản đồ")
    page.mouse.move(x - 120, y - 90)
    page.mouse.down()
    page.mouse.move(x, y, steps=4)
    page.mouse.move(x + 120, y + 90, steps=4)
    page.mouse.up()
    expect(page).to_have_url(re.compile("area="))
    (west, north), (_, _), (east, south), (_, _) = area_of(page)
    assert west < east
    assert south < north
    expect(page.locator(".map-hint")).to_be_hidden()
    inside = by_rule(rule, condition=f"v.geom && ST_MakeEnvelope({west}, {south}, {east}, {north}, 4326)")
    eventually(lambda: drawn(page), inside)
    expect(page.locator("#area-panel")).to_contain_text(f"{len(inside)}")


def test_a_box_is_set_by_two_taps_on_a_phone(phone_page: Page, server: str) -> None:
    page = opened(phone_page, server)
    x, y = middle(page)
    page.locator(".map-button-box").tap()
    page.touchscreen.tap(x - 60, y - 60)
    page.touchscreen.tap(x + 60, y + 60)
    expect(page).to_have_url(re.compile("area="))
    assert len(area_of(page)) == 4


def test_a_violating_venue_is_found_by_drawing_an_area(browser_page: Page, server: str, rule: Connection) -> None:
    """The police planner's first step, at a desk and in the street: what lies in a box, and why a venue violates."""
    page = opened(browser_page, server, "?status=violating")
    x, y = middle(page)
    by_finger = page.evaluate("matchMedia('(pointer: coarse)').matches")
    press = page.touchscreen.tap if by_finger else page.mouse.click
    page.locator(".map-button-box").click()
    for dx, dy in ((-110, -130), (110, 90)):
        press(x + dx, y + dy)
        page.wait_for_timeout(350)  # two quick clicks are a double click
    expect(page).to_have_url(re.compile("area="))
    west, north, east, south = *area_of(page)[0], *area_of(page)[2]
    inside = by_rule(
        rule, condition=f"s.status = 'violating' AND v.geom && ST_MakeEnvelope({west}, {south}, {east}, {north}, 4326)"
    )
    assert inside
    eventually(lambda: drawn(page), inside)
    expect(page.locator("#area-panel")).to_contain_text(f"{len(inside)}")

    points = rule.execute("SELECT ST_X(geom) AS lon, ST_Y(geom) AS lat FROM venue WHERE id = ANY(%s)", (list(inside),))
    on_screen = [place_on_screen(page, row["lon"], row["lat"]) for row in points]
    is_free = "([x, y]) => document.elementFromPoint(x, y)?.matches('.maplibregl-canvas')"
    press(*next(place for place in on_screen if page.evaluate(is_free, place)))
    line = page.locator(".fan-venue, #drawer .status-line").first
    expect(line).to_be_visible()
    if page.locator(".fan-venue").count():  # several at one place
        page.locator(".fan-venue").first.click()
    expect(page.locator("#drawer .status-line")).to_have_text("Vi phạm")
    expect(page.locator("#drawer .headline")).to_contain_text("lần nhắc nhở được tính, đạt ngưỡng")


def test_a_polygon_is_clicked_and_ended_by_enter(desktop_page: Page, server: str) -> None:
    page = opened(desktop_page, server)
    x, y = middle(page)
    page.locator(".map-button-polygon").click()
    for dx, dy in ((-100, -80), (110, -60), (40, 100), (0, 20)):
        page.mouse.click(x + dx, y + dy)
        page.wait_for_timeout(350)  # two quick clicks are a double click
    page.keyboard.press("Backspace")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("area="))
    assert len(area_of(page)) == 3
    assert "venue=" not in page.url  # clicks that draw open nothing
    assert "ward=" not in page.url


def test_an_area_is_drawn_by_keyboard_alone(desktop_page: Page, server: str) -> None:
    page = opened(desktop_page, server)
    page.locator(".map-button-box").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Space")
    start = on_map(page, "(map) => map.getCenter().toArray()")
    for key in ("ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
        eventually(lambda: on_map(page, "(map) => map.isMoving()"), False)
    page.keyboard.press("Space")
    expect(page).to_have_url(re.compile("area="))
    assert area_of(page)[0] == pytest.approx(tuple(start), abs=2e-5)


def test_escape_gives_up_the_drawing_and_nothing_else(desktop_page: Page, server: str) -> None:
    page = opened(desktop_page, server, "?status=violating")
    page.locator(".map-button-polygon").click()
    page.mouse.click(*middle(page))
    page.keyboard.press("Escape")
    expect(page.locator(".map-hint")).to_be_hidden()
    expect(page.locator(".map-button-polygon")).to_have_attribute("aria-pressed", "false")
    assert page.url.endswith("?status=violating")
    assert on_map(page, "(map) => map.dragPan.isEnabled()")


def test_an_open_venue_is_marked_and_in_sight(browser_page: Page, server: str, rule: Connection) -> None:
    venue = rule.execute(
        "SELECT code, ST_X(geom) AS lon, ST_Y(geom) AS lat FROM venue WHERE geom IS NOT NULL AND status IS NOT NULL"
        " ORDER BY code DESC LIMIT 1"
    ).fetchone()
    assert venue
    page = opened(browser_page, server, f"?venue={venue['code']}")
    mark = "(map) => map.queryRenderedFeatures({layers: ['selected-ring']}).map((f) => f.geometry.coordinates)"
    eventually(lambda: len(on_map(page, mark)), 1)
    assert on_map(page, mark)[0] == pytest.approx([venue["lon"], venue["lat"]], abs=1e-5)
    assert on_map(page, "(map) => map.getZoom()") > 15


def test_thinned_tiles_are_filtered_by_the_server(desktop_page: Page, server: str) -> None:
    """Where tiles leave venues out, a filter must be asked of the server; elsewhere it never is."""
    page = opened(desktop_page, server)
    view = {"day": "2021-11-30", "version": 7, "statuses": ["violating"], "scope": "?status=violating&lang=en"}
    ask = """async ([view, wards]) => {
      const { tileAddress, layerFilter } = await import("/assets/map/filters.mjs");
      return [tileAddress(view, wards).split("?")[1], layerFilter("violating", view, wards).length];
    }"""
    assert page.evaluate(ask, [view, {"isThinned": True}]) == ["status=violating&day=2021-11-30&v=7", 2]
    assert page.evaluate(ask, [view, {"isThinned": False}]) == ["day=2021-11-30&v=7", 2]
    plain = {"day": "2021-11-30", "version": 7, "scope": ""}
    assert page.evaluate(ask, [plain, {"isThinned": True}])[0] == "day=2021-11-30&v=7"


def test_the_map_is_there_before_the_page_asks_for_it(desktop_page: Page, server: str) -> None:
    """It starts with the document, not with Dash; the first view changes no tile."""
    answers: list[Response] = []
    desktop_page.on("response", lambda answer: answers.append(answer))
    page = opened(desktop_page, server)
    page.wait_for_timeout(1000)
    tiles = [answer.url for answer in answers if "/tiles/venues/" in answer.url]
    assert len(tiles) == len(set(tiles)) > 0
    names = [answer.url.split("?")[0].rsplit("/", 1)[-1] for answer in answers]
    assert names.index("map.mjs") < names.index("_dash-layout")
    assert page.evaluate("performance.getEntriesByName('map-drawn').length") == 1
