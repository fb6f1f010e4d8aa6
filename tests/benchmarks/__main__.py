"""``make bench``: every measurement, side by side in one run, as a table and in ``.local/bench.json``."""

import argparse
import sys
from collections.abc import Callable, Iterator

import psycopg
import pytest

from data.cluster.server import OWNER, Cluster
from data.database.migrate import migrate
from data.project import ROOT
from tests.benchmarks import (
    districts,
    encodings,
    letters,
    linking,
    loading,
    locating,
    machine,
    peers,
    posters,
    published,
    routes,
    routes_along_streets,
    scans,
    screens,
    security,
    stations,
    statuses,
    tiles,
    users,
    visits,
)
from tests.benchmarks.districts import District
from tests.benchmarks.results import Result, print_table, write_json
from tests.fixtures import run

# Venues and days of scans; a district of 500,000 is about sixteen times the real one.
SIZES = ((30_000, 60), (500_000, 14))
TEMPLATE = "bench_template"
SECTIONS = (
    "load",
    "scans",
    "status",
    "tiles",
    "security",
    "screens",
    "users",
    "memory",
    "encodings",
    "locating",
    "linking",
    "stations",
    "routes",
    "visits",
    "letters",
    "posters",
    "published",
)
# Made sets of their own, of a size of their own.
APART: dict[str, Callable[[], list[Result]]] = {
    "encodings": encodings.measure,
    "linking": linking.measure,
    "linking-full": linking.measure_full,
    "stations": stations.measure,
    "routes": lambda: [*routes.measure(), *routes_along_streets.measure()],
    "visits": visits.measure,
    "letters": letters.measure,
    "posters": posters.measure,
    "published": published.measure,
}


def main() -> int:
    """Measure; 0 also where a goal is missed, for the table says so."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("--only", nargs="+", choices=[*SECTIONS, *(APART.keys() - set(SECTIONS))], default=SECTIONS)
    parser.add_argument("--sizes", nargs="+", type=int, default=[venues for venues, _ in SIZES])
    parser.add_argument("--minutes", type=float, default=users.MINUTES, help="how long the section «users» lasts")
    chosen = parser.parse_args()
    results: list[Result] = []
    run.begin()
    try:
        sizes = [size for size in SIZES if size[0] in chosen.sizes]
        results.extend(_measured(chosen.only, sizes, chosen.minutes))
    finally:
        run.end()
        described = machine.describe()
        print("\n" + ", ".join(described.values()))
        print_table(results)
        write_json(ROOT / ".local" / "bench.json", described, results)
    return 0


def _measured(sections: list[str], sizes: list[tuple[int, int]], minutes: float) -> Iterator[Result]:
    """One result after the other: what was measured before a fault is kept."""
    for section in [section for section in sections if section in APART]:
        _say(section)
        yield from APART[section]()
    sections = [section for section in sections if section not in APART]
    if not sections:
        return
    cluster = run.cluster()
    cluster.start()
    cluster.create_database(TEMPLATE)
    migrate(cluster.url(OWNER, TEMPLATE))
    for venues, days in sizes:
        _say(f"{venues:,} venues x {days} days: files and database")
        district, seconds, memory = districts.build(cluster, TEMPLATE, venues, days)
        yield Result(venues, f"the whole district loaded from files, {days} days", seconds, "s")
        yield Result(venues, "largest memory of the loader", memory, "MiB")
        for section in sections:
            _say(f"{venues:,} venues: {section}")
            yield from _sections(cluster, minutes)[section](district)


def _sections(cluster: Cluster, minutes: float) -> dict[str, Callable[[District], list[Result]]]:
    return {
        "load": lambda district: _load(district, cluster),
        "scans": lambda district: scans.measure(district, cluster),
        "status": lambda district: statuses.measure(district.venues, district.owner),
        "tiles": lambda district: tiles.measure(district.venues, district.owner, district.reader),
        "security": lambda district: security.measure(district.venues, district.owner, district.reader),
        "screens": lambda district: screens.measure(district, _violating(district)),
        "users": lambda district: users.measure(district, minutes=minutes),
        "memory": _memory,
        "locating": lambda district: locating.measure(district.venues, district.owner),
    }


def _load(district: District, cluster: Cluster) -> list[Result]:
    with pytest.MonkeyPatch.context() as environment:
        return loading.measure(district, cluster, TEMPLATE, environment)


def _violating(district: District) -> list[str]:
    with psycopg.connect(district.owner) as conn:
        return [
            row[0] for row in conn.execute("SELECT code FROM venue WHERE status = 'violating' ORDER BY code LIMIT 24")
        ]


def _memory(district: District) -> list[Result]:
    """Largest memory of one worker after it has answered tiles and pages."""
    with peers.ours(district.owner, district.reader) as server:
        every = [tile for zoom in tiles.ZOOMS for tile in tiles.tiles_of(zoom)]
        tiles.fetch(server, every, {})
        return [Result(district.venues, "largest memory of a worker", peers.largest_worker_mib(server), "MiB")]


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
