"""Tiles under row-level security beside the same tiles without it: one connection each, tile by tile, in turns.

Without: as the owner of the tables, for whom no policy holds. With: as the app's role, told with each transaction who
asks, as every request tells it; the telling is part of what is measured. What counts is the processor's time that the
server spends, which other work on the machine does not lengthen much. Two connections of the same caller differ by a
tenth on a tile of half a millisecond, for as long as they live: several of each are measured, and their median counts.
"""

import itertools
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import psycopg
from psycopg.rows import dict_row

from data.access.caller import COMMAND_LINE, Caller, acting_as
from data.database.connection import TILE_OPTIONS, Connection, tell_caller
from data.queries.filters import Filters
from data.queries.tiles import Tile, TileState, filtered_venue_tile, state, venue_tile
from tests.benchmarks.results import Result, at_least, median
from tests.benchmarks.tiles import tiles_of

CONNECTIONS = {10: 2, 12: 2, 14: 7, 16: 7}
"""Of each caller, by zoom: on large tiles they do not differ."""
ROUNDS = 3
GOAL = 0.8
Make = Callable[[Connection, Tile, TileState], bytes]


def measure(venues: int, owner: str, reader: str) -> list[Result]:
    """Medians over the tiles of a zoom, and how fast each caller's are against the owner's."""
    with psycopg.connect(owner, row_factory=dict_row) as conn:
        row = conn.execute(
            "SELECT ward_id FROM venue WHERE ward_id IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"
        ).fetchone()
        if row is None:
            raise RuntimeError("no venue has a ward")
        now = state(conn)
    callers: dict[str, tuple[str, Caller | None]] = {
        "without": (owner, None),
        "whole district": (reader, COMMAND_LINE),
        "one ward": (reader, replace(COMMAND_LINE, wards=(row["ward_id"],))),
    }
    results = []
    for kind, make in _kinds(now).items():
        for zoom, connections in CONNECTIONS.items():
            tiles = [Tile(*address) for address in tiles_of(zoom)]
            runs = [_times(callers, tiles, now, make) for _ in range(connections)]
            times = {name: median(one[name] for one in runs) for name in callers}
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
    callers: dict[str, tuple[str, Caller | None]], tiles: list[Tile], now: TileState, make: Make
) -> dict[str, float]:
    """Milliseconds a tile, by caller, on a new connection each: of each tile the least of its rounds, for the machine
    does other things, too.

    Whoever comes first finds the tile's pages cold, so that the callers take turns at it.
    """
    fastest: dict[str, dict[Tile, float]] = {name: {} for name in callers}
    names = list(callers)
    with ExitStack() as stack:
        connections = {
            name: stack.enter_context(psycopg.connect(url, row_factory=dict_row, options=TILE_OPTIONS))
            for name, (url, _) in callers.items()
        }
        for number in range(ROUNDS):
            turn = names[number % len(names) :] + names[: number % len(names)]
            for tile, name in itertools.product(tiles, turn):
                conn = connections[name]
                start = _spent(conn)
                with acting_as(callers[name][1]), conn.transaction():
                    tell_caller(conn, only_seen=True)
                    make(conn, tile, now)
                took = _spent(conn) - start
                fastest[name][tile] = min(took, fastest[name].get(tile, took))
    return {name: median(every.values()) for name, every in fastest.items()}


def _spent(conn: Connection) -> float:
    """Milliseconds of the processor that the connection's server process has had; else a clock's."""
    try:
        return int(Path(f"/proc/{conn.info.backend_pid}/schedstat").read_text().split()[0]) / 1e6
    except OSError:
        return time.perf_counter() * 1000


def _results(venues: int, what: str, times: dict[str, float]) -> list[Result]:
    plain = times["without"]
    lines = [Result(venues, f"{what}, without row-level security", plain, "ms")]
    for name in ("whole district", "one ward"):
        lines.append(Result(venues, f"{what}, {name}", times[name], "ms"))
        lines.append(at_least(venues, f"{what}, speed kept, {name}", plain / times[name], GOAL))
    return lines
