"""Tiles under row-level security beside the same tiles without it: one connection each, tile by tile, in turns.

Without: as the owner of the tables, for whom no policy holds. With: as the app's role, told with each transaction who
asks, as every request tells it; the telling is part of what is measured.
"""

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import psycopg
from psycopg.rows import dict_row

from data.caller import COMMAND_LINE, Caller, acting_as
from data.connection import TILE_OPTIONS, tell_caller
from data.filters import Filters
from data.queries.tiles import Tile, TileState, filtered_venue_tile, state, venue_tile
from tests.benchmarks.results import Result, at_least, median
from tests.benchmarks.tiles import tiles_of

ZOOMS = (10, 12, 14, 16)
ROUNDS = 7
GOAL = 0.8
Connection = psycopg.Connection[dict[str, Any]]
Make = Callable[[Connection, Tile, TileState], bytes]


def measure(venues: int, owner: str, reader: str) -> list[Result]:
    """Medians over all tiles of a zoom and ROUNDS rounds, and how fast each caller's are against the owner's."""
    with ExitStack() as stack:
        without, district, ward = (
            stack.enter_context(psycopg.connect(url, row_factory=dict_row, options=TILE_OPTIONS))
            for url in (owner, reader, reader)
        )
        row = without.execute(
            "SELECT ward_id FROM venue WHERE ward_id IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"
        ).fetchone()
        if row is None:
            raise RuntimeError("no venue has a ward")
        now = state(without)
        without.commit()
        callers: dict[str, tuple[Connection, Caller | None]] = {
            "without": (without, None),
            "whole district": (district, COMMAND_LINE),
            "one ward": (ward, replace(COMMAND_LINE, wards=(row["ward_id"],))),
        }
        results = []
        for kind, make in _kinds(now).items():
            for zoom in ZOOMS:
                times = _times(callers, [Tile(*address) for address in tiles_of(zoom)], now, make)
                results += _results(venues, f"tile z {zoom}, {kind}", times)
        return results


def _kinds(now: TileState) -> dict[str, Make]:
    before = now.first_day or now.day
    violating = Filters(now.day, statuses=frozenset(("violating",)))
    return {
        "of today": lambda conn, tile, state: venue_tile(conn, tile, now.day, state),
        "of a past day": lambda conn, tile, state: venue_tile(conn, tile, before, state),
        "filtered": lambda conn, tile, _state: filtered_venue_tile(conn, tile, violating),
    }


def _times(
    callers: dict[str, tuple[Connection, Caller | None]], tiles: list[Tile], now: TileState, make: Make
) -> dict[str, float]:
    """Milliseconds a tile, by caller. The first round fills caches and is not counted."""
    times: dict[str, list[float]] = {name: [] for name in callers}
    for number in range(ROUNDS + 1):
        for tile in tiles:
            for name, (conn, caller) in callers.items():
                start = time.perf_counter()
                with acting_as(caller), conn.transaction():
                    tell_caller(conn)
                    make(conn, tile, now)
                if number:
                    times[name].append((time.perf_counter() - start) * 1000)
    return {name: median(every) for name, every in times.items()}


def _results(venues: int, what: str, times: dict[str, float]) -> list[Result]:
    plain = times["without"]
    lines = [Result(venues, f"{what}, without row-level security", plain, "ms")]
    for name in ("whole district", "one ward"):
        lines.append(Result(venues, f"{what}, {name}", times[name], "ms"))
        lines.append(at_least(venues, f"{what}, speed kept, {name}", plain / times[name], GOAL))
    return lines
