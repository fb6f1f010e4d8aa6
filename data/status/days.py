"""Which day is meant: today in Asia/Ho_Chi_Minh, the current day of the data, and how far the data reach."""

import datetime as dt
import logging
import threading
from dataclasses import dataclass

from data.access.caller import COMMAND_LINE, acting_as
from data.database.connection import Connection, app_connection
from data.errors import AfterData, BeforeData, FutureDay, UserError
from data.project import TIMEZONE
from data.status import periods

log = logging.getLogger(__name__)

SECONDS_BETWEEN_LOOKS = 30


@dataclass(frozen=True)
class DataSpan:
    """What is known of: first day of any event, current day, last day with known scans, and whether all is demo."""

    first_day: dt.date | None
    current_day: dt.date
    last_scan_day: dt.date | None
    is_demo: bool
    version: int


def today() -> dt.date:
    """The day in Asia/Ho_Chi_Minh."""
    return dt.datetime.now(TIMEZONE).date()


def data_span(conn: Connection) -> DataSpan:
    """How far the loaded data reach, in one question."""
    row = conn.execute("SELECT first_day, current_day, last_scan_day, is_demo, version FROM data_reach()").fetchone()
    return DataSpan(**row)  # type: ignore[arg-type]


def require_past(day: dt.date, current_day: dt.date) -> dt.date:
    """``day`` itself.

    Raises :class:`FutureDay` when it has not come yet, :class:`AfterData` when it has, but the data end before it.
    """
    if day > today():
        raise FutureDay(day)
    if day > current_day:
        raise AfterData(day, current_day)
    return day


def require_known(day: dt.date, first_day: dt.date | None, current_day: dt.date) -> dt.date:
    """``day`` itself; raises also :class:`BeforeData`, for nothing is known before ``first_day`` (None: of any day)."""
    require_past(day, current_day)
    if first_day is None or day < first_day:
        raise BeforeData(day, first_day)
    return day


def keep_day_current() -> threading.Event:
    """Turn the day at start and at midnight, in a thread of this process; set the event returned to end it."""
    stop = threading.Event()

    def look() -> None:
        while True:
            try:
                with acting_as(COMMAND_LINE), app_connection() as conn:
                    conn.execute("SET TRANSACTION READ WRITE")
                    if periods.advance(conn):
                        log.info("current status moved on to the new day")
            except UserError as error:
                log.warning("day not turned, trying again in %s s: %s", SECONDS_BETWEEN_LOOKS, error)
            if stop.wait(SECONDS_BETWEEN_LOOKS):
                return

    threading.Thread(target=look, name="day-keeper", daemon=True).start()
    return stop
