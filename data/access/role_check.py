"""Whether row-level security holds for the app's role, and whether tiles stay fast under it: asked of the database.

Policies say nothing to a superuser, to a role with ``BYPASSRLS`` and to the owner of a table. A role that is any of
these would show everybody everything, so that it is refused (``data.database.connection``, ``data.database.migrate``).
"""

from typing import Any

import psycopg

from data.errors import DatabaseUnavailable


class WrongRole(DatabaseUnavailable):
    """The role that the app would read with is one for which row-level security does not hold."""

    def __init__(self, role: str, fault: str) -> None:
        super().__init__(f"access.role.{fault}", role=role)


_FAULT = """
    SELECT r.rolname AS role,
           CASE WHEN r.rolsuper THEN 'superuser' WHEN r.rolbypassrls THEN 'bypassrls'
                WHEN EXISTS (
                    SELECT FROM pg_class AS c
                    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
                      AND pg_has_role(r.oid, c.relowner, 'MEMBER')
                ) THEN 'owner' END AS fault
    FROM pg_roles AS r WHERE r.rolname = COALESCE(%s, current_user)
"""


def require_harmless(conn: psycopg.Connection[Any], role: str | None = None) -> None:
    """Raise :class:`WrongRole` where ``role`` (None: the one that ``conn`` acts as) is above the policies, is a member
    of a role that owns a table, or owns one.
    """
    with conn.cursor(row_factory=psycopg.rows.tuple_row) as cursor:
        found = cursor.execute(_FAULT, (role,)).fetchone()
    if found is not None and found[1] is not None:
        raise WrongRole(found[0], found[1])


def spatial_index_serves(conn: psycopg.Connection[Any]) -> bool:
    """Whether ``&&`` may be asked before a policy is checked; where not, tiles are right, but far slower."""
    with conn.cursor(row_factory=psycopg.rows.tuple_row) as cursor:
        found = cursor.execute(
            "SELECT proleakproof FROM pg_proc WHERE oid = 'geometry_overlaps(geometry, geometry)'::regprocedure"
        ).fetchone()
    return bool(found and found[0])
