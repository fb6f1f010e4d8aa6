"""The role of the public page reads what is published, and no other table, column or function of ours."""

import psycopg
import pytest

from data.database.connection import Connection, loader_connection, public_connection

PUBLISHED = {"list", "entry", "address", "seal", "state", "guidance"}


def test_what_is_published_is_all_that_the_public_role_reaches(database: str, conn: Connection) -> None:
    reached = conn.execute(
        """
        SELECT n.nspname AS schema, c.relname AS name
        FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE n.nspname NOT LIKE 'pg\\_%%' AND n.nspname <> 'information_schema'
          AND c.relkind IN ('r', 'v', 'm', 'p', 'S')
          AND has_schema_privilege('qr_public', n.oid, 'USAGE')
          AND has_any_column_privilege('qr_public', c.oid, 'SELECT')
        """
    ).fetchall()
    assert {(row["schema"], row["name"]) for row in reached} == {("published", name) for name in PUBLISHED}
    schemas = conn.execute(
        "SELECT nspname AS name FROM pg_namespace WHERE has_schema_privilege('qr_public', oid, 'USAGE')"
        " AND nspname NOT LIKE 'pg\\_%%' AND nspname <> 'information_schema'"
    ).fetchall()
    assert [row["name"] for row in schemas] == ["published"]  # so that no function of another can be called
    functions = conn.execute(
        "SELECT count(*) AS n FROM pg_proc WHERE pronamespace = 'published'::regnamespace"
    ).fetchone()
    assert functions == {"n": 0}
    written = conn.execute(
        "SELECT count(*) AS n FROM pg_class WHERE relnamespace = 'published'::regnamespace"
        " AND has_table_privilege('qr_public', oid, 'INSERT, UPDATE, DELETE, TRUNCATE')"
    ).fetchone()
    assert written == {"n": 0}


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT FROM public.venue",
        "SELECT FROM public.publication_entry",
        "SELECT public.current_day()",
        "SELECT public.fold('x')",
        "SELECT public.ST_Point(1, 2)",
    ],
)
def test_the_public_connection_reads_nothing_else(database: str, sql: str) -> None:
    with public_connection() as conn:
        assert conn.execute("SELECT current_user AS me").fetchone() == {"me": "qr_public"}
        assert conn.execute("SELECT FROM published.entry").fetchall() == []
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute(sql)  # type: ignore[arg-type]


def test_the_owner_and_the_page_still_reach_the_rest(database: str) -> None:
    with loader_connection() as conn:
        assert conn.execute("SELECT current_day() AS day").fetchone()
