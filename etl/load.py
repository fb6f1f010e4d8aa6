"""Loading one file: read, wait for the turn, check, write, bring the status in step; one transaction, all or nothing.

Nothing of a file is visible or kept before the last statement, so that a load that is killed leaves the tables as they
were. All loads take turns behind one lock (``data.periods.LOADER_LOCK``).
"""

import datetime as dt
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pyproj

from data import periods
from data.connection import loader_connection
from data.days import today
from data.errors import UserError
from data.settings import TIMEZONE
from etl import refusals
from etl.errors import UnusableFile
from etl.kinds import KINDS
from etl.rejects import write_rejects
from etl.table import BoundaryFile, Reject, SourceTable
from etl.work import Changes, Connection, Source, Work

STEPS = (
    "Đọc tệp",
    "Chờ tới lượt",
    "Kiểm tra và chép vào bảng tạm",
    "Ghi vào cơ sở dữ liệu",
    "Tính lại trạng thái",
    "Hoàn tất",
)
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
        super().__init__(f"Ngày {day:%d/%m/%Y} ở --as-of chưa tới; số liệu chỉ có thể tính đến hôm nay.")


class LoadFailed(UnusableFile):
    """PostgreSQL refused something that no check foresaw; nothing of the file is kept."""

    def __init__(self, path: Path, error: psycopg.Error) -> None:
        name = type(error).__name__
        detail = str(error).splitlines()[0] if str(error) else name
        full = "ổ đĩa của máy chủ đã đầy" if isinstance(error, psycopg.errors.DiskFull) else None
        told = "Không nạp được tệp «{}»: cơ sở dữ liệu báo lỗi ({}). Không có gì của tệp được giữ lại."
        super().__init__(told.format(path.name, full or detail), public=told.format(path.name, full or name))


@dataclass(frozen=True)
class Options:
    """What a person may say beside the file: see ``python -m etl load --help``."""

    as_of: dt.date | None = None
    crs: pyproj.CRS | None = None
    dry_run: bool = False
    replace: bool = False


@dataclass(frozen=True)
class Outcome:
    """What became of a file. ``load_id`` is the earlier load when the file had been loaded already."""

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

    @property
    def unchanged(self) -> int:
        """Accepted rows that said nothing new."""
        return self.accepted - self.changes.new - self.changes.changed


class _DryRun(Exception):
    pass


def load(source: Source, options: Options, progress: Progress) -> Outcome:
    """Load a file that has been read.

    Raises
    ------
    UnusableFile
        No row of it can be used.
    LoadFailed, DatabaseUnavailable, NotMigrated, FutureAsOf
        Nothing of the file is kept.
    """
    if options.as_of and options.as_of > today():
        raise FutureAsOf(options.as_of)
    try:
        with loader_connection() as conn:
            # A loader that was killed must not hold the lock until its statement is through.
            conn.execute("SET LOCAL client_connection_check_interval = '1s'")
            conn.execute("SET LOCAL jit = off")  # compiling the rule takes longer than a small load
            conn.execute("SET LOCAL work_mem = '128MB'")  # a million counts are sorted in memory
            _wait_for_turn(conn, progress)
            outcome = _loaded_before(conn, source, options) or _load(conn, source, options, progress)
            refusals.settle(conn, source)
            if options.dry_run:
                conn.rollback()
            if outcome.loaded_before is None:
                progress(6, STEPS[5])
    except psycopg.Error as error:
        raise LoadFailed(source.path, error) from error
    return outcome


def _wait_for_turn(conn: Connection, progress: Progress) -> None:
    progress(2, STEPS[1])
    if not periods.lock(conn, wait=False):
        progress(2, "Một lần nạp khác đang chạy; tệp này chờ đến khi lần nạp đó xong …")
        periods.lock(conn)


