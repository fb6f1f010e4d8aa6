"""Reports: one with its versions, and the figures of one that is being written.

Row-level security leaves what the caller may see (``data/sql/access.sql``).
"""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from data.database.connection import Connection


@dataclass(frozen=True)
class Paper:
    """A version as a file of the store."""

    sha256: str
    name: str


@dataclass(frozen=True)
class Version:
    """A report as it was sent; ``papers`` by format (pdf, docx), ``why``: what was wrong with the version before,
    ``sent_on``: in the data's calendar."""

    number: int
    from_day: dt.date
    to_day: dt.date
    figures: dict[str, Any]
    texts: dict[str, str]
    why: str
    sha256: str
    is_late: bool
    sent_by: str
    sent_at: dt.datetime
    sent_on: dt.date
    papers: dict[str, Paper] = field(default_factory=dict)


@dataclass(frozen=True)
class Report:
    """A report, and what was sent of it, the oldest first.

    Attributes
    ----------
    kind
        ``ward`` or ``district``.
    ward, ward_code
        As they were then; None of the district.
    state
        ``draft`` or ``sent``; a draft with versions is being corrected.
    serial, texts, changed_by, changed_at
        What is being written, and who wrote last.
    why
        Of a correction that is being written.
    due_at, is_due
        None of the district; whether the moment is over in the data's calendar.
    opens_on
        The first day on which it may be sent; None of the district.
    is_theirs
        Whether the caller may write it.
    """

    id: int
    kind: str
    ward_code: str | None
    ward: str | None
    first_day: dt.date
    last_day: dt.date
    state: str
    serial: int
    texts: dict[str, str]
    why: str
    changed_by: str
    changed_at: dt.datetime
    due_at: dt.datetime | None
    is_due: bool
    opens_on: dt.date | None
    is_theirs: bool
    versions: tuple[Version, ...] = ()


def report(conn: Connection, number: int) -> Report | None:
    """The report; None: there is none that the caller may see."""
    row = conn.execute(
        """
        SELECT r.id, r.kind, r.ward_code, r.ward_name AS ward, r.first_day, r.last_day, r.state, r.serial, r.texts,
               r.why, r.changed_by, r.changed_at, due.at AS due_at, COALESCE(due.at < report_now(), false) AS is_due,
               CASE WHEN r.kind = 'ward' THEN report_opens_on(r.first_day) END AS opens_on,
               report_is_theirs(r.kind, r.ward_id) AS is_theirs
        FROM report AS r
        CROSS JOIN LATERAL (SELECT CASE WHEN r.kind = 'ward' THEN report_due_at(r.first_day) END AS at) AS due
        WHERE r.id = %s
        """,
        (number,),
    ).fetchone()
    return Report(**row, versions=_versions(conn, number)) if row else None


def _versions(conn: Connection, number: int) -> tuple[Version, ...]:
    rows = conn.execute(
        """
        SELECT v.number, v.from_day, v.to_day, v.figures, v.texts, v.why, v.sha256, v.is_late, v.sent_by, v.sent_at,
               v.sent_on,
               COALESCE((
                   SELECT jsonb_object_agg(p.format, jsonb_build_object('sha256', p.sha256, 'name', p.file_name))
                   FROM report_paper AS p WHERE p.report_id = v.report_id AND p.number = v.number
               ), '{}') AS papers
        FROM report_version AS v WHERE v.report_id = %s ORDER BY v.number
        """,
        (number,),
    )
    return tuple(
        Version(**row | {"papers": {fmt: Paper(**paper) for fmt, paper in row["papers"].items()}}) for row in rows
    )


def live_figures(conn: Connection, number: int) -> dict[str, Any] | None:
    """What the report would say if it were sent now (``report_figures()`` of ``data/sql``); None: its ward is no more.

    Venues are counted by today's wards: after boundaries have changed, only what was sent still tells of the old ones.
    """
    row = conn.execute("SELECT report_live(%s) AS figures", (number,)).fetchone()
    return row["figures"] if row else None


def is_whole(conn: Connection, number: int) -> bool:
    """Whether every version of the report is still what its hash says."""
    row = conn.execute(
        "SELECT bool_and(v.sha256 = report_hash(v.number, v.figures, v.texts)) AS whole FROM report_version AS v"
        " WHERE v.report_id = %s",
        (number,),
    ).fetchone()
    return bool(row and row["whole"] is not False)
