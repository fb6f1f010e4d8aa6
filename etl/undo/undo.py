"""Taking a load back as a whole, as if it had never been: everything it added, changed or closed is as before.

The loads that came after it stand on it. They are taken out, the newest first, then the load itself; then their files
are loaded again from the store, in their order, as they were then: with what a person said beside them, on their day,
under their numbers. All of it is one transaction behind the loader's lock, and what is derived is brought in step once.
Rows that people decided about (``data``'s tables without ``load_id``) are consulted again, not taken back.

Events that name their venues by code, and streets, are the exception: only files of their own kind read or write what
stands there, so that a load of them, the last of its kind, is taken out alone, whatever other kinds have come since.

A later file that has no usable row any more without the load, or says only what is loaded already, is taken back with
it; :func:`undo` with ``dry_run`` says so before.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import psycopg

from data.database.connection import Connection, loader_connection
from data.database.staging import dropping_temporary_tables
from data.desk import cases
from data.desk import field as at_the_door
from data.errors import UserError
from data.status import periods
from data.texts.sentences import Sentence
from etl.errors import UnusableFile
from etl.linking import merges
from etl.linking.cases import follow
from etl.loading import descriptions, pending, status_changes, suspension_changes
from etl.loading.kinds import TABLES
from etl.loading.load import Progress, load_again, prepare
from etl.loading.options import options_from, read_as
from etl.locating import apply_hand_points, relocate
from etl.store import files
from etl.undo.revert import Reverted, revert

STEPS = tuple(Sentence(f"imports.doing.undo.{step}") for step in range(1, 7))

_READ_BY = {
    "streets": ("streets",),
    "registrations": ("registrations",),
    "scans": ("scans", "totals"),
    "reminders": ("reminders",),
    "suspensions": ("suspensions",),
}
"""Kinds of files -> the kinds of files whose loading reads or writes the same tables, where that is not any."""
_DESCRIBED = {"linked_rows", "pending_rows"}
"""Remarks on a load with descriptions of venues: they are linked by one file and may be used by any later one."""

_COUNTS = {"accepted": "rows_accepted", "rejected": "rows_rejected", "changed": "rows_changed"}
# Known days follow from files of scans, contacts and openings belong to their venues: people count none of them apart.
_COUNTED_WITH_OTHERS = ("scan_day", "venue_contact", "venue_opening")


class CannotUndo(UserError):
    """A load cannot be taken back; nothing is changed."""


class UndoFailed(UserError):
    """PostgreSQL refused something that no check foresaw; nothing is changed."""

    def __init__(self, load_id: int, error: psycopg.Error) -> None:
        name = type(error).__name__
        why = Sentence("refused.why.server_disk") if isinstance(error, psycopg.errors.DiskFull) else name
        super().__init__(Sentence("undo.refused.database", load=str(load_id), why=why))


@dataclass(frozen=True)
class LaterLoad:
    """A later load that is not what it was: its counts (accepted, rejected, changed) before and after.

    ``after`` is None where it is taken back, too, for the reason ``why``, a sentence (``data.texts.sentences``).
    """

    load: int
    kind: str
    file_name: str
    before: dict[str, int]
    after: dict[str, int] | None
    why: Any = None


@dataclass(frozen=True)
class UndoReport:
    """What taking a load back does, or has done.

    ``rows``: of each table, how many rows that the load had added go (``added``), that it had changed (``changed``) or
    removed (``removed``) are as before. ``reloaded`` counts the later files that are loaded again, ``later`` names
    those of them that turn out otherwise. ``statuses`` and ``suspensions`` as in ``compare`` of
    ``etl.loading.status_changes`` and ``suspension_changes``.
    """

    load: int
    kind: str
    file_name: str
    finished_at: str
    loaded_by: str | None
    rows: dict[str, dict[str, int]]
    reloaded: int
    later: list[LaterLoad] = field(default_factory=list)
    statuses: dict[str, Any] = field(default_factory=dict)
    suspensions: dict[str, Any] = field(default_factory=dict)
    dry_run: bool = False


# Called within the transaction as the last thing before it is committed.
BeforeCommit = Callable[[Connection, UndoReport], None]


def undo(
    load_id: int,
    undone_by: str | None,
    progress: Progress,
    *,
    dry_run: bool = False,
    before_commit: BeforeCommit | None = None,
) -> UndoReport:
    """Take the load ``load_id`` back; with ``dry_run`` say what that would do, and change nothing.

    Raises
    ------
    CannotUndo, UndoFailed, etl.store.files.NotKept, DatabaseUnavailable, NotMigrated
        Nothing is changed.
    """
    progress(1, STEPS[0])
    try:
        with loader_connection() as conn:
            prepare(conn, progress)
            report = undo_within(conn, load_id, undone_by, progress, dry_run=dry_run)
            progress(6, STEPS[5])
            if dry_run:
                conn.rollback()
            elif before_commit:
                before_commit(conn, report)
    except psycopg.Error as error:
        raise UndoFailed(load_id, error) from error
    return report


def undo_within(
    conn: Connection, load_id: int, undone_by: str | None, progress: Progress, *, dry_run: bool = False
) -> UndoReport:
    """As :func:`undo`, within the transaction of a caller who has its turn; raises psycopg.Error as it comes."""
    rows = _to_be_taken_out(_standing_from(conn, load_id))
    _check(rows)
    status_changes.note_statuses(conn)
    return _undone(conn, rows, undone_by, progress, dry_run=dry_run)


def _standing_from(conn: Connection, load_id: int) -> list[dict[str, Any]]:
    """The load and the later ones that stand, in order."""
    row = conn.execute("SELECT undone_at FROM load WHERE id = %s", (load_id,)).fetchone()
    if row is None:
        raise CannotUndo(Sentence("undo.refused.no_load", load=str(load_id)))
    if row["undone_at"]:
        raise CannotUndo(Sentence("undo.refused.undone", load=str(load_id)))
    return conn.execute(
        "SELECT id, kind, file_name, file_sha256, finished_at, loaded_by, rows_accepted, rows_rejected,"
        " rows_changed, remarks, options FROM load WHERE id >= %s AND undone_at IS NULL ORDER BY id",
        (load_id,),
    ).fetchall()


def _to_be_taken_out(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The load, first of ``rows``, and the later ones unless none of them can have built on it."""
    load, later = rows[0], rows[1:]
    readers = _READ_BY.get(load["kind"])
    if readers is None or _DESCRIBED & load["remarks"].keys() or any(row["kind"] in readers for row in later):
        return rows
    return [load]


