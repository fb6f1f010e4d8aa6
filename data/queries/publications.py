"""Lists to be published as they stand: what waits in which, their entries, where they went, how versions differ.

What may follow on what stands in ``data/sql/case_steps.sql``; row-level security leaves what the caller may see.
"""

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from data.database.connection import Connection
from data.queries.publications_sql import IS_READY, MENDS

PAGE = 100
"""Entries of a list that are shown at once."""
_HIDDEN = ("title_venues", "title_bodies", "checks")


@dataclass(frozen=True)
class PublicationList:
    """A list, and how many of its entries are how far.

    Attributes
    ----------
    since
        Day of its last step, in the data's calendar.
    due_on
        The working day by which the next step is due.
    counts
        Entries by state.
    delivered, undelivered
        Of those notified that are open and not published.
    running, still
        Clocks that run, and those that stand still.
    ready
        Entries that may be approved, by anybody who may decide.
    undecided
        Names that seem to be a person's, of which nobody has said how they are shown.
    untold
        Corrections and withdrawals that are not told in a channel that was used, and the list itself where no channel
        is ticked.
    version, sealed_version
        The second is less where the last change is not signed yet.
    """

    id: int
    kind: str
    day: dt.date
    from_day: dt.date | None
    title: str
    state: str
    since: dt.date | None
    due_on: dt.date | None
    drafted_by: str
    drafted_login: str
    publish_at: dt.datetime | None
    published_at: dt.datetime | None
    expires_on: dt.date | None
    version: int
    sealed_version: int
    left_out: int
    counts: dict[str, int]
    delivered: int
    undelivered: int
    running: int
    still: int
    ready: int
    undecided: int
    untold: int

    @property
    def is_unsealed(self) -> bool:
        """Whether something has changed that is not signed."""
        return self.published_at is not None and self.version > self.sealed_version


@dataclass(frozen=True)
class PublicationEntry:
    """One name of a list; ``why_not``: why the caller may not approve it now ({"why", ...}), None: they may, or nobody
    is asked in its state."""

    case: int
    position: int
    state: str
    venue: str
    grade: str | None
    shown: dict[str, Any]
    facts: dict[str, Any]
    missing: tuple[str, ...]
    body_kind: str | None
    is_anonymous: bool | None
    is_anonymous_proposed: bool
    delivered_on: dt.date | None
    due_on: dt.date | None
    corrected_on: dt.date | None
    is_asked: bool
    why_not: dict[str, Any] | None


@dataclass(frozen=True)
class Entries:
    """A page of entries, how many there are with the same filter, and the states and wards to filter by."""

    rows: tuple[PublicationEntry, ...]
    count: int
    states: tuple[tuple[str, int], ...]
    wards: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Tick:
    """Where a list went: ``correction`` is the leaf of the seal that was told there, None the list itself."""

    channel: str
    place: str
    day: dt.date | None
    by_name: str
    correction: int | None


@dataclass(frozen=True)
class Mend:
    """A correction or withdrawal, and a channel in which it has to be told like the list was."""

    leaf: int
    version: int
    kind: str
    sealed_at: dt.datetime
    channel: str
    is_told: bool


@dataclass(frozen=True)
class SealedVersion:
    """A signed version of a list."""

    version: int
    kind: str
    sealed_at: dt.datetime
    sha256: str
    key_id: str
    entries: dict[str, str]


@dataclass(frozen=True)
class Difference:
    """An entry in which two versions differ: ``how`` is added, gone or changed."""

    how: str
    case: int
    position: int
    shown: dict[str, Any]
    is_anonymous: bool | None
    state: str


