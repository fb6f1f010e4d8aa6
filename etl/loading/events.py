"""What all kinds of events share: the venue that a row names, upserts by natural key, and corrected files.

A corrected file (same kind and name as an earlier load, at least half of whose rows stand in it again) supersedes that
load: rows that it no longer has are removed. Otherwise, as with a new week's file under the old name, it only adds, and
says so; a person who knows better says ``--replace``.

A row of the corrected file that was rejected is no row that it no longer has: whatever it may have stood for stays as
it was loaded before, until the row is mended. As much of its natural key as can be read decides: where only its venue
can, all rows of that venue stay. A row that names no known venue keeps nothing, for such rows stand in many files and
would keep every row that was taken out; it is said instead.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from psycopg.rows import tuple_row
from psycopg.sql import SQL, Composable, Identifier

from data.database.connection import Connection
from data.database.staging import stage
from data.texts.sentences import Sentence
from etl.linking import links
from etl.loading import descriptions
from etl.loading.steps import Named
from etl.loading.work import Changes, Work
from etl.recognition.columns import title_of
from etl.validation.rejected_keys import rejected_keys
from etl.validation.rejects_file import original_of
from etl.values.cell_values import code_key

INCOMING = "incoming"
WAITING = "waiting"
# Codes that are their own ``code_key`` for certain; the others are few.
OWN_KEY = "^[A-Z1-9][A-Z0-9_/-]*$"
UNKNOWN_VENUE = Sentence("row.expected.venue")


@dataclass(frozen=True)
class Table:
    """An event table: its natural key beside ``venue_id``, its other columns, which texts of the key may be NULL.

    ``per_load``: every load keeps its own row of a key, beside those of others.
    """

    name: str
    key: dict[str, str]
    values: dict[str, str]
    nullable: tuple[str, ...] = ()
    per_load: bool = False

    @property
    def columns(self) -> dict[str, str]:
        """Columns of the temporary table ``incoming`` and their types."""
        return {"venue_id": "integer"} | self.key | self.values | {"source_sheet": "smallint", "source_row": "integer"}

    def same_key(self, left: str, right: str) -> Composable:
        """Condition that rows of both aliases have one natural key; COALESCE, unlike IS NOT DISTINCT, can be hashed."""
        pairs: list[Composable] = [SQL("{}.venue_id = {}.venue_id").format(Identifier(left), Identifier(right))]
        for name in self.key:
            pattern = "COALESCE({}.{}, '') = COALESCE({}.{}, '')" if name in self.nullable else "{}.{} = {}.{}"
            sides = Identifier(left), Identifier(name), Identifier(right), Identifier(name)
            pairs.append(SQL(pattern).format(*sides))
        return SQL(" AND ").join(pairs)

    def natural_key(self, alias: str) -> Composable:
        """SQL: a row's key within its venue as one text, as ``pending_row.natural_key`` has it."""
        names = SQL(", ").join(SQL("{}.{}").format(Identifier(alias), Identifier(name)) for name in self.key)
        return SQL("jsonb_build_array({})::text").format(names)

    def may_be(self, left: str, right: str) -> Composable:
        """Condition that ``left``, whose key may have gaps (NULL), could be the row ``right``."""
        pairs: list[Composable] = [SQL("{}.venue_id = {}.venue_id").format(Identifier(left), Identifier(right))]
        for name in self.key:
            whole = "COALESCE({1}.{2}, '')" if name in self.nullable else "{1}.{2}"
            pattern = SQL(f"({{0}}.{{2}} IS NULL OR {{0}}.{{2}} = {whole})")
            pairs.append(pattern.format(Identifier(left), Identifier(right), Identifier(name)))
        return SQL(" AND ").join(pairs)


def match_venues(conn: Connection, codes: pd.Series) -> np.ndarray:
    """Venue id for each code as a file writes it (0: no venue bears it).

    The exact code first; else the code without what Excel adds or takes (zeros), where that fits one venue only.
    """
    numbers, names = pd.factorize(codes.to_numpy(dtype=object))  # -1: no code, which picks the last of ids, 0
    keys = list(map(code_key, names))
    named = pd.DataFrame({"position": np.arange(len(names)), "code": names, "key": keys})
    stage(conn, "named", {"position": "integer", "code": "text", "key": "text"}, named)
    ids = np.zeros(len(names) + 1, dtype=np.int64)
    with conn.cursor(row_factory=tuple_row) as cursor:
        exact = cursor.execute("SELECT n.position, v.id FROM named AS n JOIN venue AS v USING (code)").fetchall()
        if exact:
            positions, venues = np.array(exact).T
            ids[positions] = venues
        if (ids[:-1] == 0).any():
            resembling = cursor.execute(
                # Two halves: joined by OR, each venue would be held against all that is looked for.
                "SELECT v.code, v.id FROM (SELECT DISTINCT key FROM named) AS n JOIN venue AS v ON v.code = n.key"
                ' UNION SELECT code, id FROM venue WHERE code COLLATE "C" !~ %s',
                (OWN_KEY,),
            )
            _match_loosely(ids, keys, resembling.fetchall())
        cursor.execute("DROP TABLE named")
    return np.append(ids, 0)[numbers]  # -1: no code


