"""What ``/reports/`` shows: which ward has sent what for a week, a chair's own weeks, and the district's reports."""

import datetime as dt
from typing import Any

from callbacks.server.caller import may
from data.database.connection import Connection
from data.queries import report_board
from data.queries.report_board import BoardLine
from data.texts.catalogue import day, moment, t

WEEKS_OF_A_CHAIR = 9
"""On one page: this week and the eight for which a report that was not sent is asked for (``report_policy()``)."""
ONE_DAY = dt.timedelta(days=1)


def week_of(asked: str, today: dt.date) -> dt.date:
    """The Monday of "2021-W47"; of anything else, and of a week that has not begun, that of ``today``."""
    monday = today - dt.timedelta(days=today.weekday())
    year, mark, week = asked.partition("-W")
    if not mark or not (year.isdecimal() and week.isdecimal()) or len(year) != 4 or len(week) > 2:
        return monday
    try:
        found = dt.date.fromisocalendar(int(year), int(week), 1)
    except ValueError:
        return monday
    return min(found, monday)


def week_name(monday: dt.date) -> str:
    """ "2021-W47"."""
    return f"{monday:%G-W%V}"


def board(conn: Connection, monday: dt.date, today: dt.date, lang: str) -> dict[str, Any]:
    """The wards' week, and the reports of the district."""
    lines = report_board.board(conn, monday)
    this_week = today - dt.timedelta(days=today.weekday())
    return {
        "week": week_name(monday),
        "week_said": _week_said(monday, lang),
        "earlier": week_name(monday - dt.timedelta(days=7)),
        "later": week_name(monday + dt.timedelta(days=7)) if monday < this_week else "",
        "lines": [_line(line, monday, lang) for line in lines],
        "sent": sum(line.versions > 0 for line in lines),
        "late": sum(line.is_late for line in lines),
        "district": [
            {
                "address": f"/reports/{one.report}",
                "period": t("report.period", lang, first=one.first_day, last=one.last_day),
                "state": t(f"report.state.{_state(one.state, one.versions)}", lang),
                "sent_on": day(one.sent_on) if one.sent_on else "",
            }
            for one in report_board.district_reports(conn)
        ],
        "periods": [
            {
                "said": t(f"report.period.{name}", lang, first=first, last=last),
                "first": first.isoformat(),
                "last": last.isoformat(),
            }
            for name, first, last in periods(today)
        ],
        "may_gather": may("aggregate"),
    }


def periods(today: dt.date) -> list[tuple[str, dt.date, dt.date]]:
    """Name, first and last day of those that the district mostly reports on, whole, as one report each is enough."""
    monday, month = today - dt.timedelta(days=today.weekday()), today.replace(day=1)
    next_month, month_before = (month + 31 * ONE_DAY).replace(day=1), (month - ONE_DAY).replace(day=1)
    return [
        ("this_week", monday, monday + 6 * ONE_DAY),
        ("last_week", monday - 7 * ONE_DAY, monday - ONE_DAY),
        ("this_month", month, next_month - ONE_DAY),
        ("last_month", month_before, month - ONE_DAY),
    ]


def own_weeks(conn: Connection, newest: dt.date, today: dt.date, lang: str) -> dict[str, Any]:
    """A chair's wards, from the week of the Monday ``newest`` back: what is to be written, and what was sent."""
    this_week = today - dt.timedelta(days=today.weekday())
    step = dt.timedelta(days=7 * WEEKS_OF_A_CHAIR)
    weeks = []
    for back in range(WEEKS_OF_A_CHAIR):
        monday = newest - dt.timedelta(days=7 * back)
        lines = [_line(line, monday, lang) for line in report_board.board(conn, monday)]
        if lines:
            weeks.append({"said": _week_said(monday, lang), "week": week_name(monday), "lines": lines})
    return {
        "weeks": weeks,
        "earlier": week_name(newest - step),
        "later": week_name(min(newest + step, this_week)) if newest < this_week else "",
    }


def _week_said(monday: dt.date, lang: str) -> str:
    return t("report.week", lang, week=f"{monday:%V/%G}", first=monday, last=monday + dt.timedelta(days=6))


def _line(line: BoardLine, monday: dt.date, lang: str) -> dict[str, Any]:
    return {
        "ward": line.ward,
        "code": line.ward_code,
        "monday": monday.isoformat(),
        "address": f"/reports/{line.report}" if line.report else "",
        "state": line.state,
        "said": t(f"report.state.{line.state}", lang),
        "due": t("report.due", lang, at=moment(line.due_at)),
        "is_late": line.is_late,
        "late": t("report.late" if line.versions else "report.overdue", lang) if line.is_late else "",
        "sent_on": day(line.sent_on) if line.sent_on else "",
        "by": line.sent_by or "",
        "versions": line.versions,
    }


def _state(state: str, versions: int) -> str:
    return "correcting" if state == "draft" and versions else state
