"""How good the data are today: what the page of quality says, each line with the rows that it leads to.

All questions are asked as of the current day of the data. A line counts venues unless it says otherwise, and the rows
behind it are as many as it says.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any, LiteralString

from data.database.connection import Connection
from data.queries.filters import NO_WARD

LOCATIONS = ("measured", "hand", "exact", "interpolated", "street", "ward", "none")
"""How sure a venue's point is, the surest first; ``measured``: its source gave it in degrees or metres."""
DOUBTS = ("pending_link", "possible_duplicate", "missing_export", "implausible")
SILENT_DAYS = 7
"""A ward sends its book of reminders every week (the order's own rhythm of reports)."""
UNCONFIRMED_DAYS = 90
"""A quarter without a word of a venue: the ward's register is renewed every quarter."""
JUMP_DAYS = 14
JUMP_SHARE = 0.5
"""A ward's scans that fall by half from one known day to the next are no custom of its people."""
JUMP_LEAST = 50
"""Scans on the day before below which a fall by half is chance."""
MOST_ROWS = 500
MOST_COVERED = 20

_LOCATION = "CASE WHEN location IN ('given', 'swapped', 'projected') THEN 'measured'"
_LOCATION += " WHEN location = 'unusable' THEN 'none' ELSE location END"


@dataclass(frozen=True)
class Links:
    """Descriptions of venues in files without our codes: linked by machine, by a person, and waiting for one.

    ``pending_rows`` are the rows of events that wait with them. ``covered_rows`` are rows whose description is linked,
    and in whose place another row of that venue stands: of a newer file, or of their own, which contradicts itself
    where two of its descriptions are one venue. ``covered`` names the newest MOST_COVERED of them, as file and row.
    """

    machine: int
    person: int
    undecided: int
    pending_rows: int
    covered_rows: int = 0
    covered: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class SilentWard:
    """A ward whose newest book of reminders speaks up to ``as_of`` (None: none has come)."""

    code: str
    name: str
    as_of: dt.date | None


@dataclass(frozen=True)
class Jump:
    """A ward's scans on two known days that follow each other; ``venues`` are those with a row on the day.

    ``is_missing_export``: the venues fell with the scans, so rows are missing, where otherwise people stayed away or
    the codes could not be scanned.
    """

    ward_code: str
    ward_name: str
    day: dt.date
    previous_day: dt.date
    scans: int
    previous_scans: int
    venues: int
    previous_venues: int

    @property
    def is_missing_export(self) -> bool:
        """Whether at least half of the venues with rows are gone, too."""
        return self.venues <= self.previous_venues * JUMP_SHARE


@dataclass(frozen=True)
class QualityRow:
    """A venue behind a line; ``since``: the last day on which something was known of it, where the line asks that."""

    code: str
    name: str
    address: str
    ward_name: str | None
    since: dt.date | None = None


def links(conn: Connection) -> Links:
    """How the descriptions of venues were linked."""
    row = conn.execute(
        """
        SELECT count(*) FILTER (WHERE l.linked_by = 'machine') AS machine,
               count(*) FILTER (WHERE l.linked_by = 'person') AS person,
               count(*) FILTER (WHERE l.mention_id IS NULL AND p.rows > 0) AS undecided,
               COALESCE(sum(p.rows) FILTER (WHERE l.mention_id IS NULL), 0)::bigint AS pending_rows,
               COALESCE(sum(p.rows) FILTER (WHERE l.mention_id IS NOT NULL), 0)::bigint AS covered_rows
        FROM mention AS m
        LEFT JOIN link AS l ON l.mention_id = m.id
        LEFT JOIN (SELECT mention_id, count(*) AS rows FROM pending_row GROUP BY mention_id) AS p ON p.mention_id = m.id
        """
    ).fetchone()
    covered = conn.execute(
        "SELECT l.file_name, p.source_row FROM pending_row AS p JOIN load AS l ON l.id = p.load_id"
        " WHERE EXISTS (SELECT FROM link AS k WHERE k.mention_id = p.mention_id) ORDER BY p.load_id DESC, p.source_row"
        " LIMIT %s",
        (MOST_COVERED,),
    ).fetchall()
    return Links(**row, covered=tuple((one["file_name"], one["source_row"]) for one in covered))  # type: ignore[arg-type]


def locations(conn: Connection) -> dict[str, int]:
    """Venues by how sure their point is; every one of LOCATIONS is named, and all venues are in one of them."""
    rows = conn.execute(
        f"SELECT {_LOCATION} AS sure, count(*) AS venues FROM venue WHERE merged_into IS NULL GROUP BY 1"  # noqa: S608
    )
    counted = {row["sure"]: row["venues"] for row in rows}
    return {name: counted.get(name, 0) for name in LOCATIONS}


def doubts(conn: Connection) -> dict[str, int]:
    """Venues whose status rests on doubtful data, by reason; a venue may have several."""
    rows = conn.execute("SELECT reason, count(DISTINCT venue_id) AS venues FROM venue_doubt GROUP BY reason")
    counted = {row["reason"]: row["venues"] for row in rows}
    return {name: counted.get(name, 0) for name in DOUBTS}


SILENT_WARDS: LiteralString = """
    SELECT w.code, w.name, book.as_of
    FROM ward AS w
    LEFT JOIN LATERAL (
        SELECT max(l.as_of) AS as_of FROM load AS l
        WHERE l.kind = 'reminders' AND l.undone_at IS NULL AND l.remarks -> 'wards' ? w.code
    ) AS book ON true
    WHERE is_valid_on(w.valid_from, w.valid_to, current_day())
      AND EXISTS (SELECT FROM venue AS v WHERE v.ward_id = w.id)
      AND (book.as_of IS NULL OR book.as_of <= current_day() - %(silent_days)s::integer)"""


