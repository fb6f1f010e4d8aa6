"""Where venues are, on the map: counted in their ward, fanned out where several share a place, moved by hand."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from data.database.connection import Connection, loader_connection
from data.desk.jobs import open_jobs
from etl.worker.jobs import move
from tests.browser.map_page import drawn, eventually, on_map, opened, place_on_screen
from tests.fixtures.browser import picture

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

_UNPLACED = """
    SELECT w.code, count(*) AS venues FROM venue AS v JOIN ward AS w ON w.id = v.ward_id
    WHERE v.geom IS NULL AND v.status IS NOT NULL GROUP BY w.code
"""


@pytest.fixture
def three_at_one_place(demo_database: str) -> Iterator[list[dict[str, Any]]]:
    """Three venues of the demonstration put at one place by hand, and put back."""
    del demo_database
    with loader_connection() as conn:
        chosen = conn.execute(
            "SELECT v.code, v.name, ST_X(v.geom) AS lon, ST_Y(v.geom) AS lat"
            " FROM venue AS v JOIN ward AS w ON w.id = v.ward_id"
            " WHERE v.status IS NOT NULL AND w.code = '09541' AND v.location = 'given' AND NOT v.outside_ward"
            " ORDER BY v.code LIMIT 3"
        ).fetchall()
        at = _lonely(conn)
    for venue in chosen:
        _do({"venue": venue["code"], "lon": at["lon"], "lat": at["lat"]})
    yield [venue | at for venue in chosen]
    for venue in chosen:
        _do({"venue": venue["code"], "back": True})


def _lonely(conn: Connection) -> dict[str, float]:
    """A place in the ward 09541 without a venue around it."""
    row = conn.execute(
        "SELECT ST_X(p.geom) AS lon, ST_Y(p.geom) AS lat"
        " FROM (SELECT (ST_Dump(ST_GeneratePoints(geom, 200, 7))).geom FROM ward WHERE code = '09541') AS p"
        " ORDER BY (SELECT min(v.geom <-> p.geom) FROM venue AS v) DESC LIMIT 1"
    ).fetchone()
    assert row
    return dict(row)


def _do(payload: dict[str, Any]) -> None:
    with loader_connection() as conn:
        conn.execute("INSERT INTO job (kind, payload, asked_by) VALUES ('move', %s, 'thử')", (json.dumps(payload),))
    _work()


_NAMES_HIDDEN = """(map) => [...document.querySelectorAll('.ward-count:not(.no-room)')].flatMap((button) => {
  const map_ = map.getContainer().getBoundingClientRect(), box = button.getBoundingClientRect();
  const corners = [[box.left - map_.left, box.top - map_.top], [box.right - map_.left, box.bottom - map_.top]];
  return map.queryRenderedFeatures(corners, { layers: ["ward-name"] }).map((name) => name.properties.name);
})"""
"""Names of wards that a count lies upon."""


def _work() -> None:
    """What the worker does, here and now."""
    with loader_connection() as conn:
        waiting = [job for job in open_jobs(conn) if job.kind == "move"]
    for job in waiting:
        move.run(job, lambda _step, _text: None)


@pytest.fixture
def known_by_ward(demo_database: str) -> Iterator[None]:
    """Some venues of the demonstration have neither coordinates nor an address any more."""
    del demo_database
    some = "status IS NOT NULL AND ward_id IS NOT NULL AND location = 'given' AND id % 20 = 0"
    with loader_connection() as conn:
        conn.execute(f"CREATE TABLE was AS SELECT id, geom FROM venue WHERE {some}")  # noqa: S608
        conn.execute(
            "UPDATE venue SET geom = NULL, location = 'ward', source_location = 'none' FROM was WHERE was.id = venue.id"
        )
        conn.execute("UPDATE clock SET version = version + 1")
    yield
    with loader_connection() as conn:
        conn.execute(
            "UPDATE venue SET geom = was.geom, location = 'given', source_location = NULL FROM was"
            " WHERE was.id = venue.id"
        )
        conn.execute("UPDATE clock SET version = version + 1")
        conn.execute("DROP TABLE was")


@pytest.mark.usefixtures("known_by_ward")
def test_what_is_known_by_ward_only_is_counted_there(browser_page: Page, server: str, rule: Connection) -> None:
    page = opened(browser_page, server)
    wanted = {row["code"]: row["venues"] for row in rule.execute(_UNPLACED).fetchall()}
    assert wanted
    counts = """() => Object.fromEntries([...document.querySelectorAll('.ward-count')].map((b) =>
      [b.dataset.ward, Number(b.dataset.count)]))"""
    eventually(lambda: page.evaluate(counts), wanted)
    row = rule.execute(
        "SELECT count(*) AS listed, count(*) FILTER (WHERE geom IS NULL AND ward_id IS NULL) AS nowhere FROM venue"
        " WHERE status IS NOT NULL"
    ).fetchone()
    assert row
    eventually(lambda: len(drawn(page)) + sum(wanted.values()) + row["nowhere"], row["listed"])
    assert page.locator(".ward-count:not(.no-room)").count()
    eventually(lambda: on_map(page, _NAMES_HIDDEN), [])
    picture(page, "counts")
    code = max(wanted, key=lambda ward: wanted[ward])
    page.locator(f".ward-count[data-ward='{code}']").press("Enter")
    expect(page.locator("#drawer .venue-line")).to_have_count(min(8, wanted[code]))
    assert f"ward={code}" in page.url
    assert "located=no_point" in page.url
    # A filter that leaves none of them takes the counts away.
    page.goto(f"{server}/?q=khongcogi")
    eventually(lambda: page.evaluate(counts), {})


def test_several_at_one_place_are_fanned_out(
    browser_page: Page, server: str, three_at_one_place: list[dict[str, Any]]
) -> None:
    page = opened(browser_page, server)
    lon, lat = three_at_one_place[0]["lon"], three_at_one_place[0]["lat"]
    on_map(page, "(map, center) => map.jumpTo({center, zoom: 17})", [lon, lat])
    eventually(lambda: len(drawn(page)) >= 3, True)
    is_phone = bool(page.viewport_size and page.viewport_size["width"] < 760)
    place = place_on_screen(page, lon, lat)
    if is_phone:
        page.touchscreen.tap(*place)
    else:
        page.mouse.click(*place)
    fan = page.locator(".fan .fan-venue")
    expect(fan).to_have_count(3)
    boxes = [leaf.bounding_box() for leaf in fan.all()]
    smallest = 44 if is_phone else 24
    assert all(box and box["width"] >= smallest and box["height"] >= smallest for box in boxes)
    chosen = three_at_one_place[1]
    leaf = page.locator(f".fan-venue[data-venue='{chosen['code']}']")
    if is_phone:
        leaf.tap()
    else:
        leaf.click()
    expect(page.locator("#drawer .level-title")).to_have_text(chosen["name"])
    assert f"venue={chosen['code']}" in page.url


def test_a_fan_is_gone_through_with_the_keyboard(
    desktop_page: Page, server: str, three_at_one_place: list[dict[str, Any]]
) -> None:
    page = opened(desktop_page, server)
    lon, lat = three_at_one_place[0]["lon"], three_at_one_place[0]["lat"]
    on_map(page, "(map, center) => map.jumpTo({center, zoom: 17})", [lon, lat])
    eventually(lambda: len(drawn(page)) >= 3, True)
    page.locator("#map canvas").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".fan .fan-venue").first).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".fan .fan-venue").nth(1)).to_be_focused()
    code = page.locator(".fan .fan-venue").nth(1).get_attribute("data-venue")
    page.keyboard.press("Escape")
    expect(page.locator(".fan")).to_have_count(0)
    expect(page.locator("#map canvas")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".fan .fan-venue").first).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("#drawer .level-title")).to_be_visible()
    assert f"venue={code}" in page.url


def test_the_hub_of_a_fan_lists_its_venues(
    desktop_page: Page, server: str, three_at_one_place: list[dict[str, Any]]
) -> None:
    page = opened(desktop_page, server)
    lon, lat = three_at_one_place[0]["lon"], three_at_one_place[0]["lat"]
    on_map(page, "(map, center) => map.jumpTo({center, zoom: 17})", [lon, lat])
    eventually(lambda: len(drawn(page)) >= 3, True)
    page.mouse.click(*place_on_screen(page, lon, lat))
    page.locator(".fan-hub").click()
    expect(page.locator("#drawer .venue-line")).to_have_count(3)


def test_a_point_is_moved_on_the_map_and_goes_back(browser_page: Page, server: str, demo_database: str) -> None:
    del demo_database
    page = browser_page
    is_phone = bool(page.viewport_size and page.viewport_size["width"] < 760)
    with loader_connection() as conn:
        venue = conn.execute(
            "SELECT v.code, ST_X(v.geom) AS lon, ST_Y(v.geom) AS lat FROM venue AS v JOIN ward AS w ON w.id = v.ward_id"
            " WHERE v.status IS NOT NULL AND v.location = 'given'"
            " AND ST_DWithin(v.geom, ST_PointOnSurface(w.geom), 0.003)"
            " ORDER BY v.code LIMIT 1"
        ).fetchone()
    assert venue
    opened(page, server, f"?venue={venue['code']}")
    page.locator("[data-move]").click()
    bar = page.locator(".move-bar")
    expect(bar).to_be_visible()
    expect(page.locator(".move-pin")).to_be_focused()
    x, y = place_on_screen(page, venue["lon"], venue["lat"])
    if is_phone:
        page.touchscreen.tap(x + 60, y + 40)
    else:
        page.locator(".move-pin").drag_to(page.locator("#map canvas"), target_position={"x": 500, "y": 400})
    bar.get_by_text("Lưu vị trí").click()
    expect(bar).to_contain_text("Đã nhận")
    _work()
    expect(bar).to_contain_text("Đã chuyển điểm")
    expect(page.locator("#drawer")).to_contain_text("Điểm do người chỉnh")
    with loader_connection() as conn:
        row = conn.execute("SELECT location FROM venue WHERE code = %s", (venue["code"],)).fetchone()
    assert row == {"location": "hand"}
    page.locator(".move-bar").get_by_text("Đóng").click()
    page.locator("[data-move-back]").click()
    expect(bar).to_contain_text("Đã nhận")
    _work()
    expect(page.locator("#drawer")).to_contain_text("Theo tọa độ trong tệp nguồn")


def test_a_place_outside_the_district_is_refused_and_one_outside_the_ward_asks(
    desktop_page: Page, server: str, demo_database: str
) -> None:
    del demo_database
    with loader_connection() as conn:
        venue = conn.execute(
            "SELECT v.code FROM venue AS v JOIN ward AS w ON w.id = v.ward_id WHERE v.status IS NOT NULL"
            " AND w.code = '09541' AND v.location = 'given' AND NOT v.outside_ward ORDER BY v.code LIMIT 1"
        ).fetchone()
    assert venue
    page = opened(desktop_page, server, f"?venue={venue['code']}")
    page.locator("[data-move]").click()
    bar = page.locator(".move-bar")
    put = """async (at) => {
      const moving = await (await window.hadong.map.module).moving();
      moving.put(at);
    }"""
    page.evaluate(put, [105.95, 21.1])
    bar.get_by_text("Lưu vị trí").click()
    expect(bar).to_contain_text("ngoài quận")
    page.evaluate(put, [105.740, 20.922])
    bar.get_by_text("Lưu vị trí").click()
    expect(bar.get_by_text("Vẫn đặt ở đây", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(bar).to_be_hidden()
    with loader_connection() as conn:
        assert [job for job in open_jobs(conn) if job.kind == "move"] == []
