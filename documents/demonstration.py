"""Reports of the demonstration, so that its board has something to show: last week's of three wards, one of them late.

They are written and sent as a ward's chair would; only when they were sent is set back, for the demonstration's day
stands still after the week.
"""

import argparse
import datetime as dt
from typing import Any

from data.access.caller import Caller, acting_as
from data.access.roles import ROLES
from data.database.connection import desk_connection, loader_connection
from data.desk import reports
from data.status.days import data_span
from data.texts.catalogue import t
from documents.reports import send

WARDS = 3
WEEK = dt.timedelta(days=7)


def run(options: argparse.Namespace) -> int:
    """Make the reports, unless there are some, or the data are no demonstration; returns 0."""
    del options
    with loader_connection() as conn:
        span = data_span(conn)
        known = conn.execute("SELECT EXISTS (SELECT FROM report) AS reports").fetchone()
        wards = conn.execute(
            "SELECT w.id, w.code, w.name FROM ward AS w WHERE ward_has_venues(w.id)"
            " AND NOT EXISTS (SELECT FROM account_ward AS a WHERE a.ward_id = w.id) ORDER BY w.code LIMIT %s",
            (WARDS,),
        ).fetchall()
    if not span.is_demo or known is None or known["reports"]:
        return 0
    monday = span.current_day - dt.timedelta(days=span.current_day.weekday()) - WEEK
    for place, ward in enumerate(wards):
        with acting_as(_chair(ward)), desk_connection() as conn:
            number = reports.opened(conn, ward["code"], monday)
            serial = reports.saved(conn, number, 0, _texts(place))
            send(conn, number, serial)
        if place:
            _set_back(number)
    print(t("demo.reports", count=len(wards)))
    return 0


def _chair(ward: dict[str, Any]) -> Caller:
    """Of a ward that has no account of its own."""
    name = t("demo.chair", ward=ward["name"])
    return Caller(None, "demo", name, "ward_chair", ROLES["ward_chair"].rights, wards=(ward["id"],))


def _texts(place: int) -> dict[str, str]:
    return {name: t(f"demo.report.{name}.{place % 2}") for name in ("difficulties", "proposals")}


def _set_back(number: int) -> None:
    """It was sent in time."""
    with loader_connection() as conn:
        conn.execute(
            "UPDATE report_version AS v SET is_late = false, sent_on = report_due_at(r.first_day)::date"
            " FROM report AS r WHERE r.id = v.report_id AND r.id = %s",
            (number,),
        )