def _match_loosely(ids: np.ndarray, keys: list[str], venues: list[tuple[str, int]]) -> None:
    """Fill in ``ids`` still 0. ``venues``: all whose code is a key that is looked for, or may differ from its key."""
    by_key: dict[str, int | None] = {}
    for code, venue in venues:
        key = code_key(code)
        by_key[key] = None if key in by_key else venue
    for position in np.flatnonzero(ids[: len(keys)] == 0).tolist():
        ids[position] = by_key.get(keys[position]) or 0


def name_venues(work: Work) -> None:
    """Give ``incoming`` its ``venue_id``: by code, else by description (``etl.loading.descriptions``,
    ``etl.linking.links``).

    Rows of a description that nobody has decided yet have none (:func:`settle_rows` has them wait); rows that name no
    venue at all are rejected.
    """
    rows = work.incoming
    ids = match_venues(work.conn, rows["venue_code"])
    unnamed = ids == 0
    numbers = np.zeros(len(ids), dtype=np.int64)
    if unnamed.any():
        numbers[unnamed], work.described = descriptions.find(work.conn, work.source.kind, rows[unnamed])
        ids = np.where(unnamed, _venues_of(work, numbers), ids)
    unknown = unnamed & (numbers == 0)
    work.count("unknown_venue_codes", rows["venue_code"][unknown].nunique())
    work.advance(Named, venue_id=ids, mention_id=numbers)
    work.reject(unknown, "venue_code", UNKNOWN_VENUE)


def settle_rows(work: Work, table: Table, column: str) -> None:
    """After :func:`name_venues`: one row a venue and natural key, or a description that nobody has decided yet; the
    others are left out where they say the same, else rejected for their ``column``. Rows of such descriptions leave
    ``incoming`` and wait.
    """
    place = "venue_id"
    if work.describes:
        rows = work.at(Named)
        place = "_place"  # the venue, or the description that stands for it
        work.advance(Named, _place=rows["venue_id"].where(rows["venue_id"] != 0, -rows["mention_id"]))
    work.reject_repeated([place, *table.key], [*table.values], column)
    if work.describes:
        _set_waiting_aside(work)


def _venues_of(work: Work, numbers: np.ndarray) -> np.ndarray:
    """The venue of each description's number, 0 where none is decided; the machine's new links go to ``work.sure``."""
    ids = list(work.described.ids)
    if not ids:
        return numbers
    venues = links.link_decided(work.conn, ids)
    undecided = [number for number in ids if number not in venues]
    if undecided:
        work.sure = links.match(work.conn, undecided)
        venues |= work.sure.venues
    distinct, positions = np.unique(numbers, return_inverse=True)
    return np.array([venues.get(number, 0) for number in distinct.tolist()], dtype=np.int64)[positions]


def _set_waiting_aside(work: Work) -> None:
    rows = work.at(Named)
    waits = (rows["venue_id"] == 0).to_numpy()
    work.count("linked_rows", int(((rows["mention_id"] != 0) & ~waits).sum()))
    work.count("pending_rows", int(waits.sum()))
    work.count("pending_mentions", rows["mention_id"][waits].nunique())
    work.waiting = Named(work.take_out(waits))


def stage_incoming(work: Work, table: Table) -> None:
    """Bring the good rows into the temporary table ``incoming``, those that wait for a decision into ``waiting``.

    Both have a column ``mention_id`` beside the table's where the file describes venues (0: named by its code).
    """
    mention = {"mention_id": "integer"} if work.describes else {}
    stage(work.conn, INCOMING, table.columns | mention, as_sourced(work.at(Named)))
    stage_waiting(work, table)


def stage_waiting(work: Work, table: Table) -> None:
    """Bring the rows that wait for a decision, if any, into the temporary table ``waiting``."""
    if len(work.waiting.frame):
        columns = {name: kind for name, kind in table.columns.items() if name != "venue_id"}
        stage(work.conn, WAITING, columns | {"mention_id": "integer"}, as_sourced(work.waiting.frame))


def as_sourced(rows: pd.DataFrame) -> pd.DataFrame:
    """``rows`` with their place in the file named as in the tables."""
    return rows.rename(columns={"_sheet": "source_sheet", "_row": "source_row"})


