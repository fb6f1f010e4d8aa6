"""The canonical columns of each kind of file, and the headings under which clerks send them (``headings.csv``).

A heading is compared after ``heading_key``: folded (no case, no diacritics), punctuation dropped, so that one line of
the list stands for "Mã địa điểm", "MÃ ĐỊA ĐIỂM (*)" and "ma_dia_diem". Of a column's headings the one listed first is
preferred when two columns of a file fit. Three weights: ``telling`` headings tell the kind, ``general`` ones ("Ngày")
say something only once the kind is known, ``ignored`` columns are never read. Headings of the kind "any" belong to
what every file repeats of the register, those of "events" to all kinds but the register.

An event names its venue by the register's code, or describes it: one of ``IDENTIFYING`` must be there.
"""

import csv
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from data.texts.folding import fold, fold_all
from data.texts.sentences import Sentence

TABLE_KINDS = ("venues", "registrations", "scans", "totals", "reminders", "suspensions")

REJECT_ROW_TITLE = Sentence("column.reject_row")
REJECT_FAULT_TITLE = Sentence("column.reject_fault")
"""Headings of the two columns that a file of rejects has beyond the canonical ones; ``headings.csv`` lists both as
ignored.
"""


@dataclass(frozen=True)
class Column:
    """One canonical column. ``type``: text, code, phone, app, reason, yes, day, moment, count, total, measure (a
    quantity), coordinate or point (two of them); ``etl.validation.cells`` reads them.
    """

    name: str
    type: str
    required: bool = False
    key: str = ""

    @property
    def title(self) -> Sentence:
        """Its heading, as the file of rejects bears it: the text ``column.`` and ``key``, or ``name``."""
        return Sentence(f"column.{self.key or self.name}")


IDENTIFYING = ("venue_code", "venue_name", "account_code")
"""Columns of an event file by which a venue is found; a row needs one of them."""

_DESCRIPTION = (
    Column("venue_code", "code"),
    Column("account_code", "code"),
    Column("venue_name", "text"),
    Column("venue_address", "text"),
    Column("venue_ward", "text"),
    Column("venue_phone", "phone"),
    Column("venue_category", "text"),
)
DESCRIPTION = tuple(column.name for column in _DESCRIPTION)
"""What an event file may say of the venue of each row."""

COLUMNS: dict[str, tuple[Column, ...]] = {
    "venues": (
        Column("code", "code", required=True),
        Column("name", "text", required=True),
        Column("address", "text"),
        Column("house_number", "text"),
        Column("street", "text"),
        Column("ward", "text"),
        Column("category", "text"),
        Column("opened_on", "day"),
        Column("closed_on", "day"),
        Column("reopened_on", "day"),
        Column("owner_name", "text"),
        Column("phone", "phone"),
        Column("lon", "coordinate"),
        Column("lat", "coordinate"),
        Column("x", "coordinate"),
        Column("y", "coordinate"),
        Column("point", "point"),
    ),
    "registrations": (
        *_DESCRIPTION,
        Column("registered_on", "day", required=True),
        Column("has_qr", "yes"),
        Column("ended_on", "day"),
        Column("qr_code", "code"),
        Column("qr_content", "text"),
        Column("app", "app"),
    ),
    "scans": (
        *_DESCRIPTION,
        Column("day", "day", required=True),
        Column("scans", "count", required=True),
    ),
    "totals": (
        *_DESCRIPTION,
        Column("total", "total", required=True),
        Column("exported_at", "moment"),
    ),
    "reminders": (
        *_DESCRIPTION,
        Column("reminded_on", "day", required=True),
        Column("reason", "reason", required=True),
        Column("given_by", "text"),
        Column("method", "text"),
        Column("withdrawn_on", "day"),
    ),
    "suspensions": (
        *_DESCRIPTION,
        Column("requested_on", "day"),
        Column("starts_on", "day", required=True),
        Column("ends_on", "day"),
        Column("lifted_on", "day"),
        Column("reason", "text", key="suspension_reason"),
    ),
}

_HELPERS = ("point", "house_number", "has_qr")
"""Columns that a frame does not have: they are delivered as ``lon`` and ``lat`` and within ``address``, or decide
which rows are in it."""

_WEIGHTS = {"telling": 3, "general": 1}
_DESCRIBES = frozenset(
    (*(("any", name) for name in ("code", "name", "address", "ward")), ("venues", "phone"), ("venues", "category"))
)
"""(kind, column) of the lines of ``headings.csv`` that describe a venue in event files too."""
_PUNCTUATION = re.compile(r"[\W_]+")
_I_FOR_Y = re.compile(r"\b([kl])i\b")  # "đăng kí", "lí do": both spellings are in use
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")


