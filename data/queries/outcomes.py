"""What recorded visits found, as the harness reads it (``planning/harness/files.py``): venues, never who visited."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from data.database.connection import Connection
from data.queries.filters import NO_WARD
from data.vocabulary import COMPLIANT

COLUMNS = ("venue", "day", "ward", "sort", "lon", "lat", "since", "found", "reminders")
_OUTCOMES = """
    SELECT v.code AS venue, x.day, COALESCE(w.name, %(no_ward)s) AS ward,
           CASE WHEN is_organisation(v.name, v.category) THEN 'enterprise' ELSE 'household' END AS sort,
           round(ST_X(v.geom)::numeric, 6) AS lon, round(ST_Y(v.geom)::numeric, 6) AS lat,
           CASE WHEN before.status <> ALL (%(compliant)s::venue_status[]) THEN GREATEST(since.day, reach.first_day) END
           AS since,
           x.outcome <> 'compliant' AS found, before.counted_reminders AS reminders
    FROM (
        SELECT DISTINCT ON (c.venue_id) c.venue_id, x.outcome_on AS day, x.outcome
        FROM visit AS x JOIN case_file AS c ON c.id = x.case_id
        WHERE c.state = 'recorded' AND x.outcome_on BETWEEN %(first)s AND %(last)s
          -- where nobody was met nothing was found, neither way
          AND x.outcome NOT IN ('closed', 'not_found')
        ORDER BY c.venue_id, x.outcome_on, x.case_id
    ) AS x
    JOIN venue AS v ON v.id = x.venue_id
    LEFT JOIN ward AS w ON w.id = v.ward_id
    CROSS JOIN LATERAL venue_status(v.id, x.day - 1) AS before
    CROSS JOIN (SELECT COALESCE(d.first_day, d.current_day) AS first_day FROM data_reach() AS d) AS reach
    CROSS JOIN LATERAL (
        SELECT COALESCE(max(p.to_day) + 1, '-infinity') AS day FROM status_period AS p
        WHERE p.venue_id = v.id AND p.to_day < x.day - 1 AND p.status = ANY (%(compliant)s::venue_status[])
    ) AS since
    ORDER BY v.code
"""


@dataclass(frozen=True)
class Outcomes:
    """Rows of ``COLUMNS``, and how many venues were left out for want of a point."""

    rows: list[dict[str, Any]]
    without_point: int


def outcomes(conn: Connection, first: dt.date, last: dt.date) -> Outcomes:
    """The first visit of each venue from ``first`` to ``last`` at which somebody was met.

    ``since`` is the first day of not complying as it was known on the day before the visit, None: it complied, as far
    as was known; ``reminders`` are those counted on that day.
    """
    values = {"first": first, "last": last, "compliant": list(COMPLIANT), "no_ward": NO_WARD}
    found = conn.execute(_OUTCOMES, values).fetchall()
    rows = [row | {"found": str(row["found"]).lower()} for row in found if row["lon"] is not None]
    return Outcomes(rows, len(found) - len(rows))
