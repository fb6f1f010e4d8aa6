"""What anybody may read, asked as the role of the public page: lists, entries, and as of when they hold."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from data.database.connection import Connection
from data.texts.folding import fold

MOST_WORDS = 60


@dataclass(frozen=True)
class Published:
    """A list that stands: its last sealed version."""

    id: int
    kind: str
    title: str
    word: str
    day: dt.date
    published_at: dt.datetime
    expires_on: dt.date
    version: int
    entries: int


@dataclass(frozen=True)
class Entry:
    """An entry that stands; ``state``: standing, pending (a claim is looked into) or contested (an objection is).

    ``said`` is what the manifest holds the hash of; ``answer`` the venue's own words, which were not verified.
    """

    slug: str
    list_id: int
    state: str
    ward_code: str
    ward: str
    name: str
    said: dict[str, Any]
    answer: str | None


@dataclass(frozen=True)
class State:
    """As of when it holds and until when, and what became of objections."""

    extract_day: dt.date
    checked_at: dt.datetime
    valid_until: dt.datetime
    objections: int
    upheld: int
    mean_days: int | None
    is_demo: bool


def state(conn: Connection) -> State | None:
    """None: nothing was ever published."""
    row = conn.execute(
        "SELECT extract_day, checked_at, valid_until, objections, upheld, mean_days, is_demo FROM published.state"
    ).fetchone()
    return State(**row) if row else None


def mark(conn: Connection) -> str:
    """What changes whenever anything that is public does; "" before the first list."""
    row = conn.execute("SELECT concat_ws('.', serial, extract(epoch FROM checked_at)) AS mark FROM published.state")
    found = row.fetchone()
    return str(found["mark"]) if found else ""


def lists(conn: Connection) -> list[Published]:
    """Lists that stand, the newest first."""
    rows = conn.execute(
        """
        SELECT l.id, l.kind, l.title, l.word, l.day, l.published_at, l.expires_on, l.version,
               (SELECT count(*) FROM published.entry AS e WHERE e.list_id = l.id) AS entries
        FROM published.list AS l
        WHERE l.withdrawn_at IS NULL AND EXISTS (SELECT FROM published.seal AS s WHERE s.list_id = l.id AND s.stands)
        ORDER BY l.published_at DESC, l.id DESC
        """
    )
    return [Published(**row) for row in rows]


def entries(
    conn: Connection,
    *,
    list_id: int | None = None,
    ward: str | None = None,
    words: str = "",
    most: int | None = None,
    first: int = 0,
) -> list[Entry]:
    """Entries that stand, in the order of their lists: of one list, one ward's code, with all words of a search."""
    wanted = [f"%{_plain(word)}%" for word in fold(words[:MOST_WORDS]).split()]
    rows = conn.execute(
        """
        SELECT slug, list_id, state, ward_code, ward, name, said, answer FROM published.entry
        WHERE (%(list)s::bigint IS NULL OR list_id = %(list)s) AND (%(ward)s::text IS NULL OR ward_code = %(ward)s)
          AND search_text LIKE ALL (%(words)s::text[])
        ORDER BY list_id DESC, position LIMIT %(most)s OFFSET %(first)s
        """,
        {"list": list_id, "ward": ward, "words": wanted, "most": most, "first": first},
    )
    return [Entry(**row) for row in rows]


def _plain(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def count(conn: Connection, *, ward: str | None = None, words: str = "") -> int:
    """How many entries :func:`entries` would give."""
    wanted = [f"%{_plain(word)}%" for word in fold(words[:MOST_WORDS]).split()]
    row = conn.execute(
        "SELECT count(*) AS found FROM published.entry"
        " WHERE (%(ward)s::text IS NULL OR ward_code = %(ward)s) AND search_text LIKE ALL (%(words)s::text[])",
        {"ward": ward, "words": wanted},
    ).fetchone()
    return int(row["found"]) if row else 0


def wards(conn: Connection) -> list[tuple[str, str, int]]:
    """Code, name and number of entries of each ward that has one."""
    rows = conn.execute(
        "SELECT ward_code AS code, ward AS name, count(*) AS found FROM published.entry WHERE ward_code <> ''"
        ' GROUP BY 1, 2 ORDER BY ward COLLATE "vi-x-icu"'
    )
    return [(row["code"], row["name"], row["found"]) for row in rows]


def entry(conn: Connection, slug: str) -> Entry | None:
    """The entry at an address; None: none stands there."""
    rows = conn.execute(
        "SELECT slug, list_id, state, ward_code, ward, name, said, answer FROM published.entry WHERE slug = %s", (slug,)
    ).fetchall()
    return Entry(**rows[0]) if rows else None


def was_an_address(conn: Connection, slug: str) -> bool:
    """Whether an entry ever stood at the address."""
    return conn.execute("SELECT FROM published.address WHERE slug = %s", (slug,)).fetchone() is not None


def seal(conn: Connection, list_id: int) -> tuple[str, str] | None:
    """Manifest and signature of a list's last version that stands."""
    row = conn.execute(
        "SELECT manifest, signature FROM published.seal WHERE list_id = %s AND stands", (list_id,)
    ).fetchone()
    return (row["manifest"], row["signature"]) if row else None


def standing(conn: Connection) -> str | None:
    """How all lists stand, signed; None: nothing was ever sealed."""
    row = conn.execute("SELECT standing FROM published.state").fetchone()
    return row["standing"] if row else None
