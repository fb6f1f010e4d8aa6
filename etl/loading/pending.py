"""Rows that wait: written beside the event tables until their description is linked, and back when a link is undone.

``link`` says which venue a description means; :func:`follow_links` brings the rows in step with it, in both
directions and as often as it is asked. A row is written under the load that brought it, as that load would have written
it: over rows of older loads (which then come back when that load is undone) and never over a row of a newer one, before
which it keeps waiting.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from psycopg.sql import SQL, Composable, Identifier, Literal

from data.database.connection import Connection
from etl.linking import links
from etl.loading.events import Table, waits_again
from etl.loading.kinds import TABLES
from etl.loading.work import Work


def write_waiting(work: Work, table: Table) -> None:
    """Write the waiting rows of a load; those of loads that it supersedes are gone with them.

    Where rows were rejected, a waiting row that is not there any more may be one of them, and stays.
    """
    conn = work.conn
    if work.supersedes:
        has_rejects = bool(work.source.rejects or work.rejects)
        gone = waits_again(work, table) if has_rejects else SQL("true")
        query = SQL("DELETE FROM pending_row AS p WHERE p.load_id = ANY(%s) AND ({})").format(gone)
        conn.execute(query, (work.supersedes,))
    if work.waiting.frame.empty:
        return
    spoken = [*table.key, *(name for name in table.values if work.has(name))]
    query = SQL(
        """
        INSERT INTO pending_row (load_id, kind, mention_id, natural_key, source_sheet, source_row, cells)
        SELECT %(load)s, %(kind)s, w.mention_id, {key}, w.source_sheet, w.source_row, {cells}
        FROM waiting AS w ORDER BY w.mention_id, {key}, w.source_sheet, w.source_row
        """
    ).format(key=table.natural_key("w"), cells=_cells(spoken, "w"))
    conn.execute(query, {"load": work.load_id, "kind": work.source.kind})


def follow_links(conn: Connection, descriptions: list[int] | None = None) -> set[int]:
    """Bring rows and links in step: rows without their link wait again, waiting rows with one become events.

    Parameters
    ----------
    descriptions
        Descriptions whose links may have changed; None: any.

    Returns
    -------
    set of int
        Venues that lost or got rows; the caller brings their statuses in step (``data.status.periods.after_load``).
    """
    touched: set[int] = set()
    with _journal_of(conn):
        for kind, table in TABLES.items():
            while lost := _wait_again(conn, kind, table, descriptions):
                touched |= lost
    # Where a row gave way, one of another description may have waited for its place.
    return touched | write_linked(conn, None if touched else descriptions)


def write_linked(conn: Connection, descriptions: list[int] | None) -> set[int]:
    """The second half of :func:`follow_links`: waiting rows whose description is linked become events."""
    touched: set[int] = set()
    with _journal_of(conn) as journal_as:
        loads = conn.execute(
            "SELECT DISTINCT p.load_id, p.kind FROM pending_row AS p JOIN link AS l USING (mention_id)"
            " WHERE %(all)s OR p.mention_id = ANY(%(descriptions)s) ORDER BY p.load_id",
            {"all": descriptions is None, "descriptions": descriptions},
        ).fetchall()
        for row in loads:
            table = TABLES[row["kind"]]
            spoken = _spoken(conn, row["load_id"], table)
            journal_as(row["load_id"])
            touched |= _write(conn, row["load_id"], table, spoken, descriptions)
            journal_as(None)
            _delete_written(conn, row["load_id"], table, descriptions)
    return touched


def link_waiting(conn: Connection, load_id: int) -> set[int]:
    """After a load of venues: look again at every description that waits; returns the venues that got rows.

    What the machine links now belongs to this load, and is undone with it.
    """
    waiting = _waiting(conn)
    if not waiting:
        return set()
    known = links.link_decided(conn, waiting)
    links.write_links(conn, links.match(conn, [waits for waits in waiting if waits not in known]), load_id)
    return follow_links(conn, waiting)


def ask_again(conn: Connection) -> None:
    """After a load of venues, or one that completed descriptions, was taken back: what a person is asked about waiting
    descriptions is of the venues that are there now, and of what files say of them. Nothing is linked: that only loads
    and people do.
    """
    waiting = _waiting(conn)
    if waiting:
        links.match(conn, waiting)


def _waiting(conn: Connection) -> list[int]:
    """Descriptions that rows wait for and nothing links."""
    rows = conn.execute(
        "SELECT DISTINCT mention_id FROM pending_row AS p"
        " WHERE NOT EXISTS (SELECT FROM link AS l WHERE l.mention_id = p.mention_id) ORDER BY mention_id"
    )
    return [row["mention_id"] for row in rows]


def cut_links(conn: Connection, loads: list[int]) -> set[int]:
    """Before ``loads`` are taken back: undo the links that they made, links to venues that may go with them, and merges
    into such venues (``etl.linking.merges.apply`` brings those back that can stand).

    Followed by :func:`follow_links` before each load is taken out, so that no row of another load goes with its venue;
    what the remaining loads and people had linked is linked again by :func:`restore_links`. Returns the venues merged
    no more.
    """
    conn.execute(
        "CREATE TEMP TABLE released ON COMMIT DROP AS"
        " SELECT l.* FROM link AS l JOIN venue AS v ON v.id = l.venue_id"
        " WHERE (l.load_id IS NULL OR l.load_id <> ALL(%s)) AND v.load_id = ANY(%s)",
        (loads, loads),
    )
    parted = conn.execute(
        "UPDATE venue AS v SET merged_into = NULL FROM venue AS kept WHERE kept.id = v.merged_into"
        " AND kept.load_id = ANY(%s) RETURNING v.id",
        (loads,),
    ).fetchall()
    conn.execute(
        "DELETE FROM link AS l WHERE l.load_id = ANY(%s)"
        " OR l.venue_id IN (SELECT v.id FROM venue AS v WHERE v.load_id = ANY(%s))",
        (loads, loads),
    )
    return {row["id"] for row in parted}


def restore_links(conn: Connection) -> set[int]:
    """After loads were taken back: link again what :func:`cut_links` had to let go and still can stand."""
    conn.execute(
        "INSERT INTO link (mention_id, venue_id, linked_by, probability, load_id)"
        " SELECT r.mention_id, r.venue_id, r.linked_by, r.probability, r.load_id FROM released AS r"
        " JOIN venue AS v ON v.id = r.venue_id ON CONFLICT DO NOTHING"
    )
    conn.execute("DROP TABLE released")
    return follow_links(conn)


@contextmanager
def _journal_of(conn: Connection) -> Iterator[Callable[[int | None], None]]:
    """What is overwritten is journalled as of the load whose row overwrites it, and what waits is not journalled."""
    row = conn.execute("SELECT COALESCE(current_setting('app.load_id', true), '') AS load").fetchone()
    before = row["load"] if row else ""

    def journal_as(load: int | None) -> None:
        conn.execute("SELECT set_config('app.load_id', %s, true)", (str(load or ""),))

    journal_as(None)
    yield journal_as
    conn.execute("SELECT set_config('app.load_id', %s, true)", (before,))


def _wait_again(conn: Connection, kind: str, table: Table, descriptions: list[int] | None) -> set[int]:
    """Rows whose description is linked no more, or to another venue, wait again; rows of older loads that they had been
    written over come back, and may have to wait themselves. Returns the venues of the rows.
    """
    unlinked = SQL(
        "t.mention_id IS NOT NULL AND {which}"
        " AND NOT EXISTS (SELECT FROM link AS l WHERE l.mention_id = t.mention_id AND l.venue_id = t.venue_id)"
    ).format(which=SQL("true") if descriptions is None else SQL("t.mention_id = ANY(%(descriptions)s)"))
    names = {"table": Identifier(table.name), "unlinked": unlinked}
    parameters = {"kind": kind, "name": table.name, "descriptions": descriptions}
    conn.execute(
        SQL("CREATE TEMP TABLE gone ON COMMIT DROP AS SELECT t.* FROM {table} AS t WHERE {unlinked}").format(**names),
        parameters,
    )
    row = conn.execute("SELECT array_agg(DISTINCT venue_id) AS venues FROM gone").fetchone()
    if row and row["venues"]:
        conn.execute(SQL("DELETE FROM {table} AS t WHERE {unlinked}").format(**names), parameters)
        conn.execute(
            SQL(
                "INSERT INTO pending_row (load_id, kind, mention_id, natural_key, source_sheet, source_row, cells)"
                " SELECT g.load_id, %(kind)s, g.mention_id, {key}, g.source_sheet, g.source_row, {cells} - l.unspoken"
                " FROM gone AS g JOIN load AS l ON l.id = g.load_id"
            ).format(key=table.natural_key("g"), cells=_cells([*table.key, *table.values], "g")),
            parameters,
        )
        if not table.per_load:
            _uncover(conn, table)
    conn.execute("DROP TABLE gone")
    return set(row["venues"] or ()) if row else set()


def _uncover(conn: Connection, table: Table) -> None:
    """Bring back what the rows in ``gone`` had been written over, as the journal of their loads has it."""
    query = SQL(
        """
        WITH covered AS (
            SELECT b.id AS image, b.was, r.venue_id, {of_row} AS natural_key
            FROM before_image AS b CROSS JOIN LATERAL jsonb_populate_record(NULL::{table}, b.was) AS r
            JOIN gone AS g ON g.load_id = b.load_id AND g.venue_id = r.venue_id AND {of_gone} = {of_row}
            WHERE b.table_name = {name} AND b.load_id IN (SELECT load_id FROM gone)
        ), used AS (
            DELETE FROM before_image AS b USING covered AS c WHERE b.id = c.image
        ), first AS (
            SELECT DISTINCT ON (venue_id, natural_key) was FROM covered ORDER BY venue_id, natural_key, image
        )
        INSERT INTO {table} SELECT r.* FROM first, jsonb_populate_record(NULL::{table}, first.was) AS r
        """
    ).format(
        table=Identifier(table.name),
        name=Literal(table.name),
        of_row=table.natural_key("r"),
        of_gone=table.natural_key("g"),
    )
    conn.execute(query)


def _spoken(conn: Connection, load: int, table: Table) -> list[str]:
    """Value columns that the load's file speaks of; others stay as they are where a row is written over."""
    row = conn.execute("SELECT cells FROM pending_row WHERE load_id = %s ORDER BY id LIMIT 1", (load,)).fetchone()
    return [name for name in table.values if row and name in row["cells"]]