_LISTS = f"""
    SELECT l.list_id AS id, l.kind, l.day, l.from_day, l.title, f.state,
           (SELECT max(x.day) FROM case_entry AS x WHERE x.case_id = l.list_id) AS since, f.due_on,
           COALESCE(f.opened_by, '') AS drafted_by, l.drafted_login, l.publish_at, l.published_at, l.expires_on,
           l.version, l.sealed_version, COALESCE((l.left_out ->> 'in_another_list')::integer, 0) AS left_out,
           COALESCE(n.counts, '{{}}') AS counts, COALESCE(n.delivered, 0) AS delivered,
           COALESCE(n.undelivered, 0) AS undelivered, COALESCE(n.running, 0) AS running, COALESCE(n.still, 0) AS still,
           COALESCE(n.ready, 0) AS ready, COALESCE(n.undecided, 0) AS undecided,
           told.mends + (f.state = 'published' AND NOT told.is_ticked)::integer AS untold
    FROM publication AS l JOIN case_file AS f ON f.id = l.list_id
    LEFT JOIN LATERAL (
        SELECT jsonb_object_agg(s.state, s.entries) AS counts, sum(s.delivered)::integer AS delivered,
               sum(s.undelivered)::integer AS undelivered, sum(s.running)::integer AS running,
               sum(s.still)::integer AS still, sum(s.ready)::integer AS ready, sum(s.undecided)::integer AS undecided
        FROM (
            SELECT c.state, count(*) AS entries,
                   count(*) FILTER (WHERE is_open.is_so AND e.delivered_on IS NOT NULL) AS delivered,
                   count(*) FILTER (WHERE c.state = 'notified' AND e.delivered_on IS NULL) AS undelivered,
                   count(*) FILTER (
                       WHERE c.state IN ('notified', 'decided') AND e.delivered_on IS NOT NULL
                         AND c.due_on >= (SELECT current_day())
                   ) AS running,
                   count(*) FILTER (
                       WHERE is_open.is_so AND e.delivered_on IS NOT NULL AND c.due_on IS NULL
                   ) AS still,
                   count(*) FILTER (WHERE {IS_READY}) AS ready,
                   count(*) FILTER (
                       WHERE c.state IN ('draft', 'notified', 'decided') AND e.anonymous_proposed
                         AND e.anonymous IS NULL
                   ) AS undecided
            FROM publication_entry AS e JOIN case_file AS c ON c.id = e.case_id
            CROSS JOIN LATERAL (SELECT c.state IN ('notified', 'decided', 'objected', 'claimed') AS is_so) AS is_open
            WHERE e.list_id = l.list_id GROUP BY c.state
        ) AS s
    ) AS n ON true
    CROSS JOIN LATERAL (
        SELECT (
            SELECT count(*)::integer FROM ({MENDS}) AS m WHERE m.list_id = l.list_id AND NOT m.is_told
        ) AS mends, EXISTS (
            SELECT FROM case_entry AS x WHERE x.case_id = l.list_id AND x.step = 'tick'
        ) AS is_ticked
    ) AS told
"""  # noqa: S608


def lists(conn: Connection) -> list[PublicationList]:
    """All lists that the caller may see, the newest first."""
    return [PublicationList(**row) for row in conn.execute(f"{_LISTS} ORDER BY l.list_id DESC LIMIT 200")]


def list_of(conn: Connection, number: int) -> PublicationList | None:
    """The list; None: there is none, or not for who asks."""
    row = conn.execute(f"{_LISTS} WHERE l.list_id = %s", (number,)).fetchone()
    return PublicationList(**row) if row else None


def policy_changes(conn: Connection, number: int) -> list[tuple[str, Any, Any]]:
    """Where today's policy says something else than what the list was drafted with: name, the list's, today's."""
    rows = conn.execute(
        """
        SELECT now.name, l.policy -> now.name AS own, now.said FROM publication AS l
        CROSS JOIN LATERAL jsonb_each(publication_policy(current_day())) AS now (name, said)
        WHERE l.list_id = %s AND l.policy -> now.name IS DISTINCT FROM now.said ORDER BY 1
        """,
        (number,),
    )
    return [(row["name"], row["own"], row["said"]) for row in rows]


def policy_of(conn: Connection, number: int) -> dict[str, Any]:
    """What the list was drafted with, without the texts of its title and the table of checks."""
    row = conn.execute("SELECT policy FROM publication WHERE list_id = %s", (number,)).fetchone()
    return {name: value for name, value in (row["policy"] if row else {}).items() if name not in _HIDDEN}


def steps_of_list(conn: Connection, state: str) -> set[str]:
    """Steps that the caller may take of a list in ``state``; what must be true besides is not asked."""
    rows = conn.execute(
        "SELECT s.step FROM allowed_steps() AS s WHERE s.process = 'publication_list' AND s.from_state = %s"
        " AND s.rights <> '{}' AND caller_may(VARIADIC s.rights)",
        (state,),
    )
    return {row["step"] for row in rows}


_CHOSEN = f"""
    FROM publication_entry AS e JOIN case_file AS c ON c.id = e.case_id JOIN case_file AS f ON f.id = e.list_id
    WHERE e.list_id = %(list)s AND (%(state)s = '' OR c.state = %(state)s)
      AND (%(ward)s = '' OR e.shown ->> 'ward_code' = %(ward)s)
      AND (%(ready)s = '' OR c.state IN ('notified', 'decided') AND {IS_READY} = (%(ready)s = 'yes'))
"""
_ENTRIES = f"""
    SELECT c.id AS case, e.position, c.state, c.venue_code AS venue, e.grade, e.shown, e.facts, e.missing, e.body_kind,
           e.anonymous AS is_anonymous, e.anonymous_proposed AS is_anonymous_proposed, e.delivered_on, c.due_on,
           e.corrected_on, asked.is_so AS is_asked,
           CASE WHEN asked.is_so THEN publication_forbids(c, 'approve', '{{}}') END AS why_not
    FROM (SELECT e.case_id {_CHOSEN} ORDER BY e.position LIMIT %(most)s OFFSET %(skip)s) AS chosen
    JOIN publication_entry AS e USING (case_id) JOIN case_file AS c ON c.id = e.case_id
    CROSS JOIN LATERAL (SELECT c.state IN ('notified', 'decided') AS is_so) AS asked
    ORDER BY e.position
"""  # noqa: S608


