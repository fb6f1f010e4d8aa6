"""The map on the page, as its tests ask for it: what is drawn, and what the rule says should be."""

import datetime as dt
import re
import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect
from psycopg.sql import SQL

from data.database.connection import Connection

PATIENCE_SECONDS = 40
TODAY = dt.date(2021, 11, 30)

CALL = "async (what) => { const map = (await window.hadong.map.module).current(); return (%s)(map, what); }"
DRAWN = """(map) => {
  const layers = map.getStyle().layers.filter((l) => l.metadata?.status && !l.id.endsWith("core")).map((l) => l.id);
  const found = map.queryRenderedFeatures({ layers });
  return Object.fromEntries(found.map((f) => [f.properties.id, f.properties.status]));
}"""
STATE = """(map, codes) => Object.fromEntries(codes.map((id) => {
  return [id, map.getFeatureState({source: "wards", sourceLayer: "wards", id}).colour];
}))"""
PROJECT = "(map, at) => { const p = map.project(at); return [p.x, p.y]; }"


def on_map(page: Page, script: str, what: Any = None) -> Any:
    return page.evaluate(CALL % script, what)


def eventually(told: Callable[[], Any], wanted: Any) -> None:
    """A view arrives in steps; what it comes to is what counts."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (last := told()) != wanted:
        if time.monotonic() > deadline:
            assert last == wanted
        time.sleep(0.2)


def opened(page: Page, server: str, query: str = "") -> Page:
    page.goto(f"{server}/{query}")
    expect(page.locator("#map")).to_have_attribute("data-drawn", re.compile(r"2021-\d\d-\d\d \d+"), timeout=60_000)
    return page


def drawn(page: Page) -> dict[int, str]:
    return {int(id_): status for id_, status in on_map(page, DRAWN).items()}


def by_rule(rule: Connection, day: dt.date = TODAY, condition: str = "true") -> dict[int, str]:
    query = SQL(
        "SELECT v.id, s.status::text AS status FROM venue AS v CROSS JOIN LATERAL venue_status(v.id, %s) AS s"
        " LEFT JOIN ward AS w ON w.id = v.ward_id WHERE v.geom IS NOT NULL AND s.status IS NOT NULL AND {}"
    ).format(SQL(condition))
    rows = rule.execute(query, (day,)).fetchall()
    return {row["id"]: row["status"] for row in rows}


def middle(page: Page) -> tuple[float, float]:
    box = page.locator("#map").bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def place_on_screen(page: Page, lon: float, lat: float) -> tuple[float, float]:
    box = page.locator("#map").bounding_box()
    x, y = on_map(page, PROJECT, [lon, lat])
    assert box
    return box["x"] + x, box["y"] + y
