"""Taking one load out of the tables: what it inserted goes, what it changed or removed is as before.

Only the newest of the loads that stand can be taken out: no later one has built on it. What is derived is left for
``data.status.periods`` to bring in step.
"""

from dataclasses import dataclass, field

from psycopg.sql import SQL, Composed, Identifier

from data.database.connection import Connection


@dataclass
class Reverted:
    """What was taken back: rows that went, that are as before, that are back, by table; venues whose rows they were."""

    added: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    removed: dict[str, int] = field(default_factory=dict)
    touched: set[int] = field(default_factory=set)


@dataclass(frozen=True)
class _Table:
    name: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    is_referred_to: bool
    """Other tables refer to its rows, which are therefore restored in place, under their own key."""

    def query(self, text: str) -> Composed:
        """``text`` completed: {table} AS t, its {columns} and {key}, the before images {image} AS i ({same}: of the row
        t), the {assignments} that bring an image back, and the {venue} of the row t.
        """
        values = [name for name in self.columns if name not in self.key]
        venue = "id" if self.name == "venue" else "venue_id" if "venue_id" in self.columns else None
        return SQL(text).format(
            table=Identifier(self.name),
            image=Identifier(f"{self.name}_image"),
            key=SQL(", ").join(map(Identifier, self.key)),
            columns=SQL(", ").join(map(Identifier, self.columns)),
            same=SQL(" AND ").join(SQL("t.{0} = i.{0}").format(Identifier(name)) for name in self.key),
            assignments=SQL(", ").join(SQL("{0} = i.{0}").format(Identifier(name)) for name in values),
            venue=SQL("t.{}").format(Identifier(venue)) if venue else SQL("NULL::integer"),
        )


def revert(conn: Connection, load_id: int) -> Reverted:
    """Take the newest standing load out of the tables and mark it so (``load.undone_at``).

    Parents are restored before the rows that refer to them, and removed after these.
    """
    reverted = Reverted()
    tables = _tables(conn)
    for table in tables:
        _bring_images(conn, table, load_id)
    for table in reversed(tables):
        if not table.is_referred_to:
            _remove(conn, table, load_id, reverted)
    for table in tables:
        if table.is_referred_to:
            _restore_in_place(conn, table, reverted)
        _bring_back(conn, table, reverted)
    for table in reversed(tables):
        if table.is_referred_to:
            _remove_parents(conn, table, load_id, reverted)
    for table in tables:
        conn.execute(table.query("DROP TABLE {image}"))
    conn.execute("DELETE FROM before_image WHERE load_id = %s", (load_id,))
    conn.execute("UPDATE load SET undone_at = clock_timestamp(), supersedes_load_id = NULL WHERE id = %s", (load_id,))
    return reverted


def _tables(conn: Connection) -> list[_Table]:
    rows = conn.execute(
        """
        SELECT j.name, key.columns AS key, cols.columns,
               EXISTS (SELECT FROM pg_constraint WHERE contype = 'f' AND confrelid = j.name::regclass) AS is_referred_to
        FROM unnest(journalled_tables()) WITH ORDINALITY AS j (name, position)
        CROSS JOIN LATERAL (
            SELECT array_agg(a.attname::text ORDER BY k.position) AS columns
            FROM pg_index AS x CROSS JOIN LATERAL unnest(x.indkey) WITH ORDINALITY AS k (number, position)
            JOIN pg_attribute AS a ON a.attrelid = x.indrelid AND a.attnum = k.number
            WHERE x.indrelid = j.name::regclass AND x.indisprimary AND k.position <= x.indnkeyatts
        ) AS key
        CROSS JOIN LATERAL (
            SELECT array_agg(a.attname::text ORDER BY a.attnum) AS columns FROM pg_attribute AS a
            WHERE a.attrelid = j.name::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
              AND a.attname <> ALL (derived_columns())
        ) AS cols
        ORDER BY j.position
        """
    ).fetchall()
    return [_Table(row["name"], tuple(row["key"]), tuple(row["columns"]), row["is_referred_to"]) for row in rows]


def _bring_images(conn: Connection, table: _Table, load_id: int) -> None:
    """The rows as they were before the load, one a key, into the temporary table {image}."""
    conn.execute(table.query("CREATE TEMP TABLE {image} ON COMMIT DROP AS SELECT {columns} FROM {table} WITH NO DATA"))
    conn.execute(
        table.query(
            """
            INSERT INTO {image} ({columns})
            SELECT DISTINCT ON ({key}) {columns} FROM (
                SELECT r.*, b.id AS image_number FROM before_image AS b
                CROSS JOIN LATERAL jsonb_populate_record(NULL::{table}, b.was) AS r
                WHERE b.load_id = %s AND b.table_name = %s
            ) AS was ORDER BY {key}, image_number
            """
        ),
        (load_id, table.name),
    )
    conn.execute(table.query("ANALYZE {image}"))


def _remove(conn: Connection, table: _Table, load_id: int, reverted: Reverted) -> None:
    """Remove what the load inserted; and what it changed, which :func:`_bring_back` brings back as it was."""
    reverted.changed[table.name] = _count(
        conn,
        reverted,
        table.query("DELETE FROM {table} AS t USING {image} AS i WHERE {same} RETURNING {venue} AS venue"),
    )
    reverted.added[table.name] = _count(
        conn, reverted, table.query("DELETE FROM {table} AS t WHERE load_id = %s RETURNING {venue} AS venue"), load_id
    )


def _restore_in_place(conn: Connection, table: _Table, reverted: Reverted) -> None:
    reverted.changed[table.name] = _count(
        conn,
        reverted,
        table.query("UPDATE {table} AS t SET {assignments} FROM {image} AS i WHERE {same} RETURNING {venue} AS venue"),
    )


def _bring_back(conn: Connection, table: _Table, reverted: Reverted) -> None:
    """Insert the images of rows that are not there: removed by the load, or (counted already) by :func:`_remove`."""
    back = _count(
        conn,
        reverted,
        table.query(
            "INSERT INTO {table} AS t ({columns}) SELECT {columns} FROM {image} AS i"
            " WHERE NOT EXISTS (SELECT FROM {table} AS t WHERE {same}) RETURNING {venue} AS venue"
        ),
    )
    reverted.removed[table.name] = back if table.is_referred_to else back - reverted.changed[table.name]


def _remove_parents(conn: Connection, table: _Table, load_id: int, reverted: Reverted) -> None:
    """Remove the rows that the load inserted and other tables refer to; what is derived from them goes first."""
    if table.name == "ward":
        conn.execute("DELETE FROM status_period WHERE ward_id IN (SELECT id FROM ward WHERE load_id = %s)", (load_id,))
    reverted.added[table.name] = _count(
        conn,
        reverted,
        table.query(
            "DELETE FROM {table} AS t WHERE load_id = %s AND NOT EXISTS (SELECT FROM {image} AS i WHERE {same})"
            " RETURNING {venue} AS venue"
        ),
        load_id,
    )


def _count(conn: Connection, reverted: Reverted, query: Composed, *values: int) -> int:
    """Run ``query``, whose rows name their venue; returns how many there are, and remembers the venues."""
    counted = SQL(
        "WITH done AS ({}) SELECT count(*) AS rows,"
        " COALESCE(array_agg(DISTINCT venue) FILTER (WHERE venue IS NOT NULL), '{{}}') AS venues FROM done"
    ).format(query)
    row = conn.execute(counted, values).fetchone()
    if row is None:
        raise AssertionError("an aggregate has one row")
    reverted.touched |= set(row["venues"])
    return int(row["rows"])