def entries_of(
    conn: Connection, number: int, *, state: str = "", ward: str = "", ready: str = "", page: int = 1
) -> Entries:
    """Entries of a list in its order, ``PAGE`` at once; ``ready`` is yes, no or "" for all."""
    asked = {"list": number, "state": state, "ward": ward, "ready": ready, "most": PAGE, "skip": (page - 1) * PAGE}
    count = f"SELECT count(*) AS count {_CHOSEN}"
    found = conn.execute(count, asked).fetchone()
    states = conn.execute(
        "SELECT c.state, count(*) AS entries FROM publication_entry AS e JOIN case_file AS c ON c.id = e.case_id"
        " WHERE e.list_id = %s GROUP BY c.state ORDER BY c.state",
        (number,),
    ).fetchall()
    wards = conn.execute(
        "SELECT DISTINCT e.shown ->> 'ward_code' AS code, e.shown ->> 'ward' AS name FROM publication_entry AS e"
        " WHERE e.list_id = %s AND e.shown ->> 'ward_code' <> '' ORDER BY name",
        (number,),
    ).fetchall()
    return Entries(
        tuple(
            PublicationEntry(**(row | {"missing": tuple(row["missing"])}))
            for row in conn.execute(_ENTRIES, asked).fetchall()
        ),
        found["count"] if found else 0,
        tuple((row["state"], row["entries"]) for row in states),
        tuple((row["code"], row["name"]) for row in wards),
    )


def ticks_of(conn: Connection, number: int) -> list[Tick]:
    """Where the list and its corrections went, the newest first."""
    rows = conn.execute(
        "SELECT facts, day, by_name FROM case_entry WHERE case_id = %s AND step = 'tick' ORDER BY id DESC", (number,)
    )
    return [
        Tick(
            row["facts"]["channel"],
            row["facts"].get("place", ""),
            dt.date.fromisoformat(row["facts"]["day"]) if row["facts"].get("day") else row["day"],
            row["by_name"] or "",
            int(leaf) if (leaf := row["facts"].get("correction")) else None,
        )
        for row in rows
    ]


def mends_of_channels(conn: Connection, number: int) -> list[Mend]:
    """Corrections and withdrawals of the list, by the channel in which they have to be told."""
    rows = conn.execute(
        f"SELECT leaf, version, kind, sealed_at, channel, is_told FROM ({MENDS}) AS m WHERE list_id = %s"  # noqa: S608
        " ORDER BY leaf, channel",
        (number,),
    )
    return [Mend(**row) for row in rows]


def sealed_versions(conn: Connection, number: int) -> list[SealedVersion]:
    """The signed versions of the list, the newest first."""
    rows = conn.execute(
        "SELECT version, kind, sealed_at, sha256, key_id, manifest FROM publication_seal WHERE list_id = %s"
        " ORDER BY version DESC",
        (number,),
    )
    return [
        SealedVersion(
            row["version"],
            row["kind"],
            row["sealed_at"],
            row["sha256"],
            row["key_id"],
            {each["slug"]: each["sha256"] for each in json.loads(row["manifest"])["entries"]},
        )
        for row in rows
    ]


def differences(conn: Connection, number: int, before: SealedVersion, after: SealedVersion) -> list[Difference]:
    """Entries in which two versions of a list differ, in the order of the list, each as it is shown now."""
    how = {
        slug: "added" if slug not in before.entries else "gone" if slug not in after.entries else "changed"
        for slug in before.entries.keys() | after.entries.keys()
        if before.entries.get(slug) != after.entries.get(slug)
    }
    rows = conn.execute(
        """
        SELECT e.slug, c.id AS case, e.position, e.shown, e.anonymous AS is_anonymous, c.state
        FROM publication_entry AS e JOIN case_file AS c ON c.id = e.case_id
        WHERE e.list_id = %s AND e.slug = ANY (%s) ORDER BY e.position
        """,
        (number, list(how)),
    )
    return [Difference(how[row.pop("slug")], **row) for row in rows]


def numbers_of(conn: Connection, number: int) -> list[dict[str, Any]]:
    """Numbers of outgoing documents that were entered for the list: number, day, signer, issuer, subject."""
    return conn.execute(
        "SELECT number, day, signer, issuer, subject FROM document_number WHERE case_id = %s ORDER BY id DESC",
        (number,),
    ).fetchall()
