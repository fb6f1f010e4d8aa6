"""Posters of many venues as one PDF, set batch by batch: an A4 page each, in bounded memory, with progress.

An order (``poster_order``) is made by a process of its own, in its asker's name as that account stands then.
"""

import datetime as dt
import logging
import tempfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

from psycopg.types.json import Jsonb

from data.access.caller import acting_as
from data.accounts.standing import caller_of
from data.audit.notes import note
from data.database.connection import app_connection, loader_connection
from data.errors import QrContentTooLong, TextError, UserError
from data.queries.filters import Filters
from data.queries.poster import LocationCode
from data.queries.posters import Asked, codes_of
from data.status.days import data_span
from documents.poster import LONGEST_LABEL, sheet, symbol
from documents.typesetting import TypesettingFailed, typeset_many
from etl.store import files

log = logging.getLogger(__name__)

BATCH = 40
MOST_LABELS = 20
NAME = "ma-qr.pdf"
"""The name under which files of posters are kept."""
_KEYS = ("status", "ward", "category", "q", "area", "located")


class NoPosters(TextError):
    """None of the venues asked for has a code that can be printed."""

    def __init__(self) -> None:
        super().__init__("posters.none")


class _Cancelled(Exception):
    """Who asked has thought better of it."""


def labels_of(words: str) -> tuple[str, ...]:
    """Names of entrances or floors, one a line or parted by ";", without repetition; none: one poster a venue."""
    parts = (part.strip()[:LONGEST_LABEL] for line in words.splitlines() for part in line.split(";"))
    return tuple(dict.fromkeys(part for part in parts if part))[:MOST_LABELS]


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
    """Make the order's file, unless it has ended; what cannot be made is told to who asked."""
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
        if caller is None or "view" not in caller.rights:
            raise NoPosters
        with acting_as(caller):
            sha256, told = _made(number, row["asked"], row["labels"])
            note("document.posters", "document", NAME, after=told)
        _end(number, "done", sha256=sha256)
    except _Cancelled:
        log.info("order %s of posters was cancelled", number)
    except (UserError, TypesettingFailed) as error:
        if isinstance(error, TypesettingFailed):
            log.exception("posters of order %s failed", number)
        sentence = str(error) if isinstance(error, UserError) else str(TextError("posters.failed"))
        _end(number, "failed", error=sentence)


def _made(number: int, asked: dict[str, Any], labels: list[str]) -> tuple[str, dict[str, Any]]:
    with app_connection() as conn:
        day = data_span(conn).current_day
        found = codes_of(conn, asked_of(asked["query"], day, asked["street"], asked["codes"]), day)
    printable = [code for code in found.codes if _fits(code)]
    total = len(printable) * max(1, len(labels))
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

    content = posters(printable, labels, day, tell)
    tell(total)
    with tempfile.TemporaryDirectory(prefix="ma-qr-") as folder:
        path = Path(folder) / NAME
        path.write_bytes(content)
        sha256 = files.keep(path)
    return sha256, {
        "order": number,
        "pages": total,
        "left_out": len(found.codes) - len(printable) + len(found.left_out),
    }


def _fits(code: LocationCode) -> bool:
    """Whether a QR code can hold it: one venue must not keep the others from their posters."""
    try:
        symbol(code.qr_content)
    except QrContentTooLong:
        return False
    return True


def _end(number: int, state: str, **said: Any) -> None:
    with loader_connection() as conn:
        conn.execute(
            "UPDATE poster_order SET state = %s, sha256 = %s, error = %s, finished_at = clock_timestamp()"
            " WHERE id = %s AND state = 'running'",
            (state, said.get("sha256"), said.get("error"), number),
        )


def as_json(asked: Asked, query: str) -> Jsonb:
    """What an order keeps of what was asked for."""
    return Jsonb({"query": query, "street": asked.street, "codes": list(asked.codes)})
