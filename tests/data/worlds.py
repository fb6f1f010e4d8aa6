"""Made-up worlds for the rule's tests: as hypothesis strategies, and as rows of a real database."""

import datetime as dt
from dataclasses import replace
from typing import Any

import psycopg
from hypothesis import strategies as st

from tests.data.status_oracle import DAY, History, Moment, OracleReminder, OracleSuspension, Span, World

BEGINNING = dt.date(2021, 10, 1)
LENGTH = 36
LAST_DAY = BEGINNING + DAY * LENGTH
# A few days before anything happens, and a few after all of it.
ALL_DAYS = [BEGINNING + DAY * number for number in range(-2, LENGTH + 12)]

days = st.integers(0, LENGTH).map(lambda number: BEGINNING + DAY * number)
lengths = st.integers(1, 20).map(lambda number: DAY * number)


def _maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | values


@st.composite
def openings(draw: st.DrawFn) -> tuple[Span, ...]:
    """Mostly open since ever; else opened, closed, perhaps reopened, never overlapping."""
    if draw(st.integers(0, 3)):
        return (Span(dt.date.min),)
    edges = sorted(draw(st.sets(days, min_size=1, max_size=4)))
    spans = [Span(start, end) for start, end in zip(edges[::2], edges[1::2], strict=False)]
    if len(edges) % 2:
        spans.append(Span(edges[-1]))
    return tuple(spans)


@st.composite
def registrations(draw: st.DrawFn) -> tuple[Span, ...]:
    starts = draw(st.lists(days, max_size=2, unique=True))
    return tuple(Span(start, draw(_maybe(lengths.map(lambda length, start=start: start + length)))) for start in starts)


@st.composite
def suspensions(draw: st.DrawFn) -> tuple[OracleSuspension, ...]:
    starts = draw(st.lists(days, max_size=2, unique=True)) if draw(st.integers(0, 3)) == 0 else []
    return tuple(
        OracleSuspension(
            start,
            draw(_maybe(st.integers(0, 10).map(lambda length, start=start: start + DAY * length))),
            draw(_maybe(st.integers(0, 10).map(lambda length, start=start: start + DAY * length))),
            draw(st.booleans()),
        )
        for start in starts
    )


reminders = st.lists(
    st.builds(
        OracleReminder,
        days,
        st.sampled_from(["no_qr", "not_scanning"]),
        st.integers(0, 7).map(lambda number: number == 0),
        st.sampled_from(["tổ dân phố", "công an phường", None]),
    ),
    max_size=6,
    unique_by=lambda reminder: (reminder.day, reminder.reason, reminder.given_by),
).map(tuple)


@st.composite
def histories(draw: st.DrawFn, known: list[dt.date]) -> History:
    scanned = draw(st.dictionaries(st.sampled_from(known), st.integers(0, 3), max_size=8)) if known else {}
    return History(draw(openings()), draw(registrations()), scanned, draw(reminders), draw(suspensions()))


