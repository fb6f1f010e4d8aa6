"""What waits for a person's word: descriptions with the venues that they may mean, pairs of venues that may be one.

A decision that was sent and not yet done by the worker (an open job ``decide`` or ``merge``) counts as decided, so
that nobody is asked twice.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from data.database.connection import Connection
from data.desk.jobs import open_jobs
from data.texts.folding import fold


@dataclass(frozen=True)
class Place:
    """A venue of the register as it is compared. ``probability`` is the engine's, ``forbidden`` a clear difference."""

    venue: int
    code: str
    name: str
    address: str
    ward: str | None
    category: str
    lon: float | None
    lat: float | None
    probability: float = 0.0
    forbidden: bool = False
    reasons: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class Described:
    """A description that waits, the rows that wait with it (how many, of which kinds and files), and its candidates."""

    mention: int
    name: str
    address: str
    ward: str | None
    category: str | None
    account_code: str | None
    rows: int
    kinds: tuple[str, ...]
    files: tuple[str, ...]
    candidates: tuple[Place, ...]


@dataclass(frozen=True)
class Twins:
    """Two venues of the register that may be one."""

    first: Place
    second: Place
    probability: float
    forbidden: bool
    reasons: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Standing:
    """How far the work is: decided and open descriptions, decided and open pairs of venues."""

    described_done: int
    described_open: int
    twins_done: int
    twins_open: int


@dataclass(frozen=True)
class Said:
    """One decision as the list of decisions shows it; ``kind``: link or merge."""

    kind: str
    verdict: str
    name: str
    address: str
    other_code: str
    other_name: str | None
    first: int | None
    second: int | None
    decided_by: str | None
    decided_at: dt.datetime


@dataclass(frozen=True)
class Outline:
    """A ward in force today as GeoJSON (EPSG:4326), simplified for a small map."""

    code: str
    name: str
    key: str
    geometry: str


@dataclass(frozen=True)
class _Asked:
    """What open jobs have decided: descriptions, pairs refused, pairs of venues."""

    mentions: list[int]
    refused: list[tuple[int, int]]
    twins: list[tuple[int, int]]


_PLACE = """v.id AS venue, v.code, v.name, v.address, COALESCE(w.name, v.ward_named) AS ward, g.name_vi AS category,
            ST_X(v.geom) AS lon, ST_Y(v.geom) AS lat"""
_OPEN = """
    EXISTS (SELECT FROM pending_row AS p WHERE p.mention_id = m.id)
    AND NOT EXISTS (SELECT FROM link AS l WHERE l.mention_id = m.id)
    AND (best.probability IS NOT NULL
         OR NOT EXISTS (SELECT FROM link_decision AS d WHERE d.mention_key = m.key))
    AND m.id <> ALL(%(asked)s::integer[])"""
_NOT_REFUSED = """
          NOT EXISTS (
              SELECT FROM link_decision AS d
              WHERE d.mention_key = m.key AND d.venue_code = v.code AND d.verdict = 'different'
          )
          AND (c.mention_id, c.venue_id) NOT IN (
              SELECT * FROM unnest(%(refused_mentions)s::integer[], %(refused_venues)s::integer[])
          )"""
_BEST = f"""
    LEFT JOIN LATERAL (
        SELECT max(c.probability) AS probability FROM link_candidate AS c JOIN venue AS v ON v.id = c.venue_id
        WHERE c.mention_id = m.id AND c.doubtful
          AND {_NOT_REFUSED}
    ) AS best ON true"""  # noqa: S608  # a literal of this module
_TWINS_OPEN = """
    d.doubtful AND NOT d.forbidden AND a.merged_into IS NULL AND b.merged_into IS NULL
    AND NOT EXISTS (
        SELECT FROM merge_decision AS e WHERE (e.duplicate_code, e.kept_code) IN ((a.code, b.code), (b.code, a.code))
    )
    AND (d.first_id, d.second_id) NOT IN (SELECT * FROM unnest(%(firsts)s::integer[], %(seconds)s::integer[]))"""


