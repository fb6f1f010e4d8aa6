"""The roles of a private cluster, and what only a superuser can do to a database; the standard library alone."""

SUPERUSER, OWNER, READER = "qr_superuser", "qr_owner", "qr_app"
"""Builds the cluster and backs it up; owns, migrates and loads; what the app reads with, wherever the database is."""
PUBLIC_READER = "qr_public"
"""As whom the public page reads: it may use the schema ``published``, and no other; nobody signs in as it."""

LEAKPROOF = "ALTER FUNCTION geometry_overlaps(geometry, geometry) LEAKPROOF"
"""PostGIS's ``&&`` is not leakproof, so PostgreSQL would check a row's policy before it uses the spatial index.

A dump does not carry the mark, and an upgrade of PostGIS takes it away.
"""

ROUTING = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pgrouting' AND installed_version IS NULL) THEN
        CREATE EXTENSION pgrouting;
    END IF;
END $$
"""
"""pgRouting, where the machine has it: distances along streets; without it they are straight lines.

A backup leaves it out, so that it can be restored where there is none.
"""