def superseded_loads(work: Work, table: Table, same_row: Composable | None = None) -> list[int]:
    """Loads that this file corrects, each with the loads that it had superseded itself, newest first.

    ``same_row``: condition that row ``i`` of the file is row ``old`` of the table; by default, one natural key.
    """
    # Two counts, for EXISTS within one (FILTER) would be looked up row by row in a table without an index.
    question = SQL(
        "SELECT (SELECT count(*) FROM {table} WHERE load_id = ANY(%(loads)s)) AS had,"
        " (SELECT count(*) FROM {table} AS old WHERE load_id = ANY(%(loads)s)"
        " AND EXISTS (SELECT FROM incoming AS i WHERE {same})) AS again"
    ).format(same=same_row or table.same_key("i", "old"), table=Identifier(table.name))
    superseded: list[int] = []
    for head, loads in _loads_of_that_name(work):
        row = work.conn.execute(question, {"loads": loads}).fetchone()
        waiting, waiting_again = _waiting_again(work, table, loads)
        had, again = (row["had"] + waiting, row["again"] + waiting_again) if row else (0, 0)
        if not had:
            continue
        if work.replace or 2 * again >= had:
            superseded += sorted(loads, reverse=True)
        elif original_of(work.source.path) is None:
            work.sentences.append(Sentence("told.kept_load", load=str(head)))
    work.supersedes = superseded
    return superseded


def _loads_of_that_name(work: Work) -> list[tuple[int, list[int]]]:
    """Loads that nothing supersedes yet, newest first, each with those that it superseded.

    A load's rows may still bear the number of a load that it superseded, for unchanged rows stay untouched. A list of
    rejects corrects the one before it only until its original is loaded again: from then on it lists other rejects.
    """
    rows = work.conn.execute(
        """
        WITH RECURSIVE chain AS (
            SELECT l.id AS head, l.id FROM load AS l
            WHERE l.kind = %(kind)s AND l.file_name = %(name)s AND l.id <> %(load)s
              AND l.undone_at IS NULL
              AND NOT EXISTS (SELECT FROM load AS newer WHERE newer.supersedes_load_id = l.id)
              AND NOT EXISTS (
                SELECT FROM load AS o WHERE o.kind = l.kind AND o.id > l.id AND o.file_name <> l.file_name
                  AND o.undone_at IS NULL AND starts_with(o.file_name, %(original)s || '.')
              )
            UNION
            SELECT c.head, l.supersedes_load_id FROM chain AS c JOIN load AS l ON l.id = c.id
            WHERE l.supersedes_load_id IS NOT NULL
        )
        SELECT head, array_agg(id) AS loads FROM chain GROUP BY head ORDER BY head DESC
        """,
        {
            "kind": work.source.kind,
            "name": work.source.path.name,
            "load": work.load_id,
            "original": original_of(work.source.path),
        },
    ).fetchall()
    return [(row["head"], row["loads"]) for row in rows]


def waits_again(work: Work, table: Table) -> Composable:
    """Condition that a row ``p`` of ``pending_row`` stands in the file again."""
    if not work.describes:
        return SQL("false")
    sources = [INCOMING, WAITING] if len(work.waiting.frame) else [INCOMING]
    return SQL(" OR ").join(
        SQL("(p.mention_id, p.natural_key) IN (SELECT i.mention_id, {} FROM {} AS i)").format(
            table.natural_key("i"), Identifier(source)
        )
        for source in sources
    )


def _waiting_again(work: Work, table: Table, loads: list[int]) -> tuple[int, int]:
    """How many rows of earlier loads wait for a decision, and how many of them stand in this file again."""
    row = work.conn.execute("SELECT count(*) AS had FROM pending_row WHERE load_id = ANY(%s)", (loads,)).fetchone()
    if not row or not row["had"] or not work.describes:
        return (row["had"] if row else 0), 0
    query = SQL("SELECT count(*) AS again FROM pending_row AS p WHERE p.load_id = ANY(%s) AND ({})").format(
        waits_again(work, table)
    )
    found = work.conn.execute(query, (loads,)).fetchone()
    return row["had"], found["again"] if found else 0