def described(conn: Connection, limit: int, without: list[int]) -> list[Described]:
    """Descriptions that wait, the likeliest first, those that nothing resembles last, of equals the newest
    first; ``without`` are left out."""
    asked = _asked(conn)
    parameters = _parameters(asked, without) | {"limit": limit}
    rows = conn.execute(
        f"""
        SELECT m.id AS mention, m.key, m.name, m.address, m.ward_named AS ward, m.category, m.account_code,
               waiting.rows, waiting.kinds, waiting.files
        FROM mention AS m {_BEST}
        CROSS JOIN LATERAL (
            SELECT count(*) AS rows, array_agg(DISTINCT p.kind) AS kinds, array_agg(DISTINCT l.file_name) AS files
            FROM pending_row AS p JOIN load AS l ON l.id = p.load_id WHERE p.mention_id = m.id
        ) AS waiting
        WHERE {_OPEN}
        ORDER BY best.probability DESC NULLS LAST, m.id DESC LIMIT %(limit)s
        """,  # noqa: S608  # conditions are the literals above
        parameters,
    ).fetchall()
    candidates = _candidates(conn, [row["mention"] for row in rows], parameters)
    return [
        Described(
            row["mention"], row["name"], row["address"], row["ward"], row["category"], row["account_code"], row["rows"],
            tuple(row["kinds"]), tuple(row["files"]), tuple(candidates.get(row["mention"], ())),
        )
        for row in rows
    ]  # fmt: skip


def twins(conn: Connection, limit: int, without: list[tuple[int, int]]) -> list[Twins]:
    """Pairs of venues that may be one, the likeliest first; the pairs of ids in ``without`` are left out."""
    asked = _asked(conn)
    pairs = [*asked.twins, *without]
    rows = conn.execute(
        f"""
        SELECT d.first_id, d.second_id, d.probability, d.forbidden, d.reasons
        FROM duplicate_candidate AS d JOIN venue AS a ON a.id = d.first_id JOIN venue AS b ON b.id = d.second_id
        WHERE {_TWINS_OPEN}
        ORDER BY d.probability DESC, d.first_id, d.second_id LIMIT %(limit)s
        """,  # noqa: S608  # conditions are the literals above
        _pair_parameters(pairs) | {"limit": limit},
    ).fetchall()
    places = _places(conn, [venue for row in rows for venue in (row["first_id"], row["second_id"])])
    return [
        Twins(places[row["first_id"]], places[row["second_id"]], row["probability"], row["forbidden"],
              tuple(row["reasons"]))
        for row in rows
    ]  # fmt: skip


def standing(conn: Connection) -> Standing:
    """How much is decided and how much waits."""
    asked = _asked(conn)
    parameters = _parameters(asked, []) | _pair_parameters(asked.twins) | {"decided": asked.mentions}
    row = conn.execute(
        f"""
        SELECT (SELECT count(*) FROM (
                    SELECT mention_key FROM link_decision
                    UNION SELECT key FROM mention WHERE id = ANY(%(decided)s::integer[])
                ) AS decided) AS described_done,
               (SELECT count(*) FROM mention AS m {_BEST} WHERE {_OPEN}) AS described_open,
               (SELECT count(*) FROM (
                    SELECT LEAST(duplicate_code, kept_code), GREATEST(duplicate_code, kept_code) FROM merge_decision
                    UNION
                    SELECT LEAST(a.code, b.code), GREATEST(a.code, b.code)
                    FROM unnest(%(firsts)s::integer[], %(seconds)s::integer[]) AS asked (first_id, second_id)
                    JOIN venue AS a ON a.id = asked.first_id JOIN venue AS b ON b.id = asked.second_id
                ) AS decided) AS twins_done,
               (SELECT count(*) FROM duplicate_candidate AS d JOIN venue AS a ON a.id = d.first_id
                JOIN venue AS b ON b.id = d.second_id WHERE {_TWINS_OPEN}) AS twins_open
        """,  # noqa: S608  # conditions are the literals above
        parameters,
    ).fetchone()
    if row is None:
        raise AssertionError("counts have one row")
    return Standing(**row)