@st.composite
def worlds(draw: st.DrawFn, venues: int = 5) -> World:
    """A district of ``venues`` with known days that have gaps, and sometimes a changed policy."""
    unknown = draw(st.sets(days, max_size=LENGTH // 2))
    first, last = sorted((draw(days), draw(days)))
    known = [day for day in (first + DAY * number for number in range((last - first).days + 1)) if day not in unknown]
    policies = draw(
        st.lists(st.tuples(days, st.integers(1, 4), st.integers(1, 12)), max_size=2, unique_by=lambda policy: policy[0])
    )
    return World(frozenset(known), tuple(policies), tuple(draw(histories(known)) for _ in range(venues)))


moments = st.builds(Moment, days, st.sampled_from([None, 0, 570, 1439]))
_steps = st.sampled_from([0, 0, 1, 2, 5, None])


@st.composite
def totals(draw: st.DrawFn, exports: list[Moment], falls: bool = True) -> dict[Moment, int]:
    """Totals of most of ``exports`` that grow, stay, and where they may (None) fall to any number."""
    said: dict[Moment, int] = {}
    total = draw(st.integers(0, 3))
    for moment in exports:
        step = draw(_steps)
        total = total + step if step is not None else (draw(st.integers(0, 4)) if falls else total)
        if draw(st.integers(0, 4)):
            said[moment] = total
    return said


@st.composite
def worlds_of_totals(draw: st.DrawFn, venues: int = 4, falls: bool = True) -> World:
    """A district whose scans are known by totals, with some days of counts between, and sometimes merged venues."""
    exports = sorted(
        draw(st.sets(moments, min_size=1, max_size=6)), key=lambda moment: (moment.latest, moment.earliest)
    )
    known = sorted(draw(st.sets(days, max_size=6))) if draw(st.booleans()) else []
    policies = draw(
        st.lists(st.tuples(days, st.integers(1, 4), st.integers(1, 12)), max_size=1, unique_by=lambda policy: policy[0])
    )
    drawn = [
        replace(draw(histories(known)), totals=draw(totals(exports, falls)) if draw(st.integers(0, 5)) else {})
        for _ in range(venues)
    ]
    if draw(st.integers(0, 2)) == 0:
        kept, *others = drawn
        merged = draw(st.integers(1, len(others)))
        drawn = [replace(kept, members=tuple(others[:merged])), *others[merged:]]
    return World(frozenset(known), tuple(policies), tuple(drawn), frozenset(exports))


def store(conn: psycopg.Connection[Any], world: World) -> list[int]:
    """Write ``world`` as events (nothing derived); returns the venues' ids in the order of the histories.

    The venues merged into others are stored as well, with an id that is not returned.
    """
    load = _one(
        conn,
        "INSERT INTO load (kind, file_name, file_sha256, started_at, finished_at, rows_read, rows_accepted,"
        " rows_rejected, rows_changed) VALUES ('scans', 'world', '', now(), now(), 0, 0, 0, 0) RETURNING id",
    )
    with conn.cursor() as cursor:
        cursor.executemany("INSERT INTO scan_day (day, load_id) VALUES (%s, %s)", [(day, load) for day in world.known])
        cursor.executemany(
            "INSERT INTO policy (valid_from, reminder_threshold, scanning_window_days) VALUES (%s, %s, %s)",
            world.policies,
        )
        cursor.executemany(
            "INSERT INTO scan_export (load_id, exported_on, exported_minute) VALUES (%s, %s, %s)",
            [(load, *_stored(moment)) for moment in world.exports],
        )
    codes = {f"V{number}": history for number, history in enumerate(world.histories)}
    members = {f"{code}-{n}": (code, member) for code, kept in codes.items() for n, member in enumerate(kept.members)}
    all_codes = [*codes, *members]
    venues = _store_venues(conn, all_codes)
    histories_by_venue = [(venues[code], codes[code] if code in codes else members[code][1]) for code in all_codes]
    _store_events(conn, histories_by_venue, load)
    for code, (kept, _) in members.items():
        conn.execute("UPDATE venue SET merged_into = %s WHERE id = %s", (venues[kept], venues[code]))
    return [venues[code] for code in codes]


def _stored(moment: Moment) -> tuple[dt.date, int]:
    return moment.day, -1 if moment.minute is None else moment.minute


def _one(conn: psycopg.Connection[Any], sql: str, values: tuple[Any, ...] = ()) -> int:
    row: Any = conn.execute(sql, values).fetchone()
    return int(row["id"])


def _store_venues(conn: psycopg.Connection[Any], codes: list[str]) -> dict[str, int]:
    """The venues' ids by their codes, in the order of the codes."""
    rows: Any = conn.execute(
        "INSERT INTO venue (code, name, search_text, category, location)"
        " SELECT code, 'Quán', '', (SELECT min(code) FROM category), 'none'"
        " FROM unnest(%s::text[]) WITH ORDINALITY AS v (code, place) ORDER BY place RETURNING code, id",
        (codes,),
    ).fetchall()
    return {row["code"]: int(row["id"]) for row in rows}


def _store_events(conn: psycopg.Connection[Any], histories: list[tuple[int, History]], load: int) -> None:
    """What happened to each venue, all of a table at once."""
    with conn.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO venue_opening (venue_id, opened_on, closed_on) VALUES (%s, %s::date, %s)",
            [
                (venue, "-infinity" if span.start == dt.date.min else span.start.isoformat(), span.end)
                for venue, history in histories
                for span in history.openings
            ],
        )
        cursor.executemany(
            "INSERT INTO registration (venue_id, registered_on, ended_on) VALUES (%s, %s, %s)",
            [(venue, span.start, span.end) for venue, history in histories for span in history.registrations],
        )
        cursor.executemany(
            "INSERT INTO scan_count (venue_id, day, scans) VALUES (%s, %s, %s)",
            [(venue, day, scans) for venue, history in histories for day, scans in history.scans.items()],
        )
        cursor.executemany(
            "INSERT INTO scan_total (venue_id, exported_on, exported_minute, total, load_id)"
            " VALUES (%s, %s, %s, %s, %s)",
            [
                (venue, *_stored(moment), total, load)
                for venue, history in histories
                for moment, total in history.totals.items()
            ],
        )
        cursor.executemany(
            "INSERT INTO reminder (venue_id, reminded_on, reason, withdrawn_on, given_by) VALUES (%s, %s, %s, %s, %s)",
            [
                (venue, r.day, r.reason, r.day + DAY if r.withdrawn else None, r.given_by)
                for venue, history in histories
                for r in history.reminders
            ],
        )
        cursor.executemany(
            "INSERT INTO suspension (venue_id, starts_on, ends_on, lifted_on, basis) VALUES (%s, %s, %s, %s, %s)",
            [
                (venue, s.first, s.last, s.lifted, "decision" if s.is_decision else "request")
                for venue, history in histories
                for s in history.suspensions
            ],
        )
