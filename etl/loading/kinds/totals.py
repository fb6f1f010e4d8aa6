"""Running totals of the QR account: all scans of a venue since its code was made, up to the moment of the export.

What follows from them, and which of two totals of one moment holds, is ``data/sql/scan_totals.sql``. Every load keeps
what it states, also what another has stated before, so that the order of loading does not matter.
"""

import datetime as dt
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from psycopg.sql import SQL

from data.database.staging import stage
from data.status.periods import ONLY_DERIVED
from data.texts.sentences import Sentence
from etl.loading import events
from etl.loading.steps import Exported
from etl.loading.work import Changes, Work

TABLE = events.Table(
    name="scan_total",
    key={"exported_on": "date", "exported_minute": "smallint"},
    values={"total": "bigint"},
    per_load=True,
)
NO_HOUR = -1
_NO_MOMENT = Sentence("row.expected.export")
_TO_COME = Sentence("row.expected.past_export")
# Rejected rows of totals say of which venue they are, and the file of which moment: all rows of that venue are spared.
_BY_VENUE = events.Table(name=TABLE.name, key={}, values=TABLE.values)
_REACH = "SELECT first_day, last_day, first_export, last_export FROM scan_export_days"


def check(work: Work) -> None:
    """Reject what no venue, no moment or another row of the file allows; stage the rest and the moments."""
    _name_moments(work)
    moments = work.at(Exported)[[*TABLE.key]].drop_duplicates()
    if work.as_of is None and not moments.empty:
        work.as_of = moments["exported_on"].max().date()
    events.name_venues(work)
    events.settle_rows(work, TABLE, "total")
    events.stage_incoming(work, TABLE)
    stage(work.conn, "exported", TABLE.key, moments)


def _name_moments(work: Work) -> None:
    """Give ``incoming`` its ``exported_on`` and ``exported_minute``: of the row, else of the file, else of --as-of."""
    at = work.incoming["exported_at"]
    has_hour = work.incoming["_exported_has_hour"].to_numpy(dtype=bool) & at.notna().to_numpy()
    of_file, file_has_hour = _moment_of_file(work)
    if of_file is not None:
        has_hour |= at.isna().to_numpy() & file_has_hour
        at = at.fillna(pd.Timestamp(of_file))
    day = at.dt.normalize()
    minute = ((at - day) // pd.Timedelta(minutes=1)).fillna(0).astype("int64")
    work.advance(Exported, exported_on=day, exported_minute=np.where(has_hour, minute, NO_HOUR).astype("int16"))
    work.reject(work.incoming["exported_on"].isna(), "exported_at", _NO_MOMENT)
    work.reject(work.incoming["exported_on"] > pd.Timestamp(work.today), "exported_at", _TO_COME)


def _moment_of_file(work: Work) -> tuple[dt.datetime | None, bool]:
    """The moment in Asia/Ho_Chi_Minh, without its zone, and whether its hour is known."""
    table = work.table
    if table.exported_at is not None:
        return table.exported_at.replace(tzinfo=None), table.exported_has_hour
    return (dt.datetime.combine(work.as_of, dt.time()) if work.as_of else None), False


def write(work: Work) -> Changes:
    """Add what the load states; a corrected file takes back what the loads that it supersedes had stated."""
    conn = work.conn
    before = _reach(work)
    changes = events.write_events(work, TABLE, partial(_state, work), missing_by=_BY_VENUE)
    conn.execute(
        "DELETE FROM scan_export AS e WHERE load_id = ANY(%s) AND NOT EXISTS (SELECT FROM scan_total AS t"
        " WHERE (t.load_id, t.exported_on, t.exported_minute) = (e.load_id, e.exported_on, e.exported_minute))",
        (work.supersedes,),
    )
    conn.execute(
        "INSERT INTO scan_export (load_id, exported_on, exported_minute)"
        " SELECT %s, exported_on, exported_minute FROM exported",
        (work.load_id,),
    )
    changes.days_changed = before != _reach(work)
    return changes


def _state(work: Work) -> Changes:
    """The rows of the file in place of those that superseded loads stated of its venues."""
    changes = _compared(work)
    work.conn.execute(
        "DELETE FROM scan_total WHERE load_id = ANY(%s) AND venue_id IN (SELECT venue_id FROM incoming)",
        (work.supersedes,),
    )
    mention = SQL("NULLIF(mention_id, 0)") if work.describes else SQL("NULL::integer")
    work.conn.execute(
        SQL(
            """
            INSERT INTO scan_total
                (venue_id, exported_on, exported_minute, total, mention_id, load_id, source_sheet, source_row)
            SELECT venue_id, exported_on, exported_minute, total, {}, %s, source_sheet, source_row
            FROM incoming ORDER BY venue_id, exported_on, exported_minute
            """
        ).format(mention),
        (work.load_id,),
    )
    return changes


def _compared(work: Work) -> Changes:
    """What is new and what differs against the loads that the file corrects; their unchanged rows touch no venue."""
    row = work.conn.execute(
        """
        SELECT count(*) FILTER (WHERE old.total IS NULL) AS new,
               count(*) FILTER (WHERE old.total <> i.total) AS changed,
               COALESCE(array_agg(DISTINCT i.venue_id) FILTER (WHERE old.total IS DISTINCT FROM i.total), '{}')
                   AS venues
        FROM incoming AS i
        LEFT JOIN (
            SELECT venue_id, exported_on, exported_minute, max(total) AS total
            FROM scan_total WHERE load_id = ANY(%s) GROUP BY 1, 2, 3
        ) AS old USING (venue_id, exported_on, exported_minute)
        """,
        (work.supersedes,),
    ).fetchone()
    if row is None:
        raise AssertionError("an aggregate has one row")
    # A row of a superseded load at another moment goes as well, so that every venue of it may differ.
    gone = work.conn.execute(
        "SELECT DISTINCT t.venue_id FROM scan_total AS t WHERE t.load_id = ANY(%s) AND NOT EXISTS (SELECT FROM incoming"
        " AS i WHERE (i.venue_id, i.exported_on, i.exported_minute) = (t.venue_id, t.exported_on, t.exported_minute))",
        (work.supersedes,),
    )
    touched = set(row["venues"]) | {other["venue_id"] for other in gone}
    return Changes(new=row["new"], changed=row["changed"], touched=touched, from_day=ONLY_DERIVED)


def _reach(work: Work) -> dict[str, Any] | None:
    """How far the exports reach, which decides the days that are known."""
    return work.conn.execute(_REACH).fetchone()
