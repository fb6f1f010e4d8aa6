"""Tiles: four clients at once, cold and unchanged, ours against tipg (as it comes, sending all) and a naive route."""

import http.client
import math
import random
import threading
import time
from contextlib import ExitStack
from urllib.parse import urlsplit

from tests.benchmarks import peers
from tests.benchmarks.peers import Peer
from tests.benchmarks.results import Result, at_least, median
from tests.fixtures import accounts

ZOOMS = (12, 14, 16)
PEERS = ("tipg", "tipg, whole tiles", "naive route")
CLIENTS = 4
ROUNDS = 3
TILES_A_ROUND = 48
# Where the venues are: west, south, east, north in EPSG:4326.
DISTRICT = (105.715, 20.915, 105.800, 20.990)
# Empty tiles: asked for first, so that connections are open and what is measured is the making of tiles.
ELSEWHERE = [(12, 3200 + number, 1700) for number in range(16)]
GOAL_COLD = {12: 10.0, 14: 10.0, 16: 2.0}
GOAL_UNCHANGED = 20.0


def tiles_of(zoom: int) -> list[tuple[int, int, int]]:
    """Tiles of the district at a zoom, a fixed random sample where there are many."""
    west, south, east, north = DISTRICT
    columns = range(_column(west, zoom), _column(east, zoom) + 1)
    rows = range(_row(north, zoom), _row(south, zoom) + 1)
    every = [(zoom, x, y) for x in columns for y in rows]
    return random.Random(2962).sample(every, min(len(every), TILES_A_ROUND))


def _column(longitude: float, zoom: int) -> int:
    return int((longitude + 180) / 360 * 2**zoom)


def _row(latitude: float, zoom: int) -> int:
    return int((1 - math.asinh(math.tan(math.radians(latitude))) / math.pi) / 2 * 2**zoom)


def fetch(peer: Peer, tiles: list[tuple[int, int, int]], etags: dict[tuple[int, int, int], str]) -> list[float]:
    """Milliseconds of each tile, asked by CLIENTS clients at once; ``etags`` are sent where known, and filled."""
    queue, times, lock = list(tiles), list[float](), threading.Lock()
    host = urlsplit(peer.tile).netloc

    def client() -> None:
        connection = http.client.HTTPConnection(host, timeout=120)
        while True:
            with lock:
                if not queue:
                    return
                tile = queue.pop()
            address = urlsplit(peer.tile.format(z=tile[0], x=tile[1], y=tile[2]))
            headers = {"Accept-Encoding": "gzip", "Cookie": f"session={accounts.token()}"} | (
                {"If-None-Match": etags[tile]} if tile in etags else {}
            )
            start = time.perf_counter()
            connection.request("GET", f"{address.path}?{address.query}", headers=headers)
            answer = connection.getresponse()
            answer.read()
            elapsed = (time.perf_counter() - start) * 1000
            if answer.status not in (200, 204, 304):
                raise RuntimeError(f"{peer.name} answers {answer.status} for {address.path}")
            with lock:
                times.append(elapsed)
                if tag := answer.headers.get("ETag"):
                    etags[tile] = tag

    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(times) != len(tiles):
        raise RuntimeError(f"{peer.name} left tiles unanswered")
    return times


def measure(venues: int, owner: str, reader: str) -> list[Result]:
    """Medians over ROUNDS rounds; each round starts the servers anew, so that no tile is in a cache of theirs."""
    cold: dict[tuple[str, int], list[float]] = {}
    unchanged: dict[int, list[float]] = {}
    for _ in range(ROUNDS):
        with ExitStack() as stack:
            all_peers = (
                peers.ours(owner, reader),
                peers.tipg(owner),
                peers.tipg(owner, whole_tiles=True),
                peers.naive(owner),
            )
            servers = [stack.enter_context(peer) for peer in all_peers]
            for peer in servers:
                fetch(peer, ELSEWHERE, {})
            for zoom in ZOOMS:
                tiles = tiles_of(zoom)
                for peer in servers:
                    etags: dict[tuple[int, int, int], str] = {}
                    cold.setdefault((peer.name, zoom), []).append(median(fetch(peer, tiles, etags)))
                    if peer.name == "ours":
                        unchanged.setdefault(zoom, []).append(median(fetch(peer, tiles, etags)))
    return _results(venues, {key: median(times) for key, times in cold.items()}, unchanged)


def _results(venues: int, cold: dict[tuple[str, int], float], unchanged: dict[int, list[float]]) -> list[Result]:
    results = []
    for zoom in ZOOMS:
        results += [Result(venues, f"tile z {zoom}, cold, {name}", cold[name, zoom], "ms") for name in ("ours", *PEERS)]
        again = median(unchanged[zoom])
        results.append(Result(venues, f"tile z {zoom}, unchanged (ETag), ours", again, "ms"))
        ratios = {name: cold[name, zoom] / cold["ours", zoom] for name in PEERS}
        if venues >= 500_000:
            results.append(at_least(venues, f"tile z {zoom}, cold, tipg / ours", ratios["tipg"], GOAL_COLD[zoom]))
            results.append(
                at_least(venues, f"tile z {zoom}, tipg / ours unchanged", cold["tipg", zoom] / again, GOAL_UNCHANGED)
            )
        else:
            results.append(Result(venues, f"tile z {zoom}, cold, tipg / ours", ratios["tipg"], "x"))
        results += [
            Result(venues, f"tile z {zoom}, cold, {name} / ours", ratios[name], "x") for name in PEERS if name != "tipg"
        ]
    return results
