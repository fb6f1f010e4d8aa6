"""Reports: opening, writing, sending and correcting them.

Who may, and what is frozen, is decided in SQL (``data/sql/reports.sql``). Days are days of the data's calendar.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from data.database.connection import Connection
from data.desk.refusals import refusals
from data.errors import TextError

SECTIONS = ("difficulties", "proposals", "note")
"""The parts of a report that people write."""
LONGEST_TEXT = 4000
"""Characters of one of them."""


class ReportRefused(TextError):
    """What was asked of a report cannot be; ``why`` is the end of its text's key (``report.refused.<why>``)."""

    def __init__(self, why: str, **values: object) -> None:
        self.why = why
        super().__init__(f"report.refused.{why}", **values)


class ReportChanged(ReportRefused):
    """Somebody has written in the report since; ``serial`` and ``texts`` are how it stands now."""

    def __init__(self, by: str, at: dt.datetime, serial: int, texts: dict[str, str]) -> None:
        self.by, self.at, self.serial, self.texts = by, at, serial, texts
        super().__init__("changed", by=by)


@dataclass(frozen=True)
class Present:
    """Somebody else who has the report open, and the moment at which they were last heard of."""

    login: str
    name: str
    seen_at: dt.datetime


def opened(conn: Connection, ward_code: str, monday: dt.date) -> int:
    """Number of the ward's report of the week that begins on ``monday``; it is made at the first question.

    Raises
    ------
    ReportRefused
        The week has not begun or ``monday`` is none; the ward did not report then, or is not the caller's.
    NotAllowed
        The caller writes no ward's report.
    """
    with _refusing(conn):
        row = conn.execute("SELECT report_open(%s, %s) AS report", (ward_code, monday)).fetchone()
    return _number(row, "report")


def opened_district(conn: Connection, first: dt.date, last: dt.date) -> int:
    """Number of the district's report of a period (both days included, 400 at most), made at the first question.

    Raises
    ------
    ReportRefused, NotAllowed
    """
    with _refusing(conn):
        row = conn.execute("SELECT report_open_district(%s, %s) AS report", (first, last)).fetchone()
    return _number(row, "report")


def saved(conn: Connection, report: int, serial: int, texts: Mapping[str, str]) -> int:
    """Keep ``texts`` (keys of :data:`SECTIONS`) and return the new serial.

    Raises
    ------
    ReportChanged
        The serial is not ``serial`` any more: nothing is kept of ``texts``.
    ReportRefused
        It is sent, or a text is too long.
    NotAllowed
    """
    with _refusing(conn):
        row = conn.execute("SELECT report_save(%s, %s, %s) AS serial", (report, serial, Jsonb(dict(texts)))).fetchone()
    return _number(row, "serial")


def present(conn: Connection, report: int) -> list[Present]:
    """Say that the caller has the report open; who else has had within the last 30 seconds."""
    with _refusing(conn):
        rows = conn.execute("SELECT login, name, seen_at FROM report_present(%s)", (report,)).fetchall()
    return [Present(**row) for row in rows]


def sent(conn: Connection, report: int, serial: int) -> int:
    """Freeze figures and texts as the report's next version; returns its number. The day's rule is asked anew.

    Raises
    ------
    ReportChanged, ReportRefused, NotAllowed
    """
    with _refusing(conn):
        row = conn.execute("SELECT report_send(%s, %s) AS version", (report, serial)).fetchone()
    return _number(row, "version")


def paper_kept(conn: Connection, report: int, version: int, fmt: str, sha256: str, name: str) -> None:
    """Say which file of the store is the version as ``fmt`` (pdf, docx); each once."""
    with _refusing(conn):
        conn.execute("SELECT report_paper_add(%s, %s, %s, %s, %s)", (report, version, fmt, sha256, name))


def corrected(conn: Connection, report: int, why: str) -> int:
    """Open a sent report for its next version; returns the serial.

    Raises
    ------
    ReportRefused
        It is not sent, or there is no reason (1,000 characters at most).
    NotAllowed
    """
    with _refusing(conn):
        row = conn.execute("SELECT report_correct(%s, %s) AS serial", (report, why)).fetchone()
    return _number(row, "serial")


def annotated(conn: Connection, first: dt.date, last: dt.date, words: str) -> int:
    """Put a note (200 characters at most) on the days from ``first`` to ``last``; returns its number.

    Raises
    ------
    ReportRefused, NotAllowed
    """
    with _refusing(conn):
        row = conn.execute("SELECT annotation_add(%s, %s, %s) AS number", (first, last, words)).fetchone()
    return _number(row, "number")


def annotation_removed(conn: Connection, number: int) -> bool:
    """Take a note back; False: there is none any more."""
    with _refusing(conn):
        row = conn.execute("SELECT annotation_remove(%s) AS done", (number,)).fetchone()
    return bool(row and row["done"])


def _number(row: dict[str, Any] | None, name: str) -> int:
    if row is None:
        raise AssertionError("a function gives one row")
    return int(row[name])


@contextmanager
def _refusing(conn: Connection) -> Iterator[None]:
    try:
        with refusals(conn, "report.refused.", _refused):
            yield
    except (psycopg.DataError, psycopg.IntegrityError) as error:
        raise ReportRefused("malformed") from error


def _refused(why: str, told: dict[str, Any]) -> ReportRefused:
    if why == "changed":
        return ReportChanged(told["by"], dt.datetime.fromisoformat(told["at"]), told["serial"], told["texts"])
    if "day" in told:
        told = told | {"day": dt.date.fromisoformat(told["day"])}
    return ReportRefused(why, **told)
