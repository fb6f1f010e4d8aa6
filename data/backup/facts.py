"""What a database holds, told so that two can be compared: each table's rows and a checksum of them."""

import re
from typing import Any

from psycopg import errors, sql

from data.backup.errors import BackupError
from data.database.connection import Connection
from data.errors import NotMigrated

Checksums = dict[str, dict[str, Any]]

# How values are written as text; the same everywhere, whatever a role or a database prefers.
SESSION = (
    "-c timezone=UTC -c datestyle=ISO,YMD -c intervalstyle=postgres -c extra_float_digits=1 -c bytea_output=hex"
    " -c jit=off -c statement_timeout=0 -c row_security=off"
)
"""``row_security=off``: where a policy would hide a row from the role, PostgreSQL refuses instead of hiding it."""

# Tables of ours: not the catalogues', not an extension's (spatial_ref_sys comes with PostGIS).
_TABLES = """
SELECT n.nspname AS schema, c.relname AS name
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND c.relpersistence <> 't'
  AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
  AND NOT EXISTS (SELECT FROM pg_depend d
                  WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY 1, 2
"""
# The sums of both halves of each row's digest: the order of rows does not matter, and two equal rows count twice.
_CHECKSUM = """
SELECT count(*) AS rows,
       coalesce(sum(('x' || substr(digest, 1, 16))::bit(64)::bigint), 0)::text || '/'
    || coalesce(sum(('x' || substr(digest, 17, 16))::bit(64)::bigint), 0)::text AS sum
FROM (SELECT encode(sha256(convert_to(each::text, 'UTF8')), 'hex') AS digest FROM ONLY {table} AS each) AS digests
"""
SEEDED = frozenset(
    ("alembic_version", "category", "clock", "holiday", "linking_secret", "mail_setting", "policy", "ward")
)
"""Tables that a migration fills: a database with rows in these alone has no data."""

_SHA256 = re.compile(r"[0-9a-f]{64}")


def tables(conn: Connection) -> dict[str, sql.Identifier]:
    """Every table of ours, by ``schema.table``."""
    rows = conn.execute(_TABLES).fetchall()
    return {f"{row['schema']}.{row['name']}": sql.Identifier(row["schema"], row["name"]) for row in rows}


def checksums(conn: Connection) -> Checksums:
    """Rows and checksum of every table, in one moment when the transaction is ``REPEATABLE READ``.

    Raises
    ------
    BackupError
        Row-level security hides rows from the role.
    """
    found: Checksums = {}
    for name, table in tables(conn).items():
        try:
            row = conn.execute(sql.SQL(_CHECKSUM).format(table=table)).fetchone()
        except errors.InsufficientPrivilege as error:
            raise not_everything() from error
        found[name] = row or {}
    return found


def not_everything() -> BackupError:
    """The role may not read every row."""
    return BackupError("backup.not_everything")


def has_data(conn: Connection) -> bool:
    """Whether any table holds more than what a migration puts there."""
    for name, table in tables(conn).items():
        if name.partition(".")[2] in SEEDED or _is_of_audit(name):
            continue
        row = conn.execute(sql.SQL("SELECT EXISTS (SELECT FROM {}) AS found").format(table)).fetchone()
        if row and row["found"]:
            return True
    return False


def _is_of_audit(name: str) -> bool:
    """Tables of the audit: they tell of seeds too, and of files that have been forgotten since."""
    return name.startswith("public.audit_")


def schema_version(conn: Connection) -> str:
    """The newest migration that ran. Raises :class:`NotMigrated`."""
    try:
        row = conn.execute("SELECT version_num FROM alembic_version").fetchone()
    except errors.UndefinedTable as error:
        raise NotMigrated from error
    if row is None:
        raise NotMigrated
    return str(row["version_num"])


def named_files(conn: Connection) -> set[str]:
    """SHA-256 of every kept file that a row names: columns that are called so, and keys of stored reports."""
    columns = conn.execute(
        """
        SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns
        WHERE table_schema = 'public' AND (data_type = 'jsonb' OR data_type = 'text' AND column_name LIKE '%sha256%')
        """
    ).fetchall()
    ours = tables(conn)
    found: set[str] = set()
    for column in columns:
        table_name = f"{column['table_schema']}.{column['table_name']}"
        if table_name not in ours or _is_of_audit(table_name):
            continue
        name, table = sql.Identifier(column["column_name"]), sql.Identifier(column["table_name"])
        if column["data_type"] == "text":
            query = sql.SQL("SELECT DISTINCT {} AS sha256 FROM {} WHERE {} IS NOT NULL").format(name, table, name)
        else:
            query = sql.SQL(
                "SELECT DISTINCT match[1] AS sha256 FROM {},"
                """ regexp_matches({}::text, '"[a-z_]*sha256": "([0-9a-f]{{64}})"', 'g') AS match"""
            ).format(table, name)
        found |= {row["sha256"] for row in conn.execute(query)}
    return {sha256 for sha256 in found if _SHA256.fullmatch(sha256)}


def roles(conn: Connection) -> dict[str, dict[str, bool]]:
    """Roles that own something of ours or have a right to it, and what they may do; never a password."""
    rows = conn.execute(
        """
        WITH ours AS (
            SELECT c.relowner AS owner, c.relacl AS acl FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = 'public'
            UNION ALL
            SELECT p.proowner, p.proacl FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
            WHERE n.nspname = 'public'
            UNION ALL
            SELECT n.nspowner, n.nspacl FROM pg_namespace n WHERE n.nspname = 'public'
        ), known AS (
            SELECT owner AS oid FROM ours
            UNION SELECT entry.grantee FROM ours, aclexplode(ours.acl) AS entry
            UNION SELECT unnest(polroles) FROM pg_policy
            UNION SELECT datdba FROM pg_database WHERE datname = current_database()
        )
        SELECT r.rolname AS name, r.rolbypassrls AS bypassrls, r.oid = d.datdba AS owner
        FROM known JOIN pg_roles r USING (oid) JOIN pg_database d ON d.datname = current_database()
        WHERE r.rolname NOT LIKE 'pg\\_%' ORDER BY r.rolname
        """
    )
    return {row["name"]: {"bypassrls": row["bypassrls"], "owner": row["owner"]} for row in rows}


def differences(wanted: Checksums, found: Checksums) -> list[str]:
    """Tables that are not the same on both sides, or only on one."""
    return sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))
