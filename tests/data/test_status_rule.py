"""The rule in SQL against the oracle in Python: thousands of histories, day by day, rule and periods alike."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from data.database.connection import Connection
from data.status import periods
from tests.data import status_oracle as oracle
from tests.data.status_oracle import DAY, History, OracleReminder, OracleSuspension, Span, World
from tests.data.worlds import ALL_DAYS, BEGINNING, store, worlds, worlds_of_totals

VENUES_A_WORLD = 8
WORLDS_OF_TOTALS = 200
WORLDS_WITHOUT_AN_EXPORT = 150
WORLDS = 650  # times VENUES_A_WORLD: over 5,000 histories
SQL = Path(periods.__file__).parents[1] / "sql"


@pytest.fixture(scope="module")
def rule_conn(database: str) -> Iterator[Connection]:
    with psycopg.connect(database, row_factory=psycopg.rows.dict_row) as conn:
        yield conn
        conn.rollback()


def expected(world: World, day: dt.date) -> list[tuple[str | None, int]]:
    return [
        (
            oracle.status(world, history, day, ALL_DAYS[0]),
            oracle.counted_reminders(world, history, day, ALL_DAYS[0]),
        )
        for history in world.histories
    ]


def differences(conn: Connection, world: World) -> list[str]:
    """Days and venues on which rule or periods differ from the oracle; the database is left as it was."""
    with conn.transaction(force_rollback=True):
        venues = store(conn, world)
        conn.execute("SELECT refresh_scans(NULL, NULL, true)")
        rule = {
            (row["venue"], row["day"]): (row["status"], row["counted_reminders"], row["last_scan"])
            for row in conn.execute(
                "SELECT venue, d.day::date AS day, s.status::text, s.counted_reminders, s.last_scan"
                " FROM unnest(%s::integer[]) AS venue, unnest(%s::date[]) AS d (day), venue_status(venue, d.day) AS s",
                (venues, ALL_DAYS),
            )
        }
        periods.rebuild(conn)
        stored = {
            (row["venue_id"], row["day"]): (row["status"], row["has_qr"], row["has_scans"])
            for row in conn.execute(
                "SELECT p.venue_id, d.day::date AS day, p.status::text, p.has_qr, p.has_scans FROM status_period AS p"
                " JOIN unnest(%s::date[]) AS d (day) ON d.day BETWEEN p.from_day AND p.to_day",
                (ALL_DAYS,),
            )
        }
    found = []
    last_scan: dict[int, dt.date] = {}
    for day in ALL_DAYS:
        for venue, history, (status, counted) in zip(venues, world.histories, expected(world, day), strict=True):
            if oracle.may_be_scanned(world, history, day):
                last_scan[venue] = day
            by_rule = status, counted, last_scan.get(venue)
            if rule[venue, day] != by_rule:
                found.append(f"rule, {day}: {rule[venue, day]} for {by_rule} of {history}")
            facts = oracle.has_qr(history, day), oracle.has_scans(world, history, day, ALL_DAYS[0])
            if stored.get((venue, day)) != (status and (status, *facts)):
                found.append(f"periods, {day}: {stored.get((venue, day))} for {status}, {facts} of {history}")
    return found


@settings(
    max_examples=WORLDS,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(world=worlds(VENUES_A_WORLD))
@pytest.mark.timeout(900)
def test_rule_and_periods_equal_the_oracle_on_every_day(rule_conn: Connection, world: World) -> None:
    assert not differences(rule_conn, world)


@settings(
    max_examples=WORLDS_OF_TOTALS,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(world=worlds_of_totals())
@pytest.mark.timeout(900)
def test_rule_and_periods_equal_the_oracle_by_totals(rule_conn: Connection, world: World) -> None:
    assert not differences(rule_conn, world)


@settings(
    max_examples=WORLDS_WITHOUT_AN_EXPORT,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(world=worlds_of_totals(), data=st.data())
@pytest.mark.timeout(600)
def test_an_export_that_lacks_a_venue_takes_no_scanning_from_it(
    rule_conn: Connection, world: World, data: st.DataObject
) -> None:
    export = data.draw(st.sampled_from(sorted(world.exports, key=lambda moment: (moment.latest, moment.earliest))))

    def lacking(history: History) -> History:
        totals = {moment: total for moment, total in history.totals.items() if moment != export}
        return replace(history, totals=totals, members=tuple(map(lacking, history.members)))

    with_it = replace(world, histories=tuple(map(lacking, world.histories)))
    assert scanning(rule_conn, replace(with_it, exports=world.exports - {export})) <= scanning(rule_conn, with_it)


def scanning(conn: Connection, world: World) -> set[tuple[int, dt.date]]:
    """Venues, by their place in ``world``, with the days on which they scan."""
    with conn.transaction(force_rollback=True):
        venues = store(conn, world)
        conn.execute("SELECT refresh_scans(NULL, NULL, true)")
        rows = conn.execute(
            "SELECT venue, d.day::date AS day FROM unnest(%s::integer[]) AS venue, unnest(%s::date[]) AS d (day),"
            " venue_status(venue, d.day) AS s WHERE s.status = 'scanning'",
            (venues, ALL_DAYS),
        )
        return {(venues.index(row["venue"]), row["day"]) for row in rows}


def mutated(file: str, old: str, new: str) -> str:
    source = (SQL / file).read_text("utf-8")
    assert source.count(old) == 1, f"the clause to plant a fault in is not there once: {old}"
    return source.replace(old, new)


WRONG_VARIANTS = {
    "the window counts calendar days, known or not": (
        "scan_reach.sql",
        "LEAST(r.to_day, later.day - 1) AS to_day",
        "LEAST(r.to_day, later.day - 1, d.day + r.window_days - 1) AS to_day",
    ),
    "a reminder on the day of the registration still counts": (
        "status_rule.sql",
        "AND (q.ended_on IS NULL OR q.ended_on > r.reminded_on)",
        "AND q.registered_on > r.reminded_on",
    ),
    "two reminders of one reason on one day count twice": (
        "status_rule.sql",
        ") > 1 THEN 'same_day'",
        ") > 99 THEN 'same_day'",
    ),
    "the last day of a suspension is not included": (
        "status_rule.sql",
        "AND (x.ends_on IS NULL OR x.ends_on >= p_day)",
        "AND (x.ends_on IS NULL OR x.ends_on > p_day)",
    ),
    "a registration ends a decision": (
        "status_rule.sql",
        "AND NOT (x.basis = 'request' AND EXISTS (",
        "AND NOT (x.basis IS NOT NULL AND EXISTS (",
    ),
    "venues of which events are known are taken for one another": (
        "periods.sql",
        "THEN o.venue_id END AS known_by_events",
        "THEN 0 END AS known_by_events",
    ),
    "venues that opened on other days are taken for one another": (
        "periods.sql",
        "PARTITION BY v.openings, v.known_by_events",
        "PARTITION BY v.known_by_events",
    ),
}


@pytest.mark.parametrize("variant", WRONG_VARIANTS)
@pytest.mark.timeout(600)
def test_the_comparison_finds_a_planted_fault(rule_conn: Connection, variant: str) -> None:
    with rule_conn.transaction(force_rollback=True):
        rule_conn.execute(mutated(*WRONG_VARIANTS[variant]))  # type: ignore[arg-type]
        quick = settings(max_examples=400, deadline=None, derandomize=True, phases=[Phase.generate], database=None)
        try:
            find(worlds(VENUES_A_WORLD), lambda world: bool(differences(rule_conn, world)), settings=quick)
        except NoSuchExample:
            pytest.fail(f"not found: {variant}")


def day(number: int) -> dt.date:
    return BEGINNING + DAY * number


EVER = (Span(dt.date.min),)
EVERY_DAY = frozenset(day(number) for number in range(31))


def world_of(history: History, known: frozenset[dt.date] = EVERY_DAY, policies: tuple[Any, ...] = ()) -> World:
    return World(known, policies, (history,))


def no_qr(*numbers: int) -> tuple[OracleReminder, ...]:
    return tuple(OracleReminder(day(number), "no_qr") for number in numbers)


def not_scanning(*numbers: int) -> tuple[OracleReminder, ...]:
    return tuple(OracleReminder(day(number), "not_scanning") for number in numbers)


REGISTERED_ON_0 = (Span(day(0)),)
GAP = EVERY_DAY - {day(number) for number in range(5, 12)}

# name: (world, {day number: status}); the statuses are worked out by hand from the design's text.
EDGES: dict[str, tuple[World, dict[int, str | None]]] = {
    "the 7th known day is within the window, the 8th is not": (
        world_of(History(EVER, REGISTERED_ON_0, {day(3): 1})),
        {2: "registered", 3: "scanning", 9: "scanning", 10: "registered"},
    ),
    "a week without an export moves no window": (
        world_of(History(EVER, REGISTERED_ON_0, {day(4): 1}), known=GAP),
        {4: "scanning", 11: "scanning", 12: "scanning", 17: "scanning", 18: "registered"},
    ),
    "the third reminder on the day of the registration": (
        world_of(History(EVER, (Span(day(8)),), {}, no_qr(2, 5, 8))),
        {2: "reminded", 5: "reminded", 7: "reminded", 8: "registered"},
    ),
    "the third reminder a day before the registration": (
        world_of(History(EVER, (Span(day(9)),), {}, no_qr(2, 5, 8))),
        {7: "reminded", 8: "violating", 9: "registered"},
    ),
    "a scan on the day of a reminder answers it": (
        world_of(History(EVER, REGISTERED_ON_0, {day(10): 2}, not_scanning(10))),
        {9: "registered", 10: "scanning", 16: "scanning", 17: "registered"},
    ),
    "two reminders on one day count once": (
        world_of(
            History(
                EVER,
                (),
                {},
                (*no_qr(2, 3), OracleReminder(day(3), "no_qr", given_by="công an phường"), *no_qr(6)),
            )
        ),
        {3: "reminded", 5: "reminded", 6: "violating"},
    ),
    "two reasons on one day count twice": (
        world_of(History(EVER, (), {}, (*no_qr(2, 3), *not_scanning(3)))),
        {2: "reminded", 3: "violating"},
    ),
    "scans before the registration count once it is there": (
        world_of(History(EVER, (Span(day(6)),), {day(4): 1})),
        {4: "unregistered", 6: "scanning", 10: "scanning", 11: "registered"},
    ),
    "a registration that ends takes the QR away": (
        world_of(History(EVER, (Span(day(1), day(5)),), {day(4): 1}, no_qr(7, 8, 9))),
        {4: "scanning", 5: "unregistered", 7: "reminded", 9: "violating"},
    ),
    "reminders before the last compliant day are forgotten": (
        world_of(History(EVER, REGISTERED_ON_0, {day(3): 1}, not_scanning(5, 8, 11, 12))),
        {9: "scanning", 10: "registered", 11: "reminded", 12: "reminded"},
    ),
    "a venue closed and reopened": (
        world_of(History((Span(day(1), day(5)), Span(day(9))), (), {}, no_qr(2))),
        {0: None, 1: "unregistered", 2: "reminded", 4: "reminded", 5: None, 8: None, 9: "reminded"},
    ),
    "a threshold changed by policy": (
        world_of(History(EVER, (), {}, no_qr(2, 4)), policies=((day(6), 2, 7), (day(9), 4, 7))),
        {4: "reminded", 5: "reminded", 6: "violating", 9: "reminded"},
    ),
    "a window widened by policy takes an old scan back in": (
        world_of(History(EVER, REGISTERED_ON_0, {day(3): 1}), policies=((day(12), 3, 12),)),
        {9: "scanning", 10: "registered", 12: "scanning", 14: "scanning", 15: "registered"},
    ),
    "days before the first load": (
        world_of(History(EVER, REGISTERED_ON_0, {}, not_scanning(1, 2, 3)), known=frozenset({day(20)})),
        {-1: "unregistered", 0: "registered", 1: "reminded", 3: "violating"},
    ),
    "a suspension lasts to its last day, included": (
        world_of(History(EVER, (), {}, (), (OracleSuspension(day(3), day(6)),))),
        {2: "unregistered", 3: "suspended", 6: "suspended", 7: "unregistered"},
    ),
    "a registration ends a suspension, even on its first day": (
        world_of(History(EVER, (Span(day(5)),), {}, (), (OracleSuspension(day(3)), OracleSuspension(day(5))))),
        {3: "suspended", 4: "suspended", 5: "registered"},
    ),
    "a decision outlasts the registration": (
        world_of(History(EVER, (Span(day(5)),), {}, (), (OracleSuspension(day(3), None, day(7), is_decision=True),))),
        {3: "suspended", 5: "suspended", 6: "suspended", 7: "registered"},
    ),
    "a lifted suspension is over on that day": (
        world_of(History(EVER, (), {}, (), (OracleSuspension(day(3), None, day(6)),))),
        {5: "suspended", 6: "unregistered"},
    ),
    "a withdrawn reminder never counts, not even before": (
        world_of(History(EVER, (), {}, (OracleReminder(day(2), "no_qr", withdrawn=True),))),
        {2: "unregistered", 3: "unregistered"},
    ),
}


@pytest.mark.parametrize("edge", EDGES)
def test_named_edge(rule_conn: Connection, edge: str) -> None:
    world, statuses = EDGES[edge]
    for number, status in statuses.items():
        assert oracle.status(world, world.histories[0], day(number), ALL_DAYS[0]) == status, f"oracle, day {number}"
    assert not differences(rule_conn, world)


def test_an_answer_is_named_with_its_day(rule_conn: Connection) -> None:
    """The drawer shows why a reminder does not count; the same function that counts says so."""
    history = History(EVER, (Span(day(8)),), {day(12): 1}, (*no_qr(2, 9), *not_scanning(10, 20)))
    with rule_conn.transaction(force_rollback=True):
        (venue,) = store(rule_conn, world_of(history))
        rule_conn.execute("SELECT refresh_scan_reach()")
        rows = rule_conn.execute(
            "SELECT reminded_on, standing, answered_by, answered_on FROM reminder_standing(%s, %s) ORDER BY 1",
            (venue, day(25)),
        ).fetchall()
    assert [tuple(row.values()) for row in rows] == [
        (day(2), "answered", "registration", day(8)),
        (day(9), "answered", "registration", day(9)),
        (day(10), "answered", "scan", day(12)),
        (day(20), "counted", None, None),
    ]


def test_a_correction_recomputes_only_what_changed_and_the_check_agrees(rule_conn: Connection) -> None:
    known = frozenset(day(number) for number in range(10))
    world = World(known, (), tuple(History(EVER, REGISTERED_ON_0, {day(number): 1}) for number in range(5)))
    with rule_conn.transaction(force_rollback=True):
        venues = store(rule_conn, world)
        periods.rebuild(rule_conn)
        # A late file makes five more days known, and brings one venue a scan.
        load: Any = rule_conn.execute("SELECT max(id) AS id FROM load").fetchone()
        for number in range(10, 15):
            rule_conn.execute("INSERT INTO scan_day VALUES (%s, %s)", (day(number), load["id"]))
        rule_conn.execute("INSERT INTO scan_count VALUES (%s, %s, 4)", (venues[0], day(11)))
        changed = periods.after_load(rule_conn, [venues[0]], days_changed=True)
        assert changed > 0
        assert periods.check(rule_conn) == []
        assert periods.rebuild(rule_conn) == 0


def test_check_names_the_venue_and_the_day_that_differ(rule_conn: Connection) -> None:
    with rule_conn.transaction(force_rollback=True):
        (venue,) = store(rule_conn, world_of(History(EVER, REGISTERED_ON_0, {day(3): 1})))
        periods.rebuild(rule_conn)
        rule_conn.execute(
            "UPDATE status_period SET status = 'violating' WHERE venue_id = %s AND from_day = %s", (venue, day(3))
        )
        (difference,) = periods.check(rule_conn)
    assert (difference.venue_code, difference.from_day) == ("V0", day(3))
    assert (difference.stored, difference.by_rule) == ("violating", "scanning")


def test_check_compares_whether_there_are_a_qr_and_scans(rule_conn: Connection) -> None:
    with rule_conn.transaction(force_rollback=True):
        store(rule_conn, world_of(History(EVER, REGISTERED_ON_0, {day(3): 1})))
        periods.rebuild(rule_conn)
        rule_conn.execute("UPDATE status_period SET has_qr = false WHERE from_day = %s", (day(3),))
        (difference,) = periods.check(rule_conn)
    assert difference.stored == "scanning, has_qr: false, has_scans: true"
    assert difference.by_rule == "scanning, has_qr: true, has_scans: true"
