"""The public page with 5,000 entries, read by 50 people at once: 95 of 100 answers within 150 ms, no error.

``python -m tests.benchmarks --only published``
"""

import asyncio
import time

import aiohttp
import psycopg

from data.cluster.server import OWNER, READER
from data.database.migrate import migrate
from tests.benchmarks import peers
from tests.benchmarks.results import Result, at_most, percentile
from tests.fixtures import run

ENTRIES, READERS, LOOKS = 5000, 50, 40
GOAL_MS = 150.0
DATABASE = "bench_published"
PATHS = {"the page": "/cong-khai", "a search": "/cong-khai?tim=quan+4999", "an entry": "/cong-khai/S77"}

_WORLD = (
    "INSERT INTO published.list (id, kind, title, word, day, published_at, expires_on, version)"
    " VALUES (1, 'venues', 'Danh sách', 'chưa thực hiện', '2021-10-10', now(), current_date + 100, 1)",
    "INSERT INTO published.seal (leaf, list_id, version, kind, manifest, sha256, signature, key_id, root, sealed_at,"
    " stands) VALUES (0, 1, 1, 'list', '{\"entries\":[]}', 'x', 'x', 'x', 'x', now(), true)",
    "INSERT INTO published.state (id, extract_day, checked_at, valid_until, serial, objections, upheld, is_demo)"
    " VALUES (1, '2021-10-10', now(), now() + interval '7 days', 0, 0, 0, false)",
    "INSERT INTO published.entry (slug, list_id, position, state, ward_code, ward, name, search_text, said)"
    " SELECT 'S' || n, 1, n, 'standing', 'ML', 'Mộ Lao', 'Quán ' || n, 'quan ' || n, jsonb_build_object("
    " 'slug', 'S' || n, 'ward', 'Mộ Lao', 'name', 'Quán ' || n, 'address', 'Số ' || n || ' phố Trần Phú',"
    " 'what', 'no_qr', 'reminder_days', jsonb_build_array('2021-10-01', '2021-10-02', '2021-10-03'),"
    " 'since', '2021-10-03', 'corrected_on', '', 'figures', '{}'::jsonb)"
    " FROM generate_series(1, 5000) AS n",
)


def measure() -> list[Result]:
    """Errors and the slowest of each 20 answers, by what is asked."""
    cluster = run.cluster()
    cluster.start()
    cluster.create_database(DATABASE)
    owner, reader = cluster.url(OWNER, DATABASE), cluster.url(READER, DATABASE)
    migrate(owner)
    with psycopg.connect(owner) as conn:
        for statement in _WORLD:
            conn.execute(statement)  # type: ignore[arg-type]
    found = []
    with peers.ours(owner, reader) as server:
        site = server.tile.split("/tiles/")[0]
        for name, path in PATHS.items():
            asyncio.run(_read(site + path, 5))  # every worker has begun
            times, faults = asyncio.run(_read(site + path, LOOKS))
            what = f"{name} of {ENTRIES} entries, {READERS} readers at once, 95 of 100"
            found.append(at_most(ENTRIES, what, percentile(times, 0.95), "ms", GOAL_MS))
            found.append(at_most(ENTRIES, f"{name}: errors", faults, "", 0))
    return found


async def _read(address: str, looks: int) -> tuple[list[float], int]:
    """Milliseconds of each answer, and how many were none."""
    times: list[float] = []
    faults = 0

    async def reader(session: aiohttp.ClientSession) -> None:
        nonlocal faults
        for _ in range(looks):
            began = time.perf_counter()
            async with session.get(address) as answer:
                await answer.read()
                faults += answer.status != 200
            times.append(1000 * (time.perf_counter() - began))

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=READERS)) as session:
        await asyncio.gather(*(reader(session) for _ in range(READERS)))
    return times, faults