def _check(rows: list[dict[str, Any]]) -> None:
    """Raises CannotUndo where a load was made before loads could be taken back, or a later file is not kept."""
    first = rows[0]["id"]
    old = [str(row["id"]) for row in rows if "today" not in row["options"]]
    if old:
        raise CannotUndo(Sentence("undo.refused.old", load=str(first), old=old))
    for row in rows[1:]:
        if not files.path_of(row["file_sha256"], row["file_name"]).is_file():
            values = {"load": str(first), "name": row["file_name"], "later": str(row["id"])}
            raise CannotUndo(Sentence("undo.refused.not_kept", **values))


def _undone(
    conn: Connection, rows: list[dict[str, Any]], undone_by: str | None, progress: Progress, *, dry_run: bool
) -> UndoReport:
    taken, later = rows[0], rows[1:]
    suspended = suspension_changes.note(conn)
    stood = _waiting_and_covered(conn, taken)
    touched = pending.cut_links(conn, [row["id"] for row in rows]) | at_the_door.set_aside(conn)
    touched |= cases.set_aside(conn)
    asks_again = any(row["kind"] == "venues" for row in rows)
    for number, row in enumerate(reversed(rows), start=1):
        progress(3, Sentence("imports.doing.of_load", step=STEPS[2], load=str(row["id"]), number=number, of=len(rows)))
        touched |= pending.follow_links(conn)
        asks_again |= descriptions.take_back(conn, row["id"])
        let_go = _waiting_and_covered(conn, row)
        reverted = revert(conn, row["id"])
        touched |= reverted.touched
    touched |= merges.apply(conn) | pending.restore_links(conn) | at_the_door.put_again(conn)
    touched |= cases.put_again(conn)
    conn.execute("UPDATE load SET undone_by = %s WHERE id = %s", (undone_by, taken["id"]))
    differing: list[LaterLoad] = []
    for number, row in enumerate(later, start=1):
        progress(
            4, Sentence("imports.doing.of_file", step=STEPS[3], name=row["file_name"], number=number, of=len(later))
        )
        touched |= _load_again(conn, row, taken["id"], undone_by, differing)
    touched |= _keep_hand_points(conn)
    if asks_again:
        pending.ask_again(conn)
    progress(5, Sentence("imports.doing.venues", step=STEPS[4], count=str(len(touched))))
    periods.after_load(conn, touched, days_changed=True)
    follow(conn)
    return UndoReport(
        load=taken["id"],
        kind=taken["kind"],
        file_name=taken["file_name"],
        finished_at=taken["finished_at"].isoformat(),
        loaded_by=taken["loaded_by"],
        rows=_rows(_as_they_stood(reverted, taken["kind"], stood, let_go)),
        reloaded=len(later),
        later=differing,
        statuses=status_changes.compare(conn),
        suspensions=suspension_changes.compare(conn, suspended),
        dry_run=dry_run,
    )