def silent_wards(conn: Connection) -> list[SilentWard]:
    """Wards in force with venues, of which no book of reminders speaks of any of the last SILENT_DAYS days."""
    rows = conn.execute(f"{SILENT_WARDS} ORDER BY book.as_of NULLS FIRST, w.name", {"silent_days": SILENT_DAYS})
    return [SilentWard(**row) for row in rows]


def jumps(conn: Connection) -> list[Jump]:
    """Wards whose scans fell by JUMP_SHARE or more from one known day to the next, in the last JUMP_DAYS known days."""
    rows = conn.execute(
        """
        WITH known AS (
            SELECT DISTINCT day FROM scan_day WHERE day <= current_day() ORDER BY day DESC LIMIT %(days)s + 1
        ),
        counted AS (
            SELECT * FROM ward_scans((SELECT min(day) FROM known), (SELECT max(day) FROM known))
        ),
        every AS (
            SELECT w.ward_id, k.day, COALESCE(c.scans, 0) AS scans, COALESCE(c.venues, 0) AS venues
            FROM known AS k
            CROSS JOIN (SELECT DISTINCT ward_id FROM counted) AS w
            LEFT JOIN counted AS c ON c.day = k.day AND c.ward_id IS NOT DISTINCT FROM w.ward_id
        ),
        compared AS (
            SELECT e.*, lag(e.day) OVER in_ward AS previous_day, lag(e.scans) OVER in_ward AS previous_scans,
                   lag(e.venues) OVER in_ward AS previous_venues
            FROM every AS e WINDOW in_ward AS (PARTITION BY e.ward_id ORDER BY e.day)
        )
        SELECT COALESCE(w.code, %(no_ward)s) AS ward_code, COALESCE(w.name, '') AS ward_name, c.day, c.previous_day,
               c.scans::bigint, c.previous_scans::bigint, c.venues, c.previous_venues
        FROM compared AS c LEFT JOIN ward AS w ON w.id = c.ward_id
        WHERE c.previous_scans >= %(least)s AND c.scans <= c.previous_scans * %(share)s
        ORDER BY c.day DESC, ward_name
        """,
        {"days": JUMP_DAYS, "no_ward": NO_WARD, "least": JUMP_LEAST, "share": JUMP_SHARE},
    )
    return [Jump(**row) for row in rows]


def unconfirmed(conn: Connection) -> int:
    """Open venues of which no register, registration, scan, reminder or suspension has said a word for long."""
    row = conn.execute(f"SELECT count(*) AS venues FROM ({_UNCONFIRMED}) AS u", _SINCE).fetchone()  # noqa: S608
    return int(row["venues"]) if row else 0


def rows_of(conn: Connection, line: str) -> list[QualityRow]:
    """The venues behind a line, at most MOST_ROWS, by ward and name.

    ``line`` is "unconfirmed", "outside_ward", "location-" with one of LOCATIONS, or "doubt-" with one of DOUBTS.

    Raises
    ------
    KeyError
        There is no such line.
    """
    queries: dict[str, tuple[str, dict[str, Any]]] = {
        "unconfirmed": (_UNCONFIRMED, _SINCE),
        "outside_ward": ("SELECT id, NULL::date AS since FROM venue WHERE outside_ward AND merged_into IS NULL", {}),
    }
    for name in LOCATIONS:
        query = f"SELECT id, NULL::date AS since FROM venue WHERE merged_into IS NULL AND {_LOCATION} = %(name)s"  # noqa: S608
        queries[f"location-{name}"] = (query, {"name": name})
    for name in DOUBTS:
        query = "SELECT DISTINCT venue_id AS id, NULL::date AS since FROM venue_doubt WHERE reason = %(name)s"
        queries[f"doubt-{name}"] = (query, {"name": name})
    query, parameters = queries[line]
    rows = conn.execute(
        f"""
        SELECT v.code, v.name, v.address, w.name AS ward_name, found.since
        FROM ({query}) AS found
        JOIN venue AS v USING (id)
        LEFT JOIN ward AS w ON w.id = v.ward_id
        ORDER BY w.name NULLS FIRST, v.name, v.code LIMIT %(most)s
        """,  # noqa: S608
        parameters | {"most": MOST_ROWS},
    )
    return [QualityRow(**row) for row in rows]


def outside_ward(conn: Connection) -> int:
    """Venues whose point lies well outside the ward that their source names."""
    row = conn.execute("SELECT count(*) AS venues FROM venue WHERE outside_ward AND merged_into IS NULL").fetchone()
    return int(row["venues"]) if row else 0


_SINCE = {"days": UNCONFIRMED_DAYS}
# The last day known of each venue that is open today; of a register, the day on which it was loaded counts where it
# names none.
_UNCONFIRMED = """
    SELECT v.id, known.since
    FROM venue AS v
    JOIN load AS l ON l.id = v.load_id
    CROSS JOIN LATERAL (
        SELECT GREATEST(
            COALESCE(l.as_of, (l.started_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date),
            (
                SELECT max(GREATEST(
                    (SELECT max(r.registered_on) FROM registration AS r WHERE r.venue_id = m.member_id),
                    (SELECT max(s.day) FROM scan_count AS s WHERE s.venue_id = m.member_id AND s.scans > 0),
                    (SELECT max(r.reminded_on) FROM reminder AS r WHERE r.venue_id = m.member_id),
                    (SELECT max(x.starts_on) FROM suspension AS x WHERE x.venue_id = m.member_id)
                ))
                FROM venue_member AS m WHERE m.venue_id = v.id
            )
        ) AS since
    ) AS known
    WHERE v.status IS NOT NULL AND v.merged_into IS NULL AND known.since < current_day() - %(days)s::integer
"""