def heading_key(text: str) -> str:
    """``text`` as headings are compared: folded, each run of other than letters and digits one blank, "kí" as "ký"."""
    return _I_FOR_Y.sub(r"\1y", _PUNCTUATION.sub(" ", fold(text)).strip())


def heading_keys_of(texts: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Keys under which each of ``texts`` is looked up as a heading, the most telling first: as it stands, then without
    what is in brackets.
    """
    distinct = list(dict.fromkeys(texts))
    bracketed = [text for text in distinct if "(" in text or "[" in text]
    folded = fold_all([*distinct, *(_BRACKETS.sub(" ", text) for text in bracketed)])
    keys = [_I_FOR_Y.sub(r"\1y", _PUNCTUATION.sub(" ", words).strip()) for words in folded]
    bare = dict(zip(bracketed, keys[len(distinct) :], strict=True))
    return {
        text: (whole,) if bare.get(text, "") in ("", whole) else (whole, bare[text])
        for text, whole in zip(distinct, keys, strict=False)
    }


@lru_cache(maxsize=8192)
def heading_keys(text: str) -> tuple[str, ...]:
    """:func:`heading_keys_of` one text."""
    return heading_keys_of([text])[text]


@cache
def _listed() -> tuple[tuple[str, str, str, str], ...]:
    with (Path(__file__).parent / "headings.csv").open(encoding="utf-8", newline="") as file:
        return tuple((row["kind"], row["column"], row["weight"], row["heading"]) for row in csv.DictReader(file))


@cache
def headings_of(kind: str) -> dict[str, tuple[str, int, int]]:
    """Heading key -> (canonical column, weight, place in the list) for a kind; column "": known, and not read."""
    known: dict[str, tuple[str, int, int]] = {}
    for place, (of_kind, name, weight, heading) in enumerate(_listed()):
        worth = _WEIGHTS.get(weight, 0)
        if weight == "ignored":
            continue
        if kind != "venues" and (of_kind, name) in _DESCRIBES:
            # What an event file says of a venue beside its name tells nothing of the kind of event.
            name, worth = f"venue_{name}", worth if of_kind == "any" else 0
        elif kind == "scans" and name == "exported_at":
            name = ""  # known, so that a moment below it is no column of a day
        elif of_kind not in ("any", "events", kind) or (of_kind == "events" and kind == "venues"):
            continue
        if heading not in known or worth > known[heading][1]:
            known[heading] = (name, worth, place)
    return known


@cache
def ignored_headings() -> frozenset[str]:
    """Heading keys of columns that are never read, in files of whatever kind ("STT", "Ghi chú")."""
    return frozenset(heading for _, _, weight, heading in _listed() if weight == "ignored")


@cache
def columns_of(kind: str) -> tuple[str, ...]:
    """Canonical column names of a kind as they stand in a frame."""
    return tuple(column.name for column in COLUMNS[kind] if column.name not in _HELPERS)


@cache
def reject_columns(kind: str) -> tuple[str, ...]:
    """Canonical columns of the file of rejects: those of a frame, and a point that one cell holds as the source wrote
    it.
    """
    return tuple(column.name for column in COLUMNS[kind] if column.name not in ("house_number", "has_qr"))


@cache
def column(kind: str, name: str) -> Column:
    """The column ``name`` of ``kind``; KeyError when there is none."""
    for candidate in COLUMNS[kind]:
        if candidate.name == name:
            return candidate
    raise KeyError(f"{kind} has no column {name}")


def has_column(kind: str, name: str) -> bool:
    """Whether ``kind`` has a canonical column ``name``."""
    return any(candidate.name == name for candidate in COLUMNS[kind])


def title_of(kind: str, name: str) -> Sentence:
    """The heading of a canonical column; in Vietnamese the file of rejects bears it."""
    return column(kind, name).title


@cache
def required_of(kind: str) -> tuple[str, ...]:
    """Canonical names of the columns without which a file is not of ``kind``; see also ``missing_of``."""
    return tuple(column.name for column in COLUMNS[kind] if column.required)


@cache
def identifying_of(kind: str) -> tuple[str, ...]:
    """Columns of ``kind`` of which one must name the venue; none for the register, which requires its own."""
    return () if kind == "venues" else IDENTIFYING


def missing_of(kind: str, have: Collection[str]) -> tuple[str, ...]:
    """What ``have`` lacks to be of ``kind``; "venue_code" stands for any of ``IDENTIFYING``."""
    named = not identifying_of(kind) or any(name in have for name in IDENTIFYING)
    return (() if named else ("venue_code",)) + tuple(name for name in required_of(kind) if name not in have)
