"""What the model in shadow may know: of each visit, what was known on the day before it (``planning/shadow.py``)."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from data.database.connection import Connection

MOST_PAST = 20_000
_USUAL_DAYS = 60
_ROWS = """
    WITH asked AS (
        SELECT v.id, v.id AS venue_id, %(day)s::date AS day, NULL::boolean AS found
        FROM venue AS v WHERE v.id = ANY (%(venues)s)
        UNION ALL
        (SELECT x.case_id, c.venue_id, x.outcome_on, x.outcome <> 'compliant'
         FROM visit AS x JOIN case_file AS c ON c.id = x.case_id
         WHERE c.state = 'recorded' AND c.venue_id IS NOT NULL AND x.outcome_on < %(day)s
           -- where nobody was met nothing was found, neither way
           AND x.outcome NOT IN ('closed', 'not_found')
         ORDER BY x.outcome_on DESC, x.case_id DESC LIMIT %(most)s)
    )
    SELECT a.id, a.day, a.found, v.category, COALESCE(known.status::text, '') AS status,
           GREATEST(before.day - GREATEST(since.day, reach.first_day), 0) AS days_in_status,
           known.counted_reminders AS reminders, usual.scans, before.day - seen.day AS days_since_seen
    FROM asked AS a
    JOIN venue AS v ON v.id = a.venue_id
    CROSS JOIN LATERAL (SELECT LEAST(a.day - 1, current_day()) AS day) AS before
    CROSS JOIN LATERAL venue_status(v.id, before.day) AS known
    CROSS JOIN (SELECT COALESCE(d.first_day, d.current_day) AS first_day FROM data_reach() AS d) AS reach
    -- a period ends also where a QR comes or scans stop and the status stays
    CROSS JOIN LATERAL (
        SELECT COALESCE(max(p.to_day) + 1, '-infinity') AS day FROM status_period AS p
        WHERE p.venue_id = v.id AND p.to_day < before.day AND p.status IS DISTINCT FROM known.status
    ) AS since
    CROSS JOIN LATERAL (
        SELECT COALESCE(avg(s.scans), 0)::float8 AS scans FROM scan_count AS s
        WHERE s.venue_id = v.id AND s.scans > 0 AND s.day BETWEEN before.day - %(usual)s AND before.day
    ) AS usual
    CROSS JOIN LATERAL (
        SELECT max(m.day) AS day FROM (
            SELECT max(r.reminded_on) AS day FROM reminder AS r
            WHERE r.venue_id = v.id AND r.reminded_on <= before.day AND r.withdrawn_on IS NULL
            UNION ALL
            SELECT max(x.outcome_on) FROM case_file AS c JOIN visit AS x ON x.case_id = c.id
            WHERE c.venue_id = v.id AND x.outcome_on <= before.day AND x.outcome NOT IN ('closed', 'not_found')
        ) AS m
    ) AS seen
    ORDER BY a.found IS NULL, a.day, a.id
"""


def shadow_rows(conn: Connection, venue_ids: Sequence[int], day: dt.date) -> list[dict[str, Any]]:
    """Rows for ``planning.shadow.shadow_order``: past visits with what they found, then those planned for ``day``.

    The loader's connection asks, for the model learns from the whole district. ``id`` is the case of a past visit and
    the venue of one that is planned; ``scans`` are those of a usual day with scans, of the last 60; ``days_since_seen``
    is since the last reminder or visit, None: never. Of past visits the newest 20,000.
    """
    values = {"day": day, "venues": list(venue_ids), "most": MOST_PAST, "usual": _USUAL_DAYS}
    return conn.execute(_ROWS, values).fetchall()
