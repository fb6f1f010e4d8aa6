"""Loading one file: read, wait for the turn, check, write, bring the status in step; one transaction, all or nothing.

Nothing of a file is visible or kept before the last statement, so that a load that is killed leaves the tables as they
were. All loads take turns behind one lock (``data.locks.LOADER``).
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from data.database.connection import Connection, loader_connection
from data.desk import cases
from data.desk import field as at_the_door
from data.errors import UserError
from data.project import TIMEZONE
from data.status import periods
from data.status.days import data_span, today
from data.texts.sentences import Sentence
from etl.errors import UnusableFile
from etl.linking import links, merges
from etl.linking.cases import follow
from etl.loading import descriptions, pending, refusals, suspension_changes
from etl.loading.kinds import KINDS, TABLES
from etl.loading.options import Options as Options
from etl.loading.work import Changes, Work
from etl.store import files
from etl.validation.rejects_file import write_rejects
from etl.validation.table import MapFile, Reject, Source, SourceTable

STEPS = tuple(Sentence(f"imports.doing.load.{step}") for step in range(1, 7))
MOST_HEADINGS = 12
# Called with a step (1 ... len(STEPS)) and a text as it begins, and with the same step again for a note within it.
Progress = Callable[[int, str], None]

# Days of events by which a file shows how far it speaks; what ends or closes may lie ahead.
_EVENT_DAYS = {
    "registrations": ("registered_on", "ended_on"),
    "scans": ("day",),
    "reminders": ("reminded_on", "withdrawn_on"),
    "suspensions": ("requested_on", "lifted_on"),
}


class FutureAsOf(UserError):
    """``--as-of`` is a day that has not come."""

    def __init__(self, day: dt.date) -> None:
        super().__init__(Sentence("refused.future_as_of", day=day))


class LoadFailed(UnusableFile):
    """PostgreSQL refused something that no check foresaw; nothing of the file is kept."""

    def __init__(self, path: Path, error: psycopg.Error) -> None:
        name = type(error).__name__
        detail = str(error).splitlines()[0] if str(error) else name
        full = Sentence("refused.why.server_disk") if isinstance(error, psycopg.errors.DiskFull) else None
        super().__init__(
            Sentence("refused.database", name=path.name, why=full or detail),
            public=Sentence("refused.database", name=path.name, why=full or name),
        )


@dataclass(frozen=True)
class Outcome:
    """What became of a file. ``load_id`` is the earlier load when the file had been loaded already; ``turned_day`` the
    current day before and after, where the file is the first beside a demonstration, which stands still;
    ``suspensions`` as in ``etl.loading.suspension_changes.compare``.
    """

    path: Path
    kind: str
    load_id: int
    rows_read: int = 0
    accepted: int = 0
    changes: Changes = field(default_factory=Changes)
    rejects: tuple[Reject, ...] = ()
    rejects_file: Path | None = None
    remarks: dict[str, Any] = field(default_factory=dict)
    sentences: tuple[str, ...] = ()
    as_of: dt.date | None = None
    loaded_before: dt.datetime | None = None
    dry_run: bool = False
    turned_day: tuple[dt.date, dt.date] | None = None
    suspensions: dict[str, Any] = field(default_factory=dict)

    @property
    def unchanged(self) -> int:
        """Accepted rows that said nothing new."""
        waiting: int = self.remarks.get("pending_rows", 0)
        return self.accepted - self.changes.new - self.changes.changed - waiting


# Called within the load's transaction as the last thing before it is committed, with what became of the file.
BeforeCommit = Callable[[Connection, Outcome], None]


def load(source: Source, options: Options, progress: Progress, before_commit: BeforeCommit | None = None) -> Outcome:
    """Load a file that has been read, and keep it in the store of files.

    Raises
    ------
    UnusableFile
        No row of it can be used, or the store cannot take it.
    LoadFailed, DatabaseUnavailable, NotMigrated, FutureAsOf
        Nothing of the file is kept.
    """
    try:
        with loader_connection() as conn:
            prepare(conn, progress)
            outcome = load_within(conn, source, options, progress)
            refusals.settle(conn, source)
            if options.dry_run:
                conn.rollback()
            elif outcome.loaded_before is None:
                files.keep_source(source)
            if outcome.loaded_before is None:
                progress(6, STEPS[5])
            if before_commit and not options.dry_run:
                before_commit(conn, outcome)
    except psycopg.Error as error:
        raise LoadFailed(source.path, error) from error
    return outcome


def prepare(conn: Connection, progress: Progress) -> None:
    """Make a transaction ready for loading: its settings, and its turn behind all that writes events."""
    # A loader that was killed must not hold the lock until its statement is through.
    conn.execute("SET LOCAL client_connection_check_interval = '1s'")
    conn.execute("SET LOCAL jit = off")  # compiling the rule takes longer than a small load
    conn.execute("SET LOCAL work_mem = '128MB'")  # a million counts are sorted in memory
    _wait_for_turn(conn, progress)


def load_within(conn: Connection, source: Source, options: Options, progress: Progress) -> Outcome:
    """As :func:`load`, within the transaction of a caller who has its turn (:func:`prepare`); keeps no file.

    Raises UnusableFile, FutureAsOf, psycopg.Error.
    """
    day = options.today or today()
    if options.as_of and options.as_of > day:
        raise FutureAsOf(options.as_of)
    before = _loaded_before(conn, source, options)
    if before:
        return before
    progress(3, Sentence("imports.doing.rows", step=STEPS[2], count=str(source.rows_read)))
    stood = data_span(conn).current_day
    suspended = suspension_changes.note(conn)
    outcome = _load(conn, source, options, progress)
    now = data_span(conn).current_day
    changes = outcome.changes
    progress(5, Sentence("imports.doing.venues", step=STEPS[4], count=str(len(changes.touched))))
    periods.after_load(conn, sorted(changes.touched), days_changed=changes.days_changed, from_day=changes.from_day)
    follow(conn)
    outcome = replace(outcome, suspensions=suspension_changes.compare(conn, suspended))
    return outcome if source.is_demo or stood == now else replace(outcome, turned_day=(stood, now))


def load_again(conn: Connection, source: Source, options: Options, load_id: int) -> Outcome | None:
    """Load once more what the load ``load_id`` had loaded, under its number and its moments, in a caller's transaction.

    Nothing derived is brought in step (``data.status.periods``). Returns None where the file says nothing any more, for
    the same is loaded already. Raises as :func:`load_within`.
    """
    if _loaded_before(conn, source, options):
        return None
    return _load(conn, source, options, lambda _step, _text: None, load_id)


def _wait_for_turn(conn: Connection, progress: Progress) -> None:
    progress(2, STEPS[1])
    if not periods.lock(conn, wait=False):
        progress(2, Sentence("imports.doing.turn"))
        periods.lock(conn)


def _loaded_before(conn: Connection, source: Source, options: Options) -> Outcome | None:
    """The newest load of that name and kind, if it was of the same content and nothing has come that could change it.

    Of streets it is the newest under whatever name, for each file is the whole network.

    Rows refused for want of their venue may be accepted once the register has come; rows that it shares with a file
    whose correction took them back stand again.
    """
    row = conn.execute(
        """
        SELECT l.id, l.file_sha256, l.as_of, l.finished_at, l.remarks,
               EXISTS (SELECT FROM load AS v WHERE v.kind IN ('venues', 'wards') AND v.id > l.id
                       AND v.undone_at IS NULL) AS outdated,
               EXISTS (SELECT FROM load AS c WHERE c.kind = l.kind AND c.id > l.id AND c.remarks ? 'removed_rows'
                      AND c.undone_at IS NULL)
                   AS may_lack_rows
        FROM load AS l
        WHERE l.kind = %s AND (l.file_name = %s OR l.kind = 'streets') AND l.undone_at IS NULL
        ORDER BY l.id DESC LIMIT 1
        """,
        (source.kind, source.path.name),
    ).fetchone()
    if row is None or row["file_sha256"] != source.file_sha256 or options.replace:
        return None
    said_otherwise = (options.as_of and options.as_of != row["as_of"]) or (
        options.crs and row["remarks"].get("crs_option") != options.crs.to_string()
    )
    if said_otherwise or row["may_lack_rows"] or (row["outdated"] and row["remarks"].get("unknown_venue_codes")):
        return None
    return Outcome(source.path, source.kind, row["id"], loaded_before=row["finished_at"], as_of=row["as_of"])


def _load(conn: Connection, source: Source, options: Options, progress: Progress, again: int | None = None) -> Outcome:
    started = dt.datetime.now(TIMEZONE)
    kind = KINDS[source.kind]
    day = options.today or today()
    work = Work(conn, source, day, _as_of(source, options, day), options.crs, options.replace)
    work.remarks |= source.remarks
    if options.crs:
        work.remarks["crs_option"] = options.crs.to_string()
    if isinstance(source, SourceTable) and source.unread:
        headings = [f"«{heading}»" for heading in source.unread[:MOST_HEADINGS]]
        work.sentences.append(Sentence("told.unread", count=len(source.unread), headings=headings))
    if isinstance(source, SourceTable):
        work.sentences += [doubt.sentence for doubt in source.doubts]
    if source.kind == "venues":
        at_the_door.reopen(conn)  # the register is compared with what registers said, and that is kept of it
    kind.check(work)
    rejects = tuple(sorted([*source.rejects, *work.rejects], key=lambda r: (r.sheet, r.row)))
    accepted = source.rows_read - len(rejects)
    is_listed = bool(rejects) and isinstance(source, SourceTable) and not options.dry_run and not again
    rejects_file = write_rejects(work.table, list(rejects)) if is_listed else None
    if accepted == 0 and not source.covered_days:
        raise NothingUsable(source, rejects, rejects_file)
    progress(4, Sentence("imports.doing.rows", step=STEPS[3], count=str(accepted)))
    work.load_id = again or _begin(conn, source, work, options, started)
    descriptions.give_to_load(work)
    links.write_links(conn, work.sure, work.load_id)
    with _journal(conn, work.load_id):
        changes = kind.write(work)
        if source.kind in TABLES:
            pending.write_waiting(work, TABLES[source.kind])
    released = pending.write_linked(conn, list(work.described.ids))
    if released:
        changes.touched |= released
        changes.from_day = None  # rows of earlier files, of any day
    if source.kind == "venues":
        changes.touched |= _after_register(conn, work.load_id)
    recorded = at_the_door.put_again(conn) | cases.put_again(conn)
    if recorded:
        changes.touched |= recorded
        changes.from_day = None
    _finish(conn, work, changes, source.rows_read, accepted, is_again=again is not None)
    return Outcome(
        source.path, source.kind, work.load_id, source.rows_read, accepted, changes, rejects, rejects_file,
        work.remarks, tuple(work.sentences), work.as_of, dry_run=options.dry_run,
    )  # fmt: skip


@contextmanager
def _journal(conn: Connection, load_id: int) -> Iterator[None]:
    """Rows that are changed or removed in the block are kept for taking the load back (``data/sql/before_image.sql``);
    what is derived from them later is not.
    """
    conn.execute("SELECT set_config('app.load_id', %s, true)", (str(load_id),))
    yield
    conn.execute("SELECT set_config('app.load_id', '', true)")


def _after_register(conn: Connection, load_id: int) -> set[int]:
    """What follows from a new register: merges that waited for their venues, rows that now find theirs, and a look for
    duplicates, which the worker takes; returns the venues that got or lost rows.
    """
    touched = merges.apply(conn) | pending.link_waiting(conn, load_id)
    merges.ask_for_duplicates(conn)
    return touched


class NothingUsable(UnusableFile):
    """Every row of a file was rejected. ``plain`` says so without the place of ``rejects_file``."""

    def __init__(self, source: Source, rejects: Iterable[Reject], rejects_file: Path | None) -> None:
        first = next(iter(rejects), None)
        self.rejects_file = rejects_file
        public = told = Sentence("refused.nothing", name=source.path.name)
        if first is None:
            public = self.plain = Sentence("refused.nothing.no_rows", told=told)
        else:
            self.plain = Sentence("refused.nothing.first", told=told, first=first.message)
        whole = self.plain
        if rejects_file:
            whole = Sentence("refused.nothing.listed", told=self.plain, place=str(rejects_file))
            public = Sentence("refused.nothing.beside", told=told, file=rejects_file.name)
        super().__init__(whole, public=public)


def _as_of(source: Source, options: Options, limit: dt.date) -> dt.date | None:
    """The day up to which the file speaks: as said, else the latest day of its events that has come."""
    if options.as_of or isinstance(source, MapFile):
        return options.as_of
    days = [day for pair in source.covered_days for day in pair if day <= limit]
    for name in _EVENT_DAYS.get(source.kind, ()):
        column = source.frame[name]
        latest = column[column <= str(limit)].max()
        days += [] if latest is None or latest != latest else [latest.date()]
    if source.kind == "suspensions" and not days:
        starts = source.frame["starts_on"]
        latest = starts[starts <= str(limit)].max()
        days += [] if latest != latest else [latest.date()]
    return max(days, default=None)


def _begin(conn: Connection, source: Source, work: Work, options: Options, started: dt.datetime) -> int:
    row = conn.execute(
        """
        INSERT INTO load (kind, file_name, file_sha256, sheets, as_of, is_demo, started_at, finished_at,
                          rows_read, rows_accepted, rows_rejected, rows_changed, options, unspoken, loaded_by)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 0, 0, 0, 0, %s, %s, %s) RETURNING id
        """,
        (source.kind, source.path.name, source.file_sha256, list(source.sheets), work.as_of, source.is_demo,
         started, started, Jsonb(options.as_json(work.today)), _unspoken(work), options.loaded_by),
    ).fetchone()  # fmt: skip
    return int(row["id"]) if row else 0


def _unspoken(work: Work) -> list[str]:
    table = TABLES.get(work.source.kind)
    return [name for name in table.values if not work.has(name)] if table else []


def _finish(conn: Connection, work: Work, changes: Changes, read: int, accepted: int, *, is_again: bool) -> None:
    """Complete the row of ``load``; its counts are known only now, while its number was needed by every row."""
    conn.execute(
        """
        UPDATE load SET finished_at = CASE WHEN %s THEN finished_at ELSE clock_timestamp() END, undone_at = NULL,
                        as_of = %s, rows_read = %s, rows_accepted = %s, rows_rejected = %s, rows_changed = %s,
                        supersedes_load_id = %s, remarks = %s
        WHERE id = %s
        """,
        (is_again, work.as_of, read, accepted, read - accepted, changes.new + changes.changed, changes.supersedes,
         Jsonb(work.remarks), work.load_id),
    )  # fmt: skip
