"""Scan counts per venue and day, millions of rows; and the days for which a load knows the scans."""

import datetime as dt
from functools import partial

import numpy as np
import pandas as pd
from psycopg.sql import SQL

from data.database.staging import copy_into, stage
from etl.loading import events
from etl.loading.steps import Named
from etl.loading.work import Changes, Work

TABLE = events.Table(name="scan_count", key={"day": "date"}, values={"scans": "integer"})


def check(work: Work) -> None:
    """Reject what no venue or another row of the file allows; stage the known days."""
    # Which days a file knows does not depend on whether the register has its venues.
    days = _known_days(work)
    events.name_venues(work)
    events.settle_rows(work, TABLE, "scans")
    stage(work.conn, "known_day", {"day": "date"}, pd.DataFrame({"day": pd.Series(days, dtype="datetime64[s]")}))


def _known_days(work: Work) -> list[dt.date]:
    """Days with rows, and days that a title says are covered, as far as they have come when the file was made."""
    last = min(work.today, work.as_of or work.today)
    days = {day.date() for day in pd.to_datetime(work.incoming["day"].unique())}
    for first_covered, last_covered in work.table.covered_days:
        work.count("covered_days_to_come", max(0, (last_covered - max(last, first_covered - dt.timedelta(1))).days))
        days |= {day.date() for day in pd.date_range(first_covered, min(last_covered, last))}
    return sorted(days)


def write(work: Work) -> Changes:
    """Upsert by venue and day.

    Touched are only venues for which a day turned from none to some scans or back: the rule asks for no more. Where
    there are running totals, any count is taken off what they leave open.
    """
    before = _all_days(work)
    changes = _add(work) if _only_adds(work) else _upsert(work)
    work.conn.execute("INSERT INTO scan_day (day, load_id) SELECT day, %s FROM known_day", (work.load_id,))
    changes.days_changed = before != _all_days(work)
    return changes


def _only_adds(work: Work) -> bool:
    """Whether the file is the first of its name and no load knows one of its days, so that no count of them is there:
    the usual file of a new week.
    """
    row = work.conn.execute(
        "SELECT EXISTS (SELECT FROM load WHERE kind = 'scans' AND file_name = %s AND id <> %s)"
        " OR EXISTS (SELECT FROM scan_day JOIN known_day USING (day)) AS may_change",
        (work.source.path.name, work.load_id),
    ).fetchone()
    return row is not None and not row["may_change"]


def _add(work: Work) -> Changes:
    """COPY straight into the table: staged and compared first, a million rows take three times as long."""
    events.stage_waiting(work, TABLE)
    columns = TABLE.columns | {"load_id": "integer"}
    rows = events.as_sourced(work.at(Named)).assign(load_id=work.load_id)
    if work.describes:
        columns["mention_id"] = "integer"
        rows["mention_id"] = rows["mention_id"].astype("Int64").mask(rows["mention_id"] == 0)
    # Ordered as the primary key is, and so as the rule reads them.
    order = np.lexsort((rows["day"].to_numpy(), rows["venue_id"].to_numpy()))
    copy_into(work.conn, TABLE.name, columns, rows[list(columns)].iloc[order])
    has_totals = work.conn.execute("SELECT FROM scan_export LIMIT 1").fetchone() is not None
    touched = rows["venue_id"] if has_totals else rows["venue_id"][rows["scans"] > 0]
    # That a day is known, and its counts, say nothing of earlier days; what totals leave open is seen to by itself.
    first = work.conn.execute("SELECT min(day) AS day FROM known_day").fetchone()
    return Changes(new=len(rows), touched=set(touched.unique().tolist()), from_day=first["day"] if first else None)


def _upsert(work: Work) -> Changes:
    events.stage_incoming(work, TABLE)
    changes = events.write_events(work, TABLE, partial(_write_counts, work))
    work.conn.execute("DELETE FROM scan_day WHERE load_id = ANY(%s)", (work.supersedes,))
    if "kept_rows" in work.remarks:
        _know_kept_days(work)
    return changes


def _write_counts(work: Work) -> Changes:
    """Two statements and not one upsert: what a count was before decides whether its venue is touched."""
    conn = work.conn
    mention = SQL("NULLIF(d.mention_id, 0)") if work.describes else SQL("NULL::integer")
    conn.execute(
        """
        CREATE TEMP TABLE differing ON COMMIT DROP AS
        SELECT i.*, old.scans AS old_scans FROM incoming AS i LEFT JOIN scan_count AS old USING (venue_id, day)
        WHERE old.scans IS DISTINCT FROM i.scans
        """
    )
    changed = conn.execute(
        SQL(
            """
            UPDATE scan_count AS s
            SET scans = d.scans, mention_id = {}, load_id = %s, source_sheet = d.source_sheet,
                source_row = d.source_row
            FROM differing AS d
            WHERE d.old_scans IS NOT NULL AND s.venue_id = d.venue_id AND s.day = d.day
            """
        ).format(mention),
        (work.load_id,),
    ).rowcount
    # Ordered as the primary key is, and so as the rule reads them.
    new = conn.execute(
        SQL(
            """
            INSERT INTO scan_count (venue_id, day, scans, mention_id, load_id, source_sheet, source_row)
            SELECT d.venue_id, d.day, d.scans, {}, %s, d.source_sheet, d.source_row FROM differing AS d
            WHERE d.old_scans IS NULL ORDER BY d.venue_id, d.day
            """
        ).format(mention),
        (work.load_id,),
    ).rowcount
    row = conn.execute(
        "SELECT COALESCE(array_agg(DISTINCT venue_id), '{}') AS venues FROM differing"
        " WHERE (scans > 0) <> (COALESCE(old_scans, 0) > 0) OR EXISTS (SELECT FROM scan_export)"
    ).fetchone()
    return Changes(new=new, changed=changed, touched=set(row["venues"]) if row else set())


def _know_kept_days(work: Work) -> None:
    """A count that stays because its new row was rejected stays on a known day."""
    work.conn.execute(
        "INSERT INTO known_day SELECT DISTINCT day FROM scan_count"
        " WHERE load_id = ANY(%s) AND day NOT IN (SELECT day FROM known_day)",
        (work.supersedes,),
    )


def _all_days(work: Work) -> set[dt.date]:
    return {row["day"] for row in work.conn.execute("SELECT DISTINCT day FROM scan_day")}
