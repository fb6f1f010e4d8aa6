"""What a whole database says, without the numbers that only tell its rows apart: to compare two of them."""

from psycopg.sql import SQL, Composable, Identifier

from data.database.connection import Connection

# What people and the page ask for and the record of it, what a load overwrote, descriptions and what the engine makes
# of them, and what ships with the product or with PostGIS.
LEFT_OUT = {
    "job", "received_file", "before_image", "refused_file", "column_mapping", "category", "alembic_version",
    "spatial_ref_sys", "duplicate_candidate", "linking_secret", "audit_entry", "audit_pending",
}  # fmt: skip
_PASSING = (
    "id", "started_at", "finished_at", "undone_at", "undone_by", "version", "found_at", "decided_at",
)  # fmt: skip
# Rows of loads that were taken back stay, without meaning anything.
# So does a description whose load was taken back, with the link that a person's decision gives it.
_STANDS = {
    "load": SQL("WHERE t.undone_at IS NULL"),
    "mention": SQL("WHERE t.load_id IS NOT NULL"),
    "link": SQL("WHERE EXISTS (SELECT FROM mention AS m WHERE m.id = t.mention_id AND m.load_id IS NOT NULL)"),
    "link_candidate": SQL("WHERE EXISTS (SELECT FROM pending_row AS p WHERE p.mention_id = t.mention_id)"),
}
_STANDING = "WITH standing AS (SELECT id, row_number() OVER (ORDER BY id) AS number FROM load WHERE undone_at IS NULL) "
# Column that refers -> what the row that it refers to is called whatever its number.
_NAMED = {
    "venue_id": SQL("(SELECT v.code FROM venue AS v WHERE v.id = t.venue_id)"),
    "ward_id": SQL("(SELECT w.vintage || ' ' || w.code FROM ward AS w WHERE w.id = t.ward_id)"),
    "load_id": SQL("(SELECT l.number FROM standing AS l WHERE l.id = t.load_id)"),
    "supersedes_load_id": SQL("(SELECT l.number FROM standing AS l WHERE l.id = t.supersedes_load_id)"),
    "mention_id": SQL("(SELECT m.key FROM mention AS m WHERE m.id = t.mention_id)"),
    "merged_into": SQL("(SELECT v.code FROM venue AS v WHERE v.id = t.merged_into)"),
    "members": SQL("(SELECT array_agg(v.code ORDER BY v.code) FROM venue AS v WHERE v.id = ANY (t.members))"),
    "geom": SQL("t.geom::text"),
}


def whole(conn: Connection) -> dict[str, list[str]]:
    """Every row of every table as text, by table; loads that were taken back are none."""
    tables = conn.execute(
        """
        SELECT c.relname AS name, array_agg(a.attname::text) AS columns
        FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname <> ALL (%s) GROUP BY 1
        """,
        (list(LEFT_OUT),),
    ).fetchall()
    return {row["name"]: _rows(conn, row["name"], row["columns"]) for row in tables}


def _rows(conn: Connection, table: str, columns: list[str]) -> list[str]:
    pairs: list[Composable] = []
    for name in sorted(set(columns) - set(_PASSING)):
        value = _NAMED.get(name, SQL("t.{}").format(Identifier(name)))
        pairs.append(SQL("{}, {}").format(name, value))
    query = SQL(_STANDING) + SQL("SELECT json_build_object({})::text AS row FROM {} AS t {} ORDER BY 1").format(
        SQL(", ").join(pairs), Identifier(table), _STANDS.get(table, SQL(""))
    )
    return [row["row"] for row in conn.execute(query)]