def _keep_hand_points(conn: Connection) -> set[int]:
    """Rows that are as before are as before people moved their points, too: moved points are put on again, and the
    venues located by them follow. Returns the venues whose ward that changes.
    """
    if conn.execute("SELECT FROM venue_point LIMIT 1").fetchone() is None:
        return set()
    touched = apply_hand_points(conn)
    relocate(conn)
    return touched


def _waiting_and_covered(conn: Connection, load: dict[str, Any]) -> tuple[int, int]:
    """How many rows of the load wait, and how many rows of its events' table it has been written over."""
    table = TABLES.get(load["kind"])
    row = conn.execute(
        "SELECT (SELECT count(*) FROM pending_row WHERE load_id = %(load)s) AS waiting,"
        " (SELECT count(*) FROM before_image WHERE load_id = %(load)s AND table_name = %(table)s) AS covered",
        {"load": load["id"], "table": table.name if table else ""},
    ).fetchone()
    return (row["waiting"], row["covered"]) if row else (0, 0)


def _as_they_stood(reverted: Reverted, kind: str, stood: tuple[int, int], let_go: tuple[int, int]) -> Reverted:
    """Rows that were let go of their venues on the way count as what they were: events that the load had written."""
    waiting, covered = max(let_go[0] - stood[0], 0), max(stood[1] - let_go[1], 0)
    if waiting:
        table = TABLES[kind].name
        reverted.added["pending_row"] -= waiting
        reverted.added[table] += waiting - covered
        reverted.changed[table] += covered
    return reverted


def _rows(reverted: Reverted) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for name in reverted.added:
        counts = {
            "added": reverted.added[name],
            "changed": reverted.changed[name],
            "removed": reverted.removed[name],
        }
        if name not in _COUNTED_WITH_OTHERS and any(counts.values()):
            found[name] = counts
    return found


def _load_again(
    conn: Connection, row: dict[str, Any], because_of: int, undone_by: str | None, differing: list[LaterLoad]
) -> set[int]:
    """Load the file of a later load again; returns the venues touched. Adds to ``differing`` where it differs."""
    before = {name: row[column] for name, column in _COUNTS.items()}
    options = options_from(row["options"])
    why: Any = Sentence("undo.why.all_there", load=str(because_of))
    outcome = None
    with files.borrowed(row["file_sha256"], row["file_name"]) as path, dropping_temporary_tables(conn):
        source = read_as(path, options)
        if source.file_sha256 != row["file_sha256"]:
            raise files.NotKept(row["file_name"])
        try:
            with conn.transaction():
                outcome = load_again(conn, source, options, row["id"])
        except UnusableFile as error:
            why = error.public
    if outcome is None:
        conn.execute(
            "UPDATE load SET undone_by = %s, remarks = remarks || jsonb_build_object('undone_with', %s::integer)"
            " WHERE id = %s",
            (undone_by, because_of, row["id"]),
        )
        differing.append(LaterLoad(row["id"], row["kind"], row["file_name"], before, None, why))
        return set()
    changes = outcome.changes
    after = {
        "accepted": outcome.accepted,
        "rejected": len(outcome.rejects),
        "changed": changes.new + changes.changed,
    }
    if after != before:
        differing.append(LaterLoad(row["id"], row["kind"], row["file_name"], before, after))
    return changes.touched
