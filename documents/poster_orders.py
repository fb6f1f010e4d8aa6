"""Posters of many venues as one PDF, set batch by batch: an A4 page each, in bounded memory, with progress.

An order (``poster_order``) is made by a process of its own, in its asker's name as that account stands then.
"""

import dataclasses
import datetime as dt
import logging
import tempfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

import psycopg
from psycopg.types.json import Jsonb

from data.access.caller import Caller, acting_as
from data.accounts.standing import caller_of
from data.audit.notes import note
from data.database.connection import Connection, app_connection, loader_connection
from data.errors import DatabaseUnavailable, QrContentTooLong, TextError, UserError
from data.queries import poster_orders
from data.queries.filters import Filters
from data.queries.poster import LocationCode
from data.queries.posters import MOST, Asked, Found, LeftOut, codes_of
from data.status.days import data_span
from documents.poster import LONGEST_LABEL, sheet, symbol
from documents.typesetting import typeset_many
from etl.store import files

log = logging.getLogger(__name__)

BATCH = 40
MOST_LABELS = 20
_KEYS = ("status", "ward", "category", "q", "area", "located")
_ALWAYS_FITS = 2_300
"""Bytes that any content may have: ISO/IEC 18004:2015, table 7, version 40, level M."""


class NoPosters(TextError):
    """None of the venues asked for has a code that can be printed."""

    def __init__(self) -> None:
        super().__init__("posters.none")


class TooManyPages(TextError):
    """One file would have more pages than ``MOST``."""

    def __init__(self) -> None:
        super().__init__("posters.too_many", most=MOST)


class UnusableLabel(TextError):
    """A label is too long for its line, or there are too many."""


class _Cancelled(Exception):
    """Who asked has thought better of it."""


def labels_of(words: str) -> tuple[str, ...]:
    """Names of entrances or floors, one a line or parted by ";", without repetition; none: one poster a venue.

    Raises
    ------
    UnusableLabel
    """
    parts = (part.strip() for line in words.splitlines() for part in line.split(";"))
    labels = tuple(dict.fromkeys(part for part in parts if part))
    if len(labels) > MOST_LABELS:
        raise UnusableLabel("posters.labels.many", most=MOST_LABELS)
    if long := next((label for label in labels if len(label) > LONGEST_LABEL), None):
        raise UnusableLabel("posters.labels.long", label=long[:LONGEST_LABEL], most=LONGEST_LABEL)
    return labels


def found_of(conn: Connection, asked: Asked, day: dt.date) -> Found:
    """As :func:`data.queries.posters.codes_of`; venues whose content no code holds are left out, too: one must not keep
    the others from their posters."""
    found = codes_of(conn, asked, day)
    unfit = [code for code in found.codes if not _fits(code)]
    left_out = tuple(LeftOut(code.venue_code, code.name, "too_long") for code in unfit)
    codes = tuple(code for code in found.codes if code not in unfit)
    return dataclasses.replace(found, codes=codes, left_out=found.left_out + left_out)


def pages_of(found: Found, labels: Sequence[str]) -> int:
    """How many posters these are.

    Raises
    ------
    NoPosters, TooManyPages
    """
    pages = len(found.codes) * max(1, len(labels))
    if not pages:
        raise NoPosters
    if pages > MOST:
        raise TooManyPages
    return pages


def asked_of(query: str, day: dt.date, street: str = "", codes: Sequence[str] = ()) -> Asked:
    """Of which venues: the filters of a page's address, of the day given.

    Raises
    ------
    UnknownFilter
    """
    given = {key: values[-1] for key, values in parse_qs(query.lstrip("?")).items() if key in _KEYS}
    return Asked(Filters.from_query_string(urlencode(given), day), street, tuple(codes))


def posters(
    codes: Sequence[LocationCode],
    labels: Sequence[str],
    made_on: dt.date,
    tell: Callable[[int], None] = lambda _: None,
) -> bytes:
    """One PDF, a page a code and label.

    Parameters
    ----------
    tell : is told how many pages are begun, from any thread; what it raises ends the work

    Raises
    ------
    QrContentTooLong, NoPosters
    """
    pages = [(code, label) for code in codes for label in (labels or ("",))]
    if not pages:
        raise NoPosters

    def batch(start: int) -> Callable[[], dict[str, Any]]:
        def made() -> dict[str, Any]:
            tell(start)
            return sheet(pages[start : start + BATCH], made_on)

        return made

    return typeset_many("poster.typ", [batch(start) for start in range(0, len(pages), BATCH)], made_on)