def upsert(work: Work, table: Table) -> Changes:
    """Write ``incoming``: new rows, and rows that say otherwise than the table in a column that the file speaks of.

    Rows that change nothing keep the load they came from.
    """
    spoken = [name for name in table.values if work.has(name)]
    copied = [*table.columns]
    mention = SQL("NULLIF(mention_id, 0)") if work.describes else SQL("NULL::integer")
    changes = Changes()
    query = SQL(
        """
        WITH written AS (
            INSERT INTO {table} AS old ({columns}, mention_id, load_id)
            SELECT {columns}, {mention}, %(load)s FROM incoming ORDER BY venue_id
            ON CONFLICT ({key}) DO {action}
            RETURNING venue_id, xmax = 0 AS is_new
        )
        SELECT count(*) FILTER (WHERE is_new) AS new, count(*) FILTER (WHERE NOT is_new) AS changed,
               COALESCE(array_agg(DISTINCT venue_id), '{{}}') AS venues
        FROM written
        """
    ).format(
        table=Identifier(table.name),
        columns=SQL(", ").join(map(Identifier, copied)),
        mention=mention,
        key=SQL(", ").join(map(Identifier, ("venue_id", *table.key))),
        action=_overwrite(spoken) if spoken else SQL("NOTHING"),
    )
    row = work.conn.execute(query, {"load": work.load_id}).fetchone()
    if row:
        changes = Changes(new=row["new"], changed=row["changed"], touched=set(row["venues"]))
    return changes


def _overwrite(spoken: list[str]) -> Composable:
    written = [*spoken, "mention_id", "load_id", "source_sheet", "source_row"]
    return SQL("UPDATE SET {assignments} WHERE {differs}").format(
        assignments=SQL(", ").join(SQL("{0} = excluded.{0}").format(Identifier(name)) for name in written),
        differs=SQL(" OR ").join(SQL("old.{0} IS DISTINCT FROM excluded.{0}").format(Identifier(n)) for n in spoken),
    )


def remove_missing(work: Work, table: Table, superseded: list[int]) -> set[int]:
    """Remove the rows of superseded loads that are not in the file any more; returns the venues they belonged to.

    Rows that a rejected row may have stood for stay; remarks count both, and the rejected rows of no known venue.
    """
    of_no_venue = _stage_spared(work, table)
    missing = SQL("old.load_id = ANY(%(loads)s) AND NOT EXISTS (SELECT FROM incoming AS i WHERE {})").format(
        table.same_key("i", "old")
    )
    spared = SQL("EXISTS (SELECT FROM spared AS s WHERE {})").format(table.may_be("s", "old"))
    query = SQL(
        "WITH gone AS (DELETE FROM {table} AS old WHERE {missing} AND NOT {spared} RETURNING venue_id)"
        " SELECT count(*) AS rows, COALESCE(array_agg(DISTINCT venue_id), '{{}}') AS venues,"
        " (SELECT count(*) FROM {table} AS old WHERE {missing} AND {spared}) AS kept FROM gone"
    ).format(table=Identifier(table.name), missing=missing, spared=spared)
    row = work.conn.execute(query, {"loads": superseded}).fetchone()
    if row is None:
        return set()
    work.count("removed_rows", row["rows"])
    work.count("kept_rows", row["kept"])
    if row["rows"]:
        work.count("rejects_of_no_venue", of_no_venue)
    return set(row["venues"])


def _stage_spared(work: Work, table: Table) -> int:
    """Bring what rejected rows speak of into the temporary table ``spared``; returns how many name no known venue."""
    rejects = [*work.source.rejects, *work.rejects]
    keys = rejected_keys(work.source.kind, rejects, table.key, table.nullable, work.today)
    named = keys[keys["venue_code"].notna()]
    ids = match_venues(work.conn, named["venue_code"])
    spared = named.assign(venue_id=ids)[ids != 0].drop(columns="venue_code").drop_duplicates()
    stage(work.conn, "spared", {"venue_id": "integer"} | table.key, spared)
    return len(keys) - int((ids != 0).sum())


def write_events(
    work: Work, table: Table, write: Callable[[], Changes] | None = None, missing_by: Table | None = None
) -> Changes:
    """The whole of writing a kind of events: what it supersedes, new and changed rows, rows no longer there.

    Parameters
    ----------
    write
        Writes ``incoming``, with ``work.supersedes`` known; default: :func:`upsert`.
    missing_by
        By whose key a row stands in the file again; default: ``table``.
    """
    superseded = superseded_loads(work, table)
    changes = write() if write else upsert(work, table)
    if superseded:
        changes.supersedes = superseded[0]
        changes.touched |= remove_missing(work, missing_by or table, superseded)
        changes.removed = work.remarks.get("removed_rows", 0)
    return changes


def reject_disorder(work: Work, earlier: str, later: str, *, same_day: bool) -> None:
    """Reject rows whose day ``later`` comes before ``earlier`` (or on it, unless ``same_day`` may be)."""
    first, last = work.incoming[earlier], work.incoming[later]
    faulty = (last < first) if same_day else (last <= first)
    order = "day_not_before" if same_day else "day_after"
    heading = work.table.headings.get(earlier) or title_of(work.table.kind, earlier)
    work.reject(faulty, later, Sentence(f"row.expected.{order}", column=heading))
