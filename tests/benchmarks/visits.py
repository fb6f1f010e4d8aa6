"""Orders of visits on simulated histories with a hidden truth: the table that says what an order is worth.

Each history is written into a real database, where the product's own rules say what the offices know; so the product's
order and that of the model in shadow are the real ones.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import psycopg
from psycopg.rows import dict_row

from data.cluster.server import OWNER, READER, Cluster
from data.database.connection import Connection
from data.database.migrate import migrate
from data.queries.priority import of_venues
from data.queries.shadow import shadow_rows
from data.status import periods
from planning.harness import orders
from planning.harness.measures import MIDDLE
from planning.harness.population import Integers, Visits, WorkingDays, visits_of
from planning.harness.scoring import Score, baselines, known, score
from planning.harness.simulation import CATEGORIES, DAY, History, simulate
from planning.shadow import shadow_order
from tests.benchmarks.results import Result, median, seconds_of
from tests.fixtures import run
from tests.fixtures.databases import DISTRICT, tell_session

SEEDS = 30
TEMPLATE = "visits_template"
UNITS = {"days_earlier": "d", "first_half": "%", "wards": "", "household": "%", "enterprise": "%", "kilometres": "km"}


def measure(seeds: int = SEEDS) -> list[Result]:
    """Prints orders × measures, medians over the histories with the middle 95 of 100, and gives the medians."""
    cluster = run.cluster()
    cluster.start()
    cluster.create_database(TEMPLATE)
    migrate(cluster.url(OWNER, TEMPLATE))
    histories: list[dict[str, Score]] = []
    seconds = seconds_of(lambda: histories.extend(_by_name(_scored(cluster, seed)) for seed in range(seeds)))
    _print(histories)
    visits = round(median(history["history"].visits for history in histories))
    return [
        Result(
            visits, f"visits, {name}: {measured.replace('_', ' ')}", median(_values(histories, name, measured)), unit
        )
        for name in _names(histories)
        for measured, unit in UNITS.items()
    ] + [Result(visits, f"visits: {seeds} histories written, ordered and scored", seconds, "s")]


def _by_name(lines: Iterable[Score]) -> dict[str, Score]:
    return {line.name: line for line in lines}


def _scored(cluster: Cluster, seed: int) -> Iterable[Score]:
    history = simulate(seed)
    visits = visits_of(history.outcomes, WorkingDays())
    yield from baselines(visits, seed, known(visits))
    name = f"visits_{seed}"
    cluster.create_database(name, TEMPLATE)
    with psycopg.connect(cluster.url(OWNER, name), row_factory=dict_row) as conn:
        ids = write(conn, history)
        shadow = _of_shadow(conn, visits, ids, history)
    with psycopg.connect(cluster.url(READER, name), row_factory=dict_row) as conn:
        tell_session(conn, DISTRICT)
        priority = _by_priority(conn, visits, history)
    cluster.drop_database(name)
    yield score("priority", visits, orders.ranked(visits, priority), seed)
    if len(shadow):
        yield score("shadow", visits, orders.ranked(visits, shadow), seed)


def _by_priority(conn: Connection, visits: Visits, history: History) -> Integers:
    """By the product's number on the eve, highest first, equals by code: as the product lists them."""
    candidates = of_venues(conn, visits.venues, history.eve)
    return np.argsort([-candidates[code].number for code in visits.venues], kind="stable")


def _of_shadow(conn: Connection, visits: Visits, ids: dict[str, int], history: History) -> Integers:
    """By the model in shadow; empty where it has learnt too little."""
    rows = {ids[code]: row for row, code in enumerate(visits.venues)}
    ordered = shadow_order(shadow_rows(conn, list(rows), history.eve + DAY), history.eve + DAY)
    return np.array([rows[number] for number in ordered or []], dtype=np.int64)


# --- A history in the product's tables --------------------------------------------------------------------------------


