"""``python -m etl status``: what has been loaded and what is known."""

from data.database.connection import Connection
from data.queries.freshness import refusals
from data.texts.catalogue import moment, number, t
from data.vocabulary import LOAD_KINDS

LAST_LOADS = 20
_COLUMNS = ("no", "at", "kind", "file", "read", "accepted", "changed", "rejected", "supersedes", "by", "undone")


def overview(conn: Connection) -> list[str]:
    """Lines on the counts, files that could not be loaded, the newest load of each kind, and the last loads."""
    counts = conn.execute(
        """
        SELECT (SELECT count(*) FROM venue) AS venues,
               (SELECT count(*) FROM venue WHERE ward_id IS NULL) AS without_ward,
               (SELECT count(*) FROM venue WHERE geom IS NULL) AS without_point,
               (SELECT count(*) FROM registration) AS registrations,
               (SELECT count(*) FROM reminder) AS reminders,
               (SELECT count(*) FROM suspension) AS suspensions,
               (SELECT min(day) FROM scan_known_day) AS first_day, (SELECT max(day) FROM scan_known_day) AS last_day,
               (SELECT count(*) FROM scan_known_day) AS days,
               (SELECT count(*) FROM load) AS loads,
               (SELECT bool_or(is_demo) FROM load WHERE undone_at IS NULL) AS is_demo
        """
    ).fetchone()
    if counts is None or counts["loads"] == 0:
        return [t("loaded.nothing"), *_refused(conn)]
    lines = [
        *([t("data.demo").upper()] if counts["is_demo"] else []),
        t("loaded.venues", **counts),
        t("loaded.events", **counts),
        t("loaded.scans", known=t("loaded.days", **counts) if counts["days"] else t("loaded.none")),
    ]
    return [*lines, *_refused(conn), "", *_newest(conn), "", *_last_loads(conn)]


def _refused(conn: Connection) -> list[str]:
    """Files of which nothing could be loaded, until their correction has come."""
    lines = [
        f"  {moment(refusal.refused_at)}, {refusal.file_name}"
        f"{f' ({_title(refusal.kind)})' if refusal.kind else ''}: {refusal.sentence}"
        for refusal in refusals(conn)
    ]
    return ["", t("loaded.refused"), *lines] if lines else []


def _newest(conn: Connection) -> list[str]:
    rows = conn.execute(
        "SELECT DISTINCT ON (kind) kind, as_of, finished_at, file_name FROM load WHERE undone_at IS NULL"
        " ORDER BY kind, id DESC"
    ).fetchall()
    newest = {row["kind"]: row for row in rows}
    lines = [t("loaded.newest")]
    for kind in LOAD_KINDS:
        row = newest.get(kind)
        until = t("loaded.until", day=row["as_of"]) if row and row["as_of"] else ""
        newest_load = f"{moment(row['finished_at'])}, {row['file_name']}{until}" if row else t("loaded.none")
        lines.append(f"  {_title(kind)}: {newest_load}")
    return lines


def _last_loads(conn: Connection) -> list[str]:
    rows = conn.execute(
        "SELECT id, finished_at, kind, file_name, rows_read, rows_accepted, rows_changed, rows_rejected,"
        " supersedes_load_id, loaded_by, undone_at FROM load ORDER BY id DESC LIMIT %s",
        (LAST_LOADS,),
    ).fetchall()
    table = [tuple(t(f"loaded.{column}") for column in _COLUMNS)]
    for row in rows:
        figures = (row["rows_read"], row["rows_accepted"], row["rows_changed"], row["rows_rejected"])
        table.append(
            (str(row["id"]), moment(row["finished_at"]), _title(row["kind"]), row["file_name"],
             *(number(figure) for figure in figures), str(row["supersedes_load_id"] or ""), row["loaded_by"] or "",
             moment(row["undone_at"]) if row["undone_at"] else "")
        )  # fmt: skip
    widths = [max(len(cells[column]) for cells in table) for column in range(len(table[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip() for cells in table]


def _title(kind: str) -> str:
    return t(f"kind.{kind}")
