"""The register's three tables, venue, venue_contact and venue_opening: what they know already, and writing them."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from psycopg.sql import SQL, Composable, Identifier
from psycopg.types.json import Jsonb

from data.database.connection import Connection
from etl.loading.work import Changes, Work

# The point that the source gives, where the one on the map is another (located by the address, or moved by hand).
SOURCE_GEOM = "CASE WHEN {0}.source_location IS NULL THEN {0}.geom ELSE {0}.source_geom END"
# Columns of the register -> what the tables hold of them, for venues of which a file leaves the column out.
KNOWN = {
    "address": "NULLIF(v.address, '')",
    "street": "v.street",
    "category": "v.category",
    "ward": "v.ward_named",
    "lon": f"ST_X({SOURCE_GEOM.format('v')})",
    "lat": f"ST_Y({SOURCE_GEOM.format('v')})",
    "location": "COALESCE(v.source_location, v.location)",
    "owner_name": "c.owner_name",
    "phone": "c.phone",
    "opened_on": "o.opened_on",
    "closed_on": "o.closed_on",
    "reopened_on": "o.reopened_on",
}
STAGED = {
    "known_id": "integer",
    "code": "text",
    "name": "text",
    "address": "text",
    "street": "text",
    "search_text": "text",
    "category": "text",
    "ward_id": "integer",
    "ward_named": "text",
    "lon": "float8",
    "lat": "float8",
    "location": "text",
    "source_lon": "float8",
    "source_lat": "float8",
    "source_location": "text",
    "outside_ward": "boolean",
    "owner_name": "text",
    "phone": "text",
    "opened_on": "date",
    "closed_on": "date",
    "reopened_on": "date",
    "source_sheet": "smallint",
    "source_row": "integer",
}
_WRITTEN = (
    "name", "address", "street", "search_text", "category", "ward_id", "ward_named", "outside_ward"
)  # fmt: skip
_POINT = "ST_SetSRID(ST_MakePoint(i.lon, i.lat), 4326)"
_SOURCE_POINT = "ST_SetSRID(ST_MakePoint(i.source_lon, i.source_lat), 4326)"
# Of a point moved by hand, what the file says is kept beside it.
_PLACED = {
    "geom": _POINT,
    "location": "i.location",
    "source_geom": f"CASE WHEN i.location = 'hand' THEN {_SOURCE_POINT} END",
    "source_location": "NULLIF(i.source_location, i.location)",
}
# What a file can say otherwise of a place; a located point moves with its neighbours and is nothing that a file says.
_SAID_OTHERWISE = f"""
    COALESCE(old.source_location, old.location) IS DISTINCT FROM i.source_location
    OR ({SOURCE_GEOM.format("old")}) IS DISTINCT FROM {_SOURCE_POINT}
