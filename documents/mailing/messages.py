"""What a mail says: the figures of its recipient's venues with what changed since the last, or reports that are due.

Computed as the recipient (row-level security leaves theirs), and it names whose venues they are.
"""

import datetime as dt
from dataclasses import dataclass
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from html import escape
from typing import Any

from data.access.caller import Caller
from data.database.connection import Connection
from data.project import TIMEZONE
from data.queries.figures import cube, totals
from data.queries.filters import Filters
from data.queries.report_board import Missing
from data.queries.scope import scope_on
from data.status.days import data_span
from data.texts.catalogue import change, moment, number, t
from data.vocabulary import BY_URGENCY

LANG = "vi"


@dataclass(frozen=True)
class Letter:
    """A mail before it goes: ``scope`` in words; ``told``: the figures in it, for the next to compare with."""

    scope: str
    subject: str
    body: str
    html: str
    told: dict[str, Any]


def figures_letter(conn: Connection, who: Caller, last: dict[str, Any] | None) -> Letter:
    """The figures of the current day in the scope of ``who``, who asks; ``last``: what the last mail told."""
    span = data_span(conn)
    found = totals(cube(conn, Filters(span.current_day)).cells)
    scope = scope_on(conn, span.current_day)
    told = {"venues": found.venues, "with_qr": found.with_qr, "with_scans": found.with_scans}
    told |= {status: found.by_status[status] for status in BY_URGENCY}
    before = (last or {}).get("figures", {})
    rows = [
        (
            t(f"status.{name}" if name in BY_URGENCY else f"figures.{name}", LANG),
            value,
            _changed(value, before.get(name)),
        )
        for name, value in told.items()
    ]
    since = t("mail.since", LANG, day=dt.date.fromisoformat(last["day"])) if last else t("mail.first", LANG)
    lines = [t("mail.as_of", LANG, day=span.current_day), t("mail.scope", LANG, scope=scope), since]
    lines += [t("data.demo", LANG)] if span.is_demo else []
    subject = t("mail.subject.figures", LANG, day=span.current_day, scope=scope)
    return _letter(who, scope, subject, lines, rows, {"day": span.current_day.isoformat(), "figures": told})


def reports_letter(conn: Connection, who: Caller, missing: list[Missing]) -> Letter:
    """Weekly reports that are due and were not sent, of the wards of ``who``."""
    span = data_span(conn)
    scope = scope_on(conn, span.current_day)
    rows = [
        (
            t("mail.report.line", LANG, ward=one.ward, week=f"{one.first_day:%V/%G}"),
            t("report.due", LANG, at=moment(one.due_at)),
            t("report.overdue", LANG) if one.is_late else "",
        )
        for one in missing
    ]
    lines = [t("mail.reports.said", LANG, count=len(missing)), t("mail.scope", LANG, scope=scope)]
    lines += [t("data.demo", LANG)] if span.is_demo else []
    subject = t("mail.subject.reports", LANG, count=len(missing), scope=scope)
    return _letter(who, scope, subject, lines, rows, {})


def message(
    letter_subject: str, body: str, html: str, address: str, sender: str, made_at: dt.datetime, domain: str
) -> EmailMessage:
    """The mail as it goes. A header cannot hold a line of its own: the library refuses it."""
    mail = EmailMessage(policy=SMTP)
    # Written by Header, as one whole in base64: where EmailMessage folds a subject, a blank between two words is lost.
    subject = Header(" ".join(letter_subject.split()), "utf-8", header_name="Subject")
    mail.set_raw("Subject", subject.encode())
    mail["From"], mail["To"] = sender, address
    mail["Date"], mail["Message-ID"] = format_datetime(made_at.astimezone(TIMEZONE)), make_msgid(domain=domain)
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(body)
    mail.add_alternative(html, subtype="html")
    return mail


def _changed(now: int, before: int | None) -> str:
    return "" if before is None else change(now - before, LANG)


def _letter(
    who: Caller, scope: str, subject: str, lines: list[str], rows: list[tuple[str, Any, str]], told: dict[str, Any]
) -> Letter:
    shown = [(name, number(value, LANG) if isinstance(value, int) else str(value), more) for name, value, more in rows]
    greeting, foot = t("mail.greeting", LANG, name=who.name), t("mail.foot", LANG)
    table = "\n".join(f"- {name}: {value}{f' ({more})' if more else ''}" for name, value, more in shown)
    body = "\n\n".join([greeting, "\n".join(lines), table, foot])
    cells = "".join(
        f"<tr><th scope='row' align='left'>{escape(name)}</th><td align='right'>{escape(value)}</td>"
        f"<td align='right'>{escape(more)}</td></tr>"
        for name, value, more in shown
    )
    html = (
        f"<!doctype html><html lang='vi'><body><p>{escape(greeting)}</p>"
        + "".join(f"<p>{escape(line)}</p>" for line in lines)
        + f"<table cellpadding='4'>{cells}</table><p>{escape(foot)}</p></body></html>"
    )
    return Letter(scope, subject, body, html, told)