def said(conn: Connection, limit: int) -> list[Said]:
    """The newest decisions, links and merges together."""
    rows = conn.execute(
        """
        SELECT 'link' AS kind, d.verdict, COALESCE(m.name, d.mention_key) AS name, COALESCE(m.address, '') AS address,
               d.venue_code AS other_code, v.name AS other_name, m.id AS first, v.id AS second, d.decided_by,
               d.decided_at
        FROM link_decision AS d LEFT JOIN mention AS m ON m.key = d.mention_key
        LEFT JOIN venue AS v ON v.code = d.venue_code
        UNION ALL
        SELECT 'merge', d.verdict, COALESCE(a.name, d.duplicate_code), COALESCE(a.address, ''), d.kept_code, b.name,
               b.id, a.id, d.decided_by, d.decided_at
        FROM merge_decision AS d LEFT JOIN venue AS a ON a.code = d.duplicate_code
        LEFT JOIN venue AS b ON b.code = d.kept_code
        ORDER BY decided_at DESC LIMIT %s
        """,
        (limit,),
    ).fetchall()
    return [Said(**row) for row in rows]


def outlines(conn: Connection) -> list[Outline]:
    """The wards in force today, simplified to about 50 m; ``key`` is the folded name that a description may bear."""
    rows = conn.execute(
        """
        SELECT code, name, ST_AsGeoJSON(ST_SimplifyPreserveTopology(geom, 0.0005), 5) AS geometry FROM ward
        WHERE is_valid_on(valid_from, valid_to, current_day()) ORDER BY code
        """
    ).fetchall()
    return [Outline(row["code"], row["name"], fold(row["name"]), row["geometry"]) for row in rows]


def _asked(conn: Connection) -> _Asked:
    mentions: set[int] = set()
    refused: set[tuple[int, int]] = set()
    pairs: set[tuple[int, int]] = set()
    for job in open_jobs(conn):
        if job.kind == "decide":
            for row in job.payload.get("decisions", []):
                pair = (row["mention"], row.get("candidate_venue") or 0)
                mentions.discard(row["mention"])
                refused.discard(pair)
                if row["verdict"] == "different":
                    refused.add(pair)
                elif row["verdict"] != "undo":
                    mentions.add(row["mention"])
        elif job.kind == "merge":
            keep, duplicate = job.payload["keep"], job.payload["duplicate"]
            pair = (min(keep, duplicate), max(keep, duplicate))
            pairs.discard(pair)
            if job.payload.get("verdict") != "undo":
                pairs.add(pair)
    return _Asked(sorted(mentions), sorted(refused), sorted(pairs))


def _parameters(asked: _Asked, without: list[int]) -> dict[str, Any]:
    return {
        "asked": [*asked.mentions, *without],
        "refused_mentions": [mention for mention, _ in asked.refused],
        "refused_venues": [venue for _, venue in asked.refused],
    }


def _pair_parameters(pairs: list[tuple[int, int]]) -> dict[str, Any]:
    return {"firsts": [first for first, _ in pairs], "seconds": [second for _, second in pairs]}


def _candidates(conn: Connection, mentions: list[int], parameters: dict[str, Any]) -> dict[int, list[Place]]:
    """Candidates of each description, likeliest first, without those that a person has refused."""
    rows = conn.execute(
        f"""
        SELECT c.mention_id, {_PLACE}, c.probability, c.forbidden, c.reasons
        FROM link_candidate AS c
        JOIN mention AS m ON m.id = c.mention_id
        JOIN venue AS v ON v.id = c.venue_id
        JOIN category AS g ON g.code = v.category
        LEFT JOIN ward AS w ON w.id = v.ward_id
        WHERE c.mention_id = ANY(%(mentions)s)
          AND {_NOT_REFUSED}
        ORDER BY c.mention_id, c.probability DESC, v.code
        """,  # noqa: S608  # columns named above
        parameters | {"mentions": mentions},
    ).fetchall()
    found: dict[int, list[Place]] = {}
    for row in rows:
        mention = row.pop("mention_id")
        found.setdefault(mention, []).append(Place(**row | {"reasons": tuple(row["reasons"])}))
    return found


def _places(conn: Connection, venues: list[int]) -> dict[int, Place]:
    rows = conn.execute(
        f"SELECT {_PLACE} FROM venue AS v JOIN category AS g ON g.code = v.category"  # noqa: S608  # columns above
        " LEFT JOIN ward AS w ON w.id = v.ward_id WHERE v.id = ANY(%s)",
        (venues,),
    ).fetchall()
    return {row["venue"]: Place(**row) for row in rows}
