"""Which ward has sent what, week by week; and what is missing."""

import datetime as dt
from dataclasses import dataclass

from data.database.connection import Connection


@dataclass(frozen=True)
class BoardLine:
    """A ward's report of a week.

    Attributes
    ----------
    report
        Its number; None: nobody has opened it.
    state
        ``none``, ``draft``, ``sent`` or ``correcting``.
    is_late
        Sent after it was due, or due and not sent.
    sent_on, sent_by, versions
        Of the newest version, in the data's calendar; None and 0: none was sent.
    """

    ward_code: str
    ward: str
    report: int | None
    state: str
    due_at: dt.datetime
    is_late: bool
    sent_on: dt.date | None
    sent_by: str | None
    versions: int


@dataclass(frozen=True)
class Missing:
    """A report that could have been sent and was not."""

    ward_id: int
    ward_code: str
    ward: str
    first_day: dt.date
    due_at: dt.datetime
    is_late: bool
    report: int | None


@dataclass(frozen=True)
class DistrictLine:
    """A report of the district: its period, and what was sent of it."""

    report: int
    first_day: dt.date
    last_day: dt.date
    state: str
    versions: int
    sent_on: dt.date | None


def board(conn: Connection, monday: dt.date) -> list[BoardLine]:
    """The wards that the caller may see, as they report on the week that begins on ``monday``, by name."""
    rows = conn.execute(
        """
        SELECT w.code AS ward_code, w.name AS ward, r.id AS report,
               CASE WHEN r.id IS NULL THEN 'none' WHEN r.state = 'sent' THEN 'sent'
                    WHEN sent.versions > 0 THEN 'correcting' ELSE 'draft' END AS state,
               due.at AS due_at,
               COALESCE(sent.is_late, report_now() > due.at) AS is_late, sent.sent_on, sent.sent_by,
               COALESCE(sent.versions, 0) AS versions
        FROM report_wards(%(monday)s) AS w
        CROSS JOIN report_due_at(%(monday)s) AS due (at)
        LEFT JOIN report AS r ON r.kind = 'ward' AND r.ward_vintage = w.vintage AND r.ward_code = w.code
            AND r.first_day = %(monday)s
        LEFT JOIN LATERAL (
            SELECT count(*) AS versions, max(v.sent_on) AS sent_on, bool_or(v.is_late) AS is_late,
                   (array_agg(v.sent_by ORDER BY v.number DESC))[1] AS sent_by
            FROM report_version AS v WHERE v.report_id = r.id HAVING count(*) > 0
        ) AS sent ON true
        ORDER BY w.name COLLATE "vi-x-icu", w.code
        """,
        {"monday": monday},
    )
    return [BoardLine(**row) for row in rows]


def missing(conn: Connection) -> list[Missing]:
    """Reports that could have been sent and were not, of the caller's wards, the oldest first."""
    rows = conn.execute(
        "SELECT ward_id, ward_code, ward, first_day, due_at, is_late, report FROM report_missing()"
        " ORDER BY first_day, ward, ward_code"
    )
    return [Missing(**row) for row in rows]


def district_reports(conn: Connection, most: int = 50) -> list[DistrictLine]:
    """The newest ``most`` reports of the district that the caller may see."""
    rows = conn.execute(
        """
        SELECT r.id AS report, r.first_day, r.last_day, r.state, sent.versions, sent.sent_on
        FROM report AS r
        CROSS JOIN LATERAL (
            SELECT count(*) AS versions, max(v.sent_on) AS sent_on FROM report_version AS v WHERE v.report_id = r.id
        ) AS sent
        WHERE r.kind = 'district' ORDER BY r.last_day DESC, r.first_day LIMIT %s
        """,
        (most,),
    )
    return [DistrictLine(**row) for row in rows]