def make_order(number: int) -> None:
    """Make the order's file, unless it has ended; what cannot be made is told to who asked.

    Interrupted, it gives the order back and clears up.
    """
    with loader_connection() as conn:
        row = conn.execute(
            "UPDATE poster_order SET state = 'running', seen_at = clock_timestamp(), made = 0"
            " WHERE id = %s AND state IN ('queued', 'running') RETURNING account_id, asked, labels",
            (number,),
        ).fetchone()
        caller = caller_of(conn, row["account_id"]) if row else None
    if row is None:
        return
    try:
        with acting_as(_may_print(caller)):
            sha256, told = _made(number, row["asked"], row["labels"])
            _done(number, sha256, told)
    except _Cancelled:
        log.info("order %s of posters was cancelled", number)
    except KeyboardInterrupt:
        _end(number, "queued")
        raise
    except (DatabaseUnavailable, psycopg.OperationalError):
        raise  # nothing can be told; another process makes it when the database is back
    except UserError as error:
        _end(number, "failed", error=str(error))
    except Exception:
        log.exception("posters of order %s failed", number)
        _end(number, "failed", error=str(TextError("posters.failed")))


def _may_print(caller: Caller | None) -> Caller:
    if caller is None or "view" not in caller.rights:
        raise NoPosters
    return caller


def _made(number: int, asked: dict[str, Any], labels: list[str]) -> tuple[str, dict[str, Any]]:
    with app_connection() as conn:
        day = data_span(conn).current_day
        found = found_of(conn, asked_of(asked["query"], day, asked["street"], asked["codes"]), day)
    total = pages_of(found, labels)
    lock = threading.Lock()

    def tell(made: int) -> None:
        with lock, loader_connection() as conn:
            told = conn.execute(
                "UPDATE poster_order SET made = GREATEST(made, %s), total = %s, seen_at = clock_timestamp()"
                " WHERE id = %s AND state = 'running'",
                (made, total, number),
            )
        if not told.rowcount:
            raise _Cancelled

    content = posters(found.codes, labels, day, tell)
    tell(total)
    with tempfile.TemporaryDirectory(prefix="ma-qr-") as folder:
        path = Path(folder) / poster_orders.FILE_NAME
        path.write_bytes(content)
        sha256 = files.keep(path)
    return sha256, {"order": number, "pages": total, "left_out": len(found.left_out)}


def _fits(code: LocationCode) -> bool:
    if len(code.qr_content.encode()) <= _ALWAYS_FITS:
        return True
    try:
        symbol(code.qr_content)
    except QrContentTooLong:
        return False
    return True


def _done(number: int, sha256: str, told: dict[str, Any]) -> None:
    """The file is the order's; one that was cancelled at the last moment leaves none."""
    if _end(number, "done", sha256=sha256):
        note("document.posters", "document", poster_orders.FILE_NAME, after=told)
        return
    with loader_connection() as conn:
        for each in poster_orders.unneeded(conn, [sha256]):
            files.path_of(each, poster_orders.FILE_NAME).unlink(missing_ok=True)
    raise _Cancelled


def _end(number: int, state: str, **said: Any) -> bool:
    """Write how it ended, or that it waits again; False: it had ended already."""
    with loader_connection() as conn:
        written = conn.execute(
            "UPDATE poster_order SET state = %(state)s, sha256 = %(sha256)s, error = %(error)s,"
            " finished_at = CASE WHEN %(state)s <> 'queued' THEN clock_timestamp() END"
            " WHERE id = %(number)s AND state = 'running'",
            {"number": number, "state": state, "sha256": None, "error": None} | said,
        )
    return bool(written.rowcount)


def as_json(asked: Asked, query: str) -> Jsonb:
    """What an order keeps of what was asked for."""
    return Jsonb({"query": query, "street": asked.street, "codes": list(asked.codes)})