def _loaded_before(conn: Connection, source: Source, options: Options) -> Outcome | None:
    """The newest load of that name and kind, if it was of the same content and nothing has come that could change it.

    Rows refused for want of their venue may be accepted once the register has come; rows that it shares with a file
    whose correction took them back stand again.
    """
    row = conn.execute(
        """
        SELECT l.*, EXISTS (SELECT FROM load AS v WHERE v.kind IN ('venues', 'wards') AND v.id > l.id) AS outdated,
               EXISTS (SELECT FROM load AS c WHERE c.kind = l.kind AND c.id > l.id AND c.remarks ? 'removed_rows')
                   AS may_lack_rows
        FROM load AS l WHERE l.kind = %s AND l.file_name = %s ORDER BY l.id DESC LIMIT 1
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


def _load(conn: Connection, source: Source, options: Options, progress: Progress) -> Outcome:
    started = dt.datetime.now(TIMEZONE)
    kind = KINDS[source.kind]
    work = Work(conn, source, today(), _as_of(source, options), options.crs, options.replace)
    work.remarks |= source.remarks
    if options.crs:
        work.remarks["crs_option"] = options.crs.to_string()
    if isinstance(source, SourceTable) and source.unread:
        headings = ", ".join(f"«{heading}»" for heading in source.unread[:MOST_HEADINGS])
        work.sentences.append(f"Không đọc {len(source.unread)} cột có tiêu đề không nhận ra: {headings}.")
    progress(3, f"{STEPS[2]}: {source.rows_read} dòng")
    kind.check(work)
    rejects = tuple(sorted([*source.rejects, *work.rejects], key=lambda r: (r.sheet, r.row)))
    accepted = source.rows_read - len(rejects)
    is_listed = bool(rejects) and isinstance(source, SourceTable) and not options.dry_run
    rejects_file = write_rejects(work.table, list(rejects)) if is_listed else None
    if accepted == 0 and not source.covered_days:
        raise NothingUsable(source, rejects, rejects_file)
    progress(4, f"{STEPS[3]}: {accepted} dòng")
    work.load_id = _begin(conn, source, work, started)
    changes = kind.write(work)
    _finish(conn, work, changes, source.rows_read, accepted)
    progress(5, f"{STEPS[4]}: {len(changes.touched)} địa điểm")
    periods.after_load(conn, sorted(changes.touched), days_changed=changes.days_changed)
    return Outcome(
        source.path, source.kind, work.load_id, source.rows_read, accepted, changes, rejects, rejects_file,
        work.remarks, tuple(work.sentences), work.as_of, dry_run=options.dry_run,
    )  # fmt: skip


class NothingUsable(UnusableFile):
    """Every row of a file was rejected."""

    def __init__(self, source: Source, rejects: Iterable[Reject], rejects_file: Path | None) -> None:
        first = next(iter(rejects), None)
        why = f" Dòng đầu tiên: {first.message}." if first else " Bảng không có dòng nào."
        where = f" Danh sách lỗi: {rejects_file}." if rejects_file else ""
        told = f"Tệp «{source.path.name}» không có dòng nào dùng được."
        beside = f" Danh sách lỗi nằm trong tệp «{rejects_file.name}» cạnh tệp nguồn." if rejects_file else ""
        super().__init__(f"{told}{why}{where}", public=told + (beside if first else why))


def _as_of(source: Source, options: Options) -> dt.date | None:
    """The day up to which the file speaks: as said, else the latest day of its events that has come."""
    if options.as_of or isinstance(source, BoundaryFile):
        return options.as_of
    limit = today()
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


def _begin(conn: Connection, source: Source, work: Work, started: dt.datetime) -> int:
    row = conn.execute(
        """
        INSERT INTO load (kind, file_name, file_sha256, sheets, as_of, is_demo, started_at, finished_at,
                          rows_read, rows_accepted, rows_rejected, rows_changed)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 0, 0, 0, 0) RETURNING id
        """,
        (source.kind, source.path.name, source.file_sha256, list(source.sheets), work.as_of, source.is_demo,
         started, started),
    ).fetchone()  # fmt: skip
    return int(row["id"]) if row else 0


def _finish(conn: Connection, work: Work, changes: Changes, read: int, accepted: int) -> None:
    """Complete the row of ``load``; its counts are known only now, while its number was needed by every row."""
    conn.execute(
        """
        UPDATE load SET finished_at = clock_timestamp(), rows_read = %s, rows_accepted = %s, rows_rejected = %s,
                        rows_changed = %s, supersedes_load_id = %s, remarks = %s
        WHERE id = %s
        """,
        (read, accepted, read - accepted, changes.new + changes.changed, changes.supersedes,
         json.dumps(work.remarks, ensure_ascii=False), work.load_id),
    )  # fmt: skip