def write(conn: Connection, history: History) -> dict[str, int]:
    """The history as a district's tables on its eve, statuses computed by the rule; ids of the venues by code."""
    load = conn.execute(
        "INSERT INTO load (kind, file_name, file_sha256, as_of, is_demo, started_at, finished_at, rows_read,"
        " rows_accepted, rows_rejected, rows_changed)"
        " VALUES ('scans', 'made', '', %s, true, now(), now(), 0, 0, 0, 0) RETURNING id",
        (history.eve,),
    ).fetchone()
    assert load is not None
    venues = history.venues
    wards = [row["id"] for row in conn.execute("SELECT id FROM ward ORDER BY code LIMIT %s", (venues.ward.max() + 1,))]
    numbers = range(1, len(venues.codes) + 1)
    _copy(
        conn,
        "venue (id, code, name, search_text, category, ward_id, geom, location, load_id)",
        (
            (
                number,
                code,
                code,
                code.lower(),
                CATEGORIES[category],
                wards[ward],
                f"SRID=4326;POINT({lon} {lat})",
                "given",
                load["id"],
            )
            for number, code, category, ward, (lon, lat) in zip(
                numbers, venues.codes, venues.category, venues.ward, venues.place, strict=True
            )
        ),
    )
    _copy(conn, "venue_opening (venue_id, opened_on)", ((number, "-infinity") for number in numbers))
    days = sorted(set(history.scans["day"]))
    _copy(conn, "scan_day (day, load_id)", ((day, load["id"]) for day in days))
    for table, frame in (
        ("registration (venue_id, registered_on)", history.registrations),
        ("scan_count (venue_id, day, scans)", history.scans),
        ("reminder (venue_id, reminded_on, reason)", history.reminders),
    ):
        _copy(conn, table, ((row[0] + 1, *row[1:]) for row in frame.itertuples(index=False)))
    _write_visits(conn, history)
    periods.rebuild(conn)
    conn.commit()
    return dict(zip(venues.codes, numbers, strict=True))


def _write_visits(conn: Connection, history: History) -> None:
    """Visits as they were recorded: each a case that is closed."""
    for row in history.visits.itertuples(index=False):
        case = conn.execute(
            "INSERT INTO case_file (process, state, venue_code, venue_id, ward_id, closed_at)"
            " SELECT 'visit', 'recorded', v.code, v.id, v.ward_id, %s FROM venue AS v WHERE v.id = %s RETURNING id",
            (row.day, row.venue + 1),
        ).fetchone()
        assert case is not None
        conn.execute(
            "INSERT INTO visit (case_id, kind, day, outcome, outcome_on) VALUES (%s, 'guidance', %s, %s, %s)",
            (case["id"], row.day, "not_compliant" if row.found else "compliant", row.day),
        )


def _copy(conn: Connection, table: str, rows: Iterable[Sequence[Any]]) -> None:
    with conn.cursor().copy(f"COPY {table} FROM STDIN") as copy:  # type: ignore[call-overload]
        for row in rows:
            copy.write_row([value.item() if isinstance(value, np.generic) else value for value in row])


# --- The table --------------------------------------------------------------------------------------------------------


def _print(histories: list[dict[str, Score]]) -> None:
    print("| order | " + " | ".join(name.replace("_", " ") for name in UNITS) + " | earlier than random |")
    print("|---|" + "---:|" * (len(UNITS) + 1))
    for name in _names(histories):
        cells = [_told(_values(histories, name, measured)) for measured in UNITS]
        print(f"| {name.replace('_', ' ')} | {' | '.join(cells)} | {_earlier_than_random(histories, name)} |")
    print(flush=True)


def _names(histories: list[dict[str, Score]]) -> list[str]:
    """Orders in which at least one history could be put."""
    return list(dict.fromkeys(name for history in histories for name in history))


def _told(values: list[float]) -> str:
    low, high = np.percentile(values, MIDDLE)
    return f"{median(values):.2f} [{low:.2f}; {high:.2f}]"


def _earlier_than_random(histories: list[dict[str, Score]], name: str) -> str:
    """In how many histories the order finds earlier than random ones do on average."""
    scored = [history for history in histories if name in history]
    won = sum(history[name].days_earlier > history["random"].days_earlier for history in scored)
    return "" if name == "random" else f"{won} of {len(scored)}"


def _values(histories: list[dict[str, Score]], name: str, measured: str) -> list[float]:
    """Of all histories that have the order; shares in percent."""
    scale = 100 if UNITS[measured] == "%" else 1
    values = [getattr(history[name], measured) * scale for history in histories if name in history]
    return [value for value in values if not np.isnan(value)]
