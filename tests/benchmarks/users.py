"""Many people at once over HTTP: each signed in, each with a browser's own requests, with pauses as people make them.

They are the roles as an office has them, mostly ward officers, who see one ward. Goals: no error, and 95 of 100
callbacks within half a second.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import psycopg

from data.accounts.sessions import token_hash
from tests.benchmarks import browsing, peers
from tests.benchmarks.browsing import Ask, Visit
from tests.benchmarks.districts import District
from tests.benchmarks.results import Result, at_most, percentile

PEOPLE, MINUTES = 200, 5.0
PAUSE_SECONDS = (4.0, 12.0)
ARRIVING_SECONDS = 60.0
GOAL_MS = 500.0
TIMEOUT_SECONDS = 60.0
AT_ONCE = 6  # connections that a browser opens to one host
# Of ten people: role, and whether they have one ward.
ROLES = (("ward_officer", True),) * 6 + (("ward_chair", True),) * 2 + (("police", False), ("culture_office", False))


@dataclass
class Tally:
    """What was answered."""

    callbacks: list[float] = field(default_factory=list)
    others: list[float] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    actions: int = 0


@dataclass(frozen=True)
class Person:
    """Who browses: a session, what their browser asks, and the venues that they may open."""

    token: str
    visit: Visit
    venues: list[str]


def measure(district: District, people: int = PEOPLE, minutes: float = MINUTES) -> list[Result]:
    """Errors and times of ``people`` who use the page for ``minutes``."""
    with peers.ours(district.owner, district.reader, counts_requests=True) as server:
        address = server.tile.split("/tiles/")[0]
        with signed_in(district.owner, address, people) as crowd:
            tally = asyncio.run(browse(address, crowd, 60 * minutes))
    return told(district.venues, people, minutes, tally)


def told(venues: int, people: int, minutes: float, tally: Tally) -> list[Result]:
    """The lines of the table."""
    what = f"{people} people, {minutes:g} minutes"
    if tally.faults:
        print(f"faults: {dict(tally.faults.most_common(10))}", flush=True)
    return [
        at_most(venues, f"{what}: errors", float(tally.faults.total()), "", 0.0),
        at_most(venues, f"{what}: callbacks, p95", percentile(tally.callbacks, 0.95), "ms", GOAL_MS),
        Result(venues, f"{what}: callbacks, median", percentile(tally.callbacks, 0.5), "ms"),
        Result(venues, f"{what}: callbacks", float(len(tally.callbacks)), ""),
        Result(venues, f"{what}: tiles and the rest, p95", percentile(tally.others, 0.95), "ms"),
        Result(venues, f"{what}: requests a second", (len(tally.callbacks) + len(tally.others)) / 60 / minutes, "/s"),
    ]


@contextmanager
def signed_in(owner: str, address: str, people: int) -> Iterator[list[Person]]:
    """Accounts with sessions, made for the run; what browsers of wards and of the district ask is recorded first."""
    with psycopg.connect(owner, autocommit=True) as conn:
        crowd = [_account(conn, number) for number in range(people)]
        visits: dict[bool, Visit] = {}
        for token, local, venues in crowd:
            if local not in visits:
                cookie = {"name": "session", "value": token, "url": address}
                visits[local] = browsing.record(address, cookie, venues[0])
        yield [Person(token, visits[local], venues) for token, local, venues in crowd]
        conn.execute("UPDATE account SET disabled_at = clock_timestamp() WHERE login LIKE 'tai.%'")


def _account(conn: psycopg.Connection[Any], number: int) -> tuple[str, bool, list[str]]:
    role, local = ROLES[number % len(ROLES)]
    account = _one(
        conn,
        "INSERT INTO account (login, name, role, authenticator_since) VALUES (%s, %s, %s, clock_timestamp())"
        " ON CONFLICT (login) DO UPDATE SET disabled_at = NULL RETURNING id",
        (f"tai.{number}", f"Người thứ {number}", role),
    )
    wards = [row[0] for row in conn.execute("SELECT DISTINCT ward_id FROM venue WHERE ward_id IS NOT NULL ORDER BY 1")]
    ward = wards[number % len(wards)]
    if local:
        conn.execute("INSERT INTO account_ward VALUES (%s, %s) ON CONFLICT DO NOTHING", (account, ward))
    token = f"tai-{number}-{time.time_ns()}"
    conn.execute(
        "INSERT INTO session (token_hash, account_id, second_factor_at) VALUES (%s, %s, clock_timestamp())",
        (token_hash(token), account),
    )
    codes = conn.execute(
        "SELECT code FROM venue WHERE ward_id = %s OR NOT %s ORDER BY md5(code || %s) LIMIT 40", (ward, local, number)
    )
    return token, local, [row[0] for row in codes]


def _one(conn: psycopg.Connection[Any], query: str, values: tuple[Any, ...]) -> Any:
    row = conn.execute(query, values).fetchone()  # type: ignore[arg-type]
    if row is None:
        raise AssertionError("RETURNING gives a row")
    return row[0]


async def browse(address: str, crowd: list[Person], seconds: float) -> Tally:
    """All of them for so long; errors, too, are told and not raised."""
    tally = Tally()
    end = time.monotonic() + seconds
    async with asyncio.TaskGroup() as group:
        for person in crowd:
            group.create_task(_browse(address, person, end, tally, min(ARRIVING_SECONDS, seconds / 5)))
    return tally


async def _browse(address: str, person: Person, end: float, tally: Tally, arriving: float) -> None:
    chance = random.Random(person.token)
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)
    headers = {"Cookie": f"session={person.token}", "Sec-Fetch-Site": "same-origin", "Accept-Encoding": "gzip"}
    connector = aiohttp.TCPConnector(limit=AT_ONCE)
    await asyncio.sleep(chance.uniform(0, arriving))  # nobody begins in the same moment as all others
    kept: dict[str, str] = {}
    async with aiohttp.ClientSession(address, headers=headers, timeout=timeout, connector=connector) as session:
        asks = person.visit.opening
        while time.monotonic() < end:
            await asyncio.gather(*(_ask(session, ask, tally, kept) for ask in asks))
            tally.actions += 1
            await asyncio.sleep(chance.uniform(*PAUSE_SECONDS))
            step = chance.choice([*person.visit.steps, person.visit.opening])
            asks = person.visit.with_venue(step, chance.choice(person.venues))


async def _ask(session: aiohttp.ClientSession, ask: Ask, tally: Tally, kept: dict[str, str]) -> None:
    """``kept``: what the browser has of an address, by its ``ETag``; it asks whether that still holds."""
    headers = {"Content-Type": "application/json"} if ask.body else {"Accept": "text/html,*/*"}
    if ask.path in kept:
        headers["If-None-Match"] = kept[ask.path]
    begun = time.perf_counter()
    try:
        async with session.request(
            ask.method, ask.path, data=ask.body.encode() or None, headers=headers, allow_redirects=False
        ) as answer:
            await answer.read()
            if answer.status == 200 and ask.method == "GET" and "ETag" in answer.headers:
                kept[ask.path] = answer.headers["ETag"]
            if answer.status >= 400:
                tally.faults[f"{answer.status} {ask.method} {ask.path.partition('?')[0]}"] += 1
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        tally.faults[f"{type(error).__name__} {ask.path.partition('?')[0]}"] += 1
    (tally.callbacks if ask.is_callback else tally.others).append(1000 * (time.perf_counter() - begun))