"""


def known(work: Work, ids: list[int], columns: list[str]) -> pd.DataFrame:
    """What the tables hold of ``columns`` (of KNOWN) for the venues ``ids``, indexed by id."""
    chosen = SQL(", ").join(SQL(f"{KNOWN[name]} AS {{}}").format(Identifier(name)) for name in columns)
    query = SQL(
        """
        SELECT v.id, {chosen} FROM venue AS v
        LEFT JOIN venue_contact AS c ON c.venue_id = v.id
        LEFT JOIN LATERAL (
            SELECT min(o.opened_on) FILTER (WHERE isfinite(o.opened_on)) AS opened_on, min(o.closed_on) AS closed_on,
                   CASE WHEN count(*) > 1 THEN max(o.opened_on) END AS reopened_on
            FROM venue_opening AS o WHERE o.venue_id = v.id
        ) AS o ON true
        WHERE v.id = ANY(%s)
        """
    ).format(chosen=chosen)
    return pd.DataFrame(work.conn.execute(query, (ids,)).fetchall(), columns=["id", *columns]).set_index("id")


def write(work: Work) -> Changes:
    """Upsert ``incoming`` by code. Touched are the venues that are new, or whose ward or opening changed."""
    conn = work.conn
    changed, touched = _update(work)
    new = _insert(conn, SQL("incoming"), {"load": work.load_id})
    conn.execute(
        """
        CREATE TEMP TABLE listed ON COMMIT DROP AS
        SELECT COALESCE(i.known_id, v.id) AS venue_id, i.known_id IS NULL AS is_new, i.owner_name, i.phone,
               i.opened_on, i.closed_on, i.reopened_on, i.source_sheet, i.source_row
        FROM incoming AS i LEFT JOIN venue AS v ON i.known_id IS NULL AND v.code = i.code
        """
    )
    reopened = _write_openings(work)
    changed |= reopened | _write_contacts(work)
    row = conn.execute("SELECT COALESCE(array_agg(venue_id), '{}') AS ids FROM listed WHERE is_new").fetchone()
    touched |= reopened | set(row["ids"] if row else ())
    return Changes(new=new, changed=len(changed), touched=touched)


def make(conn: Connection, venue: Mapping[str, Any]) -> int:
    """Write a venue that a person made, open since ever; returns its id.

    ``venue``: columns of STAGED, without those of the register's row; its code is new.
    """
    columns = SQL(", ").join(SQL("{} {}").format(Identifier(name), SQL(kind)) for name, kind in STAGED.items())
    source = SQL("(SELECT * FROM jsonb_to_record(%(venue)s) AS v ({}))").format(columns)
    _insert(conn, source, {"venue": Jsonb(venue), "load": None})
    row = conn.execute(
        "INSERT INTO venue_opening (venue_id, opened_on) SELECT id, '-infinity' FROM venue WHERE code = %s"
        " RETURNING venue_id",
        (venue["code"],),
    ).fetchone()
    if row is None:
        raise AssertionError("RETURNING gives a row")
    return int(row["venue_id"])


def _insert(conn: Connection, source: Composable, parameters: dict[str, Any]) -> int:
    """New venues, along a Hilbert curve (ORDER BY geom) so that those of a tile lie in few pages; returns how many.

    ``status`` and ``min_zoom`` are derived, and what is derived is computed after the load. Here they are set as most
    new venues turn out, for each that turns out otherwise costs a second copy of its row out of that order, in every
    index.
    """
    said = {name: f"i.{name}" for name in ("code", *_WRITTEN)} | _PLACED
    query = SQL(
        """
        WITH district AS MATERIALIZED (
            SELECT current_day() AS day,
                   (SELECT count(geom) FROM venue) + (SELECT count(lon) FROM {source} AS s) > all_drawn_up_to()
                       AS is_thinned
        )
        INSERT INTO venue ({columns}, status, min_zoom, load_id, source_sheet, source_row)
        SELECT {values},
               status_of_new_venue(i.opened_on, i.closed_on, i.reopened_on, d.day),
               CASE WHEN d.is_thinned AND i.lon IS NOT NULL THEN first_full_zoom() ELSE 0 END,
               %(load)s, i.source_sheet, i.source_row
        FROM {source} AS i CROSS JOIN district AS d WHERE i.known_id IS NULL
        ORDER BY geom
        """
    ).format(
        source=source,
        columns=SQL(", ").join(map(Identifier, said)),
        values=SQL(", ").join(SQL(f"{value} AS {{}}").format(Identifier(name)) for name, value in said.items()),
    )
    return conn.execute(query, parameters).rowcount


def _update(work: Work) -> tuple[set[int], set[int]]:
    """Known venues of which the file says otherwise, and those of them whose ward changed."""
    if not work.incoming["known_id"].any():
        return set(), set()
    pairs: list[tuple[Composable, Composable]] = [
        (Identifier(name), SQL("i.{}").format(Identifier(name))) for name in _WRITTEN
    ]
    placed: list[tuple[Composable, Composable]] = [(Identifier(name), SQL(value)) for name, value in _PLACED.items()]
    query = SQL(
        """
        UPDATE venue AS v SET {assignments}, load_id = %s, source_sheet = i.source_sheet, source_row = i.source_row
        FROM incoming AS i JOIN venue AS old ON old.id = i.known_id
        WHERE v.id = old.id AND ({differs} OR {said_otherwise})
        RETURNING v.id, v.ward_id IS DISTINCT FROM old.ward_id AS moved
        """
    ).format(
        assignments=SQL(", ").join(SQL("{} = {}").format(*pair) for pair in [*pairs, *placed]),
        said_otherwise=SQL(_SAID_OTHERWISE),
        differs=SQL(" OR ").join(SQL("old.{} IS DISTINCT FROM {}").format(*pair) for pair in pairs),
    )
    rows = work.conn.execute(query, (work.load_id,)).fetchall()
    return {row["id"] for row in rows}, {row["id"] for row in rows if row["moved"]}


def _write_contacts(work: Work) -> set[int]:
    """Owner and telephone; returns the known venues for which they changed."""
    rows = work.conn.execute(
        """
        INSERT INTO venue_contact AS old (venue_id, owner_name, phone, load_id, source_sheet, source_row)
        SELECT l.venue_id, l.owner_name, l.phone, %s, l.source_sheet, l.source_row FROM listed AS l
        WHERE NOT l.is_new
          AND (l.owner_name IS NOT NULL OR l.phone IS NOT NULL
               OR EXISTS (SELECT FROM venue_contact AS c WHERE c.venue_id = l.venue_id))
        ON CONFLICT (venue_id) DO UPDATE
        SET owner_name = excluded.owner_name, phone = excluded.phone, load_id = excluded.load_id,
            source_sheet = excluded.source_sheet, source_row = excluded.source_row
        WHERE (old.owner_name, old.phone) IS DISTINCT FROM (excluded.owner_name, excluded.phone)
        RETURNING venue_id
        """,
        (work.load_id,),
    )
    changed = {row["venue_id"] for row in rows}
    work.conn.execute(
        """
        INSERT INTO venue_contact (venue_id, owner_name, phone, load_id, source_sheet, source_row)
        SELECT venue_id, owner_name, phone, %s, source_sheet, source_row FROM listed
        WHERE is_new AND (owner_name IS NOT NULL OR phone IS NOT NULL)
        """,
        (work.load_id,),
    )
    return changed


def _write_openings(work: Work) -> set[int]:
    """Openings as the register has them; returns the known venues for which they changed.

    Written by day: along the numbers of the venues the index that keeps stretches from overlapping, dearest of all
    here, takes half as long again to grow and becomes half as large again.
    """
    work.conn.execute(
        """
        CREATE TEMP TABLE opening ON COMMIT DROP AS
        SELECT venue_id, COALESCE(opened_on, '-infinity') AS opened_on, closed_on, source_sheet, source_row FROM listed
        UNION ALL
        SELECT venue_id, reopened_on, NULL, source_sheet, source_row FROM listed WHERE reopened_on IS NOT NULL
        """
    )
    differing = work.conn.execute(
        """
        WITH known AS (
            SELECT o.venue_id, array_agg((o.opened_on, COALESCE(o.closed_on, 'infinity'))::text ORDER BY o.opened_on)
                       AS stretches
            FROM venue_opening AS o JOIN listed AS l USING (venue_id) WHERE NOT l.is_new GROUP BY o.venue_id
        ), said AS (
            SELECT n.venue_id, array_agg((n.opened_on, COALESCE(n.closed_on, 'infinity'))::text ORDER BY n.opened_on)
                       AS stretches
            FROM opening AS n GROUP BY n.venue_id
        )
        SELECT l.venue_id FROM listed AS l LEFT JOIN known AS k USING (venue_id) LEFT JOIN said AS s USING (venue_id)
        WHERE NOT l.is_new AND k.stretches IS DISTINCT FROM s.stretches
        """
    )
    changed = {row["venue_id"] for row in differing}
    if changed:
        work.conn.execute("DELETE FROM venue_opening WHERE venue_id = ANY(%s)", (list(changed),))
    work.conn.execute(
        """
        INSERT INTO venue_opening (venue_id, opened_on, closed_on, load_id, source_sheet, source_row)
        SELECT o.venue_id, o.opened_on, o.closed_on, %s, o.source_sheet, o.source_row FROM opening AS o
        WHERE NOT EXISTS (SELECT FROM venue_opening AS v WHERE v.venue_id = o.venue_id)
        ORDER BY o.opened_on, o.venue_id
        """,
        (work.load_id,),
    )
    return changed