def _write(conn: Connection, load: int, table: Table, spoken: list[str], descriptions: list[int] | None) -> set[int]:
    """Waiting rows of one load into their event table; returns the venues that got some."""
    columns = [*table.key, *spoken]
    types = SQL(", ").join(
        SQL("{} {}").format(Identifier(name), SQL((table.key | table.values)[name])) for name in columns
    )
    assigned = [*spoken, "mention_id", "load_id", "source_sheet", "source_row"]
    query = SQL(
        """
        WITH written AS (
            INSERT INTO {table} AS old (venue_id, {columns}, mention_id, load_id, source_sheet, source_row)
            SELECT DISTINCT ON (l.venue_id, p.natural_key)
                   l.venue_id, {cells}, p.mention_id, p.load_id, p.source_sheet, p.source_row
            FROM pending_row AS p
            JOIN link AS l USING (mention_id)
            CROSS JOIN LATERAL jsonb_to_record(p.cells) AS r ({types})
            WHERE p.load_id = %(load)s AND (%(all)s OR p.mention_id = ANY(%(descriptions)s))
            ORDER BY l.venue_id, p.natural_key, p.source_sheet, p.source_row, p.id
            ON CONFLICT ({key}) DO UPDATE SET {assignments} WHERE old.load_id < excluded.load_id
            RETURNING venue_id
        )
        SELECT COALESCE(array_agg(DISTINCT venue_id), '{{}}') AS venues FROM written
        """
    ).format(
        table=Identifier(table.name),
        columns=SQL(", ").join(map(Identifier, columns)),
        cells=SQL(", ").join(SQL("r.{}").format(Identifier(name)) for name in columns),
        types=types,
        key=SQL(", ").join(map(Identifier, ("venue_id", *table.key, *(["load_id"] if table.per_load else [])))),
        assignments=SQL(", ").join(SQL("{0} = excluded.{0}").format(Identifier(name)) for name in assigned),
    )
    row = conn.execute(query, {"load": load, "all": descriptions is None, "descriptions": descriptions}).fetchone()
    return set(row["venues"]) if row else set()


def _delete_written(conn: Connection, load: int, table: Table, descriptions: list[int] | None) -> None:
    """Rows of the load that stand in their event table wait no longer."""
    query = SQL(
        "DELETE FROM pending_row AS p USING {table} AS t WHERE p.load_id = %(load)s"
        " AND (%(all)s OR p.mention_id = ANY(%(descriptions)s))"
        " AND t.mention_id = p.mention_id AND t.load_id = p.load_id AND {key} = p.natural_key"
    ).format(table=Identifier(table.name), key=table.natural_key("t"))
    conn.execute(query, {"load": load, "all": descriptions is None, "descriptions": descriptions})


def _cells(names: list[str], alias: str) -> Composable:
    """SQL: the columns of a row as a JSON object."""
    pairs = SQL(", ").join(
        SQL("{}, {}.{}").format(Literal(name), Identifier(alias), Identifier(name)) for name in names
    )
    return SQL("jsonb_build_object({})").format(pairs)
